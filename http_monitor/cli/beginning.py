"""The state in which a run begins: its paths, the files at them, and the time."""

import shlex
from typing import TYPE_CHECKING

from http_monitor.cli.streams import complain
from http_monitor.moments import Span, span_of
from http_monitor.settings import Settings

if TYPE_CHECKING:
    from http_monitor.clock import Clock
    from http_monitor.report import Notice
    from http_monitor.sources.files.access import FileStatus
    from http_monitor.sources.files.regular_file import Obstacle
    from http_monitor.sources.path_selection import LiveSelection


class Paths:
    """The paths of a run.

    Args:
        settings: The settings of the run.
    """

    def __init__(self, settings: Settings) -> None:
        self.selection: LiveSelection | None = None
        """The paths that a live run follows, where files may appear later; None in a replay and with --explain."""
        self.notices: list[Notice] = []
        """Notices about the paths."""
        if settings.replay or settings.explain is not None:
            self.first, self.notices = _find_readable(settings)
        else:
            from http_monitor.sources import path_selection

            self.selection = path_selection.LiveSelection(settings.files, local=settings.via is None)
            self.first = self.selection.first()
        """The paths that exist at the start."""
        self.via = command_prefix(settings)


class Beginning:
    """The moment a run begins, and what stands at its paths then.

    Raises:
        UsageError: a live run can count nothing in the span that was asked for.
    """

    def __init__(self, settings: Settings, paths: Paths) -> None:
        from http_monitor.clock import ReplayClock, WallClock

        self.clock: Clock = ReplayClock() if settings.replay else WallClock()
        # Files are followed from their present ends, so that lines written during the imports are counted.
        self.seen = {} if settings.replay or paths.via is not None else _stat_paths(paths.first)
        self.started_us = self.clock.now_us()
        self.span = Span()
        """What a live run counts; that of a replay depends on its files."""
        if not settings.replay:
            self.span = span_of(settings.since, settings.until, self.started_us, live=True)


def command_prefix(settings: Settings) -> list[str] | None:
    """Return the words put before the reading commands, none for this machine; None if no commands are used."""
    if settings.via is not None:
        return shlex.split(settings.via)
    return [] if settings.reader == "wc-tail" else None


def _stat_paths(paths: list[str]) -> "dict[str, FileStatus | Obstacle]":
    """Return the status of each path now."""
    from http_monitor.sources.files.access import LocalFiles
    from http_monitor.sources.path_selection import STDIN
    from http_monitor.sources.tail.start import seen_at

    files = LocalFiles()
    return {path: seen_at(files, path) for path in paths if path != STDIN}


def _find_readable(settings: Settings) -> "tuple[list[str], list[Notice]]":
    """Return the paths of a replay or of --explain, all readable, and notices about them."""
    if settings.explain:
        return list(settings.files), []
    from http_monitor.report import Notice
    from http_monitor.sources.archive_twins import without_twins
    from http_monitor.sources.path_selection import check_replay_inputs, expand, without_repeats
    from http_monitor.units import visible_text

    paths, repeats = without_repeats(expand(settings.files))
    notices = [
        Notice(
            f"{visible_text(path)} is the same file as {visible_text(owner)}, and is read once",
            "warning",
            "same-file",
            path,
        )
        for path, owner in repeats
    ]
    check_replay_inputs(paths)
    paths, twins = without_twins(paths)
    for path, owner in twins:
        complain(f"{visible_text(path)} has the content of {visible_text(owner)}, and is not read")
    return paths, notices
