"""Closes that cannot change an alert are passed over, without any effect on the output."""

from collections.abc import Collection, Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import DdosAlert, ErrorRateAlert, TrafficAlert, default_alerts
from http_monitor.clock import ReplayClock
from http_monitor.counting import open_buckets as opened
from http_monitor.counting import window_hosts as hosts
from http_monitor.ports.alert import Alert, DatedAlert, Excess, Reading, WindowHistory, WindowView
from http_monitor.report import Summary
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import Recorder, ScriptedSource, make_monitor


class Unforeseeing:
    """An alert that must be asked at every close; it counts how often it was."""

    def __init__(self, alert: Alert) -> None:
        self._alert = alert
        self.name = alert.name
        self.threshold = alert.threshold
        self.unit = alert.unit
        self.asked = 0

    def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
        self.asked += 1
        return self._alert.measure(window, active)

    def excess(self, window: WindowHistory, subject: bytes | None) -> Excess:
        assert isinstance(self._alert, DatedAlert)
        return self._alert.excess(window, subject)

    def title(self, subject: bytes | None) -> str:
        return self._alert.title(subject)

    def reading(self, value: float) -> str:
        return self._alert.reading(value)


class Counted(TrafficAlert):
    """The traffic alert, counting how often it was asked."""

    asked = 0

    def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
        self.asked += 1
        return super().measure(window, active)


def replayed(lines: bytes, options: Settings, alerts: Sequence[Alert]) -> Recorder:
    """Return what a replay says with these alerts."""
    monitor, recorder = make_monitor(options, [ScriptedSource([lines], ends=True)], ReplayClock(), alerts)
    while not monitor.step():
        pass
    monitor.close(finished=True)
    return recorder


_steps = st.lists(
    st.tuples(st.sampled_from((0, 0, 0, 1, 1, 1, 2, 3, 9, 40)), st.sampled_from((b"a", b"b", b"c")), st.integers(0, 9)),
    min_size=20,
    max_size=120,
)


@pytest.mark.parametrize(("few_keys", "few_buckets"), [(16, 64), (0, 1_000)])
@settings(max_examples=examples(30), deadline=None)
@given(
    _steps,
    st.sampled_from((0.4, 0.5, 1.0)),
    st.sampled_from((5.0, 10.0, 25.0)),
    st.sampled_from((0.2, 0.4)),
    st.sampled_from((0, 3)),
    st.sampled_from((1, 5)),
)
def test_alerts_that_foresee_say_what_those_say_that_are_asked_at_every_close(
    few_keys: int,
    few_buckets: int,
    steps: list[tuple[int, bytes, int]],
    hits_per_s: float,
    error_rate: float,
    host_hits_per_s: float,
    min_hits: int,
    bucket_size_s: int,
) -> None:
    lines, at_s = [], START_S
    for step_s, host, number in steps:
        at_s += step_s
        # Every now and then a line is late.
        shown_s = at_s - 4 if number == 9 else at_s
        lines.append(log_line(shown_s, host=host, status=500 if number < 2 else 200))
        lines += [b"junk"] * (3 if number == 2 else number in (3, 9))
    options = Settings(
        replay=True,
        interval_s=10,
        window_s=10,
        bucket_size_s=bucket_size_s,
        alert_threshold=hits_per_s,
        alert_error_rate=error_rate,
        ddos_threshold=host_hits_per_s,
        alert_malformed=25.0,
        alert_min_hits=min_hits,
    )
    data = b"\n".join(lines)
    plain = replayed(data, options, [Unforeseeing(alert) for alert in default_alerts(options)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hosts, "_FEW_KEYS", few_keys)
        patch.setattr(opened, "MAX_MADE_AT_ONCE", few_buckets)
        assert replayed(data, options, default_alerts(options)).messages == plain.messages
        mixed = [Unforeseeing(alert) if number % 2 else alert for number, alert in enumerate(default_alerts(options))]
        assert replayed(data, options, mixed).messages == plain.messages


def test_a_quiet_log_is_judged_only_where_its_intervals_end() -> None:
    # A line each second for ten minutes, far below the threshold of ten a second.
    data = b"\n".join(log_line(START_S + second) for second in range(600))
    options = Settings(replay=True, interval_s=60)
    foreseeing, asked = Counted(10.0), Unforeseeing(TrafficAlert(10.0))
    assert replayed(data, options, [foreseeing]).messages == replayed(data, options, [asked]).messages
    assert asked.asked == 600
    # Ten intervals, the first bucket, and the last ones, which are too few to be looked through together.
    assert foreseeing.asked <= 30


def test_a_flood_that_lasts_is_judged_only_where_it_begins_and_ends() -> None:
    # Two hosts per second, one of which stops after half a minute.
    hosts_of = [(b"a", b"b") if second < 30 else (b"b",) for second in range(60)]
    data = b"\n".join(log_line(START_S + second, host=host) for second, some in enumerate(hosts_of) for host in some)
    options = Settings(replay=True, interval_s=60, window_s=10, ddos_threshold=0.5, alert_threshold=100.0)

    class Flood(DdosAlert):
        asked = 0

        def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
            self.asked += 1
            return super().measure(window, active)

    flood, asked = Flood(0.5), Unforeseeing(DdosAlert(0.5))
    events = replayed(data, options, [flood]).events
    assert events == replayed(data, options, [asked]).events
    assert [(event.state, event.subject, event.at_us // 1_000_000 - START_S) for event in events] == [
        ("raised", b"a", 6),
        ("raised", b"b", 6),
        ("recovered", b"a", 36),
    ]
    assert asked.asked == 60
    # The first bucket, the two closes above, and the last ones, which are too few to be looked through together.
    assert flood.asked <= 20


def test_a_flood_recovers_whose_bucket_got_late_lines_of_many_other_hosts() -> None:
    def lines(second: int, *some: bytes) -> bytes:
        return b"".join(log_line(START_S + second, host=host) + b"\n" for host in some)

    first = lines(0, *[b"flood"] * 8, *(b"h%d" % number for number in range(12))) + lines(1, b"a") + lines(2, b"a")
    late = [lines(0, *(b"l%d" % number for number in range(12))), lines(0, b"l1")]
    options = Settings(replay=True, window_s=10, lateness_s=0, ddos_threshold=0.5)
    source = ScriptedSource([first, *late, lines(3, b"a") + lines(60, b"a")], ends=True)
    monitor, recorder = make_monitor(options, [source], ReplayClock(), [DdosAlert(0.5)])
    while not monitor.step():
        pass
    assert [(event.state, event.subject, event.at_us // 1_000_000 - START_S) for event in recorder.events] == [
        ("raised", b"flood", 1),
        ("recovered", b"flood", 11),
    ]


def test_the_window_of_a_report_is_right_after_many_buckets_were_passed_over() -> None:
    data = b"".join((log_line(START_S + second) + b"\n") * (second % 3) for second in range(900))
    reports = replayed(data, Settings(replay=True, interval_s=300), default_alerts(Settings(replay=True))).reports
    assert [report.hits for report in reports] == [300, 300, 300]
    # 120 s, 40 times 0 + 1 + 2.
    assert [report.window.hits for report in reports] == [120, 120, 120]
    assert reports[1].window.series == (1, 2, 3) * 20


def test_an_alert_rises_where_only_healthy_lines_leave_the_window() -> None:
    lines = [log_line(START_S)] * 20 + [log_line(START_S + 5, status=500)] * 3 + [log_line(START_S + 60)]
    events = replayed(b"\n".join(lines), Settings(replay=True, window_s=10), [ErrorRateAlert(50.0, 0)]).events
    assert [(event.state, event.at_us // 1_000_000 - START_S) for event in events] == [
        ("raised", 11),
        ("recovered", 16),
    ]


def test_a_rule_that_does_not_foresee_leaves_the_others_their_fast_path() -> None:
    data = b"\n".join(log_line(START_S + second) for second in range(600))
    options = Settings(replay=True, interval_s=60)
    foreseeing, asked = Counted(10.0), Unforeseeing(ErrorRateAlert(5.0, 20))
    replayed(data, options, [foreseeing, asked])
    assert asked.asked == 600
    assert foreseeing.asked <= 30


def test_peaks_of_what_is_raised_are_found_without_judging_each_close() -> None:
    # A host with more and more lines per second: each close shows a new peak until it stops.
    counts = [1 + second // 2 for second in range(50)]
    data = b"\n".join(
        log_line(START_S + second, host=b"a") for second, count in enumerate(counts) for _ in range(count)
    )
    data += b"\n" + log_line(START_S + len(counts) + 10, host=b"b")
    options = Settings(replay=True, interval_s=60, window_s=10, ddos_threshold=5.0, alert_threshold=1000.0)

    class Flood(DdosAlert):
        asked = 0

        def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
            self.asked += 1
            return super().measure(window, active)

    flood, asked = Flood(5.0), Unforeseeing(DdosAlert(5.0))
    messages = replayed(data, options, [flood]).messages
    assert messages == replayed(data, options, [asked]).messages
    summary = messages[-1]
    assert isinstance(summary, Summary)
    assert [episode.peak for episode in summary.episodes.rows] == [sum(counts[-10:]) / 10]
    assert asked.asked > 50
    assert flood.asked <= 20
