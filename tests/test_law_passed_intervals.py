"""What is passed over changes nothing that is told: the other messages are those of a run that reports everything."""

import io
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.clock import ManualClock, ReplayClock
from http_monitor.display.notices import Notices
from http_monitor.display.text import Display
from http_monitor.hub.hub import Hub
from http_monitor.monitor.held_messages import HeldNotices
from http_monitor.monitor.publisher import Publisher
from http_monitor.report import Message, Notice, PassedInterval, Report
from http_monitor.report_tables import Coverage
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import (
    Json,
    Recorder,
    ScriptedSource,
    live_of,
    make_inputs,
    make_monitor,
    put_together,
    replay,
    settings_of,
)
from tests.program import run
from tests.reference.engine import Options
from tests.test_law_cuts import cut_logs


def shown(messages: Sequence[Message]) -> list[Message]:
    """Return the messages without the reports of intervals in which nothing was raised and nothing recovered."""
    return [message for message in messages if not isinstance(message, Report) or message.events]


@settings(max_examples=examples(60), deadline=None)
@given(cut_logs())
def test_the_reports_with_events_are_those_of_a_run_that_makes_all(
    case: tuple[list[bytes], list[list[bytes]], Options],
) -> None:
    _, pieces, options = case
    # Low thresholds, so that alerts come and go.
    chosen = settings_of(replace(options, alert_threshold=0.2, ddos_threshold=0.2, alert_min_hits=1), replay=True)
    every = replay(pieces, chosen).messages
    assert replay(pieces, replace(chosen, every_interval=False)).messages == shown(every)


@settings(max_examples=examples(20), deadline=None)
@given(cut_logs())
def test_a_stop_reports_an_open_interval_only_if_it_has_events(
    case: tuple[list[bytes], list[list[bytes]], Options],
) -> None:
    _, pieces, options = case
    chosen = settings_of(replace(options, alert_threshold=0.2), replay=True)
    for steps in (1, 3, 9):
        every, some = (stopped(pieces, replace(chosen, every_interval=every), steps) for every in (True, False))
        assert some == shown(every)


def stopped(files: Sequence[Sequence[bytes]], chosen: Settings, steps: int) -> list[Message]:
    """Return the messages of a replay that a signal ends after some steps."""
    sources = [ScriptedSource(chunks, ends=True, name=f"{index}.log") for index, chunks in enumerate(files)]
    monitor, recorder = make_monitor(chosen, sources, ReplayClock())
    for _ in range(steps):
        monitor.step()
    monitor.close(finished=False)
    monitor.close_inputs()
    return recorder.messages


def test_an_endpoint_fails_since_a_moment_in_an_interval_that_was_passed_over() -> None:
    failed = [log_line(START_S + second, b"a", status=503) for second in range(0, 120, 4)]
    flood = [log_line(START_S + 101 + number // 400, b"b") for number in range(4_000)]
    times = sorted([*failed, *flood], key=lambda line: line.partition(b"[")[2])
    messages = replay([[b"\n".join(times)]], Settings(replay=True, every_interval=False, alert_error_rate=100)).messages
    (report,) = [message for message in messages if isinstance(message, Report)]
    assert report.events == 2
    assert [row.first_us for row in report.failing] == [START_S * 1_000_000]


def test_one_process_and_two_print_the_same_bytes() -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "access.log"
        lines = [log_line(START_S + second * 7, b"a") for second in range(900)]
        lines[400:400] = [log_line(START_S + 400 * 7 + number // 30, b"b") for number in range(3_000)]
        log.write_bytes(b"\n".join(lines) + b"\n")
        said = [run("--replay", "--file", log, "--threads", threads) for threads in "12"]
    assert said[0].out == said[1].out
    assert said[0].err == said[1].err


def test_notices_come_where_the_report_of_an_interval_would_have_been() -> None:
    held = HeldNotices(60_000_000)
    recorder = Recorder()
    publisher = Publisher(Hub([recorder]), held)
    passed = PassedInterval(70_000_000, Coverage(lines=5, status=5, host=5), 120, ())
    held.note(129_999_999, 0, Notice("before"))
    held.note(130_000_000, 0, Notice("behind"))
    publisher.pass_over(passed)
    assert [notice.text for notice in recorder.notices] == ["before"]


def test_a_field_that_is_missing_for_a_window_is_told_though_its_intervals_are_passed_over() -> None:
    full = b'{"t":%d,"h":"192.0.2.7","s":200,"b":5,"p":"/a"}\n'
    lines = [full % (START_S + second) for second in range(60)]
    lines += [full.replace(b',"s":200', b"") % (START_S + 60 + second) for second in range(200)]
    chosen = Settings(replay=True, format="json:time=t,host=h,status=s,size=b,path=p", alert_threshold=5)
    every = replay([[b"".join(lines)]], chosen).messages
    messages = replay([[b"".join(lines)]], replace(chosen, every_interval=False)).messages
    assert messages == shown(every)
    assert [m.text for m in messages if isinstance(m, Notice)] == [
        "no line of the last 120 s has a status, so errors are not known, and error-rate cannot be judged"
    ]


def followed(
    turns: Sequence[tuple[int, Sequence[bytes]]], *, shows_backlog: bool
) -> tuple[list[Message], str, list[Json]]:
    """Return the messages of a live run from the start of a log, its text, and the state of its engine.

    Args:
        turns: For each turn the time that passes before it, and what is written meanwhile.
        shows_backlog: Whether the reports of a backlog are made.
    """
    chosen = Settings(from_start=True, no_state=True, alert_threshold=0.4, ddos_threshold=0.3, window_s=30)
    clock = ManualClock((START_S + 5_000) * 1_000_000)
    source = ScriptedSource([], ends=False)
    out, recorder = io.StringIO(), Recorder()
    hub = Hub([recorder, Display(out, Notices(out), width=lambda: 100, top=5)])
    inputs = make_inputs(chosen, [source])
    monitor = put_together(chosen, inputs, default_alerts(chosen), hub, clock, shows_backlog=shows_backlog)
    for seconds, chunks in turns:
        clock.advance(seconds)
        source.write(*chunks)
        monitor.step()
    state = live_of(monitor)._engine.save()
    saved = [json.loads(json.dumps(part)) for part in state]
    monitor.close(finished=False)
    return recorder.messages, out.getvalue(), saved


@st.composite
def backlogs(draw: st.DrawFn) -> list[tuple[int, list[bytes]]]:
    """Turns of which the first find old lines, in several looks; a later one may come after a stall."""
    turns: list[tuple[int, list[bytes]]] = []
    second = START_S
    for _ in range(draw(st.integers(1, 6))):
        steps = draw(st.lists(st.integers(0, 40), min_size=1, max_size=40))
        chunks = [b""] * draw(st.integers(1, 3))
        for number, step in enumerate(steps):
            second += step
            chunks[number * len(chunks) // len(steps)] += log_line(second) + b"\n"
        turns.append((draw(st.sampled_from((0, 1))), [chunk for chunk in chunks if chunk]))
    turns += [(0, [])] * 20
    for at_s in range(5_002, 5_002 + draw(st.integers(1, 60))):
        stall_s = draw(st.sampled_from((0, 0, 0, 0, 17)))
        turns.append((1 + stall_s, [(log_line(START_S + at_s) + b"\n") * draw(st.integers(0, 2))]))
    return turns


@settings(max_examples=examples(60), deadline=None)
@given(backlogs())
def test_a_live_run_prints_the_same_without_the_reports_of_a_backlog(turns: list[tuple[int, list[bytes]]]) -> None:
    every, text, state = followed(turns, shows_backlog=True)
    some, said, left = followed(turns, shows_backlog=False)
    assert said == text
    assert left == state
    hidden = [one for one in every if isinstance(one, Report) and one.catch_up and not one.events]
    assert some == [one for one in every if one not in hidden]


def test_a_backlog_has_reports_that_nobody_sees() -> None:
    turns = [(0, [(log_line(START_S + 60 * at) + b"\n") for at in range(50)]), *[(1, [])] * 60]
    every, _, _ = followed(turns, shows_backlog=True)
    some, _, _ = followed(turns, shows_backlog=False)
    made = [sum(isinstance(one, Report) and one.catch_up for one in messages) for messages in (every, some)]
    assert made == [50, 0]
