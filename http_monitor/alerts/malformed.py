"""The alert on the share of lines that fit no format."""

from collections.abc import Collection, Iterable

import numpy as np

from http_monitor.alerts.crossings import crossings
from http_monitor.ports.alert import FutureWindows, Reading, WindowView
from http_monitor.records import Bools


class MalformedAlert:
    """Percent of the window's lines that are malformed; 0 while there are too few lines to speak of a share.

    Lines are the malformed and the accepted. Who can write lines that are not read could hide a flood otherwise.
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

    def may_change(self, windows: FutureWindows) -> Bools:
        """Return at which closes to come it may be raised or recover (`ports.alert.VectorizedAlert`)."""
        malformed = windows.malformed
        lines = malformed + windows.hits
        enough = lines >= self._min_lines
        return crossings(np.where(enough, 100 * malformed / np.maximum(lines, 1), 0.0), self.threshold)

    def title(self, subject: bytes | None) -> str:
        """Return how the message begins."""
        del subject
        return "Many unreadable lines"

    def reading(self, value: float) -> str:
        """Return the value as the message gives it."""
        return f"malformed = {value:.2f} %"
