"""Many alerts of one rule at one moment, told in one line."""

from collections.abc import Sequence

from http_monitor.report import AlertEvent
from http_monitor.units import local_time, visible

MOST = 10
"""Of one rule at one close, so many raises, or recoveries, have a line each."""


class Storms:
    """Keeps alert events until all of the same rule, state and moment are there. Owned by the thread that publishes."""

    def __init__(self) -> None:
        self._held: list[AlertEvent] = []

    def take(self, event: AlertEvent) -> list[AlertEvent]:
        """Take the next event; return those before it that are complete, none where it is one of theirs."""
        done: list[AlertEvent] = []
        if self._held and _moment(event) != _moment(self._held[0]):
            done = self.rest()
        self._held.append(event)
        return done

    def rest(self) -> list[AlertEvent]:
        """Return what is kept."""
        held, self._held = self._held, []
        return held


def storm_message(events: Sequence[AlertEvent]) -> str:
    """Return the sentence of many events of one rule, state and moment: the greatest first, then by key."""
    ranked = sorted(events, key=lambda event: (-event.value, event.subject or b""))
    subjects = ", ".join(visible(event.subject or b"-") for event in ranked[:MOST])
    first = events[0]
    how = "triggered" if first.state == "raised" else "recovered"
    return f"{len(events):,} alerts {first.name} - {subjects}, {how} at {local_time(first.at_us)}"


def _moment(event: AlertEvent) -> tuple[str, str, int]:
    return event.name, event.state, event.at_us
