"""Draws the value of an alert over time, from the points of the chart."""

from collections.abc import Sequence

from http_monitor.dashboard.drawing.cells import Cell, Row, cut, sentence, spread
from http_monitor.dashboard.drawing.numbers import rate
from http_monitor.dashboard.state.answers import Answers
from http_monitor.dashboard.state.facts import Episode
from http_monitor.figures import level, moment
from http_monitor.ports.views import Point, ViewSpan
from http_monitor.units import US_PER_S

_ROWS = 4
_BLOCKS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = 8


def paint_values(answers: Answers, span: ViewSpan, episode: Episode, now_us: int, width: int) -> list[Row]:
    """Return a small chart of the part of the span that the chart of the screen covers.

    That is hits per second; for the error rate, errors in percent of the hits.

    Args:
        answers: What has the points.
        span: The span of the alert.
        episode: The alert.
        now_us: Times on another date than this are shown with their date.
        width: Columns.
    """
    raised = episode.raised
    is_errors = raised.name == "error-rate"
    title = "errors in % of hits" if is_errors else "hits per second"
    columns = _columns(answers, span, width)
    if not columns:
        return [[Cell(cut(f"{title}: the chart does not reach that time", width), "dim")]]
    values = [_value(points, length_us, is_errors=is_errors) for _, length_us, points in columns]
    greatest = max(values, default=0.0)
    is_of_all = raised.name in ("traffic", "error-rate")
    threshold = episode.threshold if is_of_all else None
    bound = "" if threshold is None else f", threshold {level(threshold)} {sentence(raised.unit)}"
    peak = f"{greatest:.1f} %" if is_errors else rate(greatest)
    rows: list[Row] = [[Cell(cut(f"{title}, peak {peak}{bound}", width), "title")]]
    rows += _bars(values, max(greatest, threshold or 0.0), threshold, width // len(columns))
    start_us, end_us = columns[0][0], columns[-1][0] + columns[-1][1]
    plotted = len(columns) * (width // len(columns))
    rows.append(
        spread([Cell(moment(start_us, now_us), "dim")], [Cell(moment(end_us, start_us), "dim")], max(plotted, 24))
    )
    return rows


def _columns(answers: Answers, span: ViewSpan, width: int) -> list[tuple[int, int, list[Point]]]:
    """Return (start, length, points) of each column: as many steps of the chart as it takes to fit."""
    chart, step_us = answers.chart_span, answers.step_us
    if chart is None or step_us <= 0 or width <= 0:
        return []
    first = max(chart.start_us, span.start_us) // step_us
    last = -(-min(chart.end_us, span.end_us) // step_us)
    if last <= first:
        return []
    each = -(-(last - first) // width)
    found = []
    for start in range(first, last, each):
        stop = min(start + each, last)
        points = [answers.points[at * step_us] for at in range(start, stop) if at * step_us in answers.points]
        found.append((start * step_us, (stop - start) * step_us, points))
    return found


def _value(points: Sequence[Point], length_us: int, *, is_errors: bool) -> float:
    hits = sum(point.hits for point in points)
    if is_errors:
        return 100 * sum(point.errors for point in points) / hits if hits else 0.0
    return hits * US_PER_S / length_us


def _bars(values: Sequence[float], top: float, threshold: float | None, columns: int) -> list[Row]:
    """Return rows of bars, the highest first; each value takes some columns."""
    unit = top / (_ROWS * _EIGHTHS) if top > 0 else 1.0
    # What is above zero is seen.
    heights = [max(int(value > 0), round(value / unit)) for value in values]
    line = None if threshold is None else min(_ROWS - 1, int(threshold / unit / _EIGHTHS))
    rows: list[Row] = []
    for level_of_row in reversed(range(_ROWS)):
        cells: list[Cell] = []
        for value, height in zip(values, heights, strict=True):
            block = _BLOCKS[max(0, min(_EIGHTHS, height - level_of_row * _EIGHTHS))]
            if block == " " and level_of_row == line:
                cells.append(Cell("╌" * columns, "threshold"))
            else:
                is_above = threshold is not None and value > threshold
                cells.append(Cell(block * columns, "server_error" if is_above else "ok"))
        rows.append(cells)
    return rows
