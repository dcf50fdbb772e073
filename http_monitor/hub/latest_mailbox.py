"""A mailbox for a screen: the newest report and pulse, and every alert event."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from http_monitor.report import AlertEvent, Message, Pulse, Report, Summary

MAX_EVENTS = 1_000


@dataclass(frozen=True, slots=True)
class Newest:
    """Everything that a screen must show since its last `drain`."""

    report: Report | None
    """The newest report; None: there is none yet."""
    pulse: Pulse | None
    """The newest pulse; None: there is none yet."""
    summary: Summary | None
    """Summary of the run, once it has ended."""
    events: tuple[AlertEvent, ...]
    """Alert events since the last `drain`, oldest first, except dropped ones."""
    events_dropped: int
    """Number of older events dropped since the start, for lack of room."""


class LatestMailbox:
    """A listener of the hub that never waits: one thread publishes, another drains.

    Newer reports and pulses replace those not drained; up to `max_events` alert events are kept until they are drained.

    Args:
        max_events: Limit of waiting alert events.
        wake: Called, in the publisher's thread, when there is something new; None: no call.
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
        """Store a message: an alert event until it is drained, any other until a newer one comes."""
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

    def drain(self) -> Newest:
        """Return the newest messages, and the alert events since the last call."""
        with self._lock:
            events = tuple(self._events)
            self._events.clear()
            return Newest(self._report, self._pulse, self._summary, events, self._dropped)
