"""The alert on the flood of a single host."""

from collections.abc import Collection, Iterable

from http_monitor.ports import Reading, WindowView
from http_monitor.records import Bools, Int64s
from http_monitor.units import visible

_NOBODY = b"-"


class DdosAlert:
    """Hits per second of one host over the window; every such host is a subject of its own.

    The dash of lines that do not say who asked is no host: all of them together are nobody's flood.
    """

    name = "ddos"

    def __init__(self, threshold_per_s: float) -> None:
        self.threshold = threshold_per_s

    def measure(self, window: WindowView, active: Collection[bytes | None]) -> Iterable[Reading]:
        """Return a reading for each host above the threshold and each that is active, by host."""
        # A little below, so that the comparison with the threshold is made on the value, in one place.
        hits_of = dict(window.hosts_above(self.threshold * window.seconds - 1))
        hits_of.pop(_NOBODY, None)
        for host in active:
            if host is not None and host not in hits_of:
                hits_of[host] = window.host_hits(host)
        return [Reading(host, hits / window.seconds, hits) for host, hits in sorted(hits_of.items())]

    def may_rise(self, hits: Int64s, errors: Int64s, seconds: int) -> Bools:
        """Return at which of many windows it may be raised (`ports.ForeseeingAlert`)."""
        del errors
        # No host has more hits than all hosts together.
        return hits / seconds > self.threshold

    def title(self, subject: bytes | None) -> str:
        """Return how the message begins."""
        return f"Flood from {visible(subject or b'')}"

    def reading(self, value: float) -> str:
        """Return the value as the message gives it."""
        return f"hits = {value:.2f}"
