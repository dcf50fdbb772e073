"""Patterns that are compiled when they are first used: most logs need few of those that times and durations have."""

import re
from functools import cached_property


class LatePattern:
    """A regular expression over bytes, compiled at its first use."""

    def __init__(self, text: bytes, flags: int = 0) -> None:
        """Keep the text of the expression."""
        self._text = text
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[bytes]:
        """The compiled expression."""
        return re.compile(self._text, self._flags)
