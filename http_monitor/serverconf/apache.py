"""Finds the access logs of an Apache configuration, and their formats.

The rules are those of https://httpd.apache.org/docs/2.4/mod/mod_log_config.html and of ``Include`` in
https://httpd.apache.org/docs/2.4/mod/core.html. The content of ``<IfModule>`` and the like is taken as active.
"""

import glob
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from http_monitor.paths import whole_path
from http_monitor.serverconf.directives import logical_lines, read_envvars, substitute, words_of
from http_monitor.serverconf.found import MAX_BYTES, Files, LogUse, refusal

_DEFAULT = '%h %l %u %t "%r" %>s %b'
"""Format of TransferLog if no LogFormat without a name precedes it."""
_MAX_DEPTH = 32
_UNKNOWN = re.compile(r"\$\{[^}]*\}|%[A-Za-z]|\$[A-Za-z_]+|@[A-Za-z_]+@")


@dataclass(frozen=True, slots=True)
class _Place:
    """The place of a directive."""

    file: str
    line: int
    host: int
    """Index of its virtual host; 0: none."""


@dataclass(slots=True)
class _Reading:
    """The state of parsing."""

    files: Files
    root: str
    """ServerRoot."""
    variables: dict[str, str]
    formats: dict[tuple[int, str], tuple[str, _Place]] = field(default_factory=dict)
    """By virtual host and nickname."""
    defaults: dict[int, tuple[str, _Place]] = field(default_factory=dict)
    """By virtual host, the LogFormat without a nickname."""
    logs: list[tuple[str, str | None, _Place, bool]] = field(default_factory=list)
    """(path, format or nickname, place, whether only some requests are logged); None: the default format."""
    hosts: int = 0
    expanded: int = 0
    """Number of characters of the lines in which variables were replaced."""

    def expand(self, text: str, place: _Place) -> str:
        """Return a line with its variables replaced; each definition may double the one before it."""
        if "${" not in text:
            return text
        whole = substitute(text, self.variables, MAX_BYTES - self.expanded)
        if whole is None:
            limit = f"more than {MAX_BYTES >> 20} MiB"
            raise refusal(place.file, place.line, f"has {limit} in the place of variables, which is no configuration")
        self.expanded += len(whole)
        return whole


def read_apache(path: str, files: Files) -> list[LogUse]:
    """Return the access logs of a configuration.

    Args:
        path: Path of the configuration.
        files: Reads the configuration and the files that it includes.

    Raises:
        UsageError: one of these files cannot be read.
    """
    directory = os.path.dirname(whole_path(path))
    envvars = os.path.join(directory, "envvars")
    known = read_envvars(files.text(envvars, file=envvars, line=None)) if os.path.isfile(envvars) else {}
    reading = _Reading(files, directory, known)
    _read_file(path, _Place(path, 0, 0), 0, reading)
    return [_use(log, wanted, place, reading, conditional=if_) for log, wanted, place, if_ in reading.logs]


def _read_file(path: str, place: _Place, depth: int, reading: _Reading) -> None:
    if depth > _MAX_DEPTH:
        raise refusal(place.file, place.line, f"includes {path}, which never ends")
    host = place.host
    sections: list[str] = []
    for line in logical_lines(reading.files.text(path, file=place.file, line=place.line or None)):
        reading.files.check()
        here = _Place(path, line.number, host)
        if line.text.startswith("</"):
            name = line.text[2:].rstrip(">").strip().lower()
            if not sections or sections.pop() != name:
                raise refusal(path, line.number, f"{line.text} closes a section that is not open")
            host = place.host if name == "virtualhost" else host
        elif line.text.startswith("<"):
            name, _, _ = line.text[1:].rstrip(">").partition(" ")
            sections.append(name.lower())
            if name.lower() == "virtualhost":
                reading.hosts += 1
                host = reading.hosts
        else:
            _read_directive(words_of(reading.expand(line.text, here)), here, depth, reading)
    if sections:
        raise refusal(path, None, f"ends inside <{sections[-1]}>")


def _read_directive(words: list[str], place: _Place, depth: int, reading: _Reading) -> None:
    name, *args = words
    match name.lower(), args:
        case "serverroot", [root]:
            # Apache resolves a relative one from its working directory, which is unknown.
            reading.root = os.path.normpath(os.path.join(reading.root, root))
        case "define", [variable, value]:
            reading.variables[variable] = value
        case "logformat", [text]:
            reading.defaults[place.host] = text, place
        case "logformat", [text, nickname, *_]:
            reading.formats[place.host, nickname] = text, place
        case (("customlog" | "globallog"), [log, wanted, *others]):
            reading.logs.append((log, wanted, place, any(it.startswith(("env=", "expr=")) for it in others)))
        case "transferlog", [log]:
            reading.logs.append((log, None, place, False))
        case (("include" | "includeoptional"), [pattern]):
            for path in _find_included(pattern, place, reading, optional=name.lower() == "includeoptional"):
                _read_file(path, place, depth + 1, reading)
        case _:
            pass


def _find_included(pattern: str, place: _Place, reading: _Reading, *, optional: bool) -> list[str]:
    """Return the files that match a pattern, in Apache's order; for a directory all files in it."""
    wanted = os.path.join(reading.root, pattern)
    if glob.has_magic(wanted):
        found = reading.files.glob(wanted, file=place.file, line=place.line)
    else:
        found = [wanted] * os.path.exists(wanted)
    if not found and not optional:
        raise refusal(
            place.file, place.line, f"includes {pattern}, which does not exist (ServerRoot is {reading.root})"
        )
    return [path for entry in found for path in _files_in(entry, pattern, place, reading)]


def _files_in(path: str, pattern: str, place: _Place, reading: _Reading) -> Iterator[str]:
    if not os.path.isdir(path):
        yield path
        return
    waiting = [path]
    while waiting:
        directory = waiting.pop()
        paths = [
            os.path.join(directory, name)
            for name in reading.files.names(directory, pattern, file=place.file, line=place.line)
        ]
        yield from (entry for entry in paths if not os.path.isdir(entry))
        waiting += [entry for entry in reversed(paths) if os.path.isdir(entry) and not os.path.islink(entry)]


def _use(log: str, wanted: str | None, place: _Place, reading: _Reading, *, conditional: bool) -> LogUse:
    """Return a log with its format; a virtual host falls back to definitions of the main server."""
    text, at, name = wanted or _DEFAULT, place, ""
    for host in (place.host, 0):
        if wanted is None and host in reading.defaults:
            text, at = reading.defaults[host]
            break
        if wanted is not None and (host, wanted) in reading.formats:
            (text, at), name = reading.formats[host, wanted], wanted
            break
    # A LogFormat may be another's nickname.
    for host in (at.host, 0):
        if (host, text) in reading.formats:
            name = text
            text, at = reading.formats[host, text]
            break
    return LogUse(_path_of(log), (reading.root,), text, name, at.file, at.line, conditional)


def _path_of(log: str) -> str:
    """Return the path of a log, also for known programs behind a pipe."""
    if log.startswith("|"):
        words = words_of(log.lstrip("|$"))[1:]
        log = next((word for word in words if "/" in word and not word.startswith("-")), log)
    return _UNKNOWN.sub("*", log)
