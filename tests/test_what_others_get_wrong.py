"""What programs of this kind get wrong, each on the real engine with its exact values."""

from collections.abc import Iterable
from typing import Any

from http_monitor.report import AlertEvent
from http_monitor.settings import Settings
from http_monitor.units import local_time
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder, live, replay

US_PER_S = 1_000_000
Told = tuple[str, str, int]


def lines(second: float, count: int = 1, host: bytes = b"h", status: int = 200, zone_minutes: int = 0) -> bytes:
    """Return lines of a second after the start."""
    return (log_line(START_S + int(second), host, status=status, zone_minutes=zone_minutes) + b"\n") * count


def chosen(replay: bool = True, **more: Any) -> Settings:
    """Return settings under which only the alert on traffic speaks, unless told otherwise."""
    return Settings(replay=replay, **{"ddos_threshold": 1e6, "alert_error_rate": 100.0, "lateness_s": 1, **more})


def told(events: Iterable[AlertEvent]) -> list[Told]:
    """Return (state, alert, second after the start) of events."""
    return [(event.state, event.name, event.at_us // US_PER_S - START_S) for event in events]


def replayed(*parts: bytes, **more: Any) -> Recorder:
    return replay([[b"".join(parts)]], chosen(**more))


def test_a_burst_across_the_edge_of_a_fixed_window_alerts() -> None:
    # 700 hits end one aligned window of two minutes, 700 begin the next: neither reaches 1,200, together they do.
    assert START_S % 120 == 0
    recorder = replayed(*(lines(second, 70) for second in range(110, 130)))
    assert told(recorder.events) == [("raised", "traffic", 128)]
    assert (recorder.events[0].hits, recorder.events[0].value) == (1_260, 10.5)
    assert [report.hits for report in recorder.reports] == [700, 700]


def test_an_alert_recovers_without_any_further_line() -> None:
    monitor, recorder, source, clock = live(chosen(replay=False), START_S * US_PER_S)
    source.write(lines(0, 1_201))
    seen = {}
    for second in range(1, 131):
        clock.set((START_S + second) * US_PER_S)
        monitor.step()
        seen[second] = told(recorder.events)
    raised = ("raised", "traffic", 1)
    assert (seen[1], seen[2]) == ([], [raised])
    # The bucket of second 120 closes a second of lateness after its end; its window is the first without the burst.
    assert (seen[121], seen[122]) == ([raised], [raised, ("recovered", "traffic", 121)])
    assert seen[130] == seen[122]
    assert (recorder.events[1].hits, recorder.events[1].value) == (0, 0.0)


def test_an_alert_soon_after_a_recovery_is_an_alert_again() -> None:
    recorder = replayed(lines(0, 11), lines(11, 11), lines(13), window_s=10, alert_threshold=1)
    assert told(recorder.events) == [("raised", "traffic", 1), ("recovered", "traffic", 11), ("raised", "traffic", 12)]
    assert recorder.summary.alerts == 2
    assert [active.since_us for active in recorder.summary.active] == [(START_S + 12) * US_PER_S]


def test_a_value_at_the_threshold_raises_nothing() -> None:
    assert told(replayed(lines(0, 1_200)).events) == []
    assert told(replayed(lines(0, 1_201)).events) == [("raised", "traffic", 1)]
    # One error of twenty hits is five percent.
    errors = {"alert_error_rate": 5.0}
    assert told(replayed(lines(0, 19), lines(0, 1, status=500), **errors).events) == []
    assert told(replayed(lines(0, 18), lines(0, 2, status=500), **errors).events) == [("raised", "error-rate", 1)]
    floods = {"ddos_threshold": 5.0}
    assert told(replayed(lines(0, 600), lines(0, 1, b"other"), **floods).events) == []
    assert told(replayed(lines(0, 601), lines(0, 1, b"other"), **floods).events) == [("raised", "ddos", 1)]


def test_a_value_at_the_threshold_recovers_nothing() -> None:
    # Eleven hits, then ten (the threshold) while the first has left, then one.
    recorder = replayed(lines(0), lines(1, 10), lines(11), lines(13), window_s=10, alert_threshold=1)
    assert told(recorder.events) == [("raised", "traffic", 2), ("recovered", "traffic", 12)]
    assert [event.hits for event in recorder.events] == [11, 1]


def test_too_few_hits_to_speak_of_a_rate_raise_no_error_rate() -> None:
    assert replayed(lines(0, 19, status=500), alert_error_rate=5.0).events == []
    (event,) = replayed(lines(0, 20, status=599), alert_error_rate=5.0).events
    assert (event.name, event.value, event.hits) == ("error-rate", 100.0, 20)


def test_the_first_two_minutes_are_divided_by_two_minutes() -> None:
    # Twenty hits per second are twice the threshold, so the window exceeds it after one of its two minutes.
    recorder = replayed(*(lines(second, 20) for second in range(70)))
    assert told(recorder.events) == [("raised", "traffic", 61)]
    assert recorder.events[0].hits == 1_220
    assert recorder.reports[0].window.hits_per_s == 200 / 120
    assert recorder.reports[0].hits_per_s == 20.0


def test_buckets_of_five_seconds_alert_at_their_ends() -> None:
    recorder = replayed(lines(7, 1_201), lines(300), bucket_size_s=5)
    # The bucket from 5 leaves with the window that begins at 10.
    assert told(recorder.events) == [("raised", "traffic", 10), ("recovered", "traffic", 130)]
    starts = [report.start_us // US_PER_S - START_S for report in recorder.reports]
    # An interval belongs to its alert also where it has no hits: the recovery at 130 is at the end of the one from 120.
    assert starts == [0, 120, 300]
    assert [report.hits for report in recorder.reports] == [1_201, 0, 1]


def test_a_bucket_of_five_seconds_closes_a_lateness_after_its_end() -> None:
    monitor, recorder, source, clock = live(chosen(replay=False, bucket_size_s=5), START_S * US_PER_S)
    source.write(lines(7, 1_201))
    events_at = {}
    for half in range(14, 24):
        clock.set(START_S * US_PER_S + half * US_PER_S // 2)
        monitor.step()
        events_at[half] = len(recorder.events)
    assert (events_at[21], events_at[22]) == (0, 1)


def test_a_late_line_leaves_the_window_with_its_own_bucket() -> None:
    settings = chosen(replay=False, window_s=10, alert_threshold=0.55)
    monitor, recorder, source, clock = live(settings, START_S * US_PER_S)
    for second in range(25):
        clock.set(START_S * US_PER_S + second * US_PER_S + 500_000)
        if second == 8:
            source.write(lines(8, 5))
        if second == 11:
            source.write(lines(2))
        monitor.step()
    # With the late line there are six hits; it leaves with second 2, not with the second it came in, nor with the 8th.
    assert told(recorder.events) == [("raised", "traffic", 10), ("recovered", "traffic", 13)]
    assert [event.hits for event in recorder.events] == [6, 5]
    assert monitor.health().late == 1


def test_a_late_line_of_an_interval_already_reported_is_told_in_the_next() -> None:
    recorder = replayed(lines(5), lines(15), lines(7, status=500), lines(16))
    first, second = recorder.reports
    assert (first.hits, first.late_hits, second.hits, second.late_hits, second.late_errors) == (1, 0, 2, 1, 1)
    assert [row.hits for row in second.hosts.rows] == [2]
    assert second.window.hits == 4


def test_in_a_replay_a_line_from_the_future_does_not_stop_the_clock() -> None:
    parts = [lines(second) for second in range(30)]
    parts[12] += lines(2_400_000_000)
    recorder = replayed(*parts)
    assert [report.start_us // US_PER_S - START_S for report in recorder.reports] == [0, 10, 20]
    assert [report.hits for report in recorder.reports] == [10, 10, 10]
    health = recorder.summary.health
    assert (health.accepted, health.ahead, health.late, health.too_late) == (30, 1, 0, 0)
    assert recorder.summary.last_us == (START_S + 29) * US_PER_S


def test_live_a_line_from_the_future_does_not_stop_the_clock() -> None:
    monitor, recorder, source, clock = live(chosen(replay=False), START_S * US_PER_S)
    for second in range(30):
        source.write(lines(second) + (lines(2_400_000_000) if second == 12 else b""))
        clock.set(START_S * US_PER_S + second * US_PER_S + 100_000)
        monitor.step()
    assert [report.hits for report in recorder.reports] == [10, 10]
    health = monitor.health()
    assert (health.accepted, health.ahead, health.late, health.too_late) == (30, 1, 0, 0)


def test_two_lines_of_the_future_that_agree_are_believed_in_a_replay() -> None:
    # A log may well have a gap of years; then what is written later in the old time is late.
    recorder = replayed(lines(0), lines(100_000_000, 2), lines(1))
    assert [report.hits for report in recorder.reports] == [1, 0, 2]
    assert recorder.summary.health.too_late == 1
    assert recorder.summary.hits == 4


def test_the_time_of_an_alert_is_the_one_of_the_log() -> None:
    # Read in one go, years later, written in a zone of its own.
    recorder = replayed(lines(0, 1_201, zone_minutes=330), lines(200, zone_minutes=330))
    assert told(recorder.events) == [("raised", "traffic", 1), ("recovered", "traffic", 121)]
    message = recorder.events[0].message
    triggered = local_time((START_S + 1) * US_PER_S)
    assert message == f"High traffic generated an alert - hits = 10.01, triggered at {triggered}"

    monitor, found, source, clock = live(chosen(replay=False), START_S * US_PER_S)
    source.write(lines(3, 1_201))
    clock.set((START_S + 4) * US_PER_S + 900_000)
    monitor.step()
    clock.advance(4)
    monitor.step()
    # Nine seconds after the start by the wall clock.
    assert told(found.events) == [("raised", "traffic", 4)]
