"""The screen of the dashboard: its widgets, and its keys."""

from collections.abc import Iterator, Mapping

from textual.app import ComposeResult
from textual.screen import Screen

from http_monitor.dashboard.canvas import Canvas
from http_monitor.dashboard.entry import Entry
from http_monitor.dashboard.keys import KEYS

REGIONS = ("header", "chart", "bar", "panel", "footer", "question")


def _actions() -> Iterator[tuple[str, str]]:
    for key in KEYS:
        for name in key.key.split(","):
            action = f"{key.action}({name!r})" if key.action == "panel" else key.action
            yield name, f"app.{action}"


ACTIONS: Mapping[str, str] = dict(_actions())
"""What each key does, while no prompt is open."""


class MainScreen(Screen[None]):
    """The regions below each other; a prompt comes instead of the footer."""

    DEFAULT_CSS = """
    MainScreen { layout: vertical; overflow: hidden hidden; }
    MainScreen #prompt { height: 1; border: none; padding: 0; display: none; }
    MainScreen #prompt:focus { border: none; }
    MainScreen #question { display: none; }
    """
    AUTO_FOCUS = ""

    def compose(self) -> ComposeResult:
        """Yield the widgets."""
        for name in REGIONS:
            yield Canvas(name)
        yield Entry(id="prompt", select_on_focus=False)
