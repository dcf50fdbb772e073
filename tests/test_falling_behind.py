"""How far reading is behind writing, as the status, the reports and the notices of a live run tell it."""

from http_monitor.clock import ManualClock
from http_monitor.health import Health
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.ports.source import Chunk
from http_monitor.report import Pulse
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder, make_monitor

_MIB = 1 << 20
_LINE = log_line(START_S) + b"\n"


class _SlowlyRead:
    """A log with at most two lines per look, however many there are."""

    def __init__(self) -> None:
        self.times_s: list[int] = []
        """Of the lines not read yet."""
        self.unread_bytes: int | None = None
        """What is said to be unread; None: what is."""
        self.waiting_since_us: int | None = None

    @property
    def name(self) -> str:
        return "slow.log"

    def read(self) -> Chunk:
        lines = [log_line(time_s) + b"\n" for time_s in self.times_s[:2]]
        del self.times_s[:2]
        return Chunk(b"".join(lines), at_end=not self.times_s)

    def health(self) -> Health:
        lag_bytes = len(self.times_s) * len(_LINE) if self.unread_bytes is None else self.unread_bytes
        waiting_for = "" if self.waiting_since_us is None else "slow.log is missing"
        return Health(lag_bytes=lag_bytes, waiting_for=waiting_for, waiting_since_us=self.waiting_since_us)

    def wants_poll_s(self) -> float:
        return 1.0

    def close(self) -> None:
        pass


def _run(*sources: _SlowlyRead) -> tuple[HTTPMonitor, Recorder, ManualClock]:
    clock = ManualClock(START_S * 1_000_000)
    monitor, recorder = make_monitor(Settings(from_start=True), sources, clock)
    return monitor, recorder, clock


def _lags(pulses: list[Pulse]) -> list[tuple[int, int]]:
    return [(pulse.lag_bytes // len(_LINE), pulse.lag_s) for pulse in pulses]


def test_lag_is_what_is_unread_and_how_old_the_line_is_that_was_read_last() -> None:
    source = _SlowlyRead()
    source.times_s = [START_S - 90, START_S - 80, START_S - 60, START_S - 50, START_S - 30]
    monitor, recorder, clock = _run(source)
    for _ in range(4):
        monitor.step()
        health = monitor.health()
        assert (health.lag_bytes // len(_LINE), health.lag_s) == _lags(recorder.pulses)[-1]
        clock.advance(1)
    assert _lags(recorder.pulses) == [(3, 80), (1, 51), (0, 0), (0, 0)]


def test_of_several_logs_the_one_furthest_behind_counts_and_one_that_is_read_to_its_end_does_not() -> None:
    slow, quick = _SlowlyRead(), _SlowlyRead()
    slower, slow.times_s, quick.times_s = _SlowlyRead(), [START_S - 10] * 3, [START_S - 500] * 2
    slower.times_s = [START_S - 20] * 4
    monitor, recorder, _ = _run(slow, slower, quick)
    monitor.step()
    assert _lags(recorder.pulses) == [(3, 20)]


def test_a_report_of_a_backlog_says_how_far_behind_it_was_made() -> None:
    source = _SlowlyRead()
    source.times_s = [START_S - 90, START_S - 89, START_S - 60, START_S - 59, START_S]
    monitor, recorder, _ = _run(source)
    monitor.step()
    monitor.step()
    report = recorder.reports[0]
    # It was closed by the first line of the second turn; how far behind that is, is known at the end of a turn.
    assert (report.health.lines, report.health.lag_s, report.health.lag_bytes // len(_LINE)) == (2, 89, 1)


def test_the_status_says_since_when_the_first_of_the_missing_logs_is_waited_for() -> None:
    sources = [_SlowlyRead(), _SlowlyRead(), _SlowlyRead()]
    sources[0].waiting_since_us, sources[2].waiting_since_us = 2_000_000, 1_000_000
    monitor, recorder, _ = _run(*sources)
    monitor.step()
    (pulse,) = recorder.pulses
    assert (pulse.waiting_for, pulse.waiting_since_us) == ("slow.log is missing; slow.log is missing", 1_000_000)


def test_a_run_that_cannot_keep_up_says_so_and_when_it_has() -> None:
    source = _SlowlyRead()
    source.times_s = [START_S] * 60
    monitor, recorder, clock = _run(source)
    for second in range(30):
        source.unread_bytes = second * 2 * _MIB
        monitor.step()
        clock.advance(1)
    source.unread_bytes = 0
    monitor.step()
    texts = [notice.text for notice in recorder.notices if "reading" in notice.text]
    assert texts == [
        "reading is slower than writing: 20.0 MiB, 10 s behind and growing; written 2.0 MiB/s, read 0.0 MiB/s",
        "reading has caught up with writing",
    ]
