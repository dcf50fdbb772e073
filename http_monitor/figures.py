"""Formats numbers for people: counts, rates, shares, sizes, durations, times."""

from collections.abc import Sequence

from http_monitor.units import local, ratio
from http_monitor.units import pluralize as pluralize

_BYTE_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def count(number: int) -> str:
    """Return ``1,234``."""
    return f"{number:,}"


def rate(per_s: float) -> str:
    """Return ``12.30 /s``."""
    return f"{per_s:,.2f} /s"


def percent(value: float, decimals: int = 2) -> str:
    """Return ``4.05 %``."""
    return f"{value:,.{decimals}f} %"


def part(hits: int, whole: int) -> str:
    """Return a share without decimals; ``100 %`` and ``0 %`` are exact, ``>99 %`` and ``<1 %`` nearly so."""
    if 0 < hits < whole and not 0.01 <= hits / whole <= 0.99:
        return "<1 %" if 2 * hits < whole else ">99 %"
    return f"{ratio(100 * hits, whole):.0f} %"


def parts(counts: Sequence[int]) -> list[str]:
    """Return the shares of numbers that form a whole, likewise; their percentages add up to 100.

    Those with the largest remainders are rounded up, the first of equal ones.
    """
    whole = sum(counts)
    percents = [100 * count // max(1, whole) for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda at: -(100 * counts[at] % max(1, whole)))
    for at in by_remainder[: 100 - sum(percents) if whole else 0]:
        percents[at] += 1
    exact = [part(count, whole) for count in counts]
    return [text if text[0] in "<>" else f"{value} %" for text, value in zip(exact, percents, strict=True)]


def duration(us: int) -> str:
    """Return microseconds as ``0.84 ms``, ``3.1 ms``, ``340 ms``, ``1.2 s``, ``12 s`` or ``2 min 5 s``."""
    if us < 1_000:
        return f"{us / 1_000:.2g} ms"
    # A value that would round to one digit more is written in the next unit.
    for below, per_unit, decimals, unit in (
        (9_950, 1_000, 1, "ms"),
        (999_500, 1_000, 0, "ms"),
        (9_950_000, 1_000_000, 1, "s"),
        (59_500_000, 1_000_000, 0, "s"),
    ):
        if us < below:
            return f"{us / per_unit:.{decimals}f} {unit}"
    return rough_span((us + 500_000) // 1_000_000)


def level(value: float) -> str:
    """Return a threshold as the user wrote it: ``10``, ``2.5``."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return text if text != "0" else f"{value:g}"


def size(size_bytes: int) -> str:
    """Return ``512 B``, ``1.4 MiB``; units are powers of 1,024."""
    if size_bytes < 1024:
        return f"{size_bytes} B"
    value, unit = size_bytes / 1024, 0
    # A value that would round to 1,024.0 is written in the next unit.
    while value >= 1023.95 and unit < len(_BYTE_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:,.1f} {_BYTE_UNITS[unit]}"


def exact_span(seconds: int) -> str:
    """Return ``2 min``, ``90 s``, ``1 h``: in the largest unit without a fraction."""
    for unit_s, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds and seconds % unit_s == 0:
            return f"{seconds // unit_s:,} {unit}"
    return f"{seconds:,} s"


def rough_span(seconds: int) -> str:
    """Return ``3 d 11 h``, ``4 min 56 s``: in at most the two largest units."""
    parts: list[str] = []
    rest = seconds
    for unit_s, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        amount, rest = divmod(rest, unit_s)
        if amount or parts:
            parts.append(f"{amount:,} {unit}" if amount else "")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if part) or "0 s"


def backlog(span_s: int, lines: int, alerts: int) -> str:
    """Return ``4 min 56 s of log, 1,234 lines, 1 alert``."""
    return f"{rough_span(span_s)} of log, {pluralize(lines, 'line')}, {pluralize(alerts, 'alert')}"


def interval(start_us: int, end_us: int, dash: str) -> str:
    """Return ``2026-10-02 14:03:10 – 14:03:20 +0200`` in local time; repeats date and offset if they differ."""
    start, end = local(start_us), local(end_us)
    first = f"{start:%Y-%m-%d %H:%M:%S}"
    if start.utcoffset() != end.utcoffset():
        first += f" {start:%z}"
    last = f"{end:%H:%M:%S %z}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M:%S %z}"
    return f"{first} {dash} {last}"


def date_time(at_us: int) -> str:
    """Return ``2026-10-02 14:03:10`` in local time."""
    return f"{local(at_us):%Y-%m-%d %H:%M:%S}"


def moment(at_us: int, now_us: int) -> str:
    """Return ``14:03:10`` in local time, preceded by the date if it is not that of `now_us`."""
    at = local(at_us)
    return f"{at:%H:%M:%S}" if at.date() == local(now_us).date() else date_time(at_us)
