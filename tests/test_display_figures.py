"""Numbers as people read them."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from http_monitor import figures
from http_monitor.display import bars
from http_monitor.display.style import ASCII, UNICODE
from tests.display_samples import CENTRAL_EUROPE, START_US, time_zone


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    with time_zone(CENTRAL_EUROPE):
        yield


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [
        (0, "0 B"),
        (1_023, "1023 B"),
        (1_024, "1.0 KiB"),
        (1_536, "1.5 KiB"),
        ((1 << 20) - 1, "1.0 MiB"),
        (12_910_000, "12.3 MiB"),
        (1 << 62, "4.0 EiB"),
        (1 << 72, "4,096.0 EiB"),
    ],
)
def test_a_size_has_the_unit_that_keeps_it_short(size_bytes: int, expected: str) -> None:
    assert figures.size(size_bytes) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(10.0, "10"), (2.5, "2.5"), (1_000_000.0, "1,000,000"), (1e-9, "1e-09"), (100.0, "100")]
)
def test_a_threshold_is_shown_as_it_was_given(value: float, expected: str) -> None:
    assert figures.level(value) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(120, "2 min"), (90, "90 s"), (3_600, "1 h"), (86_400, "1 d"), (0, "0 s")]
)
def test_a_window_has_the_greatest_unit_without_a_fraction(seconds: int, expected: str) -> None:
    assert figures.exact_span(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0 s"), (59, "59 s"), (296, "4 min 56 s"), (3_600, "1 h"), (11_520, "3 h 12 min"), (86_401, "1 d")],
)
def test_a_long_time_has_its_two_greatest_units(seconds: int, expected: str) -> None:
    assert figures.rough_span(seconds) == expected


def test_an_interval_says_its_date_and_offset_once() -> None:
    assert figures.interval(START_US, START_US + 10_000_000, "–") == "2026-03-02 10:30:00 – 10:30:10 +0100"


def test_an_interval_over_midnight_says_both_dates() -> None:
    # 2026-03-02 22:59:50 UTC is ten seconds before midnight.
    start_us = START_US + (13 * 3_600 + 29 * 60 + 50) * 1_000_000

    assert figures.interval(start_us, start_us + 10_000_000, "–") == "2026-03-02 23:59:50 – 2026-03-03 00:00:00 +0100"


def test_an_interval_over_the_start_of_summer_time_says_both_offsets() -> None:
    # 2026-03-29 00:59:50 UTC.
    start_us = 1_774_745_990_000_000

    assert figures.interval(start_us, start_us + 10_000_000, "–") == "2026-03-29 01:59:50 +0100 – 03:00:00 +0200"


def test_a_moment_of_another_day_says_its_date() -> None:
    assert figures.moment(START_US, START_US + 1) == "10:30:00"
    assert figures.moment(START_US - 86_400_000_000, START_US) == "2026-03-01 10:30:00"


def test_one_thing_is_singular_and_many_are_plural() -> None:
    assert figures.pluralize(1, "host") == "1 host"
    assert figures.pluralize(1_234, "host") == "1,234 hosts"
    assert figures.pluralize(0, "hit") == "0 hits"


def test_a_sparkline_is_empty_only_where_nothing_happened() -> None:
    assert bars.sparkline((0, 1, 4, 8, 800), UNICODE) == " ▁▁▁█"
    assert bars.sparkline((0, 1, 2, 3, 4, 5, 6, 7, 8), UNICODE) == " ▁▂▃▄▅▆▇█"
    assert bars.sparkline((0, 0), UNICODE) == "  "
    assert bars.sparkline((0, 8), ASCII) == " @"


def test_a_series_in_half_the_slots_keeps_its_sum() -> None:
    assert bars.halve((1, 2, 3, 4)) == (3, 7)
    assert bars.halve((1, 2, 3)) == (1, 5)


def test_a_bar_is_proportional_and_never_nothing_for_something() -> None:
    assert bars.bar(8, 8, 4, UNICODE) == "████"
    assert bars.bar(4, 8, 4, UNICODE) == "██"
    assert bars.bar(3, 8, 4, UNICODE) == "█▌"
    assert bars.bar(1, 10**18, 4, UNICODE) == "▏"
    assert bars.bar(0, 8, 4, UNICODE) == ""
    assert bars.bar(3, 8, 4, ASCII) == "##"


@pytest.mark.parametrize(
    ("us", "expected"),
    [
        (0, "0 ms"),
        (4, "0.004 ms"),
        (840, "0.84 ms"),
        (999, "1 ms"),
        (1_000, "1.0 ms"),
        (9_949, "9.9 ms"),
        (9_950, "10 ms"),
        (999_499, "999 ms"),
        (999_500, "1.0 s"),
        (9_950_000, "10 s"),
        (59_499_999, "59 s"),
        (59_500_000, "1 min"),
        (125_000_000, "2 min 5 s"),
    ],
)
def test_a_duration_has_two_or_three_digits(us: int, expected: str) -> None:
    assert figures.duration(us) == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([0, 0], ["0 %", "0 %"]),
        ([1, 1, 1], ["34 %", "33 %", "33 %"]),
        ([7, 7, 2], ["44 %", "44 %", "12 %"]),
        # Each rounded by itself they are 101 % together.
        ([455, 455, 90], ["46 %", "45 %", "9 %"]),
        ([335, 335, 330], ["34 %", "33 %", "33 %"]),
        ([999, 1, 0], [">99 %", "<1 %", "0 %"]),
        ([0, 5], ["0 %", "100 %"]),
    ],
)
def test_the_shares_of_a_whole_add_up_to_it(counts: list[int], expected: list[str]) -> None:
    assert figures.parts(counts) == expected


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6).filter(any))
def test_the_shares_of_any_whole_add_up_to_it(counts: list[int]) -> None:
    shown = figures.parts(counts)
    if not any(text[0] in "<>" for text in shown):
        assert sum(int(text.removesuffix(" %")) for text in shown) == 100


@pytest.mark.parametrize(
    ("hits", "whole", "shown"),
    [(0, 3, "0 %"), (3, 3, "100 %"), (999, 1000, ">99 %"), (1, 1000, "<1 %"), (1, 100, "1 %"), (2, 3, "67 %")],
)
def test_only_all_are_a_hundred_percent_and_only_none_are_nothing(hits: int, whole: int, shown: str) -> None:
    assert figures.part(hits, whole) == shown
