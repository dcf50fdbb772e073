"""A source that follows one file, and reads when watchdog reports a change."""

from dataclasses import replace

from http_monitor.health import Health
from http_monitor.ports.source import UNCHANGED, Chunk
from http_monitor.records import Json
from http_monitor.report import Notice
from http_monitor.sources.tail.tail import FileTail
from http_monitor.sources.watching.unseen_files import UnseenFiles
from http_monitor.sources.watching.watcher import PLACES_EVERY, POLL_S, SAFETY_NET_S, Watcher

_FAST_POLL_S = 0.05
_FAST_BYTES = 256 << 10
"""After reading more than this, the next look comes sooner, so that one look still suffices for what is new."""


class FileObserver:
    """A source that follows one file: `FileTail` reads, the shared `Watcher` decides when."""

    def __init__(self, tail: FileTail, watcher: Watcher) -> None:
        self._tail = tail
        self._watcher = watcher
        self._restarts = 0
        self._last_bytes = 0
        self._quiet_looks = 0
        self._poll_s = SAFETY_NET_S
        self._health: Health | None = None
        self._unseen = UnseenFiles()

    @property
    def name(self) -> str:
        """The path as the user gave it."""
        return self._tail.name

    def read(self) -> Chunk:
        """Return what is new, whatever woke the monitor."""
        restarts, notices = self._watcher.restarts, list[Notice]()
        if self._quiet_looks % self._watcher.attended_every == 0:
            # The watch is set up first, so that a write after the look wakes the monitor.
            notices = self._watcher.attend(self.name, is_quiet=self._quiet_looks % PLACES_EVERY > 0)
            self._restarts += self._watcher.restarts - restarts
            self._poll_s = self._watcher.wants_poll_s(self.name)
        made = self._watcher.count_made_at(self.name)
        chunk = self._tail.read()
        if self._unseen.look(made, self._tail.arrivals, self._watcher.now_us):
            self._tail.miss_unseen()
        if chunk is UNCHANGED and not notices and restarts == self._watcher.restarts:
            self._last_bytes = 0
            self._quiet_looks += 1
            return chunk
        self._health, self._quiet_looks = None, 0
        self._last_bytes = len(chunk.data)
        if chunk.data or not chunk.at_end:
            self._watcher.note_data(self.name)
        return replace(chunk, notices=(*notices, *chunk.notices)) if notices else chunk

    def health(self) -> Health:
        """Return the counters; the source that noticed a restart of the shared observer counts it."""
        if self._health is None:
            health = self._tail.health()
            self._health = replace(health, observer_restarts=self._restarts) if self._restarts else health
        return self._health

    def measure(self) -> None:
        """Get the size of the file at the path, so that `health` includes what is left unread at the end of a run."""
        self._tail.measure()
        self._health = None

    def position(self) -> Json | None:
        """Return the position for another process; None if the path could not be looked at yet."""
        return self._tail.position()

    def diagnose(self) -> str:
        """Return why no lines come, as the end of a sentence."""
        return self._tail.diagnose()

    def wants_poll_s(self) -> float:
        """Return after how many seconds to call `read` without a wake-up."""
        poll_s = self._poll_s
        return _FAST_POLL_S if poll_s == POLL_S and self._last_bytes > _FAST_BYTES else poll_s

    def close(self) -> None:
        """Stop watching and release the file."""
        self._watcher.forget(self.name)
        self._tail.close()
