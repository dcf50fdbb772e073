"""Finds the format of a log file in the configuration of the server that writes it."""

import fnmatch
import glob
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from http_monitor.errors import UsageError
from http_monitor.paths import real_path
from http_monitor.serverconf.apache import read_apache
from http_monitor.serverconf.found import Files, LogUse, refusal
from http_monitor.serverconf.grammar import is_nginx
from http_monitor.serverconf.nginx import DEFAULT, read_nginx
from http_monitor.units import visible_text

_STDIN = "-"
# Suffixes added by rotation: numbers, dates, the suffix of a compressed file.
_ROTATED = re.compile(r"(?:[.-][0-9]{1,14})*(?:\.(?:gz|bz2|xz|zst))?$")
_MAX_LISTED = 8
_MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Origin:
    """The format of one file, and its origin."""

    format: str
    """As for ``--format``."""
    words: str
    """Its name or the format itself, with the file and the line of the definition."""
    of_httpd: bool = False
    """It belongs to Apache, not to nginx."""
    others: tuple[str, ...] = ()
    """Further formats of lines in the same file, to be tried if the first does not fit."""


def find_formats(config: str, paths: Sequence[str], stopping: Callable[[], bool] = lambda: False) -> dict[str, Origin]:
    """Return the format of each path according to the configuration of nginx or Apache.

    Args:
        config: The path of the configuration.
        paths: Paths of the logs.
        stopping: Whether the user has stopped the program.

    Raises:
        UsageError: the configuration cannot be read, or does not define the format.
        Stopped: the user has stopped the program.
    """
    files = Files(stopping)
    text = files.text(config, file=config, line=None)
    of_httpd = not is_nginx(text, files.check)
    uses = read_apache(config, files) if of_httpd else read_nginx(config, files)
    if not uses:
        raise refusal(config, None, "has no log of requests (access_log of nginx, CustomLog of Apache)")
    return {path: _origin(_choose(uses, path, config), config, of_httpd=of_httpd) for path in paths}


def _of_several(uses: Sequence[LogUse]) -> bool:
    """Return whether logs are one file in which conditions choose the format of each line."""
    return len({use.path for use in uses}) == 1 and all(use.conditional for use in uses)


def _origin(found: Sequence[LogUse], config: str, *, of_httpd: bool) -> Origin:
    for use in found:
        if "%" not in use.format and "$" not in use.format and use.format != DEFAULT:
            raise refusal(use.file, use.line, f"the format {use.format} is not defined in {config}")
    # The other formats match a list of addresses too, but read it as something else.
    first, *others = sorted(found, key=lambda use: "forwarded" not in use.format.lower())
    words = " or ".join(f"{_describe(use)}, from {visible_text(use.file)} line {use.line}" for use in found)
    return Origin(first.format, words, of_httpd, tuple(use.format for use in others))


def _choose(uses: Sequence[LogUse], path: str, config: str) -> Sequence[LogUse]:
    """Return the log with that path, else one of the same name, else the only format.

    Several are returned if conditions choose the format of a line of the file.
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
    raise UsageError(f"--format-from: {visible_text(config)} has {several}: {_list(reversed(matching.values()))}")


def _full_paths(use: LogUse) -> Iterator[str]:
    for base in use.bases:
        yield os.path.join(base, use.path)


def _is_path(pattern: str, path: str) -> bool:
    """Return whether the pattern matches a path, or the log from which rotation made it."""
    named = {path, _ROTATED.sub("", path)}
    return _matches(pattern if "*" in pattern else real_path(pattern), {*named, *map(real_path, named)})


def _has_name(use: LogUse, path: str) -> bool:
    pattern, name = os.path.basename(use.path), os.path.basename(path)
    return bool(pattern.strip("*")) and _matches(pattern, {name, _ROTATED.sub("", name)})


def _matches(pattern: str, names: Iterable[str]) -> bool:
    only_stars = "*".join(glob.escape(part) for part in pattern.split("*"))
    return any(fnmatch.fnmatchcase(name, only_stars) for name in names)


def _describe(use: LogUse) -> str:
    text = visible_text(use.name or use.format)
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"


def _list(uses: Iterable[LogUse]) -> str:
    every = [f"{visible_text(use.path)} in {_describe(use)} ({visible_text(use.file)} line {use.line})" for use in uses]
    more = f" and {len(every) - _MAX_LISTED} more" if len(every) > _MAX_LISTED else ""
    return "; ".join(every[:_MAX_LISTED]) + more
