"""Finds rotated files of logs that were created after the last checkpoint and rotated before the next start."""

import fnmatch
import glob
import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

from http_monitor.sources.rotation.rotated_names import bases_of
from http_monitor.sources.rotation.write_times import NS_PER_S

_SLACK_NS = 2 * NS_PER_S
"""A checkpoint written just after a file was created may not know it yet, since patterns are searched once a second."""


def find_rotated_unknown(
    patterns: Iterable[str], known: Collection[str], followed: Collection[str], written_ns: int
) -> list[str]:
    """Return the rotated files, sorted, that have lines of a log which the last checkpoint does not know.

    Args:
        patterns: The paths and patterns that are followed on this machine.
        known: The paths at which the checkpoint knows a file.
        followed: The paths that are followed now; one of them is read although its name looks rotated.
        written_ns: When the checkpoint was written, by the clock of its file system.
    """
    by_directory: dict[str, set[str]] = {}
    for pattern in patterns:
        for directory in _directories_of(pattern):
            by_directory.setdefault(directory, set()).add(os.path.basename(pattern))
    found = set()
    for directory, wanted in by_directory.items():
        for name in _names_in(directory):
            path = os.path.join(directory, name)
            bases = [base for base in bases_of(name) if any(_matches(base, pattern) for pattern in wanted)]
            is_unknown = any(os.path.join(directory, base) not in known for base in bases)
            if is_unknown and path not in followed and _was_written_since(path, written_ns - _SLACK_NS):
                found.add(path)
    return sorted(found)


def _directories_of(pattern: str) -> Iterator[str]:
    directory, name = os.path.split(pattern)
    if name == "**":
        yield from glob.iglob(os.path.join(directory, "**", ""), recursive=True)
    elif glob.has_magic(directory):
        yield from glob.iglob(directory, recursive=True)
    else:
        yield directory


def _names_in(directory: str) -> list[str]:
    with suppress(OSError):
        return os.listdir(directory or os.curdir)
    return []


def _matches(name: str, pattern: str) -> bool:
    if name.startswith(".") and not pattern.startswith("."):
        return False
    return name == pattern or pattern == "**" or fnmatch.fnmatchcase(name, pattern)


def _was_written_since(path: str, time_ns: int) -> bool:
    with suppress(OSError):
        status = os.stat(path)
        return status.st_size > 0 and status.st_mtime_ns >= time_ns
    return False
