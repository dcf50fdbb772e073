"""Merges many alerts of one rule at one time into one line."""

from collections.abc import Sequence

from http_monitor.report import AlertEvent
from http_monitor.units import local_time, visible

MAX_LINES = 10
"""Maximum number of raises, or recoveries, of one rule at one close that get a line each."""


class Storms:
    """Collects alert events of one rule, state and time. Owned by the publishing thread."""

    def __init__(self) -> None:
        self._held: list[AlertEvent] = []

    def add(self, event: AlertEvent) -> list[AlertEvent]:
        """Add an event; return the collected events if this one does not belong to them."""
        done: list[AlertEvent] = []
        if self._held and _moment(event) != _moment(self._held[0]):
            done = self.drain()
        self._held.append(event)
        return done

    def drain(self) -> list[AlertEvent]:
        """Return the collected events and forget them."""
        held, self._held = self._held, []
        return held


def storm_message(events: Sequence[AlertEvent]) -> str:
    """Return a sentence for many events of one rule, state and time: the greatest values first, then by key."""
    ranked = sorted(events, key=lambda event: (-event.value, event.subject or b""))
    subjects = ", ".join(visible(event.subject or b"-") for event in ranked[:MAX_LINES])
    first = events[0]
    how = "triggered" if first.state == "raised" else "recovered"
    return f"{len(events):,} alerts {first.name} - {subjects}, {how} at {local_time(first.at_us)}"


def _moment(event: AlertEvent) -> tuple[str, str, int]:
    return event.name, event.state, event.at_us
