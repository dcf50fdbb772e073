"""Text of a log is an attacker's text: on the screen it is never markup, a control character or a link."""

import ast
import asyncio
import unicodedata
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from http_monitor.dashboard.app import DashboardApp
from http_monitor.dashboard.canvas import Canvas
from tests.dashboard_app import RecordedRun, app_of, press, settle

DASHBOARD = Path(__file__).parents[1] / "http_monitor" / "dashboard"
HOSTILE = (
    b"[@click=app.leave]free[/]",
    b"[bold red]x[/bold red]",
    b"\x1b]0;owned\x07\x1b[2J",
    b"\x9b31mred",
    b"\xe2\x80\xaeevil\xe2\x81\xa6",
    b"\xff\xfe\x00\x08\x7f",
    b"a\xcc\x81\xe2\x80\x8b\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9",
    "漢字漢字漢字".encode(),
    b"=cmd|'/C calc'!A0",
    b"{x!r} %s %(a)s $HOME `id`",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RecordedRun:
    path = tmp_path_factory.mktemp("hostile") / "[b]access[@click=x].log"
    line = b'%s - %s [02/Oct/2026:14:00:%02d +0000] "GET /%s HTTP/1.1" %d 7 "http://%s/" "%s"\n'
    path.write_bytes(
        b"".join(
            line % (text.replace(b" ", b"_"), b"u" + text.replace(b" ", b"_"), second, text, status, text, text)
            for second in range(40)
            for text, status in ((HOSTILE[second % len(HOSTILE)], 200 + 100 * (second % 4)),)
        )
    )
    return RecordedRun(path, "combined")


def check(app: DashboardApp) -> str:
    """Check what is on the screen, and return its text."""
    texts = []
    for canvas in app.main.query(Canvas):
        for y in range(canvas.size.height):
            for segment in canvas.render_line(y):
                assert segment.control is None
                assert segment.style is not None
                assert not segment.style.meta
                assert segment.style.link is None
                assert not [char for char in segment.text if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn")]
                texts.append(segment.text)
    return "".join(texts)


def test_hostile_text_is_shown_as_text_in_every_panel(run: RecordedRun) -> None:
    async def session() -> str:
        app = app_of(run)
        seen = ""
        async with app.run_test(size=(200, 50)) as pilot:
            await settle(pilot)
            for _ in range(20):
                seen += check(app)
                await press(pilot, "tab")
            await press(pilot, "l", "down", "enter")
            seen += check(app)
            assert pilot.app.is_running
        return seen

    seen = asyncio.run(session())
    assert "[@click=app.leave]free[/]" in seen
    assert "\\x1b]0;owned\\x07\\x1b[2J" in seen


def test_a_hostile_row_becomes_a_filter_that_finds_it(run: RecordedRun) -> None:
    async def session(pilot: Pilot[None], app: DashboardApp) -> None:
        for number in range(len(HOSTILE)):
            await press(pilot, "1", "home", *["down"] * number, "enter")
            check(app)
            assert app.steering.answers.filter_fault == ""
            answer = app.steering.answers.tables["endpoint"].view
            assert answer.keys == 1
            await press(pilot, "f")
            assert not [char for char in app.main.query_one("#prompt", Input).value if not char.isprintable()]
            await press(pilot, "escape", "backspace")

    async def main() -> None:
        app = app_of(run)
        async with app.run_test(size=(120, 40)) as pilot:
            await settle(pilot)
            await session(pilot, app)

    asyncio.run(main())


def imported(path: Path) -> set[str]:
    """Return the names that a module imports, with their packages."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_only_the_canvas_makes_segments_and_nothing_makes_markup() -> None:
    modules = {path: imported(path) for path in DASHBOARD.rglob("*.py")}
    assert [path.name for path, names in modules.items() if "rich.segment.Segment" in names] == ["canvas.py"]
    allowed = ("rich.cells", "rich.style.Style", "rich.segment.Segment")
    rich = {name for names in modules.values() for name in names if name.startswith("rich")}
    assert {name for name in rich if not name.startswith(allowed)} == set()
    widgets = {name for names in modules.values() for name in names if name.startswith("textual.widgets")}
    assert widgets == {"textual.widgets.Input"}


def test_no_text_is_given_to_what_reads_markup() -> None:
    calls = {
        node.func.attr
        for path in DASHBOARD.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert calls & {"notify", "from_markup", "update", "panic"} == set()
