"""Makes the inputs of a run."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from http_monitor.checkpoint.restore import Resumed
from http_monitor.cli.beginning import prefix_of
from http_monitor.clock import Clock, WallClock
from http_monitor.inputs.input import Input
from http_monitor.ports.source import Source
from http_monitor.records import Json
from http_monitor.settings import Settings
from http_monitor.sources.files.access import Files, FileStatus, LocalFiles
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.path_selection import STDIN, LiveSelection
from http_monitor.sources.remote.command_files import CommandFiles
from http_monitor.sources.remote.threaded_source import PolledSource
from http_monitor.sources.stdin import StdinSource
from http_monitor.sources.tail.claims import Claims
from http_monitor.sources.tail.observer import FileObserver
from http_monitor.sources.tail.position import TailPosition
from http_monitor.sources.tail.silence_cause import explain_silence_of
from http_monitor.sources.tail.tail import FileTail
from http_monitor.sources.watching.watcher import Watcher


class LiveSources:
    """Makes sources that follow; those of one run share what they have to.

    Args:
        settings: Of the run.
        clock: Its clock.
        wake: Wakes its monitor; called in other threads.
        seen: What stood at each path when the user was told that it is followed.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        wake: Callable[[], None],
        *,
        seen: Mapping[str, FileStatus | Obstacle],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._wake = wake
        self._seen = seen
        self._claims = Claims()
        self._watcher = Watcher(wake, clock)
        self._files = LocalFiles(clock)

    def make(self, path: str, position: Json | None, *, from_start: bool) -> Source:
        """Return the source for a path, or for ``-``.

        Args:
            path: Of a file, or its key in the settings.
            position: Where an earlier run stopped; None: it had none.
            from_start: Without a position, read what is there already.
        """
        if path == STDIN:
            return StdinSource(self._wake, block=False, limit=self._settings.max_line_bytes)
        resume = None if position is None else TailPosition.from_json(position)
        via = prefix_of(self._settings, path)
        if via is None:
            tail = self._tail(path, self._files, self._clock, self._seen.get(path), resume, from_start=from_start)
            return FileObserver(tail, self._watcher)
        files, clock = CommandFiles(via), WallClock()
        given = self._settings.given_file(path)
        there = path if given is None else given.path

        def reader(again: Json | None) -> FileTail:
            at = resume if again is None else TailPosition.from_json(again)
            return self._tail(there, files, clock, None, at, from_start=from_start)

        explain = None if via else partial(_explain, path)
        return PolledSource(path, reader, link=files, wake=self._wake, clock=clock, explain=explain)

    def _tail(
        self,
        path: str,
        files: Files,
        clock: Clock,
        seen: FileStatus | Obstacle | None,
        resume: TailPosition | None,
        *,
        from_start: bool,
    ) -> FileTail:
        return FileTail(
            path,
            files=files,
            clock=clock,
            from_start=from_start,
            seen=seen,
            resume=resume,
            claims=self._claims,
            limit=self._settings.max_line_bytes,
            grace_s=self._settings.rotate_grace_s,
        )


def _explain(path: str, position: Json | None) -> str:
    """Say why a log of this machine is silent; who has it open is found without commands."""
    return explain_silence_of(path, position, LocalFiles())


def first_sources(
    making: LiveSources, paths: Sequence[str], resumed: Resumed | None, *, from_start: bool
) -> list[Source]:
    """Return the sources that a live run begins with, or goes on with."""
    if resumed is None:
        return [making.make(path, None, from_start=from_start) for path in paths]
    # What a pattern matched then and does not match now may have a rest that nobody has read; what it matches now
    # and did not then is new.
    every = dict.fromkeys([*paths, *resumed.inputs])
    return [
        making.make(path, resumed.position_of(path), from_start=from_start or path not in resumed.inputs)
        for path in every
    ]


class GlobFinder:
    """Looks for files that match a pattern since the run began.

    Args:
        selection: What the user gave.
        making: Makes sources.
        input_of: Makes an input of a source.
    """

    def __init__(self, selection: LiveSelection, making: LiveSources, input_of: Callable[[Source], Input]) -> None:
        self._selection = selection
        self._making = making
        self._input_of = input_of

    def more(self) -> tuple[Sequence[Input], Sequence[str]]:
        """Return (inputs for what was found since the last time, names of inputs that are not needed any more)."""
        found, needless = self._selection.more()
        return [self._input_of(self._making.make(path, None, from_start=True)) for path in found], needless

    def can_remove(self, name: str) -> bool:
        """Tell whether an input was found by a pattern."""
        return not self._selection.names(name)

    def forget(self, name: str) -> None:
        """Learn that an input has gone."""
        self._selection.forget(name)
