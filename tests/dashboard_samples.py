"""Pictures of the dashboard, made from small tables, and what is on the screen as text.

Now is 2026-10-02 12:05:00 UTC in all of them; whoever shows times sets the zone by `display_samples.time_zone`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from http_monitor.dashboard.drawing.cells import Row
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.answers import Answers, LinesAnswer, ShownLine, TableAnswer
from http_monitor.dashboard.state.facts import Episode, Facts
from http_monitor.dashboard.state.place import Place
from http_monitor.dashboard.state.scene import Marker, Scene
from http_monitor.health import Health
from http_monitor.ports.views import FoundLine, Held, Point, TableView, Totals, ViewRow, ViewSpan
from http_monitor.records import LogFile
from http_monitor.report import AlertEvent, Notice, Pulse, Report, Rule, WindowTotals
from http_monitor.report_tables import Breakdown, Coverage, Share
from tests.display_samples import busy_report, quiet_report

S = 1_000_000
NOW_US = 1_790_942_700 * S
"""2026-10-02 12:05:00 UTC."""
WINDOW = ViewSpan(NOW_US + 1 - 120 * S, NOW_US + 1)
CHART = ViewSpan(NOW_US - 900 * S, NOW_US)
HELD = Held(NOW_US - 900 * S, NOW_US, 380_000, 0, 14_000_000)
RULES = (Rule("traffic", 1_000.0, "/s"), Rule("error-rate", 5.0, "%"), Rule("ddos", 50.0, "/s"))
LOG = "/var/log/nginx/access.log"

Entry = tuple[bytes, int, int, int]
"""Key, hits, errors, 95th percentile in milliseconds."""
ENDPOINTS: tuple[Entry, ...] = (
    (b"/api/v1/orders", 18_204, 1_411, 840),
    (b"/api/v1/users/me", 9_870, 12, 61),
    (b"/", 7_401, 0, 14),
    (b"/static/app.4f2c.js", 5_512, 0, 2),
    (b"/search", 3_020, 88, 1_240),
    (b"/blog/2026/a-very-long-title-of-a-page-that-nobody-could-type-by-hand/index.html", 1_877, 0, 25),
    (b"/wp-login.php", 1_204, 0, 4),
    (b"/health", 240, 0, 1),
)
BY_DIMENSION: Mapping[str, tuple[Entry, ...]] = {
    "endpoint": ENDPOINTS,
    "section": ((b"/api", 28_074, 1_423, 700), (b"/", 10_661, 88, 300), (b"/static", 5_512, 0, 2)),
    "host": (
        (b"203.0.113.7", 12_040, 1_300, 900),
        (b"198.51.100.23", 2_310, 4, 55),
        (b"2001:db8:85a3::8a2e:370:7334", 811, 0, 48),
        (b"host.example.net", 77, 0, 40),
    ),
    "network": ((b"203.0.113.0/24", 12_611, 1_302, 890), (b"198.51.100.0/24", 4_020, 9, 50)),
    "status": ((b"200", 41_015, 0, 44), (b"404", 3_190, 0, 9), (b"503", 1_511, 1_511, 2_000), (b"304", 1_612, 0, 3)),
    "method": ((b"GET", 41_003, 201, 60), (b"POST", 6_314, 1_310, 800), (b"HEAD", 11, 0, 2)),
    "agent_family": ((b"Chrome", 30_100, 800, 60), (b"curl", 12_002, 711, 900), (b"Googlebot", 410, 0, 70)),
    "agent": ((b"curl/8.4.0", 12_002, 711, 900), (b"Mozilla/5.0 (X11; Linux x86_64) Chrome/129", 9_001, 3, 60)),
    "user": ((b"frank", 120, 0, 30), (b"alice", 44, 1, 31)),
    "referer_host": ((b"www.example.com", 8_120, 2, 40), (b"search.example", 511, 0, 38)),
    "vhost": ((b"shop.example.com", 40_000, 1_500, 100), (b"www.example.com", 7_328, 11, 30)),
}
BYTES_PER_HIT = 1_800
"""Of all rows of the samples."""
# Characters that move the cursor, hide, turn round, take two columns or none; markup, formulas.
HOSTILE_KEYS: tuple[bytes, ...] = (
    b"/\x1b[2J\x1b]0;owned\x07",
    "/\u202egnp.exe\u202c".encode(),
    "/日本語/ページ/とても長い/道/です/ここまで/まだ続く".encode(),
    "/e\u0301\u0301\u0301\u0301\u0301\u200b\ufe0f".encode(),
    b"/\xff\xfe\x80\x00null",
    b"[@click=app.quit]quit[/]",
    b'=HYPERLINK("http://evil.example";"x")',
    "/👩‍👩‍👧‍👧/🏳️‍🌈".encode(),
    b"/" + b"a" * 3_000,
    b"",
    b" ",
)


def screen(rows: Iterable[Row]) -> list[str]:
    """Return the text of each row, without spaces at its end."""
    return ["".join(cell.text for cell in row).rstrip(" ") for row in rows]


def view_row(entry: Entry, *, has_duration: bool = True) -> ViewRow:
    """Return a row of a table."""
    key, hits, errors, p95_ms = entry
    p50, p95 = (p95_ms * 1_000 // 7, p95_ms * 1_000) if has_duration else (None, None)
    return ViewRow(key, hits, BYTES_PER_HIT * hits, errors, p50, p95)


def table_answer(
    entries: Sequence[Entry] = ENDPOINTS,
    span: ViewSpan = WINDOW,
    *,
    keys: int | None = None,
    has_duration: bool = True,
    has_status: bool = True,
    is_whole: bool = True,
    has_before: bool = True,
) -> TableAnswer:
    """Return the table of entries.

    In the span before, the second key has half its hits, the third none, the others a quarter more.
    """
    rows = tuple(view_row(entry, has_duration=has_duration) for entry in entries)
    hits = sum(row.hits for row in rows)
    total = Totals(
        hits=hits,
        size_bytes=sum(row.size_bytes for row in rows),
        errors=sum(row.errors for row in rows),
        with_status=hits if has_status else 0,
        with_size=hits,
        p50_us=12_000 if has_duration and rows else None,
        p95_us=640_000 if has_duration and rows else None,
    )
    before = {row.key: row.hits * 5 // 4 for row in rows}
    if len(rows) > 2:
        before[rows[1].key] = rows[1].hits // 2
        del before[rows[2].key]
    view = TableView(HELD, is_whole, total, rows, len(rows) if keys is None else keys)
    return TableAnswer(view, span, before if has_before else None)


def many_endpoints(count: int = 100) -> list[Entry]:
    """Return endpoints with fewer and fewer hits."""
    return [(b"/api/v1/items/%d" % number, 20_000 // (number + 3), number % 5, number) for number in range(count)]


def tables(*, has_duration: bool = True) -> dict[str, TableAnswer]:
    """Return the table of each dimension of the samples."""
    return {name: table_answer(entries, has_duration=has_duration) for name, entries in BY_DIMENSION.items()}


def points(
    span: ViewSpan = CHART, step_us: int = 5 * S, peak_us: int | None = None, *, has_status: bool = True
) -> dict[int, Point]:
    """Return the points of a chart: a slow wave of about 400 hits/s, from `peak_us` on a minute of failing ones."""
    found: dict[int, Point] = {}
    for start_us in range(span.start_us - span.start_us % step_us, span.end_us, step_us):
        phase = start_us // S % 240
        hits = (340 + abs(phase - 120)) * step_us // S
        errors = hits // 200
        if peak_us is not None and 0 <= start_us - peak_us < 60 * S:
            hits, errors = 5 * hits, hits
        if not has_status:
            status, errors = {"none": hits}, 0
        else:
            status = {"2xx": hits - errors - hits // 10 - hits // 25, "3xx": hits // 25, "4xx": hits // 10}
            status["5xx"] = errors
        found[start_us] = Point(start_us, hits, BYTES_PER_HIT * hits, errors, status)
    return found


def found_lines(count: int = 40) -> LinesAnswer:
    """Return lines, the newest first; the fifth cannot be read any more."""
    return LinesAnswer(tuple(_shown_lines(count)), 1_234, WINDOW, True)


def _shown_lines(count: int) -> Iterator[ShownLine]:
    file = LogFile(LOG, LOG, (1, 2))
    for number in range(count):
        entry = ENDPOINTS[number % len(ENDPOINTS)]
        status = (200, 200, 404, 503, 301)[number % 5]
        host, second = b"198.51.100.%d" % (number % 250), 59 - number % 60
        text = b'%s - - [02/Oct/2026:12:04:%02d +0000] "GET %s HTTP/1.1" %d 1800 "-" "curl/8.4.0"' % (
            host,
            second,
            entry[0],
            status,
        )
        values: dict[str, bytes | int | None] = {
            "host": host,
            "section": b"/" + entry[0].split(b"/")[1],
            "path": entry[0],
            "method": b"GET",
            "user": None,
            "referer": None,
            "agent": b"curl/8.4.0",
            "status": status,
            "size_bytes": 1_800,
            "duration_us": None,
        }
        row = FoundLine(NOW_US - (number + 1) * S, file, 10_000_000 - 150 * number, None, values)
        yield ShownLine(row, None, "no longer in the log") if number == 4 else ShownLine(row, text)


def pulse(**changes: object) -> Pulse:
    """Return the state of a second at which all is read."""
    calm = Pulse(NOW_US, 412.0, 394.4, 1_000.0, NOW_US + 7 * S, 0, 0)
    return replace(calm, **changes)  # type: ignore[arg-type]


def report(**changes: object) -> Report:
    """Return the last report of a busy log."""
    usual = replace(
        busy_report(),
        start_us=NOW_US - 10 * S,
        end_us=NOW_US,
        rules=RULES,
        window=WindowTotals(120, 47_328, 85_190_400, 1_511, (780,) * 30 + (797,) * 30),
        active=(),
        events=0,
        coverage=Coverage(4_733, 4_733, 4_733, 4_733, 4_733, 4_733, 4_733),
        health=Health(lines=380_210, accepted=380_198, malformed=9, late=3, rotations=1),
        last_us=NOW_US,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def facts(**changes: object) -> Facts:
    """Return what is known of a calm live run."""
    calm = Facts(
        title=LOG, format="combined", phase="live", clock_us=NOW_US, now_us=NOW_US, report=report(), pulse=pulse()
    )
    return replace(calm, **changes)  # type: ignore[arg-type]


def answers(**changes: object) -> Answers:
    """Return what is answered about it."""
    calm = Answers(HELD, CHART, 5 * S, points(), tables(), found_lines(), "", frozenset(BY_DIMENSION))
    return replace(calm, **changes)  # type: ignore[arg-type]


def raised(name: str, title: str, reading: str, at_us: int, **changes: object) -> AlertEvent:
    """Return a raise of an alert that began half a minute before."""
    rule = next(rule for rule in RULES if rule.name == name)
    event = AlertEvent(
        "raised", name, None, at_us, 2 * rule.threshold, rule.threshold, 47_328, 120, title, reading, rule.unit
    )
    return replace(event, began_us=at_us - 30 * S, **changes)  # type: ignore[arg-type]


def recovered(event: AlertEvent, after_s: int, reading: str) -> AlertEvent:
    """Return the recovery of an alert."""
    return replace(
        event, state="recovered", at_us=event.at_us + after_s * S, value=event.threshold / 2, reading=reading
    )


def episodes() -> tuple[Episode, ...]:
    """Return two alerts that are active and one that is over."""
    shares = (Share("endpoint", b"/api/v1/orders", 11_004), Share("method", b"POST", 10_998))
    flood = raised(
        "ddos",
        "Flood from 203.0.113.7",
        "hits = 100.00 /s",
        NOW_US - 40 * S,
        subject=b"203.0.113.7",
        breakdown=Breakdown(12_040, shares, True),
    )
    errors = raised("error-rate", "High error rate", "errors = 10.00 %", NOW_US - 70 * S)
    traffic = raised("traffic", "High traffic", "hits = 2,000.00 /s", NOW_US - 600 * S)
    return Episode(flood), Episode(errors), Episode(traffic, recovered(traffic, 110, "hits = 500.00 /s"))


def quiet() -> Picture:
    """Return a log in which nothing has happened for two minutes, but before."""
    empty = {dimension: table_answer(()) for dimension in BY_DIMENSION}
    still = replace(quiet_report(), start_us=NOW_US - 10 * S, end_us=NOW_US, rules=RULES, last_us=NOW_US - 300 * S)
    return Picture(
        Scene(),
        facts(report=still, pulse=pulse(hits_per_s=0.0, window_hits_per_s=0.0), now_us=NOW_US - 300 * S),
        answers(points={}, tables=empty, lines=LinesAnswer((), 0, WINDOW, True)),
    )


def busy() -> Picture:
    """Return a log with traffic, all of it calm."""
    return Picture(Scene(), facts(), answers())


def scrolled() -> Picture:
    """Return 100 rows of 1,234 keys, with the cursor in the twelfth."""
    held = tables()
    return Picture(
        Scene(search="items/1"),
        facts(),
        answers(tables={**held, "endpoint": table_answer(many_endpoints(), keys=1_234)}),
        Place(11, 0),
    )


def alerting() -> Picture:
    """Return two active alerts at a peak that is still going on."""
    told = (Notice("Caught up: 12,000 lines of 30 s", at_us=NOW_US - 500 * S),)
    return Picture(
        Scene(panel="endpoint", markers=(Marker(NOW_US - 100 * S, "deploy"),)),
        facts(
            episodes=episodes(),
            notices=told,
            report=report(events=1),
            pulse=pulse(active=2, hits_per_s=2_090.0, window_hits_per_s=1_410.0),
        ),
        answers(points=points(peak_us=NOW_US - 60 * S)),
    )


def filtered() -> Picture:
    """Return two filters, the second of them an exclusion."""
    chips = ('endpoint == "/api/v1/orders"', "host != 203.0.113.7")
    shown = tables()
    return Picture(Scene(chips=chips), facts(), answers(tables={**shown, "endpoint": table_answer(ENDPOINTS[:1])}))


def past() -> Picture:
    """Return the answers for the column of the chart's cursor, six minutes ago."""
    at_us = NOW_US - 360 * S
    span = ViewSpan(at_us, at_us + 5 * S)
    asked = {dimension: table_answer(entries, span) for dimension, entries in BY_DIMENSION.items()}
    lines = replace(found_lines(), span=span)
    return Picture(
        Scene(cursor_us=at_us, column_us=5 * S),
        facts(episodes=episodes()[2:]),
        answers(points=points(peak_us=at_us - 20 * S), tables=asked, lines=lines),
    )


def selected() -> Picture:
    """Return the answers for two minutes of the past, of which the first 48 s are not held."""
    span = ViewSpan(NOW_US - 948 * S, NOW_US - 828 * S)
    asked = {
        dimension: table_answer(entries, span, is_whole=False, has_before=False)
        for dimension, entries in BY_DIMENSION.items()
    }
    return Picture(Scene(span=span, cursor_us=span.end_us), facts(), answers(tables=asked))


def hostile() -> Picture:
    """Return keys, lines and a title of somebody who attacks the screen."""
    entries = [(key, 900 - number, number, 10) for number, key in enumerate(HOSTILE_KEYS)]
    file = LogFile(LOG, "/tmp/\x1b[31mlog", None)
    lines = tuple(
        ShownLine(FoundLine(NOW_US - S, file, 0, None, {"path": key, "host": key, "agent": key, "status": 200}), key)
        for key in HOSTILE_KEYS
    )
    everywhere = {dimension: table_answer(entries) for dimension in BY_DIMENSION}
    return Picture(
        Scene(chips=(r'endpoint == "/\x1b[2J"',), search="quit"),
        facts(title=r"/tmp/\x1b[31mlog"),
        answers(tables=everywhere, lines=LinesAnswer(lines, 0, WINDOW, True)),
    )


def waiting() -> Picture:
    """Return the start of a run whose file does not exist."""
    why = "/tmp/access.log is missing"
    return Picture(
        Scene(),
        Facts(
            title="/tmp/access.log",
            phase="waiting",
            clock_us=NOW_US,
            pulse=Pulse(NOW_US, 0.0, 0.0, 1_000.0, NOW_US, 0, 0, 0, why, NOW_US - 12 * S),
        ),
    )


def replay() -> Picture:
    """Return a replay that plays ten times as fast."""
    return Picture(Scene(), facts(is_replay=True, phase="playing", pace="×10"), answers())


def no_durations() -> Picture:
    """Return a log whose lines have no durations."""
    return Picture(Scene(), facts(), answers(tables=tables(has_duration=False)))


def no_status() -> Picture:
    """Return a log whose lines have no status."""
    entries = tuple((key, hits, 0, p95) for key, hits, _, p95 in ENDPOINTS)
    known = Coverage(4_733, 0, 4_733, 4_733, 4_733, 4_733, 4_733)
    window = WindowTotals(120, 47_328, 85_190_400, 0, (780,) * 60, False)
    return Picture(
        Scene(),
        facts(report=report(coverage=known, errors=0, window=window)),
        answers(tables={"endpoint": table_answer(entries, has_status=False)}, points=points(has_status=False)),
    )


def nothing_held() -> Picture:
    """Return a live run that has read no line yet."""
    return Picture(Scene(), Facts(title=LOG, format="combined", phase="live", clock_us=NOW_US))


PICTURES = {
    make.__name__: make
    for make in (
        *(quiet, busy, scrolled, alerting, filtered, past, selected, hostile, waiting, replay),
        *(no_durations, no_status, nothing_held),
    )
}
"""The samples by name."""
