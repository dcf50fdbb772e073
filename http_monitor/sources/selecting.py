"""Turns the paths of a command line into the inputs of a run."""

import glob
import os
from collections.abc import Iterable

from http_monitor.errors import InputError
from http_monitor.sources.opening import Obstacle, open_regular
from http_monitor.units import visible_text

STDIN = "-"


def expand(patterns: Iterable[str], replay: bool) -> list[str]:
    """Return the paths that the patterns name, each once, in the order given, those of one pattern sorted.

    What exists by that very name is itself, whatever characters it has. Live, a pattern that nothing matches is
    kept: as a path that is waited for. Directories are no match.

    Raises:
        InputError: in a replay, a pattern that nothing matches.
    """
    paths: dict[str, None] = {}
    for pattern in patterns:
        if pattern == STDIN or os.path.lexists(pattern) or not glob.has_magic(pattern):
            paths[pattern] = None
            continue
        found = sorted(path for path in glob.glob(pattern, recursive=True) if not os.path.isdir(path))
        if not found and replay:
            raise InputError(f"{visible_text(pattern)} matches no file")
        paths |= dict.fromkeys(found or [pattern])
    return list(paths)


def check_replay_inputs(paths: Iterable[str]) -> None:
    """See that each input of a replay can be opened, before any is read.

    Raises:
        InputError: some cannot; one line for each of them.
    """
    lines = []
    for path in paths:
        if path == STDIN:
            continue
        opened = open_regular(path)
        if isinstance(opened, Obstacle):
            lines.append(f"{visible_text(path)} {opened.state}")
        else:
            os.close(opened[0])
    if lines:
        raise InputError("\n".join(lines))
