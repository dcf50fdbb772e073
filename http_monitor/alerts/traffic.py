"""The alert for the traffic of the whole site."""

from collections.abc import Collection, Iterable

import numpy as np

from http_monitor.alerts.crossings import foresight
from http_monitor.alerts.excess import excess_of
from http_monitor.alerts.lowest import sum_before
from http_monitor.ports.alert import Excess, Foresight, FutureWindows, Reading, WindowHistory, WindowView
from http_monitor.units import US_PER_S


class TrafficAlert:
    """Hits per second over the window, against a threshold in hits per second."""

    name = "traffic"
    unit = "/s"

    def __init__(self, threshold_per_s: float) -> None:
        self.threshold = threshold_per_s

    def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
        """Return one reading: hits divided by the length of the window, even while it fills."""
        del active
        return (Reading(None, window.hits / window.seconds, window.hits),)

    def foresee(self, windows: FutureWindows) -> Foresight:
        """Return the closes at which the alert may change, and its peaks (`ports.alert.VectorizedAlert`)."""
        return foresight(windows.hits / windows.seconds, self.threshold)

    def excess(self, window: WindowHistory, subject: bytes | None) -> Excess:
        """Return by how much each bucket exceeds the threshold (`ports.alert.DatedAlert`)."""
        del subject
        hits, _ = window.history()
        return excess_of(hits, np.full_like(hits, window.bucket_us // US_PER_S), self.threshold)

    def lowest(self, window: WindowHistory, subject: bytes | None, since_us: int, hits: int) -> float:
        """Return the average of the requests that all windows since then share (`ports.alert.BoundedAlert`)."""
        del subject, hits
        counts, _ = window.history()
        return sum_before(counts, window, since_us) / window.seconds

    def title(self, subject: bytes | None) -> str:
        """Return the beginning of the message."""
        del subject
        return "High traffic"

    def reading(self, value: float) -> str:
        """Return the value as the message shows it."""
        return f"hits = {value:.2f}"
