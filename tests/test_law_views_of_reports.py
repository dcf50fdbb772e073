"""A view of a report's interval has the report's figures, and those of the late hits that came since."""

import itertools
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.clock import ReplayClock
from http_monitor.hub.hub import Hub
from http_monitor.ports.views import TableQuery, ViewSpan
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.views import RecentViews
from http_monitor.report import Message, Report
from http_monitor.report_tables import Table
from tests import engine_strategies
from tests.engine_strategies import log_line
from tests.examples import examples
from tests.harness import ScriptedSource, make_inputs, put_together, settings_of
from tests.reference.clf import parse_log
from tests.reference.engine import Options, accepted_in_replay

US_PER_S = 1_000_000
EVER_US = 1 << 52
TABLES = {
    **{"endpoint": "endpoints", "section": "sections", "host": "hosts"},
    **{"user": "users", "agent": "agents", "referer": "referers"},
}
"""Dimension: table of a report."""


class Comparing:
    """A sink that compares each report with a view of its interval when it is published."""

    def __init__(self, views: RecentViews) -> None:
        self._views = views
        self.reports: list[Report] = []

    def publish(self, message: Message) -> None:
        if not isinstance(message, Report):
            return
        self.reports.append(message)
        span = ViewSpan(message.start_us, message.end_us)
        for dimension, name in TABLES.items():
            view = self._views.table(TableQuery(dimension, span, limit=None))
            totals = view.total
            assert (totals.hits, totals.size_bytes, totals.errors) == (
                message.hits,
                message.size_bytes,
                message.errors,
            )
            table: Table = getattr(message, name)
            assert [(row.key, row.hits, row.size_bytes, row.errors) for row in view.rows] == [
                (row.key, row.hits, row.size_bytes, row.errors) for row in table.rows
            ], dimension
            assert view.keys == table.distinct
        for dimension, of in (("status", message.status), ("method", message.methods)):
            view = self._views.table(TableQuery(dimension, span, limit=None))
            told = [(key if isinstance(key, bytes) else b"%d" % key, hits) for key, hits in of]
            assert sorted((row.key, row.hits) for row in view.rows) == sorted(told), dimension


def compare(files: Sequence[Sequence[bytes]], options: Options, piece_rows: int) -> tuple[Comparing, RecentViews]:
    """Replay files, each read in pieces, and compare all reports."""
    rows = RecentRows(EVER_US, 1 << 26, piece_rows)
    views = RecentViews(rows)
    comparing = Comparing(views)
    hub = Hub([comparing])
    hub.join_stream(rows)
    run = settings_of(options, replay=True)
    sources = [ScriptedSource(pieces, ends=True, name=f"{number}.log") for number, pieces in enumerate(files)]
    monitor = put_together(run, make_inputs(run, sources), default_alerts(run), hub, ReplayClock())
    while not monitor.step():
        pass
    monitor.close(finished=True)
    assert hub.failures == 0
    return comparing, views


@settings(max_examples=examples(30), deadline=None)
@given(engine_strategies.cases(), st.lists(st.floats(0, 1), max_size=3), st.sampled_from((1, 4, 1_000)))
def test_a_view_of_an_interval_has_the_figures_of_the_report_and_the_late_hits_since(
    case: tuple[list[bytes], Options], cuts: list[float], piece_rows: int
) -> None:
    files, options = case
    options = Options(**{**vars(options), "max_keys": 1_000})
    pieces = []
    for data in files:
        places = sorted({int(cut * len(data)) for cut in cuts} | {0, len(data)})
        pieces.append([data[a:b] for a, b in itertools.pairwise(places)] or [b""])
    comparing, views = compare(pieces, options, piece_rows)
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
