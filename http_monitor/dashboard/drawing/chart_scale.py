"""The scale of the chart: a round number at its top, labels, and the row of a value."""

import math
from dataclasses import dataclass

_ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_THIRDS = frozenset((1.5, 3.0, 6.0))
"""Numbers that have round thirds; the others have round halves."""
_NEAR = 0.5
"""A threshold is shown if the greatest value is at least so great a part of it."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The scale of a chart."""

    top: float
    """The value that fills all rows."""
    rows: int
    labels: tuple[tuple[int, str], ...]
    """Rows from the bottom, and the value at their upper edge or a little below, as far as there is room."""

    def row_of(self, value: float) -> int:
        """Return the row, from the bottom, in which a bar of this value ends."""
        return row_of(value, self.top, self.rows)


def scale_for(peak: float, threshold: float | None, rows: int) -> Scale:
    """Return the scale for values up to `peak`; it reaches to a threshold that is near.

    Args:
        peak: The greatest value.
        threshold: A value to which the peak is compared; None: there is none.
        rows: Height of the chart.
    """
    is_near = threshold is not None and peak >= _NEAR * threshold > 0
    least = max(peak, threshold) if is_near and threshold is not None else peak
    top, leading = _round_up(least)
    parts = 3 if leading in _THIRDS else 2
    if rows < 2 * parts:
        parts = 1
    values = [top * part / parts for part in range(1, parts + 1)]
    return Scale(top, rows, tuple((row_of(value, top, rows), short_number(value)) for value in values))


def row_of(value: float, top: float, rows: int) -> int:
    """Return the row, from the bottom, in which a bar of this value ends."""
    return max(0, min(rows, math.ceil(value / top * rows - 1e-9)) - 1)


def short_number(value: float) -> str:
    """Return a round number in at most six columns: ``0.05``, ``2.5``, ``1,500``, ``150k``, ``2M``."""
    for unit, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e5, "k")):
        if value >= unit:
            return f"{value / (unit if letter != 'k' else 1e3):.3g}{letter}"
    return f"{value:,.0f}" if value >= 1_000 else f"{value:.3g}" if value >= 0.001 or not value else f"{value:.0e}"


def _round_up(value: float) -> tuple[float, float]:
    """Return the next round number, and its leading digits; 1 for 0."""
    if value <= 0:
        return 1.0, 1.0
    power = 10.0 ** math.floor(math.log10(value))
    leading = next((number for number in _ROUND if number * power >= value * (1 - 1e-9)), 10.0)
    return leading * power, leading
