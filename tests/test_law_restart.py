"""An engine that was saved and loaded goes on exactly as if nothing had happened."""

import contextlib
import json
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.clock import ManualClock
from http_monitor.metrics.aggregator import NOTHING_ELSEWHERE, MetricsAggregator
from http_monitor.metrics.gate import Gate
from http_monitor.metrics.rowcodec import decode_rows, encode_rows
from http_monitor.monitor import HTTPMonitor
from http_monitor.parser import get_format
from http_monitor.report import AlertEvent, Message, Report
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line, many_key_logs, options
from tests.harness import Recorder, make_monitor, objects, settings_of
from tests.live_scripts import Script, TurnSource, follow, scripts

_US_PER_S = 1_000_000


def _loaded(monitor: HTTPMonitor, run: Settings) -> MetricsAggregator:
    """Return a new engine that was given the state of the monitor's, through JSON text."""
    made = MetricsAggregator(run, "live", monitor.publish)
    for alert in default_alerts(run):
        made.register(alert)
    old = monitor._aggregator
    made.load(json.loads(json.dumps(old.save())))
    made.report_empty, made.catch_up = old.report_empty, old.catch_up
    return made


def _swap(monitor: HTTPMonitor, run: Settings) -> None:
    made = _loaded(monitor, run)
    assert monitor._live is not None
    monitor._aggregator = monitor._live._aggregator = made
    for entry in monitor._inputs:
        gate = Gate(run.max_ahead_s * _US_PER_S)
        gate.load(json.loads(json.dumps(entry.gate.save())))
        entry.gate = gate


def _follow_with_swaps(script: Script, swaps: set[int]) -> list[dict[str, Any]]:
    clock = ManualClock(script.start_us)
    sources = [TurnSource() for _ in range(script.inputs)]
    run = settings_of(script.options, from_start=script.from_start)
    monitor, recorder = make_monitor(run, sources, clock)
    for number, (wall_us, glances) in enumerate(script.turns):
        if number in swaps:
            _swap(monitor, run)
        clock.set(wall_us)
        for source, glance in zip(sources, glances, strict=True):
            source.following = glance
        monitor.step()
    monitor.close(finished=False)
    return objects(recorder.messages)


@settings(max_examples=60, deadline=None)
@given(scripts(), st.sets(st.integers(0, 30), max_size=4))
def test_saving_and_loading_at_any_turn_changes_nothing(script: Script, swaps: set[int]) -> None:
    assert _follow_with_swaps(script, swaps) == follow(script)


@settings(max_examples=40, deadline=None)
@given(many_key_logs(), options(max_keys=(1, 2, 7)), st.integers(0, 1 << 20))
def test_nor_does_it_where_tables_are_cut(data: bytes, chosen: Any, seed: int) -> None:
    chance = random.Random(seed)
    run = settings_of(chosen, from_start=True)
    lines = data.splitlines(keepends=True)
    cuts = sorted(chance.sample(range(len(lines) + 1), min(6, len(lines) + 1)))
    pieces = [b"".join(lines[start:end]) for start, end in zip([0, *cuts], [*cuts, len(lines)], strict=True)]

    def told(*, swaps: bool) -> list[dict[str, Any]]:
        clock = ManualClock(START_S * _US_PER_S)
        source = TurnSource()
        monitor, recorder = make_monitor(run, [source], clock)
        for piece in pieces:
            if swaps:
                _swap(monitor, run)
            clock.advance(1.5)
            source.following = replace(source.following, data=piece, at_end=False)
            monitor.step()
        monitor.close(finished=False)
        return objects(recorder.messages)

    assert told(swaps=True) == told(swaps=False)


def _hits(messages: list[Message]) -> int:
    return sum(message.hits + message.late_hits for message in messages if isinstance(message, Report))


@settings(max_examples=40, deadline=None)
@given(scripts(most_inputs=1), st.integers(0, 30), st.booleans())
def test_reports_of_both_runs_add_up_to_what_was_accepted(script: Script, stop_at: int, same: bool) -> None:
    run = settings_of(script.options, from_start=script.from_start)
    later = run if same else replace(run, window_s=run.window_s * 2, interval_s=run.interval_s * 3)
    messages: list[Message] = []
    clock = ManualClock(script.start_us)
    sources = [TurnSource() for _ in range(script.inputs)]
    monitor, recorder = make_monitor(run, sources, clock)
    for number, (wall_us, glances) in enumerate(script.turns):
        if number == stop_at:
            monitor._aggregator.stop(NOTHING_ELSEWHERE)
            state = json.loads(json.dumps(monitor._aggregator.save()))
            gates = [entry.gate for entry in monitor._inputs]
            messages += recorder.messages
            clock = ManualClock(wall_us)
            monitor, recorder = make_monitor(later, sources, clock)
            (monitor._aggregator.load if same else monitor._aggregator.load_counters)(state)
            for entry, gate in zip(monitor._inputs, gates, strict=True):
                entry.gate = gate
        clock.set(wall_us)
        for source, glance in zip(sources, glances, strict=True):
            source.following = glance
        monitor.step()
    monitor.close(finished=False)
    messages += recorder.messages
    assert _hits(messages) == recorder.summary.health.accepted == recorder.summary.hits


def _run_lines(monitor: HTTPMonitor, source: TurnSource, clock: ManualClock, seconds: int, each: int) -> None:
    for _ in range(seconds):
        clock.advance(1)
        line = log_line(clock.now_us() // _US_PER_S) + b"\n"
        source.following = replace(source.following, data=line * each, at_end=True)
        monitor.step()


def _flooded(threshold: float) -> tuple[HTTPMonitor, Recorder, TurnSource, ManualClock, Settings]:
    run = Settings(window_s=10, alert_threshold=threshold, ddos_threshold=1_000.0)
    clock = ManualClock(START_S * _US_PER_S)
    source = TurnSource()
    monitor, recorder = make_monitor(run, [source], clock)
    _run_lines(monitor, source, clock, 15, 8)
    return monitor, recorder, source, clock, run


def _states(recorder: Recorder) -> list[str]:
    return [message.state for message in recorder.messages if isinstance(message, AlertEvent)]


def test_an_alert_that_was_raised_is_not_raised_again_and_recovers() -> None:
    monitor, recorder, source, clock, run = _flooded(5.0)
    (since,) = monitor._aggregator.tracker.active()
    _swap(monitor, run)
    assert monitor._aggregator.tracker.active() == (since,)
    _run_lines(monitor, source, clock, 5, 8)
    assert _states(recorder) == ["raised"]
    _run_lines(monitor, source, clock, 15, 1)
    assert _states(recorder) == ["raised", "recovered"]
    monitor.close(finished=False)
    assert recorder.summary.alerts == 1


@pytest.mark.parametrize(("threshold", "states"), [(7.0, ["raised"]), (9.0, ["raised", "recovered"])])
def test_another_threshold_judges_an_alert_that_was_raised(threshold: float, states: list[str]) -> None:
    monitor, recorder, source, clock, run = _flooded(5.0)
    _swap(monitor, replace(run, alert_threshold=threshold))
    _run_lines(monitor, source, clock, 5, 8)
    assert _states(recorder) == states


def test_a_rule_that_is_gone_takes_its_alerts_along() -> None:
    monitor, _, _, _, run = _flooded(5.0)
    made = MetricsAggregator(run, "live", lambda message: None)
    made.load(json.loads(json.dumps(monitor._aggregator.save())))
    assert made.tracker.active() == ()
    assert made.tracker.raises == 1


@settings(max_examples=60, deadline=None)
@given(many_key_logs(), st.integers(0, 300), st.integers(0, 300))
def test_rows_come_back_as_they_were(data: bytes, one: int, other: int) -> None:
    parsed = get_format("auto").parse(data)
    gate = Gate(60 * _US_PER_S)
    times = parsed.rows.column("time").to_numpy(zero_copy_only=False).view(np.int64)
    for rows in gate.admit(parsed, times, None):
        some = rows.part(min(one, other, len(rows)), min(max(one, other), len(rows)))
        for given_rows in (rows, some):
            back = decode_rows(encode_rows(given_rows))
            assert back.batch.schema == given_rows.batch.schema
            assert back.batch.to_pylist() == given_rows.batch.to_pylist()
            for name in ("time_us", "ahead", "malformed_after", "oversized_after"):
                assert getattr(back, name).tolist() == getattr(given_rows, name).tolist()
                assert getattr(back, name).dtype == getattr(given_rows, name).dtype
            assert (back.lead_malformed, back.lead_oversized) == (given_rows.lead_malformed, given_rows.lead_oversized)


def test_of_a_large_dictionary_only_the_keys_in_use_are_written() -> None:
    lines = b"".join(log_line(START_S, b"host%06d" % number) + b"\n" for number in range(10_000))
    parsed = get_format("auto").parse(lines)
    times = parsed.rows.column("time").to_numpy(zero_copy_only=False).view(np.int64)
    (rows,) = Gate(60 * _US_PER_S).admit(parsed, times, START_S * _US_PER_S)
    assert len(encode_rows(rows.part(5, 8))) < 5_000


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 1 << 30), st.binary(min_size=1, max_size=4))
def test_damaged_rows_are_refused_or_still_rows(seed: int, junk: bytes) -> None:
    chance = random.Random(seed)
    parsed = get_format("auto").parse(log_line(START_S, b"a") + b"\n" + log_line(START_S, b"b") + b"\n")
    times = parsed.rows.column("time").to_numpy(zero_copy_only=False).view(np.int64)
    (rows,) = Gate(60 * _US_PER_S).admit(parsed, times, START_S * _US_PER_S)
    data = bytearray(encode_rows(rows))
    place = chance.randrange(len(data))
    data[place : place + len(junk)] = junk
    if chance.random() < 0.3:
        del data[chance.randrange(len(data)) :]
    with contextlib.suppress(ValueError):
        decode_rows(bytes(data))


def _places(state: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    steps = state.items() if isinstance(state, dict) else enumerate(state) if isinstance(state, list) else ()
    for step, value in steps:
        found += _places(value, (*path, step))
    return found


def test_a_state_that_makes_no_sense_is_refused_in_one_way() -> None:
    monitor, _, _, _, run = _flooded(5.0)
    text = json.dumps(monitor._aggregator.save())
    chance = random.Random(5)
    places = _places(json.loads(text))
    refused = 0
    for place in chance.sample(places, min(400, len(places))):
        state = json.loads(text)
        holder = state
        for step in place[:-1]:
            holder = holder[step]
        if chance.random() < 0.3:
            del holder[place[-1]]
        else:
            holder[place[-1]] = chance.choice([None, "x", -1, 1.5, [], {}, True, 1 << 300, "\u1234", [[]]])
        made = MetricsAggregator(run, "live", lambda message: None)
        for alert in default_alerts(run):
            made.register(alert)
        try:
            made.load(state)
        except (KeyError, TypeError, ValueError):
            refused += 1
            continue
        made.advance(made.now_us + 30 * _US_PER_S, NOTHING_ELSEWHERE)
        made.stop(NOTHING_ELSEWHERE)
    assert refused > 300
