"""Finds in a server's configuration the format of a file that it writes."""

import fnmatch
import glob
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from http_monitor.errors import UsageError
from http_monitor.serverconf.apache import read_apache
from http_monitor.serverconf.directives import logical_lines
from http_monitor.serverconf.found import LogUse, read_text, refused
from http_monitor.serverconf.nginx import DEFAULT, read_nginx
from http_monitor.units import visible_text

_STDIN = "-"
# What rotation appends to the name of a log: numbers, dates, the ending of a compressed file.
_ROTATED = re.compile(r"(?:[.-][0-9]{1,14})*(?:\.(?:gz|bz2|xz|zst))?$")
_MOST_LISTED = 8
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Origin:
    """The format of one file, and where it comes from."""

    format: str
    """What ``--format`` would take."""
    words: str
    """Its name or itself, with the file and the line it was found at."""
    of_httpd: bool = False
    """It is of Apache, not of nginx."""


def find_formats(config: str, paths: Sequence[str]) -> dict[str, Origin]:
    """Return the format of each path, as the configuration of nginx or Apache says.

    Raises:
        UsageError: the configuration cannot be read, or does not tell.
    """
    text = read_text(config, file=config, line=None)
    uses = read_nginx(config) if _is_nginx(text) else read_apache(config)
    if not uses:
        raise refused(config, None, "has no log of requests (access_log of nginx, CustomLog of Apache)")
    return {path: _origin(_chosen(uses, path, config), config) for path in paths}


def _is_nginx(text: str) -> bool:
    """Tell whether most lines end as those of nginx do; none of Apache's has to."""
    ends = [line.text.partition(" #")[0].rstrip()[-1:] for line in logical_lines(text)]
    return 2 * sum(end in (";", "{", "}") for end in ends) > len(ends)


def _origin(use: LogUse, config: str) -> Origin:
    if "%" not in use.format and "$" not in use.format and use.format != DEFAULT:
        raise refused(use.file, use.line, f"the format {use.format} is defined nowhere in {config}")
    return Origin(use.format, f"{_called(use)}, from {visible_text(use.file)} line {use.line}")


def _chosen(uses: Sequence[LogUse], path: str, config: str) -> LogUse:
    """Return the log that is that file, else one of the same name, else the only format there is."""
    exact = [use for use in uses if path != _STDIN and any(_is_path(pattern, path) for pattern in _full_paths(use))]
    alike = [use for use in uses if path != _STDIN and _has_name(use, path)]
    found = exact or alike or list(uses)
    matching = {use.format: use for use in reversed(found)}
    if len(matching) == 1:
        return found[0]
    shown = "standard input" if path == _STDIN else visible_text(path)
    several = f"several formats for {shown}" if exact or alike else f"no log {shown}, but several others"
    raise UsageError(f"--format-from: {visible_text(config)} has {several}: {_listed(reversed(matching.values()))}")


def _full_paths(use: LogUse) -> Iterator[str]:
    for base in use.bases:
        yield os.path.join(base, use.path)


def _is_path(pattern: str, path: str) -> bool:
    """Tell whether a path, or the log that rotation made it of, is what the pattern stands for."""
    named = {path, _ROTATED.sub("", path)}
    return _matches(pattern if "*" in pattern else os.path.realpath(pattern), {*named, *map(os.path.realpath, named)})


def _has_name(use: LogUse, path: str) -> bool:
    pattern, name = os.path.basename(use.path), os.path.basename(path)
    return bool(pattern.strip("*")) and _matches(pattern, {name, _ROTATED.sub("", name)})


def _matches(pattern: str, names: Iterable[str]) -> bool:
    only_stars = "*".join(glob.escape(part) for part in pattern.split("*"))
    return any(fnmatch.fnmatchcase(name, only_stars) for name in names)


def _called(use: LogUse) -> str:
    text = visible_text(use.name or use.format)
    return text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…"


def _listed(uses: Iterable[LogUse]) -> str:
    every = [f"{visible_text(use.path)} in {_called(use)} ({visible_text(use.file)} line {use.line})" for use in uses]
    more = f" and {len(every) - _MOST_LISTED} more" if len(every) > _MOST_LISTED else ""
    return "; ".join(every[:_MOST_LISTED]) + more
