"""Keeps filters under names, in a file of the user: ``views.toml``."""

import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from http_monitor.errors import RefusedError, UsageError
from http_monitor.units import brief_text, visible_text

_PROGRAM, _FILE, _TABLE = "http_monitor", "views.toml", "views"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
NAMES = "a name of 1 to 64 letters, digits and . _ -"
"""The names of views, as every message about them words it."""
_MAX_BYTES = 1 << 20
_PLACE = re.compile(r" \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)$")
_SHORT_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def views_path(environment: Mapping[str, str]) -> str | None:
    """Return the path of the user's views by the XDG base directory specification; None if there is no home directory.

    ``$XDG_CONFIG_HOME/http_monitor/views.toml``, else ``~/.config/http_monitor/views.toml``; the specification requires
    that a relative path in the variable is ignored.
    """
    folder = environment.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(folder):
        home = environment.get("HOME", "")
        if not os.path.isabs(home):
            return None
        folder = os.path.join(home, ".config")
    return os.path.join(folder, _PROGRAM, _FILE)


class NamedViews:
    """The filters that the user has saved. Nothing is remembered: each call reads the file.

    Args:
        path: Of the file, which need not exist; None: there is no place for one.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path

    def read(self) -> dict[str, str]:
        """Return the expressions by name, in the order of the file.

        Raises:
            UsageError: the file is malformed; the text names it and the line.
            RefusedError: it cannot be read.
        """
        return {} if self._path is None else _read(self._path)[1]

    def save(self, name: str, expression: str) -> None:
        """Keep an expression under a name, in place of what had that name.

        Raises:
            UsageError: the name or the expression cannot be kept, or the file is malformed, which is then left alone.
            RefusedError: it cannot be read or written.
        """
        if _NAME.fullmatch(name) is None:
            raise UsageError(f"got '{brief_text(name)}', takes {NAMES}")
        if not expression.strip():
            raise UsageError(f"{name}: got an empty text, takes an expression such as 'status >= 500'")
        try:
            expression.encode("utf-8")
        except UnicodeEncodeError:
            raise UsageError(f"{name}: got bytes that are not UTF-8, takes \\xhh for a byte") from None
        self._change(name, expression)

    def remove(self, name: str) -> None:
        """Forget the expression of a name, if there is one. Raises like `save`."""
        self._change(name, None)

    def _change(self, name: str, expression: str | None) -> None:
        if self._path is None:
            raise RefusedError("views cannot be kept: neither XDG_CONFIG_HOME nor HOME is an absolute path")
        # A link to the file, as programs for dotfiles make it, remains one.
        path = os.path.realpath(self._path)
        folder = os.path.dirname(path)
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            with _locked(folder):
                # Others may have saved theirs since.
                text, views = _read(path)
                views = {**views, name: expression} if expression is not None else _without(views, name)
                _replace(path, _edit(text, name, expression, views))
        except OSError as error:
            raise RefusedError(f"{visible_text(self._path)}: {error.strerror or error}") from error


def _read(path: str) -> tuple[str, dict[str, str]]:
    """Return the text and the views of a file; empty ones if there is none."""
    import tomllib  # noqa: PLC0415 - few runs have views

    shown = visible_text(path)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise RefusedError(f"{shown}: not a regular file")
        with open(path, "rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return "", {}
    except OSError as error:
        raise RefusedError(f"{shown}: {error.strerror or error}") from error
    if len(data) > _MAX_BYTES:
        raise UsageError(f"{shown}: over {_MAX_BYTES >> 20} MB")
    try:
        text = data.decode("utf-8")
        return text, _views_in(text, shown, tomllib.loads(text))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{shown}: line {line}: not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{shown}: {_words(str(error), text)}") from None
    except RecursionError:
        raise UsageError(f"{shown}: too deeply nested") from None


def _words(message: str, text: str) -> str:
    """Return what `tomllib` says of a malformed file, the place first."""
    place = _PLACE.search(message)
    if place is None:
        return brief_text(message)
    line = place[1] or str(max(1, len(text.splitlines())))
    column = f", column {place[2]}" if place[2] else ""
    return f"line {line}{column}: {brief_text(message[: place.start()])}"


def _views_in(text: str, shown: str, content: Mapping[str, object]) -> dict[str, str]:
    """Return the views of a parsed file. Raises UsageError for anything else in it."""
    views: dict[str, str] = {}
    for key in content:
        if key != _TABLE:
            raise UsageError(f"{shown}: {_line_of(text, key)}got '{brief_text(key)}', takes [{_TABLE}]")
    table = content.get(_TABLE, {})
    if not isinstance(table, dict):
        raise UsageError(f"{shown}: {_line_of(text, _TABLE)}got '{_TABLE}', takes [{_TABLE}]")
    for name, expression in table.items():
        at = _line_of(text, name)
        if isinstance(expression, dict):
            raise UsageError(
                f"{shown}: {at}{brief_text(name)} is a table, takes an expression; a name with . needs quotes"
            )
        if not isinstance(expression, str) or not expression.strip():
            raise UsageError(f"{shown}: {at}{brief_text(name)} has no expression in quotes")
        if _NAME.fullmatch(name) is None:
            raise UsageError(f"{shown}: {at}got '{brief_text(name)}', takes {NAMES}")
        views[name] = expression
    return views


def _line_of(text: str, name: str) -> str:
    """Return the line on which a key seems to stand, as the beginning of a message; empty if none does."""
    names = "|".join(map(re.escape, {name, "".join(map(_escaped, name))}))
    is_its = re.compile(rf"""\s*\[*\s*({_TABLE}\s*\.\s*)?["']?({names})["']?\s*[].=]""").match
    for number, line in enumerate(text.split("\n"), start=1):
        if is_its(line):
            return f"line {number}: "
    return ""


def _without(views: Mapping[str, str], name: str) -> dict[str, str]:
    return {other: expression for other, expression in views.items() if other != name}


def _edit(text: str, name: str, expression: str | None, wanted: Mapping[str, str]) -> str:
    """Return the text of a file with one view changed: comments remain where that can be done line by line."""
    import tomllib  # noqa: PLC0415 - as above

    new = [] if expression is None else [_line(name, expression)]
    is_its = re.compile(rf"""\s*(["']?){re.escape(name)}\1\s*=""").match
    lines = text.splitlines(keepends=True)
    places = [place for place, line in enumerate(lines) if is_its(line)]
    if len(places) == 1:
        lines[places[0] : places[0] + 1] = new
    elif new:
        lines += new if not lines or lines[-1].endswith("\n") else ["\n", *new]
    edited = "".join(lines)
    with suppress(tomllib.TOMLDecodeError):
        if lines and tomllib.loads(edited) == {_TABLE: wanted}:
            return edited
    return "".join([f"[{_TABLE}]\n", *(_line(*view) for view in wanted.items())])


def _line(name: str, expression: str) -> str:
    return f'{_key(name)} = "{"".join(map(_escaped, expression))}"\n'


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else f'"{"".join(map(_escaped, name))}"'


def _escaped(char: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    if visible_text(char) == char:
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


@contextmanager
def _locked(folder: str) -> Iterator[None]:
    """Keep other processes from changing the file, where the system can."""
    try:
        import fcntl  # noqa: PLC0415 - not everywhere
    except ImportError:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(path: str, text: str) -> None:
    """Write a file for the user alone, all of it or nothing. Raises OSError."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{_FILE}-", dir=os.path.dirname(path))
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise
