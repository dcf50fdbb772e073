"""Reads which logs an nginx configuration has written, and in which formats.

The rules are those of https://nginx.org/en/docs/http/ngx_http_log_module.html. Files are read by crossplane, which
follows includes and takes each file once, so that includes in a circle come to an end.
"""

import os
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from http_monitor.serverconf.found import LogUse, refused

DEFAULT = "combined"
"""The format that nginx knows by itself, and takes where none is named."""

_PREFIXES = ("/etc/nginx", "/usr/share/nginx", "/usr/local/nginx", "/usr/local/etc/nginx", "/var/lib/nginx")
_VARIABLE = re.compile(r"\$(?:[A-Za-z0-9_]+|\{[^}]*\})")
_OPTIONS = ("buffer=", "gzip", "flush=", "if=")
_UNREADABLE = "is no configuration of nginx that can be read"
_OTHER_PROTOCOLS = ("stream", "mail")


class _Directive(NamedTuple):
    name: str
    args: list[str]
    file: str
    line: int


def read_nginx(path: str) -> list[LogUse]:
    """Return the access logs of a configuration.

    Raises:
        UsageError: it cannot be read, or names a format that it does not define.
    """
    directives = list(_directives(path))
    formats: dict[str, _Directive] = {}
    for directive in directives:
        if directive.name == "log_format" and len(directive.args) > 1:
            formats.setdefault(directive.args[0], directive)
    config_dir = os.path.dirname(os.path.abspath(path))
    bases = (config_dir, os.path.dirname(config_dir), *_PREFIXES)
    uses = [
        _use(directive, formats, bases)
        for directive in directives
        if directive.name == "access_log" and directive.args and directive.args[0] != "off"
    ]
    # What nginx does where nothing is said about it.
    return uses or [LogUse("logs/access.log", bases, DEFAULT, DEFAULT, path, 1)]


def _use(directive: _Directive, formats: dict[str, _Directive], bases: tuple[str, ...]) -> LogUse:
    log, *others = directive.args
    name = others[0] if others and not others[0].startswith(_OPTIONS) else DEFAULT
    path = _VARIABLE.sub("*", log)
    if name == DEFAULT and name not in formats:
        return LogUse(path, bases, DEFAULT, DEFAULT, directive.file, directive.line)
    if name not in formats:
        raise refused(
            directive.file, directive.line, f"access_log names the format {name}, which no log_format defines"
        )
    _, (_, *texts), file, line = formats[name]
    text = "".join(texts[1:] if texts and texts[0].startswith("escape=") else texts)
    return LogUse(path, bases, text, name, file, line)


def _directives(path: str) -> Iterator[_Directive]:
    """Yield every directive of every file, those of protocols other than HTTP left out."""
    files = _parsed(path)
    elsewhere: set[int] = set()
    found: list[tuple[int, _Directive]] = []
    for index, config in enumerate(files):
        # Depth first by hand: blocks may be nested deeper than Python would follow.
        waiting: list[tuple[Any, bool]] = [(block, False) for block in reversed(config["parsed"])]
        while waiting:
            block, skipped = waiting.pop()
            skipped = skipped or block["directive"] in _OTHER_PROTOCOLS
            if skipped:
                elsewhere.update(block.get("includes", ()))
            else:
                found.append((index, _Directive(block["directive"], block["args"], config["file"], block["line"])))
            waiting += [(inner, skipped) for inner in reversed(block.get("block", ()))]
    for index, directive in found:
        if index not in elsewhere:
            yield directive


def _parsed(path: str) -> list[Any]:
    """Return what crossplane makes of a configuration: a list of files, each a tree of directives."""
    import crossplane  # noqa: PLC0415 - only where a configuration is read

    try:
        read: Any = crossplane.parse(path, catch_errors=True, check_ctx=False, check_args=False)
    except (OSError, ValueError, IndexError, RuntimeError, StopIteration) as error:
        raise refused(path, None, f"{_UNREADABLE} ({error})") from None
    for flaw in read["errors"]:
        reason = str(flaw["error"]).partition(" in ")[0]
        unplaced = flaw["line"] is None
        raise refused(flaw["file"], flaw["line"], f"{_UNREADABLE} ({reason})" if unplaced else reason)
    files: list[Any] = read["config"]
    return files
