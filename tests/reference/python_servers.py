"""Slow, obvious readers of what Python's servers write, from left to right; None: no finished request."""

from tests.reference.loose_line import (
    CAPITALS,
    Line,
    check,
    is_status,
    iso_spaced_us,
    looks_iso_spaced,
    read_pair,
    signed,
    status_and_size,
)
from tests.reference.servers import _address, _digits, _number, _status
from tests.reference.values import (
    DIGITS,
    LETTERS,
    NoFit,
    Row,
    all_in,
    asctime_us,
    clf_us,
    compact_us,
    local_us,
    row_of,
)

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
    signed(line.upto(b"|"))
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
        known = rest[:1] == b" " and is_status(status) and bracket != b""
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
        check(looks_iso_spaced(line.in_brackets()))
        line.expect(b" ")
        _digits(line.in_brackets())
        line.expect(b" ")
        check(all_in(line.in_brackets(), CAPITALS))
        line.expect(b" ")
        word, _, rest = line.rest().partition(b" ")
        check(not (word and rest.startswith(b"- - [")))
        return None


def _hypercorn(text: bytes) -> Row:
    def ends(rest: bytes) -> bool:
        version = rest[1:].partition(b'"')[0]
        return rest[:1] == b" " and _is_version(version) and status_and_size(rest[1 + len(version) :])

    line = Line(text)
    check(looks_iso_spaced(line.in_brackets()))
    line.expect(b" ")
    _digits(line.in_brackets())
    line.expect(b" ")
    check(all_in(line.in_brackets(), CAPITALS))
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
    row = row_of(texts | read_pair(line), time_us, {})
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
        return rest.startswith(b'" ') and len(words) == 2 and is_status(words[0]) and took

    for level in (b"[INFO] ", b"[WARNING] ", b"[ERROR] "):
        said = text.removeprefix(level)
        verb, _, whom = said.partition(b" ")
        verbs = (b"Spawning", b"Started", b"Stopping", b"Stopped", b"Respawning", b"Restarting", b"Killing")
        starts = (b"Starting granian", b"Shutting down granian", b"Listening at: ")
        if said != text and (said.startswith(starts) or (verb in verbs and whom.startswith(b"worker-"))):
            return None
    line = Line(text)
    time_us = iso_spaced_us(line.in_brackets())
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
        check(_looks_local(line.in_brackets()))
        line.expect(b" ")
        check(line.rest()[:1] != b'"')
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
    row = row_of(texts | read_pair(line), time_us, {})
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
    check(level in (b"D", b"I", b"W", b"E", b"C") and space == b" " and shape == b"000000 00000000")
    check(all_in(time[:6], DIGITS))
    check(colon != b"" and all_in(module, LETTERS + DIGITS + b"_") and all_in(number, DIGITS))
    other = not (all_in(line.rest()[:3], DIGITS) and line.rest()[3:4] == b" " and len(line.rest()) > 3)
    try:
        check(level in (b"I", b"W", b"E"))
        status, method = line.words(2)
        target = line.until(ends)
        check(target != b"")
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
    time_us = iso_spaced_us(line.fixed(25))
    line.expect(b" ")
    check(all_in(line.upto(b":"), CAPITALS))
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
        check(took.endswith(b"ms") and all_in(took.removesuffix(b"ms"), DIGITS + b"."))
    texts = {"host": host, "method": method, "target": target, "status": _status(status), "size": _digits(size)}
    return row_of(texts | {"duration": took}, time_us, {"duration": "ms"})


def _is_other_of_sanic(text: bytes) -> bool:
    for at in range(len(text)):
        if text[at : at + 1] in (b" ", b"|") and looks_iso_spaced(text[at + 1 : at + 26]):
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
    check(b" " not in host)
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
