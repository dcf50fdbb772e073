"""Formats numbers and spans for the screen, in few columns; whoever shows one takes it from here.

What cannot be known is `UNKNOWN`, never 0.
"""

from http_monitor.figures import duration, moment
from http_monitor.ports.views import ViewSpan

UNKNOWN = "–"
"""Stands for a figure that cannot be known."""
COUNT_WIDTH = 6
"""The most columns of `short_count`."""
BYTES_WIDTH = 8
PERCENT_WIDTH = 7
CHANGE_WIDTH = 7
DURATION_WIDTH = 8

_WHOLE_BELOW = 100_000
_COUNT_UNITS = "kMGTPEZY"
_BYTE_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
_MINUTE_US = 60_000_000


def short_count(number: int) -> str:
    """Return ``12,345`` up to 99,999, then three digits: ``123k``, ``1.24M``."""
    if number < _WHOLE_BELOW:
        return f"{number:,}"
    place, value = 0, number / 1_000
    # A value that would round to 1,000 is written in the next unit.
    while value >= 999.5 and place < len(_COUNT_UNITS) - 1:
        place, value = place + 1, value / 1_000
    return f">999{_COUNT_UNITS[place]}" if value >= 999.5 else f"{_three_digits(value)}{_COUNT_UNITS[place]}"


def bytes_of(size_bytes: int) -> str:
    """Return ``512 B``, ``1.4 KiB``, ``81.2 MiB``, ``812 MiB``; units are powers of 1,024."""
    if size_bytes < 1_000:
        return f"{size_bytes} B"
    place, value = 0, size_bytes / 1_024
    # A value that would take four digits is written in the next unit.
    while value >= 999.5 and place < len(_BYTE_UNITS) - 1:
        place, value = place + 1, value / 1_024
    if value >= 999.5:
        return f">999 {_BYTE_UNITS[place]}"
    return f"{value:.1f} {_BYTE_UNITS[place]}" if value < 99.95 else f"{value:.0f} {_BYTE_UNITS[place]}"


def percent_of(part: int, whole: int) -> str:
    """Return a share as ``38.5 %``; ``0 %`` and ``100 %`` are exact. Of nothing it cannot be known."""
    if not whole:
        return UNKNOWN
    if part <= 0 or part == whole:
        return "100 %" if part else "0 %"
    tenths = (1_000 * part + whole // 2) // whole
    if not tenths:
        return "<0.1 %"
    return f"{tenths // 10}.{tenths % 10} %" if tenths < 1_000 else ">99.9 %"


def change_of(now: int, before: int | None) -> str:
    """Return by how much a count has changed.

    Args:
        now: The count.
        before: The count of the span before; None: it cannot be known.

    Returns:
        ``+12 %``, ``−40 %``; ``×3.2`` from three times on; ``new`` if there was none before. ``−100 %`` says that there
        is none now.
    """
    if before is None:
        return UNKNOWN
    if not before:
        return "new" if now else "±0 %"
    if now >= 3 * before:
        times = now / before
        return f"×{times:.1f}" if times < 9.95 else f"×{short_count(round(times))}"
    percents = (200 * abs(now - before) + before) // (2 * before)
    if now > before:
        return f"+{percents} %" if percents else "±0 %"
    return f"−{percents if not now else min(percents, 99)} %" if percents else "±0 %"


def rate(per_s: float) -> str:
    """Return ``0.4 /s``, ``12.3 /s``, ``412 /s``, ``123k /s``."""
    if 0 < per_s < 0.05:
        return "<0.1 /s"
    return f"{per_s:.1f} /s" if 0 < per_s < 99.95 else f"{short_count(round(per_s))} /s"


def duration_of(us: int | None) -> str:
    """Return ``0.84 ms``, ``340 ms``, ``1.2 s``, then one unit: ``2.1 min``, ``45 min``, ``3.5 h``, ``12 d``."""
    if us is None:
        return UNKNOWN
    # From here on `duration` has two units.
    if us < 59_500_000:
        return duration(us)
    minutes = us / _MINUTE_US
    if minutes < 59.5:
        return f"{_two_digits(minutes)} min"
    hours = minutes / 60
    if hours < 23.5:
        return f"{_two_digits(hours)} h"
    days = hours / 24
    return f"{_two_digits(days)} d" if days < 99.5 else f"{short_count(round(days))} d"


def span_words(span: ViewSpan, now_us: int) -> str:
    """Return ``14:03:00–14:05:00`` in local time, with the date where it is not that of now."""
    return f"{moment(span.start_us, now_us)}–{moment(span.end_us, span.start_us)}"


def _two_digits(value: float) -> str:
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def _three_digits(value: float) -> str:
    if value < 9.995:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < 99.95 else f"{value:.0f}"
