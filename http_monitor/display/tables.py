"""A table of keys, drawn into a cell of the screen."""

from dataclasses import dataclass

from http_monitor.display import figures
from http_monitor.display.columns import columns, shorten
from http_monitor.display.style import Line, Role, Span, Style, padded
from http_monitor.report_tables import KeyCount, Table
from http_monitor.units import ratio

_BAR_MOST = 24
_KEY_LEAST = 14
_ERRORS_FROM = 48
_BAR_FROM = 40
"""The table with bars is the one that is looked at first, so it has its errors from here on too."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A table with the words above it."""

    title: str
    table: Table
    bars: bool = False
    """Draw a bar behind each key, the greatest one full."""


def render_table(heading: Heading, hits: int, width: int, style: Style, *, knows_errors: bool = True) -> list[Line]:
    """Return a heading, the rows, and what the table had to cut.

    Args:
        heading: the table; one without rows gives no line.
        hits: what a share of 100 % is.
        width: columns of the cell; a bar stands only in a wide one, and share or errors make way in a narrow one.
        style: the characters of the stream.
        knows_errors: a line has a status; else a dash stands in place of the errors.
    """
    rows = heading.table.rows
    if not rows:
        return []
    shape = _Shape.of(heading, width)
    lines = [
        _heading(heading, shape, style),
        *(_row(row, rows[0].hits, hits, shape, style, knows_errors) for row in rows),
    ]
    rest = heading.table.remainder
    if rest.hits:
        note = f"+{figures.count(rest.hits)} in keys not kept ({style.glyphs.plus_minus}{rest.error_bound:,})"
        lines.append([(note, "warn")])
    return lines


@dataclass(frozen=True, slots=True)
class _Shape:
    """Columns of each part of a row; 0 where it is left out."""

    key: int
    bar: int
    hits: int
    share: int
    errors: int

    @classmethod
    def of(cls, heading: Heading, width: int) -> "_Shape":
        rows = heading.table.rows
        hits = max(7, *(len(figures.count(row.hits)) + 2 for row in rows))
        share = 8
        errors = max(8, *(len(figures.count(row.errors)) + 2 for row in rows))
        both = width >= (_BAR_FROM if heading.bars else _ERRORS_FROM)
        if not both or width - hits - share - errors < _KEY_LEAST:
            # Who causes the errors is asked more urgently than who causes which share of the traffic.
            share, errors = (0, errors) if any(row.errors for row in rows) else (share, 0)
        if width - hits - share - errors < _KEY_LEAST:
            share = errors = 0
        room = max(1, width - hits - share - errors)
        bar = min(_BAR_MOST, room * 2 // 7) if heading.bars and width >= _BAR_FROM else 0
        return cls(room - bar, bar, hits, share, errors)


def _heading(heading: Heading, shape: _Shape, style: Style) -> Line:
    shown, table = len(heading.table.rows), heading.table
    cut = "+" if table.remainder.hits else ""
    title: Line = [(heading.title, "bold")]
    if table.distinct > shown:
        title.append((f"  {shown:,} of {table.distinct:,}{cut}", "dim"))
    line = padded(title, shape.key + shape.bar, style.glyphs.ellipsis)
    for word, width in (("hits", shape.hits), ("share", shape.share), ("5xx", shape.errors)):
        line.append((word.rjust(width) if width else "", "dim"))
    return line


def _row(row: KeyCount, most: int, hits: int, shape: _Shape, style: Style, knows_errors: bool) -> Line:
    space = 1 if shape.bar else 0
    key = shorten(style.key(row.key), max(1, shape.key - space), style.glyphs.ellipsis)
    # An empty agent is a key like any other; a blank cell would look like a fault of the display.
    line = padded([(key, "plain") if key else ('""', "dim")], shape.key, style.glyphs.ellipsis)
    if shape.bar:
        drawn = figures.bar(row.hits, most, shape.bar, style.glyphs)
        line += [(drawn, "accent"), (" " * (shape.bar - columns(drawn)), "plain")]
    line.append((figures.count(row.hits).rjust(shape.hits), "plain"))
    if shape.share:
        line.append((figures.percent(100 * ratio(row.hits, hits), 1).rjust(shape.share), "plain"))
    if shape.errors:
        line.append(
            _errors(row.errors, shape.errors) if knows_errors else (style.glyphs.dash.rjust(shape.errors), "dim")
        )
    return line


def _errors(errors: int, width: int) -> Span:
    role: Role = "bad" if errors else "dim"
    return figures.count(errors).rjust(width), role
