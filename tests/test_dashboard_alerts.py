from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.dashboard.drawing.cells import Cell, width_of
from http_monitor.dashboard.drawing.lists.alert import alert_rows, paint_alert
from http_monitor.dashboard.drawing.lists.alerts import episode_at, next_match, paint_alerts, row_count, span_of
from http_monitor.dashboard.drawing.lists.value_chart import paint_values
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.answers import Answers
from http_monitor.dashboard.state.facts import Episode
from http_monitor.dashboard.state.fold import fold
from http_monitor.dashboard.state.place import Place
from http_monitor.dashboard.state.scene import Scene
from http_monitor.ports.views import Point, ViewSpan
from http_monitor.report import ActiveAlert, Rule
from http_monitor.report_tables import Breakdown, Share
from http_monitor.units import visible_text
from tests import dashboard_samples as samples
from tests.dashboard_samples import NOW_US, S, recovered, screen
from tests.display_samples import CENTRAL_EUROPE, quiet_report, time_zone
from tests.examples import examples

ALERTS = Scene(panel="alerts")
FLOOD, ERRORS, TRAFFIC = samples.episodes()
WIDE = [
    "  alert                   raised                            value",
    "! Flood from 203.0.113.7  since 14:04:20 (40 s)             100.00 > 50 /s       began about 14:03:50",
    "! High error rate         since 14:03:50 (1 min 10 s)       10.00 > 5 %          began about 14:03:20",
    "· High traffic            13:55:00 – 13:56:50 (1 min 50 s)  2,000.00 > 1,000 /s  began about 13:54:30",
]


@pytest.fixture(autouse=True)
def local() -> Iterator[None]:
    with time_zone(CENTRAL_EUROPE):
        yield


def picture(*episodes: Episode, scene: Scene = ALERTS, place: Place | None = None, **facts: object) -> Picture:
    return Picture(scene, samples.facts(episodes=episodes, **facts), samples.answers(), place or Place())


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (
            60,
            [
                "  alert                   raised",
                "! Flood from 203.0.113.7  since 14:04:20",
                "! High error rate         since 14:03:50",
                "· High traffic            13:55:00 – 13:56:50",
            ],
        ),
        (
            80,
            [
                "  alert                   raised                            value",
                "! Flood from 203.0.113.7  since 14:04:20 (40 s)             100.00 > 50 /s",
                "! High error rate         since 14:03:50 (1 min 10 s)       10.00 > 5 %",
                "· High traffic            13:55:00 – 13:56:50 (1 min 50 s)  2,000.00 > 1,000 /s",
            ],
        ),
        (120, WIDE),
        (200, WIDE),
    ],
)
def test_active_alerts_stand_above_past_ones_and_columns_go_where_room_lacks(width: int, expected: list[str]) -> None:
    assert screen(paint_alerts(picture(TRAFFIC, FLOOD, ERRORS), width, 9)) == [
        "9 Alerts · 2 active · 1 past",
        *expected,
    ]


def test_an_active_alert_is_unmistakable_without_colour_too() -> None:
    shown = paint_alerts(replace(picture(FLOOD, TRAFFIC), is_dimmed=True), 80, 9)
    assert shown[2][0] == Cell("! Flood from 203.0.113.7", "raised", "raised")
    assert shown[3][:2] == [Cell("· ", "dim"), Cell("High traffic          ", "plain")]


def test_the_row_of_the_cursor_is_filled_and_scrolled_into_view() -> None:
    shown = paint_alerts(picture(FLOOD, ERRORS, TRAFFIC, place=Place(2, 0)), 80, 4)
    assert screen(shown)[0] == "9 Alerts · 2 active · 1 past" + " " * 49 + "3/3"
    assert [row[0].ground for row in shown] == [None, None, "raised", "cursor"]
    assert width_of(shown[3]) == 80
    assert screen(shown)[3].startswith("· High traffic ")


def test_events_that_had_no_room_are_said() -> None:
    row = screen(paint_alerts(picture(FLOOD, events_dropped=3), 80, 2))[1]
    assert row == f"{'  alert                   raised                 value':57}3 alert events left out"


def test_without_alerts_the_rules_are_named_with_their_thresholds() -> None:
    assert screen(paint_alerts(picture(events_dropped=1), 80, 9)) == [
        "9 Alerts",
        "1 alert event left out",
        "no alerts so far",
        "",
        "judged over the last 2 min:",
        "  traffic     above 1,000 /s",
        "  error-rate  above 5 %",
        "  ddos        above 50 /s",
    ]
    assert screen(paint_alerts(picture(report=None), 80, 9)) == ["9 Alerts", "", "no alerts so far"]


def test_alerts_are_counted_and_found_in_the_order_shown() -> None:
    shown = picture(TRAFFIC, FLOOD)
    assert row_count(shown) == 2
    assert [episode_at(shown, at) for at in (-1, 0, 1, 2)] == [None, FLOOD, TRAFFIC, None]


def test_alerts_are_searched_by_their_titles() -> None:
    searched = picture(FLOOD, ERRORS, TRAFFIC, scene=Scene(panel="alerts", search="HIGH"))
    assert [next_match(replace(searched, place=Place(at)), 1) for at in range(3)] == [1, 2, 1]
    marked = [cell.text for cell in paint_alerts(searched, 80, 9)[3] if cell.ground == "selected"]
    assert marked == ["High"]


def test_the_span_of_an_alert_begins_a_window_before_it_and_ends_with_its_recovery_or_now() -> None:
    raised = TRAFFIC.raised
    assert span_of(TRAFFIC, NOW_US, 120 * S) == ViewSpan(raised.at_us - 150 * S, raised.at_us + 110 * S)
    assert span_of(FLOOD, NOW_US, 120 * S) == ViewSpan(NOW_US - 190 * S, NOW_US + 1)
    undated = Episode(replace(FLOOD.raised, began_us=None))
    assert span_of(undated, NOW_US, 120 * S) == ViewSpan(NOW_US - 160 * S, NOW_US + 1)
    # The clock of the log was set back since.
    assert span_of(FLOOD, 0, 120 * S) == ViewSpan(NOW_US - 190 * S, NOW_US - 190 * S + 1)


def test_an_open_alert_shows_times_value_contributors_and_its_course() -> None:
    opened = replace(samples.alerting(), scene=Scene(panel="alerts", open_alert=0))
    flood, *others = opened.facts.episodes
    known = Episode(replace(flood.raised, file=samples.LOG, server="web1"))
    opened = replace(opened, facts=replace(opened.facts, episodes=(known, *others)))
    assert screen(paint_alert(opened, 80, 30)) == [
        "9 Alerts · 1 of 3 · Esc closes",
        "! Flood from 203.0.113.7  active",
        "raised       14:04:20, 40 s ago",
        "began about  14:03:50",
        "value        100.00 > 50 /s when raised",
        "hits         47,328 in 2 min",
        "subject      203.0.113.7",
        "server       web1",
        "file         /var/log/nginx/access.log",
        "",
        "most of 12,040 requests",
        "endpoint   91.4 %  ███████████░  /api/v1/orders",
        "method     91.3 %  ███████████░  POST",
        "",
        "hits per second, peak 2,300 /s",
        " " * 52 + "████▇▇▇▇▇▇▆▆▆▆▆▆▅▅▅▅▅▅▄▄",
        " " * 52 + "█" * 24,
        " " * 52 + "█" * 24,
        "▅" * 28 + "▆" * 24 + "█" * 24,
        "14:01:50" + " " * 60 + "14:05:00",
        "",
        "x: explanations of a span are not there yet",
    ]
    assert alert_rows(opened, 80) == 21


def test_an_open_alert_that_is_over_says_when_and_draws_its_threshold() -> None:
    opened = replace(samples.alerting(), scene=Scene(panel="alerts", open_alert=2))
    shown = screen(paint_alert(opened, 60, 30))
    assert shown[:7] == [
        "9 Alerts · 3 of 3 · Esc closes",
        "· High traffic  recovered",
        "raised       13:55:00, 10 min ago",
        "began about  13:54:30",
        "recovered    13:56:50, after 1 min 50 s",
        "value        2,000.00 > 1,000 /s when raised",
        "hits         47,328 in 2 min",
    ]
    assert shown[8:10] == ["hits per second, peak 460 /s, threshold 1,000 /s", "╌" * 52]


def test_an_open_alert_says_its_present_value_where_that_is_known() -> None:
    opened = replace(samples.alerting(), scene=Scene(panel="alerts", open_alert=1))
    shown = screen(paint_alert(opened, 80, 30))
    assert shown[4:6] == ["value        10.00 > 5 % when raised", "now          3.19 < 5 %"]
    assert shown[8] == "errors in % of hits, peak 20.0 %, threshold 5 %"


def test_figures_of_an_alert_that_an_earlier_run_raised_are_shown_as_unknown_in_the_list_and_open() -> None:
    for name in ("ddos", "traffic", "error-rate"):
        (earlier,) = fold(
            samples.facts(), [replace(quiet_report(), active=(ActiveAlert(name, None, NOW_US - S),))]
        ).active
        over = Episode(replace(earlier.raised, threshold=50.0, unit="/s"), recovered(earlier.raised, 5, ""))
        listed = screen(paint_alerts(picture(earlier, over), 120, 9))
        assert [row.split(") ", 1)[1].strip() for row in listed[2:4]] == ["–", "– (limit 50) /s"]
        for number, value in ((0, "– when raised"), (1, "– (limit 50) /s when raised")):
            scene = replace(ALERTS, open_alert=number)
            shown = screen(paint_alert(picture(earlier, over, scene=scene), 120, 40))
            assert f"value        {value}" in [row.rstrip() for row in shown]
            assert "hits         –" in [row.rstrip() for row in shown]
            assert "nan" not in "".join(shown).casefold().replace("name", "")
        assert "nan" not in "".join(listed).casefold()


def test_a_rise_that_fills_the_window_began_by_its_start() -> None:
    opened = picture(Episode(replace(FLOOD.raised, began_us=None)), scene=Scene(panel="alerts", open_alert=0))
    assert screen(paint_alert(opened, 80, 30))[3] == "began by     14:02:20"


def test_contributors_without_a_key_and_of_a_part_of_the_requests_are_said() -> None:
    shares = (Share("endpoint", None, 500), Share("agent", b"\x1b[2J", 1_000))
    raised = replace(FLOOD.raised, breakdown=Breakdown(1_000, shares, False))
    shown = screen(paint_alert(picture(Episode(raised), scene=Scene(panel="alerts", open_alert=0)), 60, 30))
    assert shown[8:11] == [
        "most of the last 1,000 requests",
        "endpoint   50.0 %  without a path",
        r"agent       100 %  \x1b[2J",
    ]


def test_an_alert_before_the_chart_says_that_it_is_not_there() -> None:
    shown = paint_values(samples.answers(), ViewSpan(0, S), TRAFFIC, NOW_US, 80)
    assert screen(shown) == ["hits per second: the chart does not reach that time"]
    assert screen(paint_values(Answers(), ViewSpan(0, S), TRAFFIC, NOW_US, 80)) == screen(shown)


def test_columns_of_the_chart_are_joined_where_they_do_not_fit() -> None:
    points = {at * S: Point(at * S, hits, 0, 0, {}) for at, hits in enumerate((8, 0, 32, 32, 1, 0))}
    answers = Answers(chart_span=ViewSpan(0, 6 * S), step_us=S, points=points)
    raised = replace(TRAFFIC.raised, threshold=10.0)
    assert screen(paint_values(answers, ViewSpan(0, 6 * S), Episode(raised), 0, 48)) == [
        "hits per second, peak 32.0 /s, threshold 10 /s",
        " " * 16 + "█" * 16,
        " " * 16 + "█" * 16,
        "╌" * 16 + "█" * 16 + "╌" * 16,
        "█" * 8 + " " * 8 + "█" * 16 + "▁" * 8,
        "01:00:00" + " " * 32 + "01:00:06",
    ]
    assert screen(paint_values(answers, ViewSpan(0, 6 * S), Episode(raised), 0, 3))[1:5] == [" █", " █", "╌█╌", "▄█▁"]
    assert screen(paint_values(answers, ViewSpan(0, 6 * S), Episode(raised), 0, 5))[1:5] == [" █", " █", "╌█╌", "▄█▁"]


def test_an_open_alert_that_is_not_there_says_so() -> None:
    assert screen(paint_alert(picture(scene=Scene(panel="alerts", open_alert=3)), 60, 9)) == [
        "9 Alerts · this alert is no longer there"
    ]


hostile = st.one_of(st.binary(max_size=60), st.sampled_from(samples.HOSTILE_KEYS))
number = st.floats(0, 1e12)


@settings(max_examples=examples(60))
@given(
    hostile, number, number, st.sampled_from((1, 2, 9, 60, 80, 120, 300)), st.integers(0, 30), st.integers(0, 1 << 50)
)
def test_no_row_is_wider_than_asked_whatever_the_alert_says(
    key: bytes, value: float, threshold: float, width: int, height: int, at_us: int
) -> None:
    title = f"Flood from {key.decode('utf-8', 'surrogateescape')}"
    breakdown = Breakdown(at_us, (Share("endpoint", key, at_us // 3), Share("host", None, 0)), True)
    raised = replace(FLOOD.raised, title=title, subject=key, value=value, threshold=threshold, unit="\x1b")
    raised = replace(raised, at_us=at_us, hits=at_us, breakdown=breakdown, file=title)
    drawn = picture(Episode(raised), TRAFFIC, scene=Scene(panel="alerts", open_alert=0, search="o"))
    facts = replace(drawn.facts, report=samples.report(rules=(Rule(title, threshold, "\x1b"),)))
    none = replace(drawn, facts=replace(facts, episodes=()))
    for rows in (
        paint_alerts(drawn, width, height),
        paint_alert(drawn, width, height),
        paint_alerts(none, width, height),
    ):
        assert len(rows) <= height
        assert all(width_of(row) <= width for row in rows)
        assert all(visible_text(cell.text) == cell.text for row in rows for cell in row)
