"""The alert on the share of server errors."""

from collections.abc import Collection, Iterable

import numpy as np

from http_monitor.ports import Reading, WindowView
from http_monitor.records import Bools, Int64s


class ErrorRateAlert:
    """Percent of the window's hits with status 500–599; 0 while there are too few hits to speak of a rate."""

    name = "error-rate"

    def __init__(self, threshold_percent: float, min_hits: int) -> None:
        self.threshold = threshold_percent
        self._min_hits = min_hits

    def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
        """Return one reading, in percent."""
        del active
        hits = window.hits
        value = (100 * window.errors) / hits if hits and hits >= self._min_hits else 0.0
        return (Reading(None, value, hits),)

    def may_rise(self, hits: Int64s, errors: Int64s, seconds: int) -> Bools:
        """Return at which of many windows it may be raised (`ports.ForeseeingAlert`)."""
        del seconds
        return (hits >= max(1, self._min_hits)) & (100 * errors / np.maximum(hits, 1) > self.threshold)

    def title(self, subject: bytes | None) -> str:
        """Return how the message begins."""
        del subject
        return "High error rate"

    def reading(self, value: float) -> str:
        """Return the value as the message gives it."""
        return f"errors = {value:.2f} %"
