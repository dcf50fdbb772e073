"""What is asked in the line at the bottom: a filter, a search, a name, a file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from http_monitor.dashboard import named_views
from http_monitor.dashboard.controls import Run
from http_monitor.dashboard.export import exporting
from http_monitor.dashboard.options import AppOptions
from http_monitor.dashboard.steering import Steering
from http_monitor.errors import HttpMonitorError
from http_monitor.units import visible_text

Kind = Literal["filter", "search", "marker", "export", "views"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A line that the user edits."""

    kind: Kind
    label: str
    """What is asked for; sanitised."""
    text: str = ""
    """The text at first."""


class Prompts:
    """Opens prompts, and does what was entered. Owned by the screen's thread.

    Args:
        steering: The state that they change.
        run: Checks filters.
        options: Where files are written.
    """

    def __init__(self, steering: Steering, run: Run, options: AppOptions) -> None:
        self._steering = steering
        self._run = run
        self._options = options

    def open(self, kind: Kind) -> Prompt:
        """Return a prompt with the text that it begins with."""
        scene = self._steering.scene
        match kind:
            case "filter":
                return Prompt(kind, "filter (Enter applies, Esc leaves, Ctrl-U empties)", scene.filter or "")
            case "search":
                return Prompt(kind, "search in keys and lines", scene.search)
            case "marker":
                return Prompt(kind, "text of the marker", "deploy")
            case "export":
                name = exporting.default_name(self._steering.facts.clock_us)
                return Prompt(kind, f"write to ({exporting.FORMS})", name)
            case "views":
                return Prompt(kind, self._known_views())

    def submit(self, kind: Kind, text: str) -> str:
        """Do what was entered; return the fault, empty if it was done."""
        actions: dict[Kind, Callable[[str], None]] = {
            "filter": self._filter,
            "search": self._steering.search,
            "marker": self._steering.mark,
            "export": self._export,
            "views": self._recall_or_save,
        }
        try:
            actions[kind](text.strip() if kind != "search" else text)
        except HttpMonitorError as error:
            return visible_text(str(error))
        return ""

    def _filter(self, text: str) -> None:
        if text == (self._steering.scene.filter or ""):
            return
        if text:
            self._run.check_filter(text)
        self._steering.set_chips((text,) if text else ())

    def _export(self, text: str) -> None:
        self._steering.message = exporting.write(self._steering.picture(), self._options.directory, text)

    def _known_views(self) -> str:
        path = self._options.views_path
        if path is None:
            return "there is no place for named filters: set XDG_CONFIG_HOME or HOME"
        try:
            names = ", ".join(named_views.read_views(path)) or "none yet"
        except HttpMonitorError as error:
            return visible_text(str(error))
        return f"NAME recalls, NAME= saves the filter: {names}"

    def _recall_or_save(self, text: str) -> None:
        path = self._options.views_path
        if path is None or not text:
            return
        name, saves, _ = text.partition("=")
        name = name.strip()
        if saves:
            expression = self._steering.scene.filter or ""
            named_views.save_view(path, name, expression)
            self._steering.message = f"saved as {visible_text(name)}"
            return
        expression = named_views.find_view(path, name)
        if expression:
            self._run.check_filter(expression)
        self._steering.set_chips((expression,) if expression else ())
