"""Numbers on the screen take few columns and say no more than is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from http_monitor.dashboard.drawing.numbers import (
    BYTES_WIDTH,
    CHANGE_WIDTH,
    COUNT_WIDTH,
    DURATION_WIDTH,
    PERCENT_WIDTH,
    bytes_of,
    change_of,
    duration_of,
    percent_of,
    rate,
    short_count,
)

COUNTS = st.integers(0, 10**30) | st.integers(0, 200_000)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (99_999, "99,999"),
        (100_000, "100k"),
        (123_499, "123k"),
        (999_499, "999k"),
        (999_500, "1.00M"),
        (1_236_000, "1.24M"),
        (9_994_999, "9.99M"),
        (9_995_000, "10.0M"),
        (12_350_001, "12.4M"),
        (99_949_999, "99.9M"),
        (99_950_001, "100M"),
        (4_500_000_000, "4.50G"),
        (10**30, ">999Y"),
    ],
)
def test_a_count_is_whole_up_to_99_999_and_has_three_digits_from_there(number: int, text: str) -> None:
    assert short_count(number) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 KiB"),
        (1_434, "1.4 KiB"),
        (102_348, "99.9 KiB"),
        (102_400, "100 KiB"),
        (1_023_487, "999 KiB"),
        (1_023_488, "1.0 MiB"),
        (85_190_400, "81.2 MiB"),
        (2**60, "1.0 EiB"),
        (2**80, ">999 EiB"),
    ],
)
def test_bytes_have_one_decimal_below_a_hundred_of_a_unit(size: int, text: str) -> None:
    assert bytes_of(size) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, "–"),
        (0, 7, "0 %"),
        (7, 7, "100 %"),
        (1, 100_000, "<0.1 %"),
        (1, 2_000, "0.1 %"),
        (385, 1_000, "38.5 %"),
        (99_999, 100_000, ">99.9 %"),
        (9_994, 10_000, "99.9 %"),
        (9_995, 10_000, ">99.9 %"),
    ],
)
def test_a_share_is_none_or_all_only_if_it_is_so_exactly(part: int, whole: int, text: str) -> None:
    assert percent_of(part, whole) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (5, None, "–"),
        (0, 0, "±0 %"),
        (5, 5, "±0 %"),
        (5, 0, "new"),
        (112, 100, "+12 %"),
        (60, 100, "−40 %"),
        (0, 100, "−100 %"),
        (1, 1_000, "−99 %"),
        (1_004, 1_000, "±0 %"),
        (1_005, 1_000, "+1 %"),
        (996, 1_000, "±0 %"),
        (995, 1_000, "−1 %"),
        (299, 100, "+199 %"),
        (300, 100, "×3.0"),
        (320, 100, "×3.2"),
        (994, 100, "×9.9"),
        (996, 100, "×10"),
        (1_234_000, 1_000, "×1,234"),
        (1_234_000, 1, "×1.23M"),
    ],
)
def test_a_change_is_in_percent_and_a_great_rise_a_multiple(now: int, before: int | None, text: str) -> None:
    assert change_of(now, before) == text


@pytest.mark.parametrize(
    ("per_s", "text"),
    [
        (0.0, "0 /s"),
        (0.04, "<0.1 /s"),
        (0.4, "0.4 /s"),
        (12.34, "12.3 /s"),
        (99.96, "100 /s"),
        (412.4, "412 /s"),
        (50_123.0, "50,123 /s"),
        (123_456.0, "123k /s"),
    ],
)
def test_a_rate_has_one_decimal_below_a_hundred(per_s: float, text: str) -> None:
    assert rate(per_s) == text


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (None, "–"),
        (0, "0 ms"),
        (2, "0.002 ms"),
        (840, "0.84 ms"),
        (340_000, "340 ms"),
        (1_240_000, "1.2 s"),
        (59_499_999, "59 s"),
        (59_500_000, "1.0 min"),
        (125_000_000, "2.1 min"),
        (45 * 60_000_000, "45 min"),
        (3_570_000_000, "1.0 h"),
        (12_600_000_000, "3.5 h"),
        (86_400_000_000, "1.0 d"),
        (12 * 86_400_000_000, "12 d"),
        (200_000 * 86_400_000_000, "200k d"),
    ],
)
def test_a_duration_of_a_minute_or_more_has_one_unit(us: int | None, text: str) -> None:
    assert duration_of(us) == text


@given(COUNTS, COUNTS)
def test_no_number_takes_more_columns_than_it_says(one: int, other: int) -> None:
    assert cell_len(short_count(one)) <= COUNT_WIDTH
    assert cell_len(bytes_of(one)) <= BYTES_WIDTH
    assert cell_len(percent_of(min(one, other), max(one, other))) <= PERCENT_WIDTH
    assert cell_len(change_of(one, other)) <= CHANGE_WIDTH
    assert cell_len(duration_of(one)) <= DURATION_WIDTH
