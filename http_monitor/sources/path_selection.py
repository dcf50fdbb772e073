"""Turns the paths of a command line into the inputs of a run."""

import fnmatch
import glob
import os
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field

from http_monitor.errors import InputError
from http_monitor.paths import WITHOUT_DIRECTORY, is_lost, real_path
from http_monitor.sources.files.magic_bytes import FOREIGN_BYTES, foreign_compression
from http_monitor.sources.files.regular_file import MISSING, Obstacle, look, open_regular
from http_monitor.sources.nearest_file import nearest_file
from http_monitor.sources.rotation.rotated_names import bases_of, is_compressed
from http_monitor.units import visible_text

STDIN = "-"
_SEARCHES = 3
_FOUND_AT_ONCE = 256
"""After a search that found more than this, the next one is skipped, since it is too slow to repeat each second."""


def expand(patterns: Iterable[str]) -> list[str]:
    """Return the paths that the patterns of a replay name, each once, in order; matches of one pattern are sorted.

    A pattern that exists as a path names itself. Directories are no matches.

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


def without_repeats(paths: Iterable[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the paths of different files, and a pair (path, earlier path) for each other one.

    If two paths lead to one file, also through links, its lines are read once. Paths that cannot be read are kept.
    """
    owners: dict[tuple[int, int], str] = {}
    kept, repeats = [], []
    for path in paths:
        found = MISSING if path == STDIN else look(path)
        owner = path if isinstance(found, Obstacle) else owners.setdefault((found.st_dev, found.st_ino), path)
        if owner == path:
            kept.append(path)
        else:
            repeats.append((path, owner))
    return kept, repeats


class LiveSelection:
    """The paths of a live run, whose patterns are searched repeatedly.

    A pattern names every file that matches it now or later, except compressed files and those that rotation made of
    another path here, since their lines were read before. That path may be missing for the moment, or for good. A path
    that is no pattern names itself, whatever it leads to.
    """

    def __init__(self, patterns: Iterable[str], *, remote: Container[str] = ()) -> None:
        """Store the given paths; the matches of those on another machine (`remote`) are not known here."""
        self._patterns = tuple(patterns)
        self._given = frozenset(self._patterns)
        self._remote = remote
        self._known: set[str] = set()
        self._waiting: set[str] = set()
        self._seen: dict[str, _Seen] = {}
        """The last matches of each pattern."""
        self._bases: set[str] = set()
        """All paths that were ever followed; what rotation makes of them is not followed."""
        plain = [os.path.split(pattern) for pattern in self._patterns if self._is_pattern(pattern)]
        self._plain = tuple(
            (real_path(directory or os.curdir), directory, name)
            for directory, name in plain
            if not (glob.has_magic(directory) or "**" in name)
        )
        """(the directory, the directory as given, the names in it) of each pattern of one directory."""
        self._came: set[str] = set()
        """Paths at which a file was made that no search has found so far."""

    @property
    def has_patterns(self) -> bool:
        """Whether any path may be found later."""
        return any(map(self._is_pattern, self._patterns))

    def first(self) -> list[str]:
        """Return the paths to start with; a pattern without matches is waited for under its own name."""
        paths: dict[str, None] = {}
        self.know(pattern for pattern in self._patterns if not self._is_pattern(pattern))
        for pattern in self._patterns:
            found = self._find_new(pattern) if self._is_pattern(pattern) else [pattern]
            self.know(found or [pattern])
            paths |= dict.fromkeys(found or [pattern])
        return list(paths)

    def more(self) -> tuple[list[str], list[str]]:
        """Return (new paths that match, patterns that need no longer be waited for)."""
        fresh: dict[str, None] = {}
        done = []
        for pattern in filter(self._is_pattern, self._patterns):
            found = self._find_new(pattern)
            unknown = [path for path in found if path not in self._known]
            fresh |= dict.fromkeys(unknown)
            self.know(unknown)
            if found and pattern in self._waiting:
                self._waiting.remove(pattern)
                done.append(pattern)
        return list(fresh), done

    def wants(self, directory: str, name: str) -> bool:
        """Tell whether a pattern matches a name in a directory; any thread may call it."""
        return any(True for _ in self._paths_of(directory, name))

    def take_missed(self, came: Iterable[tuple[str, str]]) -> list[str]:
        """Return the paths that match, at which files came and went before a search found them.

        Args:
            came: The (directory, name) of files that were made since the last call.
        """
        fresh = (path for directory, name in came for path in self._paths_of(directory, name))
        self._came.update(path for path in fresh if not is_compressed(path))
        self._came.difference_update(self._known)
        # A path that leads somewhere is found by the next search.
        gone = sorted(path for path in self._came if not os.path.lexists(path))
        missed = [path for path in gone if not _is_made_of_any(self._bases, path)]
        self._came = {path for path in self._came.difference(gone) if not _is_made_of_any(self._bases, path)}
        return missed

    def _paths_of(self, directory: str, name: str) -> Iterator[str]:
        """Yield the path of a name in a directory by each pattern that matches it, as `glob` would."""
        for real, given, pattern in self._plain:
            hidden = name.startswith(".") and not pattern.startswith(".")
            if real == directory and not hidden and fnmatch.fnmatchcase(name, pattern):
                yield os.path.join(given, name)

    def know(self, paths: Iterable[str]) -> None:
        """Record that these paths are followed."""
        for path in paths:
            self._known.add(path)
            self._bases.add(path)
            if path in self._given and self._is_pattern(path):
                self._waiting.add(path)

    def names(self, path: str) -> bool:
        """Return whether the user gave this path, or standard input, rather than a pattern that matches it."""
        return path in self._given

    def forget(self, path: str) -> None:
        """Record that a path is no longer followed, so that a file that appears there is new."""
        self._known.discard(path)
        self._seen.clear()

    def _is_pattern(self, path: str) -> bool:
        return path not in self._remote and _is_pattern(path)

    def _find_new(self, pattern: str) -> list[str]:
        """Return the paths that match a pattern now and are to be followed."""
        directory, name = os.path.split(pattern)
        if glob.has_magic(directory) or "**" in name:
            return self._search_many(pattern)
        changed = _change_of(directory)
        seen = self._seen.get(pattern)
        if seen is None or seen.changed != changed or changed is None:
            seen = self._seen[pattern] = _Seen(changed)
        # A change within one tick of the file system's clock need not change the time, so it is searched again a second
        # later.
        if seen.searches < _SEARCHES:
            seen.searches += 1
            seen.found = self._search(pattern)
        return seen.found

    def _search_many(self, pattern: str) -> list[str]:
        """Return the matches of a pattern with several directories, which must all be listed."""
        seen = self._seen.setdefault(pattern, _Seen(None))
        if not seen.pauses:
            seen.found = self._search(pattern)
        seen.pauses = (seen.pauses or 1 + len(seen.found) // _FOUND_AT_ONCE) - 1
        return seen.found

    def _search(self, pattern: str) -> list[str]:
        matching = glob.glob(pattern, recursive=True)
        bases = self._bases.union(matching)
        # Known paths need no further checks, since this runs every second.
        return sorted(
            path
            for path in matching
            if path in self._known or not (is_compressed(path) or _is_made_of_any(bases, path) or os.path.isdir(path))
        )


@dataclass(slots=True)
class _Seen:
    """The matches of a pattern, and the state of its directory at that time."""

    changed: tuple[int, int, int] | None
    searches: int = 0
    pauses: int = 0
    """Number of times that the search is skipped."""
    found: list[str] = field(default_factory=list)


def _change_of(directory: str) -> tuple[int, int, int] | None:
    """Return the identity and the time of change of a directory; None if they are not known."""
    try:
        status = os.stat(directory or os.curdir)
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns


def _is_pattern(path: str) -> bool:
    return path != STDIN and glob.has_magic(path) and not os.path.lexists(path)


def _matches(pattern: str) -> list[str]:
    return sorted(path for path in glob.glob(pattern, recursive=True) if not os.path.isdir(path))


def _is_made_of_any(bases: Container[str], path: str) -> bool:
    """Tell whether rotation gives this path to a file at one of the others."""
    directory, name = os.path.split(path)
    others = (os.path.join(directory, base) for base in bases_of(name))
    return any(other in bases and not os.path.isdir(other) for other in others)


def _explain_absence(path: str, obstacle: Obstacle) -> str:
    """Return why a path leads to nothing, or a hint at the file that it may have meant."""
    if obstacle == MISSING and is_lost(path):
        return f": {WITHOUT_DIRECTORY}"
    near = nearest_file(path) if obstacle == MISSING else None
    return "" if near is None else f", did you mean {visible_text(near)}?"


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
            lines.append(f"{visible_text(path)} {opened.state}" + _explain_absence(path, opened))
            continue
        try:
            foreign = foreign_compression(os.read(opened[0], FOREIGN_BYTES))
        except OSError:
            foreign = None  # reading will say what is wrong
        finally:
            os.close(opened[0])
        if foreign is not None:
            name, tool = foreign
            lines.append(f"{visible_text(path)} is compressed by {name}, takes gzip or none ({tool} FILE | … --file -)")
    if lines:
        raise InputError("\n".join(lines))
