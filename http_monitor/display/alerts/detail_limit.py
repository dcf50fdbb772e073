"""Limits how many raises of a rule have lines about their requests."""

from http_monitor.report import AlertEvent
from http_monitor.units import US_PER_S

MAX_DETAILED = 10
"""Maximum number of raises of one rule within an interval that have such lines."""


class DetailLimit:
    """Remembers the last raises that had lines about their requests. Owned by the publishing thread.

    Args:
        interval_s: Length of an interval.
    """

    def __init__(self, interval_s: int = 10) -> None:
        self._interval_us = interval_s * US_PER_S
        self._detailed: dict[str, list[int]] = {}

    def allows(self, event: AlertEvent) -> bool:
        """Return whether a raise has lines about its requests, and count it if so; others came within its interval."""
        # A clock that was set back leaves times that are ahead.
        recent = [at_us for at_us in self._detailed.get(event.name, ()) if 0 <= event.at_us - at_us < self._interval_us]
        is_allowed = len(recent) < MAX_DETAILED
        self._detailed[event.name] = [*recent, event.at_us] if is_allowed else recent
        return is_allowed
