"""Hypothesis strategies for access logs: regular, mutated, hostile and moving in time."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.field_texts import (
    ADDRESSES,
    BAD_PAIRS,
    BAD_REQUESTS,
    BAD_SIZES,
    BAD_STATUSES,
    BAD_TIMES,
    EXTRAS,
    HOSTILE_WHOLE,
    LOOKALIKES,
    METHODS,
    NAMES,
    ODD_BYTES,
    PROTOCOLS,
    QUOTED,
    REQUESTS,
    SIZES,
    STATUSES,
    TARGETS,
    USERS,
    VHOSTS,
)

KINDS = ("common", "combined", "vhost_common", "vhost_combined")

_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
START_S = 1_709_978_400
"""2024-03-09 10:00:00 UTC, a multiple of every usual window: where `timed_logs` begins."""


def _any_of(*choices: bytes) -> st.SearchStrategy[bytes]:
    return st.sampled_from(choices)


def _mostly(usual: bytes, *others: bytes) -> st.SearchStrategy[bytes]:
    return st.sampled_from((usual,) * (4 * len(others)) + others)


_separators = _mostly(b" ", b"\t", b"  ", b" \t ")
_field_bytes = st.binary(min_size=1, max_size=6).filter(lambda field: not set(field) & set(b" \t\n\r["))
_hosts = st.one_of(_any_of(*ADDRESSES), _any_of(*ADDRESSES), _any_of(*NAMES), _any_of(*LOOKALIKES), _field_bytes)
_texts = st.one_of(
    _any_of(*QUOTED),
    _any_of(*QUOTED),
    st.binary(max_size=12).map(lambda raw: raw.replace(b"\n", b"").replace(b"\\", rb"\\").replace(b'"', rb"\"")),
)
_requests = st.one_of(
    st.builds(lambda m, t, p: m + b" " + t + p, _any_of(*METHODS), _any_of(*TARGETS), _any_of(*PROTOCOLS)),
    st.builds(lambda t: b"GET " + t + b" HTTP/1.1", _texts),
    _any_of(*REQUESTS),
)


@st.composite
def times(draw: st.DrawFn) -> bytes:
    """Draw ``[10/Oct/2000:13:55:36 -0700]``: any year, any offset, one-digit fields, second 60."""
    moment = draw(st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(9998, 12, 31, 23, 59, 59)))
    form = draw(st.sampled_from((b"%02d", b"%02d", b"%02d", b"%d")))
    second = draw(st.sampled_from((moment.second,) * 9 + (60,)))
    zone = draw(st.one_of(_any_of(b"+0000", b"-0700", b"+0530", b"-0000", b"UTC", b"Z"), _zones()))
    pattern = b"[" + form + b"/%b/%04d:" + form + b":" + form + b":" + form + b" %b]"
    clock = (moment.hour, moment.minute, second, zone)
    return pattern % (moment.day, _MONTHS[moment.month - 1], moment.year, *clock)


def _zones() -> st.SearchStrategy[bytes]:
    return st.builds(
        lambda sign, hours, minutes: b"%b%02d%02d" % (sign, hours, minutes),
        _any_of(b"+", b"-"),
        st.integers(0, 23),
        st.integers(0, 59),
    )


@dataclass(frozen=True, slots=True)
class _Pieces:
    """What a well-formed line is made of, each the bytes of the log."""

    front: tuple[bytes, ...]
    """Host, ident and user, a vhost before them or not."""
    time: bytes
    request: bytes
    status: bytes
    size: bytes
    pair: tuple[bytes, ...]
    """Referer and agent, or nothing."""
    extra: bytes
    wrapped: bool = False
    """Whether there are quotes round the whole line."""


@st.composite
def _pieces(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> _Pieces:
    kind = draw(st.sampled_from(kinds))
    front: tuple[bytes, ...] = (draw(_hosts), draw(_mostly(b"-", b"ident", b"a:1", b"1.2.3.4")), draw(_any_of(*USERS)))
    if kind.startswith("vhost"):
        front = (draw(st.one_of(_any_of(*VHOSTS), _any_of(*LOOKALIKES, b"www.example.com"))), *front)
    pair = (draw(_texts), draw(_texts)) if kind.endswith("combined") else ()
    return _Pieces(
        front,
        draw(times()),
        draw(_requests),
        draw(_any_of(*STATUSES)),
        draw(_any_of(*SIZES)),
        pair,
        draw(_any_of(*EXTRAS)) if pair else draw(_any_of(b"", b"", b" ", b" 0.003", b' "x"', b' "x" y', b"\tz")),
        draw(st.integers(0, 15)) == 15,
    )


def _joined(pieces: _Pieces, separator: bytes) -> bytes:
    quoted = [b'"' + text + b'"' for text in pieces.pair]
    parts = [*pieces.front, pieces.time, b'"' + pieces.request + b'"', pieces.status, pieces.size, *quoted]
    line = separator.join(parts) + pieces.extra
    return b'"' + line + b'"' if pieces.wrapped else line


def lines(kinds: tuple[str, ...] = KINDS) -> st.SearchStrategy[bytes]:
    """Draw a line, without its LF, from the format; nearly all fit it."""
    return st.builds(_joined, _pieces(kinds), _separators)


_EDITS: tuple[Callable[[bytes, int, bytes], bytes], ...] = (
    lambda line, at, new: line[:at] + new + line[at:],
    lambda line, at, new: line[:at] + new + line[at + len(new) :],
    lambda line, at, new: line[:at] + line[at + len(new) :],
    lambda line, at, new: line[:at] + line[at : at + len(new)] * 2 + line[at + len(new) :],
    lambda line, at, new: line[:at],
)


_new_bytes = st.one_of(_any_of(*ODD_BYTES), _any_of(*ODD_BYTES), st.binary(min_size=1, max_size=3))


@st.composite
def mutated_lines(draw: st.DrawFn) -> bytes:
    """Draw a line of the format, edited in one to four places; an LF may be among what came in."""
    line = draw(lines())
    for _ in range(draw(st.integers(1, 4))):
        edit = draw(st.sampled_from(_EDITS))
        line = edit(line, draw(st.integers(0, len(line))), draw(_new_bytes))
    return line


@st.composite
def hostile_lines(draw: st.DrawFn) -> bytes:
    """Draw a line that tries to mislead: bad quotes, bytes, dates, numbers, vhosts that are none; some still fit."""
    if draw(st.integers(0, 5)) == 0:
        return draw(_any_of(*HOSTILE_WHOLE))
    base = draw(_pieces(("common",)))
    front = draw(
        st.lists(
            st.one_of(_any_of(*LOOKALIKES), _any_of(*LOOKALIKES), _any_of(b"-", b"h"), _field_bytes),
            min_size=2,
            max_size=5,
        )
    )
    spoilt = draw(st.sets(st.sampled_from(("front", "time", "request", "status", "size", "pair")), max_size=2))
    parts = [
        *(front if "front" in spoilt else base.front),
        draw(_any_of(*BAD_TIMES)) if "time" in spoilt else base.time,
        draw(_any_of(*BAD_REQUESTS)) if "request" in spoilt else b'"' + base.request + b'"',
        draw(_any_of(*BAD_STATUSES)) if "status" in spoilt else base.status,
        draw(_any_of(*BAD_SIZES)) if "size" in spoilt else base.size,
    ]
    end = draw(_any_of(*BAD_PAIRS)) if "pair" in spoilt else base.extra
    lead = draw(_mostly(b"", b" ", b"\t", b"\r", b"\x0b", b"\xef\xbb\xbf"))
    return lead + draw(_separators).join(parts) + end


_RACK_END = b' - - [10/Oct/2025:13:55:36 +0000] "GET /a HTTP/1.1" 200 5 0.0021'
_HEADER_PIECES = (
    *(b"1.2.3.4", b"a", b"web:80", b" ", b",", b", ", b" - ", b" - - ", b"-", b'"', b"[", b"\t", b"\\", b"2001:db8::1"),
    *(b"[..]", b"[01/Jan/2030:00:00:00 +0000]", b' [01/Jan/2030:00:00:00 +0000] "', b"\xff", _RACK_END, _RACK_END[4:]),
)
_ADDED = (b", 198.51.100.9", b", 198.51.100.9:4711", b", 198.51.100.9, 10.0.0.1", b",unknown", b"")
_RACK_ENDS = (
    *(_RACK_END, _RACK_END, _RACK_END.replace(b"- -", b"- John Smith"), _RACK_END.replace(b"- -", b"- ")),
    *(_RACK_END.replace(b"200 5", b"404 -"), _RACK_END.replace(b"/a", b'/a"b'), _RACK_END.replace(b"0.0021", b"0.021")),
    *(_RACK_END + b" ", _RACK_END.replace(b" 5", b"  5"), _RACK_END.replace(b"Oct", b"Okt"), _RACK_END + b"\r"),
)


@st.composite
def header_lines(draw: st.DrawFn) -> bytes:
    """Draw a line of Rack, which logs a header as it came; what a proxy of ours adds may stand behind."""
    header = b"".join(draw(st.lists(_any_of(*_HEADER_PIECES), max_size=6)))
    return header + draw(_any_of(*_ADDED)) + draw(_any_of(*_RACK_ENDS))


@st.composite
def hollow_lines(draw: st.DrawFn) -> bytes:
    """Draw a line of the format whose spaces and quotes stay, while much of what stands between them is gone."""
    runs: list[bytes] = [b""]
    for byte in draw(lines()):
        if byte in b' "':
            runs += [bytes([byte]), b""]
        else:
            runs[-1] += bytes([byte])
    kept = draw(st.sampled_from((0, 0, 1, 2, 6)))
    stays = draw(st.lists(st.integers(0, 7), min_size=len(runs), max_size=len(runs)))
    short = draw(_any_of(b"", b"", b"0", b"[", b"-"))
    return b"".join(run if run in (b" ", b'"') or stay < kept else short for run, stay in zip(runs, stays, strict=True))


_line_ends = _mostly(b"\n", b"\r\n", b"\r\r\n", b" \n", b"\t\r\n")


@st.composite
def logs(draw: st.DrawFn, max_lines: int = 12) -> bytes:
    """Draw a log: regular, mutated, hostile and hollow lines, LF or CRLF, the last line with or without its end."""
    drawn = draw(
        st.lists(
            st.one_of(lines(), lines(), mutated_lines(), hostile_lines(), hollow_lines(), header_lines()),
            max_size=max_lines,
        )
    )
    ends = draw(st.one_of(_any_of(b"\n", b"\r\n").map(lambda end: [end] * len(drawn)), _ends(len(drawn))))
    data = b"".join(line + end for line, end in zip(drawn, ends, strict=True))
    return data if draw(st.booleans()) else data.removesuffix(b"\n")


def _ends(count: int) -> st.SearchStrategy[list[bytes]]:
    return st.lists(_line_ends, min_size=count, max_size=count)


def clf_time(second: int, zone_minutes: int = 0) -> bytes:
    """Return ``[10/Oct/2000:13:55:36 +0000]`` of whole seconds since the epoch, as a zone east of UTC writes it."""
    moment = _EPOCH + datetime.timedelta(seconds=second + 60 * zone_minutes)
    sign = b"-" if zone_minutes < 0 else b"+"
    hours, minutes = divmod(abs(zone_minutes), 60)
    month = _MONTHS[moment.month - 1]
    clock = (moment.hour, moment.minute, moment.second, sign, hours, minutes)
    return b"[%02d/%b/%04d:%02d:%02d:%02d %b%02d%02d]" % (moment.day, month, moment.year, *clock)


@dataclass(frozen=True, slots=True)
class Step:
    """What a log of `timed_lines` writes next."""

    ahead_s: int
    """How far the log's own clock moves on."""
    offset_s: int
    """What the line's time is away from that clock: behind it by jitter, or far off."""
    repeat: int
    """How many such lines; 0: a line that does not fit instead."""


_steps = st.builds(
    Step,
    ahead_s=st.sampled_from((0,) * 6 + (1,) * 8 + (2, 3, 5, 8, 10, 13, 30, 61, 119, 120, 121, 400, 4000)),
    offset_s=st.sampled_from((0,) * 20 + (-1, -1, -1, -2, -3, -5, -9, -30, -118, -121, -5000, 59, 60, 61, 90, 10**8)),
    repeat=st.sampled_from((1,) * 10 + (2, 3, 5, 12, 0)),
)


@st.composite
def timed_lines(draw: st.DrawFn, max_steps: int = 40, start_s: int = START_S) -> list[bytes]:
    """Draw lines, each with its LF, as a busy server writes them.

    Times move on with jitter, gaps, an old or a far-future line now and then; few hosts and sections; a few
    malformed and blank lines.
    """
    second = start_s + draw(st.integers(0, 11))
    host_count, section_count = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    written: list[bytes] = []
    # Left to itself a list of Hypothesis is short, and little happens in a short log.
    count = draw(st.integers(0, max_steps))
    for step in draw(st.lists(_steps, min_size=count, max_size=count)):
        second += step.ahead_s
        if step.repeat == 0:
            written.append(draw(_any_of(b"not a line\n", b"\n", b'"\n', b"\xff\r\n", b"h - - [x] -\n")))
            continue
        seed = draw(st.integers(0, 2**20))
        line = _timed_line(max(0, second + step.offset_s), seed, host_count, section_count)
        written.extend([line] * step.repeat)
    return written


def _timed_line(second: int, seed: int, host_count: int, section_count: int) -> bytes:
    """Return a line whose fields are the digits of `seed`: one draw is quicker than ten."""
    seed, host_no = divmod(seed, host_count)
    seed, section_no = divmod(seed, section_count)
    seed, leaf_no = divmod(seed, 3)
    seed, status_no = divmod(seed, 6)
    seed, size_no = divmod(seed, 5)
    seed, zone_no = divmod(seed, 8)
    seed, pair_no = divmod(seed, 3)
    target = b"/s%d%b" % (section_no, (b"", b"/x", b"/y?z=1")[leaf_no])
    request = b"-" if size_no == 4 and leaf_no == 2 else b"%b %b HTTP/1.1" % ((b"GET", b"POST")[seed % 2], target)
    status = (200, 200, 200, 404, 500, 503)[status_no]
    size = (b"-", b"0", b"10", b"2326", b"1000000")[size_no]
    time = clf_time(second, (0, 0, 0, 0, 0, 0, 330, -420)[zone_no])
    pair = (b"", b' "-" "agent"', b' "https://example.com/" "-"')[pair_no]
    user = (b"-", b"frank", b"arthur")[seed % 3]
    return b'192.0.2.%d - %b %b "%b" %d %b%b\n' % (host_no + 1, user, time, request, status, size, pair)


def timed_logs(max_steps: int = 40, start_s: int = START_S) -> st.SearchStrategy[bytes]:
    """Draw a log as `timed_lines` does, in one piece, the last line with or without its LF."""
    return st.builds(
        lambda written, whole: b"".join(written) if whole else b"".join(written).removesuffix(b"\n"),
        timed_lines(max_steps, start_s),
        st.booleans(),
    )


def cuts(data: bytes, max_cuts: int = 8) -> st.SearchStrategy[list[bytes]]:
    """Draw a way to cut `data` anywhere; the chunks, some of them empty, joined are `data`."""
    return st.lists(st.integers(0, len(data)), max_size=max_cuts).map(lambda at: _cut(data, sorted(at)))


def line_cuts(data: bytes, max_cuts: int = 8) -> st.SearchStrategy[list[bytes]]:
    """Draw a way to cut `data` only behind an LF, as a source hands it over; the chunks joined are `data`."""
    ends = [at + 1 for at, byte in enumerate(data) if byte == ord("\n")] or [0]
    return st.lists(st.sampled_from(ends), max_size=max_cuts).map(lambda at: _cut(data, sorted(at)))


def _cut(data: bytes, at: list[int]) -> list[bytes]:
    return [data[start:end] for start, end in zip([0, *at], [*at, len(data)], strict=True)]
