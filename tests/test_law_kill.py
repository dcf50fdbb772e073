"""Killed at any point and begun again, a run counts every line once and tells everything, some of it twice."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.report import AlertEvent, Message, Report
from http_monitor.settings import Settings
from tests.checkpointed import START_US, Fate, Killed, Life
from tests.engine_strategies import START_S, log_line
from tests.examples import examples, exhaustive, part_of

_SETTINGS = Settings(window_s=6, interval_s=3, alert_threshold=2.0, ddos_threshold=100.0, alert_malformed=20.0)
_RATES = (1, 1, 0, 6, 6, 6, 6, 0, 1, 0, 0, 0, 1, 5, 5, 5, 0, 0, 0, 0, 0, 0, 1, 0, 0)
"""Lines in each second: two floods, and each raises and recovers."""


def _write(life: Life, lines: int) -> None:
    """Write a number of lines of this second."""
    for number in range(lines):
        line = log_line(life.clock.now_us() // 1_000_000, b"h%d" % number, status=500 if number == 3 else 200)
        life.content.extend(line + b"\n")


def _write_with_junk(life: Life, lines: int) -> None:
    """Write a number of lines, in the second flood with some unreadable ones."""
    _write(life, lines)
    if lines == 5:
        life.content.extend(b"junk\n" * 3)


def _live(life: Life, *fates: Fate, downtime: int = 0, rates: Sequence[int] = _RATES) -> None:
    """Run through all seconds and stop; each fate may kill a run, which stays down for some of them and goes on."""
    coming = iter(fates)
    monitor = life.begin(next(coming, None))
    seconds = iter(rates)

    def surviving(act: Callable[[HTTPMonitor], object]) -> None:
        nonlocal monitor
        while True:
            try:
                act(monitor)
            except Killed:
                for missed in itertools.islice(seconds, downtime):
                    life.clock.advance(1)
                    _write_with_junk(life, missed)
                monitor = life.begin(next(coming, None))
            else:
                return

    for rate in seconds:
        life.clock.advance(1)
        _write_with_junk(life, rate)
        surviving(HTTPMonitor.step)
    for _ in range(3):
        life.clock.advance(10)
        surviving(HTTPMonitor.step)
    surviving(lambda monitor: _stop(life, monitor))


def _stop(life: Life, monitor: HTTPMonitor) -> None:
    """Read to the end, as far as there is none yet, and say what is left to say."""
    monitor.step()
    while life.sources[-1].health().lag_bytes:
        monitor.step()
    monitor.close(finished=False)


def _alerts(messages: list[Message]) -> list[AlertEvent]:
    """Return the alert events, each once."""
    return list(dict.fromkeys(message for message in messages if isinstance(message, AlertEvent)))


def _hits(messages: list[Message]) -> dict[int, set[int]]:
    """Return what was told of the hits of each interval that had some."""
    told: dict[int, set[int]] = {}
    for message in messages:
        if isinstance(message, Report) and message.hits and not message.partial:
            told.setdefault(message.start_us, set()).add(message.hits)
    return told


def _told_hits(life: Life) -> int:
    """Return the hits of all reports, of those with the same number the last."""
    told = {report.seq: report for run in life.runs for report in run.reports}
    return sum(report.hits + report.late_hits for report in told.values())


def _check_same(life: Life, uncut: Life) -> None:
    """See that nothing was lost or counted twice, and that whatever was told twice was told alike."""
    summary, expected = life.runs[-1].summary, uncut.runs[-1].summary
    assert (summary.hits, summary.errors, summary.status) == (expected.hits, expected.errors, expected.status)
    assert (summary.sections, summary.hosts, summary.alerts) == (expected.sections, expected.hosts, expected.alerts)
    assert (summary.first_us, summary.last_us) == (expected.first_us, expected.last_us)
    assert summary.health.lines == expected.health.lines == life.content.count(b"\n")
    assert _told_hits(life) == summary.health.accepted
    assert _alerts(life.messages()) == _alerts(uncut.messages())
    assert _hits(life.messages()) == _hits(uncut.messages())
    states: dict[tuple[str, bytes | None], str] = {}
    for event in _alerts(life.messages()):
        assert states.get((event.name, event.subject), "recovered") != event.state
        states[event.name, event.subject] = event.state


@exhaustive
@pytest.mark.parametrize(("downtime", "most", "stride"), [(0, 1_000_000, 5), (4, 1_000_000, 1), (9, 300, 7)])
def test_killed_at_any_point_nothing_is_lost_or_counted_twice(downtime: int, most: int, stride: int) -> None:
    uncut, points = Life(_SETTINGS, most=most), Fate()
    _live(uncut, points)
    assert points.points > 180
    # Before the second point there is no checkpoint, and what comes next is a first run.
    for at in part_of(range(2, points.points + 1, stride), 12):
        life = Life(_SETTINGS, most=most)
        _live(life, Fate(at), downtime=downtime)
        assert len(life.runs) == 2
        _check_same(life, uncut)


@exhaustive
def test_killed_at_any_point_of_a_filtered_run_nothing_is_lost_or_counted_twice() -> None:
    filtered = replace(
        _SETTINGS, filters=('status < 500 and host != "h1"',), exclude_hosts=("h2",), alert_threshold=1.0
    )
    uncut, points = Life(filtered), Fate()
    _live(uncut, points)
    assert len(_alerts(uncut.messages())) == 4
    expected = uncut.runs[-1].summary.health
    # Three unreadable lines come with each five.
    lines = sum(_RATES) + 3 * _RATES.count(5)
    filtered_out = sum(min(3, max(0, rate - 1)) for rate in _RATES)
    assert (expected.lines, expected.filtered) == (lines, filtered_out)
    # Between two increments too: each read, message and write is a point of its own.
    for at in part_of(range(2, points.points + 1, 3), 15):
        life = Life(filtered)
        _live(life, Fate(at), downtime=at % 5)
        _check_same(life, uncut)
        assert life.runs[-1].summary.health.filtered == expected.filtered


@settings(max_examples=examples(30), deadline=None)
@given(
    rates=st.lists(st.sampled_from((0, 0, 1, 2, 7)), min_size=1, max_size=14),
    kills=st.lists(st.integers(2, 60), min_size=1, max_size=3),
    downtime=st.integers(0, 12),
    most=st.sampled_from((150, 300, 1_000_000)),
    room_bytes=st.sampled_from((0, 200, 2_000, 8 << 20)),
)
def test_however_often_it_is_killed_and_however_little_is_appended(
    rates: list[int], kills: list[int], downtime: int, most: int, room_bytes: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("http_monitor.checkpoint.run_state.MAX_APPENDED_BYTES", room_bytes)
        patch.setattr("http_monitor.checkpoint.checkpointer.MAX_APPENDED_BYTES", room_bytes)
        uncut, life = Life(_SETTINGS, most=most), Life(_SETTINGS, most=most)
        _live(uncut, rates=rates)
        _live(life, *map(Fate, kills), downtime=downtime, rates=rates)
    _check_same(life, uncut)


def test_an_alert_is_in_the_checkpoint_before_the_turn_ends() -> None:
    life = Life(_SETTINGS)
    monitor = life.begin()
    while not life.runs[0].events:
        life.clock.advance(0.5)
        _write(life, 3)
        monitor.step()
    (raised,) = life.runs[0].events
    monitor = life.begin()
    life.clock.advance(1)
    monitor.step()
    assert life.runs[1].events == []
    life.clock.advance(30)
    monitor.step()
    (recovered,) = life.runs[1].events
    assert (raised.state, recovered.state) == ("raised", "recovered")


def test_what_was_counted_is_written_a_second_later_and_nothing_is_written_when_nothing_happens() -> None:
    life = Life(replace(_SETTINGS, interval_s=60, window_s=60))
    monitor = life.begin()
    monitor.step()
    assert life.store.writes == ["snapshot"]
    life.clock.advance(0.1)
    _write(life, 1)
    monitor.step()
    assert life.store.writes == ["snapshot"]
    life.clock.advance(0.9)
    monitor.step()
    assert life.store.writes == ["snapshot", "append"]
    for _ in range(20):
        life.clock.advance(1)
        monitor.step()
    assert life.store.writes == ["snapshot", "append"]
    monitor.close(finished=False)
    assert life.store.writes == ["snapshot", "append", "snapshot"]


def test_after_a_stop_the_open_interval_is_told_of_again_with_the_hits_not_yet_shown() -> None:
    life = Life(replace(_SETTINGS, interval_s=60, window_s=60))
    monitor = life.begin()
    life.clock.advance(1)
    _write(life, 5)
    monitor.step()
    monitor.close(finished=False)
    life.clock.advance(1)
    _write(life, 2)
    monitor = life.begin()
    monitor.step()
    monitor.close(finished=False)
    first, second = ([report for report in run.reports if report.hits] for run in life.runs)
    assert [(report.hits, report.partial) for report in (*first, *second)] == [(5, True), (2, True)]
    assert second[0].seq == first[0].seq + 1
    assert life.runs[1].summary.hits == 7
    assert [run.summary.health.since_us for run in life.runs] == [None, START_US]


def test_with_another_window_the_offsets_are_kept_and_alerts_start_empty() -> None:
    life = Life(_SETTINGS)
    monitor = life.begin()
    for _ in range(5):
        life.clock.advance(1)
        _write(life, 5)
        monitor.step()
    assert [event.state for event in life.runs[0].events] == ["raised"]
    life.clock.advance(1)
    _write(life, 3)
    monitor = life.begin(settings=replace(_SETTINGS, window_s=60))
    monitor.step()
    assert life.runs[1].events == []
    monitor.close(finished=False)
    summary = life.runs[1].summary
    assert (summary.hits, summary.health.lines, summary.active) == (28, 28, ())
    told = {report.seq: report for run in life.runs for report in run.reports}
    assert sum(report.hits + report.late_hits for report in told.values()) == 28


@pytest.mark.parametrize("parts", [0, 1, 4])
def test_a_disk_that_is_full_is_said_once_and_tried_again(parts: int) -> None:
    life = Life(_SETTINGS)
    life.store.error_after = parts
    monitor = life.begin()
    monitor.step()
    life.store.error = OSError(28, "No space left on device")
    for _ in range(30):
        life.clock.advance(1)
        _write(life, 1)
        monitor.step()
    (notice,) = life.runs[0].notices[1:]
    assert notice.text == (
        "checkpoint: cannot be written (No space left on device), trying again; after a restart, new lines count twice"
    )
    life.store.error = None
    life.clock.advance(10)
    monitor.step()
    assert life.runs[0].notices[-1].text == "checkpoint: written again"
    monitor = life.begin()
    monitor.step()
    monitor.close(finished=False)
    assert life.runs[1].summary.health.lines == 30


def test_a_held_line_is_held_wherever_the_run_was_killed() -> None:
    points = Fate()
    _held(points)
    assert points.points > 30
    for at in range(2, points.points + 1):
        summary = _held(Fate(at)).runs[-1].summary
        assert (summary.hits, summary.health.ahead, summary.health.lines) == (2, 1, 3), at


def _held(fate: Fate) -> Life:
    """Read three lines one by one, the second with a far later year, and stop."""
    lines = [log_line(START_S), log_line(START_S + 100_000_000), log_line(START_S + 1)]
    life = Life(replace(_SETTINGS, from_start=True), most=len(lines[0]) + 1)
    life.content.extend(b"\n".join(lines) + b"\n")
    monitor = life.begin(fate)
    for _ in range(5):
        life.clock.advance(5)
        try:
            monitor.step()
        except Killed:
            monitor = life.begin()
            monitor.step()
    try:
        monitor.close(finished=False)
    except Killed:
        monitor = life.begin()
        monitor.close(finished=False)
    return life


def test_reports_of_a_quiet_time_are_not_told_again_with_other_numbers() -> None:
    life = Life(replace(_SETTINGS, from_start=True))
    monitor = life.begin()
    for _ in range(40):
        life.clock.advance(0.5)
        monitor.step()
    life.store.writes.clear()
    told = [report.seq for report in life.runs[0].reports]
    assert told == list(range(1, len(told) + 1))
    life.clock.advance(1)
    monitor = life.begin()
    for _ in range(20):
        life.clock.advance(0.5)
        monitor.step()
    seqs = [report.seq for report in life.runs[1].reports]
    assert seqs[0] == told[-1] + 1


@pytest.mark.parametrize(
    ("later", "counts"),
    [
        (replace(_SETTINGS, filters=("status == 200",)), True),
        (replace(_SETTINGS, filters=("status != 200",)), False),
        (replace(_SETTINGS, exclude_hosts=("10.0.0.9",)), False),
        (replace(_SETTINGS, exclude_hosts=("10.0.0.8",)), True),
        (replace(_SETTINGS, ignore_bots=True), False),
        (replace(_SETTINGS, trusted_proxies=("10.0.0.0/8",)), False),
        (replace(_SETTINGS, window_s=60), True),
    ],
)
@pytest.mark.parametrize("gone", [False, True])
def test_a_line_that_was_held_is_judged_by_what_counts_now(later: Settings, counts: bool, gone: bool) -> None:
    first = log_line(START_S, b"10.0.0.9") + b"\n"
    held = log_line(START_S + 40 * 60, b"10.0.0.9", tail=b' "-" "Googlebot/2.1"') + b"\njunk\n"
    life = Life(replace(_SETTINGS, from_start=True), most=len(first + held))
    life.content.extend(first + held + b"rest\n")
    monitor = life.begin()
    monitor.step()
    monitor.close(finished=False)
    before = life.runs[0].summary.health
    assert (before.lines, before.held, before.accepted, before.malformed) == (3, 1, 1, 1)
    life.clock.advance(40 * 60 + 1)
    if gone:
        life.name = "other.log"
        life.content.clear()
    monitor = life.begin(settings=replace(later, from_start=True))
    for _ in range(3):
        health = monitor.health()
        assert health.lines == health.accepted + health.malformed + health.filtered + health.held
        monitor.step()
    monitor.close(finished=False)
    health = life.runs[1].summary.health
    assert (health.accepted, health.filtered, health.malformed) == (1 + counts, 1 - counts, 1 if gone else 2)
    assert (health.lines, health.held) == (3 if gone else 4, 0)
