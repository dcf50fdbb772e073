"""Wakes the monitor when watchdog sees that one of its files may have something new."""

import logging
import os
from collections.abc import Callable

from watchdog.events import (
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, EventEmitter, ObservedWatch

from http_monitor.clock import Clock
from http_monitor.report import Notice
from http_monitor.sources.files.access import Identity
from http_monitor.sources.watching.watched_directory import WatchedDirectory
from http_monitor.units import US_PER_S, visible_text

SAFETY_NET_S = 1.0
"""So often a file is looked at when nothing woke the monitor."""
POLL_S = 0.2
"""So often it is looked at where nothing can."""
PLACES_EVERY = 30
"""So many looks that find nothing go by before it is seen again where the links of a path lead."""
_FEW_FILES = 64
_QUIET_US = 2 * US_PER_S
_RETRY_US = 10 * US_PER_S
# Opening and closing a file to read it must not wake us again, so no other kinds.
_KINDS: list[type[FileSystemEvent]] = [FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent]

_logger = logging.getLogger(__name__)
# Events that come while a watch is being let go are an error to watchdog, and would be one on the user's screen.
logging.getLogger("watchdog").addHandler(logging.NullHandler())


class Watcher:
    """Watches the directories of several files with one watchdog observer.

    The thread that reads the files owns it; watchdog's threads only run `WatchedDirectory.dispatch`. Its wake-ups are
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
        self._emitters: dict[ObservedWatch, EventEmitter] = {}
        """The observer's threads by what they watch, as they were last asked for."""
        self._directories: dict[str, WatchedDirectory] = {}
        self._left: list[ObservedWatch] = []
        """Watches that nothing needs any more: an observer that ends as well ends them all together."""
        self._places: dict[str, dict[str, str]] = {}
        self._resolved: dict[str, str] = {}
        """Where directories of many files lead, found out once a second for all of them."""
        self._resolved_us = 0
        self.restarts = 0
        """How often watchdog was found dead and started anew."""

    @property
    def attended_every(self) -> int:
        """At every so many looks at a file that does not change its directory is seen to: others see to it too."""
        return 1 if len(self._places) <= _FEW_FILES else PLACES_EVERY

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
        while self._left:
            self._unschedule(self._left.pop())
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

    def _directories_of(self, path: str) -> list["WatchedDirectory"]:
        return [self._directories[place] for place in self._places.get(path, ())]

    def _move(self, path: str, places: dict[str, str]) -> None:
        """Let a path be watched in other places, and drop the directories in which nothing matters any more."""
        before = self._places.pop(path, {})
        for place, name in places.items():
            directory = self._directories.setdefault(place, WatchedDirectory(place, self._wake))
            directory.names[name] = directory.names.get(name, 0) + 1
        for place, name in before.items():
            directory = self._directories[place]
            directory.names[name] -= 1
            if not directory.names[name]:
                del directory.names[name]
            if not directory.names:
                watch = self._directories.pop(place).watch
                self._left += [] if watch is None else [watch]
        if places:
            self._places[path] = places

    def _settle(self, directory: "WatchedDirectory", now_us: int, notices: list[Notice]) -> None:
        """Bring one directory to the state it should be in: watched, polled, or waited for."""
        if directory.bursting:
            if 0 <= now_us - directory.active_us < _QUIET_US:
                return
            directory.bursting = False
        elif directory.watch is not None and directory.bursts(now_us):
            self._let_go(directory)
            directory.bursting = True
            directory.active_us = now_us
            return
        identity = _identity(directory.path)
        if directory.watch is not None and (identity != directory.identity or not self._lives(directory)):
            self._let_go(directory)
        if directory.watch is None and identity is not None:
            self._schedule(directory, identity, now_us, notices)

    def _schedule(self, directory: "WatchedDirectory", identity: Identity, now_us: int, notices: list[Notice]) -> None:
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

    def _let_go(self, directory: "WatchedDirectory") -> None:
        watch, directory.watch = directory.watch, None
        if watch is not None:
            self._unschedule(watch)

    def _unschedule(self, watch: ObservedWatch) -> None:
        self._emitters.pop(watch, None)
        if self._observer is None:
            return
        try:
            self._observer.unschedule(watch)
        except (KeyError, OSError):  # the directory went away, and watchdog has let go by itself
            _logger.debug("watch of %r was gone already", watch.path)

    def _lives(self, directory: "WatchedDirectory") -> bool:
        """Tell whether a watch still has its thread; one that died by itself counts as a restart."""
        assert self._observer is not None
        if directory.watch not in self._emitters:
            self._emitters = {emitter.watch: emitter for emitter in self._observer.emitters}
        emitter = self._emitters.get(directory.watch) if directory.watch is not None else None
        if emitter is None:
            return False
        if not emitter.is_alive():
            # One whose directory was deleted stops in good order.
            self.restarts += emitter.should_keep_running()
        return emitter.is_alive()

    def _bury_the_dead(self) -> None:
        if self._observer is None or self._observer.is_alive():
            return
        self._end()
        self.restarts += 1

    def _end(self) -> None:
        observer, self._observer = self._observer, None
        self._emitters.clear()
        self._left.clear()
        for directory in self._directories.values():
            directory.watch = None
        if observer is None:
            return
        observer.stop()
        if observer.is_alive():
            observer.join()


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
