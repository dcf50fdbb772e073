"""An engine that was saved and loaded goes on exactly as if nothing had happened."""

import json
import random
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.clock import ManualClock
from http_monitor.codec import counts, keys_of, sizes
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.eventtime.rows import NEVER_US, Rows, greatest_of, times_of
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.parser.formats import get_format
from http_monitor.records import Json
from http_monitor.report import AlertEvent, Message, Mode, Report, Summary
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, held_logs, log_line, logs, many_key_logs, options
from tests.examples import examples
from tests.harness import Recorder, live_of, make_monitor, ndjson, settings_of
from tests.live_scripts import Script, TurnSource, scripts
from tests.reference.engine import Options
from tests.reference.families import family_of

_US_PER_S = 1_000_000


def _loaded(monitor: HTTPMonitor, run: Settings) -> MetricsAggregator:
    """Return a new engine that was given the state of the monitor's, through JSON text."""
    made = MetricsAggregator(run, "live", live_of(monitor)._publisher.publish, classify=family_of)
    for alert in default_alerts(run):
        made.register(alert)
    old = live_of(monitor)._engine
    made.load(json.loads(json.dumps(list(old.save()))))
    made.catch_up(not old.report_empty)
    return made


def _swap(monitor: HTTPMonitor, run: Settings) -> None:
    made = _loaded(monitor, run)
    live = live_of(monitor)
    live._engine = live.turns._aggregator = live._backlog._engine = made
    for entry in live._inputs:
        ahead_filter = AheadFilter(run.max_ahead_s * _US_PER_S)
        ahead_filter.load(json.loads(json.dumps(entry.ahead_filter.save())))
        entry.ahead_filter = ahead_filter


def _follow(script: Script, swaps: set[int]) -> list[Message]:
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
    return recorder.messages


@settings(max_examples=examples(30), deadline=None)
@given(scripts(), st.sets(st.integers(0, 30), max_size=4))
def test_saving_and_loading_at_any_turn_changes_nothing(script: Script, swaps: set[int]) -> None:
    assert _follow(script, swaps) == _follow(script, set())


@settings(max_examples=examples(20), deadline=None)
@given(many_key_logs(), options(max_keys=(1, 2, 7)), st.integers(0, 1 << 20))
def test_nor_does_it_where_tables_are_cut(data: bytes, chosen: Options, seed: int) -> None:
    chance = random.Random(seed)
    run = settings_of(chosen, from_start=True)
    lines = data.splitlines(keepends=True)
    cuts = sorted(chance.sample(range(len(lines) + 1), min(6, len(lines) + 1)))
    pieces = [b"".join(lines[start:end]) for start, end in zip([0, *cuts], [*cuts, len(lines)], strict=True)]

    def told(*, swaps: bool) -> list[Message]:
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
        return recorder.messages

    assert told(swaps=True) == told(swaps=False)


@dataclass(frozen=True)
class _Operation:
    """What is done to an engine: rows are added, or now moves on, or the clock was set back."""

    kind: str
    rows: Rows | None = None
    time_us: int = 0


@st.composite
def _operations(draw: st.DrawFn) -> list[_Operation]:
    """Return a log in pieces, with other things done to the engine in between."""
    data = draw(st.one_of(logs(), held_logs(), many_key_logs()))
    chance = random.Random(draw(st.integers(0, 1 << 20)))
    batch = get_format("auto").parse(data if data.endswith(b"\n") else data + b"\n")
    ahead_filter = AheadFilter(60 * _US_PER_S)
    done: list[_Operation] = []
    for rows in [*ahead_filter.admit(batch, times_of(batch), None), *ahead_filter.release(None)]:
        cuts = sorted(chance.sample(range(len(rows) + 1), min(4, len(rows) + 1)))
        for start, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True):
            done.append(_Operation("add", rows.part(start, stop)))
            moment_us = (START_S + chance.randrange(40)) * _US_PER_S
            if chance.random() < 0.3:
                done.append(_Operation("advance", time_us=moment_us))
            elif chance.random() < 0.1:
                done.append(_Operation("restart_at", time_us=moment_us))
    return done


def _done(
    operations: list[_Operation], run: Settings, mode: Mode, swaps: set[int]
) -> tuple[list[Message], Summary, list[Json]]:
    """Do it all, to another engine that was loaded with the state of the one before at each of the swaps."""
    told: list[Message] = []

    def made() -> MetricsAggregator:
        engine = MetricsAggregator(run, mode, told.append, classify=family_of)
        if mode == "live":
            engine.catch_up(False)
        for alert in default_alerts(run):
            engine.register(alert)
        return engine

    engine, greatest_us = made(), NEVER_US
    cap_us = 1 << 62 if mode == "replay" else (START_S + 100) * _US_PER_S
    for number, operation in enumerate([*operations, None]):
        if number in swaps:
            state = json.loads(json.dumps(list(engine.save())))
            engine = made()
            engine.load(state)
            assert list(engine.save()) == state
        if operation is None:
            (engine.finish if mode == "replay" else engine.stop)()
        elif operation.rows is not None:
            engine.add(operation.rows, greatest_us=greatest_us, cap_us=cap_us)
            greatest_us = max(greatest_us, greatest_of(operation.rows.time_us))
        elif operation.kind == "advance":
            engine.advance(operation.time_us)
        else:
            engine.restart_at(operation.time_us)
    return told, engine.summary(), list(engine.save())


@settings(max_examples=examples(50), deadline=None)
@given(
    _operations(),
    options(max_keys=(1, 2, 7, 1_000)),
    st.sampled_from(("live", "replay")),
    st.sets(st.integers(0, 12), min_size=1, max_size=5),
)
def test_an_engine_resumes_exactly_whatever_was_done_to_it(
    operations: list[_Operation], chosen: Options, mode: Mode, swaps: set[int]
) -> None:
    run = settings_of(chosen, replay=mode == "replay")
    told, summary, state = _done(operations, run, mode, swaps)
    uncut_told, uncut_summary, uncut_state = _done(operations, run, mode, set())
    assert told == uncut_told
    assert summary == uncut_summary
    assert _sorted_tables(state) == _sorted_tables(uncut_state)


def _sorted_tables(state: Any) -> Any:
    """Return a state with the keys of its tables in order: their order there means nothing."""
    if isinstance(state, list):
        return [_sorted_tables(value) for value in state]
    if not isinstance(state, dict):
        return state
    if "rest" in state:
        names = keys_of(state["keys"])
        columns = (
            counts(state["hits"], len(names)),
            sizes(state["sizes"], len(names)),
            counts(state["errors"], len(names)),
        )
        rows = sorted(zip(names, *(column.tolist() for column in columns), strict=True))
        return {"rows": rows, "rest": state["rest"]}
    return {name: _sorted_tables(value) for name, value in state.items()}


def _hits(messages: list[Message]) -> int:
    return sum(message.hits + message.late_hits for message in messages if isinstance(message, Report))


@settings(max_examples=examples(20), deadline=None)
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
            live_of(monitor)._engine.stop()
            state = json.loads(json.dumps(list(live_of(monitor)._engine.save())))
            gates = [entry.ahead_filter for entry in live_of(monitor)._inputs]
            messages += recorder.messages
            clock = ManualClock(wall_us)
            monitor, recorder = make_monitor(later, sources, clock)
            (live_of(monitor)._engine.load if same else live_of(monitor)._engine.load_counters)(state)
            for entry, ahead_filter in zip(live_of(monitor)._inputs, gates, strict=True):
                entry.ahead_filter = ahead_filter
        clock.set(wall_us)
        for source, glance in zip(sources, glances, strict=True):
            source.following = glance
        monitor.step()
    monitor.close(finished=False)
    messages += recorder.messages
    assert _hits(messages) == recorder.summary.health.accepted == recorder.summary.hits


@pytest.mark.parametrize("how", ["stop", "finish"])
def test_hits_of_other_lengths_are_told_even_if_nothing_comes_any_more(how: str) -> None:
    monitor, recorder, _, _, run = _flooded(1_000.0)
    told = _hits(recorder.messages)
    state = json.loads(json.dumps(list(live_of(monitor)._engine.save())))
    messages: list[Message] = []
    made = MetricsAggregator(replace(run, interval_s=60), "live", messages.append)
    made.load_counters(state)
    getattr(made, how)()
    (report,) = messages
    assert isinstance(report, Report)
    assert (report.start_us, report.hits) == (START_S * _US_PER_S, 0)
    assert 0 < report.late_hits == made.health().accepted - told
    assert report.seq == len(recorder.reports) + 1


def test_what_a_partial_report_told_is_not_told_again() -> None:
    monitor, recorder, source, clock, run = _flooded(1_000.0)
    live_of(monitor)._engine.stop()
    before = recorder.reports[-1]
    assert (before.start_us, before.hits, before.partial) == ((START_S + 10) * _US_PER_S, 6 * 8, True)
    _swap(monitor, run)
    _run_lines(monitor, source, clock, 7, 1)
    after = recorder.reports[-1]
    assert (after.start_us, after.hits, after.partial, after.seq) == (before.start_us, 4, False, before.seq + 1)


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
    (since,) = live_of(monitor)._engine.tracker.active()
    _swap(monitor, run)
    assert live_of(monitor)._engine.tracker.active() == (since,)
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
    made.load(json.loads(json.dumps(list(live_of(monitor)._engine.save()))))
    assert made.tracker.active() == ()
    assert not made.tracker.active()
    assert made.tracker.raises == 1


def _places(state: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    steps = state.items() if isinstance(state, dict) else enumerate(state) if isinstance(state, list) else ()
    for step, value in steps:
        found += _places(value, (*path, step))
    return found


_JUNK: tuple[Any, ...] = (None, "x", "", -1, 0, 1.5, [], {}, True, 1 << 300, 1 << 61, -(1 << 61), "\u1234", [[]])


def _damaged(text: str, chance: random.Random) -> Any:
    """Return the state of a JSON text without something, or with something else in its place."""
    state = json.loads(text)
    place = chance.choice(_places(state))
    holder = state
    for step in place[:-1]:
        holder = holder[step]
    if chance.random() < 0.3:
        del holder[place[-1]]
    else:
        holder[place[-1]] = chance.choice(_JUNK)
    return state


def test_a_state_that_makes_no_sense_is_refused_in_one_way() -> None:
    monitor, _, _, _, run = _flooded(5.0)
    text = json.dumps(list(live_of(monitor)._engine.save()))
    chance = random.Random(5)
    refused = 0
    for number in range(examples(600)):
        state = _damaged(text, chance)
        messages: list[Message] = []
        made = MetricsAggregator(run, "live", messages.append)
        for alert in default_alerts(run):
            made.register(alert)
        try:
            (made.load_counters if number % 3 == 0 else made.load)(state)
        except (KeyError, TypeError, ValueError):
            refused += 1
            continue
        # What is believed can be counted on with, and shown.
        made.advance(START_S * _US_PER_S + 30 * _US_PER_S)
        made.stop()
        ndjson([*messages, made.summary()])
    assert refused > examples(600) * 2 / 3


def test_a_gate_that_makes_no_sense_is_refused_in_one_way() -> None:
    batch = get_format("auto").parse(log_line(START_S) + b"\n")
    ahead_filter = AheadFilter(60 * _US_PER_S)
    assert [rows.lead for rows in ahead_filter.admit(batch, times_of(batch), None)] == [(0, 0, 0, 0, 0, 1)]
    assert ahead_filter.held == 1
    text = json.dumps(ahead_filter.save())
    chance = random.Random(6)
    refused = 0
    for _ in range(100):
        made = AheadFilter(60 * _US_PER_S)
        try:
            made.load(_damaged(text, chance))
        except (KeyError, TypeError, ValueError):
            refused += 1
    assert refused > 50
