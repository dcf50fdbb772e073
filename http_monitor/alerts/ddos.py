"""The alert for floods from a single host."""

from collections.abc import Collection, Iterable

import numpy as np

from http_monitor.alerts.crossings import foresight
from http_monitor.alerts.excess import excess_of
from http_monitor.alerts.lowest import sum_before
from http_monitor.ports.alert import Excess, Foresight, FutureWindows, Reading, WindowHistory, WindowView
from http_monitor.units import US_PER_S, visible

_NOBODY = b"-"


class DdosAlert:
    """Hits per second of one host over the window; each such host is a subject.

    Lines without a host (``-``) are ignored: together they are no flood from one host.
    """

    name = "ddos"
    unit = "/s"

    def __init__(self, threshold_per_s: float) -> None:
        self.threshold = threshold_per_s

    def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
        """Return a reading for each host that is above the threshold or active, by host."""
        hits_of = dict(window.hosts_above(self._nearly(window.seconds)))
        hits_of.pop(_NOBODY, None)
        for host in active:
            if host is not None and host not in hits_of:
                hits_of[host] = window.host_hits(host)
        return [Reading(host, hits / window.seconds, hits) for host, hits in sorted(hits_of.items())]

    def foresee(self, windows: FutureWindows) -> Foresight:
        """Return the closes at which the alert may change for a host, and peaks (`ports.alert.VectorizedAlert`)."""
        found = windows.hosts_above(self._nearly(windows.seconds))
        if found is None:
            # No host has more hits than all hosts together.
            near = windows.hits > self._nearly(windows.seconds)
            return Foresight(near[1:] | near[:-1])
        hosts, hits = found
        if _NOBODY in hosts:
            nobody = hosts.index(_NOBODY)
            hosts, hits = hosts[:nobody] + hosts[nobody + 1 :], np.delete(hits, nobody, axis=0)
        return foresight(hits / windows.seconds, self.threshold, hosts)

    def _nearly(self, seconds: int) -> float:
        """Return hits slightly below the threshold, so that the exact comparison is made on the value."""
        return max(0, self.threshold * seconds - 1)

    def excess(self, window: WindowHistory, subject: bytes | None) -> Excess:
        """Return by how much each bucket exceeds the threshold (`ports.alert.DatedAlert`)."""
        hits = window.host_history(subject or b"")
        return excess_of(hits, np.full_like(hits, window.bucket_us // US_PER_S), self.threshold)

    def lowest(self, window: WindowHistory, subject: bytes | None, since_us: int, hits: int) -> float:
        """Return the average of the requests that all windows since then share (`ports.alert.BoundedAlert`)."""
        del hits
        return sum_before(window.host_history(subject or b""), window, since_us) / window.seconds

    def title(self, subject: bytes | None) -> str:
        """Return the beginning of the message."""
        return f"Flood from {visible(subject or b'')}"

    def reading(self, value: float) -> str:
        """Return the value as the message shows it."""
        return f"hits = {value:.2f}"
