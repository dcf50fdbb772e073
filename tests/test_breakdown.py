"""What the requests behind an alert are: counted by brute force, cut anywhere, and shown under the alert."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.breakdown.recent import MAX_AT_ONCE, MAX_ROWS, RecentRequests
from http_monitor.clock import ReplayClock
from http_monitor.counting.frame import Frame
from http_monitor.counting.keys import Numberings
from http_monitor.counting.row_frame import AcceptedRows
from http_monitor.display.alerts.lines import MARK, filter_of, quote, render_alert
from http_monitor.display.style import style_for
from http_monitor.eventtime.rows import Rows, event_times
from http_monitor.filtering.reading import read_expression
from http_monitor.filtering.syntax import TextTest
from http_monitor.hub.hub import Hub
from http_monitor.parser.formats import get_format
from http_monitor.report import AlertEvent
from http_monitor.report_tables import Breakdown, Share
from http_monitor.settings import Settings
from tests.checkpointed import Life
from tests.display_samples import time_zone
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import Recorder, ScriptedSource, make_inputs, put_together

US_PER_S = 1_000_000
SETTINGS = Settings(
    replay=True, window_s=20, interval_s=10, lateness_s=0, alert_threshold=0.4, ddos_threshold=0.3, alert_min_hits=2
)
Line = tuple[int, str, str, str, str, int]
"""(second, host, method, path, agent, status)."""


def written(line: Line) -> bytes:
    second, host, method, path, agent, status = line
    time = f"{datetime.fromtimestamp(START_S + second, UTC):%d/%b/%Y:%H:%M:%S +0000}"
    return f'{host} - - [{time}] "{method} {path} HTTP/1.1" {status} 1 "-" "{agent}"\n'.encode()


def events_of(chunks: list[bytes], kept: int = 1 << 18, options: Settings = SETTINGS) -> list[AlertEvent]:
    """Return the alert events of a replay, with what their requests are."""
    recorder, recent = Recorder(), RecentRequests(kept)
    hub = Hub([recorder])
    hub.join_rows(recent)
    inputs = make_inputs(options, [ScriptedSource(chunks, ends=True)])
    monitor = put_together(options, inputs, default_alerts(options), hub, ReplayClock(), breakdown=recent)
    while not monitor.step():
        pass
    monitor.close(finished=True)
    return recorder.events


@st.composite
def logs(draw: st.DrawFn) -> list[Line]:
    steps = draw(st.lists(st.sampled_from((0, 0, 0, 1, 3, 25)), min_size=1, max_size=60))
    lines, second = [], 0
    for step in steps:
        second += step
        lines.append(
            (
                second,
                draw(st.sampled_from(("192.0.2.1", "192.0.2.2", "-"))),
                draw(st.sampled_from(("GET", "POST"))),
                draw(st.sampled_from(("/a", "/b"))),
                draw(st.sampled_from(("curl", "-"))),
                draw(st.sampled_from((200, 500, 503))),
            )
        )
    return lines


def expected(event: AlertEvent, lines: list[Line]) -> Breakdown | None:
    first_us = event.at_us - event.window_s * US_PER_S if event.began_us is None else event.began_us
    if event.state != "raised":
        return None
    about = [
        line
        for line in lines
        if first_us <= (START_S + line[0]) * US_PER_S < event.at_us
        and (event.name != "ddos" or line[1].encode() == event.subject)
        and (event.name != "error-rate" or line[5] >= 500)
    ]
    if not about:
        return None
    places = {"method": 2, "endpoint": 3, "host": 1, "agent": 4, "status": 5}
    shares = []
    for name, place in places.items():
        if (event.name, name) == ("ddos", "host"):
            continue
        counted = Counter(
            None if (name, line[place]) == ("agent", "-") else str(line[place]).encode() for line in about
        )
        shares.append(Share(name, *min(counted.items(), key=lambda item: (-item[1], item[0] or b""))))
    return Breakdown(len(about), tuple(shares), is_whole=True)


@settings(max_examples=examples(60), deadline=None)
@given(logs(), st.data())
def test_the_shares_are_those_of_the_rows_that_were_counted_then_wherever_the_log_is_cut(
    lines: list[Line], data: st.DataObject
) -> None:
    whole = b"".join(map(written, lines))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole)), max_size=5)))
    chunks = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    events = events_of([whole])
    assert events == events_of(chunks)
    for event in events:
        assert event.breakdown == expected(event, lines)


def test_rows_before_an_earlier_one_are_counted_too() -> None:
    busy: list[Line] = [(30 + number // 6, "192.0.2.1", "GET", "/a", "curl", 200) for number in range(12)]
    early: Line = (2, "192.0.2.2", "GET", "/b", "curl", 200)
    parts = [busy[:6], [early], busy[6:], [(45, "192.0.2.1", "GET", "/a", "curl", 200)]]
    (raised, *_) = events_of([b"".join(map(written, part)) for part in parts])
    assert (raised.state, raised.name, raised.at_us) == ("raised", "traffic", (START_S + 32) * US_PER_S)
    assert raised.breakdown == expected(raised, [line for part in parts for line in part])
    assert raised.breakdown is not None
    assert raised.breakdown.hits == 12


def test_only_the_last_rows_are_counted_and_that_is_said() -> None:
    lines: list[Line] = [(second, "192.0.2.1", "GET", "/a", "curl", 200) for second in range(6) for _ in range(4_000)]
    options = Settings(replay=True, window_s=20, lateness_s=0, alert_threshold=1_000.0, ddos_threshold=1e6)
    (event, *_) = events_of([b"".join(map(written, lines))], options=options)
    assert event.breakdown == Breakdown(
        MAX_ROWS,
        (
            Share("method", b"GET", MAX_ROWS),
            Share("endpoint", b"/a", MAX_ROWS),
            Share("host", b"192.0.2.1", MAX_ROWS),
            Share("agent", b"curl", MAX_ROWS),
            Share("status", b"200", MAX_ROWS),
        ),
        is_whole=False,
    )
    (event, *_) = events_of([b"".join(map(written, lines))], kept=100, options=options)
    assert event.breakdown is not None
    assert (event.breakdown.hits <= 100, event.breakdown.is_whole) == (True, False)


@settings(max_examples=examples(30), deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from((1, 256, 257, 1_000, 2_040, 9_000)), st.sampled_from((1, 300))), min_size=9),
    st.integers(1, 60),
    st.data(),
)
def test_rows_with_long_keys_count_for_several_of_those_that_are_kept(
    lengths: list[tuple[int, int]], kept: int, data: st.DataObject
) -> None:
    lines: list[Line] = [(0, "192.0.2.1", "GET", "/" * path, "a" * agent, 200) for path, agent in lengths]
    whole = b"".join(map(written, [*lines, (30, "192.0.2.1", "GET", "/", "a", 200)]))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole) - 1), max_size=5)))
    chunks = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    options = Settings(replay=True, window_s=20, lateness_s=0, alert_threshold=0.4, ddos_threshold=1e6)
    (event, *_) = events_of([whole], kept, options)
    assert event == events_of(chunks, kept, options)[0]
    rooms = [1 + sum(-(-min(key, 2_068) // 512) for key in line if key > 256) for line in lengths]
    # The line that closes the bucket has come after the alert, or is the last of the rows before it.
    held = [sum(sum(rooms[at:]) <= room for at in range(len(rooms))) for room in (kept, kept - 1)]
    found = event.breakdown
    assert (0 if found is None else found.hits) in held
    assert found is None or found.is_whole == (found.hits == len(lines))


@pytest.mark.parametrize("restarts", [False, True])
def test_a_breakdown_after_a_restart_does_not_pass_for_that_of_the_whole_window(restarts: bool) -> None:
    life = Life(Settings(window_s=6, interval_s=3, alert_threshold=2.0, lateness_s=0), breaks_down=True)
    monitor = life.begin()
    for second in range(5):
        life.clock.advance(1)
        hits = 1 if second < 2 else 8
        life.content.extend((log_line(START_S + 1 + second) + b"\n") * hits)
        if restarts and second == 3:
            monitor.close(finished=False)
            monitor = life.begin()
        monitor.step()
    events = [event for run in life.runs for event in run.events if event.name == "traffic"]
    assert [(event.hits, event.breakdown and event.breakdown.is_whole) for event in events] == [(18, not restarts)]


def _frame(second: int, count: int) -> AcceptedRows:
    batch = get_format("auto").parse((log_line(START_S + second) + b"\n") * count).rows
    rows = Rows(batch, event_times(batch))
    return AcceptedRows(rows, Frame.of(rows, Numberings()), rows.time_us, np.zeros(count, np.bool_))


@pytest.mark.parametrize(("kept", "hits", "is_whole"), [(17, 14, True), (16, 13, False), (12, 9, False)])
def test_rows_that_come_in_no_order_are_missed_if_they_belong_to_the_alert(
    kept: int, hits: int, is_whole: bool
) -> None:
    recent = RecentRequests(kept)
    # One log was read after another.
    for second, count in ((6, 5), (0, 3), (7, 9)):
        recent.backfill(_frame(second, count))
    event = raised(name="traffic", subject=None, at_us=(START_S + 10) * US_PER_S, began_us=(START_S + 5) * US_PER_S)
    found = recent.of(event)
    assert found is not None
    assert (found.hits, found.is_whole) == (hits, is_whole)


def test_of_a_storm_only_the_first_alerts_are_broken_down() -> None:
    lines: list[Line] = [(0, f"192.0.2.{number}", "GET", "/a", "-", 200) for number in range(30) for _ in range(9)]
    events = [event for event in events_of([b"".join(map(written, lines))]) if event.name == "ddos"]
    assert [event.breakdown is not None for event in events] == [True] * MAX_AT_ONCE + [False] * 20


@pytest.fixture(autouse=True)
def _utc() -> Iterator[None]:
    with time_zone("UTC"):
        yield


def raised(**changes: object) -> AlertEvent:
    shares = (Share("method", b"POST", 97), Share("endpoint", b"/login\x1b[2J", 50), Share("agent", None, 100))
    fields: dict[str, object] = {
        **{"state": "raised", "name": "ddos", "subject": b'192.0.2.7"\\', "at_us": 1_700_000_000 * US_PER_S},
        **{"value": 6.0, "threshold": 5.0, "hits": 720, "window_s": 120, "title": "Flood", "reading": "hits = 6.00"},
        **{"unit": "/s", "began_us": 1_699_999_960 * US_PER_S, "breakdown": Breakdown(100, shares, is_whole=True)},
    }
    return AlertEvent(**{**fields, **changes})  # type: ignore[arg-type]


def test_an_alert_is_followed_by_what_its_requests_are_and_by_the_command_for_more() -> None:
    lines = render_alert(raised(), 100, style_for("utf-8"), "http-monitor --no-state --file a.log")
    assert lines == [
        "Flood generated an alert - hits = 6.00, triggered at 2023-11-14 22:13:20 +0000",
        r"  ALERT  began about 22:12:40, of 100 requests: 97 % POST, 50 % /login\x1b[2J,",
        "         100 % without an agent",
        "  http-monitor --no-state --file a.log --since '2023-11-14 22:12:40'"
        r""" --filter 'host == "192.0.2.7\x22\x5c"' --output lines""",
    ]


def test_a_recovery_and_an_alert_about_no_rows_have_little_to_tell() -> None:
    recovered = raised(state="recovered", began_us=None, breakdown=None)
    assert len(render_alert(recovered, 80, style_for("utf-8"), "x")) == 1
    _, marked = render_alert(raised(began_us=None, breakdown=None), 80, style_for("utf-8"), "x")
    assert marked == f"  {MARK}"


def test_on_a_terminal_a_message_breaks_at_words() -> None:
    lines = render_alert(raised(breakdown=None), 40, style_for("utf-8"), breaks=True)
    assert lines[:2] == ["Flood generated an alert - hits = 6.00,", "triggered at 2023-11-14 22:13:20 +0000"]


@given(st.binary(min_size=1, max_size=20))
def test_any_subject_is_a_filter_that_means_it(host: bytes) -> None:
    assert read_expression(filter_of(raised(subject=host))) == TextTest("host", False, (host,))
    assert quote(host).isprintable()
