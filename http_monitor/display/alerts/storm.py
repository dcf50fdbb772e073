"""Merges many alerts of one rule at one time into one line."""

from collections.abc import Sequence

from http_monitor.report import AlertEvent
from http_monitor.units import local_time, visible

MAX_LINES = 10
"""Maximum number of raises, or recoveries, of one rule at one close that get a line each."""

Told = list[Sequence[AlertEvent]]
"""What is shown, in order: single alerts, or all those that share a line."""


class Storms:
    """Collects alert events of one rule and time. Owned by the publishing thread."""

    def __init__(self) -> None:
        self._held: list[AlertEvent] = []

    def add(self, event: AlertEvent) -> Told:
        """Add an event; return the collected events if this one does not belong to them."""
        done: Told = []
        if self._held and _moment(event) != _moment(self._held[0]):
            done = self.drain()
        self._held.append(event)
        return done

    def drain(self) -> Told:
        """Return the collected events and forget them; many raises, or recoveries, take the place of the first of them.

        At one close some subjects of a rule are raised while others recover, in the order of the subjects.
        """
        held, self._held = self._held, []
        of_state = {state: [event for event in held if event.state == state] for state in ("raised", "recovered")}
        told: Told = []
        for event in held:
            alike = of_state[event.state]
            if len(alike) <= MAX_LINES:
                told.append([event])
            elif event is alike[0]:
                told.append(alike)
        return told


def storm_message(events: Sequence[AlertEvent]) -> str:
    """Return a sentence for many events of one rule, state and time: the greatest values first, then by key."""
    subjects = ", ".join(visible(event.subject or b"-") for event in by_value(events)[:MAX_LINES])
    first = events[0]
    how = "triggered" if first.state == "raised" else "recovered"
    return f"{len(events):,} alerts {first.name} - {subjects}, {how} at {local_time(first.at_us)}"


def by_value(events: Sequence[AlertEvent]) -> list[AlertEvent]:
    """Return the events with the greatest values first, then by key."""
    return sorted(events, key=lambda event: (-event.value, event.subject or b""))


def _moment(event: AlertEvent) -> tuple[str, int]:
    return event.name, event.at_us
