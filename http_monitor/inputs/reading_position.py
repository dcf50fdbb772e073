"""Returns how far a source has read, for marks."""

from http_monitor.ports.ability import able
from http_monitor.ports.source import Piped, Resumable, Source
from http_monitor.records import Json


def reading_position(source: Source) -> Json | None:
    """Return the position after the last read; None: it has not begun, or has no positions."""
    resumable: Resumable | None = able(source, Resumable)
    if resumable is not None:
        return resumable.position()
    piped: Piped | None = able(source, Piped)
    return None if piped is None else piped.read_position()
