"""Finds in a server's configuration the format of a file that it writes."""

import fnmatch
import glob
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from http_monitor.errors import UsageError
from http_monitor.serverconf.apache import read_apache
from http_monitor.serverconf.found import Files, LogUse, refused
from http_monitor.serverconf.grammar import is_nginx
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
    others: tuple[str, ...] = ()
    """Further formats of lines of the same file, to be tried where that one does not fit."""


def find_formats(config: str, paths: Sequence[str], stopping: Callable[[], bool] = lambda: False) -> dict[str, Origin]:
    """Return the format of each path, as the configuration of nginx or Apache says.

    Args:
        config: The path of the configuration.
        paths: Of the logs.
        stopping: Whether the user wants no more.

    Raises:
        UsageError: the configuration cannot be read, or does not tell.
        Stopped: the user wants no more.
    """
    files = Files(stopping)
    text = files.text(config, file=config, line=None)
    of_httpd = not is_nginx(text)
    uses = read_apache(config, files) if of_httpd else read_nginx(config, files)
    if not uses:
        raise refused(config, None, "has no log of requests (access_log of nginx, CustomLog of Apache)")
    return {path: _origin(_chosen(uses, path, config), config, of_httpd=of_httpd) for path in paths}


def _of_several(uses: Sequence[LogUse]) -> bool:
    """Tell whether logs are one file, of whose lines a condition says in which of their formats each is."""
    return len({use.path for use in uses}) == 1 and all(use.conditional for use in uses)


def _origin(found: Sequence[LogUse], config: str, *, of_httpd: bool) -> Origin:
    for use in found:
        if "%" not in use.format and "$" not in use.format and use.format != DEFAULT:
            raise refused(use.file, use.line, f"the format {use.format} is defined nowhere in {config}")
    # A list of addresses is read by the others too, as something else.
    first, *others = sorted(found, key=lambda use: "forwarded" not in use.format.lower())
    words = " or ".join(f"{_called(use)}, from {visible_text(use.file)} line {use.line}" for use in found)
    return Origin(first.format, words, of_httpd, tuple(use.format for use in others))


def _chosen(uses: Sequence[LogUse], path: str, config: str) -> Sequence[LogUse]:
    """Return the log that is that file, else one of the same name, else the only format there is.

    It is several where conditions say in which format a line of the file is.
    """
    exact = [use for use in uses if path != _STDIN and any(_is_path(pattern, path) for pattern in _full_paths(use))]
    alike = [use for use in uses if path != _STDIN and _has_name(use, path)]
    found = exact or alike or list(uses)
    matching = {use.format: use for use in reversed(found)}
    if len(matching) == 1:
        return found[:1]
    if _of_several(found):
        return [*reversed(matching.values())]
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
