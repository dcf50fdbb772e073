"""What views answer about the rows that are held."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from http_monitor.ports.views import FoundLine, Held, Point, TableView, ViewSpan

NOTHING_HELD = Held(None, None, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """A table, and what its change is measured against."""

    view: TableView
    span: ViewSpan
    before: Mapping[bytes, int] | None = None
    """Hits of the keys in the span of equal length before; None: that span is not wholly held."""
    key: Hashable = None
    """What was asked (`question.table_key`)."""

    @property
    def knows_errors(self) -> bool:
        """Whether any hit has a status, or there is none; else nothing is known of errors."""
        return bool(self.view.total.with_status or not self.view.total.hits)

    @property
    def knows_bytes(self) -> bool:
        """Whether any hit says a size, or there is none; else nothing is known of bytes."""
        return bool(self.view.total.with_size or not self.view.total.hits)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the log, as far as it could be read again."""

    row: FoundLine
    text: bytes | None
    """The line, not sanitised; None: it is not there."""
    note: str = ""
    """Why not."""


@dataclass(frozen=True, slots=True)
class LinesAnswer:
    """The newest lines of a span."""

    lines: tuple[ShownLine, ...]
    """Newest first."""
    skipped: int
    """Matching lines that are not shown: when following, those that came since following began; else all beyond."""
    span: ViewSpan
    is_whole: bool
    key: Hashable = None
    """What was asked (`question.lines_key`)."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What views answered last; parts that were not asked for are None or empty."""

    held: Held = NOTHING_HELD
    chart_span: ViewSpan | None = None
    """Aligned to `step_us`; None: nothing is held."""
    step_us: int = 1_000_000
    """Length of a column of the chart."""
    points: Mapping[int, Point] = field(default_factory=dict)
    """By the start of the column; those without hits are missing."""
    tables: Mapping[str, TableAnswer] = field(default_factory=dict)
    """By dimension."""
    lines: LinesAnswer | None = None
    filter_fault: str = ""
    """Why the filter cannot be answered; empty: it can."""
    dimensions: frozenset[str] = frozenset()
    """Those for which any row that is held has a key."""
