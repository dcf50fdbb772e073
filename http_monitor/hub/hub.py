"""Distributes all output of the monitor to its listeners."""

from collections.abc import Iterable, Sequence

from http_monitor.hub.every import EveryBox
from http_monitor.ports.sink import ReportSink, Settling
from http_monitor.ports.stream import RowFrame, StreamListener
from http_monitor.report import Mark, Message, Notice
from http_monitor.units import visible_text


class Hub:
    """Passes each message to every listener, in the order in which they joined. Owned by the monitor's thread.

    Text, NDJSON and the checkpointer are called in that thread, one after the other. A screen has a `LatestBox`, which
    never waits; a recorder has an `EveryBox`, which makes the publisher wait rather than lose data.

    Args:
        sinks: The first listeners of messages.
    """

    def __init__(self, sinks: Iterable[ReportSink] = ()) -> None:
        self._sinks: list[ReportSink] = []
        self._settling: list[Settling] = []
        self._streams: list[StreamListener] = []
        self._boxes: list[EveryBox] = []
        self._removed = 0
        for sink in sinks:
            self.join(sink)

    @property
    def wants_rows(self) -> bool:
        """Whether any listener receives accepted rows; without one, no frames are made."""
        return bool(self._streams)

    @property
    def failures(self) -> int:
        """Number of recorders that have failed."""
        return self._removed + sum(box.failure is not None for box in self._boxes)

    def join(self, sink: ReportSink) -> None:
        """Add a listener of messages, after the others."""
        self._sinks.append(sink)
        if isinstance(sink, Settling):
            self._settling.append(sink)

    def join_stream(self, listener: StreamListener) -> None:
        """Add a listener of accepted rows and marks, which is called in the publisher's thread."""
        self._streams.append(listener)

    def record(self, box: EveryBox) -> None:
        """Add a recorder, which receives everything once `begin` is called."""
        self._boxes.append(box)
        self._sinks.append(box)
        self._streams.append(box)

    def begin(self, resumed: Mark | None) -> None:
        """Start the recorders at a mark; None: the stream begins."""
        for box in self._boxes:
            box.begin(resumed)

    def publish(self, message: Message) -> None:
        """Pass on a message. Raises BrokenPipeError if the reader of a listener is gone."""
        for sink in self._sinks:
            sink.publish(message)

    def frame(self, frame: RowFrame) -> None:
        """Pass on accepted rows."""
        for listener in self._streams:
            listener.frame(frame)

    def mark(self, mark: Mark) -> None:
        """Pass on a mark."""
        for listener in self._streams:
            listener.mark(mark)

    def flush(self, mark_number: int) -> None:
        """Wait until every running recorder has flushed everything up to a mark."""
        for box in self._boxes:
            box.flush(mark_number)

    def settle(self) -> None:
        """Let listeners print what they held back during the turn, which is over."""
        for sink in self._settling:
            sink.settle()

    def remove_failed(self) -> Sequence[Notice]:
        """Remove recorders that failed; return a notice of each."""
        notices = []
        for box in tuple(self._boxes):
            failure = box.failure
            if failure is not None:
                self._remove(box)
                self._removed += 1
                why = visible_text(f"{type(failure).__name__}: {failure}")
                text = f"{box.name}: failed ({why}), and is released; the monitor keeps running"
                notices.append(Notice(text, "warning", "listener"))
        return notices

    def close(self) -> Sequence[Notice]:
        """Let recorders process the remaining items, stop and remove them; return a notice of each that failed."""
        for box in self._boxes:
            box.close()
        notices = self.remove_failed()
        for box in tuple(self._boxes):
            self._remove(box)
        return notices

    def _remove(self, box: EveryBox) -> None:
        self._boxes.remove(box)
        self._sinks.remove(box)
        self._streams.remove(box)
