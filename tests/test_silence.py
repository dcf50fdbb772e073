"""What is said of a log from which no lines come, and of one that cannot be kept up with."""

from dataclasses import replace

from http_monitor.clock import ManualClock
from http_monitor.monitor.pace import Pace
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder, make_monitor
from tests.live_scripts import TurnSource


class _Explained(TurnSource):
    def diagnose(self) -> str:
        return "it is missing"


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
    for _ in range(60):
        run.pass_time(29)
        run.pass_time(1, lines=1)
    assert _texts(run.recorder) == []
    run.pass_time(500)
    assert _texts(run.recorder) == []
    run.pass_time(120)
    (text,) = _texts(run.recorder)
    assert text.startswith("turns.log: no lines for ")


def test_setting_the_clock_makes_no_silence() -> None:
    run = _Run(_Explained())
    run.pass_time(2, lines=1)
    run.clock.set(run.clock.now_us() + 3_600_000_000)
    run.pass_time(30)
    assert not any("no lines for" in text for text in _texts(run.recorder))


def _said(lags: list[int], step_s: float = 1.0) -> list[str]:
    clock = ManualClock()
    lag = 0
    pace = Pace(lambda: (lag, lag >> 20), clock)
    said = []
    for now in lags:
        lag = now
        clock.advance(step_s)
        said += [notice.text for notice in pace()]
    return said


_MIB = 1 << 20


def test_a_lag_that_grows_for_ten_seconds_is_said_once_a_minute_and_when_it_is_over() -> None:
    lags = [seconds * 2 * _MIB for seconds in range(1, 20)]
    assert _said(lags) == [
        "reading is slower than writing: 22.0 MiB, 22 s behind, and 2.2 MiB more each second",
    ]
    assert _said([*lags, 0])[1:] == ["reading has caught up with writing"]
    assert len(_said([seconds * _MIB for seconds in range(1, 100)])) == 2


def test_a_backlog_that_shrinks_or_stands_is_not_said() -> None:
    assert _said([100 * _MIB - seconds for seconds in range(60)]) == []
    assert _said([100 * _MIB] * 60) == []
    assert _said([0, 5] * 60) == []
