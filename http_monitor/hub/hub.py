"""Hands everything that leaves the monitor to all who listen."""

from collections.abc import Iterable

from http_monitor.ports.sink import ReportSink, Settling
from http_monitor.report import Message


class Hub:
    """Hands each message to every listener, in the order in which they joined. Owned by the monitor's thread.

    A listener that joined with `join` is called in that thread, one after the other: text, NDJSON, the checkpointer.

    Args:
        sinks: The first listeners.
    """

    def __init__(self, sinks: Iterable[ReportSink] = ()) -> None:
        self._sinks = list(sinks)

    def join(self, sink: ReportSink) -> None:
        """Hand messages to one more listener, after the others."""
        self._sinks.append(sink)

    def publish(self, message: Message) -> None:
        """Hand out a message. Raises BrokenPipeError when the reader of a listener is gone."""
        for sink in self._sinks:
            sink.publish(message)

    def settle(self) -> None:
        """Let listeners tell what they kept back for a moment: the turn that made it is over."""
        for sink in self._sinks:
            if isinstance(sink, Settling):
                sink.settle()
