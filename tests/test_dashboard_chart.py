"""The chart of the dashboard: bars, scale, alerts, markers, cursor, title, at exact rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.dashboard.drawing.cells import Cell, Role, Row, width_of
from http_monitor.dashboard.drawing.chart import paint_chart
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.answers import Answers
from http_monitor.dashboard.state.facts import Episode
from http_monitor.dashboard.state.scene import Marker, Scene
from http_monitor.ports.views import Held, Point, ViewSpan
from http_monitor.report import Rule
from http_monitor.units import visible_text
from tests.dashboard_samples import NOW_US, PICTURES, S, episodes, facts, raised, recovered, report, screen
from tests.display_samples import time_zone
from tests.examples import examples

START_US = NOW_US - 200 * S
"""2026-10-02 12:01:40 UTC."""
STEP_S = 10


CALM: tuple[Mapping[str, int], ...] = ({"s2xx": 380, "s4xx": 20},) * 14 + ({"s2xx": 300, "s5xx": 100},) * 6


@pytest.fixture(autouse=True)
def _in_utc() -> Iterator[None]:
    with time_zone("UTC"):
        yield


def point(place: int, **status: int) -> Point:
    """Return the hits of a column by class: `s2xx=…`."""
    classes = {name.removeprefix("s"): hits for name, hits in status.items()}
    return Point(START_US + place * STEP_S * S, sum(classes.values()), 0, classes.get("5xx", 0), classes)


def picture(
    columns: Sequence[Mapping[str, int]],
    scene: Scene | None = None,
    *,
    threshold: float = 1_000.0,
    since_s: float = 0,
    now_s: int | None = None,
    fault: str = "",
    alerts: tuple[Episode, ...] = (),
) -> Picture:
    """Return columns of ten seconds from 12:01:40 on, the hits of each by class."""
    end_s = STEP_S * len(columns)
    found = {START_US + place * STEP_S * S: point(place, **status) for place, status in enumerate(columns) if status}
    answers = Answers(
        held=Held(START_US + int(since_s * S), NOW_US, 1, 0, 1),
        chart_span=ViewSpan(START_US, START_US + end_s * S),
        step_us=STEP_S * S,
        points=found,
        filter_fault=fault,
    )
    known = facts(
        now_us=START_US + (end_s - 1 if now_s is None else now_s) * S,
        pulse=None,
        report=report(rules=(Rule("traffic", threshold, "/s"), Rule("error-rate", 5.0, "%"))),
        episodes=alerts,
    )
    return Picture(scene or Scene(), known, answers)


def roles(row: Row, text: str) -> list[tuple[Role, Role | None]]:
    """Return the roles and grounds of the cells that contain a text."""
    return [(cell.role, cell.ground) for cell in row if text in cell.text]


def at(row: Row, column: int) -> Cell:
    """Return what is in one column of a row."""
    left = 0
    for cell in row:
        if left <= column < left + len(cell.text):
            return cell._replace(text=cell.text[column - left])
        left += len(cell.text)
    raise AssertionError("the row is shorter")


def test_bars_are_as_high_as_the_rate_in_eighths_of_a_row() -> None:
    rising = picture([{"s2xx": 50 * place} for place in range(17)])

    assert screen(paint_chart(rising, 24, 6)) == [
        "Hits per second",
        "    80┤            ▂▄▅▆█",
        "      │      ▁▂▄▆▇██████",
        "      │ ▂▃▄▆████████████",
        "     0└─────────────────",
        "",
    ]


def test_server_errors_are_at_the_bottom_and_one_eighth_at_least_then_client_errors() -> None:
    rows = paint_chart(
        picture([{"s2xx": 400}, {"s2xx": 399, "s5xx": 1}, {"s2xx": 200, "s4xx": 100, "s5xx": 100}, {"s5xx": 400}]),
        11,
        7,
    )

    assert screen(rows) == [
        "Hits per s…",
        "    40┤████",
        "      │████",
        "    20┤████",
        "      │█▁██",
        "     0└─•!!",
        "",
    ]
    bars = [[at(row, 7 + column) for row in rows[1:5]] for column in range(4)]
    assert [(cell.role, cell.ground) for cell in bars[0]] == [("ok", None)] * 4
    assert [(cell.role, cell.ground) for cell in bars[1]] == [*[("ok", None)] * 3, ("server_error", "ok")]
    assert [cell.role for cell in bars[2]] == ["ok", "ok", "client_error", "server_error"]
    assert [cell.role for cell in bars[3]] == ["server_error"] * 4


def test_two_classes_share_a_cell_by_its_ground() -> None:
    rows = paint_chart(picture([{"s2xx": 300, "s4xx": 50, "s5xx": 50}]), 8, 6)

    # 24 eighths: 3 of server errors, 3 of client errors, and 2 of others in the lowest cell, which has two colours.
    assert [at(row, 7) for row in rows[1:4]] == [
        Cell("█", "ok"),
        Cell("█", "ok"),
        Cell("▃", "server_error", "client_error"),
    ]


def test_server_errors_never_hide_that_there_were_others() -> None:
    rows = paint_chart(picture([{"s2xx": 1, "s5xx": 399}]), 8, 5)
    assert [at(row, 7) for row in rows[1:4]] == [Cell("▇", "server_error", "ok"), *[Cell("█", "server_error")] * 2]


def test_the_top_of_a_bar_is_no_server_error_by_rounding() -> None:
    # Of 10 eighths, 9 are server errors; the upper cell has one of each class, and one colour.
    rows = paint_chart(picture([{"s2xx": 800}, {"s2xx": 30, "s5xx": 300}]), 9, 5)
    assert [at(row, 8) for row in rows[2:4]] == [Cell("▂", "ok"), Cell("█", "server_error")]


def test_columns_with_many_server_errors_have_a_mark_and_those_with_some_a_dot() -> None:
    rows = paint_chart(picture([{"s2xx": 400}, {"s2xx": 380, "s5xx": 20}, {"s2xx": 379, "s5xx": 21}]), 10, 6)
    assert screen(rows)[4] == "     0└─•!"
    assert [at(rows[4], column).role for column in (8, 9)] == ["dim", "server_error"]


def test_a_bar_of_less_than_a_row_has_the_colour_of_its_greatest_class() -> None:
    rows = paint_chart(picture([{"s2xx": 8_000}, {"s2xx": 900, "s5xx": 100}, {"s2xx": 400, "s5xx": 600}]), 10, 5)

    assert screen(rows)[1:] == [" 1,000┤▃╌╌", "      │█", "      │█▂▂", "     0└─!!"]
    assert [at(rows[3], column).role for column in (8, 9)] == ["ok", "server_error"]


def test_a_bar_is_drawn_as_soon_as_there_is_one_hit() -> None:
    assert screen(paint_chart(picture([{"s2xx": 9_000}, {"s2xx": 1}, {}], threshold=9_000.0), 10, 5))[3] == "      │█▁"


def test_lines_without_a_status_have_a_colour_of_their_own_and_the_title_says_so() -> None:
    rows = paint_chart(picture([{"none": 400}] * 9), 70, 5)

    assert screen(rows) == [
        "Hits per second · 1 min 30 s · 10 s a column               ■ no status",
        "    40┤                                                      █████████",
        "      │                                                      █████████",
        "      │                                                      █████████",
        "     0└───────────────────────────────────────────────────────────────",
    ]
    assert roles(rows[2], "█") == [("other_status", None)]


def test_columns_of_before_what_is_held_are_dots_and_not_zero() -> None:
    rows = paint_chart(picture([{"s2xx": 400} if place >= 16 else {} for place in range(20)], since_s=160), 27, 6)

    assert screen(rows) == [
        "Hits per second",
        "    40┤                ████",
        "      │                ████",
        "      │··· not held ···████",
        "     0└────────────────────",
        "",
    ]


def test_the_rate_of_a_column_is_that_of_the_part_that_is_held() -> None:
    partly = picture([{}, {"s2xx": 200}, {"s2xx": 400}], since_s=15)

    assert screen(paint_chart(partly, 10, 4))[1:] == ["    40┤ ██", "      │·██", "     0└───"]
    # A second that is held in part is taken as whole, so that a few hits in it are no peak.
    barely = picture([{}, {"s2xx": 40}, {"s2xx": 400}], since_s=19.9)
    assert screen(paint_chart(barely, 10, 4))[1:] == ["    40┤ ██", "      │·██", "     0└───"]


def test_the_rate_of_the_last_column_is_that_of_the_seconds_that_have_begun() -> None:
    # 120 hits in the seconds 190, 191 and 192.
    assert screen(paint_chart(picture([{"s2xx": 400}] * 19 + [{"s2xx": 120}], now_s=192), 27, 4))[1:3] == [
        "    40┤████████████████████",
        "      │████████████████████",
    ]


def test_nothing_is_drawn_while_nothing_is_held() -> None:
    assert screen(paint_chart(PICTURES["nothing_held"](), 60, 4)) == [
        "Hits per second",
        "",
        "                    no rows are held yet",
        "",
    ]


def test_a_filter_that_cannot_be_answered_is_no_chart_without_hits() -> None:
    assert screen(paint_chart(picture([{}] * 20, fault="column 1: …"), 60, 4)) == [
        "Hits per second",
        "",
        "               the filter cannot be answered",
        "",
    ]


def test_the_scale_is_round_and_has_halves_or_thirds() -> None:
    def scale(rate: int) -> list[str]:
        rows = paint_chart(picture([{"s2xx": rate * STEP_S}], threshold=1e9), 8, 9)
        return [text[:7] for text in screen(rows)[1:-1]]

    assert scale(0) == ["     1┤", "      │", "      │", "   0.5┤", "      │", "      │", "     0└"]
    assert scale(6) == ["     6┤", "      │", "     4┤", "      │", "     2┤", "      │", "     0└"]
    assert scale(1_100)[::3] == [" 1,200┤", "   600┤", "     0└"]
    assert scale(90_001)[::3] == ["  100k┤", "50,000┤", "     0└"]
    assert scale(2_100_000)[::3] == ["  2.5M┤", " 1.25M┤", "     0└"]


def test_the_threshold_is_a_dashed_line_across_the_bars_with_its_value_at_the_axis() -> None:
    rows = paint_chart(picture([{"s2xx": 400}] * 10 + [{}] * 10, threshold=25.0), 27, 8)

    assert screen(rows)[1:7] == [
        "    40┤██████████",
        "    25┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌",
        "    20┤██████████",
        "      │██████████",
        "      │██████████",
        "     0└────────────────────",
    ]
    assert rows[2] == [
        *(Cell("    25", "threshold"), Cell("┤", "dim")),
        *(Cell("╌" * 10, "threshold", "ok"), Cell("╌" * 10, "threshold")),
    ]


def test_the_top_of_the_scale_keeps_its_label_beside_a_threshold() -> None:
    rows = paint_chart(picture([{"s2xx": 400}], threshold=35.0), 8, 5)
    assert screen(rows)[1] == "    40┤╌"
    assert rows[1][0].role == "dim"


def test_the_time_of_the_cursor_replaces_the_labels_that_it_would_touch() -> None:
    def times(cursor_s: int) -> str:
        busy = PICTURES["busy"]()
        scene = Scene(cursor_us=NOW_US - cursor_s * S, column_us=5 * S)
        return screen(paint_chart(replace(busy, scene=scene), 80, 6))[-1].strip()

    behind = f"12:02{19 * ' '}12:04"
    assert times(300) == f"12:00:00{18 * ' '}{behind}"
    assert times(265) == f"12:00:35{11 * ' '}{behind}"
    assert times(255) == f"12:00  12:00:45{9 * ' '}{behind}"


def test_the_scale_reaches_to_a_threshold_that_is_near() -> None:
    def top(threshold: float) -> str:
        return screen(paint_chart(picture([{"s2xx": 400}], threshold=threshold), 8, 6))[1]

    assert [top(threshold) for threshold in (80.0, 81.0, 60.0, 40.0)] == [
        "    80┤╌",
        "    40┤█",
        "    60┤╌",
        "    40┤╌",
    ]


def test_hits_that_a_filter_selects_are_not_compared_with_the_threshold() -> None:
    title, _, middle, *_ = screen(paint_chart(picture(CALM, threshold=25.0), 120, 5))
    assert title.endswith("╌ alert above 25  ■ 2xx 3xx  ■ 4xx  ■ 5xx ! above 5 %")
    assert middle.endswith("╌" * 20)

    title, _, middle, *_ = screen(paint_chart(picture(CALM, Scene(chips=("status == 200",)), threshold=25.0), 120, 5))
    assert title == "Hits per second · 3 min 20 s · 10 s a column" + 41 * " " + "■ 2xx 3xx  ■ 4xx  ■ 5xx ! above 5 %"
    assert middle == "      │" + 93 * " " + 20 * "█"


def test_the_cursor_is_a_line_through_all_rows_with_its_time_and_its_figures() -> None:
    rows = paint_chart(picture(CALM, Scene(cursor_us=START_US + 120 * S, column_us=10 * S)), 90, 7)

    assert screen(rows) == [
        "Hits per second  12:03:40  40.0 /s  4xx 5.0 %  5xx 0 %             ■ 2xx 3xx  ■ 4xx  ■ 5xx",
        "    40┤                                                               ████████████│███████",
        "      │                                                               ████████████│███████",
        "    20┤                                                               ████████████│███████",
        "      │                                                               ▂▂▂▂▂▂▂▂▂▂▂▂▂▂██████",
        "     0└─────────────────────────────────────────────────────────────────────────────!!!!!!",
        "                                                                              12:03:40",
    ]
    assert [at(row, 82) for row in rows[1:5]] == [*[Cell("│", "cursor", "ok")] * 3, Cell("▂", "client_error", "ok")]
    assert roles(rows[6], "12:03:40") == [("cursor", "cursor")]


def test_the_cursor_is_seen_where_there_is_no_bar() -> None:
    rows = paint_chart(picture([{"s2xx": 400}, {"s2xx": 200}], Scene(cursor_us=START_US + 10 * S)), 9, 6)

    assert [at(row, 8) for row in rows[1:4]] == [
        *(Cell("│", "cursor", "cursor"), Cell("▄", "ok", "cursor"), Cell("│", "cursor", "ok")),
    ]


def test_a_selection_is_on_its_own_ground_and_its_figures_are_those_of_the_whole_span() -> None:
    for anchor_s, cursor_s in ((50, 150), (150, 50)):
        scene = Scene(anchor_us=START_US + anchor_s * S, cursor_us=START_US + cursor_s * S, column_us=10 * S)
        title = screen(paint_chart(picture(CALM, scene), 90, 5))[0]
        # 9 columns with 20 client errors, 2 with 100 server errors, of 400 hits each.
        assert title.startswith("Hits per second  12:02:30–12:04:20  40.0 /s  4xx 4.1 %  5xx 4.5 %")

    chosen = Scene(span=ViewSpan(START_US + 10 * S, START_US + 30 * S))
    rows = paint_chart(picture([{"s2xx": 400}, {}, {}, {}], chosen), 11, 6)
    assert rows[1][1:] == [Cell("┤", "dim"), Cell("█", "ok"), Cell("  ", "plain", "selected"), Cell(" ")]


def test_figures_of_a_span_or_cursor_that_is_not_one_of_whole_columns_are_named_by_the_columns_counted() -> None:
    first_us = START_US + 52 * S
    for scene in (
        Scene(span=ViewSpan(first_us, START_US + 88 * S)),
        Scene(anchor_us=first_us, cursor_us=START_US + 84 * S, column_us=4 * S),
    ):
        assert screen(paint_chart(picture(CALM, scene), 90, 5))[0].startswith("Hits per second  12:02:30–12:03:10  ")
    partly = Scene(span=ViewSpan(START_US - 500 * S, START_US + 15 * S))
    assert screen(paint_chart(picture(CALM, partly), 90, 5))[0].startswith("Hits per second  12:01:40–12:02:00  ")
    zoomed = Scene(cursor_us=first_us, column_us=4 * S)
    assert screen(paint_chart(picture(CALM, zoomed), 90, 5))[0].startswith("Hits per second  12:02:30–12:02:40  ")


def test_what_is_chosen_may_be_outside_the_chart_or_not_held() -> None:
    outside = Scene(span=ViewSpan(START_US - 500 * S, START_US - 400 * S))
    assert (
        screen(paint_chart(picture(CALM, outside), 60, 4))[0] == "Hits per second  11:53:20–11:55:00  outside the chart"
    )

    before = Scene(cursor_us=START_US, column_us=10 * S)
    title = screen(paint_chart(picture(CALM, before, since_s=50), 60, 4))[0]
    assert title == "Hits per second  12:01:40  not held  ■ 2xx 3xx  ■ 4xx  ■ 5xx"


def test_shares_of_nothing_are_not_known() -> None:
    empty = picture([{}] * 20, Scene(cursor_us=START_US, column_us=10 * S))
    assert screen(paint_chart(empty, 60, 4))[0] == "Hits per second  12:01:40  0 /s  4xx –  5xx –"

    without_status = picture([{"none": 400}] * 20, Scene(cursor_us=START_US, column_us=10 * S))
    assert screen(paint_chart(without_status, 60, 4))[0] == "Hits per second  12:01:40  40.0 /s  4xx –  5xx –"


def test_an_active_alert_lasts_until_now_and_has_its_title() -> None:
    flood, errors, _ = episodes()
    rows = paint_chart(picture(CALM, alerts=(flood, errors)), 27, 8)
    assert screen(rows)[1] == "alerts            2 alerts"
    assert roles(rows[1], "2 alerts") == [("raised", "raised")]

    rows = paint_chart(picture(CALM, alerts=(flood,)), 60, 8)
    assert screen(rows)[1] == "alerts " + 46 * " " + "━" * 7


def test_a_past_alert_has_its_title_beside_it() -> None:
    raise_ = raised("traffic", "High traffic", "hits = 2,000.00 /s", START_US + 40 * S)
    past = Episode(raise_, recovered(raise_, 20, "hits = 500.00 /s"))
    # It began 30 s before the raise.
    rows = paint_chart(picture(CALM, alerts=(past,)), 27, 8)

    assert screen(rows)[1] == "alerts  ━━━━━ High traffic"
    assert roles(rows[1], "━") == [("bad", None)]


def test_past_alerts_at_the_same_time_are_one_bar_that_counts_them() -> None:
    raises = [raised("traffic", f"Alert {after_s}", "", START_US + (40 + after_s) * S) for after_s in (0, 5, 90)]
    past = tuple(Episode(raise_, recovered(raise_, 20, "")) for raise_ in raises)
    assert screen(paint_chart(picture(CALM, alerts=past[:2]), 27, 8))[1] == "alerts  ━━━━━━ 2 alerts"
    apart = screen(paint_chart(picture(CALM, alerts=(past[0], past[2])), 27, 8))[1]
    assert apart == "alerts  ━━━━━    ━━━━━"


def test_a_marker_is_a_line_with_its_text() -> None:
    markers = (Marker(START_US + 20 * S, "deploy"), Marker(START_US + 195 * S, "[1m日本"))
    rows = paint_chart(picture([{"s2xx": 400}] + [{}] * 19, Scene(markers=markers)), 29, 7)

    assert screen(rows) == [
        "Hits per second",
        r"alerts     ▼ deploy         ▼",
        "    40┤  █ ┊                ┊",
        "      │  █ ┊                ┊",
        "      │  █ ┊                ┊",
        "     0└──────────────────────",
        "",
    ]


def test_alerts_and_markers_are_on_the_axis_of_a_low_chart() -> None:
    flood = episodes()[0]
    rows = paint_chart(picture(CALM, Scene(markers=(Marker(START_US + 20 * S, "deploy"),)), alerts=(flood,)), 27, 6)

    assert screen(rows)[4] == "     0└──▼──────────━!!!!!!"
    assert roles(rows[4], "━!") == [("raised", "raised")]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("height", [1, 2, 3, 4, 5, 6, 7, 10, 20])
@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_fits_at_every_size(name: str, width: int, height: int) -> None:
    rows = paint_chart(PICTURES[name](), width, height)

    assert len(rows) == height
    assert all(width_of(row) <= width for row in rows)
    assert screen(rows)[0].startswith("Hits per second")


def test_the_columns_of_before_are_left_out_where_room_lacks() -> None:
    assert screen(paint_chart(PICTURES["alerting"](), 60, 4)) == [
        "Hits per second          ■ 2xx 3xx  ■ 4xx  ■ 5xx ! above 5 %",
        " 2,500┤                                 ┊       ▇▇▆▆▆▆▆▆▅▅▅▅",
        " 1,000┤▃▃▃▃▃▃▃▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃",
        "     0└•••••••••••••••12:02•••••••••••••▼•••••12:04!!!!!!!!!",
    ]


COUNTS = st.dictionaries(st.sampled_from(("s1xx", "s2xx", "s3xx", "s4xx", "s5xx", "snone")), st.integers(1, 10**12))


@given(
    columns=st.lists(COUNTS, min_size=1, max_size=30),
    width=st.integers(1, 60),
    height=st.integers(0, 15),
    threshold=st.floats(0.0, 1e9),
    since_s=st.integers(-100, 400),
    now_s=st.integers(-10, 400),
    cursor_s=st.none() | st.integers(-100, 400),
    text=st.text(max_size=20),
)
@settings(max_examples=examples(150), deadline=None)
def test_no_row_is_wider_than_asked_whatever_is_counted(
    columns: list[dict[str, int]],
    width: int,
    height: int,
    threshold: float,
    since_s: int,
    now_s: int,
    cursor_s: int | None,
    text: str,
) -> None:
    cursor_us = None if cursor_s is None else START_US + cursor_s * S
    scene = Scene(cursor_us=cursor_us, markers=(Marker(START_US + 20 * S, text),))
    alert = Episode(raised("traffic", text, "hits", START_US + 40 * S))
    shown = picture(columns, scene, threshold=threshold, since_s=since_s, now_s=now_s, alerts=(alert,))

    rows = paint_chart(shown, width, height)

    assert len(rows) == height
    assert all(width_of(row) <= width for row in rows)
    assert all(visible_text(cell.text) == cell.text for row in rows for cell in row)
