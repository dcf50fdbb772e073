"""No line is lost in silence: after every step each has gone to one counter, in the end each hit to one report."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.clock import ManualClock, ReplayClock
from http_monitor.health import Health
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.report import Summary
from tests import engine_strategies, live_scripts, strategies
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import Recorder, ScriptedSource, make_monitor, settings_of
from tests.live_scripts import Script, TurnSource
from tests.reference.clf import parse_log
from tests.reference.engine import Options


def assert_nothing_is_lost(health: Health) -> None:
    input_health = health.malformed + health.filtered + health.other + health.ahead + health.held
    assert health.lines == health.accepted + input_health
    assert health.too_late <= health.late <= health.accepted
    assert health.oversized <= health.malformed


def assert_every_hit_is_told_once(recorder: Recorder) -> None:
    summary = recorder.summary
    assert sum(report.hits + report.late_hits for report in recorder.reports) == summary.health.accepted == summary.hits
    assert sum(report.size_bytes + report.late_bytes for report in recorder.reports) == summary.size_bytes
    assert sum(report.errors + report.late_errors for report in recorder.reports) == summary.errors
    assert [message for message in recorder.messages if isinstance(message, Summary)] == recorder.messages[-1:]


def lines_in(data: bytes) -> int:
    return parse_log(data).lines


@settings(max_examples=examples(45), deadline=None)
@given(live_scripts.scripts(), st.integers(1, 40))
def test_live_every_line_has_gone_to_one_counter_after_every_turn(script: Script, most_turns: int) -> None:
    clock = ManualClock(script.start_us)
    sources = [TurnSource() for _ in range(script.inputs)]
    monitor, recorder = make_monitor(settings_of(script.options, from_start=script.from_start), sources, clock)
    read = 0
    for wall_us, glances in script.turns[:most_turns]:
        clock.set(wall_us)
        for source, glance in zip(sources, glances, strict=True):
            source.following = glance
            read += lines_in(glance.data)
        monitor.step()
        assert_nothing_is_lost(monitor.health())
        assert monitor.health().lines == read
    monitor.close(finished=False)
    for report in recorder.reports:
        assert_nothing_is_lost(report.health)
    assert recorder.summary.health == monitor.health()
    assert_every_hit_is_told_once(recorder)


@st.composite
def replays(draw: st.DrawFn) -> tuple[list[list[bytes]], Options]:
    """Return chunks of one to three logs, with options."""
    logs = st.one_of(
        engine_strategies.logs(),
        engine_strategies.many_key_logs(),
        strategies.timed_logs().filter(engine_strategies.has_known_format),
    )
    files = draw(st.lists(logs, min_size=1, max_size=3))
    return [draw(strategies.line_cuts(data)) for data in files], draw(engine_strategies.options())


def start_replay(files: Sequence[Sequence[bytes]], options: Options) -> tuple[HTTPMonitor, Recorder]:
    sources = [ScriptedSource(chunks, ends=True) for chunks in files]
    return make_monitor(settings_of(options, replay=True), sources, ReplayClock())


@settings(max_examples=examples(30), deadline=None)
@given(replays())
def test_a_replay_loses_no_line_and_tells_every_hit_once(case: tuple[list[list[bytes]], Options]) -> None:
    files, options = case
    monitor, recorder = start_replay(files, options)
    finished = False
    while not finished:
        finished = monitor.step()
        assert_nothing_is_lost(monitor.health())
    monitor.close(finished=True)
    assert recorder.summary.health.lines == sum(lines_in(b"".join(chunks)) for chunks in files)
    assert recorder.summary.health.held == 0
    for report in recorder.reports:
        assert_nothing_is_lost(report.health)
        assert not report.partial
    assert_every_hit_is_told_once(recorder)


@settings(max_examples=examples(30), deadline=None)
@given(replays(), st.integers(0, 12))
def test_a_replay_that_is_stopped_on_its_way_has_told_every_hit_it_counted(
    case: tuple[list[list[bytes]], Options], steps: int
) -> None:
    files, options = case
    monitor, recorder = start_replay(files, options)
    for _ in range(steps):
        monitor.step()
    monitor.close(finished=False)
    assert_nothing_is_lost(recorder.summary.health)
    assert_every_hit_is_told_once(recorder)


def test_each_counter_gets_its_line() -> None:
    log = [
        log_line(START_S + 200),
        log_line(START_S + 201),
        b"junk",
        log_line(START_S + 9_000),
        b"",
        log_line(START_S + 150),
        log_line(START_S + 10),
        log_line(START_S + 8_000),
        b"x" * ((1 << 20) + 1),
    ]
    monitor, recorder = start_replay([[b"\n".join(log) + b"\n"], [b"\n"]], Options(max_ahead_s=60, lateness_s=0))
    while not monitor.step():
        pass
    monitor.close(finished=True)
    health = recorder.summary.health
    assert (health.lines, health.accepted, health.malformed, health.oversized) == (8, 6, 2, 1)
    assert (health.late, health.too_late, health.ahead, health.held) == (3, 2, 0, 0)
