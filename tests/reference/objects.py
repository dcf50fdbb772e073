"""Slow, obvious reader of logs of JSON objects: it tries every key of the table at every value of a line."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from http_monitor.parser.jsonl import key_table as table
from tests.reference.values import DIGITS, LETTERS, NoFit, Row, all_in, any_us, count_of, is_ip, length_of, row_of

KeyMap = Mapping[str, tuple[str, str]]
"""Role and writing by the keys on the way to a value, with dots between."""

_NONE = {"status": (b"", b"-", b"0", b"000", b"-1")}
_SEVERE = ("time", "status", "size", "bytes_in")
_ASKED = ("request", "method", "target", "path", "query")
_REMEMBERED = (*_ASKED, "host", "vhost", "user", "referer", "agent", "forwarded", "bytes_in")
_MAX_OPEN = 2_000


class Meant(NamedTuple):
    """One line of the table."""

    name: str
    """Folded."""
    role: str
    writing: str
    vague: bool = False
    family: str = ""
    spelled: str = ""
    needs_gap: bool = False
    """The unit must stand apart from the name."""


class Value(NamedTuple):
    """One value of an object."""

    name: str
    """Its keys, folded."""
    spelled: str
    """Its last key."""
    raw: str
    """Its keys, as they are."""
    wrapped: int
    value: Any
    is_inner: bool
    """An object that is looked into."""


def fold(key: str) -> str:
    return key.lower().replace("_", "").replace("-", "").replace(" ", "").removeprefix(":")


def spread(text: str) -> list[str]:
    """Return the keys of a text of the table, with one of each choice in braces."""
    found: list[str] = []
    for word in re.findall(r"(?:[^ {}]|\{[^}]*\})+", text):
        ways = [""]
        for plain, choice in re.findall(r"([^{}]+)|\{([^}]*)\}", word):
            ways = [way + one for way in ways for one in (choice.split(",") if choice else [plain])]
        found += ways
    return found


def _entries() -> Iterator[Meant]:
    for role, text in table.KEYS.items():
        for word in spread(text):
            rest, family = word, ""
            for mark in ("@", "!"):
                at = rest.find(mark, 1)
                if at > 0:
                    rest, family = rest[:at], rest[at:]
            vague = rest.endswith("?")
            name, _, writing = rest.removesuffix("?").partition("=")
            spelled = name[1:] if name.startswith(":") else ""
            yield Meant(fold(name), role, writing or ("any" if role == "time" else ""), vague, family, spelled)
    bases: list[tuple[str, str]] = [("duration", fold(base)) for base in spread(table.DURATIONS)]
    bases += [("upstream", fold(base)) for base in spread(table.UPSTREAMS)]
    for of, base in bases:
        for suffix, unit in table.SUFFIXES.items():
            for between in ("", "."):
                yield Meant(base + between + fold(suffix), of, unit, needs_gap=suffix == "s" and not between)
    for writing, family in (("nginx", "@nginx"), ("unit", "")):
        for of, base in bases:
            yield Meant(base, of, writing, True, family)


ENTRIES = [*_entries()]
_RANKS: dict[str, list[int]] = {}
for _rank, _entry in enumerate(ENTRIES):
    _RANKS.setdefault(_entry.name, []).append(_rank)
_WRAPPERS = {fold(name) for name in table.WRAPPERS.split()}
_HEADERS = {fold(name) for name in table.HEADERS.split()}


@cache
def _begins_a_name(folded: str) -> bool:
    return any(entry.name.startswith(folded + ".") for entry in ENTRIES)


def _inner_name(prefix: str, key: str) -> str | None:
    name = f"{prefix}.{fold(key)}" if prefix else fold(key)
    answers = [part for part in name.split(".") if part.startswith(("res", "upstream"))]
    if name.split(".")[-1] in _HEADERS and not answers:
        return "headers"
    return name if _begins_a_name(name) else None


def _name(prefix: str, key: str) -> str:
    head, dot, last = key.rpartition(".")
    inner = _inner_name(prefix, head) if dot else None
    if inner is not None:
        return f"{inner}.{fold(last)}"
    return f"{prefix}.{fold(key)}" if prefix else fold(key)


def values_of(found: dict[str, Any], own: KeyMap) -> list[Value]:
    """Return every value of an object that a key may say something of."""

    def walk(one: dict[str, Any], prefix: str, wrapped: int, raw: str, seen: bool) -> Iterator[Value]:
        for key, value in one.items():
            places = []
            if isinstance(value, dict):
                inner = _inner_name(prefix, key) if seen else None
                if inner is not None:
                    places.append((inner, wrapped, True))
                if seen and prefix == "" and wrapped < 3 and fold(key) in _WRAPPERS:
                    places.append(("", wrapped + 1, True))
                if not places and any(name.startswith(f"{raw}{key}.") for name in own):
                    places.append(("", wrapped, False))
            name = _name(prefix, key)
            inside = wrapped
            head, dot, rest = key.partition(".")
            if seen and dot and not prefix and fold(head) in _WRAPPERS and name not in _RANKS:
                name, inside = _name("", rest), wrapped + 1
            yield Value(name if seen else "\0", key.rpartition(".")[2], raw + key, inside, value, bool(places))
            for inner, depth, known in places:
                yield from walk(value, inner, depth, f"{raw}{key}.", known)

    return [*walk(found, "", 0, "", True)]


class JsonReader:
    """Reads the lines of one log.

    Args:
        own: Keys that count before those of the table.
        needs: Keys that have to be there.
        needs_any: Keys of which one is needed.
    """

    def __init__(self, own: KeyMap, needs: tuple[str, ...], needs_any: tuple[str, ...] = ()) -> None:
        self._own = own
        self._needs = needs
        self._needs_any = needs_any
        self._open: dict[bytes, list[tuple[str, str, bytes]]] = {}

    def read(self, line: bytes) -> Row | None:
        """Return the row of a line, None for one that records no request. Raises NoFit."""
        found = mended(decoded(line))
        values = values_of(found, self._own)
        names = {value.name for value in values}
        by_role = self._by_role(values, names)
        kind = _kind(by_role, names)
        number = _number(by_role, found)
        if kind == "again":
            return None
        if kind == "first" or (kind == "maybe first" and _says_that_it_begins(values)):
            self._begin(number, by_role)
            return None
        if kind == "last" and number in self._open:
            known = self._open.pop(number)
            asked = any(role in by_role for role in _ASKED)
            for role, raw, text in known:
                if role not in by_role and not (asked and role in _ASKED) and raw not in found:
                    found[raw] = text.decode("utf-8", "surrogateescape")
            values = values_of(found, self._own)
            names = {value.name for value in values}
            by_role = self._by_role(values, names)
        return self._row(found, values, names, by_role)

    def _row(
        self,
        found: dict[str, Any],
        values: list[Value],
        names: set[str],
        by_role: dict[str, list[tuple[Value, Meant]]],
    ) -> Row | None:
        texts = {role: chosen(candidates) for role, candidates in by_role.items()}
        said = {role for role, (text, _) in texts.items() if text}
        hit = bool({"request", "status", "method"} & said) or ("host" in said and bool({"target", "path"} & said))
        lacking = any(_at(found, key) is None for key in self._needs)
        lacking |= bool(self._needs_any) and not any(key in found for key in self._needs_any)
        if not hit and _is_message(values, by_role, names):
            return None
        time = texts.get("time", (None, ""))
        if lacking or not hit or not time[0] or time[0] == b"-":
            raise NoFit
        return row_of(
            {
                role: text
                for role, (text, _) in texts.items()
                if role != "time" and (text == b"-" or _is_there(role, text))
            },
            any_us(time[0], time[1]),
            {role: writing for role, (_, writing) in texts.items()},
        )

    def _by_role(self, values: list[Value], names: set[str]) -> dict[str, list[tuple[Value, Meant]]]:
        ranked: list[tuple[int, int, Value, Meant]] = []
        for at, value in enumerate(values):
            if value.is_inner:
                continue
            if value.raw in self._own:
                role, writing = self._own[value.raw]
                written = "any" if (role, writing) == ("time", "plain") else writing
                ranked.append(([*self._own].index(value.raw) - len(self._own), at, value, Meant("", role, written)))
                continue
            name, spelled = _without_brackets(value)
            for rank in _RANKS.get(name, ()):
                entry = ENTRIES[rank]
                apart = re.fullmatch(r".*(?:[_.-]s|[a-z]S)", "." + spelled)
                if entry.spelled not in ("", spelled) or (entry.needs_gap and not apart):
                    continue
                if entry.family and _wrote(entry.family[1:], names) != (entry.family[0] == "@"):
                    continue
                ranked.append((rank + 100_000 * value.wrapped, at, value, entry))
        by_role: dict[str, list[tuple[Value, Meant]]] = {}
        for _, _, value, entry in sorted(ranked, key=lambda one: one[:2]):
            by_role.setdefault(entry.role, []).append((value, entry))
        return by_role

    def _begin(self, number: bytes, by_role: dict[str, list[tuple[Value, Meant]]]) -> None:
        self._open.pop(number, None)
        if not number:
            return
        known = []
        for role, candidates in by_role.items():
            if role not in _REMEMBERED:
                continue
            text, _ = chosen(candidates)
            raw = next((value.raw for value, _ in candidates if text_of(value.value, role) == text), "")
            if text and len(text) <= 4_096:
                known.append((role, raw, text))
        self._open[number] = known
        while len(self._open) > _MAX_OPEN:
            self._open.pop(next(iter(self._open)))


def _without_brackets(value: Value) -> tuple[str, str]:
    """Return the name of a key whose unit stands in brackets as one with a dot before it, and how it is spelled."""
    for opening, closing in ("()", "[]"):
        base, mark, unit = value.name.partition(opening)
        letters = unit.removesuffix(closing)
        plain = (
            base
            and not set("()[]") & set(base)
            and letters
            and all(char in "µμ" or "a" <= char <= "z" for char in letters)
        )
        if value.name not in _RANKS and mark and unit == letters + closing and plain:
            return f"{base}.{letters}", f"{base}.{letters}"
    return value.name, value.spelled


def decoded(line: bytes) -> dict[str, Any]:
    """Return the object of a line. Raises NoFit."""
    if not line.lstrip(b" \t").startswith(b"{"):
        raise NoFit
    text = line.decode("utf-8", "surrogateescape")
    for mended in (text, re.sub(r'\\(["\\/bfnrt]|u[0-9a-fA-F]{4})|\\', lambda m: m[0] if m[1] else "\\\\", text)):
        try:
            found = json.loads(mended, parse_constant=lambda constant: None, strict=False)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
        break
    raise NoFit


def mended(found: dict[str, Any]) -> dict[str, Any]:
    """Return an object whose times of a day have the day before them, and whose path at Akamai has its slash."""
    first = {fold(key): key for key in reversed(found)}
    changed: dict[str, Any] = {}
    for front in ("", "event", "log", "access"):
        date, clock = first.get(front + "date"), first.get(front + "time")
        if date is not None and clock is not None:
            day, time = scalar(found[date]), scalar(found[clock])
            texts = isinstance(found[date], str) and isinstance(found[clock], str)
            if texts and day is not None and time is not None and _like(day, "0000-00-00"):
                rest = time[8:]
                if _like(time[:8], "00:00:00") and not (rest and rest[:1] in b"0123456789:"):
                    changed[clock] = f"{found[date]}T{found[clock]}"
    path = first.get("reqpath")
    names = {value.name for value in values_of(found, {})}
    if path is not None and _wrote("akamai", names) and isinstance(found[path], str):
        text = scalar(found[path])
        if text and text != b"-" and not _is_target(text):
            changed[path] = "/" + found[path]
    return _with_nanoseconds(found | changed, {})


def _with_nanoseconds(found: dict[str, Any], own: KeyMap) -> dict[str, Any]:
    """Return an object whose lengths of seconds and nanoseconds are one number."""
    places: dict[str, tuple[int, str]] = {}
    for value in values_of(found, own):
        depth = value.raw.count(".")
        if value.name not in places or depth < places[value.name][0]:
            places[value.name] = depth, value.raw
    for name, (_, raw) in places.items():
        base, _, last = name.rpartition(".")
        other = places.get(f"{base}.nanos")
        if last not in ("secs", "seconds") or other is None:
            continue
        seconds, nanos = _text_at(found, raw) or "", _text_at(found, other[1]) or ""
        summed = seconds + "." + nanos.zfill(9) if seconds.isdigit() and nanos.isdigit() and len(nanos) < 10 else None
        found = _put_at(_put_at(found, raw, summed), other[1], None)
    return found


def _text_at(found: Any, raw: str) -> str | None:
    """Return the text of what stands at a place; None where nothing does."""
    if not isinstance(found, dict):
        return None
    if raw in found:
        text = scalar(found[raw])
        return None if text is None else text.decode("latin-1")
    heads = [key for key in found if raw.startswith(key + ".")]
    return next((value for key in heads if (value := _text_at(found[key], raw[len(key) + 1 :])) is not None), None)


def _put_at(found: Any, raw: str, text: str | None) -> Any:
    """Return what stands in an object with another text at a place."""
    if not isinstance(found, dict):
        return found
    if raw in found:
        return found | {raw: text}
    heads = [key for key in found if raw.startswith(key + ".")]
    return found | {key: _put_at(found[key], raw[len(key) + 1 :], text) for key in heads}


def _like(text: bytes, shape: str) -> bool:
    """Return whether a text has digits where a shape has zeros, and is the same elsewhere."""
    return len(text) == len(shape) and all(
        byte in DIGITS if wanted == "0" else byte == ord(wanted) for byte, wanted in zip(text, shape, strict=True)
    )


def _wrote(family: str, names: set[str]) -> bool:
    least, keys = table.FAMILIES[family]
    return sum(fold(key) in names for key in keys.split()) >= least


def _kind(by_role: dict[str, list[tuple[Value, Meant]]], names: set[str]) -> str:
    if {"reqid", "err", "res"} <= names and "duration" not in by_role:
        return "again"
    asked = any(role in by_role for role in ("request", "method", "target", "path"))
    if asked and not any(role in by_role for role in ("status", "duration")):
        fastify, pino = {"reqid", "req"} <= names, {"req.id", "pid", "hostname", "level"} <= names
        logbook = {"origin", "type", "correlation"} <= names and "status" not in names
        return "first" if logbook or ((fastify or pino) and "res" not in names) else "maybe first"
    return "last" if "status" in by_role and "request_id" in by_role else "whole"


_BEGINNINGS = re.compile(
    r"[^a-z0-9_]*("
    r"(incoming|received|started|starting|start of|begin|processing) (http |processing )?request(?![a-z0-9_])"
    r"|started processing|started[^a-z0-9_]*$|started [a-z]+ \"|authoriz(ed|ing) request|hostingrequeststarting"
    r"|(http[ _])?request[ _](started|starting|start|received|begins?|begun|incoming)(?![a-z0-9_]))"
)


def _message(values: list[Value]) -> Value | None:
    for name in ("msg", "message", "event", "@m", "@mt", "text", "log"):
        named = [value for value in values if value.name == name]
        if named:
            return min(named, key=lambda value: value.raw.count("."))
    return None


def _says_that_it_begins(values: list[Value]) -> bool:
    message = _message(values)
    text = None if message is None else scalar(message.value)
    return text is not None and _BEGINNINGS.match(text[:200].decode("latin-1").lower()) is not None


def _is_message(values: list[Value], by_role: Mapping[str, object], names: set[str]) -> bool:
    levels = {"level", "severity", "levelname", "loglevel", "lvl", "priority", "@l", "logger", "category"}
    return _message(values) is not None and ("time" in by_role or bool(levels & names))


def _number(by_role: dict[str, list[tuple[Value, Meant]]], found: dict[str, Any]) -> bytes:
    texts = [scalar(value.value) for value, _ in by_role.get("request_id", ())]
    name = next((text for text in texts if text), b"")
    return b"" if not name or len(name) > 128 else (scalar(found.get("pid")) or b"")[:128] + b" " + name


def chosen(candidates: list[tuple[Value, Meant]]) -> tuple[bytes | None, str]:
    """Return the text that counts, and how it is written."""
    kept: dict[str, tuple[bytes, str]] = {}
    for value, entry in candidates:
        text = text_of(value.value, entry.role)
        if text is None:
            continue
        if _is_there(entry.role, text) and can_be(text, entry):
            return text, entry.writing
        if not entry.vague and not _is_there(entry.role, text):
            kept.setdefault("nothing", (text, entry.writing))
        elif not entry.vague and entry.role in _SEVERE:
            kept.setdefault("wrong", (text, entry.writing))
    return kept.get("wrong") or kept.get("nothing") or (None, "")


def _is_there(role: str, text: bytes | None) -> bool:
    return text is not None and text not in _NONE.get(role, (b"", b"-"))


def can_be(text: bytes, entry: Meant) -> bool:
    """Return whether a text can be what its key says."""
    role = entry.role
    try:
        if role == "time":
            any_us(text, entry.writing)
        if role in ("size", "bytes_in"):
            count_of(text)
    except NoFit:
        return False
    if role == "status":
        return len(text) == 3 and all_in(text, DIGITS) and text[:1] != b"0"
    if role in ("duration", "upstream"):
        return length_of(text, entry.writing) is not None
    if role == "request":
        method, _, rest = text.partition(b" ")
        return (all_in(method, LETTERS + b"_-") and rest.strip(b" ") != b"") if entry.vague else not _is_target(text)
    if not entry.vague:
        return True
    if role == "host":
        return all(is_client(part.strip(b" ")) for part in text.split(b","))
    if role == "method":
        usual = b"GET HEAD POST PUT DELETE PATCH OPTIONS CONNECT TRACE".split()
        capitals = LETTERS[:26]
        return text.upper() in usual or (len(text) <= 20 and text[:1] in capitals and all_in(text, capitals + b"_-"))
    if role in ("target", "path"):
        name, _, port = text.rpartition(b":")
        literal = name[:1] == b"[" and name[-1:] == b"]" and all_in(name[1:-1], b"0123456789abcdefABCDEF:.")
        plain = all_in(name, LETTERS + DIGITS + b"._-")
        return _is_target(text) or ((plain or literal) and all_in(port, DIGITS) and len(port) <= 5)
    return role != "referer" or b"://" in text


def _is_target(text: bytes) -> bool:
    scheme, mark, _ = text.partition(b"://")
    has_scheme = mark != b"" and scheme[:1].isalpha() and all_in(scheme, LETTERS + DIGITS + b"+.-")
    return text.startswith(b"/") or text == b"*" or has_scheme


def client_alone(text: bytes) -> bytes:
    """Return an address without its port and its brackets; anything else as it is."""
    name, colon, port = text.rpartition(b":")
    has_port = colon != b"" and all_in(port, DIGITS) and len(port) <= 5
    bare = name if has_port and (name.endswith(b"]") or all_in(name, DIGITS + b".")) else text
    if bare.startswith(b"[") and bare.endswith(b"]"):
        inner = bare[1:-1]
        return inner if b":" in inner and is_ip(inner) and len(text) <= 64 else text
    return bare if is_ip(bare) and len(text) <= 64 else text


def is_client(text: bytes) -> bool:
    """Return whether a text is an address, with a port or without."""
    return len(text) <= 64 and is_ip(client_alone(text))


def text_of(value: Any, role: str) -> bytes | None:
    """Return what a value says of a role, of a list its first."""
    if isinstance(value, list):
        value = value[0] if value else None
    text = scalar(value)
    if text is not None and role == "host":
        return client_alone(text)
    if text is None or role not in ("status", "size", "bytes_in"):
        return text
    if isinstance(value, float):
        text = text.removesuffix(b".0")
    if role != "status":
        return b"-" if text == b"-1" else text
    number = _number_in_status_line(text)
    if number is not None:
        return number
    return text if any(byte in DIGITS for byte in text) or text in (b"", b"-") else None


def _number_in_status_line(text: bytes) -> bytes | None:
    """Return the number before a reason and after a version; both may be missing."""
    version, space, rest = text.partition(b" ")
    names_it = version[:5] == b"HTTP/" and all_in(version[5:6] + version[7:8], DIGITS) and version[6:7] in (b"", b".")
    if space and names_it and len(version) in (6, 8):
        text = rest.lstrip(b" ")
    number, reason = text[:3], text[3:]
    if len(number) < 3 or not all_in(number, DIGITS) or number[:1] == b"0":
        return None
    spaced = reason.strip(b" ") == b"" or (reason[:1] == b" " and reason.lstrip(b" ")[:1].isalpha())
    return number if spaced else None


def scalar(value: Any) -> bytes | None:
    """Return a scalar as bytes."""
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


def _at(found: Any, key: str) -> Any:
    """Return the scalar of a key, of a list its first."""
    value = found.get(key) if "." in key else None
    if value is None:
        value = found
        for name in key.split("."):
            value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, list):
        value = value[0] if value else None
    return None if isinstance(value, (dict, list)) or (isinstance(value, float) and value - value != 0) else value
