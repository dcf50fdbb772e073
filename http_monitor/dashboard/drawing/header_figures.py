"""The second row of the header: the traffic now, and how near it is to an alert."""

from dataclasses import dataclass

from http_monitor import figures
from http_monitor.dashboard.drawing.cells import Cell, Row, fit, spread, width_of
from http_monitor.dashboard.drawing.gauge import level_of, paint_gauge
from http_monitor.dashboard.drawing.header_asked import asked_of
from http_monitor.dashboard.drawing.numbers import UNKNOWN, rate
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.units import pluralize


@dataclass(frozen=True, slots=True)
class _Form:
    """How much the row says."""

    gap: int
    """Columns between its parts."""
    says_now: bool
    """The first figure is named."""
    says_window: bool
    """The length of the window is named."""
    gauge: int
    """Columns of the gauge of the average; 0: none."""
    error_gauge: int = 0
    says_error_limit: bool = True


_FORMS = (
    _Form(3, True, True, 12, 8),
    _Form(3, True, True, 8, 4),
    _Form(3, True, True, 6),
    _Form(2, True, True, 4),
    _Form(2, False, True, 4),
    _Form(2, False, True, 0),
    _Form(2, False, False, 0),
    _Form(2, False, False, 0, says_error_limit=False),
)
"""The first one for which there is room is taken."""
_WITH_GAUGE = 5
"""Number of forms that have a gauge."""


def paint_figures(picture: Picture, width: int) -> tuple[Row, bool]:
    """Return the row, and whether it says what the tables answer for.

    Where room lacks, the number of alerts and the gauges are left out, then words.
    """
    asked, short = asked_of(picture)
    lefts = [_traffic(picture, form) for form in _FORMS]
    # The alerts have a row of their own too.
    alerts = _alerts(picture)
    choices = [(left, [*asked, *alerts]) for left in lefts[:_WITH_GAUGE]]
    choices += [(left, end) for some in (lefts[:-1], lefts[-1:]) for end in (asked, short) for left in some]
    for left, end in choices:
        if width_of(left) + 2 + width_of(end) <= width:
            return spread(left, end, width), True
    return next((left for left in lefts if width_of(left) <= width), fit(lefts[-1], width)), False


def _traffic(picture: Picture, form: _Form) -> list[Cell]:
    """Return the rate now, the average of the window and the share of errors, with their limits."""
    gap = Cell(" " * form.gap)
    return [*_rate(picture, form), gap, *_average(picture, form), gap, *_errors(picture, form)]


def _rate(picture: Picture, form: _Form) -> list[Cell]:
    facts = picture.facts
    now = [Cell("now ", "dim")] if form.says_now else []
    if facts.pulse is not None:
        return [*now, Cell(rate(facts.pulse.hits_per_s), "bold")]
    if facts.report is not None:
        return [*now, Cell(rate(facts.report.hits_per_s), "bold")]
    return [*now, Cell(UNKNOWN, "dim")]


def _average(picture: Picture, form: _Form) -> list[Cell]:
    facts = picture.facts
    name = Cell(f"avg {figures.exact_span(facts.window_s)} " if form.says_window else "avg ", "dim")
    if facts.pulse is not None:
        value, limit = facts.pulse.window_hits_per_s, facts.pulse.threshold_per_s
    elif facts.report is not None:
        value, limit = facts.report.window.hits_per_s, facts.report.threshold_of("traffic") or 0.0
    else:
        return [name, Cell(UNKNOWN, "dim")]
    return [name, *_compared(value, rate(value), limit, figures.level(limit), form.gauge)]


def _errors(picture: Picture, form: _Form) -> list[Cell]:
    report = picture.facts.report
    name = Cell("5xx ", "dim")
    if report is None or not report.window.hits or not report.window.has_status:
        return [name, Cell(UNKNOWN, "dim")]
    value, limit = report.window.error_rate, report.threshold_of("error-rate")
    words = figures.percent(value, 1)
    if limit is None:
        return [name, Cell(words, "bold")]
    if not form.says_error_limit:
        role = level_of(value, limit)
        return [name, Cell(f"{words} !" if value > limit else words, "bold" if role == "good" else role)]
    return [name, *_compared(value, words, limit, f"{figures.level(limit)} %", form.error_gauge)]


def _compared(value: float, words: str, limit: float, limit_words: str, gauge_width: int) -> list[Cell]:
    """Return a value beside its limit; above it, it has a mark."""
    role = level_of(value, limit)
    gauge = [Cell(" "), *paint_gauge(value, limit, gauge_width)] if gauge_width else []
    mark = [Cell(" !", "bad")] if value > limit else []
    return [Cell(words, "bold" if role == "good" else role), *mark, *gauge, Cell(f" of {limit_words}", "dim")]


def _alerts(picture: Picture) -> list[Cell]:
    count = len(picture.facts.active)
    return [Cell("  "), Cell(f" {pluralize(count, 'alert')} ", "raised", "raised")] if count else []
