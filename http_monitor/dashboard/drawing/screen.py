"""Draws the panel with the tables beside it, and the words for a screen that is too small."""

from collections.abc import Sequence

from http_monitor.dashboard.drawing.cells import Cell, Row, fit, width_of


def join_columns(left: Sequence[Row], left_width: int, right: Sequence[Row], height: int) -> list[Row]:
    """Return two regions beside each other, with a line between them.

    Args:
        left: Rows of the left one.
        left_width: Its columns.
        right: Rows of the right one.
        height: Rows of both.
    """
    joined: list[Row] = []
    for y in range(height):
        start = fit(left[y], left_width) if y < len(left) else []
        space = Cell(" " * (left_width - width_of(start)))
        joined.append([*start, space, Cell("│", "dim"), *(right[y] if y < len(right) else ())])
    return joined


def stack(upper: Sequence[Row], upper_height: int, lower: Sequence[Row]) -> list[Row]:
    """Return two regions below each other; the upper one is filled to its height."""
    space: list[Row] = [[] for _ in range(upper_height - len(upper))]
    return [*upper[:upper_height], *space, *lower]


def paint_too_small(width: int, height: int, least_width: int, least_height: int) -> list[Row]:
    """Return the words for a screen that is too small."""
    words = ("too small", f"{width}×{height}, needs {least_width}×{least_height}")
    return [fit([Cell(text, "warn")], width) for text in words[: max(1, height)]]
