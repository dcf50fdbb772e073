"""What the tables answer for: now, an instant of the past, a span."""

from http_monitor import figures
from http_monitor.dashboard.drawing.cells import Cell
from http_monitor.dashboard.drawing.numbers import span_words
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.ports.views import ViewSpan
from http_monitor.units import US_PER_S, local


def asked_of(picture: Picture) -> tuple[list[Cell], list[Cell]]:
    """Return it in full, and shorter; the past is on the ground that it has in the chart."""
    scene = picture.scene
    if scene.anchor_us is not None and scene.cursor_us is not None:
        first_us, last_us = sorted((scene.anchor_us, scene.cursor_us))
        instant = f" as of {local(scene.cursor_us):%H:%M:%S}"
        selecting = f"selecting {_span(picture, ViewSpan(first_us, last_us + scene.column_us))}"
        return [Cell(f"{instant}  {selecting} ", "cursor", "cursor")], [
            Cell(f"{instant}, selecting ", "cursor", "cursor")
        ]
    if scene.span is not None:
        full = Cell(f" {_span(picture, scene.span)} ", "selected", "selected")
        return [full], [full]
    if scene.cursor_us is not None:
        instant = f" as of {local(scene.cursor_us):%H:%M:%S}"
        date = _date_before(picture, scene.cursor_us)
        after = f" on {date}" if date else " "
        length = figures.exact_span(scene.column_us // US_PER_S)
        return [Cell(f"{instant}{after}({length}) ", "cursor", "cursor")], [
            Cell(f"{instant}{after}", "cursor", "cursor")
        ]
    last = Cell(f"last {figures.exact_span(picture.facts.window_s)}", "accent")
    return [Cell("now: ", "accent"), last], [last]


def _span(picture: Picture, span: ViewSpan) -> str:
    length = figures.rough_span((span.end_us - span.start_us) // US_PER_S)
    return f"{span_words(span, _now_us(picture))} ({length})"


def _date_before(picture: Picture, at_us: int) -> str:
    """Return the date of a time and a space, if it is not the date of now."""
    date = local(at_us).date()
    return "" if date == local(_now_us(picture)).date() else f"{date:%Y-%m-%d} "


def _now_us(picture: Picture) -> int:
    return picture.facts.now_us or picture.facts.clock_us
