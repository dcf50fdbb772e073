from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.dashboard.drawing.cells import width_of
from http_monitor.dashboard.drawing.footer import paint_footer
from http_monitor.dashboard.drawing.help import help_count, paint_help
from http_monitor.dashboard.drawing.panel_bar import paint_panel_bar
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.keys import KEYS
from http_monitor.dashboard.state.panels import PANELS, Panel, panels_of
from http_monitor.dashboard.state.scene import Scene
from http_monitor.ports.views import ViewSpan
from http_monitor.units import visible_text
from tests import dashboard_samples as samples
from tests.dashboard_samples import screen
from tests.display_samples import CENTRAL_EUROPE, time_zone
from tests.examples import examples

PAST = {"cursor_us": samples.NOW_US - 60_000_000}


@pytest.fixture(autouse=True)
def local() -> Iterator[None]:
    with time_zone(CENTRAL_EUROPE):
        yield


def footer(picture: Picture, width: int, message: str = "") -> str:
    return screen([paint_footer(picture, width, message)])[0]


def bar(picture: Picture, width: int) -> str:
    return screen([paint_panel_bar(picture, width)])[0]


def scene(**chosen: object) -> Picture:
    return replace(samples.busy(), scene=replace(Scene(), **chosen))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (10, "? help"),
        (30, "Enter filter  ? help  q quit"),
        (60, "Enter filter  ! exclude  [ past  ( spike  ? help  q quit"),
        (80, "Enter filter  ! exclude  [ past  ( spike  l lines  a alerts  ? help  q quit"),
        (
            120,
            "Enter filter  ! exclude  [ past  ( spike  l lines  a alerts  / search  s sort  Tab panels  e export"
            "  ? help  q quit",
        ),
        (
            200,
            "Enter filter  ! exclude  [ past  ( spike  l lines  a alerts  / search  s sort  Tab panels  e export"
            "  p pause  : commands  f filter text  y copy  ? help  q quit",
        ),
    ],
)
def test_the_footer_has_the_keys_that_fit_the_most_important_first(width: int, expected: str) -> None:
    assert footer(samples.busy(), width) == expected


def test_keys_and_words_differ_in_role() -> None:
    assert [(cell.text, cell.role) for cell in paint_footer(samples.busy(), 30)] == [
        *[("Enter", "key"), (" filter", "dim"), ("  ", "plain")],
        *[("?", "key"), (" help", "dim"), ("  ", "plain")],
        *[("q", "key"), (" quit", "dim")],
    ]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"panel": "lines"}, "Enter open  / search  w stand still  [ past  ? help  q quit"),
        ({"panel": "lines", "is_following": False}, "Enter open  / search  w follow  [ past  y copy  ? help  q quit"),
        ({"panel": "lines", **PAST}, "Esc now  Enter open  / search  [ back  y copy  ? help  q quit"),
        ({"panel": "lines", "open_line": 0}, "Esc close  l lines  y copy  e export  ? help  q quit"),
        ({"panel": "alerts"}, "Enter open  [ past  l lines  / search  ? help  q quit"),
        ({"panel": "alerts", "open_alert": 0}, "Esc close  l lines  y copy  e export  ? help  q quit"),
        ({"panel": "health"}, "Tab panels  l lines  a alerts  p pause  ? help  q quit"),
        ({"panel": "health", "is_paused": True}, "Tab panels  l lines  a alerts  p go on  ? help  q quit"),
        (PAST, "Esc now  Enter filter  ! exclude  [ back  ? help  q quit"),
        ({"span": ViewSpan(0, 1)}, "Esc now  Enter filter  ! exclude  [ past  ? help  q quit"),
        ({**PAST, "anchor_us": 0}, "Enter select  [ back  ] on  { far back  ? help  q quit"),
        ({"chips": ("x",)}, "Enter filter  ! exclude  Backspace take off  ? help  q quit"),
    ],
)
def test_the_footer_follows_what_is_shown(chosen: dict[str, object], expected: str) -> None:
    assert footer(scene(**chosen), 62) == expected


def test_a_replay_has_its_keys_first() -> None:
    assert footer(samples.replay(), 80) == (
        "Space pause  > faster  < slower  J next alert  Enter filter  ? help  q quit"
    )
    paused = replace(samples.replay(), facts=samples.facts(is_replay=True, phase="paused", pace="×10"))
    assert footer(paused, 59) == "Space play  > faster  < slower  ? help  q quit"


def test_a_message_stands_before_the_keys_and_takes_the_room_it_needs() -> None:
    said = "exported to /home/me/http-monitor-140320.csv"
    assert footer(samples.busy(), 80, said) == f"{said}  Enter filter  ? help  q quit"
    assert footer(samples.busy(), 60, said) == f"{said}  ? help  q quit"
    assert footer(samples.busy(), 46, said) == said
    assert footer(samples.busy(), 31, "x") == "x  Enter filter  ? help  q quit"
    assert footer(samples.busy(), 30, "x") == "x  ? help  q quit"
    assert footer(samples.busy(), 20, said) == "exported to /home/m…"
    assert footer(samples.busy(), 40, "no match for \x1b[2J") == r"no match for \x1b[2J  ? help  q quit"
    assert paint_footer(samples.busy(), 80, said)[0].role == "accent"


@pytest.mark.parametrize(
    ("panel", "width", "expected"),
    [
        ("endpoint", 60, "▸1 Endpoints  2 Sections  3 Hosts  4  5  6  7  8  9  0  +5"),
        ("lines", 60, " 1  2  3  4  5  6  7 Agents ▸8 Lines  9 Alerts  0  +5"),
        ("vhost", 60, " 1  2  3  4  5  6  7  8  9 ▸Virtual hosts  0 Health  +4"),
        ("endpoint", 80, "▸1 Endpoints  2 Sections  3 Hosts  4 Networks  5 Status  6  7  8  9  0  +5"),
        (
            "endpoint",
            120,
            "▸1 Endpoints  2 Sections  3 Hosts  4 Networks  5 Status  6 Methods  7 Agents  8 Lines  9 Alerts"
            "  0 Health  +5",
        ),
        (
            "alerts",
            200,
            " 1 Endpoints  2 Sections  3 Hosts  4 Networks  5 Status  6 Methods  7 Agents  8 Lines ▸9 Alerts"
            "  User agents  Users  Referring hosts  Virtual hosts  Servers  0 Health",
        ),
    ],
)
def test_panels_near_the_current_one_keep_their_words(panel: str, width: int, expected: str) -> None:
    picture = scene(panel=panel)
    dimensions = samples.BY_DIMENSION.keys() | {"server"}
    assert bar(replace(picture, answers=samples.answers(dimensions=frozenset(dimensions))), width) == expected


def test_active_alerts_are_to_be_seen_from_every_panel() -> None:
    row = paint_panel_bar(samples.alerting(), 60)
    assert screen([row]) == ["▸1 Endpoints  2 Sections  3  4  5  6  7  8  9 !2  0  +4"]
    assert [cell.text for cell in row if cell.role == "raised"] == ["!2"]
    assert " 9 Alerts !2 " in bar(samples.alerting(), 200)
    assert bar(replace(samples.alerting(), scene=Scene(panel="alerts")), 60) == (
        " 1  2  3  4  5  6  7 Agents  8 Lines ▸9 Alerts !2  0  +4"
    )


def test_the_bar_has_the_panels_that_are_always_there_and_those_that_the_log_has() -> None:
    always = ["endpoint", "section", "host", "network", "status", "method", "lines", "alerts", "health"]
    assert [panel.name for panel in panels_of((), "endpoint")] == always
    assert [panel.name for panel in panels_of(("user", "tls"), "vhost")] == [
        panel.name for panel in PANELS if panel.name in (*always, "user", "vhost", "tls")
    ]


def test_the_help_is_in_two_columns_of_keys_and_words() -> None:
    assert screen(paint_help(100, 12, 0)) == [
        "Help · ↑ ↓ scroll · ? or Esc closes" + " " * 52 + f"{help_count(100) - 12} more below",
        "General                                            Rows, filters and lines",
        "?         show or hide this help                   Enter     filter by the row; open the line or",
        "q         quit, and print the summary                        the alert; end a selection",
        ":         search all commands by name              !         exclude the row",
        "Esc       close what is open; return to now        Backspace take off the last filter",
        "p         pause the screen; data goes on           f         edit the filter expression",
        "t         light or dark                            F         recall a named filter, or save this",
        "M         switch the mouse on or off                         one",
        "b         ring the bell when an alert is raised,   ↓ j       next row",
        "          or not                                   ↑ k       previous row",
        "Ctrl-Z    suspend; fg returns                      PgDn      next page",
    ]


def test_the_help_scrolls_to_its_end_and_no_further() -> None:
    end = [
        "▼         a marker of yours",
        "          the row, or the time, of the cursor",
        "          the selected time",
        "–         cannot be known from this log",
    ]
    assert screen(paint_help(60, 5, help_count(60) - 5)) == ["Help · ↑ ↓ scroll · ? or Esc closes", *end]
    assert screen(paint_help(60, 5, 9_999)) == ["Help · ↑ ↓ scroll · ? or Esc closes", *end]
    assert screen(paint_help(60, 5, help_count(60) - 6))[0].endswith(" 1 more below")


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_help_has_every_key_with_all_its_words(width: int) -> None:
    rows = paint_help(width, help_count(width), 0)
    assert len(rows) == help_count(width)
    shown = [cell.text.strip() for row in rows for cell in row if cell.role == "key"]
    assert sorted(key for key in shown if key) == sorted(key.shown for key in KEYS)
    words = Counter(word for row in rows for cell in row if cell.role == "plain" for word in cell.text.split())
    assert not Counter(word for key in KEYS for word in key.words.split()) - words


hostile = st.one_of(st.text(max_size=90), st.sampled_from(samples.HOSTILE_KEYS).map(lambda raw: raw.decode("latin1")))


@settings(max_examples=examples(80))
@given(
    hostile, st.sampled_from(PANELS), st.integers(1, 300), st.integers(0, 60), st.sampled_from(sorted(samples.PICTURES))
)
def test_no_row_is_wider_than_asked(message: str, panel: Panel, width: int, height: int, sample: str) -> None:
    picture = samples.PICTURES[sample]()
    picture = replace(picture, scene=replace(picture.scene, panel=panel.name))
    helped = paint_help(width, height, 3)
    assert len(helped) <= height
    for row in (paint_footer(picture, width, message), paint_panel_bar(picture, width), *helped):
        assert width_of(row) <= width
        assert all(visible_text(cell.text) == cell.text for cell in row)
    # Whatever room there is, one sees where one is.
    if width >= 50:
        assert f"▸{panel.digit} {panel.title}".replace("▸ ", "▸") in bar(picture, width)
