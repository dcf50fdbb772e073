"""What the screen asks of the rows that are held."""

from collections.abc import Hashable
from dataclasses import dataclass

from http_monitor.ports.views import Order, ViewSpan


@dataclass(frozen=True, slots=True)
class AskedTable:
    """A table that is shown."""

    dimension: str
    order: Order
    reverse: bool
    limit: int
    wants_change: bool
    """Whether the hits of the span before are shown too."""


@dataclass(frozen=True, slots=True)
class AskedChart:
    """The chart that is shown."""

    span: ViewSpan | None
    """A span that stands still; None: the chart ends now."""
    zoom_s: int
    columns: int
    bucket_s: int


@dataclass(frozen=True, slots=True)
class Question:
    """What the screen asks; equal questions have the same answers, but for the rows that came since."""

    filter: str | None
    span: ViewSpan | None
    """What tables and lines answer for; None: the window."""
    window_us: int
    chart: AskedChart
    tables: tuple[AskedTable, ...]
    """The one that has the keyboard first."""
    lines: int
    """The most lines; 0: they are not shown."""
    follows: bool
    """Whether lines are counted that come in and are not shown."""
    now_us: int | None = None
    """Rows up to that time; None: all that are held. A screen that stands still has one."""
    reached_us: int | None = None
    """Now is not before that time, even where no row has come since; None: now is the greatest time of all rows."""


def table_key(asked: AskedTable, question: Question) -> Hashable:
    """Return what the rows of a table depend on, but for those that came since."""
    return asked, question.filter, question.span, question.window_us, question.now_us


def lines_key(question: Question) -> Hashable:
    """Return what the lines depend on likewise."""
    return question.filter, question.span, question.lines, question.follows, question.now_us
