"""Slow, obvious readers of logs in JSON and in the W3C extended format."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.reference.values import DIGITS, NoFit, Row, all_in, clf_us, epoch_us, iso_us, row_of

KeyMap = Mapping[str, tuple[str, str]]
"""Role and writing by the keys on the way to a value, with dots between."""


def read_json(line: bytes, keys: KeyMap, needs: tuple[str, ...]) -> Row:
    """Return the row of one object. Raises NoFit.

    Args:
        line: Without its line end.
        keys: What the keys mean; of several with one role the first counts that the line has text for.
        needs: Keys that have to be there.
    """
    if not line.lstrip(b" \t").startswith(b"{"):
        raise NoFit
    try:
        found = json.loads(line.decode("utf-8", "surrogateescape"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise NoFit from error
    if any(_at(found, key) is None for key in needs):
        raise NoFit
    texts: dict[str, bytes] = {}
    units: dict[str, str] = {}
    time: bytes | None = None
    time_writing = ""
    hit = False
    for key, (role, writing) in keys.items():
        text = _text(_at(found, key))
        hit |= role in ("request", "method", "target", "path", "status") and bool(text)
        nothing = (b"", b"-", b"0", b"000", b"-1") if role == "status" else (b"", b"-")
        if text is None or text in nothing:
            continue
        if role == "time":
            time, time_writing = (text, writing) if time is None else (time, time_writing)
        elif role not in texts:
            texts[role] = text
            units[role] = writing
    if not hit or time is None:
        raise NoFit
    return row_of(texts, _time_us(time, time_writing), units)


def _no_constant(constant: str) -> None:
    raise ValueError(constant)


def _at(found: Any, key: str) -> Any:
    """Return the scalar of a key, of a list its first."""
    value = found.get(key) if "." in key else None
    if value is None:
        value = found
        for name in key.split("."):
            value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, list):
        value = value[0] if value else None
    return None if isinstance(value, (dict, list)) else value


def _text(value: Any) -> bytes | None:
    if isinstance(value, str):
        bytes_of = []
        for char in value:
            escaped = 0xDC80 <= ord(char) <= 0xDCFF
            bytes_of.append(bytes([ord(char) - 0xDC00]) if escaped else char.encode("utf-8", "surrogatepass"))
        return b"".join(bytes_of)
    if value is True or value is False:
        return b"true" if value else b"false"
    if isinstance(value, int):
        return str(value).encode()
    if isinstance(value, float) and value - value == 0:
        return f"{Decimal(repr(value)):f}".encode()
    return None


def _time_us(text: bytes, writing: str) -> int:
    whole, _, part = text.partition(b".")
    if writing in ("epoch", "epoch_ms"):
        return epoch_us(text, "s" if writing == "epoch" else "ms")
    if writing == "plain" and all_in(whole, DIGITS) and (not part or all_in(part, DIGITS)) and len(whole) <= 14:
        return epoch_us(text, "s" if len(whole) <= 11 else "ms")
    first = text.removeprefix(b"[").partition(b"/")
    looks_clf = first[1] != b"" and all_in(first[0], DIGITS) and len(first[0]) <= 2
    if writing == "clf" or (writing == "plain" and looks_clf):
        return clf_us(text[1:-1] if text.startswith(b"[") and text.endswith(b"]") else text)
    return iso_us(text.removeprefix(b"[").removesuffix(b"]"))


_ROLES = {
    **{"c-ip": "host", "c-dns": "host", "cs-username": "user", "cs-method": "method", "cs-uri": "target"},
    **{"cs-uri-stem": "path", "cs-uri-query": "query", "sc-status": "status", "sc-bytes": "size"},
    **{"cs-bytes": "bytes_in", "time-taken": "duration", "cs-host": "vhost", "cs(host)": "vhost"},
    **{"x-host-header": "vhost", "cs(referer)": "referer", "cs(user-agent)": "agent", "ssl-protocol": "tls"},
    **{"x-edge-result-type": "cache", "x-forwarded-for": "forwarded", "cs(x-forwarded-for)": "forwarded"},
}


class W3cReader:
    """The columns of one file, as its latest #Fields line names them.

    Args:
        usual: What the server writes where there is no such line.
        counts: How many of these a line may have then.
        unit: Of time-taken.
        mark: A column that has to be there.
    """

    def __init__(self, usual: tuple[str, ...], counts: frozenset[int], unit: str, mark: str) -> None:
        self._usual = usual
        self._counts = counts
        self._unit = unit
        self._mark = mark
        self._names: list[str] | None = None

    def read(self, line: bytes) -> Row | None:
        """Return the row of a line, None for a comment. Raises NoFit."""
        if line.startswith(b"#"):
            named = line[8:].decode("utf-8", "backslashreplace").split()
            if line[:8].lower() == b"#fields:" and 0 < len(named) <= 256:
                self._names = named
            return None
        line = line.strip(b" \t")
        columns = line.split(b"\t") if b"\t" in line else line.split(b" ")
        names = self._names
        if names is None and len(columns) in self._counts:
            names = list(self._usual[: len(columns)])
        if names is None or len(names) != len(columns) or (self._mark and self._mark not in names):
            raise NoFit
        lower = [name.lower() for name in names]
        texts: dict[str, bytes] = {}
        for name, text in zip(lower, columns, strict=True):
            role = None if name == "cs(host)" and "x-host-header" in lower else _ROLES.get(name)
            nothing = (b"", b"-", b"0", b"000", b"-1") if role == "status" else (b"", b"-")
            if role is not None and role not in texts and text not in nothing:
                texts[role] = text
        return row_of(texts, self._time_us(lower, columns), {"duration": self._unit})

    def _time_us(self, names: list[str], columns: list[bytes]) -> int:
        if "date" not in names or "time" not in names:
            raise NoFit
        date, clock = (
            next(
                (
                    text
                    for column, text in zip(names, columns, strict=True)
                    if column == name and text not in (b"", b"-")
                ),
                b"",
            )
            for name in ("date", "time")
        )
        return iso_us((date + b"T" + clock).removeprefix(b"[").removesuffix(b"]"))
