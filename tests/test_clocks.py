"""Lines whose times are not those of this machine's clock: by how much, what that looks like, what to type."""

from typing import Any

import pytest

from http_monitor.clock import ManualClock
from http_monitor.health import Health
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder, make_monitor
from tests.live_scripts import Glance, TurnSource

US_PER_S = 1_000_000


def followed(*offsets_s: int, seconds: int = 30, **more: Any) -> Recorder:
    """Follow a log of one line a second, whose times are so far from the clock, one offset after the other."""
    source, clock = TurnSource(), ManualClock(START_S * US_PER_S)
    monitor, recorder = make_monitor(Settings(**more), [source], clock)
    for second in range(seconds):
        clock.set((START_S + second) * US_PER_S)
        time_s = START_S + second + offsets_s[second % len(offsets_s)]
        source.following = Glance(log_line(time_s) + b"\n")
        monitor.step()
    monitor.close(finished=False)
    return recorder


def told(recorder: Recorder) -> list[tuple[str, str]]:
    return [(notice.name, notice.text) for notice in recorder.notices if notice.name in ("ahead", "late", "old")]


@pytest.mark.parametrize(
    ("offset_s", "name", "words"),
    [
        (3_600, "ahead", "1 h ahead of this machine's clock, which looks like another time zone"),
        (-18_000, "late", "5 h behind this machine's clock, which looks like another time zone"),
        (20_700, "ahead", "5 h 45 min ahead of this machine's clock, which looks like another time zone"),
        (180, "ahead", "3 min ahead of this machine's clock: the server's clock looks fast"),
        (-240, "late", "4 min behind this machine's clock: the server's clock looks slow"),
    ],
)
def test_a_constant_offset_is_told_once_with_what_it_looks_like(offset_s: int, name: str, words: str) -> None:
    ((kind, text),) = told(followed(offset_s))
    assert kind == name
    assert f"turns.log: nearly all lines come {words}" in text
    assert "--time arrival" in text
    assert ("--log-timezone" in text) == (abs(offset_s) >= 3_600)
    assert "--replay" not in text
    # These lines name their zone.
    assert "as UTC" not in text


@pytest.mark.parametrize(
    ("offset_s", "log_timezone", "name"),
    [
        (-18_000, "UTC", "Etc/GMT+5"),
        (19_800, "UTC", "Asia/Kolkata"),
        (3_600, "Etc/GMT-1", "Etc/GMT-2"),
        (-3_600, "Europe/Berlin", "UTC"),
        (900, "UTC", None),
    ],
)
def test_the_zone_that_mends_times_without_one_is_named(offset_s: int, log_timezone: str, name: str | None) -> None:
    # Of Berlin it is winter.
    ((_, text),) = told(followed(offset_s, log_timezone=log_timezone))
    assert (f"({name} for lines read in {log_timezone})" in text) == (name is not None)
    assert ("for lines read in" in text) == (name is not None)


def test_lines_too_late_for_any_window_count_all_the_same() -> None:
    health = followed(-18_000).summary.health
    assert (health.lines, health.accepted, health.late, health.too_late) == (30, 30, 30, 30)


def test_a_server_that_writes_late_gets_the_lateness_that_catches_its_lines() -> None:
    ((kind, text),) = told(followed(-9, -6, -3, 0))
    assert kind == "late"
    assert "--lateness 10 waits for them" in text


def test_lines_on_time_are_no_news_nor_by_arrival() -> None:
    assert told(followed(0, -1)) == []
    assert told(followed(3_600, time="arrival")) == []


def test_what_was_written_while_the_program_started_is_not_taken_for_late() -> None:
    source, clock = TurnSource(), ManualClock(START_S * US_PER_S)
    monitor, recorder = make_monitor(Settings(), [source], clock)
    for second in range(4):
        clock.set((START_S + second) * US_PER_S)
        lines = [log_line(START_S - 4)] * 20 if second == 0 else [log_line(START_S + second)] * 20
        source.following = Glance(b"".join(line + b"\n" for line in lines))
        monitor.step()
    monitor.close(finished=False)
    assert told(recorder) == []


class _Denied(TurnSource):
    """Cannot be read at first."""

    waiting_since_us: int | None = START_S * US_PER_S

    def health(self) -> Health:
        return Health(waiting_since_us=self.waiting_since_us)


def test_what_was_written_while_a_log_could_not_be_read_is_not_taken_for_late() -> None:
    source, clock = _Denied(), ManualClock(START_S * US_PER_S)
    monitor, recorder = make_monitor(Settings(), [source], clock)
    for second in range(60):
        clock.set((START_S + second) * US_PER_S)
        if second == 30:
            source.waiting_since_us = None
            source.following = Glance(20 * (log_line(START_S - 900) + b"\n"))
        elif second > 30:
            source.following = Glance(log_line(START_S + second) + b"\n")
        monitor.step()
    monitor.close(finished=False)
    assert told(recorder) == []
    assert recorder.summary.health.too_late == 20


def test_a_log_that_is_old_and_does_not_grow_is_for_a_replay() -> None:
    source, clock = TurnSource(), ManualClock(START_S * US_PER_S)
    monitor, recorder = make_monitor(Settings(from_start=True), [source], clock)
    source.following = Glance(log_line(START_S - 90_000) + b"\n")
    for _ in range(15):
        monitor.step()
        clock.advance(1)
    ((kind, text),) = told(recorder)
    assert kind == "old"
    assert "--replay is for old logs" in text
