"""What the user has chosen to see. Frozen: a key press makes another scene."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from http_monitor.ports.views import Order, ViewSpan

Sorting = tuple[Order, bool]
"""The order of a table, and whether it is turned round."""
ZOOMS_S = (120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400)
"""The lengths of time of the chart that ``+`` and ``-`` go through, as far as rows are held."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment that the user marked on the chart."""

    at_us: int
    text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What the user has chosen to see."""

    panel: str = "endpoint"
    """Name of the panel that has the keyboard."""
    chips: tuple[str, ...] = ()
    """Filters as typed or made from rows, the last added last; all must be true."""
    zoom_s: int = 900
    """Seconds of the chart."""
    cursor_us: int | None = None
    """Start of the chart's column that is the cursor; None: there is none, the end of the chart is now."""
    column_us: int = 1_000_000
    """Length of that column."""
    anchor_us: int | None = None
    """The column at which ``v`` began a selection; None: none is being made."""
    span: ViewSpan | None = None
    """The selected span, for which everything else answers; None: the cursor's column, or now."""
    sortings: Mapping[str, Sorting] = field(default_factory=dict)
    """The order of each table that was sorted, by dimension."""
    search: str = ""
    """Text that rows and lines are searched for; empty: none."""
    is_paused: bool = False
    """The screen stands still; data goes on."""
    markers: tuple[Marker, ...] = ()
    open_line: int | None = None
    """Place of the line that is shown whole; None: the list of lines is."""
    open_alert: int | None = None
    """Place of the alert that is shown with its details; None: the list is."""
    open_top: int = 0
    """The first row that is shown of the line or alert that is open."""
    is_following: bool = True
    """The lines are those that come in, the newest first; else they stand still."""
    pinned_us: int | None = None
    """The time at which lines that stand still do so; None: they do not."""
    theme: Literal["dark", "light"] = "dark"

    @property
    def is_now(self) -> bool:
        """Whether tables and lines answer for now."""
        return self.cursor_us is None and self.span is None

    @property
    def is_open(self) -> bool:
        """Whether a line or an alert is shown instead of the list."""
        return self.open_line is not None or self.open_alert is not None

    @property
    def filter(self) -> str | None:
        """The expression of all chips; None: there are none."""
        if len(self.chips) < 2:
            return self.chips[0] if self.chips else None
        return " and ".join(f"({chip})" for chip in self.chips)

    def in_other_theme(self) -> "Scene":
        """Return the scene in light colours if it is dark, and the other way round."""
        return replace(self, theme="light" if self.theme == "dark" else "dark")

    def sorting(self, dimension: str) -> Sorting:
        """Return the order of a table."""
        return self.sortings.get(dimension, ("hits", False))

    def asked_span(self, now_us: int, window_us: int) -> ViewSpan:
        """Return the span that tables and lines answer for.

        Args:
            now_us: The greatest time accepted.
            window_us: Length of the window, which is asked for at now.
        """
        if self.span is not None:
            return self.span
        if self.cursor_us is not None:
            return ViewSpan(self.cursor_us, self.cursor_us + self.column_us)
        return ViewSpan(now_us + 1 - window_us, now_us + 1)
