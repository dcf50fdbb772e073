"""A gauge: how much of its limit a value takes."""

from http_monitor.dashboard.drawing.cells import Cell, Role

_PARTS = "▏▎▍▌▋▊▉█"
_NEAR = 0.8
"""From this part of the limit on, a value is near it."""


def level_of(value: float, limit: float) -> Role:
    """Return the role of a value: below its limit, near it, above it."""
    if value > limit:
        return "bad"
    return "warn" if value >= _NEAR * limit else "good"


def paint_gauge(value: float, limit: float, width: int) -> list[Cell]:
    """Return a gauge of some columns between two edges; it is full from the limit on."""
    eighths = 8 * width if value >= limit else int(8 * width * value / limit)
    full, rest = divmod(max(0, eighths), 8)
    bar = "█" * full + (_PARTS[rest - 1] if rest else "")
    return [Cell("▕", "dim"), Cell(f"{bar:{width}}", level_of(value, limit)), Cell("▏", "dim")]
