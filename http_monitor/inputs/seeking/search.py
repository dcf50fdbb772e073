"""Finds the part of a file that contains all lines of a time span, by probing a few places of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from http_monitor.eventtime.rows import NEVER_US
from http_monitor.inputs.seeking.prober import Probe, Prober

SAMPLES = 32
"""Number of evenly spaced places that are probed to check whether a file is in order of time."""
_MIN_STEP = 256 << 10
_CLOSE_BYTES = 64 << 10
"""An offset is close enough if at most this much is read needlessly."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a span."""

    at_us: int
    margin_us: int
    """How far lines may be out of order."""

    def is_behind(self, probe: Probe) -> bool:
        """Return whether all lines before those of the probe are before the bound."""
        return probe.greatest_us + self.margin_us < self.at_us

    def is_before(self, probe: Probe) -> bool:
        """Return whether the lines of the probe, and all lines after it, are at the bound or after it."""
        return probe.least_us - self.margin_us >= self.at_us


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a file that is read; it begins and ends with complete lines."""

    start: int
    end: int
    in_order: bool = True
    """False: the part is the whole file, because its lines are not in order of time."""


class _OutOfOrderError(Exception):
    """A file is not in order of time."""


class Search:
    """Searches one file, unless probes show that it is out of order by more than a margin.

    Lines out of order between all probed places are not noticed.

    Args:
        prober: Probes places of the file.
        margin_us: How far lines may be out of order.
        samples: Number of evenly spaced places that are probed first.

    Raises:
        OSError: the file cannot be read.
    """

    def __init__(self, prober: Prober, margin_us: int, samples: int = SAMPLES) -> None:
        self._prober = prober
        self._margin_us = margin_us
        step = max(prober.size // samples, _MIN_STEP)
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
        """Return the part of the file that contains all lines of a span.

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
        """Return an offset before which there are no lines of the span."""
        low, below = 0, None
        for offset, probe in self._known:
            if not since.is_behind(probe):
                limits = _Limits(low, offset, below, probe)
                return self._narrow(limits, since.is_behind, unknown_is_low=False).low
            low, below = probe.start, probe
        if self._knows_end:
            return self._prober.size
        # The time of lines without one is not known, and the whole file may consist of them.
        return self._narrow(_Limits(low, self._prober.size, below, None), since.is_behind, unknown_is_low=False).low

    def _end(self, until: Bound) -> int:
        """Return an offset after which there are no lines of the span."""
        high, above = self._prober.size, None
        for offset, probe in reversed(self._known):
            if not until.is_before(probe):
                limits = _Limits(offset, high, probe, above)
                return self._narrow(limits, lambda found: not until.is_before(found), unknown_is_low=True).high
            high, above = probe.start, probe
        return high if self._knows_beginning else self._prober.size

    def _narrow(self, limits: "_Limits", is_low: Callable[[Probe], bool], *, unknown_is_low: bool) -> "_Limits":
        """Narrow the limits of an offset by bisection; the given limits are changed and returned.

        Args:
            limits: The offset is between them.
            is_low: Returns whether a probe is before the offset.
            unknown_is_low: Whether lines without a time count as before it.
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
        """Check that no probe, in the order of the file, is older than one that ends before it.

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
    """Two offsets with the probes made there, if any."""

    low: int
    high: int
    below: Probe | None
    above: Probe | None
