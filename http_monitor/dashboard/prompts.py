"""What is asked in the line at the bottom: a filter, a search, a name, a file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from http_monitor.dashboard.controls import Run
from http_monitor.dashboard.export import exporting
from http_monitor.dashboard.named_views import NamedViews
from http_monitor.dashboard.options import AppOptions
from http_monitor.dashboard.state.answers import TableAnswer
from http_monitor.dashboard.state.chips import fault_of
from http_monitor.dashboard.steering import Steering
from http_monitor.errors import HttpMonitorError, RefusedError, UsageError
from http_monitor.ports.views import TableQuery, Views
from http_monitor.units import brief_text, visible_text

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
        views: Answers the whole table for an export.
        options: Where files are written.
    """

    def __init__(self, steering: Steering, run: Run, views: Views, options: AppOptions) -> None:
        self._steering = steering
        self._run = run
        self._views = views
        self._options = options
        self._named = NamedViews(options.views_path)

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
                name = exporting.default_name(self._options.directory, self._steering.facts.clock_us)
                return Prompt(kind, exporting.WORDS, name)
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
            return fault_of(error)
        return ""

    def _filter(self, text: str) -> None:
        if text == (self._steering.scene.filter or ""):
            return
        if text:
            self._run.check_filter(text)
        self._steering.set_chips((text,) if text else ())

    def _export(self, text: str) -> None:
        picture = self._steering.picture()
        self._steering.message = exporting.export(picture, self._whole_table, self._options.directory, text)

    def _whole_table(self) -> TableAnswer:
        scene = self._steering.scene
        shown = self._steering.answers.tables.get(scene.panel)
        if shown is None:
            raise RefusedError("there is nothing to export yet")
        order, is_reverse = scene.sorting(scene.panel)
        query = TableQuery(scene.panel, shown.span, scene.filter, order, is_reverse, None)
        return TableAnswer(self._views.table(query), shown.span, shown.before)

    def _known_views(self) -> str:
        try:
            names = ", ".join(self._named.read()) or "none yet"
        except HttpMonitorError as error:
            return visible_text(str(error))
        return f"NAME recalls, NAME= saves the filter; there are: {visible_text(names)}"

    def _recall_or_save(self, text: str) -> None:
        name, saves, _ = text.partition("=")
        name = name.strip()
        if saves:
            self._named.save(name, self._steering.scene.filter or "")
            self._steering.message = f"saved as {visible_text(name)}"
        elif name:
            known = self._named.read()
            if name not in known:
                raise UsageError(f"there is no view '{brief_text(name)}': {', '.join(known) or 'none is saved yet'}")
            self._run.check_filter(known[name])
            self._steering.set_chips((known[name],))
