"""The columns of the chart: the time, the hits and the known seconds of each."""

from collections.abc import Sequence
from dataclasses import dataclass

from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.ports.views import Point, ViewSpan
from http_monitor.units import US_PER_S

_USUAL_ERROR_LEVEL = 5.0


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are shown; the last ones, if there is no room for all."""

    span: ViewSpan
    step_us: int
    left: int
    """Empty columns before the first one, so that the last one is at the right edge."""
    points: Sequence[Point | None]
    """None: no hits."""
    known_us: Sequence[int]
    """The part of each column of which the hits are known; 0: nothing is known of it."""

    def __len__(self) -> int:
        return len(self.points)

    def rate(self, place: int) -> float | None:
        """Return the hits per second of a column; None: not known."""
        if not self.known_us[place]:
            return None
        point = self.points[place]
        return point.hits * US_PER_S / self.known_us[place] if point else 0.0

    def place_of(self, at_us: int) -> int | None:
        """Return the column that contains a time; None: none does."""
        place = (at_us - self.span.start_us) // self.step_us
        return place if 0 <= place < len(self.points) else None

    def places_of(self, start_us: int, end_us: int) -> range:
        """Return the columns that a span touches."""
        first = (start_us - self.span.start_us) // self.step_us
        behind = -((self.span.start_us - end_us) // self.step_us)
        return range(max(0, first), min(len(self.points), max(behind, first + 1)))


def columns_of(picture: Picture, room: int) -> Columns | None:
    """Return the columns of the chart, at most `room`; None: nothing is held."""
    answers = picture.answers
    if answers.chart_span is None or room < 1:
        return None
    step_us, end_us = answers.step_us, answers.chart_span.end_us
    count = min(room, (end_us - answers.chart_span.start_us) // step_us)
    span = ViewSpan(end_us - count * step_us, end_us)
    starts = range(span.start_us, end_us, step_us)
    points = [answers.points.get(start_us) for start_us in starts]
    return Columns(span, step_us, room - count, points, _known_us(picture, starts, step_us))


def _known_us(picture: Picture, starts: range, step_us: int) -> list[int]:
    """Return the part of each column that is held and has begun, in whole seconds, since many logs have no others."""
    since_us, now_us = picture.answers.held.since_us, picture.facts.reached_us
    if since_us is None:
        return [0] * len(starts)
    since_us -= since_us % US_PER_S
    known_us = [max(0, min(step_us, start_us + step_us - since_us)) for start_us in starts]
    if now_us is not None and starts and starts[0] <= now_us < starts[-1] + step_us:
        place = (now_us - starts[0]) // step_us
        begun_us = (now_us // US_PER_S + 1) * US_PER_S
        known_us[place] = max(0, min(known_us[place], begun_us - max(starts[place], since_us)))
    return known_us


def threshold_of(picture: Picture) -> float | None:
    """Return the hits per second above which traffic is an alert; None: the chart cannot be compared with them."""
    report = picture.facts.report
    # Rules judge all hits, the chart shows those that the filter selects.
    return None if report is None or picture.scene.chips else report.threshold_of("traffic")


def error_level_of(picture: Picture) -> float:
    """Return the percentage of server errors above which a column stands out: that of the alert, if there is one."""
    report = picture.facts.report
    level = None if report is None else report.threshold_of("error-rate")
    return _USUAL_ERROR_LEVEL if level is None else level


def chosen_span(picture: Picture) -> ViewSpan | None:
    """Return the span that is selected or being selected; None: none is."""
    scene = picture.scene
    if scene.anchor_us is not None and scene.cursor_us is not None:
        first_us, last_us = sorted((scene.anchor_us, scene.cursor_us))
        return ViewSpan(first_us, last_us + scene.column_us)
    return scene.span
