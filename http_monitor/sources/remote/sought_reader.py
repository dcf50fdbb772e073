"""A reader that finds out at its first look where it has to begin."""

from collections.abc import Callable

from http_monitor.health import NO_HEALTH, Health
from http_monitor.ports.source import Chunk
from http_monitor.records import Json
from http_monitor.sources.remote.threaded_source import Polled


class SoughtReader:
    """A `Polled` whose beginning has to be sought by commands, which take their time.

    Args:
        make: Finds the beginning and returns the reader that begins there; may wait, and may raise OSError.
    """

    def __init__(self, make: Callable[[], Polled]) -> None:
        self._make = make
        self._reader: Polled | None = None

    def read(self) -> Chunk:
        """Return what is new; the first time from the beginning on."""
        if self._reader is None:
            self._reader = self._make()
        return self._reader.read()

    def health(self) -> Health:
        """Return the counters."""
        return NO_HEALTH if self._reader is None else self._reader.health()

    def position(self) -> Json | None:
        """Return where it stands after the last `read`; None: not begun yet."""
        return None if self._reader is None else self._reader.position()

    def close(self) -> None:
        """Let go of everything."""
        if self._reader is not None:
            self._reader.close()
