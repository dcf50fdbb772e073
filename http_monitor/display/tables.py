"""Renders a table of keys."""

from dataclasses import dataclass

from http_monitor import figures
from http_monitor.display import bars
from http_monitor.display.columns import columns, shorten
from http_monitor.display.style import Line, Role, Span, Style, pad
from http_monitor.report_tables import KeyCount, Table
from http_monitor.units import ratio

_MAX_BAR = 24
_MIN_KEY = 14
_ERRORS_FROM = 48
_BAR_FROM = 40
"""Width from which the bars are drawn; that table then shows its errors too, since it is read first."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A table with its title."""

    title: str
    table: Table
    bars: bool = False
    """Draw a bar after each key, the greatest one full."""


def render_table(heading: Heading, hits: int, width: int, style: Style, *, knows_errors: bool = True) -> list[Line]:
    """Return a heading, the rows, and the remainder that the table had to cut.

    Args:
        heading: the table; no lines if it has no rows.
        hits: the hits that are 100 %.
        width: columns of the cell; only wide cells have bars, and narrow ones omit the share or the errors.
        style: the style of the stream.
        knows_errors: some line has a status; otherwise a dash is shown for the errors.
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
    """Columns of each part of a row; 0 if it is omitted."""

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
        if not both or width - hits - share - errors < _MIN_KEY:
            # The errors of a key matter more than its share of the traffic.
            share, errors = (0, errors) if any(row.errors for row in rows) else (share, 0)
        if width - hits - share - errors < _MIN_KEY:
            share = errors = 0
        room = max(1, width - hits - share - errors)
        bar = min(_MAX_BAR, room * 2 // 7) if heading.bars and width >= _BAR_FROM else 0
        return cls(room - bar, bar, hits, share, errors)


def _heading(heading: Heading, shape: _Shape, style: Style) -> Line:
    shown, table = len(heading.table.rows), heading.table
    cut = "+" if table.remainder.hits else ""
    room = shape.key + shape.bar
    count = f"  {shown:,} of {table.distinct:,}{cut}" if table.distinct > shown else ""
    if columns(heading.title) + len(count) > room:
        count = ""
    line = pad([(heading.title, "bold"), (count, "dim")], room, style.glyphs.ellipsis)
    for word, width in (("hits", shape.hits), ("share", shape.share), ("5xx", shape.errors)):
        line.append((word.rjust(width) if width else "", "dim"))
    return line


def _row(row: KeyCount, most: int, hits: int, shape: _Shape, style: Style, knows_errors: bool) -> Line:
    space = 1 if shape.bar else 0
    key = shorten(style.key(row.key), max(1, shape.key - space), style.glyphs.ellipsis)
    # An empty agent is a key like any other; a blank cell would look like a display error.
    line = pad([(key, "plain") if key else ('""', "dim")], shape.key, style.glyphs.ellipsis)
    if shape.bar:
        drawn = bars.bar(row.hits, most, shape.bar, style.glyphs)
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
