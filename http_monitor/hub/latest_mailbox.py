"""A mailbox for a screen: the newest report and pulse, every alert event, and the newest notices."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from http_monitor.report import AlertEvent, CaughtUp, Message, Notice, Pulse, Report, Summary

MAX_EVENTS = 1_000
MAX_NOTICES = 100


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
    notices: tuple[Notice | CaughtUp, ...] = ()
    """What was said of the run since the last `drain`, oldest first, except dropped sentences."""
    notices_dropped: int = 0
    """Number of older sentences dropped since the start, for lack of room."""


class LatestMailbox:
    """A listener of the hub that never waits: one thread publishes, another drains.

    Newer reports and pulses replace those not drained; up to `max_events` alert events and `max_notices` notices are
    kept until they are drained, the newest ones.

    Args:
        max_events: Limit of waiting alert events.
        max_notices: Limit of waiting notices.
        wake: Called, in the publisher's thread, when there is something new; None: no call.
    """

    def __init__(
        self, max_events: int = MAX_EVENTS, wake: Callable[[], None] | None = None, *, max_notices: int = MAX_NOTICES
    ) -> None:
        self._lock = threading.Lock()
        self._wake = wake
        self._report: Report | None = None
        self._pulse: Pulse | None = None
        self._summary: Summary | None = None
        self._events: deque[AlertEvent] = deque(maxlen=max_events)
        self._dropped = 0
        self._notices: deque[Notice | CaughtUp] = deque(maxlen=max_notices)
        self._notices_dropped = 0

    def publish(self, message: Message) -> None:
        """Store a message: an event or a notice until it is drained, any other until a newer one comes."""
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
                case Notice() | CaughtUp():
                    self._notices_dropped += len(self._notices) == self._notices.maxlen
                    self._notices.append(message)
        if self._wake is not None:
            self._wake()

    def drain(self) -> Newest:
        """Return the newest messages, and the alert events and notices since the last call."""
        with self._lock:
            events, notices = tuple(self._events), tuple(self._notices)
            self._events.clear()
            self._notices.clear()
            newest = (self._report, self._pulse, self._summary)
            return Newest(*newest, events, self._dropped, notices, self._notices_dropped)
