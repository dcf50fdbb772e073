"""What is said of a log from which no lines come, and of one that cannot be kept up with."""

from dataclasses import replace

from http_monitor.clock import ManualClock
from http_monitor.health import Health
from http_monitor.inputs.input import Input
from http_monitor.monitor.falling_behind import FallingBehind, Progress
from http_monitor.monitor.silence import Silence
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.settings import Settings
from http_monitor.units import local
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder, make_monitor
from tests.live_scripts import TurnSource


class _Explained(TurnSource):
    def diagnose(self) -> str:
        return "it is missing"


class _Missing(TurnSource):
    def health(self) -> Health:
        return Health(waiting_for="turns.log is missing", waiting_since_us=START_S * 1_000_000)


def _input() -> Input:
    return Input(TurnSource(), get_format("auto"), 0, explain)


def _texts(recorder: Recorder) -> list[str]:
    return [notice.text for notice in recorder.notices if "format" not in notice.text]


class _Run:
    def __init__(self, source: TurnSource) -> None:
        self.clock = ManualClock(START_S * 1_000_000)
        self.source = source
        self.monitor, self.recorder = make_monitor(Settings(interval_s=60), [source], self.clock)

    def pass_time(self, seconds: int, lines: int = 0) -> None:
        for _ in range(seconds):
            self.clock.advance(1)
            line = log_line(self.clock.now_us() // 1_000_000) + b"\n"
            self.source.following = replace(self.source.following, data=line * lines)
            self.monitor.step()


def test_a_log_that_falls_silent_is_told_of_once_with_the_reason_and_when_it_speaks_again() -> None:
    run = _Run(_Explained())
    run.pass_time(5, lines=1)
    run.pass_time(59)
    assert _texts(run.recorder) == []
    run.pass_time(100)
    assert _texts(run.recorder) == ["turns.log: no lines for 1 min 0 s: it is missing"]
    run.pass_time(1, lines=1)
    run.pass_time(10)
    assert _texts(run.recorder)[1:] == ["turns.log: lines again, after 2 min 40 s"]


def test_since_when_a_log_is_waited_for_is_said_in_local_time() -> None:
    run = _Run(_Missing())
    run.pass_time(1, lines=1)
    run.pass_time(60)
    when = f"{local(START_S * 1_000_000):%H:%M:%S}"
    assert _texts(run.recorder) == [
        f"turns.log: no lines for 1 min 0 s, waiting for it since {when}: turns.log is missing"
    ]


def test_of_logs_that_fall_silent_together_one_is_asked_for_the_reason_each_second() -> None:
    inputs = [_input(), _input()]
    clock = ManualClock()
    silence = Silence(inputs, clock)
    for entry in inputs:
        entry.parse(log_line(START_S) + b"\n")
    assert silence() == []
    clock.advance(60)
    assert [notice.text for notice in silence()] == ["turns.log: no lines for 1 min 0 s"]
    clock.advance(1)
    assert [notice.text for notice in silence()] == ["turns.log: no lines for 1 min 1 s"]
    clock.advance(1)
    assert silence() == []


def test_an_input_that_joins_is_not_taken_for_one_that_has_gone() -> None:
    inputs = [_input()]
    clock = ManualClock()
    silence = Silence(inputs, clock)
    inputs[0].parse(log_line(START_S) + b"\n")
    silence()
    inputs.pop()
    silence()
    inputs.append(_input())
    clock.advance(600)
    assert silence() == []


def test_a_log_that_never_spoke_is_not_silent() -> None:
    run = _Run(_Explained())
    run.pass_time(300)
    assert _texts(run.recorder) == []


def test_a_source_that_cannot_tell_why_is_told_of_without_a_reason() -> None:
    run = _Run(TurnSource())
    run.pass_time(1, lines=1)
    run.pass_time(70)
    assert _texts(run.recorder) == ["turns.log: no lines for 1 min 0 s"]


def test_a_log_that_speaks_seldom_is_given_twenty_times_its_usual_gap() -> None:
    run = _Run(TurnSource())
    run.pass_time(10, lines=1)
    for _ in range(60):
        run.pass_time(29)
        run.pass_time(1, lines=1)
    assert _texts(run.recorder) == []
    run.pass_time(500)
    assert _texts(run.recorder) == []
    run.pass_time(120)
    (text,) = _texts(run.recorder)
    # The first ten lines are nearly forgotten.
    assert text == "turns.log: no lines for 9 min 59 s"


def test_a_log_that_speaks_once_in_ten_minutes_is_told_of_once() -> None:
    run = _Run(TurnSource())
    for _ in range(5):
        run.pass_time(1, lines=1)
        run.pass_time(599)
    assert _texts(run.recorder) == [
        "turns.log: no lines for 1 min 0 s",
        "turns.log: lines again, after 10 min 0 s",
    ]


def test_a_log_that_was_silent_for_an_hour_is_told_of_again_soon_after_it_is_back() -> None:
    run = _Run(TurnSource())
    run.pass_time(100, lines=1)
    run.pass_time(3_600)
    run.pass_time(100, lines=1)
    run.pass_time(60)
    assert _texts(run.recorder) == [
        "turns.log: no lines for 1 min 0 s",
        "turns.log: lines again, after 1 h 0 min",
        "turns.log: no lines for 1 min 0 s",
    ]


def test_setting_the_clock_makes_no_silence() -> None:
    run = _Run(_Explained())
    run.pass_time(2, lines=1)
    run.clock.set(run.clock.now_us() + 3_600_000_000)
    run.pass_time(30)
    assert not any("no lines for" in text for text in _texts(run.recorder))


_MIB = 1 << 20


def _said(lags: list[int], *, read_bytes_per_s: int = 2 * _MIB, slept_s: int = 0) -> list[tuple[int, str]]:
    """Return (notice, second) for unread bytes given second after second; 0: caught up."""
    clock = ManualClock()
    progress = Progress(behind=False, lag_bytes=0, lag_s=0, read_bytes=0)
    pace = FallingBehind(lambda: progress, clock)
    said = []
    for second, lag in enumerate(lags):
        clock.advance(slept_s if second == 5 and slept_s else 1)
        progress = Progress(lag > 0, lag, lag >> 20, progress.read_bytes + read_bytes_per_s)
        said += [(second, notice.text) for notice in pace()]
    return said


def test_a_lag_that_grows_for_ten_seconds_is_said_once_a_minute_and_when_it_is_over() -> None:
    growing = [second * 3 * _MIB for second in range(1, 20)]
    slow = "reading is slower than writing: 33.0 MiB, 33 s behind and growing; written 5.0 MiB/s, read 2.0 MiB/s"
    assert _said(growing) == [(10, slow)]
    assert _said([*growing, 0, 0]) == [(10, slow), (19, "reading has caught up with writing")]
    assert [second for second, _ in _said([second * _MIB for second in range(1, 100)])] == [10, 70]


def test_a_lag_that_grows_by_fits_and_starts_is_said() -> None:
    lags = [(10 + second * 2 + 3 * (second % 2)) * _MIB for second in range(20)]
    assert [second for second, _ in _said(lags)] == [10]


def test_a_backlog_that_shrinks_or_stands_is_not_said() -> None:
    assert _said([1000 * _MIB - second * _MIB for second in range(60)]) == []
    assert _said([100 * _MIB] * 60) == []
    assert _said([100 * _MIB] + [101 * _MIB] * 60) == []
    assert _said([(100 + second % 2) * _MIB for second in range(60)]) == []
    assert _said([0, 50 * _MIB] * 60) == []


def test_a_machine_that_slept_did_not_read_slowly() -> None:
    lags = [(10 + 3 * second) * _MIB for second in range(14)]
    assert [second for second, _ in _said(lags)] == [10]
    assert _said(lags, slept_s=3_600) == []
