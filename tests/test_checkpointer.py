"""What a run resumes besides its lines: held lines of removed files, times of arrival, counters of health."""

import math
from dataclasses import replace

import pytest

from http_monitor.settings import Settings
from tests.checkpointed import START_US, Life
from tests.engine_strategies import START_S, log_line
from tests.harness import live_of

_SETTINGS = Settings(window_s=6, interval_s=3, alert_threshold=2.0, ddos_threshold=100.0)
_FAR_S = START_S + 100_000_000
"""Far enough ahead to be held until another line says as much."""


def test_a_line_that_was_held_of_a_file_that_is_gone_is_accepted() -> None:
    lines = [log_line(START_S), log_line(_FAR_S), log_line(START_S + 1)]
    life = Life(replace(_SETTINGS, from_start=True), most=len(lines[0]) + 1)
    life.content.extend(b"\n".join(lines) + b"\n")
    monitor = life.begin()
    for _ in range(2):
        life.clock.advance(1)
        monitor.step()
    health = monitor.health()
    assert (health.lines, health.accepted, health.held) == (2, 1, 1)
    life.content.clear()
    life.name = "other.log"
    monitor = life.begin()
    monitor.step()
    monitor.close(finished=False)
    summary = life.runs[1].summary
    assert (summary.hits, summary.health.lines, summary.health.held, summary.health.ahead) == (2, 2, 0, 0)


def test_by_time_of_arrival_what_came_meanwhile_counts_in_its_own_time_and_the_rest_when_it_comes() -> None:
    life = Life(replace(_SETTINGS, time="arrival"))
    life.begin().step()
    for _ in range(6):
        life.clock.advance(1)
        life.content.extend(2 * (log_line(life.clock.now_us() // 1_000_000) + b"\n"))
    life.clock.advance(3)
    monitor = life.begin()
    monitor.step()
    # An old line that comes now.
    life.content.extend(log_line(START_S + 2) + b"\n")
    monitor.step()
    life.clock.advance(9)
    monitor.step()
    told = [((report.start_us - START_US) // 1_000_000, report.hits) for report in life.runs[1].reports if report.hits]
    assert told == [(0, 4), (3, 6), (6, 2), (9, 1)]


def test_counters_that_no_source_carries_on_are_added_up_over_runs() -> None:
    life = Life(_SETTINGS)
    for restarts, steps in ((2, 1), (3, 4), (0, 0)):
        life.clock.steps = 0
        monitor = life.begin()
        life.sources[-1].observer_restarts = restarts
        life.clock.steps = steps
        life.clock.advance(1)
        monitor.step()
        monitor.close(finished=False)
    healths = [run.summary.health for run in life.runs]
    assert [health.observer_restarts for health in healths] == [2, 5, 5]
    assert [health.clock_steps for health in healths] == [1, 5, 5]


def test_more_than_is_worth_appending_makes_a_snapshot() -> None:
    life = Life(replace(_SETTINGS, from_start=True, max_keys=10))
    monitor = life.begin()
    monitor.step()
    # More than 8 MiB of rows, in one turn.
    life.most = 1 << 30
    life.sources[-1]._most = life.most
    life.content.extend(140_000 * (log_line(START_S) + b"\n"))
    life.clock.advance(1)
    monitor.step()
    assert life.store.writes == ["snapshot", "snapshot"]
    life.clock.advance(1)
    life.content.extend(log_line(START_S + 2) + b"\n")
    monitor.step()
    assert life.store.writes == ["snapshot", "snapshot", "append"]
    monitor = life.begin()
    monitor.close(finished=False)
    assert life.runs[1].summary.hits == 140_001


def test_what_was_appended_gives_way_to_a_snapshot_when_it_is_more_than_twice_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("http_monitor.checkpoint.checkpointer.MAX_APPENDED_BYTES", 0)
    life = Life(_SETTINGS)
    monitor = life.begin()
    sizes: list[tuple[int, int]] = []
    for _ in range(30):
        life.clock.advance(1)
        life.content.extend(log_line(life.clock.now_us() // 1_000_000) + b"\n")
        monitor.step()
        saved = life.store.saved
        assert saved is not None
        sizes.append((len(saved.snapshot), sum(map(len, saved.increments))))
    assert life.store.writes.count("snapshot") > 1
    for number, (snapshot_bytes, appended_bytes) in enumerate(sizes[:-1]):
        after = life.store.writes[number + 1]
        assert after == ("snapshot" if appended_bytes > 2 * snapshot_bytes else "append")


def test_a_backlog_after_a_restart_is_told_of_as_a_backlog() -> None:
    life = Life(_SETTINGS)
    life.begin().step()
    for _ in range(9):
        life.clock.advance(1)
        life.content.extend(log_line(life.clock.now_us() // 1_000_000) + b"\n")
    life.clock.advance(4)
    life.begin().step()
    told = [(report.start_us - START_US, report.hits, report.catch_up) for report in life.runs[1].reports]
    assert told[:3] == [(0, 2, True), (3_000_000, 3, True), (6_000_000, 3, True)]
    assert [caught_up.lines for caught_up in life.runs[1].caught_up] == [9]


def test_the_size_of_a_backlog_after_a_restart_is_what_came_meanwhile() -> None:
    life = Life(_SETTINGS)
    monitor = life.begin()
    monitor.step()
    for _ in range(8):
        life.clock.advance(1)
        life.content.extend(5 * (log_line(life.clock.now_us() // 1_000_000) + b"\n"))
        monitor.step()
    assert [(event.name, event.state) for event in life.runs[0].events] == [("traffic", "raised")]
    life.content.extend(5 * (log_line(life.clock.now_us() // 1_000_000) + b"\n"))
    life.clock.advance(5)
    life.begin().step()
    told = [(caught_up.lines, caught_up.alerts) for caught_up in life.runs[1].caught_up]
    assert (life.runs[1].events, told) == ([], [(5, 0)])


def test_with_another_window_what_came_meanwhile_is_counted_too() -> None:
    life = Life(_SETTINGS)
    life.begin().step()
    for _ in range(30):
        life.clock.advance(1)
        life.content.extend(log_line(life.clock.now_us() // 1_000_000) + b"\n")
    life.clock.advance(30)
    monitor = life.begin(settings=replace(_SETTINGS, window_s=9))
    monitor.step()
    monitor.close(finished=False)
    summary = life.runs[1].summary
    assert (summary.hits, summary.health.too_late, summary.health.late) == (30, 0, 0)


def test_it_wants_to_be_woken_for_what_is_not_written_yet_and_for_nothing_else() -> None:
    life = Life(replace(_SETTINGS, interval_s=60, window_s=60))
    monitor = life.begin()
    checkpointer = live_of(monitor)._checkpointer
    monitor.step()
    assert checkpointer.due_in_s() == math.inf
    life.clock.advance(0.25)
    life.content.extend(log_line(START_S) + b"\n")
    monitor.step()
    assert checkpointer.due_in_s() == 0.75
    life.clock.advance(0.75)
    assert checkpointer.due_in_s() == 0.0
    monitor.step()
    assert checkpointer.due_in_s() == math.inf
