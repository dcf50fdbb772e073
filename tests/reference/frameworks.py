"""Slow, obvious readers of the lines that web frameworks and smaller servers write, from left to right.

A reader returns None for a line that records no finished request, and raises `NoFit` for one that does not fit.
"""

from collections.abc import Callable

from tests.reference.servers import _address, _digits, _Line, _number, _status, _tail, _utc
from tests.reference.values import (
    DIGITS,
    LETTERS,
    NoFit,
    Row,
    all_in,
    asctime_us,
    clf_us,
    compact_us,
    iso_us,
    local_us,
    row_of,
    slashes_us,
)

CAPITALS = LETTERS[:26]
Shows = Callable[[bytes], bool]
"""Tells of the rest of a line, from what ends a field on, whether the field ends there."""


class Line(_Line):
    """A position in a line whose fields may hold what nobody escaped."""

    def until(self, shows: Shows) -> bytes:
        """Return what stands before the first place that shows that the field ends."""
        for stop in range(self.at, len(self.line) + 1):
            if shows(self.line[stop:]):
                text = self.line[self.at : stop]
                self.at = stop
                return text
        raise NoFit

    def before(self, end: bytes) -> bytes:
        """Return what stands before a text, which may be nothing, or before the end of the line."""
        stop = self.line.find(end, self.at)
        text = self.line[self.at :] if stop < 0 else self.line[self.at : stop]
        self.at += len(text)
        return text

    def fixed(self, size: int) -> bytes:
        text = self.line[self.at : self.at + size]
        if len(text) != size:
            raise NoFit
        self.at += size
        return text

    def gap(self) -> None:
        self.expect(b" ")
        self.at = len(self.line) - len(self.rest().lstrip(b" "))

    def colour(self) -> None:
        """Go over an escape sequence that sets a colour, where one stands."""
        if self.rest().startswith(b"\x1b["):
            numbers, letter, _ = self.rest()[2:].partition(b"m")
            if letter and all_in(numbers, DIGITS + b";"):
                self.at += len(numbers) + 3

    def request(self, shows: Shows | None = None) -> bytes:
        self.expect(b'"')
        text = self.until(shows or status_and_size)
        self.expect(b'"')
        return text

    def in_brackets(self) -> bytes:
        self.expect(b"[")
        text = self.upto(b"]")
        self.expect(b"]")
        return text

    def end(self) -> None:
        if self.rest():
            raise NoFit


def status_and_size(rest: bytes) -> bool:
    """Tell whether a quote is there with a status, a size, and then a space or the end behind it."""
    words = rest[2:].split(b" ", 2)
    return rest.startswith(b'" ') and len(words) > 1 and _is_status(words[0]) and _is_size(words[1])


def _is_status(text: bytes) -> bool:
    return text in (b"000", b"0", b"-1", b"-") or (len(text) == 3 and all_in(text, DIGITS) and text[:1] != b"0")


def _is_size(text: bytes) -> bool:
    return text == b"-" or all_in(text, DIGITS)


def _check(fits: bool) -> None:
    if not fits:
        raise NoFit


def _signed(text: bytes) -> bytes:
    _check(all_in(text.removeprefix(b"-"), DIGITS))
    return text


def _seconds(text: bytes) -> bytes:
    whole, _, part = text.partition(b".")
    _check(all_in(whole, DIGITS) and all_in(part, DIGITS) and len(part) == 3)
    return text


def _iso_zoned(text: bytes) -> int:
    fraction, zone = text[19:], text[19:]
    if fraction[:1] == b".":
        zone = fraction[1:].lstrip(DIGITS)
    _check(text[10:11] == b"T" and (zone == b"Z" or zone[:1] in (b"+", b"-")))
    return iso_us(text)


def _iso_spaced(text: bytes) -> int:
    _check(len(text) == 25 and text[10:11] == b" " and text[19:20] == b" ")
    _check(text[20:21] in (b"+", b"-") and all_in(text[21:], DIGITS))
    return iso_us(text)


def _looks_iso_spaced(text: bytes) -> bool:
    shape = bytes(ord("0") if byte in DIGITS else byte for byte in text)
    return shape in (b"0000-00-00 00:00:00 +0000", b"0000-00-00 00:00:00 -0000")


def _pair(line: Line, agent_ends: Shows | None = None) -> dict[str, bytes | None]:
    line.expect(b'"')
    referer = line.until(lambda rest: rest.startswith(b'" "'))
    line.expect(b'" "')
    agent = line.until(agent_ends or (lambda rest: rest == b'"'))
    line.expect(b'"')
    return {"referer": referer, "agent": agent}


def istio(text: bytes) -> Row:
    line = Line(text)
    time_us = _utc(line.in_brackets())
    line.expect(b" ")
    request = line.loose()
    line.expect(b" ")
    status, _, _ = line.words(3)
    line.upto(b' "')
    line.expect(b" ")
    line.loose()
    line.expect(b" ")
    received, sent, took, upstream = line.words(4)
    found = []
    for _ in range(5):
        found.append(line.loose())
        line.expect(b" ")
    *_, remote, _ = line.words(5)
    line.word()
    texts = {
        "request": request,
        "status": _status(status),
        "bytes_in": _number(received),
        "size": _number(sent),
        "duration": took,
        "upstream": upstream,
        "forwarded": found[0],
        "agent": found[1],
        "vhost": found[3],
        "host": _address(remote),
    }
    return row_of(texts, time_us, {"duration": "ms", "upstream": "ms"})


def npmplus(text: bytes) -> Row:
    line = Line(text)
    time_us = clf_us(line.in_brackets())
    line.expect(b" ")
    vhost, host, took = line.words(3)
    request = line.quoted()
    line.expect(b" ")
    status, size, sent, referer = line.words(4)
    _number(sent)
    _check(line.rest() != b"")
    texts = {
        "vhost": vhost,
        "host": host,
        "duration": _seconds(took),
        "request": request,
        "status": _status(status),
        "size": _number(size),
        "referer": referer,
        "agent": line.rest(),
    }
    return row_of(texts, time_us, {"duration": "s"})


def _family_with(text: bytes, role: str | None, looks: Shows, time_of: Callable[[bytes], int]) -> Row:
    line = Line(text)
    host, _ = line.words(2)
    user = line.upto(b" [")
    line.expect(b" ")
    time_us = time_of(line.in_brackets())
    line.expect(b" ")
    texts: dict[str, bytes | None] = {"host": host, "user": user}
    if role is not None:
        (texts[role],) = line.words(1)
        _check(looks(texts[role] or b""))
    texts["request"] = line.quoted()
    line.expect(b" ")
    (status,) = line.words(1)
    texts |= {"status": _status(status), "size": _number(line.word())}
    return row_of(texts | _tail(line, ("referer", _Line.quoted), ("agent", _Line.quoted)), time_us, {})


_CACHE = (b"HIT", b"MISS", b"BYPASS", b"EXPIRED", b"STALE", b"UPDATING", b"REVALIDATED", b"SCARCE", b"-")


def nginx_cache_status(text: bytes) -> Row:
    return _family_with(text, "cache", lambda word: word in _CACHE, clf_us)


def nginx_host_inside(text: bytes) -> Row:
    return _family_with(text, "vhost", _is_name, clf_us)


def _is_name(text: bytes) -> bool:
    name, colon, port = text.rpartition(b":")
    if not colon or not all_in(port, DIGITS):
        name = text
    inner = name.removeprefix(b"[").removesuffix(b"]")
    if len(inner) == len(name) - 2:
        return all_in(inner, DIGITS + b"abcdefABCDEF:.")
    first, dot, others = name.partition(b".")
    letters = LETTERS + DIGITS + b"-_"
    return name == b"localhost" or (
        bool(dot) and all_in(first, letters) and (not others or all_in(others, letters + b"."))
    )


def combined_iso(text: bytes) -> Row:
    return _family_with(text, None, bool, _iso_zoned)


def gin(text: bytes) -> Row | None:
    if text.startswith(b"[GIN-debug] "):
        return None
    line = Line(text)
    line.expect(b"[GIN] ")
    time = line.fixed(21)
    _check(time[10:13] == b" - " and b"." not in time)
    line.expect(b" |")
    line.colour()
    line.gap()
    status = _status(line.word())
    line.expect(b" ")
    line.colour()
    line.expect(b"|")
    line.colour()
    line.gap()
    took = line.word()
    line.expect(b" ")
    line.colour()
    line.expect(b"|")
    line.gap()
    host = line.word()
    line.expect(b" |")
    line.colour()
    line.expect(b" ")
    method = line.word()
    line.gap()
    if line.rest().startswith(b"\x1b[0m "):
        line.at += 5
    texts = {"status": status, "duration": took, "host": host, "method": method, "target": line.quoted()}
    return row_of(texts, slashes_us(time), {"duration": "s"})


def haproxy_clf(text: bytes) -> Row:
    line = Line(text)
    (host,) = line.words(1)
    line.expect(b"- - ")
    time_us = clf_us(line.in_brackets())
    line.expect(b" ")
    request = line.loose()
    line.expect(b" ")
    status, size = line.words(2)
    line.expect(b'"" "" ')
    _check(all(all_in(number, DIGITS) for number in line.words(2)))
    for _ in range(3):
        line.loose()
        line.expect(b" ")
    *timers, took, termination = line.words(6)
    _check(len(termination) == 4)
    _digits(line.word())
    texts = {
        "host": host,
        "request": request,
        "status": _status(status),
        "size": _digits(size.removeprefix(b"+")),
        "upstream": [_signed(timer) for timer in timers][3],
        "duration": _signed(took.removeprefix(b"+")),
    }
    return row_of(texts, time_us, {"duration": "ms", "upstream": "ms"})


def squid_combined(text: bytes) -> Row:
    def ends(rest: bytes) -> bool:
        result, colon, hierarchy = rest[2:].partition(b":")
        capitals = CAPITALS + b"_"
        return rest.startswith(b'" ') and all_in(result, capitals) and colon != b"" and all_in(hierarchy, capitals)

    line = Line(text)
    host, _ = line.words(2)
    user = line.upto(b" [")
    line.expect(b" ")
    time_us = clf_us(line.in_brackets())
    line.expect(b" ")
    request = line.request()
    line.expect(b" ")
    status, size = line.words(2)
    texts = {"host": host, "user": user, "request": request, "status": _status(status), "size": _number(size)}
    pair = _pair(line, ends)
    line.expect(b" ")
    return row_of(texts | pair | {"cache": line.upto(b":")}, time_us, {})


_UWSGI = (b"*** ", b"spawned uWSGI ", b"goodbye to uWSGI", b"invalid HTTP request size", b"[uwsgi-")


def uwsgi(text: bytes) -> Row | None:
    try:
        return _uwsgi(text)
    except NoFit:
        words = text.split(b" ", 2)
        if (text[24:27] == b" - " and _looks_asctime(text[:24])) or text.startswith(_UWSGI):
            return None
        if len(words) == 3 and all_in(words[1], DIGITS):
            if words[0] == b"mapped" and words[2].startswith(b"bytes"):
                return None
            if words[0] == b"worker" and words[2].startswith(b"buried "):
                return None
        signals = words[0].split(b"/")
        named = len(signals) == 2 and all(one[:3] == b"SIG" and all_in(one[3:], CAPITALS) for one in signals)
        if named and text[len(words[0]) :].startswith(b" received"):
            return None
        raise


def _looks_asctime(text: bytes) -> bool:
    shape = bytes(
        ord("0") if byte in DIGITS else ord("A") if byte in CAPITALS else ord("a") if byte in LETTERS else byte
        for byte in text
    )
    return shape in (b"Aaa Aaa 00 00:00:00 0000", b"Aaa Aaa  0 00:00:00 0000")


def _uwsgi(text: bytes) -> Row:
    line = Line(text)
    line.expect(b"[pid: ")
    _digits(line.upto(b"|"))
    line.expect(b"|app: ")
    _signed(line.upto(b"|"))
    line.expect(b"|req: ")
    _digits(line.upto(b"/"))
    line.expect(b"/")
    _digits(line.upto(b"]"))
    line.expect(b"] ")
    host = line.before(b" ")
    line.expect(b" (")
    user = line.before(b") {")
    line.expect(b") {")
    _digits(line.word())
    line.expect(b" vars in ")
    _digits(line.word())
    line.expect(b" bytes} [")
    time_us = asctime_us(line.fixed(24))
    line.expect(b"] ")
    method = line.before(b" ")
    line.expect(b" ")
    target = line.before(b" => generated ")
    line.expect(b" => generated ")
    size = _digits(line.word())
    line.expect(b" bytes in ")
    took, unit = None, "ms"
    number, _, behind = line.rest().partition(b" ")
    for word, its in ((b"msecs", "ms"), (b"micros", "us")):
        if took is None and all_in(number, DIGITS) and behind.startswith(word):
            took, unit = number, its
            line.at += len(number) + 1 + len(word)
    line.before(b" (")
    line.expect(b" (")

    def ends(rest: bytes) -> bool:
        status, bracket, counts = rest[1:].partition(b") ")
        count, headers, _ = counts.partition(b" headers in ")
        known = rest[:1] == b" " and _is_status(status) and bracket != b""
        return known and headers != b"" and all_in(count, DIGITS)

    line.until(ends)
    line.expect(b" ")
    status = _status(line.upto(b")"))
    line.expect(b") ")
    _digits(line.word())
    line.expect(b" headers in ")
    _digits(line.word())
    line.expect(b" bytes (")
    texts = {"host": host, "user": user, "method": method, "target": target, "size": size, "duration": took}
    return row_of(texts | {"status": status}, time_us, {"duration": unit})


def hypercorn(text: bytes) -> Row | None:
    try:
        return _hypercorn(text)
    except NoFit:
        line = Line(text)
        _check(_looks_iso_spaced(line.in_brackets()))
        line.expect(b" ")
        _digits(line.in_brackets())
        line.expect(b" ")
        _check(all_in(line.in_brackets(), CAPITALS))
        line.expect(b" ")
        word, _, rest = line.rest().partition(b" ")
        _check(not (word and rest.startswith(b"- - [")))
        return None


def _hypercorn(text: bytes) -> Row:
    def ends(rest: bytes) -> bool:
        version = rest[1:].partition(b'"')[0]
        return rest[:1] == b" " and _is_version(version) and status_and_size(rest[1 + len(version) :])

    line = Line(text)
    _check(_looks_iso_spaced(line.in_brackets()))
    line.expect(b" ")
    _digits(line.in_brackets())
    line.expect(b" ")
    _check(all_in(line.in_brackets(), CAPITALS))
    line.expect(b" ")
    (address,) = line.words(1)
    line.expect(b"- - ")
    time_us = clf_us(line.in_brackets())
    line.expect(b' "')
    (method,) = line.words(1)
    target = line.until(ends)
    line.expect(b" ")
    line.upto(b'"')
    line.expect(b'" ')
    status, size = line.words(2)
    texts = {"host": _address(address), "method": method, "target": target}
    texts |= {"status": _status(status), "size": _number(size)}
    row = row_of(texts | _pair(line), time_us, {})
    line.end()
    return row


def _is_version(text: bytes) -> bool:
    major, dot, minor = text.partition(b".")
    return all_in(major, DIGITS) and len(major) == 1 and (not dot or (all_in(minor, DIGITS) and len(minor) == 1))


def granian(text: bytes) -> Row | None:
    def ends(rest: bytes) -> bool:
        words = rest[2:].split(b" ")
        whole, dot, part = words[-1].partition(b".")
        took = all_in(whole, DIGITS) and dot != b"" and all_in(part, DIGITS) and len(part) == 3
        return rest.startswith(b'" ') and len(words) == 2 and _is_status(words[0]) and took

    for level in (b"[INFO] ", b"[WARNING] ", b"[ERROR] "):
        said = text.removeprefix(level)
        verb, _, whom = said.partition(b" ")
        verbs = (b"Spawning", b"Started", b"Stopping", b"Stopped", b"Respawning", b"Restarting", b"Killing")
        starts = (b"Starting granian", b"Shutting down granian", b"Listening at: ")
        if said != text and (said.startswith(starts) or (verb in verbs and whom.startswith(b"worker-"))):
            return None
    line = Line(text)
    time_us = _iso_spaced(line.in_brackets())
    line.expect(b" ")
    (host,) = line.words(1)
    line.expect(b"- ")
    request = line.request(ends)
    line.expect(b" ")
    (status,) = line.words(1)
    texts = {"host": host, "request": request, "status": _status(status), "duration": line.rest()}
    return row_of(texts, time_us, {"duration": "ms"})


def daphne(text: bytes) -> Row | None:
    try:
        line = Line(text)
        (address,) = line.words(1)
        line.expect(b"- - ")
        time_us = local_us(line.in_brackets(), b":")
        line.expect(b' "')
        (method,) = line.words(1)
        target = line.until(status_and_size)
        line.expect(b'" ')
        (status,) = line.words(1)
        texts = {"host": _address(address), "method": method, "target": target, "status": _status(status)}
        row = row_of(texts | {"size": _number(line.rest())}, time_us, {})
    except NoFit:
        row = None
    try:
        line = Line(text)
        line.words(1)
        line.expect(b"- - ")
        line.in_brackets()
        line.expect(b' "WS')
        what = line.word()
        line.expect(b" ")
        target = line.before(b'"')
        line.expect(b'" - -')
        other = what in (b"CONNECTING", b"DISCONNECT") and b" " not in target.removesuffix(b" ")
    except NoFit:
        other = False
    if row is None and not other:
        raise NoFit
    return None if other else row


def httpserver(text: bytes) -> Row | None:
    def ends(rest: bytes) -> bool:
        return status_and_size(rest.removeprefix(b"\x1b[0m"))

    try:
        line = Line(text)
        (host,) = line.words(1)
        line.expect(b"- - ")
        time_us = local_us(line.in_brackets(), b" ")
        line.expect(b' "')
        line.colour()
        line.colour()
        request = line.until(ends)
        if line.rest().startswith(b"\x1b[0m"):
            line.at += 4
        line.expect(b'" ')
        (status,) = line.words(1)
        texts = {"host": host, "request": request, "status": _status(status), "size": _number(line.word())}
        return row_of(texts, time_us, {})
    except NoFit:
        if text.startswith((b"Serving HTTP on ", b" * ", b"Keyboard interrupt received")):
            return None
        line = Line(text)
        before = -1
        while before != line.at:
            before = line.at
            line.colour()
        if line.rest().startswith((b"WARNING: ", b"Press CTRL+C")):
            return None
        line.at = 0
        line.words(1)
        line.expect(b"- - ")
        _check(_looks_local(line.in_brackets()))
        line.expect(b" ")
        _check(line.rest()[:1] != b'"')
        return None


def _looks_local(text: bytes) -> bool:
    day, space, clock = text.partition(b" ")
    shape = bytes(ord("0") if byte in DIGITS else ord("a") if byte in LETTERS else byte for byte in day)
    return shape == b"00/aaa/0000" and space != b"" and len(clock) == 8 and all_in(clock, DIGITS + b":")


def aiohttp(text: bytes) -> Row:
    line = Line(text)
    (host,) = line.words(1)
    time_us = clf_us(line.in_brackets())
    line.expect(b" ")
    request = line.request()
    line.expect(b" ")
    status, size = line.words(2)
    texts = {"host": host, "request": request, "status": _status(status), "size": _number(size)}
    row = row_of(texts | _pair(line), time_us, {})
    line.end()
    return row


def tornado(text: bytes) -> Row | None:
    def ends(rest: bytes) -> bool:
        host, bracket, took = rest[2:].partition(b") ")
        plain = host != b"" and not any(byte in b" ()" for byte in host)
        return rest.startswith(b" (") and plain and bracket != b"" and _is_tornado_ms(took)

    line = Line(text)
    line.expect(b"[")
    level, space = line.fixed(1), line.fixed(1)
    time = line.fixed(15)
    line.expect(b" ")
    module, colon, number = line.upto(b"]").rpartition(b":")
    line.expect(b"] ")
    shape = bytes(ord("0") if byte in DIGITS else byte for byte in time.replace(b":", b"0"))
    _check(level in (b"D", b"I", b"W", b"E", b"C") and space == b" " and shape == b"000000 00000000")
    _check(all_in(time[:6], DIGITS))
    _check(colon != b"" and all_in(module, LETTERS + DIGITS + b"_") and all_in(number, DIGITS))
    other = not (all_in(line.rest()[:3], DIGITS) and line.rest()[3:4] == b" " and len(line.rest()) > 3)
    try:
        _check(level in (b"I", b"W", b"E"))
        status, method = line.words(2)
        target = line.until(ends)
        _check(target != b"")
        line.expect(b" (")
        host = line.upto(b") ")
        line.expect(b") ")
        texts = {"status": _status(status), "method": method, "target": target, "host": host, "duration": line.rest()}
        return row_of(texts, compact_us(time), {"duration": "ms"})
    except NoFit:
        if other:
            return None
        raise


def _is_tornado_ms(text: bytes) -> bool:
    whole, dot, part = text.removesuffix(b"ms").partition(b".")
    return text.endswith(b"ms") and dot != b"" and all_in(whole, DIGITS) and all_in(part, DIGITS) and len(part) == 2


def cherrypy(text: bytes) -> Row:
    line = Line(text)
    host, _ = line.words(2)
    user = line.upto(b" [")
    line.expect(b" ")
    time_us = local_us(line.in_brackets(), b":")
    line.expect(b" ")
    request = line.quoted()
    line.expect(b" ")
    status, size = line.words(2)
    referer = line.quoted()
    line.expect(b" ")
    texts = {"host": host, "user": user, "request": request, "status": _status(status), "size": _number(size)}
    return row_of(texts | {"referer": referer, "agent": line.quoted()}, time_us, {})


def sanic(text: bytes) -> Row | None:
    try:
        return _sanic(text)
    except NoFit:
        if not _is_other_of_sanic(text):
            raise
        return None


def _sanic(text: bytes) -> Row:
    line = Line(text)
    line.upto(b"|")
    line.expect(b"|")
    time_us = _iso_spaced(line.fixed(25))
    line.expect(b" ")
    _check(all_in(line.upto(b":"), CAPITALS))
    line.expect(b": ")
    host = None
    word = line.rest().partition(b" ")[0]
    address, colon, port = word.rpartition(b":")
    inner = address.removeprefix(b"[").removesuffix(b"]")
    is_v6 = len(inner) == len(address) - 2 and all_in(inner, DIGITS + b"abcdefABCDEF:.")
    if colon and all_in(port, DIGITS) and (is_v6 or all_in(address, DIGITS + b".")):
        host = inner if is_v6 else address
        line.at += len(word)
        line.expect(b" ")
    word = line.rest().partition(b" ")[0]
    if (
        any(all_in(word[:size], DIGITS + b"ABCDEF") and all_in(word[size:], LETTERS[26:]) for size in (4, 5))
        and line.rest()[len(word) : len(word) + 1]
    ):
        line.words(1)
    method, target, status, size = line.words(4)
    took = None
    if line.rest():
        line.expect(b" ")
        took = line.rest()
        _check(took.endswith(b"ms") and all_in(took.removesuffix(b"ms"), DIGITS + b"."))
    texts = {"host": host, "method": method, "target": target, "status": _status(status), "size": _digits(size)}
    return row_of(texts | {"duration": took}, time_us, {"duration": "ms"})


def _is_other_of_sanic(text: bytes) -> bool:
    for at in range(len(text)):
        if text[at : at + 1] in (b" ", b"|") and _looks_iso_spaced(text[at + 1 : at + 26]):
            name = text[:at].lstrip(LETTERS)
            start = text[: len(text[:at]) - len(name)]
            rest = name.removeprefix(b" ")
            level, colon, message = text[at + 26 :].partition(b": ")
            fits = start != b"" and len(rest) <= 8 and (not rest or all_in(rest, DIGITS + b" -"))
            if fits and colon and level[:1] == b" " and all_in(level[1:], CAPITALS):
                return not _has_status_and_size(message)
    return False


def _has_status_and_size(message: bytes) -> bool:
    words = message.split(b" ")
    return any(
        all_in(words[at][-3:], DIGITS) and len(words[at]) >= 3 and all_in(words[at + 1], DIGITS)
        for at in range(len(words) - 2)
    )


def twisted(text: bytes) -> Row:
    line = Line(text)
    line.expect(b'"')
    host = line.upto(b'"')
    _check(b" " not in host)
    line.expect(b'" - - ')
    time_us = clf_us(line.in_brackets())
    line.expect(b" ")
    request = line.quoted()
    line.expect(b" ")
    status, size = line.words(2)
    referer = line.quoted()
    line.expect(b" ")
    texts = {"host": host, "request": request, "status": _status(status), "size": _number(size)}
    return row_of(texts | {"referer": referer, "agent": line.quoted()}, time_us, {})


def rack(text: bytes) -> Row:
    line = Line(text)
    *claimed, client = line.upto(b" - ").replace(b", ", b",").split(b",")
    _check(all(all_in(one, DIGITS + b"abcdefABCDEF:.") for one in claimed))
    _check(client != b"" and b" " not in client and b'"' not in client)
    host = text[: line.at]
    line.expect(b" - ")
    user = line.upto(b" [")
    line.expect(b" ")
    time_us = clf_us(line.in_brackets())
    line.expect(b' "')
    method, target = line.words(2)
    protocol = line.upto(b'" ')
    _check(protocol.startswith(b"HTTP/") and all_in(protocol[5:], DIGITS + b"."))
    line.expect(b'" ')
    status, size = line.words(2)
    whole, dot, part = line.rest().partition(b".")
    _check(all_in(whole, DIGITS) and dot != b"" and all_in(part, DIGITS) and len(part) == 4)
    texts = {"host": host, "user": user, "method": method, "target": target, "status": _status(status)}
    return row_of(texts | {"size": _number(size), "duration": line.rest()}, time_us, {"duration": "s"})


_NODE = (
    *(b"Starting up http-server", b"http-server version: ", b"http-server settings: ", b"CORS: ", b"Cache: "),
    *(b"Connection Timeout: ", b"Directory Listings: ", b"AutoIndex: ", b"Serve GZIP Files: ", b"Hit CTRL-C"),
    *(b"Serve Brotli Files: ", b"Default File Extension: ", b"Available on:", b"  http://", b"  https://"),
    b"http-server stopped",
)


def http_server_node(text: bytes) -> Row | None:
    try:
        line = Line(text)
        time_us = _utc(line.in_brackets())
        line.expect(b'  "')
        (method,) = line.words(1)
        target = line.until(lambda rest: rest.startswith(b'" "'))
        line.expect(b'" "')
        agent = line.until(lambda rest: rest == b'"')
        return row_of({"method": method, "target": target, "agent": agent}, time_us, {})
    except NoFit:
        if text.startswith(_NODE):
            return None
        stamp, bracket, rest = text.partition(b"]")
        inner = stamp.removeprefix(b"[").removesuffix(b"Z")
        _check(bracket != b"" and len(inner) == len(stamp) - 2 and all_in(inner, DIGITS + b"T:.-"))
        _check(rest.startswith(b'  "'))
        for at in range(3, len(rest)):
            code = rest[at + 9 : at + 12]
            if rest[at:].startswith(b'" Error (') and all_in(code, DIGITS) and rest[at + 12 :].startswith(b'): "'):
                return None
        raise


def heroku_router(text: bytes) -> Row:
    line = Line(text)
    time_us = _iso_zoned(line.word())
    line.expect(b" heroku[router]:")

    def value(name: bytes) -> bytes:
        line.expect(b" " + name + b"=")
        return line.before(b" ")

    if line.rest().startswith(b" sock="):
        value(b"sock")
    value(b"at")
    if line.rest().startswith(b" code="):
        value(b"code")
        line.expect(b" desc=")
        line.quoted()
    method = value(b"method")
    line.expect(b' path="')
    target = line.before(b'" host=')
    line.expect(b'"')
    vhost = value(b"host")
    value(b"request_id")
    line.expect(b' fwd="')
    host = line.before(b'" dyno=')
    line.expect(b'"')
    value(b"dyno")
    value(b"connect")
    took = value(b"service")
    status = value(b"status")
    size = value(b"bytes")
    texts = {"method": method, "target": target, "vhost": vhost, "host": host, "duration": took}
    return row_of(texts | {"status": _status(status), "size": size}, time_us, {"duration": "ms"})


_ALL: tuple[Callable[[bytes], Row | None], ...] = (
    *(istio, npmplus, nginx_cache_status, nginx_host_inside, combined_iso, gin, haproxy_clf, squid_combined, uwsgi),
    *(hypercorn, granian, daphne, httpserver, aiohttp, tornado, cherrypy, sanic, twisted, http_server_node),
    *(heroku_router, rack),
)
READERS = {reader.__name__: reader for reader in _ALL} | {"werkzeug": httpserver}
"""By the name of the preset."""
