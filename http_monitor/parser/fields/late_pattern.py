"""Patterns compiled on first use, since most logs need few of those for times and durations."""

import re
from functools import cached_property


class LatePattern:
    """A regular expression over bytes, compiled on first use."""

    def __init__(self, text: bytes, flags: int = 0) -> None:
        """Store the text of the expression."""
        self._text = text
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[bytes]:
        """The compiled expression."""
        return re.compile(self._text, self._flags)
