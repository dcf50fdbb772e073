"""The chart of a whole run: how long its columns are, what is below them, and how the greatest is marked."""

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.counting.hits_over_time import HitsOverTime
from http_monitor.display.chart import Chart, render_chart
from http_monitor.display.columns import columns
from http_monitor.display.style import ASCII, UNICODE, Glyphs, style_for
from http_monitor.report_tables import TimeSlots
from http_monitor.units import US_PER_S, local
from tests.display_samples import CENTRAL_EUROPE, time_zone
from tests.examples import examples

MIDNIGHT = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
"""A Monday."""
HOUR = 3_600
DAY = 86_400
NEW_YORK = "EST5EDT,M3.2.0,M11.1.0"
INDIA = "IST-5:30"


def slots_of(times_s: list[int]) -> TimeSlots:
    hits = HitsOverTime()
    if times_s:
        hits.add(np.array(times_s, np.int64) * US_PER_S)
    return hits.slots()


def drawn(times_s: list[int], width: int = 78, glyphs: Glyphs = UNICODE, zone: str = "UTC0") -> list[str]:
    with time_zone(zone):
        lines = render_chart(slots_of(times_s), width, glyphs)
    return ["".join(text for text, _ in line).rstrip() for line in lines]


DAY_LONG = [MIDNIGHT + hour * HOUR for hour in range(24) for _ in range(hour % 12 + 1)]


def test_each_hour_of_a_day_is_a_column_and_the_first_of_the_greatest_is_marked() -> None:
    assert drawn(DAY_LONG, 50) == [
        "Hits per hour   peak 12 at 2026-03-02 11:00",
        "         ▃▆█         ▃▆█",
        "      ▃▆████      ▃▆████",
        "   ▃▆███████   ▃▆███████",
        "▃▆██████████▃▆██████████",
        "───────────^────────────",
        "│03-02      │12:00",
    ]


def test_a_stream_without_block_characters_has_a_chart_of_ascii() -> None:
    lines = drawn(DAY_LONG, 50, ASCII)
    assert lines[2:] == [
        "      -*####      -*####",
        "   -*#######   -*#######",
        "-*##########-*##########",
        "-----------^------------",
        "|03-02      |12:00",
    ]
    with time_zone("UTC0"):
        plain = Chart(lambda: slots_of(DAY_LONG), plain=True).render(50, style_for("utf-8"))
    assert ["".join(text for text, _ in line).rstrip() for line in plain] == lines


def test_columns_are_longer_where_the_width_is_less() -> None:
    assert drawn(DAY_LONG, 20) == [
        "Hits per 3 h",
        "peak 33 at 2026-03-02 09:00",
        "   █   █",
        "  ██  ██",
        " ▇██ ▇██",
        "▆███▆███",
        "───^────",
        "│03-02",
    ]


def test_hours_and_days_are_those_of_the_zone() -> None:
    assert drawn(DAY_LONG, 50, zone=INDIA)[:1] == ["Hits per hour   peak 12 at 2026-03-02 16:00"]
    # 22:00 of the day before in New York.
    nights = [MIDNIGHT + 3 * HOUR + day * DAY for day in range(60) for _ in range(2 if day == 30 else 1)]
    assert drawn(nights, 78, zone=NEW_YORK)[:1] == ["Hits per day   peak 2 on 2026-03-31"]
    assert drawn(nights, 78, zone="UTC0")[:1] == ["Hits per day   peak 2 on 2026-04-01"]


def test_a_day_of_23_hours_is_one_column() -> None:
    # The clock in Berlin goes from 2:00 to 3:00 on 29 March.
    start = MIDNIGHT - HOUR
    times = [start + hour * HOUR for hour in range(40 * 24 - 1)]
    lines = drawn(times, 60, zone=CENTRAL_EUROPE)
    assert lines[0] == "Hits per day   peak 24 on 2026-03-02"
    assert lines[1] == "█" * 27 + "▇" + "█" * 12
    assert len(lines[5]) == 40


def test_a_day_whose_midnight_has_another_offset_than_utc_has_then_begins_at_its_midnight() -> None:
    # The clock in Sydney goes from 2:00 to 3:00 on 4 October, when it is 16:00 UTC of the day before.
    midnight = int(datetime(2026, 9, 13, 14, tzinfo=UTC).timestamp())
    lines = drawn([midnight + hour * HOUR for hour in range(40 * 24 - 1)], 60, zone="AEST-10AEDT,M10.1.0,M4.1.0/3")
    assert lines[0] == "Hits per day   peak 24 on 2026-09-14"
    assert lines[1] == "█" * 20 + "▇" + "█" * 19


def test_a_gap_of_weeks_is_a_gap() -> None:
    days = [0, 0, 1, 2, 3, 30, 31, 31, 31, 32]
    assert drawn([MIDNIGHT + day * DAY for day in days], 60)[1:] == [
        "                               █",
        "▆                              █",
        "█▃▃▃                          ▃█▃",
        "████                          ███",
        "───────────────────────────────^─",
        "│03-02 │03-09        │03-23",
    ]


def test_less_than_three_columns_are_no_chart() -> None:
    assert drawn([]) == drawn([MIDNIGHT]) == drawn([MIDNIGHT, MIDNIGHT + 19]) == []
    assert drawn([MIDNIGHT, MIDNIGHT + 20])[0] == "Hits per 10 s   peak 1 at 2026-03-02 00:00:00"


def test_the_last_column_may_end_within_its_step() -> None:
    lines = drawn([MIDNIGHT + second for second in range(3 * 60 + 1)], 12)
    assert lines[0] == "Hits per minute"
    assert lines[2:6] == ["███", "███", "███", "███▁"]


@pytest.mark.parametrize(
    ("span_days", "first_line"),
    [
        (400, "Hits per week   peak 7 from 2026-03-02 on"),
        (900, "Hits per 28 d   peak 28 from 2026-03-02 on"),
        (9_000, "Hits per 364 d   peak 364 from 2027-02-01 on"),
        (2_900_000, "Hits per 37,856 d   peak 118 from 2025-10-23 on"),
    ],
)
def test_long_spans_have_columns_of_weeks_and_years(span_days: int, first_line: str) -> None:
    lines = drawn([MIDNIGHT + day * DAY for day in range(0, span_days, max(1, span_days // 9_000))])
    assert lines[0] == first_line
    assert max(map(columns, lines)) <= 78


_TIMES = st.integers(0, 9_000_000_000).flatmap(
    lambda start: st.integers(1, 11).flatmap(
        lambda size: st.lists(st.integers(start, start + 6**size), min_size=1, max_size=60)
    )
)


@settings(max_examples=examples(80), deadline=None)
@given(_TIMES, st.integers(18, 250), st.sampled_from(["UTC0", CENTRAL_EUROPE, NEW_YORK, INDIA]))
def test_the_peak_is_that_of_counting_one_by_one(times: list[int], width: int, zone: str) -> None:
    lines = drawn(times, width, ASCII, zone)
    assert all(columns(line) <= max(width, 32) for line in lines)
    if not lines:
        return
    words = " ".join(" ".join(lines[:-6]).split())
    step = words.split(" peak ")[0].removeprefix("Hits per ")
    counts = Counter(_column_of(at, step, zone) for at in times) if step in ("hour", "day", "3 h") else None
    if counts is not None and not (step != "day" and _changes_offset(times, zone)):
        peak = int(words.split(" peak ")[1].split()[0].replace(",", ""))
        assert peak == max(counts.values())
        first = min(column for column, count in counts.items() if count == peak)
        assert words.endswith(f"{first:%Y-%m-%d}" if step == "day" else f"{first:%Y-%m-%d %H:%M}")


def _column_of(at_s: int, step: str, zone: str) -> datetime:
    with time_zone(zone):
        moment = local(at_s * US_PER_S).replace(tzinfo=None, minute=0, second=0)
    if step == "hour":
        return moment
    return moment.replace(hour=0 if step == "day" else moment.hour // 3 * 3)


def _changes_offset(times: list[int], zone: str) -> bool:
    with time_zone(zone):
        span = range(min(times), max(times) + HOUR, HOUR)
        return any(local(a * US_PER_S).utcoffset() != local(b * US_PER_S).utcoffset() for a, b in pairwise(span))
