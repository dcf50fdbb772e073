"""The alert for the share of server errors."""

from collections.abc import Collection, Iterable

import numpy as np

from http_monitor.alerts.crossings import foresight
from http_monitor.alerts.excess import excess_of
from http_monitor.alerts.lowest import sum_before
from http_monitor.ports.alert import Excess, Foresight, FutureWindows, Reading, WindowHistory, WindowView


class ErrorRateAlert:
    """Percent of the window's hits with status 500–599; 0 while there are too few hits for a rate."""

    name = "error-rate"
    unit = "%"

    def __init__(self, threshold_percent: float, min_hits: int) -> None:
        self.threshold = threshold_percent
        self._min_hits = min_hits

    def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
        """Return one reading, in percent."""
        del active
        hits = window.hits
        value = (100 * window.errors) / hits if hits and hits >= self._min_hits else 0.0
        return (Reading(None, value, hits),)

    def foresee(self, windows: FutureWindows) -> Foresight:
        """Return the closes at which the alert may change, and its peaks (`ports.alert.VectorizedAlert`)."""
        hits = windows.hits
        enough = hits >= max(1, self._min_hits)
        return foresight(np.where(enough, 100 * windows.errors / np.maximum(hits, 1), 0.0), self.threshold)

    def excess(self, window: WindowHistory, subject: bytes | None) -> Excess:
        """Return by how much each bucket exceeds the threshold (`ports.alert.DatedAlert`)."""
        del subject
        hits, errors = window.history()
        return excess_of(errors, hits, self.threshold, per=100)

    def lowest(self, window: WindowHistory, subject: bytes | None, since_us: int, hits: int) -> float:
        """Return the errors that all windows since then share, of the most requests that one may have had."""
        del subject
        counts, errors = window.history()
        common = sum_before(counts, window, since_us)
        most = hits + window.hits - common
        return 100 * sum_before(errors, window, since_us) / most if most and common >= self._min_hits else 0.0

    def title(self, subject: bytes | None) -> str:
        """Return the beginning of the message."""
        del subject
        return "High error rate"

    def reading(self, value: float) -> str:
        """Return the value as the message shows it."""
        return f"errors = {value:.2f} %"
