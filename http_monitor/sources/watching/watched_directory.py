"""Watches a directory through watchdog, until polling costs less than its frequent events."""

import logging
import os
from collections.abc import Callable

from watchdog.events import (
    EVENT_TYPE_CREATED,
    EVENT_TYPE_MOVED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers.api import ObservedWatch

from http_monitor.sources.files.access import Identity
from http_monitor.units import US_PER_S

Wants = Callable[[str, str], bool]
"""Tells whether a name in a directory matters before it is followed; called in the observer's thread."""

_MAX_CAME = 1_000
"""Maximum number of names that are kept until they are drained."""
_logger = logging.getLogger(__name__)

BURST_EVENTS = 50
"""Number of events of a directory within a second that cost more than polling."""


class WatchedDirectory(FileSystemEventHandler):
    """One directory; the observer's thread runs `dispatch`, all else belongs to the owner of the watcher."""

    def __init__(self, path: str, wake: Callable[[], None], wants: Wants | None = None) -> None:
        self.path = path
        self.names: dict[str, int] = {}
        """The names of interest, each with its number of paths."""
        self.made: dict[str, int] = {}
        """Number of files reported as made, by name of interest."""
        self.came: set[str] = set()
        """Wanted names at which a file was reported as made, and which are not followed yet."""
        self.attended: set[str] = set()
        """The paths that were checked since the last update."""
        self.watch: ObservedWatch | None = None
        self.identity: Identity | None = None
        self.bursting = False
        self.refused = False
        self.active_us = 0
        self.tried_us = 0
        self._wake = wake
        self._wants = wants
        self._failed = False
        self._events = 0
        self._window_us = 0
        self._window_events = 0

    @property
    def polls(self) -> bool:
        """Whether the directory is polled instead of watched."""
        return self.bursting or self.refused

    def dispatch(self, event: FileSystemEvent) -> None:
        """Wake the monitor for an event on a name of interest; reads nothing and never raises."""
        # Events of other files count too, since they cost as much.
        self._events += 1
        if event.event_type == EVENT_TYPE_CREATED:
            name = os.path.basename(os.fsdecode(event.src_path))
            if name in self.names:
                self.made[name] = self.made.get(name, 0) + 1
        try:
            self._note_came(event)
            if self._concerns(event.src_path) or (event.dest_path and self._concerns(event.dest_path)):
                self._wake()
        except Exception:
            # An exception would end watchdog for good. It is logged once, as the same error may recur with every event.
            if not self._failed:
                self._failed = True
                _logger.exception("a wake-up failed; files are still looked at every second")

    def _note_came(self, event: FileSystemEvent) -> None:
        if self._wants is None:
            return
        name = os.path.basename(os.fsdecode(event.src_path))
        if event.event_type == EVENT_TYPE_CREATED:
            if name not in self.names and len(self.came) < _MAX_CAME and self._wants(self.path, name):
                self.came.add(name)
        elif event.event_type == EVENT_TYPE_MOVED and name in self.came:
            now = os.path.basename(os.fsdecode(event.dest_path))
            if now in self.names or self._wants(self.path, now):
                self.came.discard(name)

    def begin_count(self, now_us: int) -> None:
        """Begin to count the events of a second."""
        self._window_us = now_us
        self._window_events = self._events

    def bursts(self, now_us: int) -> bool:
        """Return whether there were `BURST_EVENTS` events within the second, or as many in each of several."""
        events = self._events - self._window_events
        seconds = (now_us - self._window_us) / US_PER_S
        if not 0 <= seconds < 1:
            self.begin_count(now_us)
        return events >= BURST_EVENTS * max(1.0, seconds)

    def _concerns(self, raw: str | bytes) -> bool:
        # access.log.1 concerns access.log: its writer uses the renamed file until it reopens its log.
        name = os.path.basename(os.fsdecode(raw))
        return any(name[:length] in self.names for length in range(len(name), 0, -1))
