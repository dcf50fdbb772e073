"""Finds the file that a mistyped path may mean, and logs in the usual places."""

import glob
import os
from collections.abc import Iterator

from http_monitor.paths import is_lost, whole_path

_MAX_NAMES = 10_000
"""Maximum number of names in a directory that are compared; a comparison takes microseconds."""
_USUAL = (
    "/var/log/nginx/*access*.log",
    "/var/log/apache2/*access*.log",
    "/var/log/httpd/*access*log",
    "/var/log/caddy/*.log",
    "/var/log/lighttpd/*access*.log",
    "/var/log/haproxy*.log",
    "/var/log/traefik/*access*.log",
    "/var/log/squid/access.log",
    "/var/log/varnish/*.log",
    "/var/log/tomcat*/*access*.txt",
    "/opt/homebrew/var/log/nginx/*access*.log",
    "/usr/local/var/log/nginx/*access*.log",
)


def nearest_file(path: str) -> str | None:
    """Return the file whose path is most similar to one that does not exist; None if none is similar.

    Directories and names are compared part by part, from the first one that does not exist.
    """
    if is_lost(path):
        return None
    import difflib  # noqa: PLC0415 - most paths exist

    whole = whole_path(path)
    found = os.path.dirname(whole)
    while not os.path.isdir(found):
        found = os.path.dirname(found)
    parts = os.path.relpath(whole, found).split(os.sep)
    for at, part in enumerate(parts):
        is_last = at == len(parts) - 1
        following = os.path.join(found, part)
        if not is_last and os.path.isdir(following):
            found = following
            continue
        is_wanted = os.path.isfile if is_last else os.path.isdir
        names = [entry.name for entry in _entries(found) if is_wanted(entry.path)]
        near = difflib.get_close_matches(part, names, n=1, cutoff=0.7)
        if not near:
            return None
        found = os.path.join(found, near[0])
    return found if os.path.isabs(path) else os.path.relpath(found)


def usual_logs(most: int) -> list[str]:
    """Return at most `most` logs that have lines, from the places to which servers usually write."""
    found = (path for pattern in _USUAL for path in sorted(glob.glob(pattern)))
    logs = [path for path in found if os.path.isfile(path) and os.path.getsize(path)]
    return logs[:most]


def _entries(directory: str) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(directory) as entries:
            for _, entry in zip(range(_MAX_NAMES), entries, strict=False):
                yield entry
    except OSError:
        return
