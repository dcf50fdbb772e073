"""The log of the night in the shop: what counting its lines says is what views answer."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from http_monitor.clock import ReplayClock
from http_monitor.dashboard.state.chips import expression_of
from http_monitor.hub.hub import Hub
from http_monitor.parser.formats import get_format
from http_monitor.ports.views import LinesQuery, Order, TableQuery, TableView, ViewSpan
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.views import RecentViews
from tests import night_log
from tests.harness import ScriptedSource, make_inputs, put_together, settings_of
from tests.night_log import FLOOD_AGENT, FLOODER, START_S, US_PER_S, WINDOW_S, Hit, Night, Truth, quantile, truth_of
from tests.program import run
from tests.reference.engine import Options

LOG = night_log.make_log()
EVER = ViewSpan(0, 1 << 60)


@pytest.fixture(scope="module")
def views() -> Iterator[RecentViews]:
    rows = RecentRows(1 << 40, 1 << 26, 4_096)
    hub = Hub([])
    hub.join_stream(rows)
    run = settings_of(Options(), replay=True)
    inputs = make_inputs(run, [ScriptedSource([LOG], ends=True)], lambda _: get_format("nginx_timed"))
    monitor = put_together(run, inputs, [], hub, ReplayClock())
    while not monitor.step():
        pass
    monitor.close(finished=True)
    yield RecentViews(rows)


@pytest.fixture(scope="module")
def truth() -> Truth:
    return truth_of(LOG)


@pytest.fixture(scope="module")
def night() -> Night:
    return Night(LOG)


def window_of(night: Night) -> ViewSpan:
    return ViewSpan(night.end_us + 1 - WINDOW_S * US_PER_S, night.end_us + 1)


def table(
    views: RecentViews, dimension: str, span: ViewSpan = EVER, text: str | None = None, order: Order = "hits"
) -> TableView:
    return views.table(TableQuery(dimension, span, text, order, limit=None))


def keys_of(view: TableView) -> list[tuple[bytes, int]]:
    return [(row.key, row.hits) for row in view.rows]


def test_every_byte_is_the_same_on_every_machine() -> None:
    assert (LOG.count(b"\n"), sha256(LOG).hexdigest()[:16]) == (12_124, "8fec3c2137a84975")
    later = night_log.make_log(START_S + 3_600)
    assert [hit.time_us - 3_600 * US_PER_S for hit in Night(later).hits] == [hit.time_us for hit in Night(LOG).hits]


def test_the_program_finds_its_format_and_raises_its_alerts() -> None:
    outcome = run("--replay", "--output", "ndjson", "-", stdin=LOG)
    raised = [(alert["name"], alert["subject"]) for alert in outcome.objects if alert.get("state") == "raised"]
    assert raised[0] == ("error-rate", None)
    assert set(raised) == {("error-rate", None), ("traffic", None), ("ddos", FLOODER.decode())}
    summary = outcome.objects[-1]
    assert (summary["hits"], summary["health"]["malformed"]) == (12_124, 0)
    assert b"nginx_timed" in run("--replay", "-", stdin=LOG).err


def test_which_endpoint_makes_the_5xx(views: RecentViews, truth: Truth, night: Night) -> None:
    first = table(views, "endpoint", window_of(night), order="errors").rows[0]
    assert (first.key, first.errors) == truth.failing == (b"/api/pay", first.hits)


def test_who_floods_and_with_what(views: RecentViews, truth: Truth, night: Night) -> None:
    assert truth.flooder[0] == FLOODER
    assert keys_of(table(views, "host"))[0] == truth.flooder
    of_host = expression_of("host", FLOODER)
    assert keys_of(table(views, "endpoint", text=of_host)) == truth.flood_paths == [(b"/login", truth.flooder[1])]
    assert keys_of(table(views, "agent", text=of_host)) == truth.flood_agents == [(FLOOD_AGENT, truth.flooder[1])]


def test_since_when_and_whether_it_goes_on(views: RecentViews, truth: Truth, night: Night) -> None:
    lines = views.lines(LinesQuery(EVER, "status >= 500", limit=1_000)).lines
    assert (lines[-1].time_us, lines[0].time_us) == (truth.first_error_us, truth.last_error_us)
    assert truth.first_error_us - START_S * US_PER_S == 631 * US_PER_S
    assert night.end_us - truth.last_error_us < 5 * US_PER_S
    assert truth.failing[1] > WINDOW_S // 2
    assert night.end_us - truth.flood_end_us > 600 * US_PER_S


def test_which_statuses_on_the_api(views: RecentViews, truth: Truth, night: Night) -> None:
    of_api = expression_of("section", b"/api")
    found = keys_of(table(views, "status", window_of(night), of_api))
    assert found == [(b"%d" % status, hits) for status, hits in truth.api_statuses]
    assert [status for status, _ in truth.api_statuses] == [200, 503, 201, 401, 409]


def test_how_slow_now_and_where(views: RecentViews, truth: Truth, night: Night) -> None:
    slowest = table(views, "endpoint", window_of(night), order="p95").rows[0]
    assert slowest.key == truth.slowest[0] == b"/search"
    assert slowest.p95_us == pytest.approx(truth.slowest[1], rel=0.008)
    before = [hit for hit in night.hits if hit.path == b"/search" and hit.time_us < night.end_us - 301 * US_PER_S]
    assert quantile(before, 95) == 193_000
    assert truth.slowest[1] == 3_906_000


def test_what_the_lines_looked_like(views: RecentViews, truth: Truth) -> None:
    found = views.lines(LinesQuery(EVER, "status >= 500", limit=20)).lines
    newest = Night(b"\n".join(truth.newest_errors)).hits
    assert [
        (line.time_us, *(line.values[name] for name in ("host", "method", "path", "status", "duration_us", "agent")))
        for line in found
    ] == [(hit.time_us, hit.host, hit.method, hit.path, hit.status, hit.duration_us, hit.agent) for hit in newest]


@pytest.mark.parametrize("column_s", [1, 2, 5, 10, 15])
def test_who_it_was_at_that_spike_twelve_minutes_ago(views: RecentViews, night: Night, column_s: int) -> None:
    spike = night.spike(column_s)
    start_us = spike[0].time_us // (column_s * US_PER_S) * column_s * US_PER_S
    found = keys_of(table(views, "host", ViewSpan(start_us, start_us + column_s * US_PER_S)))

    def host_of(hit: Hit) -> bytes:
        return hit.host

    assert found == night_log.ranked(spike, host_of)
    assert found[0][0] == FLOODER
    assert found[0][1] > len(spike) // 2
