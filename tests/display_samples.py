"""Fixed messages, what the displays make of them, and where the expected bytes are kept."""

import io
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from http_monitor.display.colours import COLOURS
from http_monitor.display.ndjson import NdjsonDisplay
from http_monitor.display.notices import Notices
from http_monitor.display.readings.text import render_formats, render_reading
from http_monitor.display.style import ASCII, UNICODE, Style
from http_monitor.display.text import Display
from http_monitor.episodes import Episode, Episodes
from http_monitor.explanation import FoundField, LineReading
from http_monitor.health import Health
from http_monitor.report import ActiveAlert, AlertEvent, CaughtUp, Message, Report, Rule, Summary, WindowTotals
from http_monitor.report_tables import AgentKinds, Details, Durations, KeyCount, Remainder, SlowEndpoint, Table

GOLDEN = Path(__file__).parent / "golden"
RULES = (Rule("traffic", 10.0, "/s"), Rule("error-rate", 5.0, "%"), Rule("ddos", 5.0, "/s"))
# 2026-03-02 09:30:00 UTC.
START_US = 1_772_443_800_000_000
TEN_S = 10_000_000


@contextmanager
def time_zone(name: str) -> Iterator[None]:
    """Run in that time zone; a POSIX rule needs no zone data on the machine."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    time.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        time.tzset()


CENTRAL_EUROPE = "CET-1CEST,M3.5.0,M10.5.0/3"


def table(*rows: tuple[bytes, int, int], distinct: int | None = None, remainder: Remainder | None = None) -> Table:
    """Return a table of (key, hits, errors); bytes are 100 a hit."""
    counts = tuple(KeyCount(key, hits, 100 * hits, errors) for key, hits, errors in rows)
    return Table(counts, len(rows) if distinct is None else distinct, remainder or Remainder())


def quiet_report() -> Report:
    """Return an interval without hits."""
    return Report(
        rules=RULES,
        seq=1,
        mode="live",
        start_us=START_US,
        end_us=START_US + TEN_S,
        hits=0,
        size_bytes=0,
        errors=0,
        late_hits=0,
        late_bytes=0,
        late_errors=0,
        distinct_hosts=0,
        status=(),
        methods=(),
        sections=Table(),
        endpoints=Table(),
        hosts=Table(),
        users=Table(),
        agents=Table(),
        referers=Table(),
        window=WindowTotals(120, 14, 1_400, 0, (0,) * 46 + (14,) + (0,) * 13),
        last_us=START_US - 17_000_000,
        active=(),
        health=Health(lines=14, accepted=14),
    )


def busy_report() -> Report:
    """Return an interval of a combined log, all tables filled."""
    return replace(
        quiet_report(),
        seq=2,
        hits=1_234,
        size_bytes=12_910_000,
        errors=29,
        distinct_hosts=87,
        status=((200, 1_050), (206, 21), (301, 3), (304, 44), (403, 8), (404, 79), (500, 20), (503, 9)),
        methods=((b"GET", 1_200), (b"POST", 34)),
        sections=table(
            (b"/api", 700, 20),
            (b"/images", 301, 0),
            (b"/", 120, 9),
            (b"/blog", 80, 0),
            (b"/presentations", 33, 0),
        ),
        endpoints=table(
            (b"/api/v1/users", 400, 11),
            (b"/api/v1/orders/2026/03/02/confirmation/of/a/very/long/path/indeed/index.html", 300, 9),
            (b"/images/logo.png", 201, 0),
            (b"/", 120, 9),
            (b"/blog/geekery/ssl-latency.html", 80, 0),
            distinct=140,
        ),
        hosts=table(
            (b"192.0.2.17", 310, 9),
            (b"198.51.100.4", 290, 0),
            (b"2001:db8:85a3:8d3:1319:8a2e:370:7348", 120, 0),
            (b"crawl-66-249-73-135.example.com", 60, 0),
            (b"203.0.113.9", 44, 1),
            distinct=87,
        ),
        users=table((b"arthur", 410, 3), (b"lancelot", 300, 2), (b"robin", 99, 0)),
        agents=table(
            (b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0", 900, 3),
            (b"curl/8.1.2", 200, 0),
            distinct=2_000,
            remainder=Remainder(hits=12, size_bytes=1_200, errors=1, error_bound=4),
        ),
        referers=table((b"https://www.example.org/", 77, 0)),
        window=WindowTotals(120, 1_180, 9_000_000, 31, tuple(range(60))),
        health=Health(lines=9_999, accepted=9_999),
    )


def alerting_report() -> Report:
    """Return the busy interval above its thresholds, with every health counter."""
    return replace(
        busy_report(),
        seq=3,
        late_hits=12,
        late_bytes=1_200,
        late_errors=1,
        window=WindowTotals(120, 3_000, 9_000_000, 330, tuple(50 - abs(30 - slot) for slot in range(60))),
        active=(
            ActiveAlert("traffic", None, START_US + 2_000_000),
            ActiveAlert("error-rate", None, START_US + 4_000_000),
            ActiveAlert("ddos", b"2001:db8:85a3:8d3:1319:8a2e:370:7348", START_US + 5_000_000),
        ),
        health=Health(
            lines=10_061,
            accepted=10_000,
            malformed=9,
            late=200,
            too_late=40,
            ahead=11,
            held=1,
            lag_bytes=2 << 20,
            lost_bytes=12,
            rotations=1,
            truncations=2,
            oversized=3,
            clock_steps=1,
            observer_restarts=4,
            lateness_advice_s=60,
        ),
        partial=True,
        events=2,
    )


HOSTILE = (
    b"/\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "/bidi\u202egnp.exe\u200b\ufeff".encode(),
    b"/line\nbreak\r\ttab\x00nul\x7fdel\xc2\x85nel" + "\u2028\u2029".encode(),
    b"/\xff\xfe\xc3(\xed\xa0\x80/not-utf-8",
    b"/" + b"long/" * 4_000,
    ("/宽" * 60).encode(),
    ("/e" + "\u0301" * 500).encode(),
    b"/look\\x1balike",
    b"/look\x1balike",
    "/sel\ufe0f\u3164\U000e0100\U0010ffff".encode(),
    b"",
    b"[bold]/<b>&amp;\"'=1+1",
)


def hostile_report() -> Report:
    """Return an interval whose every key wants to break the screen."""
    keys = [(key, 40 - index, index % 3) for index, key in enumerate(HOSTILE)]
    return replace(
        quiet_report(),
        seq=4,
        hits=sum(hits for _, hits, _ in keys),
        size_bytes=1 << 62,
        errors=11,
        distinct_hosts=12,
        status=tuple((code, 1) for code in range(100, 1000, 37)),
        methods=((b"GET", 3), (b"get_it-all", 4)),
        sections=table(*keys),
        endpoints=table(*keys),
        hosts=table(*keys),
        users=table(*keys),
        agents=table(*keys),
        referers=table(*keys),
        window=WindowTotals(86_400, (1 << 63) - 1, 0, 1 << 40, (1, 0, 1 << 60)),
        active=tuple(ActiveAlert("ddos", key, START_US) for key in HOSTILE),
        health=Health(lines=10**15, accepted=10**15),
    )


def alert(state: str = "raised") -> AlertEvent:
    """Return an alert on the traffic, raised or recovered."""
    return AlertEvent(
        state="raised" if state == "raised" else "recovered",
        name="traffic",
        subject=None,
        at_us=START_US + 2_000_000,
        value=12.345,
        threshold=10.0,
        hits=1_481,
        window_s=120,
        title="High traffic",
        reading="hits = 12.35",
    )


def hostile_alert() -> AlertEvent:
    """Return an alert on a host that is not one, its title as an alert makes it."""
    return replace(
        alert(),
        name="ddos",
        subject=HOSTILE[1],
        title="Flood from /bidi\\u202egnp.exe\\u200b\\ufeff",
    )


def flood(state: str, after_s: int, subject: bytes = b"203.0.113.1") -> AlertEvent:
    """Return an alert on a host, raised or recovered so long after the start."""
    return replace(
        alert(state),
        name="ddos",
        subject=subject,
        at_us=START_US + after_s * 1_000_000,
        title=f"Flood from {subject.decode()}",
        reading="hits = 6.00",
    )


def summary() -> Summary:
    """Return the end of a replay in which something of each kind went wrong."""
    busy = busy_report()
    return Summary(
        mode="replay",
        first_us=START_US - 300_123_000_000,
        last_us=START_US,
        hits=10_000,
        size_bytes=2_747_282_740,
        errors=29,
        status=busy.status,
        methods=busy.methods,
        sections=busy.sections,
        endpoints=busy.endpoints,
        hosts=busy.hosts,
        users=Table(),
        agents=busy.agents,
        referers=busy.referers,
        alerts=4,
        active=alerting_report().active[:1],
        episodes=Episodes(
            (
                Episode("traffic", None, START_US + 2_000_000, None, 1, 12.345, "/s"),
                Episode("ddos", b"203.0.113.1", START_US + 3_000_000, START_US + 80_000_000, 3, 6.1, "/s"),
            )
        ),
        health=alerting_report().health,
    )


def empty_summary() -> Summary:
    """Return the end of a run that saw nothing."""
    return Summary(
        mode="live",
        first_us=None,
        last_us=None,
        hits=0,
        size_bytes=0,
        errors=0,
        status=(),
        methods=(),
        sections=Table(),
        endpoints=Table(),
        hosts=Table(),
        users=Table(),
        agents=Table(),
        referers=Table(),
        alerts=0,
        active=(),
        health=Health(),
    )


def details() -> Details:
    """Return all that a log can say beyond the combined format."""
    return Details(
        vhosts=table((b"shop.example.org", 900, 29), (b"www.example.org", 334, 0)),
        duration=Durations(1_234, 12_288, 339_968, 1_245_184),
        upstream=Durations(1_180, 9_664, 320_000, 1_190_000),
        slowest=(
            SlowEndpoint(b"/api/v1/orders/2026/03/02/confirmation/of/a/very/long/path/indeed", 300, 360_000_001),
            SlowEndpoint(b"/api/v1/users", 400, 40_000_000),
            SlowEndpoint(b"/blog/geekery/ssl-latency.html", 80, 1_000_000),
            SlowEndpoint(b"/", 120, 372_000),
            SlowEndpoint(b"/images/logo.png", 201, 30_150),
        ),
        bytes_in=3_250_000,
        cache=((b"EXPIRED", 12), (b"HIT", 1_100), (b"MISS", 122)),
        tls=((b"TLSv1.2", 34), (b"TLSv1.3", 1_200)),
        browsers=table((b"Chrome", 900, 3), (b"curl", 200, 0), distinct=40),
        systems=table((b"Linux", 700, 2), (b"Windows", 200, 1)),
        kinds=AgentKinds(person=890, bot=247, library=96, unknown=1),
        sources=table((b"web-1", 1_000, 20), (b"web-2", 234, 9)),
    )


def detailed_report() -> Report:
    """Return the busy interval of a log that says all there is to say."""
    return replace(busy_report(), details=details())


SCENES: dict[str, tuple[Message, ...]] = {
    "quiet": (quiet_report(), replace(quiet_report(), seq=2), empty_summary()),
    "busy": (busy_report(), replace(busy_report(), seq=3, catch_up=True), CaughtUp(11_520, 1_234_567, 1)),
    "alerting": (alert(), alerting_report(), alert("recovered"), replace(alerting_report(), active=(), partial=False)),
    "hostile": (hostile_alert(), hostile_report()),
    "detailed": (detailed_report(), replace(summary(), details=details())),
    "summary": (alert(), flood("raised", 3), flood("recovered", 80), summary()),
}


def shown(messages: Sequence[Message], width: int, *, coloured: bool = False, encoding: str = "utf-8") -> bytes:
    """Return what the text display writes for the messages to a stream of that encoding."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    display = Display(
        stream,
        Notices(io.StringIO()),
        width=lambda: width,
        palette=COLOURS if coloured else None,
    )
    for message in messages:
        display.publish(message)
    return raw.getvalue()


def ndjson(messages: Sequence[Message]) -> bytes:
    """Return what the NDJSON display writes for the messages."""
    raw = io.BytesIO()
    # A stream that could not take every character by itself.
    stream = io.TextIOWrapper(raw, encoding="ascii")
    display = NdjsonDisplay(stream, Notices(io.StringIO()))
    for message in messages:
        display.publish(message)
    return raw.getvalue()


UNICODE_STYLE = Style({}, UNICODE)
EXPLAINED = (
    b"203.0.113.9 - anna [10/Oct/2025:13:55:36.250 +0200] "
    b'"GET /basket/add?item=7&\xe5\x9c\xb0=\x1b[2J HTTP/2.0" 503 - 17'
)

STATUS_AT = EXPLAINED.index(b"503")


def reading(stops_at: int | None = None) -> LineReading:
    """Return what a format made up for this makes of `EXPLAINED`, whole or up to a byte."""
    places = (("host", 0, 11), ("ident", 12, 13), ("user", 14, 18), ("time", 19, 51), ("request", 53, STATUS_AT - 2))
    names = ("status", "size_bytes", "a_directive_with_a_long_name")
    more = (
        (name, STATUS_AT + start, STATUS_AT + stop)
        for name, start, stop in zip(names, (0, 4, 6), (3, 5, 8), strict=True)
    )
    found = tuple(FoundField(*place) for place in (*places, *more) if stops_at is None or place[2] <= stops_at)
    if stops_at is not None:
        return LineReading("made_up", found, None, stops_at + 1, "a status of three digits (100–999)")
    values: dict[str, bytes | int | None] = {
        "host": b"203.0.113.9",
        "ident": None,
        "user": b"anna",
        "time": 1_760_097_336_250_000,
        "method": b"GET",
        "target": EXPLAINED[57 : EXPLAINED.index(b" HTTP/")],
        "section": b"/basket",
        "status": 503,
        "size_bytes": None,
        "a_directive_with_a_long_name": b"17",
    }
    return LineReading("made_up", found, values)


def explanations(width: int, style: Style) -> bytes:
    """Return what is shown of lines that fit and that stop to fit at their beginning, inside, and at their end."""
    shown = [render_reading("line 1", EXPLAINED + b"\r", reading(), width, style)]
    for stop in (0, 30, 76, STATUS_AT, len(EXPLAINED)):
        shown.append(render_reading("access.log, line 1,234:", EXPLAINED, reading(stop), width, style))
    long = LineReading("made_up", (), None, 5_001, "less")
    shown.append(render_reading("line 2", b"x" * 10_000, long, width, style))
    formats = [("made_up", "what a server of this test writes", "https://example.org/" + "x" * 90, EXPLAINED)] * 2
    shown.append(render_formats(formats, width, style))
    return "".join(line + "\n" for lines in shown for line in lines).encode(style.encoding)


def golden_files() -> dict[str, bytes]:
    """Return the name and the bytes of every golden file, as the code makes them now."""
    files: dict[str, bytes] = {}
    with time_zone(CENTRAL_EUROPE):
        for scene, messages in SCENES.items():
            for width in (80, 140):
                files[f"{scene}-{width}.txt"] = shown(messages, width)
                files[f"{scene}-{width}-coloured.txt"] = shown(messages, width, coloured=True)
            files[f"{scene}.ndjson"] = ndjson(messages)
        for width in (80, 140):
            files[f"explanation-{width}.txt"] = explanations(width, UNICODE_STYLE)
        files["explanation-80-coloured.txt"] = explanations(80, Style(COLOURS, UNICODE))
        files["explanation-40-ascii.txt"] = explanations(40, Style({}, ASCII, "ascii"))
        files["hostile-80-ascii.txt"] = shown(SCENES["hostile"], 80, encoding="ascii")
        files["busy-80-ascii.txt"] = shown(SCENES["busy"], 80, encoding="cp1252")
    return files
