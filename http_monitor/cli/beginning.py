"""The state in which a run begins: its paths, the files at them, and the time."""

import glob
import os
import shlex
import sys
from typing import TYPE_CHECKING

from http_monitor.cli.streams import complain
from http_monitor.errors import InputError
from http_monitor.moments import Span, span_of
from http_monitor.paths import WITHOUT_DIRECTORY, is_lost
from http_monitor.settings import Settings

if TYPE_CHECKING:
    from http_monitor.clock import Clock
    from http_monitor.report import Notice
    from http_monitor.sources.files.access import FileStatus
    from http_monitor.sources.files.regular_file import Obstacle
    from http_monitor.sources.path_selection import LiveSelection

_MAX_HINTS = 5
_MAX_LOGS = 5


class Paths:
    """The paths of a run.

    Args:
        settings: The settings of the run.

    Raises:
        InputError: a path of a replay cannot be read, or standard input is to be read and is closed.
    """

    def __init__(self, settings: Settings) -> None:
        if "-" in settings.files and not settings.explain and sys.stdin is None:
            # Its descriptor may belong to another file by now, which must not be read instead.
            raise InputError("standard input is closed")
        self.selection: LiveSelection | None = None
        """The paths that a live run follows, where files may appear later; None in a replay and with --explain."""
        self.notices: list[Notice] = []
        """Notices about the paths."""
        if settings.replay or settings.explain is not None:
            self.first, self.notices = _find_readable(settings)
        else:
            from http_monitor.sources import path_selection

            self.selection = path_selection.LiveSelection(
                settings.files, remote={file.key for file in settings.given if file.via is not None}
            )
            self.first = self.selection.first()
            self.notices = _hints(settings, self.first)
        """The paths that exist at the start."""


class Beginning:
    """The moment a run begins, and the files that are at its paths then.

    Raises:
        UsageError: a live run can count nothing in the span that was asked for.
    """

    def __init__(self, settings: Settings, paths: Paths) -> None:
        from http_monitor.clock import ReplayClock, WallClock

        self.clock: Clock = ReplayClock() if settings.replay else WallClock()
        # Files are followed from their present ends, so that lines written during the imports are counted.
        local = [] if settings.replay else [path for path in paths.first if is_read_here(settings, path)]
        self.seen = _stat_paths(local) if local else {}
        self.started_us = self.clock.now_us()
        self.span = Span()
        """What a live run counts; that of a replay depends on its files."""
        if not settings.replay:
            self.span = span_of(settings.since, settings.until, self.started_us, live=True)


def _hints(settings: Settings, paths: list[str]) -> "list[Notice]":
    """Return a hint on what the user may have meant, for a live run whose files do not exist."""
    here = [path for path in paths if is_read_here(settings, path)]
    missing = [path for path in here[:_MAX_HINTS] if path != "-" and not os.path.lexists(path)]
    if not missing or settings.give_me_traffic:
        return []
    from http_monitor.report import Notice
    from http_monitor.sources.nearest_file import nearest_file, usual_logs
    from http_monitor.units import visible_text

    if settings.files == Settings().files:
        logs = usual_logs(_MAX_LOGS)
        words = f"{missing[0]} is missing; there are logs at {', '.join(map(visible_text, logs))} (--file {{}})"
        return [Notice(words.format(visible_text(logs[0])), name="missing")] if logs else []
    lost = [path for path in missing if is_lost(path)]
    # Files that match a pattern may appear later.
    plain = [path for path in missing if path not in lost and not glob.has_magic(path)]
    near = [(path, nearest_file(path)) for path in plain]
    return [
        Notice(f"{visible_text(path)} is missing: {WITHOUT_DIRECTORY}", "warning", "missing", path) for path in lost
    ] + [
        Notice(f"{visible_text(path)} is missing, did you mean {visible_text(meant)}?", "warning", "missing", path)
        for path, meant in near
        if meant is not None
    ]


def command_prefix(settings: Settings, path: str) -> list[str] | None:
    """Return the words put before the commands that read a file, none for this machine; None if no commands do."""
    file = settings.given_file(path)
    if file is not None and file.via is not None:
        return shlex.split(file.via)
    return [] if settings.reader == "wc-tail" else None


def is_read_here(settings: Settings, path: str) -> bool:
    """Tell whether this process opens a file itself."""
    return settings.reader == "direct" and not settings.is_remote(path)


def _stat_paths(paths: list[str]) -> "dict[str, FileStatus | Obstacle]":
    """Return the status of each path now."""
    from http_monitor.sources.files.access import LocalFiles
    from http_monitor.sources.files.data_end import look_at_data
    from http_monitor.sources.path_selection import STDIN

    files = LocalFiles()
    return {path: look_at_data(files, path) for path in paths if path != STDIN}


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
