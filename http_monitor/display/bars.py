"""Draws numbers as sparklines and bars."""

import math
from collections.abc import Sequence

from http_monitor.display.style import Glyphs


def sparkline(series: Sequence[int], glyphs: Glyphs) -> str:
    """Return one character per slot, its height relative to the greatest; only an empty slot is a space."""
    greatest = max(series, default=0)
    steps = len(glyphs.spark) - 1
    return "".join(glyphs.spark[-(-value * steps // greatest)] if value > 0 else glyphs.spark[0] for value in series)


def halve(series: Sequence[int]) -> tuple[int, ...]:
    """Return the series in half as many slots, each the sum of two; an odd first slot is unchanged."""
    odd = len(series) % 2
    pairs = zip(series[odd::2], series[odd + 1 :: 2], strict=True)
    return (*series[:odd], *(first + second for first, second in pairs))


def bar(part: int, whole: int, width: int, glyphs: Glyphs) -> str:
    """Return a bar for part / whole of at most `width` cells; the thinnest one for a small positive part."""
    if part <= 0 or whole <= 0 or width <= 0:
        return ""
    steps = len(glyphs.bar)
    slices = max(1, min(math.floor(part * width * steps / whole + 0.5), width * steps))
    full, rest = divmod(slices, steps)
    return glyphs.bar[-1] * full + (glyphs.bar[rest - 1] if rest else "")
