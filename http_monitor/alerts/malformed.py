"""The alert for the share of malformed lines."""

from collections.abc import Collection, Iterable

import numpy as np

from http_monitor.alerts.crossings import foresight
from http_monitor.alerts.excess import excess_of
from http_monitor.ports.alert import Excess, Foresight, FutureWindows, Reading, WindowHistory, WindowView


class MalformedAlert:
    """Percent of the window's lines that are malformed; 0 while there are too few lines for a share.

    Lines are the malformed and the accepted. Otherwise a client that makes lines unreadable could hide a flood.
    """

    name = "malformed"
    unit = "%"

    def __init__(self, threshold_percent: float, min_lines: int) -> None:
        self.threshold = threshold_percent
        self._min_lines = max(1, min_lines)

    def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
        """Return one reading, in percent."""
        del active
        malformed = window.malformed
        lines = malformed + window.hits
        value = (100 * malformed) / lines if lines >= self._min_lines else 0.0
        return (Reading(None, value, window.hits),)

    def foresee(self, windows: FutureWindows) -> Foresight:
        """Return the closes at which the alert may change, and its peaks (`ports.alert.VectorizedAlert`)."""
        malformed = windows.malformed
        lines = malformed + windows.hits
        enough = lines >= self._min_lines
        return foresight(np.where(enough, 100 * malformed / np.maximum(lines, 1), 0.0), self.threshold)

    def excess(self, window: WindowHistory, subject: bytes | None) -> Excess:
        """Return by how much each bucket exceeds the threshold (`ports.alert.DatedAlert`)."""
        del subject
        hits, _ = window.history()
        malformed = window.malformed_history(0)
        return excess_of(malformed, malformed + hits, self.threshold, per=100)

    def title(self, subject: bytes | None) -> str:
        """Return the beginning of the message."""
        del subject
        return "Many unreadable lines"

    def reading(self, value: float) -> str:
        """Return the value as the message shows it."""
        return f"malformed = {value:.2f} %"
