"""The time of the chart: steps, spans, zooms, and the labels of its axis in local time."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.dashboard.state.chart_time import chart_span, columns_for, label_left, step_of, ticks, zoom_steps
from http_monitor.dashboard.state.scene import ZOOMS_S
from http_monitor.ports.views import ViewSpan
from http_monitor.units import US_PER_S as S
from http_monitor.units import local
from tests.display_samples import CENTRAL_EUROPE, time_zone
from tests.examples import examples

INDIA = "IST-5:30"
LORD_HOWE = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"
"""Its clock is set by half an hour."""
BEIRUT = "EET-2EEST,M3.5.0/0,M10.5.0/0"
"""The day on which its clock is set forward has no midnight."""


def utc_us(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * S


def labels(zone: str, start: str, step_s: int, columns: int) -> list[tuple[int, str]]:
    """Return the labels of columns that begin at a time in UTC."""
    start_us = utc_us(start)
    with time_zone(zone):
        return ticks(ViewSpan(start_us, start_us + columns * step_s * S), step_s * S, columns)


def test_seven_columns_of_the_screen_are_for_the_labels_of_the_axis() -> None:
    assert [columns_for(width) for width in (60, 80, 120, 200, 7, 0)] == [53, 73, 113, 193, 1, 1]


def test_a_step_is_the_least_round_time_with_which_the_zoom_fits() -> None:
    assert [step_of(zoom_s, 113, 1) // S for zoom_s in ZOOMS_S] == [2, 3, 6, 8, 20, 60, 120, 180, 300, 900]
    assert [step_of(zoom_s, 53, 1) // S for zoom_s in ZOOMS_S] == [3, 6, 12, 20, 60, 120, 180, 300, 600, 1800]


def test_a_step_is_a_multiple_of_the_bucket() -> None:
    assert step_of(120, 113, 10) == 10 * S
    assert step_of(900, 113, 60) == 60 * S
    assert step_of(900, 53, 15) == 30 * S
    assert step_of(900, 53, 7) == 21 * S


def test_a_step_of_more_than_a_day_is_of_whole_days() -> None:
    assert step_of(100 * 86_400, 53, 1) == 2 * 86_400 * S


def test_the_last_column_contains_now_and_all_columns_are_used() -> None:
    now_us = utc_us("2026-10-02 12:05:03")

    span, step_us = chart_span(now_us, 900, 73, 1)

    assert step_us == 15 * S
    assert span == ViewSpan(utc_us("2026-10-02 11:47:00"), utc_us("2026-10-02 12:05:15"))


@given(
    now_s=st.integers(0, 4_000_000_000),
    zoom_s=st.integers(1, 10**7),
    columns=st.integers(1, 293),
    bucket_s=st.integers(1, 3_600),
)
@settings(max_examples=examples(100), deadline=None)
def test_every_span_is_aligned_and_shows_the_zoom_up_to_now(
    now_s: int, zoom_s: int, columns: int, bucket_s: int
) -> None:
    span, step_us = chart_span(now_s * S, zoom_s, columns, bucket_s)

    assert span.end_us - step_us <= now_s * S < span.end_us
    assert span.start_us % step_us == 0
    assert span.end_us - span.start_us == columns * step_us >= zoom_s * S
    assert step_us % (bucket_s * S) == 0


def test_zooms_go_from_two_minutes_to_what_is_held() -> None:
    assert zoom_steps(0) == (120,)
    assert zoom_steps(900) == (120, 300, 600, 900)
    # A few seconds more are no reason for a chart that is half empty.
    assert zoom_steps(910) == (120, 300, 600, 900)
    assert zoom_steps(1_200) == (120, 300, 600, 900, 1_800)
    assert zoom_steps(10**9) == ZOOMS_S


def test_zooms_that_would_look_the_same_are_offered_once() -> None:
    assert zoom_steps(900, 113) == (120, 300, 600, 900)
    assert zoom_steps(900, 73, 60) == (900,)


def test_labels_are_whole_minutes_below_the_columns_in_which_they_lie() -> None:
    assert labels("UTC", "2026-10-02 11:47:00", 15, 73) == [
        (12, "11:50"),
        (32, "11:55"),
        (52, "12:00"),
        (72, "12:05"),
    ]


def test_labels_have_seconds_where_columns_are_short() -> None:
    assert labels("UTC", "2026-10-02 12:03:35", 1, 53) == [(25, "12:04:00")]
    assert labels("UTC", "2026-10-02 12:02:36", 2, 73) == [
        (12, "12:03:00"),
        (27, "12:03:30"),
        (42, "12:04:00"),
        (57, "12:04:30"),
        (72, "12:05:00"),
    ]


def test_a_zone_with_half_an_hour_has_labels_at_its_own_hours() -> None:
    assert labels(INDIA, "2026-10-02 10:15:00", 120, 73) == [
        (7, "16:00"),
        (22, "16:30"),
        (37, "17:00"),
        (52, "17:30"),
        (67, "18:00"),
    ]


def test_midnight_is_labelled_by_the_date() -> None:
    assert labels("UTC", "2026-12-01 23:45:00", 20, 73) == [
        (0, "23:45"),
        (15, "23:50"),
        (30, "23:55"),
        (45, "Dec 2"),
        (60, "00:05"),
    ]
    assert labels("UTC", "2026-12-02 00:00:00", 20, 20) == [(0, "Dec 2"), (15, "00:05")]


def test_labels_follow_the_clock_when_it_is_set_forward() -> None:
    # At 01:00 UTC it is 03:00; there was no 02:00.
    expected = [(12, "Mar 29"), (48, "04:00"), (72, "06:00")]
    assert labels(CENTRAL_EUROPE, "2026-03-28 22:00:00", 300, 73) == expected
    expected = [(22, "Mar 29"), (44, "12:00"), (68, "Mar 30")]
    assert labels(CENTRAL_EUROPE, "2026-03-28 12:00:00", 1_800, 73) == expected


def test_labels_follow_the_clock_when_it_is_set_back() -> None:
    # At 00:00 UTC and at 01:00 UTC it is 02:00.
    expected = [(12, "Oct 25"), (36, "02:00"), (48, "02:00"), (72, "04:00")]
    assert labels(CENTRAL_EUROPE, "2026-10-24 21:00:00", 300, 73) == expected
    expected = [(16, "18:00"), (40, "Oct 25"), (68, "06:00"), (92, "12:00")]
    assert labels(CENTRAL_EUROPE, "2026-10-24 12:00:00", 900, 113) == expected


def test_labels_follow_a_clock_that_is_set_by_half_an_hour() -> None:
    assert labels(LORD_HOWE, "2026-04-04 12:00:00", 300, 60) == [(12, "Apr 5"), (42, "02:00")]
    assert labels(LORD_HOWE, "2026-10-03 13:00:00", 300, 60) == [(6, "Oct 4"), (48, "04:00")]


def test_a_day_without_midnight_has_its_other_labels() -> None:
    assert labels(BEIRUT, "2026-03-28 16:00:00", 600, 100) == [
        *((0, "18:00"), (18, "21:00"), (48, "03:00"), (66, "06:00"), (84, "09:00"))
    ]


def test_days_are_labelled_by_their_dates() -> None:
    assert labels("UTC", "2026-10-02 00:00:00", 86_400, 53) == [
        *((6, "Oct 8"), (20, "Oct 22"), (34, "Nov 5"), (48, "Nov 19"))
    ]


@given(
    start_s=st.integers(0, 4_000_000_000),
    step_s=st.sampled_from((1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 43_200, 86_400)),
    columns=st.integers(1, 293),
    zone=st.sampled_from(("UTC", INDIA, CENTRAL_EUROPE, LORD_HOWE, BEIRUT)),
)
@settings(max_examples=examples(100), deadline=None)
def test_every_label_is_the_local_time_in_its_column_and_touches_no_other(
    start_s: int, step_s: int, columns: int, zone: str
) -> None:
    start_us = start_s // step_s * step_s * S
    with time_zone(zone):
        found = ticks(ViewSpan(start_us, start_us + columns * step_s * S), step_s * S, columns)
        behind = -1
        for column, label in found:
            left = label_left(column, label, columns)
            assert left > behind
            assert 0 <= left <= column < left + len(label) <= columns
            behind = left + len(label)
            times = range(start_us + column * step_s * S, start_us + (column + 1) * step_s * S, min(step_s, 10) * S)
            moments = [local(at_us) for at_us in times] if step_s <= 3_600 else []
            forms = {f"{at:%H:%M:%S}" for at in moments} | {f"{at:%H:%M}" for at in moments}
            assert not moments or label in forms | {f"{at:%b} {at.day}" for at in moments}
        if columns >= 30:
            assert found, "a chart has a label"
