"""A window that is filled from the end of the log is the one of a run that has been following all along."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.breakdown.recent import RecentRequests
from http_monitor.clock import ManualClock
from http_monitor.hub.hub import Hub
from http_monitor.report_tables import Share
from http_monitor.settings import Settings
from tests import engine_strategies, live_scripts
from tests.display_samples import alert
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import Json, ScriptedSource, live_of, make_monitor, objects
from tests.live_scripts import Script, expected, follow, rows_before

US_PER_S = 1_000_000


@settings(max_examples=examples(60), deadline=None)
@given(
    live_scripts.scripts(most_lines=15),
    st.lists(engine_strategies.logs(20), min_size=1, max_size=2),
    st.integers(min_value=0, max_value=1 << 20),
)
def test_a_filled_window_is_that_of_the_reference_whatever_the_cuts(
    script: Script, logs: list[bytes], seed: int
) -> None:
    script = replace(script, from_start=False)
    logs = [b"".join(live_scripts._pieces(data, random.Random(0))) for data in logs]
    chance = random.Random(seed)
    pieces = [live_scripts._pieces(data, chance) for data in logs]
    assert follow(script, before=pieces) == expected(script, before=logs)


@st.composite
def _lines(draw: st.DrawFn, first_s: int, last_s: int) -> list[tuple[int, bytes]]:
    """Return (second, line) of a log in order."""
    found = draw(
        st.lists(
            st.tuples(
                st.integers(first_s, last_s), st.sampled_from((b"10.0.0.1", b"10.0.0.2")), st.sampled_from((200, 500))
            ),
            max_size=40,
        )
    )
    return [
        (second, log_line(START_S + second, host=host, status=status) + b"\n") for second, host, status in sorted(found)
    ]


_SETTINGS = Settings(
    window_s=12,
    interval_s=4,
    # Averages of whole hits over twelve seconds never equal these.
    alert_threshold=0.71,
    alert_error_rate=33.0,
    ddos_threshold=0.36,
    alert_min_hits=3,
)


def _followed(lines: list[tuple[int, bytes]], first_s: int, last_s: int, filled: bytes = b"") -> list[Json]:
    """Return what a run says that begins in the midst of a second and sees every line in the second of its time."""
    clock = ManualClock((START_S + first_s) * US_PER_S + US_PER_S // 2)
    source = ScriptedSource([], ends=False)
    monitor, recorder = make_monitor(_SETTINGS, [source], clock)
    live_of(monitor)._engine.backfill(rows_before([filled], _SETTINGS, clock.now_us()))
    for second in range(first_s, last_s):
        clock.set((START_S + second) * US_PER_S + US_PER_S // 2)
        source.write(b"".join(line for at_s, line in lines if at_s == second))
        monitor.step()
    return [thing for thing in objects(recorder.messages) if thing["type"] in ("alert", "report")]


def _judged(told: list[Json]) -> list[Json]:
    """Return what is said of the window behind its first close of the start."""
    kept = []
    for thing in told:
        if thing["type"] == "alert" and thing["at"] > "2024-01-01T00:00:01Z":
            kept.append(thing)
        elif thing["type"] == "report" and thing["end"] > "2024-01-01T00:00:00Z":
            since = [{"name": alert["name"], "subject": alert["subject"]} for alert in thing["active"]]
            kept.append({"end": thing["end"], "window": thing["window"], "active": since})
    return kept


@settings(max_examples=examples(80), deadline=None)
@given(_lines(-30, 0), _lines(1, 30))
def test_a_run_that_fills_its_window_goes_on_as_one_that_has_followed_all_along(
    before: list[tuple[int, bytes]], after: list[tuple[int, bytes]]
) -> None:
    told = _followed([*before, *after], -40, 36)
    filled = _followed(after, 0, 36, b"".join(line for _, line in before))
    assert _judged(filled) == _judged(told)


def test_an_incident_under_way_is_raised_at_the_first_close() -> None:
    before = b"".join(log_line(START_S - second) + b"\n" for second in range(11, 0, -1))
    told = _followed([], 0, 4, before)
    raised = [(thing["name"], thing["at"], thing["hits"]) for thing in told if thing["type"] == "alert"]
    # The window of twelve seconds ends one second behind the start.
    assert raised == [("traffic", "2024-01-01T00:00:01Z", 11), ("ddos", "2024-01-01T00:00:01Z", 11)]


def test_what_fills_the_window_is_broken_down_though_it_comes_file_by_file() -> None:
    clock = ManualClock(START_S * US_PER_S)
    monitor, _ = make_monitor(_SETTINGS, [ScriptedSource([], ends=False)], clock)
    files = [((3, 2, 1), b"/a"), ((300, 9, 8), b"/b"), ((2,), b"/c")]
    pieces = [
        b"".join(log_line(START_S - ago_s, request=b"GET %s HTTP/1.1" % path) + b"\n" for ago_s in seconds)
        for seconds, path in files
    ]
    event = replace(alert(), at_us=START_S * US_PER_S, window_s=12)
    told = []
    for kept, began_s in ((9, None), (9, 5), (3, 5)):
        recent, hub = RecentRequests(kept), Hub()
        hub.join_rows(recent)
        live_of(monitor)._engine.stream_to(hub)
        live_of(monitor)._engine.backfill(rows_before(pieces, _SETTINGS, clock.now_us()))
        found = recent.of(replace(event, began_us=None if began_s is None else (START_S - began_s) * US_PER_S))
        assert found is not None
        told.append((found.hits, found.shares[1], found.is_whole))
    # What was dropped of the first file is newer than what was kept of the second.
    whole = [(6, Share("endpoint", b"/a", 3), True), (4, Share("endpoint", b"/a", 3), True)]
    assert told == [*whole, (1, Share("endpoint", b"/c", 1), False)]


def test_what_fails_has_failed_since_before_the_start() -> None:
    before = b"".join(log_line(START_S - ago_s, status=502) + b"\n" for ago_s in (300, 9, 4))
    told = _followed([(2, log_line(START_S + 2, status=502) + b"\n")], 0, 12, before)
    failing = [row for thing in told if thing["type"] == "report" for row in thing["failing"]]
    assert [(row["key"], row["hits"], row["first"]) for row in failing] == [("/", 1, "2023-12-31T23:59:51Z")]


def test_lines_that_fill_the_window_are_in_no_other_figure() -> None:
    before = b"".join(log_line(START_S - second, status=500) + b"\n" for second in (300, 12, 9, 0))
    clock = ManualClock(START_S * US_PER_S)
    monitor, recorder = make_monitor(_SETTINGS, [ScriptedSource([], ends=False)], clock)
    assert live_of(monitor)._engine.backfill(rows_before([before], _SETTINGS, clock.now_us())) == 3
    for second in range(8):
        clock.set((START_S + second) * US_PER_S)
        monitor.step()
    monitor.close(finished=False)
    first, *_, summary = [thing for thing in objects(recorder.messages) if thing["type"] != "alert"]
    assert (first["hits"], first["late_hits"], first["errors"], first["hosts"]) == (0, 0, 0, [])
    # The window of the first interval ends four seconds behind the start: the line of twelve before it has left.
    assert (first["window"]["hits"], first["window"]["errors"]) == (1, 1)
    assert (summary["hits"], summary["first"], summary["sections"]) == (0, None, [])
    health = summary["health"]
    assert (health["lines"], health["accepted"], health["late"], health["backfilled"]) == (0, 0, 0, 3)


def test_malformed_lines_fill_the_window_where_they_are_judged() -> None:
    chosen = replace(_SETTINGS, alert_malformed=50.0)
    line, bad = log_line(START_S - 2) + b"\n", b"junk\n"
    clock = ManualClock(START_S * US_PER_S)
    monitor, recorder = make_monitor(chosen, [ScriptedSource([], ends=False)], clock)
    live_of(monitor)._engine.backfill(rows_before((bad + line, bad, bad + bad), chosen, clock.now_us()))
    for second in range(4):
        clock.set((START_S + second) * US_PER_S)
        monitor.step()
    (event,) = [event for event in recorder.events if event.name == "malformed"]
    assert (event.state, event.value, event.at_us) == ("raised", 75.0, (START_S + 1) * US_PER_S)
