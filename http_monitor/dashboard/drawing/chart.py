"""The chart: hits per second over time, stacked by class of status."""

from collections.abc import Iterable

from http_monitor.dashboard.drawing.cells import Cell, Role, Row, cut, fit
from http_monitor.dashboard.drawing.chart_bars import BLOCKS, EMPTY, Glyph, bar_of, merge
from http_monitor.dashboard.drawing.chart_columns import Columns, chosen_span, columns_of, threshold_of
from http_monitor.dashboard.drawing.chart_marks import axis_glyphs, event_glyphs, label_glyphs
from http_monitor.dashboard.drawing.chart_scale import scale_for, short_number
from http_monitor.dashboard.drawing.chart_title import paint_title
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.chart_time import AXIS_WIDTH, columns_for

_MIN_WITH_LABELS = 6
"""Height from which the times have a row of their own, below the axis."""
_MIN_WITH_EVENTS = 7
"""Height from which alerts and markers have a row of their own, if there are any."""
_LIMIT = "╌"
_MARKER = "┊"
_CURSOR = "│"


def paint_chart(picture: Picture, width: int, height: int) -> list[Row]:
    """Return the title, the bars, and the axis; from seven rows on, the alerts and markers that there are."""
    if height < 1 or width < 1:
        return []
    columns = None if picture.answers.filter_fault else columns_of(picture, columns_for(width))
    rows: list[Row] = [paint_title(picture, columns, width)]
    if columns is None:
        why = "the filter cannot be answered" if picture.answers.filter_fault else "no rows are held yet"
        return rows + _paint_nothing(why, width, height - 1)
    events = event_glyphs(picture, columns) if height >= _MIN_WITH_EVENTS else None
    if events is not None:
        rows.append(_row("alerts ", "dim", columns, events))
    # Where there is no row for them, alerts and markers are on the axis.
    axis = axis_glyphs(picture, columns, has_events=height < _MIN_WITH_EVENTS)
    below = [_row("     0└", "dim", columns, axis, "─")]
    if height >= _MIN_WITH_LABELS:
        below.append(_row("", "dim", columns, label_glyphs(picture, columns, [EMPTY] * len(columns))))
    else:
        below = [_row("     0└", "dim", columns, label_glyphs(picture, columns, axis), "─")]
    bars = height - len(rows) - len(below)
    rows += _paint_bars(picture, columns, bars) if bars > 0 else []
    return [fit(row, width) for row in [*rows, *below][:height]]


def _paint_nothing(why: str, width: int, height: int) -> list[Row]:
    text = [Cell(cut(f"{why:^{width}}", width), "dim")]
    return [text if row == height // 2 else [] for row in range(height)]


def _row(label: str, role: Role, columns: Columns, glyphs: Iterable[Glyph], filler: str = " ") -> Row:
    before: list[Glyph] = [(filler, "dim", None)] * columns.left
    return [Cell(f"{label:>{AXIS_WIDTH}}", role), *merge([*before, *glyphs])]


def _paint_bars(picture: Picture, columns: Columns, height: int) -> list[Row]:
    """Return the rows of the bars, the highest first."""
    rates = [columns.rate(place) for place in range(len(columns))]
    threshold = threshold_of(picture)
    scale = scale_for(max((rate for rate in rates if rate is not None), default=0.0), threshold, height)
    bars = [bar_of(point, rate, scale.top, height) for point, rate in zip(columns.points, rates, strict=True)]
    grid: list[list[Glyph]] = [list(row) for row in zip(*bars, strict=True)]
    labels: dict[int, tuple[str, Role]] = {row: (text, "dim") for row, text in scale.labels}
    if threshold is not None and 0 < threshold <= scale.top:
        row = scale.row_of(threshold)
        grid[row] = [_with_limit(glyph) for glyph in grid[row]]
        if row < height - 1 or threshold == scale.top:
            labels[row] = (short_number(threshold), "threshold")
    _say_not_held(grid[0], columns)
    _mark(grid, picture, columns)
    return [_bar_row(labels.get(row), columns, grid[row]) for row in reversed(range(height))]


def _bar_row(label: tuple[str, Role] | None, columns: Columns, glyphs: list[Glyph]) -> Row:
    text, role = label or ("", "dim")
    axis: Glyph = ("┤" if label else "│", "dim", None)
    number = Cell(f"{text:>{AXIS_WIDTH - 1}}", role)
    return [number, *merge([axis, *[EMPTY] * columns.left, *glyphs])]


def _with_limit(glyph: Glyph) -> Glyph:
    text, role, ground = glyph
    if text == " ":
        return _LIMIT, "threshold", ground
    return (_LIMIT, "threshold", role) if text == BLOCKS[-1] else glyph


def _say_not_held(row: list[Glyph], columns: Columns) -> None:
    """Write into the columns of before what is held, why they are empty."""
    count = next((place for place in range(len(columns)) if columns.known_us[place]), len(columns))
    text = " not held "
    if count >= len(text) + 4:
        left = (count - len(text)) // 2
        row[left : left + len(text)] = [(char, "dim", None) for char in text]


def _mark(grid: list[list[Glyph]], picture: Picture, columns: Columns) -> None:
    """Draw markers, the span that is chosen, and the cursor into the rows of the bars."""
    scene = picture.scene
    places = (columns.place_of(marker.at_us) for marker in scene.markers)
    for place in (place for place in places if place is not None):
        for row in grid:
            if row[place][0] == " ":
                row[place] = (_MARKER, "marker", None)
    span = chosen_span(picture)
    for place in columns.places_of(span.start_us, span.end_us) if span else ():
        for row in grid:
            row[place] = _on_ground(row[place], "selected")
    cursor = None if scene.cursor_us is None else columns.place_of(scene.cursor_us)
    if cursor is not None:
        for row in grid:
            text, role, ground = row[cursor]
            if text == BLOCKS[-1] or text == _LIMIT:
                # A block would hide the ground; as a ground it keeps its colour behind the line.
                row[cursor] = (_CURSOR, "cursor", (ground or "cursor") if text == _LIMIT else role)
            else:
                row[cursor] = (text if text != " " else _CURSOR, role if text != " " else "cursor", _beneath(ground))


def _on_ground(glyph: Glyph, ground: Role) -> Glyph:
    text, role, before = glyph
    return text, role, before or ground


def _beneath(ground: Role | None) -> Role:
    return "cursor" if ground is None or ground == "selected" else ground
