"""What the text display says beside its reports: the status line, and notices."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from http_monitor.clock import ManualClock
from http_monitor.display.notices import Notices
from http_monitor.display.text import Display
from http_monitor.figures import date_time
from http_monitor.report import Notice
from http_monitor.units import visible_text
from tests.display_samples import (
    CENTRAL_EUROPE,
    START_US,
    alert,
    time_zone,
)
from tests.text_screen import CLEARED, PULSE, STATUS, Screen

ALERT = "High traffic generated an alert - hits = 12.35, triggered at 2026-03-02 10:30:02 +0100\n"


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    with time_zone(CENTRAL_EUROPE):
        yield


def test_the_status_line_stays_on_its_line_and_the_next_one_replaces_it() -> None:
    screen = Screen(ansi=True)
    plain = Screen()

    assert plain.after(PULSE) == STATUS
    assert plain.after(PULSE) == CLEARED + STATUS
    screen.after(PULSE)
    assert screen.after(PULSE).startswith("\r\x1b[K")


def test_the_status_line_is_cleared_before_anything_else() -> None:
    screen = Screen(ansi=True)
    screen.after(PULSE)

    assert screen.after(alert()).startswith("\r\x1b[K\x1b[1m\x1b[31mHigh traffic")
    assert not screen.after(alert()).startswith("\r")


def test_the_status_line_says_first_what_is_wrong_and_is_cut_to_the_width() -> None:
    wrong = replace(PULSE, active=2, lag_bytes=1 << 20, waiting_for="/tmp/access.log is missing")

    assert Screen(width=200).after(wrong) == (
        f"waiting: /tmp/access.log is missing │ 2 alerts active │ {STATUS} │ 1.0 MiB behind"
    )
    assert Screen(width=42).after(wrong) == "waiting: /tmp/access.log is missing │ …"


def test_the_status_line_says_since_when_it_waits_and_how_many_seconds_it_is_behind() -> None:
    waiting = replace(PULSE, waiting_for="a.log is missing", waiting_since_us=PULSE.now_us - 61_000_000)
    since = date_time(PULSE.now_us - 61_000_000)[-8:]
    assert Screen(width=200).after(waiting) == f"waiting: a.log is missing since {since} │ {STATUS}"
    behind = replace(PULSE, lag_bytes=1 << 20, lag_s=90)
    assert Screen(width=200).after(behind) == f"{STATUS} │ 1.0 MiB, 1 min 30 s behind"


def test_a_report_that_is_due_never_counts_below_zero() -> None:
    assert "next report in 0 s" in Screen().after(replace(PULSE, next_report_us=START_US))
    assert "next report in 1 s" in Screen().after(replace(PULSE, next_report_us=PULSE.now_us + 1))


def test_a_pipe_never_gets_a_status_line() -> None:
    assert Screen(live_status=False).after(PULSE, alert()) == f"{ALERT}  ALERT\n"


def test_a_notice_goes_to_stderr_after_the_status_line_is_cleared() -> None:
    screen = Screen()
    screen.after(PULSE)

    assert screen.after(Notice("/tmp/access.log has appeared")) == CLEARED
    assert screen.err.getvalue() == "http_monitor: /tmp/access.log has appeared\n"


def test_a_notice_of_a_live_run_has_the_time_of_day_and_the_date_where_that_has_changed() -> None:
    clock = ManualClock(START_US)
    err = io.StringIO()
    notices = Notices(err, clock.now_us)
    notices.notify("rotated")
    clock.advance(86_400)
    notices.notify("missing")
    clock.advance(1)
    notices.notify("readable again")

    day, next_day = date_time(START_US), date_time(START_US + 86_400_000_000)
    assert err.getvalue().splitlines() == [
        f"{day[11:]} http_monitor: rotated",
        f"{next_day} http_monitor: missing",
        f"{date_time(START_US + 86_401_000_000)[11:]} http_monitor: readable again",
    ]


def test_a_notice_about_a_hostile_path_cannot_move_the_cursor() -> None:
    screen = Screen()
    screen.after(Notice("/tmp/\x1b[2J\n\udcff is missing"))

    assert screen.err.getvalue() == "http_monitor: /tmp/\\x1b[2J\\x0a\\xff is missing\n"


def file_notices(count: int, words: str = "format common, as its first line shows", first: int = 0) -> list[Notice]:
    """Return notices of so many files."""
    paths = [f"/l/{number}\x1b.log" for number in range(first, first + count)]
    return [Notice(f"{visible_text(path)}: {words}", "info", "format", path) for path in paths]


def test_a_notice_of_each_of_many_files_is_said_for_ten_and_for_the_rest_in_one_line() -> None:
    screen = Screen()
    late = [
        replace(notice, name="late") for number in range(12) for notice in file_notices(1, f"{number} late", number)
    ]
    for pair in zip(file_notices(12), late, strict=True):
        screen.after(*pair)
    said = screen.err.getvalue().splitlines()
    assert len(said) == 20
    assert said[18:] == [
        "http_monitor: /l/9\\x1b.log: format common, as its first line shows",
        "http_monitor: /l/9\\x1b.log: 9 late",
    ]
    screen.after(PULSE)
    assert screen.err.getvalue().splitlines()[20:] == [
        "http_monitor: 2 more files likewise, such as /l/11\\x1b.log: format common, as its first line shows",
        "http_monitor: 2 more files likewise, such as /l/11\\x1b.log: 11 late",
    ]


@pytest.mark.parametrize("ends", [Display.settle, Display.close])
def test_notices_of_ten_files_in_each_turn_are_all_said(ends: Callable[[Display], None]) -> None:
    screen = Screen()
    for turn in range(3):
        screen.after(*file_notices(10, first=10 * turn))
        ends(screen.display)
    screen.after(*file_notices(11))
    ends(screen.display)
    said = screen.err.getvalue().splitlines()
    assert len(said) == 41
    assert [line for line in said if "likewise" in line] == []


def test_notices_of_the_run_are_never_held_back() -> None:
    screen = Screen()
    screen.after(*[Notice("the same")] * 20)
    assert screen.err.getvalue() == "http_monitor: the same\n" * 20


def test_close_takes_the_status_line_away_once() -> None:
    screen = Screen()
    screen.after(PULSE)
    start = screen.out.tell()
    screen.display.close()
    screen.display.close()

    assert screen.out.getvalue()[start:] == CLEARED
