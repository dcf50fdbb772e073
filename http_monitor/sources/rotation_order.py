"""Orders the files that rotation made of one log by their names."""

import os
from collections.abc import Iterable
from itertools import pairwise

from http_monitor.sources.rotation.rotated_names import DATED, age_key, bases_of


def successors(paths: Iterable[str]) -> dict[str, str]:
    """Return for each path the one to which its log was written next, as far as the names show it.

    Numbers show it only if the log itself exists: ``web.1`` and ``web.2`` may be of two servers.
    """
    names = {path: os.path.split(path) for path in paths}
    groups: dict[tuple[str, str], list[str]] = {}
    for path, (directory, name) in names.items():
        base = next(bases_of(name), None)
        if base is not None:
            groups.setdefault((directory, base), []).append(path)
    found: dict[str, str] = {}
    for (directory, base), group in groups.items():
        ages = {path: age_key(base, names[path][1]) for path in group}
        # A number and a date cannot be compared, and two files of the same age contain the same lines.
        kinds = {age.kind for age in ages.values()}
        if len(kinds) > 1 or len({*ages.values()}) < len(ages):
            continue
        if kinds != {DATED} and not os.path.lexists(os.path.join(directory, base)):
            continue
        ordered = sorted(group, key=ages.__getitem__)
        ordered += [path for path in names if names[path] == (directory, base)]
        found |= dict(pairwise(ordered))
    return found
