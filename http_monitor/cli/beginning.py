"""What a run begins with: its paths, what stands at them, and the moment."""

import shlex
from typing import TYPE_CHECKING

from http_monitor.cli.streams import complain
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
        settings: What the user chose.
    """

    def __init__(self, settings: Settings) -> None:
        self.selection: LiveSelection | None = None
        """What a live run follows, where files may appear later; None in a replay, and where lines are explained."""
        self.notices: list[Notice] = []
        """What is to be said of them."""
        if settings.replay or settings.explain is not None:
            self.first, self.notices = _read_to_the_end(settings)
        else:
            from http_monitor.sources import path_selection

            self.selection = path_selection.LiveSelection(settings.files, local=settings.via is None)
            self.first = self.selection.first()
        """Those that are there."""
        self.via = prefix_of(settings)


class Beginning:
    """The moment a run begins, and what stands at its paths then."""

    def __init__(self, settings: Settings, paths: Paths) -> None:
        from http_monitor.clock import ReplayClock, WallClock

        self.clock: Clock = ReplayClock() if settings.replay else WallClock()
        # Where files end now is where they are followed from: what comes while the columns are imported counts.
        self.seen = {} if settings.replay or paths.via is not None else _seen(paths.first)
        self.started_us = self.clock.now_us()


def prefix_of(settings: Settings) -> list[str] | None:
    """Return the words put before the commands that read, none for this machine; None: no commands read."""
    if settings.via is not None:
        return shlex.split(settings.via)
    return [] if settings.reader == "wc-tail" else None


def _seen(paths: list[str]) -> "dict[str, FileStatus | Obstacle]":
    """Return what stands at each path now."""
    from http_monitor.sources.files.access import LocalFiles
    from http_monitor.sources.files.data_end import seen_at
    from http_monitor.sources.path_selection import STDIN

    files = LocalFiles()
    return {path: seen_at(files, path) for path in paths if path != STDIN}


def _read_to_the_end(settings: Settings) -> "tuple[list[str], list[Notice]]":
    """Return the paths of a replay, or of lines to explain, each of which can be read; and what to say of them."""
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
        complain(f"{visible_text(path)} holds what {visible_text(owner)} has, and is not read")
    return paths, notices
