"""Makes the inputs of a live run."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from http_monitor.checkpoint.restore import Resumed
from http_monitor.cli.beginning import command_prefix, is_read_here
from http_monitor.cli.live_span import LiveSpan
from http_monitor.clock import Clock, WallClock
from http_monitor.inputs.input import Input
from http_monitor.ports.source import Source
from http_monitor.records import Json
from http_monitor.settings import Settings
from http_monitor.sources.files.access import Files, FileStatus, LocalFiles
from http_monitor.sources.files.regular_file import MISSING, Obstacle
from http_monitor.sources.known.position import TailPosition
from http_monitor.sources.path_selection import STDIN, LiveSelection
from http_monitor.sources.remote.command_files import CommandFiles
from http_monitor.sources.remote.sought_reader import SoughtReader
from http_monitor.sources.remote.threaded_source import Polled, PolledSource
from http_monitor.sources.silence.silence_cause import explain_silence_of
from http_monitor.sources.stdin import StdinSource
from http_monitor.sources.tail.claims import Claims
from http_monitor.sources.tail.observer import FileObserver
from http_monitor.sources.tail.tail import FileTail, TailLimits
from http_monitor.sources.watching.watcher import Watcher


class LiveSources:
    """Makes the sources of a live run, which share claims, watcher and file access.

    Args:
        settings: The settings of the run.
        clock: The clock of the run.
        wake: Wakes the monitor; called from other threads.
        seen: The status of each path when the user was told that it is followed.
        wants: Whether a pattern matches a name in a directory; called in watchdog's thread.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        wake: Callable[[], None],
        *,
        seen: Mapping[str, FileStatus | Obstacle],
        wants: Callable[[str, str], bool],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._wake = wake
        self._seen = dict(seen)
        self._claims = Claims()
        self._watcher = Watcher(wake, clock, wants=wants)
        self._files = LocalFiles(clock)

    def take_came(self) -> list[tuple[str, str]]:
        """Return the (directory, name) of each file that matches a pattern and was made since the last call."""
        return self._watcher.take_came()

    def see(self, path: str) -> None:
        """Examine the file at a path that was just found, before its source is made: it may soon be renamed."""
        found = self._files.look(path) if is_read_here(self._settings, path) else MISSING
        if isinstance(found, FileStatus):
            self._seen[path] = found

    def make(self, path: str, position: Json | None, *, from_start: bool, span: LiveSpan | None = None) -> Source:
        """Return the source for a path, or for ``-``.

        Args:
            path: Of a file, or its key in the settings.
            position: Where an earlier run stopped; None: it had none.
            from_start: Without a position, read the existing lines.
            span: Without a position, read from the beginning of this span, which is searched for; None: there is none.
        """
        if path == STDIN:
            return StdinSource(self._wake, block=False, limit=self._settings.max_line_bytes)
        seen = self._seen.pop(path, None)
        resume = None if position is None else TailPosition.from_json(position)
        via = command_prefix(self._settings, path)
        if via is None:
            if resume is None and span is not None:
                resume = span.begin(path)
            tail = self._tail(path, self._files, self._clock, seen, resume, from_start=from_start)
            return FileObserver(tail, self._watcher)
        files, clock = CommandFiles(via), WallClock()
        given = self._settings.given_file(path)
        there = path if given is None else given.path

        def tail_at(at: TailPosition | None) -> FileTail:
            return self._tail(there, files, clock, None, at, from_start=from_start)

        find = None if span is None or resume is not None else span.searcher(there, files)

        def reader(again: Json | None) -> Polled:
            if again is None and find is not None:
                return SoughtReader(lambda: tail_at(find()))
            return tail_at(resume if again is None else TailPosition.from_json(again))

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
            limits=TailLimits(self._settings.max_line_bytes, grace_s=self._settings.rotate_grace_s),
        )


def _explain(path: str, position: Json | None) -> str:
    """Return why a log of this machine is silent; its writers are found without commands."""
    return explain_silence_of(path, position, LocalFiles())


def first_sources(
    making: LiveSources,
    paths: Sequence[str],
    resumed: Resumed | None,
    *,
    from_start: bool,
    span: LiveSpan | None = None,
) -> list[Source]:
    """Return the sources of a live run, at the positions of the resumed run if there is one."""
    if resumed is None:
        return [making.make(path, None, from_start=from_start, span=span) for path in paths]
    # A path that a pattern matched then and no longer matches may have unread lines; one that it matches only now
    # is new.
    every = dict.fromkeys([*paths, *resumed.inputs])
    return [
        making.make(path, resumed.position_of(path), from_start=from_start or path not in resumed.inputs)
        for path in every
    ]


class GlobFinder:
    """Looks for files that match a pattern and appeared after the start.

    Args:
        selection: The paths of the run.
        making: Makes the sources.
        input_of: Makes an input from a source.
    """

    def __init__(self, selection: LiveSelection, making: LiveSources, input_of: Callable[[Source], Input]) -> None:
        self._selection = selection
        self._making = making
        self._input_of = input_of

    def more(self) -> tuple[Sequence[Input], Sequence[str]]:
        """Return (inputs for files found since the last call, names of inputs that are no longer needed)."""
        found, needless = self._selection.more()
        for path in found:
            self._making.see(path)
        return [self._input_of(self._making.make(path, None, from_start=True)) for path in found], needless

    def take_missed(self) -> Sequence[str]:
        """Return the matching paths at which files appeared and disappeared unread since the last call."""
        return self._selection.take_missed(self._making.take_came())

    def can_remove(self, name: str) -> bool:
        """Return whether an input was found by a pattern."""
        return not self._selection.names(name)

    def forget(self, name: str) -> None:
        """Forget an input that was removed."""
        self._selection.forget(name)
