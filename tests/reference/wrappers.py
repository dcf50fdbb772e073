"""What stands around lines, read the slow way: one line at a time, one word after the other, JSON byte by byte."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Inside:
    """A text inside a line."""

    text: bytes
    source: bytes | None = None
    origin: bytes | None = None
    """None: it stood in nothing."""
    part: bytes | None = None
    """Of which line that comes in parts it is a part; None: it is a whole line."""
    more: bool = False


Read = Callable[[bytes], list[Inside] | None]
"""Returns what is inside a line; None: nothing is around it."""

_ISO = rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:?\d\d)?"
_RFC3339 = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
_BSD = rb"[A-Z][a-z][a-z] {1,2}\d{1,2} (\d{4} )?\d\d:\d\d:\d\d(\.\d+)?"
_FULL = rb"[A-Z][a-z][a-z] \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? ([A-Z]{2,5}|[+-]\d\d:?\d\d|[+-]\d\d)"
_SINCE_BOOT = rb"\[ *\d+\.\d+( < *\d+\.\d+ *>)?\]"
_SECONDS = rb"\d{9,}\.\d{6}"
_COLOUR = rb"\x1b\[[0-9;]{0,16}m"
_LABEL = rb"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"


def _masked(text: bytes) -> bytes:
    return bytes(ord("0") if ord("0") <= byte <= ord("9") else byte for byte in text)


def _follow(line: bytes, *tokens: bytes) -> list[bytes] | None:
    """Return what each of some expressions fits, one behind the other, and the rest; None where one does not fit."""
    texts = []
    for token in tokens:
        match = re.match(token, line, re.DOTALL | re.ASCII)
        if match is None:
            return None
        texts.append(match[0])
        line = line[match.end() :]
    return [*texts, line]


def _fits(word: bytes, expression: bytes) -> bool:
    return re.fullmatch(expression, word, re.DOTALL | re.ASCII) is not None


def _after_any(line: bytes, *expressions: bytes) -> bytes | None:
    """Return what stands behind the first that fits of some expressions, and a blank."""
    for expression in expressions:
        found = _follow(line, expression, b" ")
        if found is not None:
            return found[-1]
    return None


# What stands behind the time of syslog and of the journal: perhaps a host, and a program.


def _is_host(word: bytes) -> bool:
    return 1 <= len(word) <= 256 and b'"' not in word and not word.endswith(b":")


def _program(word: bytes) -> bytes | None:
    """Return the name in ``nginx[812]:``."""
    if not word.endswith(b":"):
        return None
    name, bracket, number = word[:-1].partition(b"[")
    if not 1 <= len(name) <= 128 or any(byte in b':[]"' for byte in name):
        return None
    if not bracket:
        return name
    number = number.removesuffix(b"]")
    whole = name + b"[" + number + b"]:" == word
    return name if whole and len(number) <= 64 and b"]" not in number and b'"' not in number else None


def _named(rest: bytes) -> Inside | None:
    first, blank, behind = rest.partition(b" ")
    if not blank:
        return None
    program = _program(first)
    if program is not None:
        return Inside(behind, None, _masked(program))
    second, blank, behind = behind.partition(b" ")
    program = _program(second)
    if not blank or program is None or not _is_host(first):
        return None
    return Inside(behind, first, _masked(program))


def _mark(line: bytes) -> Inside | None:
    for words in ("Boot", "Reboot", "No entries", "Logs begin at", "Logs begins at", "Journal begin at"):
        if line.startswith(f"-- {words} ".encode()):
            return Inside(line[len(words) + 4 :], None, f"-- {words}".encode())
    words = "Journal begins at"
    return Inside(line[len(words) + 4 :], None, b"-- " + words.encode()) if _mark_of(line, words) else None


def _mark_of(line: bytes, words: str) -> bool:
    return line.startswith(f"-- {words} ".encode())


def _structured(text: bytes) -> bytes | None:
    """Return what stands behind the structured data of RFC 5424 and a blank."""
    if text.startswith(b"- "):
        return text[2:]
    element = rb'\[[^ =\]"]{1,128}'
    found = _follow(text, element)
    if found is None:
        return None
    while True:
        value = _follow(found[-1], rb' [^ =\]"]{1,128}="')
        if value is not None:
            end = _string_end(value[-1], 0)
            if end is None:
                return None
            found = [value[-1][end + 1 :]]
            continue
        if not found[-1].startswith(b"]"):
            return None
        rest = found[-1][1:]
        if rest.startswith(b" "):
            return rest[1:]
        found = _follow(rest, element)
        if found is None:
            return None


def _rfc5424(line: bytes) -> Inside | None:
    found = _follow(line, rb"\d", b" ")
    rest = None if found is None else _after_any(found[-1], b"-", _ISO)
    if rest is None:
        return None
    words = rest.split(b" ", 4)
    if len(words) < 5 or not 1 <= len(words[0]) <= 255 or not all(1 <= len(word) <= 128 for word in words[1:4]):
        return None
    text = _structured(words[4])
    return None if text is None else Inside(text, words[0], _masked(words[1]))


def _header(line: bytes) -> Inside | None:
    rest = _after_any(line, _BSD, _ISO)
    named = None if rest is None else _named(rest)
    if named is not None:
        return named
    new = _rfc5424(line)
    if new is not None:
        return new
    if rest is not None:
        host, _, behind = rest.partition(b" ")
        found = _follow(behind, b"last message repeated", b" ", rb"\d{1,9}", b" ")
        if found is not None and _is_host(host):
            return Inside(found[-1], host, b"last message repeated")
    return _mark(line)


def _syslog(line: bytes) -> list[Inside] | None:
    priority = _follow(line, rb"(\d{1,5} )?<\d{1,3}>")
    rest = line if priority is None else priority[-1]
    again = _again(rest)
    if again is not None:
        return again
    inside = _header(rest)
    if inside is None and priority is None:
        return None
    inside = Inside(rest, None, b"") if inside is None else inside
    return [replace(inside, text=inside.text.removeprefix(b"\xef\xbb\xbf"))]


def _again(line: bytes) -> list[Inside] | None:
    rest = _after_any(line, _BSD, _ISO)
    named = None if rest is None else _named(rest)
    found = None if named is None else _follow(named.text, b"message repeated ", rb"\d{1,4}", rb" times: \[")
    if named is None or found is None or not found[-1].endswith(b"]") or not 1 <= int(found[1]) <= 1000:
        return None
    text = found[-1].removeprefix(b" ")[:-1] if found[-1] != b" ]" else b""
    return [Inside(text, named.source, named.origin)] * int(found[1])


def _journald(line: bytes) -> list[Inside] | None:
    rest = _after_any(line, _BSD, _FULL, _ISO, _SINCE_BOOT, _SECONDS)
    inside = None if rest is None else _named(rest)
    inside = inside or _mark(line)
    return None if inside is None else [inside]


# Prefixes of container runtimes and platforms.


def _timed(inside: Inside) -> Inside:
    """Take off the time that a runtime was asked for."""
    rest = _after_any(inside.text, _RFC3339)
    return inside if rest is None else replace(inside, text=rest)


def _cri(line: bytes) -> list[Inside] | None:
    rest = _after_any(line, _RFC3339)
    found = None if rest is None else _follow(rest, b"stdout|stderr", b" ", b"[FP]", b"[^ ]{0,64}", b" ")
    if found is None:
        return None
    return [Inside(found[-1], None, found[0], found[0], found[2] == b"P")]


def _docker(line: bytes) -> list[Inside] | None:
    rest = _after_any(line, _RFC3339, rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
    return None if rest is None else [Inside(rest, None, b"")]


def _compose(line: bytes) -> list[Inside] | None:
    found = _follow(line, rb"(%b)*" % _COLOUR, rb"(\d\d:\d\d:\d\d )?", rb"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
    if found is None:
        return None
    ways = [(b" *", rb"\| ")]
    if found[0]:
        ways = [(rb" *\|", b" " + _COLOUR), (rb" *\|", _COLOUR + b" "), (b" *" + _COLOUR, rb" *\| ")]
    rests = [_follow(found[-1], *way) for way in ways]
    rest = next((each[-1] for each in rests if each is not None), None)
    return None if rest is None else [_timed(Inside(rest, found[2], _masked(found[2])))]


def _kubectl(line: bytes) -> list[Inside] | None:
    name = rb'[^/\] "]{1,253}'
    found = _follow(line, rb"\[pod/", name, b"/", name, rb"\] ")
    return None if found is None else [_timed(Inside(found[-1], found[1], _masked(found[3])))]


def _is_pod(word: bytes) -> bool:
    if not word or not _fits(word, rb"[a-z0-9][a-z0-9.-]*[a-z0-9]"):
        return False
    return any(
        word[at : at + 1] == b"-" and at - 1 <= 251 and len(word) - 2 - at <= 251 for at in range(1, len(word) - 1)
    )


def _stern_of(names: int) -> Read:
    def read(line: bytes) -> list[Inside] | None:
        words = line.split(b" ", names)
        if len(words) <= names:
            return None
        bare = [_follow(word, _COLOUR, b"[^\x1b]*", _COLOUR) for word in words[:-1]]
        if all(each is not None and not each[-1] for each in bare):
            words = [*(each[1] for each in bare if each is not None), words[-1]]
        *spaces, pod, container = words[:-1]
        if not all(_fits(word, _LABEL) for word in (*spaces, container)) or not _is_pod(pod):
            return None
        return [_timed(Inside(words[-1], pod, _masked(container)))]

    return read


def _heroku(line: bytes) -> list[Inside] | None:
    dyno = rb"[A-Za-z_-]{1,64}(\.[0-9A-Za-z-]{1,64})?"
    rest = _after_any(line, _ISO)
    found = None if rest is None else _follow(rest, b"app|heroku", rb"\[", dyno, rb"\]", b": ")
    if found is not None:
        return [Inside(found[-1], found[2], _masked(b"".join(found[:4])))]
    front = _follow(line, rb"(\d{1,5} )?<\d{1,3}>\d ")
    rest = None if front is None else _after_any(front[-1], _ISO)
    found = None if rest is None else _follow(rest, b"[^ ]{1,255}", b" ", b"app|heroku", b" ", dyno, b" - ")
    return None if found is None else [Inside(found[-1], found[4], _masked(b"".join(found[2:5])))]


def _fly(line: bytes) -> list[Inside] | None:
    colours = rb"(%b)*" % _COLOUR
    gap = (colours, b" ", colours)
    machine = (b"app|runner|proxy|machine", colours, rb"\[", colours, b"[0-9A-Za-z_-]{1,64}", colours, rb"\]")
    level = (rb"\[", colours, b"[a-z]{1,8}", colours, rb"\] ?")
    found = _follow(line, colours, _ISO, *gap, *machine, *gap, b"[a-z]{3}", *gap, *level)
    return None if found is None else [Inside(found[-1], found[9], _masked(b"".join(found[5:12])))]


def _fastly(line: bytes) -> list[Inside] | None:
    found = _follow(
        line, rb"<\d{1,3}>", _ISO, b" ", b"cache-[0-9a-z-]{1,64}", b" ", rb'[^ \[\]"]{1,128}', rb"\[\d{1,10}\]: "
    )
    return None if found is None else [Inside(found[-1], found[3], _masked(found[5]))]


def _logentries(line: bytes) -> list[Inside] | None:
    token, blank, rest = line.partition(b" ")
    if not blank or not _fits(token, b"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"):
        return None
    first, _, second = rest.partition(b" ")
    named = _named(rest) if _is_host(first) else None
    return [Inside(rest, None, b"") if named is None or not second else named]


def _awslogs(line: bytes) -> list[Inside] | None:
    rest = _after_any(line, rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+\d\d:\d\d")
    stream, blank, text = b"" if rest is None else rest, b"", b""
    stream, blank, text = stream.partition(b" ")
    if not blank or not 1 <= len(stream) <= 512 or any(byte in b'"*' for byte in stream):
        return None
    return [Inside(text, stream, _masked(stream))]


def _digitalocean(line: bytes) -> list[Inside] | None:
    name, _, rest = line.partition(b" ")
    text = _after_any(rest, _ISO) if _fits(name, rb"[a-z]([a-z0-9-]{0,62}[a-z0-9])?") else None
    return None if text is None else [Inside(text, name, _masked(name))]


_LOKI_LABELS = ("pod", "container", "container_name", "instance", "host", "hostname", "app", "service_name", "job")


def _logcli(line: bytes) -> list[Inside] | None:
    time = _follow(line, _RFC3339, rb" \{")
    is_coloured = time is None
    if time is None:
        time = _follow(line, _COLOUR, _RFC3339, _COLOUR, b" ", _COLOUR, rb"\{")
    if time is None:
        return None
    block = time[-1]
    at, labels = 0, dict[str, bytes]()
    while block[at : at + 1] != b"}":
        if at >= len(block):
            return None
        if block[at : at + 1] == b'"':
            end = _string_end(block, at + 1)
            if end is None:
                return None
            name = re.search(rb"[A-Za-z_][A-Za-z0-9_]*=\Z", block[:at])
            if name is not None and end > at + 1:
                labels[name[0][:-1].decode()] = block[at + 1 : end]
            at = end
        at += 1
    rest = block[at + 1 :]
    if is_coloured:
        found = _follow(rest, b" *", _COLOUR)
        if found is None:
            return None
        rest = found[-1]
    if not rest.startswith(b" "):
        return None
    source = next((labels[name] for name in _LOKI_LABELS if name in labels), None)
    origin = b"\0".join(_masked(labels[name]) for name in ("container", "app", "job") if name in labels)
    return [Inside(rest.lstrip(b" "), source, origin)]


# Lines in JSON.


def _string_end(text: bytes, at: int) -> int | None:
    """Return where the quote stands that ends a string with escapes."""
    while at < len(text):
        if text[at : at + 1] == b'"':
            return at
        at += 2 if text[at : at + 1] == b"\\" else 1
    return None


class _NoObject(Exception):
    pass


class _Object:
    """The strings of a JSON object, as they are written, by the keys that lead to them."""

    def __init__(self, line: bytes) -> None:
        self.line, self.at = line, 0
        self.found: dict[tuple[bytes, ...], bytes] = {}
        if not self._ahead(b"{"):
            raise _NoObject
        self._value((), 0, listed=False)
        if self.line[self.at :].strip(b" \t\r"):
            raise _NoObject

    def _ahead(self, marks: bytes) -> bytes:
        while self.line[self.at : self.at + 1] in (b" ", b"\t", b"\r"):
            self.at += 1
        mark = self.line[self.at : self.at + 1]
        return mark if mark and mark in marks else b""

    def _must(self, marks: bytes) -> bytes:
        mark = self._ahead(marks)
        if not mark:
            raise _NoObject
        self.at += 1
        return mark

    def _string(self) -> bytes:
        self._must(b'"')
        end = _string_end(self.line, self.at)
        if end is None:
            raise _NoObject
        text, self.at = self.line[self.at : end], end + 1
        return text

    def _value(self, path: tuple[bytes, ...], depth: int, *, listed: bool) -> None:
        if self._ahead(b'"'):
            text = self._string()
            if not listed:
                self.found[path] = text
            return
        mark = self._ahead(b"{[")
        if not mark:
            scalar = re.match(rb"-?[0-9][0-9.eE+-]*|true|false|null", self.line[self.at :])
            if scalar is None:
                raise _NoObject
            self.at += scalar.end()
            if not listed:
                self.found.pop(path, None)
            return
        if depth >= 64:
            raise _NoObject
        self.at += 1
        end = b"}" if mark == b"{" else b"]"
        if self._ahead(end):
            self.at += 1
            return
        while True:
            key: tuple[bytes, ...] = ()
            if mark == b"{":
                key = (self._string(),)
                self._must(b":")
            self._value((*path, *key), depth + 1, listed=listed or mark == b"[")
            if self._must(b"," + end) == end:
                return


def _said(raw: bytes) -> bytes:
    try:
        return _bytes(json.loads('"' + raw.decode("utf-8", "surrogateescape") + '"', strict=False))
    except ValueError:
        return raw


def _bytes(text: str) -> bytes:
    text = text.replace("\n", "\\n")
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class _Keys:
    texts: str
    sources: str
    origins: str
    needs: str = ""
    part: str = ""
    before: tuple[bytes, ...] = ()

    def read(self, line: bytes) -> list[Inside] | None:
        """Return what is inside an object that has these keys."""
        tag, rest = None, line
        if self.before:
            tag, rest = _fluentd_front(line)
        try:
            found = _Object(rest.lstrip(b" \t")).found
        except _NoObject:
            return None
        if not found or any(not _first(found, need.replace("|", " ")) for need in self.needs.split()):
            return None
        text = _first(found, self.texts)
        if text is None:
            return None
        whole = text[0].endswith(b"\\n") and (len(text[0]) - len(text[0][:-1].rstrip(b"\\")) - 1) % 2 == 1
        inner = _said(text[0][:-2] if whole else text[0])
        source = _first(found, self.sources)
        named = (source[0] if source is not None else b"") or tag or None
        origin = b"\0".join(_masked(found[_path(key)]) for key in self.origins.split() if _path(key) in found)
        part = _first(found, self.part)
        return [Inside(inner, named, origin, None if not part or not part[0] else part[0], not whole and bool(part))]


def _path(dotted: str) -> tuple[bytes, ...]:
    return tuple(key.encode() for key in dotted.split("."))


def _first(found: dict[tuple[bytes, ...], bytes], keys: str) -> tuple[bytes] | None:
    """Return the string of the first key that there is."""
    return next(((found[_path(key)],) for key in keys.split() if _path(key) in found), None)


def _fluentd_front(line: bytes) -> tuple[bytes | None, bytes]:
    tag = rb'[^ \t":{]{1,255}'
    found = _follow(line, _ISO, b"\t", tag, b"\t")
    if found is not None:
        return found[2], found[-1]
    found = _follow(line, _ISO, rb" [+-]\d{4} ", tag, b": ")
    return None, line if found is None else found[-1]


_KEYS = {
    "docker_json": _Keys("log", "attrs.name attrs.tag", "stream", "log stream time", part="stream"),
    "filebeat": _Keys(
        "message event.original",
        "kubernetes.pod.name container.name host.name host.hostname agent.name beat.name",
        "kubernetes.container.name container.name log.file.path stream",
        "@timestamp agent.type|agent.version|beat.version|beat.name|@metadata.beat|@metadata.version|ecs.version",
    ),
    "gcloud": _Keys(
        "textPayload",
        "resource.labels.pod_name resource.labels.instance_id resource.labels.revision_name"
        " resource.labels.service_name resource.labels.container_name",
        "resource.labels.container_name logName",
        "logName|insertId",
    ),
    "fluentd": _Keys(
        "log message",
        "kubernetes.pod_name podName pod container_name containerName container kubernetes.host hostname host"
        " logStreamName",
        "kubernetes.container_name container_name containerName container source service stream logStreamName",
        before=(b"tag",),
    ),
    "loki": _Keys(
        "line _entry",
        " ".join(f"labels.{name}" for name in _LOKI_LABELS) + " pod container",
        "labels.container labels.app labels.job container",
    ),
    "journald_json": _Keys(
        "MESSAGE", "CONTAINER_NAME _HOSTNAME", "SYSLOG_IDENTIFIER _COMM", "__REALTIME_TIMESTAMP MESSAGE"
    ),
}


# Any: what JSON holds is not known.
def _loki_lines(given: Any) -> Iterator[Inside]:
    for stream in given["streams"] if "streams" in given else given["data"]["result"]:
        source = next((_plain(str(stream["stream"][name])) for name in _LOKI_LABELS if name in stream["stream"]), None)
        for value in stream["values"]:
            if not isinstance(value[1], str):
                raise TypeError
            yield Inside(_bytes(value[1].removesuffix("\n")), source, _masked(source or b""))


def _otlp_lines(given: Any) -> Iterator[Inside]:
    for resource in given["resourceLogs"]:
        said = {}
        for attribute in resource.get("resource", {}).get("attributes", ()):
            text = attribute.get("value", {}).get("stringValue")
            if isinstance(text, str):
                said[attribute.get("key")] = _plain(text)
        names = ("k8s.pod.name", "container.name", "service.instance.id", "host.name", "service.name")
        source = next((said[name] for name in names if name in said), None)
        for scope in resource.get("scopeLogs", ()):
            for record in scope.get("logRecords", ()):
                text = record.get("body", {}).get("stringValue")
                inner = _bytes(text.removesuffix("\n")) if isinstance(text, str) else b"{}"
                yield Inside(inner, source, _masked(said.get("service.name", source or b"")))


def _journal_bytes(entry: Any) -> Iterator[Inside]:
    if not isinstance(entry["__REALTIME_TIMESTAMP"], str) or not isinstance(entry["MESSAGE"], list):
        raise TypeError
    names = {name: _plain(text) for name, text in entry.items() if isinstance(text, str)}
    source = names.get("CONTAINER_NAME", names.get("_HOSTNAME"))
    origin = b"\0".join(_masked(names[name]) for name in ("SYSLOG_IDENTIFIER", "_COMM") if name in names)
    yield Inside(bytes(entry["MESSAGE"]).removesuffix(b"\n").replace(b"\n", b"\\n"), source, origin)


def _plain(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _many(lines: Callable[[Any], Iterator[Inside]], mark: bytes, keys: _Keys | None = None) -> Read:
    def read(line: bytes) -> list[Inside] | None:
        inside = None if keys is None else keys.read(line)
        if inside is not None or mark not in line:
            return inside
        try:
            return list(lines(json.loads(line.decode("utf-8", "surrogateescape"), strict=False))) or None
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
            return None

    return read


WRAPPERS: dict[str, Read] = {
    "cri": _cri,
    "docker_json": _KEYS["docker_json"].read,
    "journald_json": _many(_journal_bytes, b'"MESSAGE"', _KEYS["journald_json"]),
    "loki": _many(_loki_lines, b'"values"', _KEYS["loki"]),
    "otlp": _many(_otlp_lines, b'"resourceLogs"'),
    "filebeat": _KEYS["filebeat"].read,
    "gcloud": _KEYS["gcloud"].read,
    "fluentd": _KEYS["fluentd"].read,
    "kubectl": _kubectl,
    "compose": _compose,
    "fly": _fly,
    "heroku": _heroku,
    "fastly": _fastly,
    "logentries": _logentries,
    "syslog": _syslog,
    "journald": _journald,
    "logcli": _logcli,
    "awslogs": _awslogs,
    "docker": _docker,
    "digitalocean": _digitalocean,
    "stern_namespaces": _stern_of(3),
    "stern": _stern_of(2),
}


def read_wrapped(name: str, lines: Sequence[bytes], limit: int) -> tuple[list[Inside], dict[bytes, bytes]]:
    """Return the lines inside some lines, and the parts of lines whose rest has not come."""
    inside: list[Inside] = []
    begun: dict[bytes, bytes] = {}
    for line in lines:
        found = None if len(line) > limit else WRAPPERS[name](line)
        for each in found or [Inside(line)]:
            if each.part is None:
                inside.append(each)
                continue
            whole = (begun.pop(each.part, b"") + each.text)[: limit + 1]
            if each.more:
                begun[each.part] = whole
            else:
                inside.append(replace(each, text=whole))
    return inside, begun


def judged(name: str, lines: Sequence[bytes], limit: int, fits: Callable[[bytes], bool]) -> list[str]:
    """Return for each line inside what it counts as: ``hit``, ``other``, ``malformed`` or, a blank one, nothing.

    Args:
        name: Of the wrapper.
        lines: Without their LF.
        limit: The longest.
        fits: Tells whether a text fits the format of what is inside.
    """
    inside, _ = read_wrapped(name, lines, limit)
    kinds = [(each, "hit" if fits(each.text) else "") for each in inside if len(each.text) > limit or each.text.strip()]
    first = next((at for at, (each, kind) in enumerate(kinds) if kind and each.origin is not None), None)
    # The first lines are judged together, if one of the first hundred fits.
    first_lines, _ = read_wrapped(name, lines[:100], limit)
    opening = next((each for each in first_lines if fits(each.text)), None)
    together = opening is not None and opening.origin is not None
    fitting: set[bytes | None] = set()
    if first is not None and together:
        fitting.add(kinds[first][0].origin)
    counted = []
    for at, (each, kind) in enumerate(kinds):
        if kind:
            fitting.add(each.origin)
        is_known = together or (first is not None and at >= first)
        is_stranger = is_known and each.origin is not None and each.origin not in fitting and len(each.text) <= limit
        counted.append(kind or ("other" if is_stranger else "malformed"))
    return counted
