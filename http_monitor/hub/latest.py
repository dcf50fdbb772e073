"""A box for a screen: what is newest, and every alert event."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from http_monitor.report import AlertEvent, Message, Pulse, Report, Summary

MAX_EVENTS = 1_000


@dataclass(frozen=True, slots=True)
class Newest:
    """What a screen has to show since it looked the last time."""

    report: Report | None
    """The newest report; None: there is none yet."""
    pulse: Pulse | None
    """The newest pulse, likewise."""
    summary: Summary | None
    """Of the run, once it has ended."""
    events: tuple[AlertEvent, ...]
    """Every alert event since the last look, oldest first, as far as they were kept."""
    events_dropped: int
    """How many older events were dropped since the start, because nobody looked."""


class LatestBox:
    """A listener of the hub that never waits: one thread publishes, one other takes.

    Reports and pulses that nobody took are replaced by newer ones; alert events are kept until they are taken, at most
    so many.

    Args:
        max_events: How many alert events are kept.
        wake: Called, in the publisher's thread, when there is something new; None: nobody is woken.
    """

    def __init__(self, max_events: int = MAX_EVENTS, wake: Callable[[], None] | None = None) -> None:
        self._lock = threading.Lock()
        self._wake = wake
        self._report: Report | None = None
        self._pulse: Pulse | None = None
        self._summary: Summary | None = None
        self._events: deque[AlertEvent] = deque(maxlen=max_events)
        self._dropped = 0

    def publish(self, message: Message) -> None:
        """Keep a message until a newer one comes, or, of an alert event, until it is taken."""
        with self._lock:
            match message:
                case Report():
                    self._report = message
                case Pulse():
                    self._pulse = message
                case Summary():
                    self._summary = message
                case AlertEvent():
                    self._dropped += len(self._events) == self._events.maxlen
                    self._events.append(message)
                case _:
                    return
        if self._wake is not None:
            self._wake()

    def take(self) -> Newest:
        """Return what is newest, and the alert events since the last time."""
        with self._lock:
            events = tuple(self._events)
            self._events.clear()
            return Newest(self._report, self._pulse, self._summary, events, self._dropped)
