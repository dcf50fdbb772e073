"""The second door: engines that each counted a part of a log, merged by deltas, are one engine."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.clock import ReplayClock
from http_monitor.counting.delta import BucketDelta
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.engine.delta_fold import DeltaFold
from http_monitor.health import Health
from http_monitor.hub.hub import Hub
from http_monitor.report import AlertEvent, Message, Report, Summary
from http_monitor.report_tables import Table
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import Recorder, ScriptedSource, make_inputs, put_together

_RUN = Settings(
    replay=True,
    lateness_s=0,
    window_s=6,
    interval_s=3,
    alert_threshold=1.0,
    alert_min_hits=2,
    top=1_000,
    max_ahead_s=9_999,
)
_LINES = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.integers(0, 7),
        st.integers(0, 5),
        st.sampled_from((200, 404, 503)),
        st.integers(0, 5_000),
        st.integers(0, 2),
    ),
    min_size=1,
    max_size=60,
)
"""(second, host, path, status, bytes, engine)."""
_Lines = list[tuple[int, int, int, int, int, int]]


def _line(second: int, host: int, path: int, status: int, size: int) -> bytes:
    request = b"GET /s%d/p%d HTTP/1.1" % (path % 3, path)
    return log_line(START_S + second, b"h%d" % host, request=request, status=status, size=b"%d" % size) + b"\n"


def _replayed(log: bytes, run: Settings) -> tuple[Recorder, list[BucketDelta]]:
    """Return what a replay tells, and its deltas."""
    recorder, deltas = Recorder(), list[BucketDelta]()
    fold = DeltaFold(run, deltas.append)
    hub = Hub([recorder])
    hub.join_stream(fold)
    source = ScriptedSource([log], ends=True)
    monitor = put_together(run, make_inputs(run, [source]), default_alerts(run), hub, ReplayClock())
    while not monitor.step():
        pass
    monitor.close(finished=True)
    fold.finish()
    return recorder, deltas


def _merged(deltas: list[BucketDelta], run: Settings) -> list[Message]:
    """Return what an engine tells that is given deltas in the order of their buckets."""
    told: list[Message] = []
    engine = MetricsAggregator(run, "replay", told.append)
    for alert in default_alerts(run):
        engine.register(alert)
    for delta in sorted(deltas, key=lambda delta: delta.start_us):
        engine.advance(delta.first_us)
        engine.add_delta(delta)
    engine.finish()
    return [*told, engine.summary()]


def _without_health(messages: list[Message]) -> list[Message]:
    return [
        replace(message, health=Health()) if isinstance(message, Report | Summary) else replace(message, file=None)
        for message in messages
        if isinstance(message, Report | Summary | AlertEvent)
    ]


def _split(lines: _Lines) -> list[bytes]:
    return [b"".join(_line(*line) for *line, engine in lines if engine == number) for number in range(3)]


@settings(max_examples=examples(40), deadline=None)
@given(_LINES.map(sorted))
def test_engines_merged_by_deltas_tell_what_one_engine_tells(lines: _Lines) -> None:
    one, _ = _replayed(b"".join(_line(*line) for *line, _ in lines), _RUN)
    deltas = [delta for log in _split(lines) if log for delta in _replayed(log, _RUN)[1]]
    assert _without_health(_merged(deltas, _RUN)) == _without_health(one.messages)


@settings(max_examples=examples(40), deadline=None)
@given(_LINES)
def test_late_rows_correct_what_was_merged(lines: _Lines) -> None:
    logs = [log for log in _split(lines) if log]
    deltas = [delta for log in logs for delta in _replayed(log, _RUN)[1]]
    # Deltas of late rows come when they come: here behind all others.
    summary = _merged(sorted(deltas, key=lambda delta: delta.late), _RUN)[-1]
    one, _ = _replayed(b"".join(_line(*line) for *line, _ in sorted(lines)), _RUN)
    assert isinstance(summary, Summary)
    # What is late is not judged again.
    expected = replace(
        one.summary, health=Health(), alerts=summary.alerts, active=summary.active, episodes=summary.episodes
    )
    assert replace(summary, health=Health()) == expected


def _check_bound(merged: Table, exact: Table, hits: int) -> None:
    counted = {row.key: row.hits for row in exact.rows}
    assert sum(row.hits for row in merged.rows) + merged.remainder.hits == hits
    for row in merged.rows:
        assert row.hits <= counted[row.key] <= row.hits + merged.remainder.error_bound
    kept = {row.key for row in merged.rows}
    assert all(hits <= merged.remainder.error_bound for key, hits in counted.items() if key not in kept)


_MANY_KEYS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 60).flatmap(lambda most: st.integers(0, most)),
        st.integers(0, 40),
        st.sampled_from((200, 503)),
        st.integers(0, 5_000),
        st.integers(0, 2),
    ),
    min_size=100,
    max_size=200,
)


@settings(max_examples=examples(15), deadline=None)
@given(_MANY_KEYS, st.sampled_from((1, 2)))
def test_tables_that_were_cut_are_right_within_their_bound(lines: _Lines, max_keys: int) -> None:
    run = replace(_RUN, max_keys=max_keys)
    deltas = [delta for log in _split(lines) if log for delta in _replayed(log, run)[1]]
    summary = _merged(deltas, run)[-1]
    exact, _ = _replayed(b"".join(_line(*line) for *line, _ in sorted(lines)), _RUN)
    assert isinstance(summary, Summary)
    for name in ("hosts", "endpoints", "sections"):
        _check_bound(getattr(summary, name), getattr(exact.summary, name), len(lines))
    assert (summary.hits, summary.size_bytes, summary.errors) == (
        exact.summary.hits,
        exact.summary.size_bytes,
        exact.summary.errors,
    )


def test_deltas_say_what_came_when() -> None:
    lines = b"".join(_line(second, 1, 1, 503, 10) for second in (0, 0, 5, 1, 9))
    _, deltas = _replayed(lines, _RUN)
    start_us = START_S * 1_000_000
    assert [((delta.start_us - start_us) // 1_000_000, delta.late, delta.hits, delta.errors) for delta in deltas] == [
        (0, False, 2, 2),
        (5, False, 1, 1),
        (1, True, 1, 1),
        (9, False, 1, 1),
    ]


def test_a_late_delta_is_in_the_window_and_judged_at_the_next_close() -> None:
    run = replace(_RUN, alert_threshold=1.5)
    told: list[Message] = []
    engine = MetricsAggregator(run, "replay", told.append)
    for alert in default_alerts(run):
        engine.register(alert)
    _, deltas = _replayed(b"".join(_line(second // 2, second, 1, 200, 1) for second in range(8)), run)
    (late,) = _replayed(_line(2, 9, 1, 200, 1), run)[1]
    for delta in deltas:
        engine.add_delta(delta)
    engine.advance((START_S + 4) * 1_000_000)
    assert engine.window.hits == 8
    engine.add_delta(late)
    assert (engine.window.hits, engine.health().late) == (9, 1)
    # Nine in six seconds are at the threshold; the tenth, of the next bucket, is above it.
    engine.add_delta(replace(late, start_us=(START_S + 4) * 1_000_000))
    assert not [message for message in told if isinstance(message, AlertEvent)]
    engine.advance((START_S + 5) * 1_000_000)
    assert [(event.name, event.hits) for event in told if isinstance(event, AlertEvent)] == [("traffic", 10)]
