"""Wakes the monitor when watchdog sees that one of its files may have something new."""

import logging
import os
from collections.abc import Callable
from dataclasses import replace

from watchdog.events import (
    EVENT_TYPE_CREATED,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from http_monitor.clock import Clock
from http_monitor.health import Health
from http_monitor.ports.source import UNCHANGED, Chunk
from http_monitor.records import Json
from http_monitor.report import Notice
from http_monitor.sources.files.access import Identity
from http_monitor.sources.tail.tail import FileTail
from http_monitor.sources.tail.unseen_files import UnseenFiles
from http_monitor.units import US_PER_S, visible_text

SAFETY_NET_S = 1.0
"""So often a file is looked at when nothing woke the monitor."""
POLL_S = 0.2
"""So often it is looked at where nothing can."""
_FAST_POLL_S = 0.05
_FAST_BYTES = 256 << 10
# Where a look finds more than that, the next one comes sooner, so that what comes is still read in one look.
BURST_EVENTS = 50
"""So many events of a directory within a second cost more than looking."""

_PLACES_EVERY = 30
"""So many looks that find nothing go by before it is seen again where the links of a path lead."""
_FEW_FILES = 64
_QUIET_US = 2 * US_PER_S
_RETRY_US = 10 * US_PER_S
# Opening and closing a file to read it must not wake us again, so no other kinds.
_KINDS: list[type[FileSystemEvent]] = [FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent]

_logger = logging.getLogger(__name__)
# Events that come while a watch is being let go are an error to watchdog, and would be one on the user's screen.
logging.getLogger("watchdog").addHandler(logging.NullHandler())


class FileObserver:
    """A source that follows one file: `FileTail` reads, the shared `Watcher` says when to look."""

    def __init__(self, tail: FileTail, watcher: "Watcher") -> None:
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
            notices = self._watcher.attend(self.name, is_quiet=self._quiet_looks % _PLACES_EVERY > 0)
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
            self._health = replace(self._tail.health(), observer_restarts=self._restarts)
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


class Watcher:
    """Watches the directories of several files with one watchdog observer.

    The thread that reads the files owns it; watchdog's threads only run `_Directory.dispatch`. Its wake-ups are
    hints: they may come too often, or not at all (a queue that overflowed, a network file system).

    Args:
        wake: Called in watchdog's thread when there may be something to read; must be quick.
        clock: Tells how long a burst or a quiet time has lasted.
        new_observer: Makes an observer; a machine may refuse (OSError).
    """

    def __init__(
        self, wake: Callable[[], None], clock: Clock, new_observer: Callable[[], BaseObserver] = Observer
    ) -> None:
        self._wake = wake
        self._clock = clock
        self._new_observer = new_observer
        self._observer: BaseObserver | None = None
        self._directories: dict[str, _Directory] = {}
        self._places: dict[str, dict[str, str]] = {}
        self._resolved: dict[str, str] = {}
        """Where directories of many files lead, found out once a second for all of them."""
        self._resolved_us = 0
        self.restarts = 0
        """How often watchdog was found dead and started anew."""

    @property
    def attended_every(self) -> int:
        """At every so many looks at a file that does not change its directory is seen to: others see to it too."""
        return 1 if len(self._places) <= _FEW_FILES else _PLACES_EVERY

    def attend(self, path: str, *, is_quiet: bool = False) -> list[Notice]:
        """See to it that changes at this path wake, as far as they can; returns what the user should know.

        Args:
            path: It.
            is_quiet: The file there is the same as ever; where its links lead need not be found out anew.
        """
        places = self._places.get(path) if is_quiet else None
        if places is None:
            places = self._places_of(path)
            if places != self._places.get(path):
                self._move(path, places)
        self._bury_the_dead()
        notices: list[Notice] = []
        for place in places:
            directory = self._directories[place]
            # Once for all files in it that are looked at one after the other.
            if not directory.attended or path in directory.attended or directory.watch is None:
                directory.attended.clear()
                self._settle(directory, self._clock.now_us(), notices)
            directory.attended.add(path)
        return notices

    def _places_of(self, path: str) -> dict[str, str]:
        if len(self._places) <= _FEW_FILES:
            return _places(path)
        head, name = os.path.split(path)
        now_us = self._clock.running_us()
        if not 0 <= now_us - self._resolved_us < US_PER_S:
            self._resolved.clear()
            self._resolved_us = now_us
        place = self._resolved.get(head)
        if place is None or name in ("", os.curdir, os.pardir) or os.path.islink(path):
            places = _places(path)
            self._resolved[head] = next(reversed(places))
            return places
        return {place: name}

    @property
    def now_us(self) -> int:
        """The running clock."""
        return self._clock.running_us()

    def made_at(self, path: str) -> int | None:
        """Return how many files were reported to be made at a path; None where links lead to it or nothing reports."""
        places = self._places.get(path, {})
        if len(places) != 1:
            return None
        ((place, name),) = places.items()
        directory = self._directories[place]
        return None if directory.watch is None else directory.made.get(name, 0)

    def note_data(self, path: str) -> None:
        """Learn that a read of this path found something new."""
        now_us = self._clock.now_us()
        for directory in self._directories_of(path):
            directory.active_us = now_us

    def forget(self, path: str) -> None:
        """Stop watching for this path; the observer ends with the last one."""
        self._move(path, {})
        if not self._places:
            self._end()

    def wants_poll_s(self, path: str) -> float:
        """Return the seconds after which this path is to be looked at without a wake-up."""
        looking = any(directory.polls for directory in self._directories_of(path))
        return POLL_S if looking else SAFETY_NET_S

    def watches(self, path: str) -> bool:
        """Tell whether changes at this path wake at present."""
        directories = self._directories_of(path)
        return bool(directories) and all(directory.watch is not None for directory in directories)

    def _directories_of(self, path: str) -> list["_Directory"]:
        return [self._directories[place] for place in self._places.get(path, ())]

    def _move(self, path: str, places: dict[str, str]) -> None:
        """Let a path be watched in other places, and drop the directories in which nothing matters any more."""
        before = self._places.pop(path, {})
        for place, name in places.items():
            directory = self._directories.setdefault(place, _Directory(place, self._wake))
            directory.names[name] = directory.names.get(name, 0) + 1
        for place, name in before.items():
            directory = self._directories[place]
            directory.names[name] -= 1
            if not directory.names[name]:
                del directory.names[name]
            if not directory.names:
                self._unschedule(self._directories.pop(place))
        if places:
            self._places[path] = places

    def _settle(self, directory: "_Directory", now_us: int, notices: list[Notice]) -> None:
        """Bring one directory to the state it should be in: watched, polled, or waited for."""
        if directory.bursting:
            if 0 <= now_us - directory.active_us < _QUIET_US:
                return
            directory.bursting = False
        elif directory.watch is not None and directory.bursts(now_us):
            self._unschedule(directory)
            directory.bursting = True
            directory.active_us = now_us
            return
        identity = _identity(directory.path)
        if directory.watch is not None and (identity != directory.identity or not self._lives(directory)):
            self._unschedule(directory)
        if directory.watch is None and identity is not None:
            self._schedule(directory, identity, now_us, notices)

    def _schedule(self, directory: "_Directory", identity: Identity, now_us: int, notices: list[Notice]) -> None:
        if directory.refused and 0 <= now_us - directory.tried_us < _RETRY_US:
            return
        directory.tried_us = now_us
        try:
            # inotify refuses such a directory, of which watchdog says nothing.
            if not os.access(directory.path, os.R_OK):
                raise PermissionError("permission denied")
            if self._observer is None:
                self._observer = self._new_observer()
                self._observer.start()
            directory.watch = self._observer.schedule(directory, directory.path, event_filter=_KINDS)
        except (OSError, RuntimeError) as error:  # no inotify instance, watch or thread left, or a strange file system
            if not directory.refused:
                reason = getattr(error, "strerror", None) or str(error)
                words = f"{visible_text(directory.path)}: cannot be watched ({reason}), looking five times a second"
                notices.append(Notice(words, "warning", "unwatched"))
            directory.refused = True
            return
        directory.identity = identity
        directory.refused = False
        directory.begin_count(now_us)

    def _unschedule(self, directory: "_Directory") -> None:
        watch, directory.watch = directory.watch, None
        if watch is None or self._observer is None:
            return
        try:
            self._observer.unschedule(watch)
        except (KeyError, OSError):  # the directory went away, and watchdog has let go by itself
            _logger.debug("watch of %r was gone already", directory.path)

    def _lives(self, directory: "_Directory") -> bool:
        """Tell whether a watch still has its thread; one that died by itself counts as a restart."""
        assert self._observer is not None
        for emitter in self._observer.emitters:
            if emitter.watch == directory.watch:
                if emitter.is_alive():
                    return True
                # One whose directory was deleted stops in good order.
                self.restarts += emitter.should_keep_running()
        return False

    def _bury_the_dead(self) -> None:
        if self._observer is None or self._observer.is_alive():
            return
        self._end()
        self.restarts += 1

    def _end(self) -> None:
        observer, self._observer = self._observer, None
        for directory in self._directories.values():
            directory.watch = None
        if observer is None:
            return
        observer.stop()
        if observer.is_alive():
            observer.join()


class _Directory(FileSystemEventHandler):
    """One directory; the observer's thread runs `dispatch`, all else belongs to the owner of the watcher."""

    def __init__(self, path: str, wake: Callable[[], None]) -> None:
        self.path = path
        self.names: dict[str, int] = {}
        """The names that matter in it, each with the number of paths for which it does."""
        self.made: dict[str, int] = {}
        """How many files the observer's thread was told were made, by those names."""
        self.attended: set[str] = set()
        """The paths that were looked at since it was last seen to."""
        self.watch: ObservedWatch | None = None
        self.identity: Identity | None = None
        self.bursting = False
        self.refused = False
        self.active_us = 0
        self.tried_us = 0
        self._wake = wake
        self._failed = False
        self._events = 0
        self._window_us = 0
        self._window_events = 0

    @property
    def polls(self) -> bool:
        """Whether looking has taken the place of watching."""
        return self.bursting or self.refused

    def dispatch(self, event: FileSystemEvent) -> None:
        """Wake the monitor for a file of ours or what it is renamed to; reads nothing and never raises."""
        # Events of other files count too: they cost as much.
        self._events += 1
        if event.event_type == EVENT_TYPE_CREATED:
            name = os.path.basename(os.fsdecode(event.src_path))
            if name in self.names:
                self.made[name] = self.made.get(name, 0) + 1
        try:
            if self._concerns(event.src_path) or (event.dest_path and self._concerns(event.dest_path)):
                self._wake()
        except Exception:
            # watchdog would end for good. Once is enough: the same failure may come with every event.
            if not self._failed:
                self._failed = True
                _logger.exception("a wake-up failed; files are still looked at every second")

    def begin_count(self, now_us: int) -> None:
        """Begin to count the events of a second."""
        self._window_us = now_us
        self._window_events = self._events

    def bursts(self, now_us: int) -> bool:
        """Tell whether there were `BURST_EVENTS` events within the second, or as many in each of several."""
        events = self._events - self._window_events
        seconds = (now_us - self._window_us) / US_PER_S
        if not 0 <= seconds < 1:
            self.begin_count(now_us)
        return events >= BURST_EVENTS * max(1.0, seconds)

    def _concerns(self, raw: str | bytes) -> bool:
        # access.log.1 concerns access.log: a writer goes on in the renamed file until it is told to reopen.
        name = os.path.basename(os.fsdecode(raw))
        return any(name[:length] in self.names for length in range(len(name), 0, -1))


def _places(path: str) -> dict[str, str]:
    """Return the directories in which a change may mean something for this path, with the name it has there."""
    head, name = os.path.split(path)
    target_head, target_name = os.path.split(os.path.realpath(path))
    # For a symbolic link: where it stands, since it may be replaced, and where it leads, since that is written to.
    return {target_head: target_name} | {os.path.realpath(head or os.curdir): name}


def _identity(directory: str) -> Identity | None:
    try:
        status = os.stat(directory)
    except OSError:
        return None
    return status.st_dev, status.st_ino
