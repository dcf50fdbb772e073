"""Finds the part of a file that has all lines of a span of time, by looking at few places of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from http_monitor.eventtime.rows import NEVER_US
from http_monitor.inputs.seeking.prober import Probe, Prober

SAMPLES = 32
"""So many places, evenly apart, are looked at to see whether a file is in order of time."""
_LEAST_STEP = 256 << 10
_CLOSE_BYTES = 64 << 10
"""A place is near enough if no more than that is read in vain."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a span."""

    at_us: int
    margin_us: int
    """Lines are out of order by no more than this."""

    def is_behind(self, probe: Probe) -> bool:
        """Tell whether all lines before those of the probe are before the bound."""
        return probe.greatest_us + self.margin_us < self.at_us

    def is_before(self, probe: Probe) -> bool:
        """Tell whether the lines of the probe, and all lines after it, are at the bound or behind it."""
        return probe.least_us - self.margin_us >= self.at_us


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a file that is read, which begins and ends with whole lines."""

    start: int
    end: int
    in_order: bool = True
    """False: it is all of the file, because its lines are not in order of time."""


class _OutOfOrderError(Exception):
    """A file is not in order of time."""


class Search:
    """Looks for places in one file; nothing is concluded where it is seen to be out of order by more than a margin.

    A stretch of lines out of order that lies between all places that are looked at is not noticed.

    Args:
        prober: Looks at a place.
        margin_us: So far lines may be out of order.
        samples: So many places are looked at first, evenly apart.

    Raises:
        OSError: the file cannot be read.
    """

    def __init__(self, prober: Prober, margin_us: int, samples: int = SAMPLES) -> None:
        self._prober = prober
        self._margin_us = margin_us
        step = max(prober.size // samples, _LEAST_STEP)
        sampled = ((offset, prober.at(offset)) for offset in range(0, max(1, prober.size - step // 2), step))
        self._known = [(offset, probe) for offset, probe in sampled if probe is not None]
        last = prober.last()
        self._knows_end = last is not None
        if last is not None:
            self._known.append((prober.size, last))

    @property
    def _knows_beginning(self) -> bool:
        return bool(self._known) and self._known[0][0] == 0

    def find(self, since: Bound | None, until: Bound | None) -> Part:
        """Return the part of the file that has all lines of a span.

        Raises:
            OSError: the file cannot be read.
        """
        size = self._prober.size
        try:
            self._check_order(probe for _, probe in self._known)
            start = 0 if since is None else self._start(since)
            end = size if until is None else self._end(until)
        except _OutOfOrderError:
            return Part(0, size, in_order=False)
        return Part(min(start, end), end)

    def _start(self, since: Bound) -> int:
        """Return a place before which no line is of the span."""
        low, below = 0, None
        for offset, probe in self._known:
            if not since.is_behind(probe):
                limits = _Limits(low, offset, below, probe)
                return self._narrow(limits, since.is_behind, unknown_is_low=False).low
            low, below = probe.start, probe
        if self._knows_end:
            return self._prober.size
        # Lines without a time may be of any, and so may all of a file.
        return self._narrow(_Limits(low, self._prober.size, below, None), since.is_behind, unknown_is_low=False).low

    def _end(self, until: Bound) -> int:
        """Return a place behind which no line is of the span."""
        high, above = self._prober.size, None
        for offset, probe in reversed(self._known):
            if not until.is_before(probe):
                limits = _Limits(offset, high, probe, above)
                return self._narrow(limits, lambda found: not until.is_before(found), unknown_is_low=True).high
            high, above = probe.start, probe
        return high if self._knows_beginning else self._prober.size

    def _narrow(self, limits: "_Limits", is_low: Callable[[Probe], bool], *, unknown_is_low: bool) -> "_Limits":
        """Return close limits of the place at which something turns; the given ones are changed.

        Args:
            limits: Between them it turns.
            is_low: Whether a probe is of before the place.
            unknown_is_low: Whether lines without a time are taken for lines of before it.
        """
        while limits.high - limits.low > _CLOSE_BYTES:
            middle = (limits.low + limits.high) // 2
            found = self._prober.at(middle)
            if found is None or found.start >= limits.high:
                if unknown_is_low:
                    limits.low = middle
                else:
                    limits.high = middle
                continue
            self._check_order(probe for probe in (limits.below, found, limits.above) if probe is not None)
            if is_low(found):
                limits.low, limits.below = found.start, found
            else:
                limits.high, limits.above = found.start, found
        return limits

    def _check_order(self, probes: Iterable[Probe]) -> None:
        """See that none of some probes, in the order of the file, is older than one that ends before it.

        Raises:
            _OutOfOrderError: one is.
        """
        before: list[Probe] = []
        for probe in probes:
            top_us = max((one.greatest_us for one in before if one.end <= probe.start), default=NEVER_US)
            if probe.greatest_us < top_us - self._margin_us:
                raise _OutOfOrderError
            before.append(probe)


@dataclass(slots=True)
class _Limits:
    """Two places with the probes made at them, if any were."""

    low: int
    high: int
    below: Probe | None
    above: Probe | None
