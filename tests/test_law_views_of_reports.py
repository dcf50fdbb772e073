"""A view of a report's interval has the report's figures, and those of the late hits that came since."""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.clock import ReplayClock
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.inputs.server_name import select_server
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.log_format import LogFormat
from http_monitor.ports.views import (
    DIMENSIONS,
    Point,
    SeriesQuery,
    TableQuery,
    TableView,
    Totals,
    ViewRow,
    ViewSpan,
)
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.views import RecentViews
from http_monitor.report import Message, Report
from http_monitor.report_tables import Table
from tests import engine_strategies
from tests.detailed_logs import DetailedFormat, detailed_logs
from tests.engine_strategies import log_line
from tests.examples import examples
from tests.harness import ScriptedSource, make_inputs, put_together, settings_of
from tests.reference.clf import parse_log
from tests.reference.engine import Options, accepted_in_replay
from tests.reference.families import family_of

US_PER_S = 1_000_000
EVER_US = 1 << 52
TABLES = {
    **{"endpoint": "endpoints", "section": "sections", "host": "hosts"},
    **{"user": "users", "agent": "agents", "referer": "referers"},
}
"""Dimension: table of a report."""
DETAILS = {"vhost": "vhosts", "source": "sources", "server": "servers", "agent_family": "browsers"}
"""Dimension: table of a report's details."""


class Comparing:
    """A sink that compares each report with views of its interval and of its window when it is published."""

    def __init__(self, views: RecentViews, bucket_us: int) -> None:
        self._views = views
        self._bucket_us = bucket_us
        self.reports: list[Report] = []
        self._windows: list[tuple[int, tuple[int, int, int], tuple[int, int, int]]] = []
        self.compared: set[str] = set()
        """The dimensions of which some report had a key."""

    def publish(self, message: Message) -> None:
        if not isinstance(message, Report):
            return
        self.reports.append(message)
        span = ViewSpan(message.start_us, message.end_us)
        for dimension, name in (TABLES | DETAILS).items():
            of: Table = getattr(message.details if dimension in DETAILS else message, name)
            view = self._table(dimension, span)
            assert counts_of(view.total) == (message.hits, message.size_bytes, message.errors)
            told = [(row.key, row.hits, row.size_bytes, row.errors) for row in of.rows]
            assert [(row.key, *counts_of(row)) for row in view.rows] == told, dimension
            # How many families there are is not counted.
            assert dimension == "agent_family" or view.keys == of.distinct
            self._note(dimension, told)
        networks = [(row.key, row.hits, row.size_bytes, row.errors) for row in message.details.networks]
        assert [(row.key, *counts_of(row)) for row in self._table("network", span).rows] == networks
        self._note("network", networks)
        for dimension, of_keys in (
            *(("status", message.status), ("method", message.methods)),
            *(("cache", message.details.cache), ("tls", message.details.tls)),
        ):
            hits = [(key if isinstance(key, bytes) else b"%d" % key, hits) for key, hits in of_keys]
            assert sorted((row.key, row.hits) for row in self._table(dimension, span).rows) == sorted(hits), dimension
            self._note(dimension, hits)
        self._compare_totals(message, span)

    def _compare_totals(self, message: Report, span: ViewSpan) -> None:
        total = self._table("status", span).total
        assert (total.with_status, total.with_size) == (message.coverage.status, message.coverage.size)
        duration = message.details.duration
        assert (total.p50_us, total.p95_us) == ((duration.p50_us, duration.p95_us) if duration else (None, None))
        points = self._views.series(SeriesQuery(span, self._bucket_us)).points
        assert tuple(map(sum, zip(*map(counts_of, points), strict=True))) in ((), counts_of(total))
        classes = Counter(f"{code // 100}xx" for code, hits in message.status for _ in range(hits))
        told = sum((Counter(point.status) for point in points), Counter[str]())
        assert {name: hits for name, hits in told.items() if name != "none"} == classes
        window = message.window
        of_window = ViewSpan(message.end_us - window.seconds * US_PER_S, message.end_us)
        in_window = counts_of(self._table("section", of_window).total)
        self._windows.append((message.end_us, in_window, (window.hits, window.size_bytes, window.errors)))

    def compare_windows(self) -> None:
        """Compare the windows of reports with views of them, unless the log ended before the interval."""
        upto_us = self._views.held().upto_us
        assert all(seen == told for end_us, seen, told in self._windows if upto_us is not None and end_us <= upto_us)

    def _table(self, dimension: str, span: ViewSpan) -> TableView:
        return self._views.table(TableQuery(dimension, span, limit=None))

    def _note(self, dimension: str, rows: Sequence[object]) -> None:
        if rows:
            self.compared.add(dimension)


def counts_of(of: Totals | ViewRow | Point) -> tuple[int, int, int]:
    return of.hits, of.size_bytes, of.errors


def compare(
    files: Sequence[Sequence[bytes]],
    options: Options,
    piece_rows: int,
    make_format: Callable[[str], LogFormat] = get_format,
    *,
    are_servers: bool = False,
) -> tuple[Comparing, RecentViews]:
    """Replay files, each read in pieces, and compare all reports."""
    rows = RecentRows(EVER_US, 1 << 26, piece_rows)
    views = RecentViews(rows, browser_of)
    run = settings_of(options, replay=True)
    comparing = Comparing(views, run.bucket_size_s * US_PER_S)
    hub = Hub([comparing])
    hub.join_stream(rows)
    sources = [ScriptedSource(pieces, ends=True, name=f"{number}.log") for number, pieces in enumerate(files)]
    inputs = make_inputs(run, sources, make_format)
    if are_servers:
        ahead_us = run.max_ahead_s * US_PER_S
        inputs = [
            Input(source, make_format("auto"), ahead_us, explain, select=select_server(f"web{number % 2}", None))
            for number, source in enumerate(sources)
        ]
    monitor = put_together(run, inputs, default_alerts(run), hub, ReplayClock())
    while not monitor.step():
        pass
    monitor.close(finished=True)
    assert hub.failures == 0
    comparing.compare_windows()
    return comparing, views


def browser_of(agent: bytes) -> bytes | None:
    return family_of(agent).browser


def in_pieces(data: bytes, cuts: Sequence[float]) -> list[bytes]:
    places = sorted({int(cut * len(data)) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in itertools.pairwise(places)] or [b""]


@settings(max_examples=examples(30), deadline=None)
@given(engine_strategies.cases(), st.lists(st.floats(0, 1), max_size=3), st.sampled_from((1, 4, 1_000)))
def test_a_view_of_an_interval_has_the_figures_of_the_report_and_the_late_hits_since(
    case: tuple[list[bytes], Options], cuts: list[float], piece_rows: int
) -> None:
    files, options = case
    options = Options(**{**vars(options), "max_keys": 1_000})
    comparing, views = compare([in_pieces(data, cuts) for data in files], options, piece_rows)
    accepted = accepted_in_replay([parse_log(data) for data in files], options)
    by_interval = Counter(row.time_us // options.interval_us * options.interval_us for row, _ in accepted)
    late = 0
    for report in comparing.reports:
        span = ViewSpan(report.start_us, report.end_us)
        hits = views.table(TableQuery("host", span, limit=0)).total.hits
        assert hits == by_interval[report.start_us]
        late += hits - report.hits
    reported = {report.start_us for report in comparing.reports}
    assert late == sum(hits for start_us, hits in by_interval.items() if start_us in reported) - sum(
        report.hits for report in comparing.reports
    )


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(detailed_logs(), min_size=1, max_size=3),
    st.lists(st.floats(0, 1), max_size=2),
    st.sampled_from((1, 4, 1_000)),
    st.booleans(),
)
def test_views_of_logs_that_say_all_have_the_figures_of_their_reports(
    files: list[bytes], cuts: list[float], piece_rows: int, are_servers: bool
) -> None:
    pieces = [in_pieces(data, cuts) for data in files]
    comparing, _ = compare(pieces, Options(), piece_rows, DetailedFormat, are_servers=are_servers)
    assert not are_servers or not comparing.reports or "server" in comparing.compared


def test_every_dimension_is_compared_with_a_report() -> None:
    tail = b' "http://r/" "agent 7" ~d=7,v=v,c=c,t=t,o=o'
    log = log_line(1_700_000_000, b"192.0.2.1", b"ann", b"GET /a/b HTTP/1.1", 503, b"7", tail) + b"\n"
    comparing, _ = compare([[log]], Options(), 4, DetailedFormat, are_servers=True)
    # The host in a referer is of no report.
    assert comparing.compared == set(DIMENSIONS) - {"referer_host"}


def test_a_late_hit_is_in_the_view_and_not_in_the_report() -> None:
    log = b"".join(log_line(1_700_000_000 + second) + b"\n" for second in (0, 5, 12, 3, 25))
    comparing, views = compare([[log]], Options(lateness_s=0), 2)
    first = comparing.reports[0]
    view = views.table(TableQuery("host", ViewSpan(first.start_us, first.end_us)))
    assert (first.hits, view.total.hits, sum(report.late_hits for report in comparing.reports)) == (2, 3, 1)


@pytest.mark.parametrize("dimension", TABLES)
def test_a_view_tells_the_same_of_a_log_in_one_piece_and_cut(dimension: str) -> None:
    log = b"".join(log_line(1_700_000_000 + second, b"h%d" % (second % 7)) + b"\n" for second in range(60))
    span = ViewSpan(0, 1 << 60)
    found = [
        compare([pieces], Options(), rows)[1].table(TableQuery(dimension, span)).rows
        for pieces, rows in (([log], 1_000), ([log[:900], log[900:901], log[901:]], 7))
    ]
    assert found[0] == found[1]
    assert bool(found[0]) == (dimension not in ("user", "agent", "referer"))
