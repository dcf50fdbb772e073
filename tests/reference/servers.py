"""Slow, obvious readers of the lines that proxies, clouds and Python servers write, from left to right."""

from collections.abc import Callable

from http_monitor.records import UNTIMED_US
from tests.reference.values import (
    DIGITS,
    LETTERS,
    NoFit,
    Row,
    all_in,
    clf_us,
    epoch_us,
    haproxy_us,
    iso_us,
    one_length,
    row_of,
)

_CAPITALS = LETTERS[:26]


class _Line:
    """A position in a line."""

    def __init__(self, line: bytes) -> None:
        self.line = line
        self.at = 0

    def rest(self) -> bytes:
        return self.line[self.at :]

    def expect(self, literal: bytes) -> None:
        if not self.rest().startswith(literal):
            raise NoFit
        self.at += len(literal)

    def upto(self, mark: bytes) -> bytes:
        """Return what stands before a mark, or before the end of the line; it is not empty."""
        stop = self.line.find(mark, self.at)
        text = self.line[self.at :] if stop < 0 else self.line[self.at : stop]
        if not text:
            raise NoFit
        self.at += len(text)
        return text

    def word(self) -> bytes:
        return self.upto(b" ")

    def words(self, count: int) -> list[bytes]:
        """Return words with a space behind each."""
        found = []
        for _ in range(count):
            found.append(self.word())
            self.expect(b" ")
        return found

    def quoted(self) -> bytes | None:
        if self._dash():
            return b"-"
        self.expect(b'"')
        start = self.at
        while self.at < len(self.line):
            if self.line[self.at] == ord('"'):
                self.at += 1
                return self.line[start : self.at - 1]
            self.at += 2 if self.line[self.at] == ord("\\") else 1
        raise NoFit

    def loose(self) -> bytes | None:
        if self._dash():
            return b"-"
        self.expect(b'"')
        for stop in range(self.at, len(self.line)):
            if self.line[stop] == ord('"') and self.line[stop + 1 : stop + 2] in (b"", b" "):
                text = self.line[self.at : stop]
                self.at = stop + 1
                return text
        raise NoFit

    def doubled(self) -> bytes:
        self.expect(b'"')
        start = self.at
        while self.at < len(self.line):
            if self.line[self.at] != ord('"'):
                self.at += 1
            elif self.line[self.at + 1 : self.at + 2] == b'"':
                self.at += 2
            else:
                self.at += 1
                return self.line[start : self.at - 1]
        raise NoFit

    def _dash(self) -> bool:
        if self.rest() == b"-" or self.rest().startswith(b"- "):
            self.at += 1
            return True
        return False


def _check(fits: bool) -> None:
    if not fits:
        raise NoFit


def _status(text: bytes) -> bytes:
    _check(text in (b"000", b"0", b"-1", b"-") or (len(text) == 3 and all_in(text, DIGITS) and text[:1] != b"0"))
    return text


def _number(text: bytes) -> bytes:
    _check(text == b"-" or all_in(text, DIGITS))
    return text


def _digits(text: bytes) -> bytes:
    _check(all_in(text, DIGITS))
    return text


def _address(text: bytes) -> bytes:
    host, _, port = text.rpartition(b":")
    _check(host != b"" and all_in(port, DIGITS))
    return host


def _utc(text: bytes) -> int:
    # ISO 8601 allows a comma before the decimals; these servers write a dot.
    _check(text[10:11] == b"T" and text.endswith(b"Z") and not any(byte in b", " for byte in text))
    return iso_us(text)


def _tail(line: _Line, *readers: tuple[str, Callable[[_Line], bytes | None]]) -> dict[str, bytes | None]:
    """Return what stands behind, each after a space, up to the first that does not fit."""
    found: dict[str, bytes | None] = {}
    for name, read in readers:
        at = line.at
        try:
            line.expect(b" ")
            found[name] = read(line)
        except NoFit:
            line.at = at
            break
    return found


def aws_alb(text: bytes) -> Row:
    line = _Line(text)
    (kind,) = line.words(1)
    _check(kind in (b"http", b"https", b"h2", b"grpc", b"grpcs", b"ws", b"wss"))
    time_us, texts, total_us = _balancer(line)
    line.expect(b" ")
    texts["agent"] = line.quoted()
    line.expect(b" ")
    line.words(1)
    texts["tls"] = line.word()
    tail = _tail(line, ("arn", _Line.word), ("id", _Line.quoted), ("vhost", _Line.quoted))
    return row_of(texts | tail, time_us, {"upstream": "s"}) | {"duration_us": total_us}


def aws_elb(text: bytes) -> Row:
    line = _Line(text)
    time_us, texts, total_us = _balancer(line)
    tail = _tail(line, ("agent", _Line.quoted), ("cipher", _Line.word), ("tls", _Line.word))
    return row_of(texts | tail, time_us, {"upstream": "s"}) | {"duration_us": total_us}


def _balancer(line: _Line) -> tuple[int, dict[str, bytes | None], int | None]:
    words = line.words(11)
    time_us = _utc(words[0])
    parts = [_length(text) for text in words[4:7]]
    known = [part for part in parts if part is not None]
    total_us = sum(known) if len(known) == 3 else None
    texts: dict[str, bytes | None] = {
        "host": _address(words[2]),
        "upstream": words[5],
        "status": _status(words[7]),
        "bytes_in": _number(words[9]),
        "size": _number(words[10]),
        "request": line.quoted(),
    }
    return time_us, texts, total_us


def _length(text: bytes) -> int | None:
    """Return a processing time, of a list (there is none) the sum."""
    found = [one_length(part, "s") for part in text.replace(b",", b":").split(b":")]
    lengths = [length for length in found if length is not None]
    return sum(lengths) if lengths else None


def aws_s3(text: bytes) -> Row:
    line = _Line(text)
    _, bucket = line.words(2)
    line.expect(b"[")
    time_us = clf_us(line.upto(b"]"))
    line.expect(b"] ")
    host, user, _, operation, _ = line.words(5)
    _check(all_in(operation.partition(b".")[0], _CAPITALS + DIGITS) and operation.partition(b".")[2] != b"")
    request = line.loose()
    line.expect(b" ")
    status, _, size, _, took, turned = line.words(6)
    referer = line.loose()
    line.expect(b" ")
    agent = line.loose()
    tail = _tail(
        line, *((name, _Line.word) for name in ("version", "id", "signature", "cipher", "auth", "head", "tls"))
    )
    texts = {
        "host": host,
        "user": user,
        "vhost": bucket,
        "request": request,
        "status": _status(status),
        "size": _number(size),
        "duration": took,
        "upstream": turned,
        "referer": referer,
        "agent": agent,
    }
    return row_of(texts | tail, time_us, {"duration": "ms", "upstream": "ms"})


def gcs(text: bytes) -> Row | None:
    if text.startswith(b'"time_micros",'):
        return None
    line = _Line(text)
    texts: list[bytes] = []
    for number in range(17):
        line.expect(b"," if number else b"")
        texts.append(line.doubled())
    roles = {1: "host", 4: "method", 5: "target", 6: "status", 7: "bytes_in", 8: "size", 9: "duration", 10: "vhost"}
    roles |= {11: "referer", 12: "agent"}
    return row_of({role: texts[at] for at, role in roles.items()}, epoch_us(texts[0], "us"), {"duration": "us"})


def squid(text: bytes) -> Row:
    line = _Line(text)
    time = line.word()
    whole, _, part = time.partition(b".")
    _check(all_in(whole, DIGITS) and 9 <= len(whole) <= 11 and all_in(part, DIGITS) and len(part) == 3)
    line.expect(b" ")
    line.at = len(text) - len(line.rest().lstrip(b" "))
    took, host = line.words(2)
    cache = line.upto(b"/")
    line.expect(b"/")
    status, size, method, url, user = line.words(5)
    hierarchy = line.upto(b"/")
    line.expect(b"/")
    line.word()
    _check(all_in(cache, _CAPITALS + b"_") and all_in(hierarchy, _CAPITALS + b"_"))
    texts = {
        "host": host,
        "cache": cache,
        "status": _status(status),
        "size": _number(size),
        "method": method,
        "target": url,
        "user": user,
        "duration": _digits(took),
    }
    return row_of(texts, epoch_us(time, "s"), {"duration": "ms"})


def haproxy_http(text: bytes) -> Row:
    line = _Line(text)
    front, bracket, _ = text.partition(b"]: ")
    syslog, opened, number = front.partition(b"[")
    if bracket and opened and b"]" not in syslog and all_in(number, DIGITS):
        line.at = len(front) + len(bracket)
    (address,) = line.words(1)
    line.expect(b"[")
    time = line.line[line.at : line.at + 24]
    line.at += len(time)
    line.expect(b"] ")
    _, backend, timers, status, size, _, _, termination, connections = line.words(9)
    queues = line.word()
    name, slash, server = backend.partition(b"/")
    _check(name != b"" and slash != b"" and server != b"" and len(termination) == 4)
    parts = timers.split(b"/")
    counts = connections.split(b"/")
    _check(len(parts) == 5 and len(counts) == 5 and len(queues.split(b"/")) == 2)
    parts[4], counts[4], size = (item.removeprefix(b"+") for item in (parts[4], counts[4], size))
    _check(all(all_in(part.removeprefix(b"-"), DIGITS) for part in parts))
    _check(all(all_in(count, DIGITS) for count in (*counts, *queues.split(b"/"), size)))
    last = (b'} "', b"} TLSv", b"} SSLv", b"} - - ")
    for ends in ((b"} {", *last), last):
        _skip_headers(line, ends)
    secured = _haproxy_version(line)
    line.expect(b' "')
    request, quote, _ = line.rest().partition(b'"')
    line.at += len(request) + len(quote)
    tail = _tail(line, ("errors", _Line.word), ("tls", _haproxy_tls))
    texts = {
        "host": _address(address),
        "upstream": parts[3],
        "duration": parts[4],
        "status": _status(status),
        "size": size,
        "request": request,
    }
    tls = tail.get("tls") if secured in (None, b"-") else secured
    return row_of(tail | texts | {"tls": tls}, haproxy_us(time), {"duration": "ms", "upstream": "ms"})


def _haproxy_version(line: _Line) -> bytes | None:
    """Return the version of TLS where it stands in front of the request, with the cipher behind it."""
    version, space, behind = line.rest()[1:].partition(b" ")
    number = version[4:] if version.startswith((b"TLSv", b"SSLv")) else b"0" if version == b"-" else b""
    cipher = behind.partition(b" ")[0]
    if line.rest()[:1] != b" " or not space or not all_in(number, DIGITS + b".") or not cipher:
        return None
    line.at += 1 + len(version) + 1 + len(cipher)
    return version


def _skip_headers(line: _Line, ends: tuple[bytes, ...]) -> None:
    if line.rest().startswith(b" {"):
        for at in range(line.at + 2, len(line.line)):
            if line.line.startswith(ends, at):
                line.at = at + 1
                return


def _haproxy_tls(line: _Line) -> bytes:
    parts = line.word().split(b"/", 2)
    _check(len(parts) == 3 and b"" not in parts)
    return parts[1]


def envoy(text: bytes) -> Row:
    line = _Line(text)
    line.expect(b"[")
    time_us = _utc(line.upto(b"]"))
    line.expect(b"] ")
    request = line.loose()
    line.expect(b" ")
    status, _, received, sent, took, upstream = line.words(6)
    forwarded = line.loose()
    found = []
    for _ in range(4):
        line.expect(b" ")
        found.append(line.loose())
    texts = {
        "request": request,
        "status": _status(status),
        "bytes_in": _number(received),
        "size": _number(sent),
        "duration": took,
        "upstream": upstream,
        "forwarded": forwarded,
        "agent": found[0],
        "vhost": found[2],
    }
    return row_of(texts, time_us, {"duration": "ms", "upstream": "ms"})


def traefik_clf(text: bytes) -> Row:
    line = _Line(text)
    host, _ = line.words(2)
    user = line.upto(b" [")
    line.expect(b" [")
    time_us = clf_us(line.upto(b"]"))
    line.expect(b"] ")
    request = line.quoted()
    line.expect(b" ")
    status, size = line.words(2)
    referer = line.quoted()
    line.expect(b" ")
    agent = line.quoted()
    line.expect(b" ")
    (count,) = line.words(1)
    _number(count)
    for _ in range(2):
        line.quoted()
        line.expect(b" ")
    took = line.word()
    _check(took.endswith(b"ms") and all_in(took.removesuffix(b"ms"), DIGITS))
    texts = {
        "host": host,
        "user": user,
        "request": request,
        "status": _status(status),
        "size": _number(size),
        "referer": referer,
        "agent": agent,
        "duration": took,
    }
    return row_of(texts, time_us, {"duration": "ms"})


_UVICORN = (
    *(b"Started server process ", b"Started parent process ", b"Started reloader process ", b"Waiting for "),
    *(b"Application startup complete", b"Application shutdown complete", b"Uvicorn running on ", b"Shutting down"),
    *(b"Finished server process ", b"Stopping parent process ", b"Stopping reloader process ", b"connection open"),
    *(b"Will watch for changes ", b"Invalid HTTP request received", b"connection closed"),
)


def uvicorn(text: bytes) -> Row | None:
    for level in (b"INFO: ", b"WARNING: "):
        if text.startswith(level) and text.removeprefix(level).lstrip(b" ").startswith(_UVICORN):
            return None
    return _uvicorn(text)


def _uvicorn(text: bytes) -> Row:
    line = _Line(text)
    if text.startswith(b"INFO: "):
        line.at = len(text) - len(text.removeprefix(b"INFO:").lstrip(b" "))
    host = _address(line.word())
    line.expect(b" - ")
    request = line.quoted()
    line.expect(b" ")
    status = _status(line.word())
    if line.rest():
        line.expect(b" ")
        _check(all_in(line.rest(), LETTERS + b"' -"))
    return row_of({"host": host, "request": request, "status": status}, UNTIMED_US, {})


_ALL: tuple[Callable[[bytes], Row | None], ...] = (
    *(aws_alb, aws_elb, aws_s3, squid, haproxy_http, envoy, traefik_clf, uvicorn, gcs),
)
READERS = {reader.__name__: reader for reader in _ALL}
"""By the name of the preset; None for a line that counts as nothing. They raise `NoFit`."""
