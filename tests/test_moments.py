"""Moments of --since and --until: what may be written, and which time it is."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from http_monitor.errors import UsageError
from http_monitor.moments import Span, read_moment, span_of
from http_monitor.units import US_PER_S


@pytest.fixture(autouse=True)
def _in_berlin() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * US_PER_S


# 15:30 in Berlin.
NOW_US = utc("2026-11-30 14:30:00")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("15:30", "2026-11-30 14:30:00"),
        ("15:31", "2026-11-29 14:31:00"),
        ("9:05", "2026-11-30 08:05:00"),
        ("09:05:30", "2026-11-30 08:05:30"),
        ("2026-11-30", "2026-11-29 23:00:00"),
        ("2026-07-01", "2026-06-30 22:00:00"),
        ("2026-11-30 14:05", "2026-11-30 13:05:00"),
        ("2026-11-30T14:05:09", "2026-11-30 13:05:09"),
        ("2026-11-30T14:05:00Z", "2026-11-30 14:05:00"),
        ("2026-11-30 14:05:00-03:30", "2026-11-30 17:35:00"),
        ("30m", "2026-11-30 14:00:00"),
        ("90s", "2026-11-30 14:28:30"),
        ("2h", "2026-11-30 12:30:00"),
        (" 1d ", "2026-11-29 14:30:00"),
    ],
)
def test_a_moment_is_the_time_that_it_names(text: str, wanted: str) -> None:
    assert read_moment(text).resolve(NOW_US) == utc(wanted)


def test_a_fraction_of_a_second_counts_to_the_microsecond() -> None:
    assert read_moment("2026-11-30T14:05:00.1234567Z").resolve(0) == utc("2026-11-30 14:05:00") + 123_456


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "now", "30", "30 m", "-30m", "+1h", "0m", "1w", "999999999999d", "14", "14:5", "24:00", "14:60"),
        *(
            "14:05:60",
            "14:05Z",
            "2026-11-31",
            "2026-13-01",
            "26-11-30",
            "2026-11-30T",
            "2026-11-30 5:00",
            "2026-11-30Z",
        ),
        *("2026-11-30T14:05:00+1:00", "2026-11-30T14:05:00+25:00", "2026-11-30T14:05:00 +0100", "1969-12-31"),
        *("9999-01-01", "2026-11-30 14:05:00.5", "١٤:٠٥", "14:05\n15:05", "2026-11-30  14:05"),
    ],
)
def test_anything_else_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_moment(text)


def test_a_local_time_that_comes_twice_makes_the_span_longer() -> None:
    twice = read_moment("2026-10-25 02:30")
    assert twice.resolve(0) == utc("2026-10-25 00:30:00")
    assert twice.resolve(0, is_end=True) == utc("2026-10-25 01:30:00")


def test_of_a_time_of_day_that_comes_twice_the_last_one_before_now_is_meant() -> None:
    half_past_two = read_moment("02:30")
    assert half_past_two.resolve(utc("2026-10-25 01:45:00")) == utc("2026-10-25 01:30:00")
    assert half_past_two.resolve(utc("2026-10-25 01:15:00")) == utc("2026-10-25 00:30:00")


@pytest.mark.parametrize("is_end", [False, True])
def test_a_local_time_that_the_clock_leaves_out_is_the_jump_over_it(*, is_end: bool) -> None:
    assert read_moment("2026-03-29 02:30").resolve(0, is_end=is_end) == utc("2026-03-29 01:00:00")
    assert read_moment("02:15").resolve(utc("2026-03-29 05:00:00"), is_end=is_end) == utc("2026-03-29 01:00:00")


def span(since: str | None, until: str | None, *, live: bool = False) -> Span:
    begin, end = (None if text is None else read_moment(text) for text in (since, until))
    return span_of(begin, end, NOW_US, live=live)


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        ("30m", None, ("2026-11-30 14:00:00", None)),
        (None, "30m", (None, "2026-11-30 14:00:00")),
        ("2h", "1h", ("2026-11-30 12:30:00", "2026-11-30 13:30:00")),
        ("23:30", "00:30", ("2026-11-29 22:30:00", "2026-11-29 23:30:00")),
        # The log ends before that time of its last day.
        ("15:00", "16:00", ("2026-11-30 14:00:00", "2026-11-30 15:00:00")),
        ("2026-11-28", "15:00", ("2026-11-27 23:00:00", "2026-11-30 14:00:00")),
    ],
)
def test_a_span_of_a_replay_is_back_from_the_end_of_the_log(
    since: str | None, until: str | None, wanted: tuple[str | None, str | None]
) -> None:
    assert span(since, until) == Span(*(None if text is None else utc(text) for text in wanted))


def test_a_live_run_ends_in_the_future() -> None:
    assert span("30m", "16:00", live=True) == Span(utc("2026-11-30 14:00:00"), utc("2026-11-30 15:00:00"))
    assert span(None, "2026-12-01", live=True) == Span(None, utc("2026-11-30 23:00:00"))


@pytest.mark.parametrize(
    ("since", "until", "live", "message"),
    [
        (
            "15:00",
            "14:00",
            False,
            "--until: got '14:00' (2026-11-30 14:00:00 +0100), takes a time after --since '15:00'"
            " (2026-11-30 15:00:00 +0100)",
        ),
        (
            "30m",
            "30m",
            False,
            "--until: got '30m' (2026-11-30 15:00:00 +0100), takes a time after --since '30m'"
            " (2026-11-30 15:00:00 +0100)",
        ),
        (
            None,
            "15:30",
            True,
            "--until: got '15:30' (2026-11-30 15:30:00 +0100), which has passed, takes a time in the future"
            " (--replay reads what is there already)",
        ),
        (
            None,
            "10m",
            True,
            "--until: got '10m' (2026-11-30 15:20:00 +0100), which has passed, takes a time in the future"
            " (--replay reads what is there already)",
        ),
        (
            "2026-12-01",
            None,
            True,
            "--since: got '2026-12-01' (2026-12-01 00:00:00 +0100), which is in the future, takes a time before now",
        ),
    ],
)
def test_a_span_in_which_nothing_can_be_is_refused(
    since: str | None, until: str | None, live: bool, message: str
) -> None:
    with pytest.raises(UsageError) as refused:
        span(since, until, live=live)
    assert str(refused.value) == message
