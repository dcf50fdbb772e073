"""What a live run tells, and when: empty intervals, the end of a backlog, the end of an input, a stop."""

import pytest

from http_monitor.alerts import TrafficAlert
from http_monitor.clock import ManualClock, ReplayClock
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.engine.alert_tracker import AlertTracker
from http_monitor.eventtime.rows import NEVER_US, Rows, greatest_of, times_of
from http_monitor.health import Health
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.source import Chunk
from http_monitor.report import CaughtUp, Message, Notice, Report, Summary
from http_monitor.settings import Settings
from http_monitor.waker import Waker
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder, ScriptedSource, live, live_of, make_monitor, put_together

US_PER_S = 1_000_000
START_US = START_S * US_PER_S


def lines(second: int, count: int = 1, status: int = 200) -> bytes:
    return (log_line(START_S + second, status=status) + b"\n") * count


def since(at_us: int) -> int:
    return at_us // US_PER_S - START_S


def told(recorder: Recorder) -> list[tuple[int, int, bool]]:
    """Return (start, hits, partial) of each report."""
    return [(since(report.start_us), report.hits, report.partial) for report in recorder.reports]


# Empty intervals


def test_empty_intervals_are_reported_only_when_caught_up() -> None:
    monitor, recorder, source, clock = live(Settings(from_start=True), START_US + 1_000 * US_PER_S)
    source.write(lines(0, 2), lines(500) + lines(501), lines(502))
    for _ in range(3):
        monitor.step()
    assert told(recorder) == [(0, 2, False), (500, 3, False)]
    assert [report.catch_up for report in recorder.reports] == [True, True]
    for _ in range(22):
        clock.advance(1)
        monitor.step()
    assert told(recorder)[2:] == [(990, 0, False), (1_000, 0, False), (1_010, 0, False)]
    assert [report.catch_up for report in recorder.reports[2:]] == [False, False, False]


def test_a_run_from_the_start_of_an_empty_file_reports_empty_intervals_too() -> None:
    monitor, recorder, _, clock = live(Settings(from_start=True), START_US)
    for _ in range(22):
        clock.advance(1)
        monitor.step()
    assert told(recorder) == [(0, 0, False), (10, 0, False)]


# Catching up


def test_the_end_of_a_backlog_says_how_long_it_was_with_its_lines_and_its_alerts() -> None:
    monitor, recorder, source, clock = live(Settings(from_start=True), START_US + 10_000 * US_PER_S)
    source.write(lines(0, 1_201), b"junk\n" + lines(60), lines(200) + lines(240))
    monitor.step()
    monitor.step()
    assert recorder.caught_up == []
    monitor.step()
    # The traffic of 1,201 lines, and their host's.
    assert recorder.caught_up == [CaughtUp(span_s=240, lines=1_205, alerts=2, at_us=START_US + 10_000 * US_PER_S)]
    # After the reports of the backlog.
    assert recorder.messages[-1] is recorder.caught_up[0]
    for _ in range(20):
        clock.advance(1)
        monitor.step()
    assert len(recorder.caught_up) == 1


def test_a_stall_ends_with_the_same_sentence_and_only_if_something_came() -> None:
    monitor, recorder, source, clock = live(Settings(), START_US)
    source.write(lines(0, 3))
    clock.advance(1)
    monitor.step()
    clock.advance(300)
    monitor.step()
    assert recorder.caught_up == []
    source.write(lines(310, 2) + lines(590))
    clock.set(START_US + 601 * US_PER_S)
    monitor.step()
    # From the moment at which it was last there, to the last line.
    assert recorder.caught_up == [CaughtUp(span_s=289, lines=3, alerts=0, at_us=START_US + 601 * US_PER_S)]


def test_a_reader_that_keeps_up_never_catches_up() -> None:
    monitor, recorder, source, clock = live(Settings(), START_US)
    for second in range(30):
        source.write(lines(second))
        clock.set(START_US + second * US_PER_S + 500_000)
        monitor.step()
    assert recorder.caught_up == []
    assert [report.catch_up for report in recorder.reports] == [False, False]


def test_a_log_too_dense_for_one_look_is_reported_like_any_other() -> None:
    monitor, recorder, source, clock = live(Settings(), START_US)
    for second in range(30):
        source.write(lines(second), lines(second), lines(second))
        clock.set(START_US + second * US_PER_S + 500_000)
        # Something is left unread each time, for the first time in the first turn.
        for _ in range(3 if second else 2):
            monitor.step()
    assert recorder.caught_up == []
    assert told(recorder) == [(0, 30, False), (10, 30, False)]
    assert [report.catch_up for report in recorder.reports] == [False, False]


def test_lines_that_become_an_interval_old_unread_are_a_backlog() -> None:
    monitor, recorder, source, clock = live(Settings(), START_US)
    monitor.step()
    # Each second two pieces are written, and one is read.
    for second in range(1, 31):
        source.write(lines(second), lines(second))
        clock.set(START_US + second * US_PER_S)
        monitor.step()
    # The line of 11 is the 21st, and is read at 21: the interval that ended at 10 is eleven seconds old.
    assert [(since(report.end_us), report.catch_up) for report in recorder.reports] == [(10, True)]
    for _ in range(30):
        monitor.step()
    # That which ended at 20 is ten seconds old now. The backlog is from the first line to the last.
    assert [(since(report.end_us), report.catch_up) for report in recorder.reports[1:]] == [(20, False)]
    assert recorder.caught_up == [CaughtUp(span_s=29, lines=60, alerts=0, at_us=START_US + 30 * US_PER_S)]


def test_a_report_says_what_could_not_be_read_when_it_was_made() -> None:
    monitor, recorder, source, clock = live(Settings(), START_US)
    for second in range(32):
        clock.set(START_US + second * US_PER_S)
        waiting = second in range(5, 15)
        since_us = START_US + 5 * US_PER_S
        source.state = Health(waiting_for="x is gone", waiting_since_us=since_us) if waiting else Health()
        monitor.step()
    monitor.close(finished=False)
    waited = [(report.health.waiting_for, report.health.waiting_since_us) for report in recorder.reports]
    assert waited == [("x is gone", since_us), ("", None), ("", None), ("", None)]
    assert recorder.summary.health.waiting_for == ""


# Pulses


def test_a_pulse_a_second_says_the_rate_and_the_next_report() -> None:
    monitor, recorder, source, clock = live(Settings(lateness_s=2), START_US)
    source.write(lines(0, 24))
    for _ in range(26):
        clock.advance(0.5)
        monitor.step()
    assert [since(pulse.now_us) for pulse in recorder.pulses] == [0, *range(1, 14)]
    rates = {since(pulse.now_us): (pulse.hits_per_s, pulse.window_hits_per_s) for pulse in recorder.pulses}
    # The bucket of second 0 closes at 3; then others, without hits.
    assert (rates[2], rates[3], rates[4]) == ((0, 0), (24, 0.2), (0, 0.2))
    upcoming = {since(pulse.now_us): since(pulse.next_report_us) for pulse in recorder.pulses}
    # The first interval is reported a lateness after its end; until then it is the next to be.
    assert (upcoming[1], upcoming[11], upcoming[12]) == (12, 12, 22)
    assert recorder.reports[0].end_us == START_US + 10 * US_PER_S


# Ends


def test_a_stop_tells_each_open_interval_as_partial() -> None:
    settings = Settings(lateness_s=15)
    monitor, recorder, source, clock = live(settings, START_US)
    for second in range(1, 24):
        source.write(lines(second))
        clock.set(START_US + second * US_PER_S)
        monitor.step()
    assert told(recorder) == []
    monitor.close(finished=False)
    # At second 23 with fifteen of lateness the buckets up to 7 are closed, and three intervals are open.
    assert told(recorder) == [(0, 9, True), (10, 10, True), (20, 4, True)]
    assert recorder.reports[0].window.hits == 7
    assert recorder.messages[-1] is recorder.summary
    assert recorder.summary.hits == 23


def test_a_stop_judges_nothing() -> None:
    monitor, recorder, source, clock = live(Settings(), START_US)
    source.write(lines(0, 5_000))
    clock.advance(1.9)
    monitor.step()
    monitor.close(finished=False)
    assert (recorder.events, told(recorder)) == ([], [(0, 5_000, True)])
    assert recorder.summary.alerts == 0


def test_the_end_of_the_last_input_ends_the_run_with_a_partial_report() -> None:
    clock = ManualClock(START_US + 5 * US_PER_S)
    first = ScriptedSource([lines(3), lines(4) + lines(5).removesuffix(b"\n")], ends=True, name="-")
    monitor, recorder = make_monitor(Settings(from_start=True), [first], clock)
    monitor.run(Waker())
    assert told(recorder) == [(0, 3, True)]
    assert isinstance(recorder.messages[-1], Summary)
    assert recorder.summary.health.lines == 3


def test_an_input_that_has_ended_holds_nothing_up() -> None:
    clock = ManualClock(START_US)
    ending, going = ScriptedSource([lines(0)], ends=True), ScriptedSource([], ends=False)
    monitor, recorder = make_monitor(Settings(), [ending, going], clock)
    finished = []
    for second in range(1, 14):
        going.write(lines(second))
        clock.set(START_US + second * US_PER_S)
        finished.append(monitor.step())
    assert finished == [False] * 13
    assert told(recorder) == [(0, 10, False)]


# What cannot be read


def test_live_a_file_in_which_nothing_fits_is_a_notice_once() -> None:
    monitor, recorder, source, clock = live(Settings(), START_US)
    monitor.step()
    assert recorder.notices == []
    for _ in range(4):
        source.write(b'{"not": "\x1b[31ma log"}\n')
        clock.advance(1)
        monitor.step()
    (notice,) = recorder.notices
    assert notice.level == "warning"
    assert notice.text.startswith("test.log: its first line does not fit any format with a name; line 1, ")
    assert '{"not": "\\x1b[31ma log"}' in notice.text
    source.write(lines(4))
    clock.advance(1)
    monitor.step()
    assert monitor.health().accepted == 1


# What can be plugged in


def test_a_name_can_be_registered_once() -> None:
    tracker = AlertTracker()
    tracker.register(TrafficAlert(10))
    with pytest.raises(ValueError, match="an alert named traffic is registered already"):
        tracker.register(TrafficAlert(20))
    aggregator = MetricsAggregator(Settings(), "live", Recorder().publish)
    aggregator.register(TrafficAlert(10))
    with pytest.raises(ValueError, match="an alert named traffic is registered already"):
        aggregator.register(TrafficAlert(10))


def test_every_sink_is_given_the_same_messages() -> None:
    one, two = Recorder(), Recorder()
    entry = Input(ScriptedSource([lines(0)], ends=True), get_format("auto"), 60 * US_PER_S, explain)
    monitor = put_together(Settings(replay=True), [entry], [], Hub([one, two]), ReplayClock())
    monitor.run(Waker())
    assert [type(message) for message in one.messages] == [Notice, Report, Summary]
    assert one.messages == two.messages


def test_a_stop_reads_on_for_a_moment_and_leaves_the_rest_of_a_large_backlog() -> None:
    clock = ManualClock(START_US + 1_000 * US_PER_S)

    class SlowlyRead(ScriptedSource):
        def read(self) -> Chunk:
            clock.advance(0.03)
            return super().read()

    source = SlowlyRead([lines(0)] * 500, ends=False)
    monitor, recorder = make_monitor(Settings(from_start=True), [source], clock)
    monitor.request_stop()
    monitor.run(Waker())
    assert (recorder.summary.hits, recorder.summary.health.lines, source.pending) == (5, 5, True)
    assert told(recorder) == [(0, 5, True)]


# A silent log


def _last(recorder: Recorder) -> list[tuple[int, int | None]]:
    """Return (start, last line) of each report without hits."""
    return [
        (since(report.start_us), None if report.last_us is None else since(report.last_us))
        for report in recorder.reports
        if not report.hits
    ]


def test_an_interval_without_lines_says_when_the_last_one_was_and_nothing_where_there_was_none() -> None:
    monitor, recorder, source, clock = live(Settings(), START_US)
    for second in range(32):
        if second == 14:
            source.write(lines(13))
        clock.advance(1)
        monitor.step()
    assert _last(recorder) == [(0, None), (20, 13)]


@pytest.mark.parametrize("cuts", [(3,), (1, 2), (2, 1), (1, 1, 1)])
def test_the_line_that_ends_a_silence_is_not_the_last_one_of_it(cuts: tuple[int, ...]) -> None:
    told: list[Message] = []
    engine = MetricsAggregator(Settings(), "live", told.append)
    engine.begin_at(START_US)
    engine.catch_up(False)
    seconds, greatest_us = [4, 12, 44], NEVER_US
    for cut in cuts:
        batch = get_format("auto").parse(b"".join(map(lines, seconds[:cut])))
        del seconds[:cut]
        rows = Rows(batch.rows, times_of(batch))
        engine.add(rows, greatest_us=greatest_us, cap_us=-NEVER_US)
        greatest_us = greatest_of(rows.time_us)
    found = [(since(report.start_us), report.hits, report.last_us) for report in told if isinstance(report, Report)]
    silent_us = START_US + 12 * US_PER_S
    assert found == [(0, 1, None), (10, 1, None), (20, 0, silent_us), (30, 0, silent_us)]


def test_after_a_restart_the_last_line_is_that_of_the_run_before() -> None:
    monitor, _, source, clock = live(Settings(), START_US)
    source.write(lines(3))
    for _ in range(12):
        clock.advance(1)
        monitor.step()
    state = list(live_of(monitor)._engine.save())
    told: list[Message] = []
    engine = MetricsAggregator(Settings(), "live", told.append)
    engine.load(state)
    engine.catch_up(False)
    engine.advance(START_US + 62 * US_PER_S)
    assert [report.last_us for report in told if isinstance(report, Report)] == [START_US + 3 * US_PER_S] * 5
