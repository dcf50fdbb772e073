"""A source that follows one file, and is looked at when watchdog reports that it may have something new."""

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
"""Where a look finds more than that, the next one comes sooner, so that what comes is still read in one look."""


class FileObserver:
    """A source that follows one file: `FileTail` reads, the shared `Watcher` says when to look."""

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
        """The path as it was given."""
        return self._tail.name

    def read(self) -> Chunk:
        """Return what is new, whatever woke the monitor."""
        restarts, notices = self._watcher.restarts, list[Notice]()
        if self._quiet_looks % self._watcher.attended_every == 0:
            # The watch comes first: what is written after the look then wakes.
            notices = self._watcher.attend(self.name, is_quiet=self._quiet_looks % PLACES_EVERY > 0)
            self._restarts += self._watcher.restarts - restarts
            self._poll_s = self._watcher.wants_poll_s(self.name)
        made = self._watcher.made_at(self.name)
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
        """Return the counters; a restart of the shared observer is counted by the source that noticed it."""
        if self._health is None:
            health = self._tail.health()
            self._health = replace(health, observer_restarts=self._restarts) if self._restarts else health
        return self._health

    def measure(self) -> None:
        """Look at the size of the path's file, so that `health` knows what is left at the end of a run."""
        self._tail.measure()
        self._health = None

    def position(self) -> Json | None:
        """Return where another process has to go on; None while nobody could look at the path."""
        return self._tail.position()

    def diagnose(self) -> str:
        """Return why no lines come, as the end of a sentence."""
        return self._tail.diagnose()

    def wants_poll_s(self) -> float:
        """Return after how many seconds `read` is due although nothing woke the monitor."""
        poll_s = self._poll_s
        return _FAST_POLL_S if poll_s == POLL_S and self._last_bytes > _FAST_BYTES else poll_s

    def close(self) -> None:
        """Stop watching and let go of the file."""
        self._watcher.forget(self.name)
        self._tail.close()
