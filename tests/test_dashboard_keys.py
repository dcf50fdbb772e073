"""Every key of the dashboard, pressed in the real app over a log that was read to its end."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from http_monitor.dashboard.app import DashboardApp
from http_monitor.dashboard.keys import KEYS
from tests.dashboard_app import RecordedRun, app_of, enter, press, rows_of, screen_of, settle
from tests.display_samples import time_zone

START = datetime(2026, 10, 2, 14, 0, tzinfo=UTC)
SECONDS = 1_200
SPIKE = range(600, 630)
Body = Callable[[Pilot[None], DashboardApp], Coroutine[Any, Any, None]]


def lines() -> Iterator[str]:
    """Yield a request a second of each of three kinds, and a flood of 20 a second for half a minute."""
    for second in range(SECONDS):
        at = START + timedelta(seconds=second)
        requests = [
            ("192.0.2.1", "GET /shop/list HTTP/1.1", 200, 1_000, "Firefox"),
            ("192.0.2.2", "GET /shop/item?id=7 HTTP/1.1", 404 if second % 10 == 0 else 200, 500, "Firefox"),
            ("198.51.100.9", "POST /api/pay HTTP/1.1", 503 if second >= 900 else 200, 10, "curl"),
        ]
        if second in SPIKE:
            requests += [("203.0.113.7", "GET /login HTTP/1.1", 200, 20, "Odd")] * 20
        for host, request, status, size, agent in requests:
            yield f'{host} - - [{at:%d/%b/%Y:%H:%M:%S %z}] "{request}" {status} {size} "-" "{agent}/1.0"\n'


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RecordedRun:
    path = tmp_path_factory.mktemp("keys") / "access.log"
    path.write_text("".join(lines()))
    return RecordedRun(path, "combined")


@pytest.fixture(autouse=True)
def _utc() -> Iterator[None]:
    with time_zone("UTC"):
        yield


def in_app(run: RecordedRun, body: Body, directory: Path | None = None, size: tuple[int, int] = (120, 40)) -> None:
    """Run something in the app, once its first answers are shown."""

    async def session() -> None:
        app = app_of(run, directory)
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            await body(pilot, app)

    asyncio.run(session())


def panel(app: DashboardApp) -> list[str]:
    return rows_of(app, "panel")


def table(app: DashboardApp) -> dict[str, str]:
    """Return the hits of the keys that a table shows."""
    rows = [re.match(r"(\S+)\s+([0-9,]+)\s", row) for row in panel(app)[2:]]
    return {row[1]: row[2] for row in rows if row is not None}


def header(app: DashboardApp) -> str:
    return "\n".join(rows_of(app, "header"))


def test_at_now_the_tables_answer_for_the_window_and_the_first_row_is_the_cursor(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        assert table(app) == {"/api/pay": "120", "/shop/item": "120", "/shop/list": "120"}
        assert "window 2 min" in panel(app)[0]
        assert "now" in header(app)
        assert app.steering.cursor_row == 0

    in_app(run, body)


def test_digits_show_the_panels_with_their_numbers(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        for digit, title in {
            **{"2": "Sections", "3": "Hosts", "4": "Networks", "5": "Status", "6": "Methods", "7": "Agents"},
            **{"8": "Lines", "9": "Alerts", "0": "Health", "1": "Endpoints"},
        }.items():
            await press(pilot, digit)
            assert panel(app)[0].startswith(f"{digit} {title}")

    in_app(run, body)


def test_tab_goes_round_the_panels_that_the_log_has(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        seen = [app.steering.scene.panel]
        while len(seen) < 20:
            await press(pilot, "tab")
            if app.steering.scene.panel == "endpoint":
                break
            seen.append(app.steering.scene.panel)
        assert seen == [
            *("endpoint", "section", "host", "network", "status", "method", "agent_family"),
            *("lines", "alerts", "agent", "health"),
        ]
        await press(pilot, "shift+tab")
        assert app.steering.scene.panel == "health"

    in_app(run, body)


def test_letters_show_lines_alerts_and_health(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        for key, name in {"l": "lines", "a": "alerts", "h": "health"}.items():
            await press(pilot, key)
            assert app.steering.scene.panel == name

    in_app(run, body)


def test_brackets_move_the_cursor_by_a_column_and_braces_by_ten(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "left_square_bracket")
        assert "as of 14:19:44" in header(app)
        await press(pilot, "left_curly_bracket")
        assert "as of 14:18:24" in header(app)
        assert table(app) == {"/api/pay": "8", "/shop/item": "8", "/shop/list": "8"}
        await press(pilot, "right_square_bracket")
        assert "as of 14:18:32" in header(app)
        await press(pilot, "right_curly_bracket")
        assert "as of 14:19:52" in header(app)
        await press(pilot, "escape")
        assert "as of" not in header(app)
        assert table(app)["/api/pay"] == "120"

    in_app(run, body)


def test_parentheses_move_to_the_spike_and_hosts_tell_who_it_was(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "left_parenthesis", "3")
        assert "as of 14:10:00" in header(app)
        assert table(app)["203.0.113.7"] == "160"
        await press(pilot, "right_parenthesis")
        assert "no spike" in rows_of(app, "footer")[0]

    in_app(run, body)


def test_a_selected_span_is_what_everything_answers_for(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "left_parenthesis", "left_square_bracket", "v", "right_curly_bracket", "enter")
        assert "14:09:52–14:11:20" in header(app)
        assert table(app) == {"/login": "600", "/api/pay": "88", "/shop/item": "88", "/shop/list": "88"}
        await press(pilot, "v", "v", "escape")
        assert app.steering.scene.is_now

    in_app(run, body)


def test_enter_on_a_row_filters_everything_and_backspace_takes_it_off(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "3", "enter")
        assert '[host == "192.0.2.1"]' in header(app)
        await press(pilot, "1")
        assert table(app) == {"/shop/list": "120"}
        await press(pilot, "6", "exclamation_mark")
        assert '[not method == "GET"]' in header(app)
        assert table(app) == {}
        await press(pilot, "backspace", "backspace", "1")
        assert "[" not in header(app)
        assert len(table(app)) == 3
        await press(pilot, "backspace")
        assert "no filter" in rows_of(app, "footer")[0]

    in_app(run, body)


def test_keys_pressed_at_once_act_on_the_rows_that_they_led_to(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await pilot.press("3", "down", "enter", "5")
        await settle(pilot)
        assert '[host == "192.0.2.2"]' in header(app)
        assert table(app) == {"200": "108", "404": "12"}

    in_app(run, body)


def test_the_filter_is_edited_and_a_fault_keeps_it_open(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "f")
        await enter(pilot, "status = 503")
        assert "column 8" in rows_of(app, "question")[0]
        await press(pilot, "ctrl+u")
        await enter(pilot, "status == 503 or status == 404")
        assert app.prompt is None
        assert "[status == 503 or status == 404]" in header(app)
        assert table(app) == {"/api/pay": "120", "/shop/item": "12"}
        await press(pilot, "down", "enter")
        assert table(app) == {"/shop/item": "12"}
        await press(pilot, "f", "escape")
        assert app.prompt is None
        await press(pilot, "f", "ctrl+u", "enter")
        assert app.steering.scene.chips == ()

    in_app(run, body)


def test_named_filters_are_saved_and_recalled(run: RecordedRun, tmp_path: Path) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "f")
        await enter(pilot, "status == 503")
        await press(pilot, "F")
        await enter(pilot, "bad=")
        await press(pilot, "backspace")
        assert app.steering.scene.chips == ()
        await press(pilot, "F")
        await enter(pilot, "worse")
        assert "no view 'worse'" in rows_of(app, "question")[0]
        await press(pilot, "ctrl+u")
        await enter(pilot, "bad")
        assert "[status == 503]" in header(app)

    in_app(run, body, tmp_path)


def test_rows_are_moved_through_by_arrows_letters_and_pages(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        rows = []
        for key in ("down", "j", "j", "up", "k", "end", "home", "pagedown", "pageup", "G", "g"):
            await press(pilot, key)
            rows.append(app.steering.cursor_row)
        assert rows == [1, 2, 2, 1, 0, 2, 0, 2, 0, 2, 0]

    in_app(run, body)


def test_any_column_sorts_and_the_order_is_reversed(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "s")
        assert "by errors" in panel(app)[0]
        assert next(iter(table(app))) == "/api/pay"
        await press(pilot, "s")
        assert "by bytes" in panel(app)[0]
        assert list(table(app)) == ["/shop/list", "/shop/item", "/api/pay"]
        await press(pilot, "r")
        assert list(table(app)) == ["/api/pay", "/shop/item", "/shop/list"]
        await press(pilot, "8", "s")
        assert "only tables" in rows_of(app, "footer")[0]

    in_app(run, body)


def test_a_search_goes_to_matches_and_is_remembered(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "n")
        assert "nothing was searched" in rows_of(app, "footer")[0]
        await press(pilot, "slash")
        await enter(pilot, "SHOP")
        assert app.steering.cursor_row == 1
        await press(pilot, "n")
        assert app.steering.cursor_row == 2
        await press(pilot, "N")
        assert app.steering.cursor_row == 1
        await press(pilot, "slash")
        assert app.prompt is not None
        assert app.prompt.text == "SHOP"
        await press(pilot, "ctrl+u")
        await enter(pilot, "nowhere")
        assert "no match" in rows_of(app, "footer")[0]

    in_app(run, body)


def test_lines_are_the_newest_and_one_opens_whole(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "l")
        assert '198.51.100.9 - - [02/Oct/2026:14:19:59 +0000] "POST /api/pay HTTP/1.1" 503' in panel(app)[2]
        await press(pilot, "down", "enter")
        assert '"GET /shop/item?id=7 HTTP/1.1" 200 500 "-" "Firefox/1.0"' in "".join(panel(app))
        await press(pilot, "escape")
        assert app.steering.scene.open_line is None
        await press(pilot, "w")
        assert app.steering.scene.is_following

    in_app(run, body)


def test_an_alert_opens_with_its_span(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "a")
        assert "1 active" in panel(app)[0]
        await press(pilot, "enter")
        assert app.steering.scene.span is not None
        await press(pilot, "x")
        assert "not there yet" in rows_of(app, "footer")[0]
        await press(pilot, "A")
        assert "not there yet" in rows_of(app, "footer")[0]
        await press(pilot, "1")
        assert int(table(app)["/api/pay"].replace(",", "")) > 120

    in_app(run, body)


def test_plus_and_minus_zoom_the_chart(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        assert "8 s a column" in rows_of(app, "chart")[0]
        await press(pilot, "plus")
        assert app.steering.scene.zoom_s == 600
        await press(pilot, "minus", "minus")
        assert app.steering.scene.zoom_s == 1_800
        for _ in range(9):
            await press(pilot, "equals_sign")
        assert app.steering.scene.zoom_s == 120
        assert "2 minutes" in rows_of(app, "footer")[0]

    in_app(run, body)


def test_a_marker_stands_on_the_chart(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "left_parenthesis", "left_curly_bracket", "m")
        await enter(pilot, "release 7")
        await press(pilot, "escape")
        assert "release 7" in "\n".join(rows_of(app, "chart"))

    in_app(run, body)


def test_a_paused_screen_stands_still(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "p")
        assert "paused" in header(app)
        await press(pilot, "3")
        assert table(app)["192.0.2.1"] == "120"
        await press(pilot, "p")
        assert "paused" not in header(app)

    in_app(run, body)


@pytest.mark.parametrize(
    ("keys", "name", "first"),
    [
        ("1", "http-monitor-142000.csv", '"key","hits"'),
        ("3", "hosts.txt", "192.0.2.1"),
        ("5", "status.json", '"dimension":"status"'),
        ("9", "alerts.csv", "error-rate"),
        ("8", "lines.json", "POST /api/pay"),
    ],
)
def test_what_a_panel_shows_is_exported(run: RecordedRun, tmp_path: Path, keys: str, name: str, first: str) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, keys, "e")
        assert app.prompt is not None
        assert app.prompt.text == f"http-monitor-{START + timedelta(seconds=SECONDS - 1):%H%M%S}.csv"
        await press(pilot, "ctrl+u")
        await enter(pilot, name)
        assert str(tmp_path / name) in rows_of(app, "footer")[0]
        assert first in (tmp_path / name).read_text()
        await press(pilot, "e")
        await enter(pilot, name)
        assert "is not overwritten" in rows_of(app, "question")[0]

    in_app(run, body, tmp_path, (200, 40))


def test_the_row_and_the_line_are_copied_without_control_characters(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "3", "y")
        assert app.clipboard == "192.0.2.1"
        await press(pilot, "l", "y")
        assert app.clipboard.startswith("198.51.100.9 - - [02/Oct/2026:14:19:59")
        await press(pilot, "h", "y")
        assert "nothing to copy" in rows_of(app, "footer")[0]

    in_app(run, body)


def test_the_theme_changes_and_so_do_mouse_and_bell(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "t")
        assert (app.steering.scene.theme, app.theme) == ("light", "textual-light")
        await press(pilot, "M")
        assert "mouse on" in rows_of(app, "footer")[0]
        await press(pilot, "M", "b")
        assert "bell off" in rows_of(app, "footer")[0]

    in_app(run, body)


def test_help_lists_every_key_and_goes_away(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "question_mark")
        shown = "\n".join(panel(app))
        assert [key.shown for key in KEYS if key.shown.split(" ")[0] not in shown] == []
        await press(pilot, "escape")
        assert panel(app)[0].startswith("1 Endpoints")

    in_app(run, body, size=(160, 60))


def test_the_palette_runs_commands_by_name(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await press(pilot, "colon", *"show health")
        await pilot.pause(0.3)
        await press(pilot, "enter")
        assert app.steering.scene.panel == "health"

    in_app(run, body)


def test_keys_of_a_replay_say_so_in_another_run(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        for key in ("space", "less_than_sign", "greater_than_sign", "J"):
            await press(pilot, key)
            assert "--replay" in rows_of(app, "footer")[0]

    in_app(run, body)


def test_too_small_says_so_and_comes_back(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await pilot.resize_terminal(59, 15)
        await settle(pilot)
        assert "too small" in screen_of(app)
        await pilot.resize_terminal(60, 15)
        await settle(pilot)
        assert "1 Endpoints" in screen_of(app)

    in_app(run, body)


def test_q_stops_the_run_and_leaves(run: RecordedRun) -> None:
    async def body(pilot: Pilot[None], app: DashboardApp) -> None:
        await pilot.press("q")

    in_app(run, body)
    assert run.is_stopped


def test_every_key_was_pressed_here() -> None:
    source = Path(__file__).read_text()
    # Ctrl-Z stops the process: the tests of the program press it.
    names = {name for key in KEYS for name in key.key.split(",")} - {"ctrl+z", "ctrl+c"}
    assert {name for name in names if f'"{name}"' not in source} == set()
