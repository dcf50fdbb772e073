"""The protocol of a receiver of the monitor's messages."""

from typing import Protocol, runtime_checkable

from http_monitor.report import Message


class ReportSink(Protocol):
    """Receives the monitor's messages, in order; may ignore kinds that it does not use."""

    def publish(self, message: Message) -> None:
        """Process one message. Raises BrokenPipeError if its reader is gone."""
        ...


@runtime_checkable
class Settling(Protocol):
    """A `ReportSink` that may hold messages back for a moment, to combine several."""

    def settle(self) -> None:
        """Print the messages held back: the turn is over. Raises BrokenPipeError if its reader is gone."""
        ...
