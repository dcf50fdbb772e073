"""Keeps the columns of the chart, and asks for those again that may have changed."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from http_monitor.dashboard.state.chart_time import chart_span
from http_monitor.dashboard.state.question import AskedChart
from http_monitor.ports.views import Held, Point, SeriesQuery, Views, ViewSpan
from http_monitor.units import US_PER_S

_WHOLE_US = 30 * US_PER_S
"""How often all columns are asked for again, if not for lack of time; else only the last ones are."""
_WHOLE_SHARE = 0.002
"""Asking for all of them takes at most this part of a core."""
_LATE_US = 10 * US_PER_S
"""Rows that come later than this are seen only then."""


@dataclass(frozen=True, slots=True)
class ChartAnswer:
    """The columns of a chart."""

    span: ViewSpan
    step_us: int
    points: Mapping[int, Point]
    """By start; columns without hits are missing."""


class RenewedChart:
    """Owned by one thread.

    Args:
        views: Answers views.
        running_us: Returns a time that never goes back.
        cpu_us: Returns the processor time of the calling thread.
    """

    def __init__(self, views: Views, running_us: Callable[[], int], cpu_us: Callable[[], int]) -> None:
        self._views = views
        self._running_us = running_us
        self._cpu_us = cpu_us
        self._key: Hashable = None
        """What the columns depend on, but for new rows."""
        self._points: dict[int, Point] = {}
        self._asked_us = 0
        """The greatest time of the rows, up to now, when columns were asked for last."""
        self._since_s = 0
        """The least time that was held when all were asked for."""
        self._whole_us = 0
        """When all are asked for again."""

    def ask(self, asked: AskedChart, expression: str | None, now_us: int, held: Held) -> ChartAnswer:
        """Return the chart as it is now.

        Args:
            asked: Its span and columns.
            expression: Of the filter; None: all rows.
            now_us: Where a chart ends that has no span: the greatest time of all rows, or a later one.
            held: What is held.
        """
        end_us = now_us if asked.span is None else asked.span.end_us - 1
        span, step_us = chart_span(end_us, asked.zoom_s, asked.columns, asked.bucket_s)
        key = (asked, expression, step_us)
        if key != self._key or now_us < self._asked_us or self._is_whole_due(held):
            self._key = key
            self._ask_whole(span, step_us, expression, held)
        else:
            start_us = max(span.start_us, (self._asked_us - _LATE_US) // step_us * step_us)
            kept = {at_us: point for at_us, point in self._points.items() if span.start_us <= at_us < start_us}
            self._points = kept | self._columns(ViewSpan(start_us, span.end_us), step_us, expression)
        # Rows come after those before them, however long after: a log may be written late.
        self._asked_us = now_us if held.upto_us is None else min(now_us, held.upto_us)
        return ChartAnswer(span, step_us, self._points)

    def _is_whole_due(self, held: Held) -> bool:
        # Rows from before the run are read back from time to time.
        return self._running_us() >= self._whole_us or _since_s(held) < self._since_s

    def _ask_whole(self, span: ViewSpan, step_us: int, expression: str | None, held: Held) -> None:
        before_us = self._cpu_us()
        self._points = self._columns(span, step_us, expression)
        wait_us = round((self._cpu_us() - before_us) / _WHOLE_SHARE)
        self._whole_us = self._running_us() + max(wait_us, _WHOLE_US)
        self._since_s = _since_s(held)

    def _columns(self, span: ViewSpan, step_us: int, expression: str | None) -> dict[int, Point]:
        view = self._views.series(SeriesQuery(span, step_us, expression))
        return {point.start_us: point for point in view.points}


def _since_s(held: Held) -> int:
    # To the second: it moves with each row.
    return 0 if held.since_us is None else held.since_us // US_PER_S
