"""Moments as users write them: a time of day, a date, an instant with its zone, or a span back from now."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from http_monitor.errors import UsageError
from http_monitor.units import US_PER_S, local, local_time, parse_duration, visible_text

TAKES = "14:05, 2026-11-30, 2026-11-30 14:05, 2026-11-30T14:05:00+01:00, or a span back from now such as 30m"
"""The ways to write a moment."""
_SPAN = re.compile(r"[0-9]{1,12}[smhd]", re.ASCII)
_MOMENT = re.compile(
    r"(?:(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt ](?=[0-9]))?)?"
    r"(?:(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<fraction>\.[0-9]{1,9})?)?)?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_MAX_SPAN_S = 36_500 * 86_400
_YEARS = range(1970, 9999)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as written; its value may depend on a reference, the time that counts as now."""

    text: str
    ago_s: int | None = None
    """Seconds before the reference."""
    instant_us: int | None = None
    """Microseconds since the epoch, if a zone was given."""
    day: date | None = None
    """The local date."""
    clock: time | None = None
    """The local time of day; None with a date: the beginning of the day."""

    @property
    def is_relative(self) -> bool:
        """Whether the value depends on the reference."""
        return self.instant_us is None and self.day is None

    def resolve(self, reference_us: int, *, is_end: bool = False) -> int:
        """Return the moment in microseconds since the epoch.

        A time of day is the last such time that is not after the reference. A local time that occurs twice means the
        earlier one as a beginning and the later one as an end; one that the clock skips means the jump.

        Args:
            reference_us: Now, or the end of a log.
            is_end: Whether it ends a span.
        """
        if self.instant_us is not None:
            return self.instant_us
        if self.ago_s is not None:
            return reference_us - self.ago_s * US_PER_S
        if self.day is not None:
            return _instant_us(datetime.combine(self.day, self.clock or time()), fold=int(is_end))
        today = local(reference_us).date()
        days = (today - timedelta(days=1), today)
        found = [self.on(day, fold=fold) for day in days for fold in (0, 1)]
        return max((at_us for at_us in found if at_us <= reference_us), default=found[0])

    def on(self, day: date, *, fold: int = 0) -> int:
        """Return the time of day on a given day."""
        return _instant_us(datetime.combine(day, self.clock or time()), fold=fold)


@dataclass(frozen=True, slots=True)
class Span:
    """The time that counts: from `since_us` up to, but not including, `until_us`; None: no bound."""

    since_us: int | None = None
    until_us: int | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether any time is outside of it."""
        return self.since_us is not None or self.until_us is not None


def read_moment(text: str) -> Moment:
    """Return the moment that a text describes.

    Raises:
        ValueError: it describes none.
    """
    given = text.strip()
    if _SPAN.fullmatch(given):
        ago_s = parse_duration(given)
        if not 0 < ago_s <= _MAX_SPAN_S:
            raise ValueError(text)
        return Moment(given, ago_s=ago_s)
    found = _MOMENT.fullmatch(given)
    if found is None or not (found["date"] or found["hour"]):
        raise ValueError(text)
    day = date.fromisoformat(found["date"]) if found["date"] else None
    clock = None
    if found["hour"] is not None:
        clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    if day is not None and day.year not in _YEARS:
        raise ValueError(text)
    if found["zone"] is not None:
        if day is None or clock is None or len(found["hour"]) == 1:
            raise ValueError(text)
        return Moment(given, instant_us=_with_zone_us(day, clock, found["fraction"] or "", found["zone"].upper()))
    if found["fraction"] or (day is not None and clock is not None and len(found["hour"]) == 1):
        raise ValueError(text)
    return Moment(given, day=day, clock=clock)


def span_of(since: Moment | None, until: Moment | None, reference_us: int, *, live: bool) -> Span:
    """Return the span between two moments.

    A time of day as an end is on the day of the reference, if its last occurrence is not after the beginning or, in a
    live run, not after the reference.

    Args:
        since: The beginning; None: there is none.
        until: The end; None: there is none.
        reference_us: The wall clock, or the greatest time of a replayed log.
        live: Whether more lines are to come.

    Raises:
        UsageError: the span is empty.
    """
    since_us = None if since is None else since.resolve(reference_us)
    until_us = None if until is None else until.resolve(reference_us, is_end=True)
    if until is not None and until_us is not None and until.is_relative and until.ago_s is None:
        least_us = reference_us if live else since_us
        if least_us is not None and until_us <= least_us:
            until_us = until.on(local(reference_us).date(), fold=1)
    if live and since is not None and since_us is not None and since_us > reference_us:
        raise UsageError(f"--since: got {_quote(since, since_us)}, which is in the future, takes a time before now")
    if live and until is not None and until_us is not None and until_us <= reference_us:
        advice = "takes a time in the future (--replay reads what is there already)"
        raise UsageError(f"--until: got {_quote(until, until_us)}, which has passed, {advice}")
    if since is not None and until is not None and since_us is not None and until_us is not None:
        check_order(since, since_us, until, until_us)
    return Span(since_us, until_us)


def check_order(since: Moment, since_us: int, until: Moment, until_us: int) -> None:
    """Check that a span is not empty.

    Raises:
        UsageError: it is.
    """
    if since_us >= until_us:
        raise UsageError(
            f"--until: got {_quote(until, until_us)}, takes a time after --since {_quote(since, since_us)}"
        )


def _quote(moment: Moment, at_us: int) -> str:
    return f"'{visible_text(moment.text)}' ({local_time(at_us)})"


def _with_zone_us(day: date, clock: time, fraction: str, zone: str) -> int:
    offset_min = 0
    if zone != "Z":
        hours, minutes = int(zone[1:3]), int(zone[4:])
        if hours > 23 or minutes > 59:
            raise ValueError(zone)
        offset_min = (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)
    at = datetime.combine(day, clock, UTC) - timedelta(minutes=offset_min)
    return round(at.timestamp()) * US_PER_S + int(fraction[1:].ljust(6, "0")[:6] or 0)


def _instant_us(wall: datetime, *, fold: int) -> int:
    """Return when the clocks of this process show a time: the first or, with `fold`, the second occurrence."""
    at_us = _timestamp(wall.replace(fold=fold))
    if local(at_us).replace(tzinfo=None) == wall:
        return at_us
    # The clock skips it. Read in the zone before the jump it is after the jump, in the zone after the jump before it.
    low_s, high_s = (_timestamp(wall.replace(fold=each)) // US_PER_S for each in (1, 0))
    before = local(low_s * US_PER_S).utcoffset()
    while high_s - low_s > 1:
        middle_s = (low_s + high_s) // 2
        if local(middle_s * US_PER_S).utcoffset() == before:
            low_s = middle_s
        else:
            high_s = middle_s
    return high_s * US_PER_S


def _timestamp(wall: datetime) -> int:
    return int(wall.timestamp()) * US_PER_S
