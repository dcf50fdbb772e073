"""The columns of a table: which there is room for, and what a row has in each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from http_monitor.dashboard.drawing.cells import Role
from http_monitor.dashboard.drawing.numbers import (
    BYTES_WIDTH,
    CHANGE_WIDTH,
    COUNT_WIDTH,
    DURATION_WIDTH,
    PERCENT_WIDTH,
    UNKNOWN,
    bytes_of,
    change_of,
    duration_of,
    percent_of,
    short_count,
)
from http_monitor.dashboard.state.answers import TableAnswer
from http_monitor.dashboard.state.facts import Facts
from http_monitor.ports.views import Order, ViewRow

KEY_WIDTH = 16
"""The least columns of the key, where the screen has so many."""
_USUAL_ERROR_PERCENT = 5.0
"""What makes errors red if no rule says more."""
_BAR_WIDTH = 8
_GREATEST_BAR_WIDTH = 48
_KEY_STEP = 16
"""The key's columns are a multiple of this where the keys leave room, so that they seldom change."""
_MOST_MEASURED = 1_000
"""So many keys are measured at each paint."""
_EIGHTHS = (" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_GAP = 2
_ESCAPED_BYTE = len(r"\xhh")


@dataclass(frozen=True, slots=True)
class Known:
    """What the figures of all rows depend on."""

    hits: int
    """Of all rows, shown or not."""
    before: Mapping[bytes, int] | None
    has_status: bool
    """Errors are known."""
    has_size: bool
    """Bytes are known."""
    has_duration: bool
    error_percent: float
    """Greater shares of errors are red."""


Written = tuple[str, Role]
"""A figure, and its role."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column right of the keys."""

    heading: str
    width: int
    """With the gap at its left."""
    write: Callable[[ViewRow, Known, int], Written]
    """Takes the width too; what it returns is no wider than that."""
    from_width: int = 0
    """Screens narrower than this do without it, unless the table is in its order."""
    order: Order | None = None
    """The order in which the table is by this column."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The widths of a table."""

    key_width: int
    columns: tuple[Column, ...]
    rest: int = 0
    """Columns that are left at the right."""


def known_of(answer: TableAnswer, facts: Facts) -> Known:
    """Return what the figures of a table's rows depend on."""
    total = answer.view.total
    percent = None if facts.report is None else facts.report.threshold_of("error-rate")
    return Known(
        hits=total.hits,
        before=answer.before,
        has_status=answer.knows_errors,
        has_size=answer.knows_bytes,
        has_duration=total.p50_us is not None,
        error_percent=_USUAL_ERROR_PERCENT if percent is None else percent,
    )


def lay_out(width: int, rows: Sequence[ViewRow], order: Order, known: Known, *, has_change: bool) -> Layout:
    """Choose the columns that fit.

    Args:
        width: Of the screen.
        rows: Of the table.
        order: Of the table; its column is shown if any is.
        known: What is known of the rows.
        has_change: The change is shown, known or not.
    """
    wanted = [
        column
        for column in _COLUMNS
        if (column.from_width <= width or column.order == order)
        and (known.has_duration or column.order not in ("p50", "p95"))
        and (has_change or column is not _CHANGE)
    ]
    while wanted and width - _width_of(wanted) < KEY_WIDTH:
        # The last to come goes first, and hits after all others.
        wanted.remove(max(wanted, key=lambda column: (column.order != order, column.from_width)))
    room = width - _width_of(wanted)
    if _BAR not in wanted:
        return Layout(room, tuple(wanted))
    # Numbers stand near short keys, and bars take the room.
    longest = max((_columns_of(row.key) for row in rows[:_MOST_MEASURED]), default=0)
    key_width = min(room, max(KEY_WIDTH, -(-longest // _KEY_STEP) * _KEY_STEP))
    bar = replace(_BAR, width=min(_BAR.width + room - key_width, 1 + _GREATEST_BAR_WIDTH))
    columns = [bar if column is _BAR else column for column in wanted]
    return Layout(key_width, tuple(columns), width - key_width - _width_of(columns))


@lru_cache(maxsize=2_048)
def _columns_of(key: bytes) -> int:
    """Return at least the columns that a key takes."""
    is_plain = key.isascii() and key.decode().isprintable()
    return len(key) if is_plain else _ESCAPED_BYTE * len(key)


def _width_of(columns: list[Column]) -> int:
    return sum(column.width for column in columns)


def _hits(row: ViewRow, _known: Known, _width: int) -> Written:
    return short_count(row.hits), "plain"


def _share(row: ViewRow, known: Known, _width: int) -> Written:
    return percent_of(row.hits, known.hits), "dim"


def _bar(row: ViewRow, known: Known, width: int) -> Written:
    # What there is at all is seen.
    eighths = -(-8 * (width - 1) * min(row.hits, known.hits) // max(1, known.hits))
    whole, rest = divmod(eighths, 8)
    return f" {'█' * whole}{_EIGHTHS[rest] if rest else ''}".ljust(width), "accent"


def _change(row: ViewRow, known: Known, _width: int) -> Written:
    if known.before is None:
        return UNKNOWN, "dim"
    text = change_of(row.hits, known.before.get(row.key, 0))
    return text, "accent" if text[0] in "n×" else "plain" if text[0] == "+" else "dim"


def _error_role(row: ViewRow, known: Known) -> Role:
    if not row.errors:
        return "dim"
    return "bad" if 100 * row.errors > known.error_percent * row.hits else "warn"


def _errors(row: ViewRow, known: Known, _width: int) -> Written:
    return (short_count(row.errors), _error_role(row, known)) if known.has_status else (UNKNOWN, "dim")


def _error_share(row: ViewRow, known: Known, _width: int) -> Written:
    return (percent_of(row.errors, row.hits), _error_role(row, known)) if known.has_status else (UNKNOWN, "dim")


def _bytes(row: ViewRow, known: Known, _width: int) -> Written:
    return (bytes_of(row.size_bytes) if known.has_size else UNKNOWN), "dim"


def _p50(row: ViewRow, _known: Known, _width: int) -> Written:
    return duration_of(row.p50_us), "dim"


def _p95(row: ViewRow, _known: Known, _width: int) -> Written:
    return duration_of(row.p95_us), "dim" if row.p95_us is None else "plain"


_BAR = Column("", 1 + _BAR_WIDTH, _bar)
_CHANGE = Column("change", _GAP + CHANGE_WIDTH, _change, 80)
_COLUMNS = (
    Column("hits", _GAP + COUNT_WIDTH, _hits, -1, "hits"),
    Column("share", _GAP + PERCENT_WIDTH, _share),
    _BAR,
    _CHANGE,
    Column("errors", _GAP + len("errors ↓"), _errors, 80, "errors"),
    Column("err %", 1 + PERCENT_WIDTH, _error_share, 100),
    # A screen of 200 columns has 119 for this panel.
    Column("bytes", _GAP + BYTES_WIDTH, _bytes, 112, "bytes"),
    Column("p50", _GAP + DURATION_WIDTH, _p50, 112, "p50"),
    Column("p95", _GAP + DURATION_WIDTH, _p95, 100, "p95"),
)
"""In their order on the screen; those that a narrow one lacks have the greatest `from_width`."""
