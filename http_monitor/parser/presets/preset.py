"""What is known of a format that has a name."""

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
    """Makes a format for one file, of the longest line in bytes."""
    detected: bool = True
    """``auto`` may choose it: its lines say themselves what they are, units included."""
    timeless: bool = False
    """Its lines have no time: they count by that around them, else by that of their arrival."""
    make_untimed: Callable[[int], LogFormat] | None = None
    """Makes likewise one whose lines may lack a time, which stands around them; None: they have one, or never do."""
    family: str | None = None
    """The format of the family that reads lines in which a client's header makes fields that do not fit this one."""
