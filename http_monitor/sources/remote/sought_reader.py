"""A reader that searches for its start position at the first look."""

from collections.abc import Callable

from http_monitor.health import NO_HEALTH, Health
from http_monitor.ports.source import Chunk
from http_monitor.records import Json
from http_monitor.sources.remote.threaded_source import Polled


class SoughtReader:
    """A `Polled` whose start position is found by slow commands.

    Args:
        make: Finds the position and returns the reader that starts there; may wait, and may raise OSError.
    """

    def __init__(self, make: Callable[[], Polled]) -> None:
        self._make = make
        self._reader: Polled | None = None

    def read(self) -> Chunk:
        """Return what is new; at the first call, everything from the start position on."""
        if self._reader is None:
            self._reader = self._make()
        return self._reader.read()

    def health(self) -> Health:
        """Return the counters."""
        return NO_HEALTH if self._reader is None else self._reader.health()

    def position(self) -> Json | None:
        """Return the position after the last `read`; None before the first one."""
        return None if self._reader is None else self._reader.position()

    def close(self) -> None:
        """Release everything."""
        if self._reader is not None:
            self._reader.close()
