"""What takes the messages of the monitor."""

from typing import Protocol, runtime_checkable

from http_monitor.report import Message


class ReportSink(Protocol):
    """Takes what the monitor says, in order; may ignore kinds of messages it has no use for."""

    def publish(self, message: Message) -> None:
        """Take one message. Raises BrokenPipeError when its reader is gone."""
        ...


@runtime_checkable
class Settling(Protocol):
    """A `ReportSink` that may keep messages back for a moment, to tell several in one."""

    def settle(self) -> None:
        """Let go of them: the turn that made them is over. Raises BrokenPipeError when its reader is gone."""
        ...
