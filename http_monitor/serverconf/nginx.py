"""Finds the access logs of an nginx configuration, and their formats.

The rules are those of https://nginx.org/en/docs/http/ngx_http_log_module.html. Each file is read once, however many
include it. Circular includes are refused if no log is found.
"""

import glob
import os
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from http_monitor.paths import real_path, whole_path
from http_monitor.serverconf.found import Files, LogUse, refusal
from http_monitor.serverconf.statements import SyntaxFault, statements

DEFAULT = "combined"
"""The format built into nginx, and used if none is named."""

_PREFIXES = ("/etc/nginx", "/usr/share/nginx", "/usr/local/nginx", "/usr/local/etc/nginx", "/var/lib/nginx")
_VARIABLE = re.compile(r"\$(?:[A-Za-z0-9_]+|\{[^}]*\})")
_OPTIONS = ("buffer=", "gzip", "flush=", "if=")
_UNREADABLE = "is not a readable nginx configuration"
_OTHER_PROTOCOLS = ("stream", "mail")


class _Directive(NamedTuple):
    name: str
    args: list[str]
    file: str
    line: int


def read_nginx(path: str, files: Files) -> list[LogUse]:
    """Return the access logs of a configuration.

    Args:
        path: Path of the configuration.
        files: Reads the configuration and the files that it includes.

    Raises:
        UsageError: one of these files cannot be read, or a format is used but not defined.
    """
    circles: list[_Directive] = []
    names: set[str] = set()
    logs: list[_Directive] = []
    formats: dict[str, _Directive] = {}
    for directive in _directives(path, files, circles):
        names.add(directive.name)
        if directive.name == "access_log":
            logs.append(directive)
        elif directive.name == "log_format" and len(directive.args) > 1:
            formats.setdefault(directive.args[0], directive)
    config_dir = os.path.dirname(whole_path(path))
    bases = (config_dir, os.path.dirname(config_dir), *_PREFIXES)
    uses = [_use(directive, formats, bases) for directive in logs if directive.args and directive.args[0] != "off"]
    if circles and not uses:
        raise refusal(circles[0].file, circles[0].line, f"includes {circles[0].args[0]} in a loop")
    if uses or "http" not in names or "access_log" in names:
        return uses
    # The default of nginx.
    return [LogUse("logs/access.log", bases, DEFAULT, DEFAULT, path, 1)]


def _use(directive: _Directive, formats: dict[str, _Directive], bases: tuple[str, ...]) -> LogUse:
    log, *others = directive.args
    name = others[0] if others and not others[0].startswith(_OPTIONS) else DEFAULT
    path = _VARIABLE.sub("*", log)
    conditional = any(other.startswith("if=") for other in others)
    if name == DEFAULT and name not in formats:
        return LogUse(path, bases, DEFAULT, DEFAULT, directive.file, directive.line, conditional)
    if name not in formats:
        raise refusal(
            directive.file, directive.line, f"access_log names the format {name}, which no log_format defines"
        )
    _, (_, *texts), file, line = formats[name]
    text = "".join(texts[1:] if texts and texts[0].startswith("escape=") else texts)
    return LogUse(path, bases, text, name, file, line, conditional)


def _directives(path: str, files: Files, circles: list[_Directive]) -> Iterator[_Directive]:
    """Yield every directive of every file, except those of protocols other than HTTP.

    Args:
        path: Path of the first file.
        files: Reads the files.
        circles: Receives each include of a file by itself, directly or through others.
    """
    root = os.path.dirname(whole_path(path))
    # The file that includes each file.
    parents: dict[str, str | None] = {real_path(path): None}
    # A stack: the innermost included file is on top.
    open_files = [_in_file(path, files, file=path, line=None)]
    while open_files:
        statement = next(open_files[-1], None)
        if statement is None:
            open_files.pop()
            continue
        if statement.name != "include":
            yield statement
            continue
        if not statement.args:
            raise refusal(statement.file, statement.line, f"{_UNREADABLE} (include of nothing)")
        wanted = os.path.join(root, statement.args[0])
        several = glob.has_magic(wanted)
        found = files.glob(wanted, file=statement.file, line=statement.line) if several else [wanted]
        for included in reversed(found):
            real = real_path(included)
            if real in _with_parents(real_path(statement.file), parents):
                circles.append(statement._replace(args=[included]))
            if real not in parents:
                parents[real] = real_path(statement.file)
                open_files.append(_in_file(included, files, file=statement.file, line=statement.line))


def _with_parents(file: str | None, parents: Mapping[str, str | None]) -> Iterator[str]:
    """Yield a file, then those that include it, innermost first."""
    while file is not None:
        yield file
        file = parents[file]


def _in_file(path: str, files: Files, *, file: str, line: int | None) -> Iterator[_Directive]:
    """Yield the directives of one file, except those of protocols other than HTTP."""
    skipped_at: int | None = None
    try:
        for statement in statements(files.text(path, file=file, line=line)):
            files.check()
            if skipped_at is not None and statement.depth > skipped_at:
                continue
            skipped_at = statement.depth if statement.words[0] in _OTHER_PROTOCOLS else None
            name, *args = statement.words
            yield _Directive(name, args, path, statement.line)
    except SyntaxFault as fault:
        raise refusal(path, fault.line, str(fault)) from None
