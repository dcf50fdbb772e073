"""Decides whether output is coloured."""

from collections.abc import Mapping
from typing import Literal


def wants_colour(mode: Literal["auto", "always", "never"], is_tty: bool, environ: Mapping[str, str]) -> bool:
    """Return whether a stream is coloured.

    ``always`` and ``never`` override everything; ``auto`` colours a terminal unless NO_COLOR is set and not empty
    (https://no-color.org) or TERM is ``dumb``.
    """
    if mode != "auto":
        return mode == "always"
    return is_tty and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
