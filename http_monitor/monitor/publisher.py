"""Completes the engine's messages, and passes them to the hub."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from http_monitor.eventtime.rows import NEVER_US
from http_monitor.health import NO_HEALTH, Health
from http_monitor.hub.hub import Hub
from http_monitor.monitor.blindness import Blindness
from http_monitor.monitor.held_messages import HeldNotices
from http_monitor.report import AlertEvent, Message, Notice, PassedInterval, Report, Summary


class Publisher:
    """The only path from a run to the hub. Owned by the monitor's thread.

    Reports combine the engine's counters of lines with the inputs' counters of bytes.

    Args:
        hub: Receives the messages.
        held: Notices about lines that now has not reached yet, in a replay; None in a live run.
    """

    def __init__(self, hub: Hub, held: HeldNotices | None = None) -> None:
        self.hub = hub
        self._held = held
        self._blindness = Blindness()
        self.inputs: Callable[[], Health] = lambda: NO_HEALTH
        """Returns the health of the inputs; set by the run as soon as it has inputs."""
        self.in_backlog: Callable[[int], bool] = lambda _: True
        """Returns whether an interval that ended then is of a backlog, if reading is behind; set by a live run."""
        self.complete: Callable[[AlertEvent], AlertEvent] = lambda event: event
        """Adds what only the run knows to an alert; set likewise."""
        self.after_interval: Callable[[], None] = _do_nothing
        """Called when an interval was reported or passed over, many times in some turns; set likewise."""

    def publish(self, message: Message) -> None:
        """Pass on a message, after the notices that belong before it and before those that a report causes."""
        if isinstance(message, Report | Summary):
            health = message.health + self.inputs() + self._failures()
            message = message if health is message.health else replace(message, health=health)
        if isinstance(message, Report) and message.catch_up and not self.in_backlog(message.end_us):
            message = replace(message, catch_up=False)
        if isinstance(message, AlertEvent):
            message = self.complete(message)
        if self._held is not None:
            for notice in self._held.before(message):
                self.hub.publish(notice)
        self.hub.publish(message)
        if isinstance(message, Report):
            self.after_interval()
            for notice in self._blindness.check(message):
                self.hub.publish(notice)

    def pass_over(self, interval: PassedInterval) -> None:
        """Publish the notices that the report of an interval would have caused."""
        if self._held is not None:
            for notice in self._held.before_passed(interval):
                self.hub.publish(notice)
        for notice in self._blindness.check_passed(interval):
            self.hub.publish(notice)
        self.after_interval()

    def notify(self, notices: Iterable[Notice], now_us: int) -> None:
        """Publish notices, as of a time; `NEVER_US` for none."""
        for notice in notices:
            self.hub.publish(notice.at(None if now_us == NEVER_US else now_us))

    def notify_rest(self) -> None:
        """Publish the notices still held: the run ends before now reached their lines."""
        if self._held is not None:
            for notice in self._held.rest():
                self.hub.publish(notice)

    def settle(self, now_us: int) -> None:
        """Let listeners print what they held back during the turn, which is over; report those that failed in it."""
        self.hub.settle()
        self.notify(self.hub.remove_failed(), now_us)

    def close(self, now_us: int) -> None:
        """Stop the recorders, and report those that failed; closing again does nothing."""
        self.notify(self.hub.close(), now_us)

    def _failures(self) -> Health:
        failures = self.hub.failures
        return Health(listener_failures=failures) if failures else NO_HEALTH


def _do_nothing() -> None:
    pass
