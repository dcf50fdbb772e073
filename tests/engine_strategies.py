"""Small logs, as bytes, whose times are interesting for small windows; each comes with options to match."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from tests.reference.clf import parse_log
from tests.reference.shapes import Options

START_S = 1_704_067_200
"""2024-01-01T00:00:00Z; a multiple of every interval and window used here."""

_HOSTS = (b"10.0.0.1", b"10.0.0.1", b"10.0.0.2", b"::1", b"web\xff", b"B", b"a", b"-")
_USERS = (b"-", b"-", b"ann", b"sir robin", b"\xc3\xa9")
_REQUESTS = (
    b"GET /a/b HTTP/1.1",
    b"GET /a HTTP/1.1",
    b"POST /a/c?x=/y HTTP/2",
    b"GET / HTTP/1.0",
    b"GET http://h/b/c?q HTTP/1.1",
    b"OPTIONS * HTTP/1.1",
    b"CONNECT h:443 HTTP/1.1",
    b"-",
    b"",
)
_STATUSES = (200, 200, 200, 304, 404, 500, 503)
_SIZES = (b"-", b"0", b"7", b"1000")
_TAILS = (b"", b"", b' "-" "-"', b' "http://r/" "curl/8"', b' "" "agent \xe2\x80\xae two"', b' "half')
_ZONES = (0, 0, 0, 90, -480)
_BAD_LINES = (b"junk", b'a - - [32/Jan/2024:00:00:00 +0000] "GET / HTTP/1.1" 200 1', b"a\x00")
_LINE_ENDS = (b"\n", b"\n", b"\n", b"\r\n", b"\n\n", b"\n \t\n")


@dataclass(frozen=True)
class _Place:
    """Where a line stands in time, from the latest place that moved the clock of its log."""

    step_s: int
    moves_clock: bool


_PLACES = st.one_of(
    st.sampled_from((0, 0, 0, 1, 1, 1, 2, 3)).map(lambda s: _Place(s, True)),
    st.sampled_from((0, 0, 1, 1, 2)).map(lambda s: _Place(s, True)),
    st.integers(min_value=-12, max_value=-1).map(lambda s: _Place(s, False)),
    st.sampled_from((3, 4, 5, 6, 7, 9, 13, 40, 1_000)).map(lambda s: _Place(s, True)),
    st.sampled_from((4, 5, 6, 9, 3_000_000_000)).map(lambda s: _Place(s, False)),
)


def log_line(
    time_s: int,
    host: bytes = b"a",
    user: bytes = b"-",
    request: bytes = b"GET / HTTP/1.1",
    status: int = 200,
    size: bytes = b"0",
    tail: bytes = b"",
    zone_minutes: int = 0,
) -> bytes:
    """Return a line of the common family, without its line end; `time_s` in seconds since the epoch."""
    moment = datetime.fromtimestamp(0, UTC) + timedelta(seconds=time_s)
    written = f"{moment.astimezone(timezone(timedelta(minutes=zone_minutes))):%d/%b/%Y:%H:%M:%S %z}".encode()
    return b'%b - %b [%b] "%b" %d %b%b' % (host, user, written, request, status, size, tail)


@st.composite
def logs(draw: st.DrawFn, most_lines: int = 30) -> bytes:
    """Return a log of few hosts: lines in order, late, ahead, after gaps; some malformed, some blank.

    A log that is not blank has a well-formed line, so that its format is known.
    """
    entries = draw(
        st.lists(
            st.tuples(
                _PLACES,
                st.sampled_from(_HOSTS),
                st.sampled_from(_STATUSES),
                st.integers(min_value=0, max_value=1 << 20),
                st.sampled_from((1, 1, 1, 1, 2, 3, 5)),
            ),
            max_size=most_lines,
        )
    )
    clock_s = START_S + draw(st.integers(min_value=0, max_value=12))
    out: list[bytes] = []
    for place, host, status, dice, times in entries:
        clock_s += place.step_s if place.moves_clock else 0
        time_s = clock_s if place.moves_clock else clock_s + place.step_s
        chance = random.Random(dice)
        for _ in range(times):
            line = log_line(
                time_s,
                host,
                chance.choice(_USERS),
                chance.choice(_REQUESTS),
                status,
                chance.choice(_SIZES),
                chance.choice(_TAILS),
                chance.choice(_ZONES),
            )
            out.append(line + chance.choice(_LINE_ENDS))
        if chance.random() < 0.15:
            out.append((chance.choice(_BAD_LINES) + b"\n") * chance.choice((1, 1, 1, 2, 9)))
    if out and draw(st.sampled_from((False, False, False, True))):
        out.insert(0, b"junk\n")
    data = b"".join(out)
    return data[:-1] if data and draw(st.booleans()) else data


@st.composite
def held_logs(draw: st.DrawFn) -> bytes:
    """Return a log of lines far ahead, several at once, that others confirm: at once, the tenth, the eleventh, or none.

    Between them stand lines that do not, late ones, and some that are no rows (`tests.others`).
    """
    chance = random.Random(draw(st.integers(min_value=0, max_value=1 << 30)))
    clock_s = START_S + chance.randrange(12)
    waiting: list[int] = []
    quiet = 0
    out: list[bytes] = []
    for _ in range(draw(st.integers(min_value=1, max_value=60))):
        dice = chance.random()
        if dice < 0.08:
            out.append(chance.choice((b"# other", b"# other", b"junk", b"junk", b"junk\njunk\njunk")))
            continue
        if quiet:
            quiet -= 1
            clock_s += chance.choice((0, 0, 0, 0, 1))
            time_s = clock_s
        elif dice < 0.25:
            time_s = clock_s + chance.choice((5, 6, 7, 9, 40, 61, 70, 3_000_000_000))
            waiting.append(time_s)
            quiet = chance.choice((0, 0, 1, 3, 7, 8, 9, 10, 10))
        elif waiting and dice < 0.5:
            time_s = waiting.pop(chance.randrange(len(waiting))) + chance.choice((-61, -60, -59, -5, -4, -3, 0, 1, 5))
            clock_s = max(clock_s, time_s) if time_s < START_S + 1_000_000 else clock_s
        elif dice < 0.6:
            time_s = clock_s - chance.randrange(40)
        else:
            clock_s += chance.choice((0, 0, 1, 2))
            time_s = clock_s
        out.append(log_line(time_s, chance.choice(_HOSTS), status=chance.choice(_STATUSES)))
    out.append(log_line(clock_s))
    return b"".join(line + b"\n" for line in out)


@st.composite
def many_key_logs(draw: st.DrawFn) -> bytes:
    """Return a log with more hosts, paths, users and agents than a small table holds, some much larger than others.

    In some of them keys are long, too long to be kept whole even: what tells these apart stands at their end.
    """
    chance = random.Random(draw(st.integers(min_value=0, max_value=1 << 30)))
    lengths = draw(st.sampled_from(((0,), (0,), (0, 0, 253, 254, 255, 320, 2_045, 2_050), (2_100, 0))))
    # A log that is too large to be shown makes a failing test fail otherwise.
    lines = draw(st.integers(min_value=1, max_value=250 if lengths == (0,) else 30))
    most_keys = draw(st.sampled_from((5, 30, 90)))
    rate = draw(st.sampled_from((2, 10, 60)))
    out: list[bytes] = []
    for no in range(lines):
        long = b"x" * chance.choice(lengths)
        n = int(most_keys * chance.random() ** chance.choice((1, 3)))
        m = int(most_keys * chance.random() ** 2)
        lateness_s = chance.choice((0, 0, 0, 1, 3, 7))
        line = log_line(
            START_S + 10 + no // rate - lateness_s,
            b"%bh%d" % (chance.choice((b"", b"", long)), n),
            b"u%d" % m,
            b"%b /%bs%d/p%d HTTP/1.1" % (b"M" + bytes([65 + n % 26]), long, n, m),
            chance.choice((200, 100 + n, 500)),
            b"%d" % m,
            b' "r%d" "%ba%d"' % (m, long, n),
        )
        out.append(line + b"\n")
    return b"".join(out)


@st.composite
def options(draw: st.DrawFn, max_keys: tuple[int, ...] = (1, 2, 1_000)) -> Options:
    """Return settings under which a log of seconds raises, recovers, cuts and loses lines."""
    bucket_size_s = draw(st.sampled_from((1, 1, 3)))
    return Options(
        interval_s=draw(st.sampled_from((3, 3, 6, 9))),
        window_s=draw(st.sampled_from((6, 6, 3, 12))),
        bucket_size_s=bucket_size_s,
        lateness_s=draw(st.integers(min_value=0, max_value=2)),
        max_ahead_s=draw(st.sampled_from((4, 4, 0, 60))),
        alert_threshold=draw(st.sampled_from((0.5, 1.0, 1.5, 1 / 3))),
        alert_error_rate=draw(st.sampled_from((5.0, 25.0, 50.0, 100 / 3))),
        ddos_threshold=draw(st.sampled_from((0.5, 1.0, 1 / 3))),
        alert_malformed=draw(st.sampled_from((None, 5.0, 25.0, 50.0, 100 / 3))),
        alert_min_hits=draw(st.sampled_from((0, 1, 3, 20))),
        alert_for_s=draw(st.sampled_from((0, 0, 0, 1, 3, 20))),
        alert_recover_at=draw(st.sampled_from((100.0, 100.0, 80.0, 50.0, 0.0))),
        top=draw(st.sampled_from((1, 2, 5))),
        max_keys=draw(st.sampled_from(max_keys)),
    )


def has_known_format(data: bytes) -> bool:
    """Return whether a replay takes a log: one of its lines fits, or it has none."""
    parsed = parse_log(data)
    return bool(parsed.rows) or not parsed.lines


def cases() -> st.SearchStrategy[tuple[list[bytes], Options]]:
    """Return one log, seldom two or three, with options."""
    files = st.one_of(st.lists(logs(), min_size=1, max_size=1), st.lists(logs(most_lines=15), min_size=1, max_size=3))
    return st.tuples(files, options())


def held_cases() -> st.SearchStrategy[tuple[list[bytes], Options]]:
    """Return one log or two with lines that are held, with options."""
    return st.tuples(st.lists(held_logs(), min_size=1, max_size=2), options())


def many_key_cases() -> st.SearchStrategy[tuple[list[bytes], Options]]:
    """Return logs with many keys under options with small tables."""
    return st.tuples(st.lists(many_key_logs(), min_size=1, max_size=2), options(max_keys=(1, 1, 2, 3, 20)))
