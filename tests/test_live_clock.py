"""A live run survives what happens to clocks: set back, set forward, put to sleep, replaced by the time of arrival."""

from typing import Any

from http_monitor.clock import ManualClock
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.settings import Settings
from http_monitor.waker import Waker
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder, ScriptedSource, live, make_monitor

US_PER_S = 1_000_000
QUIET: dict[str, Any] = {"ddos_threshold": 1e6, "alert_error_rate": 100.0}


class Run:
    """A live run whose clock reads seconds since the start of the log."""

    def __init__(self, settings: Settings) -> None:
        self.monitor, self.recorder, self.source, self.clock = live(settings, START_S * US_PER_S)

    def at(self, second: float, *lines: bytes) -> None:
        """Take a turn at that second, with these lines written before it."""
        self.clock.set(START_S * US_PER_S + round(second * US_PER_S))
        if lines:
            self.source.write(b"".join(lines))
        self.monitor.step()

    def every_second(self, first: int, last: int) -> None:
        for second in range(first, last + 1):
            self.at(second)

    @property
    def reports(self) -> list[tuple[int, int, bool]]:
        """(start, hits, partial) of each."""
        return [(since(r.start_us), r.hits, r.partial) for r in self.recorder.reports]

    @property
    def events(self) -> list[tuple[str, int]]:
        return [(event.state, since(event.at_us)) for event in self.recorder.events]


def since(at_us: int) -> int:
    return at_us // US_PER_S - START_S


def lines(second: int, count: int = 1) -> bytes:
    return (log_line(START_S + second) + b"\n") * count


def test_a_clock_set_back_by_more_than_the_window_begins_anew() -> None:
    run = Run(Settings(**QUIET))
    run.at(0.5, lines(0, 1_201))
    run.every_second(1, 4)
    assert run.events == [("raised", 1)]
    run.at(4.5, lines(4, 7))
    run.at(-3_600)
    # The open interval is told, whole; the alert is still there, and the window is not.
    assert run.reports == [(0, 1_208, False)]
    assert [active.name for active in run.recorder.reports[-1].active] == ["traffic"]
    run.at(-3_599, lines(-3_600, 3))
    run.every_second(-3_598, -3_588)
    assert run.events == [("raised", 1), ("recovered", -3_599)]
    assert run.reports[1:] == [(-3_600, 3, False)]
    assert run.recorder.reports[-1].window.hits == 3
    health = run.monitor.health()
    assert (health.accepted, health.late, health.too_late, health.ahead) == (1_211, 0, 0, 0)


def test_a_clock_set_back_tells_of_lines_of_days_to_come_and_of_none_of_the_empty_intervals_before_them() -> None:
    run = Run(Settings(**QUIET))
    run.source.more = True
    # Two lines that agree are believed in a backlog, however far ahead.
    run.at(0.5, lines(0), lines(86_400, 2))
    run.source.more = False
    run.every_second(1, 25)
    assert run.reports == [(0, 1, False), (10, 0, False)]
    run.at(-3_600)
    assert run.reports[2:] == [(86_400, 2, False)]
    run.every_second(-3_599, -3_589)
    assert run.reports[3:] == [(-3_600, 0, False)]


def test_an_alert_recovers_after_the_clock_was_set_back_though_no_line_comes() -> None:
    run = Run(Settings(**QUIET))
    run.at(0.5, lines(0, 1_201))
    run.every_second(1, 4)
    run.every_second(-3_600, -3_598)
    assert run.events == [("raised", 1), ("recovered", -3_599)]


def test_after_a_clock_was_set_back_lines_are_late_by_what_came_since_and_not_by_what_came_before() -> None:
    run = Run(Settings(**QUIET))
    run.at(0.5, lines(0))
    run.at(-3_600)
    run.at(-3_597, lines(-3_600))
    # Three seconds later the reader finds two lines that are younger than its last look.
    run.at(-3_594, lines(-3_597) + lines(-3_597))
    health = run.monitor.health()
    assert (health.accepted, health.late) == (4, 0)


def test_a_clock_set_back_in_small_steps_begins_anew_once_they_are_more_than_the_window() -> None:
    run = Run(Settings(**QUIET))
    run.every_second(1, 2)
    run.at(-98, lines(-98))
    assert run.monitor.health().late == 1
    run.at(-198, lines(-198))
    health = run.monitor.health()
    assert (health.accepted, health.late, health.too_late) == (2, 1, 0)


def test_a_clock_set_back_a_little_closes_nothing_until_it_is_there_again() -> None:
    run = Run(Settings(**QUIET))
    run.every_second(1, 12)
    assert run.reports == [(0, 0, False)]
    run.at(2, lines(2))
    run.every_second(3, 20)
    assert run.reports == [(0, 0, False)]
    run.at(21)
    # The line was late, and is told with the interval after its own.
    assert run.reports == [(0, 0, False), (10, 0, False)]
    assert run.recorder.reports[-1].late_hits == 1


def test_the_pulse_continues_when_the_clock_is_set_back() -> None:
    run = Run(Settings(**QUIET))
    run.every_second(1, 5)
    run.every_second(-5_000, -4_997)
    assert [since(pulse.now_us) for pulse in run.recorder.pulses] == [*range(1, 6), *range(-5_000, -4_996)]


def test_eight_hours_of_sleep_bring_no_flood_of_empty_reports() -> None:
    run = Run(Settings(**QUIET))
    run.at(0.5, lines(0, 1_201))
    run.every_second(1, 15)
    run.at(8 * 3_600 + 3, lines(8 * 3_600, 2))
    # The end of the alert falls into the sleep, and its interval is the only one of it that is told.
    assert run.events == [("raised", 1), ("recovered", 121)]
    assert run.reports == [(0, 1_201, False), (120, 0, False)]
    run.every_second(8 * 3_600 + 4, 8 * 3_600 + 11)
    assert run.reports[2:] == [(8 * 3_600, 2, False)]
    assert run.recorder.caught_up[0].lines == 2


def test_a_late_line_before_the_first_close_can_be_reported_at_once() -> None:
    run = Run(Settings(**QUIET))
    run.at(0.5, lines(-3, 2), lines(-500))
    run.monitor.close(finished=False)
    assert run.reports == [(0, 0, True)]
    report = run.recorder.reports[0]
    assert (report.late_hits, report.window.hits, sum(report.window.series)) == (3, 2, 2)
    assert run.recorder.summary.health.too_late == 1


def test_by_time_of_arrival_old_lines_count_when_they_come() -> None:
    run = Run(Settings(**QUIET, time="arrival"))
    run.at(3.2, lines(-100_000, 3), lines(500_000))
    run.at(7, lines(2))
    run.every_second(8, 11)
    assert run.reports == [(0, 5, False)]
    run.monitor.close(finished=False)
    summary = run.recorder.summary
    assert (summary.first_us, summary.last_us) == ((START_S * 10 + 32) * US_PER_S // 10, (START_S + 7) * US_PER_S)
    assert (summary.health.late, summary.health.too_late, summary.health.ahead) == (0, 0, 0)


class _Waits(Waker):
    """Moves a clock on instead of waiting; sets it at one moment, as an administrator does."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock
        self.waited_s = 0.0
        self.step_at_s: float | None = None
        self.step_by_s = 0.0

    def wait(self, timeout_s: float) -> bool:
        self.waited_s += timeout_s
        self._clock.advance(timeout_s)
        if self.step_at_s is not None and self.waited_s >= self.step_at_s:
            self._clock.advance(self.step_by_s)
            self._clock.steps += 1
            self.step_at_s = None
        return False


def timed_run(settings: Settings, step_at_s: float | None = None, step_by_s: float = 0.0) -> tuple[Recorder, float]:
    """Return what a run says that ends by itself, and how long it waited."""
    clock = ManualClock(START_S * US_PER_S)
    monitor: HTTPMonitor
    monitor, recorder = make_monitor(settings, [ScriptedSource([lines(0, 5)], ends=False)], clock)
    waker = _Waits(clock)
    waker.step_at_s, waker.step_by_s = step_at_s, step_by_s
    monitor.run(waker)
    return recorder, waker.waited_s


def test_a_duration_ends_the_run_with_a_partial_report() -> None:
    recorder, waited_s = timed_run(Settings(duration_s=25))
    assert waited_s == 25
    assert [(since(r.start_us), r.hits, r.partial) for r in recorder.reports] == [
        (0, 5, False),
        (10, 0, False),
        (20, 0, True),
    ]
    assert recorder.messages[-1] is recorder.summary


def test_a_clock_that_is_set_neither_lengthens_nor_shortens_a_duration() -> None:
    for step_by_s in (-3_600.0, 3_600.0, -50.0):
        _, waited_s = timed_run(Settings(duration_s=25), step_at_s=10, step_by_s=step_by_s)
        assert 25 <= waited_s <= 27
