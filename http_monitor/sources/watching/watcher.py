"""Wakes the monitor when watchdog reports a change of one of its files."""

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
from http_monitor.paths import real_path
from http_monitor.report import Notice
from http_monitor.sources.files.access import Identity
from http_monitor.sources.watching.watched_directory import Wants, WatchedDirectory
from http_monitor.units import US_PER_S, visible_text

SAFETY_NET_S = 1.0
"""Seconds between looks at a file if nothing wakes the monitor."""
POLL_S = 0.2
"""Seconds between looks if nothing can wake it."""
PLACES_EVERY = 30
"""Number of looks without a change after which the symbolic links of a path are resolved again."""
_FEW_FILES = 64
_QUIET_US = 2 * US_PER_S
_RETRY_US = 10 * US_PER_S
# Opening and closing a file to read it must not wake the monitor again, so other kinds are ignored.
_KINDS: list[type[FileSystemEvent]] = [FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent]

_logger = logging.getLogger(__name__)
# watchdog treats events during the removal of a watch as errors, and would print them on the user's screen.
logging.getLogger("watchdog").addHandler(logging.NullHandler())


class Watcher:
    """Watches the directories of several files with one watchdog observer.

    The thread that reads the files owns it; watchdog's threads only run `WatchedDirectory.dispatch`. Its wake-ups are
    hints: they may come too often, or not at all (after a queue overflow, or on a network file system).

    Args:
        wake: Called in watchdog's thread when there may be something to read; must be quick.
        clock: Measures the length of a burst or of a quiet period.
        new_observer: Makes an observer; raises OSError if the machine refuses.
        wants: Whether a name in a directory matters before it is followed; called in watchdog's thread;
                None: none does.
    """

    def __init__(
        self,
        wake: Callable[[], None],
        clock: Clock,
        new_observer: Callable[[], BaseObserver] = Observer,
        wants: Wants | None = None,
    ) -> None:
        self._wake = wake
        self._wants = wants
        self._clock = clock
        self._new_observer = new_observer
        self._observer: BaseObserver | None = None
        self._emitters: dict[ObservedWatch, EventEmitter] = {}
        """The observer's threads, by the watches that were requested last."""
        self._directories: dict[str, WatchedDirectory] = {}
        self._left: list[ObservedWatch] = []
        """Watches no longer needed; an observer that is about to end removes them all at once."""
        self._places: dict[str, dict[str, str]] = {}
        self._resolved: dict[str, str] = {}
        """Resolved paths of directories of many files, looked up once a second for all of them."""
        self._resolved_us = 0
        self.restarts = 0
        """Number of times that watchdog had died and was started again."""

    @property
    def attended_every(self) -> int:
        """Number of looks at an unchanged file between two checks of its directory, which other files check too."""
        return 1 if len(self._places) <= _FEW_FILES else PLACES_EVERY

    def attend(self, path: str, *, is_quiet: bool = False) -> list[Notice]:
        """Ensure that changes at this path wake the monitor, as far as possible; return notices for the user.

        Args:
            path: The path.
            is_quiet: The file is unchanged, so its symbolic links need not be resolved again.
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
            # Once for all files of the directory that are looked at in succession.
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

    def count_made_at(self, path: str) -> int | None:
        """Return how many files were reported as made at a path; None if it is a symbolic link or nothing reports."""
        places = self._places.get(path, {})
        if len(places) != 1:
            return None
        ((place, name),) = places.items()
        directory = self._directories[place]
        return None if directory.watch is None else directory.made.get(name, 0)

    def take_came(self) -> list[tuple[str, str]]:
        """Return the (directory, name) of each wanted file that was reported as made since the last call."""
        taken: list[tuple[str, str]] = []
        for directory in self._directories.values():
            if directory.came:
                came, directory.came = directory.came, set()
                taken += [(directory.path, name) for name in sorted(came)]
        return taken

    def note_data(self, path: str) -> None:
        """Record that a read of this path found something new."""
        now_us = self._clock.now_us()
        for directory in self._directories_of(path):
            directory.active_us = now_us

    def forget(self, path: str) -> None:
        """Stop watching for this path; the observer ends with the last one."""
        self._move(path, {})
        if not self._places:
            self._end()

    def wants_poll_s(self, path: str) -> float:
        """Return after how many seconds to look at this path without a wake-up."""
        looking = any(directory.polls for directory in self._directories_of(path))
        return POLL_S if looking else SAFETY_NET_S

    def watches(self, path: str) -> bool:
        """Return whether changes at this path wake the monitor at present."""
        directories = self._directories_of(path)
        return bool(directories) and all(directory.watch is not None for directory in directories)

    def _directories_of(self, path: str) -> list["WatchedDirectory"]:
        return [self._directories[place] for place in self._places.get(path, ())]

    def _move(self, path: str, places: dict[str, str]) -> None:
        """Watch a path in other directories, and drop directories that are no longer needed."""
        before = self._places.pop(path, {})
        for place, name in places.items():
            directory = self._directories.setdefault(place, WatchedDirectory(place, self._wake, self._wants))
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
        """Bring one directory to its proper state: watched, polled, or waited for."""
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
            # inotify refuses such a directory, and watchdog does not report that.
            if not os.access(directory.path, os.R_OK):
                raise PermissionError("permission denied")
            if self._observer is None:
                self._observer = self._new_observer()
                self._observer.start()
            directory.watch = self._observer.schedule(directory, directory.path, event_filter=_KINDS)
        except (OSError, RuntimeError) as error:  # no inotify instance, watch or thread left, or an unusual file system
            if not directory.refused:
                reason = getattr(error, "strerror", None) or str(error)
                words = f"{visible_text(directory.path)}: cannot be watched ({reason}), checking five times a second"
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
        except (KeyError, OSError):  # the directory is gone, and watchdog has removed the watch
            _logger.debug("watch of %r was gone already", watch.path)

    def _lives(self, directory: "WatchedDirectory") -> bool:
        """Return whether a watch still has its thread; a thread that died counts as a restart."""
        assert self._observer is not None
        if directory.watch not in self._emitters:
            self._emitters = {emitter.watch: emitter for emitter in self._observer.emitters}
        emitter = self._emitters.get(directory.watch) if directory.watch is not None else None
        if emitter is None:
            return False
        if not emitter.is_alive():
            # A thread whose directory was deleted ends properly.
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
    """Return the directories in which a change may concern this path, with the path's name in each."""
    head, name = os.path.split(path)
    target_head, target_name = os.path.split(real_path(path))
    # For a symbolic link: its own directory, since it may be replaced, and that of its target, which is written to.
    return {target_head: target_name} | {real_path(head or os.curdir): name}


def _identity(directory: str) -> Identity | None:
    try:
        status = os.stat(directory)
    except OSError:
        return None
    return status.st_dev, status.st_ino
