"""The screen of the dashboard: its widgets, and its keys."""

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input

from http_monitor.dashboard.canvas import Canvas
from http_monitor.dashboard.keys import KEYS

REGIONS = ("header", "chart", "bar", "panel", "footer", "question")


def bindings() -> Iterator[Binding]:
    """Yield the bindings of all keys."""
    for key in KEYS:
        for name in key.key.split(","):
            action = f"{key.action}({name!r})" if key.action == "panel" else key.action
            yield Binding(name, f"app.{action}", key.words, show=False, priority=name == "ctrl+c")


class MainScreen(Screen[None]):
    """The regions below each other; a prompt comes instead of the footer."""

    DEFAULT_CSS = """
    MainScreen { layout: vertical; overflow: hidden hidden; }
    MainScreen #prompt { height: 1; border: none; padding: 0; display: none; }
    MainScreen #prompt:focus { border: none; }
    MainScreen #question { display: none; }
    """
    AUTO_FOCUS = ""
    BINDINGS = [*bindings()]  # noqa: RUF012 - Textual's own form

    def compose(self) -> ComposeResult:
        """Yield the widgets."""
        for name in REGIONS:
            yield Canvas(name)
        yield Input(id="prompt", select_on_focus=False)
