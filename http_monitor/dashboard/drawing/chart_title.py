"""The title of the chart: what it shows, the figures at its cursor, its legend."""

from collections.abc import Sequence

from http_monitor import figures
from http_monitor.dashboard.drawing.cells import Cell, Row, fit, spread, width_of
from http_monitor.dashboard.drawing.chart_columns import Columns, chosen_span, error_level_of, threshold_of
from http_monitor.dashboard.drawing.chart_marks import ERROR_MARK
from http_monitor.dashboard.drawing.chart_scale import short_number
from http_monitor.dashboard.drawing.numbers import UNKNOWN, percent_of, rate, span_words
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.ports.views import Point, ViewSpan
from http_monitor.units import US_PER_S

_NAME = "Hits per second"
_GAP = Cell("  ")


def paint_title(picture: Picture, columns: Columns | None, width: int) -> Row:
    """Return the title in one row: its name, then the figures of the cursor or of the chosen span, or the scale."""
    name = Cell(_NAME, "bold")
    if columns is None:
        return fit([name], width)
    legends = _legends(picture, columns)
    if readings := _readings(picture, columns):
        # The figures matter more than the legend.
        choices = [(detail, legend) for detail in readings for legend in (*legends, [])]
    else:
        full, short, none = _lengths(columns)
        choices = [*((detail, legend) for legend in legends for detail in (full, short, none)), (none, [])]
        # The threshold is left out before the lengths are.
        choices.sort(key=lambda choice: choice[0] is not full)
    for detail, legend in choices:
        row = [name, *detail]
        if width_of(row) + (2 + width_of(legend) if legend else 0) <= width:
            return spread(row, legend, width)
    return fit([name, *choices[-1][0]], width)


def _lengths(columns: Columns) -> list[list[Cell]]:
    """Return the length of the chart and of a column, in full, then shorter."""
    step_s = columns.step_us // US_PER_S
    length = figures.rough_span(len(columns) * step_s)
    step = f"{figures.exact_span(step_s)} a column"
    return [[Cell(f" · {length} · {step}", "dim")], [Cell(f" · {step}", "dim")], []]


def _readings(picture: Picture, columns: Columns) -> list[list[Cell]]:
    """Return the figures of the chosen span or of the cursor, in full, then shorter; none if there is neither."""
    span, cursor_us = chosen_span(picture), picture.scene.cursor_us
    if span is not None:
        places: Sequence[int] = columns.places_of(span.start_us, span.end_us)
        when = span_words(_counted(columns, places) or span, _now_us(picture, span.start_us))
    elif cursor_us is not None:
        place = columns.place_of(cursor_us)
        places = [] if place is None else [place]
        counted = _counted(columns, places)
        # After a zoom the column is not the one that the cursor was put to.
        is_same = counted is None or (counted.start_us == cursor_us and columns.step_us == picture.scene.column_us)
        when = (
            figures.moment(cursor_us, _now_us(picture, cursor_us))
            if counted is None or is_same
            else span_words(counted, _now_us(picture, cursor_us))
        )
    else:
        return []
    known_us = sum(columns.known_us[place] for place in places)
    if not known_us:
        return [[Cell(f"  {when}", "accent"), Cell("  not held" if places else "  outside the chart", "dim")]]
    points = [point for place in places if (point := columns.points[place]) is not None]
    hits = sum(point.hits for point in points)
    front = [Cell(f"  {when}", "accent"), _GAP, Cell(rate(hits * US_PER_S / known_us), "bold")]
    shares = [f"{name} {_share(points, name, hits)}" for name in ("4xx", "5xx")]
    return [[*front, _GAP, Cell("  ".join(shares), "bold")], [*front, _GAP, Cell(shares[1], "bold")], front]


def _counted(columns: Columns, places: Sequence[int]) -> ViewSpan | None:
    """Return the span of whole columns that is counted, where another may be chosen; None: there are no columns."""
    if not places:
        return None
    start_us = columns.span.start_us
    return ViewSpan(start_us + places[0] * columns.step_us, start_us + (places[-1] + 1) * columns.step_us)


def _share(points: Sequence[Point], name: str, hits: int) -> str:
    """Return the share of a class of status among the hits."""
    if hits and all(point.status.get("none", 0) == point.hits for point in points):
        return UNKNOWN
    return percent_of(sum(point.status.get(name, 0) for point in points), hits)


def _now_us(picture: Picture, otherwise_us: int) -> int:
    """Return the greatest time accepted; without one, another."""
    return picture.facts.now_us or otherwise_us


def _legends(picture: Picture, columns: Columns) -> list[list[Cell]]:
    """Return what the colours and marks mean, in full, then shorter."""
    points = [point for point in columns.points if point is not None]
    if points and all(point.status.get("none", 0) == point.hits for point in points):
        classes = [Cell("■ ", "other_status"), Cell("no status", "dim")]
    else:
        classes = [
            *(Cell("■ ", "ok"), Cell("2xx 3xx  ", "dim"), Cell("■ ", "client_error"), Cell("4xx  ", "dim")),
            *(Cell("■ ", "server_error"), Cell("5xx", "dim")),
        ]
        most = Cell(f" {ERROR_MARK} above {short_number(error_level_of(picture))} %", "dim")
    threshold = threshold_of(picture)
    limit = [Cell("╌ ", "threshold"), Cell(f"alert above {short_number(threshold or 0)}  ", "dim")]
    legends = [classes]
    if classes[0].role == "ok":
        legends.insert(0, [*classes, most])
    return legends if threshold is None else [[*limit, *legends[0]], *legends]
