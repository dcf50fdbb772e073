"""Describes a format that has a name."""

from collections.abc import Callable
from dataclasses import dataclass

from http_monitor.ports.log_format import LogFormat


@dataclass(frozen=True, slots=True)
class Preset:
    """One format that a user can name."""

    name: str
    """In lower case, words joined by ``_``."""
    what: str
    """Which server writes it, in a few words."""
    source: str
    """Where the server's documentation defines it: a public address."""
    examples: tuple[bytes, ...]
    """Lines that fit, as the server writes them, without LF; header lines too, if the format has them."""
    make: Callable[[int], LogFormat]
    """Makes a format for one file, given the longest line in bytes."""
    detected: bool = True
    """``auto`` may choose it: its lines identify it, including the units."""
    timeless: bool = False
    """Its lines have no time: they count by the time of their wrapper, otherwise by that of their arrival."""
    make_untimed: Callable[[int], LogFormat] | None = None
    """Likewise makes a format for lines that may lack a time, which is in their wrapper; None: they always have one, or
    never do."""
    family: str | None = None
    """The format of the family for lines in which a client's header causes fields that do not fit this one."""
