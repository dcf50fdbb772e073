"""Turns the paths of a command line into the inputs of a run."""

import glob
import os
from collections.abc import Iterable

from http_monitor.errors import InputError
from http_monitor.sources.opening import Obstacle, open_regular
from http_monitor.sources.rotated import is_compressed, rotated_of
from http_monitor.units import visible_text

STDIN = "-"


def expand(patterns: Iterable[str]) -> list[str]:
    """Return the paths that the patterns of a replay name, each once, in the order given, those of one sorted.

    What exists by that very name is itself, whatever characters it has. Directories are no match.

    Raises:
        InputError: a pattern matches nothing.
    """
    paths: dict[str, None] = {}
    for pattern in patterns:
        found = _matches(pattern) if _is_pattern(pattern) else [pattern]
        if not found:
            raise InputError(f"{visible_text(pattern)} matches no file")
        paths |= dict.fromkeys(found)
    return list(paths)


class LiveSelection:
    """The paths of a live run, looked for again and again.

    A pattern leads to every file that matches it now or later, but to none that rotation or compression has made of
    another: what is in those was read before. A path that is no pattern is itself, whatever it leads to.
    """

    def __init__(self, patterns: Iterable[str], *, local: bool = True) -> None:
        """Take what the user gave; what a pattern would match on another machine (not local) is not known here."""
        self._patterns = tuple(patterns)
        self._is_pattern = _is_pattern if local else _is_nothing
        self._known: set[str] = set()
        self._waiting: set[str] = set()

    @property
    def has_patterns(self) -> bool:
        """Whether anything can be found later."""
        return any(map(self._is_pattern, self._patterns))

    def first(self) -> list[str]:
        """Return the paths to begin with; a pattern that matches nothing stands for itself until it does."""
        paths: dict[str, None] = {}
        for pattern in self._patterns:
            found = _live_matches(pattern) if self._is_pattern(pattern) else [pattern]
            if not found:
                self._waiting.add(pattern)
            paths |= dict.fromkeys(found or [pattern])
        self._known.update(paths)
        return list(paths)

    def more(self) -> tuple[list[str], list[str]]:
        """Return (paths that match since the last time, patterns that need not be waited for any more)."""
        fresh: dict[str, None] = {}
        done = []
        for pattern in filter(self._is_pattern, self._patterns):
            found = _live_matches(pattern)
            fresh |= dict.fromkeys(path for path in found if path not in self._known)
            if found and pattern in self._waiting:
                self._waiting.remove(pattern)
                done.append(pattern)
        self._known.update(fresh)
        return list(fresh), done

    def know(self, paths: Iterable[str]) -> None:
        """Learn that these are followed already."""
        self._known.update(paths)

    def names(self, path: str) -> bool:
        """Tell whether the user named that path, or standard input, rather than a pattern that leads to it."""
        return path in self._patterns

    def forget(self, path: str) -> None:
        """Learn that a path is not followed any more: should something appear there, it is new."""
        self._known.discard(path)


def _is_pattern(path: str) -> bool:
    return path != STDIN and glob.has_magic(path) and not os.path.lexists(path)


def _is_nothing(path: str) -> bool:
    del path
    return False


def _matches(pattern: str) -> list[str]:
    return sorted(path for path in glob.glob(pattern, recursive=True) if not os.path.isdir(path))


def _live_matches(pattern: str) -> list[str]:
    found = _matches(pattern)
    beside: dict[str, list[str]] = {}
    for path in found:
        beside.setdefault(os.path.dirname(path), []).append(os.path.basename(path))
    return [path for path in found if not _is_made_of_another(path, beside[os.path.dirname(path)])]


def _is_made_of_another(path: str, names: Iterable[str]) -> bool:
    name = os.path.basename(path)
    return is_compressed(name) or any(rotated_of(other, name) for other in names)


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
