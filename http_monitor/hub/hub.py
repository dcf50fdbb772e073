"""Hands everything that leaves the monitor to all who listen."""

from collections.abc import Iterable, Sequence

from http_monitor.hub.every import EveryBox
from http_monitor.ports.sink import ReportSink, Settling
from http_monitor.ports.stream import RowFrame, StreamListener
from http_monitor.report import Mark, Message, Notice
from http_monitor.units import visible_text


class Hub:
    """Hands each message to every listener, in the order in which they joined. Owned by the monitor's thread.

    Text, NDJSON and the checkpointer are called in that thread, one after the other. A screen has a `LatestBox`, which
    never waits; a recorder an `EveryBox`, which makes the publisher wait rather than lose something.

    Args:
        sinks: The first listeners of messages.
    """

    def __init__(self, sinks: Iterable[ReportSink] = ()) -> None:
        self._sinks: list[ReportSink] = []
        self._settling: list[Settling] = []
        self._streams: list[StreamListener] = []
        self._boxes: list[EveryBox] = []
        for sink in sinks:
            self.join(sink)

    @property
    def wants_rows(self) -> bool:
        """Whether somebody takes the stream of accepted rows; where nobody does, none is made."""
        return bool(self._streams)

    def join(self, sink: ReportSink) -> None:
        """Hand messages to one more listener, after the others."""
        self._sinks.append(sink)
        if isinstance(sink, Settling):
            self._settling.append(sink)

    def join_stream(self, listener: StreamListener) -> None:
        """Hand accepted rows and marks to one more listener, which is called in the publisher's thread."""
        self._streams.append(listener)

    def record(self, box: EveryBox) -> None:
        """Hand everything to a recorder; it begins with `begin`."""
        self._boxes.append(box)
        self._sinks.append(box)
        self._streams.append(box)

    def begin(self, mark_number: int | None) -> None:
        """Tell recorders from where the stream resumes; None: it begins."""
        for box in self._boxes:
            box.begin(mark_number)

    def publish(self, message: Message) -> None:
        """Hand out a message. Raises BrokenPipeError when the reader of a listener is gone."""
        for sink in self._sinks:
            sink.publish(message)

    def frame(self, frame: RowFrame) -> None:
        """Hand out accepted rows."""
        for listener in self._streams:
            listener.frame(frame)

    def mark(self, mark: Mark) -> None:
        """Hand out a mark."""
        for listener in self._streams:
            listener.mark(mark)

    def flush(self, mark_number: int) -> None:
        """Wait until every recorder that lives has kept everything up to a mark."""
        for box in self._boxes:
            box.flush(mark_number)

    def settle(self) -> None:
        """Let listeners tell what they kept back for a moment: the turn that made it is over."""
        for sink in self._settling:
            sink.settle()

    def let_go(self) -> Sequence[Notice]:
        """Let go of recorders that failed; return what is to be said of them."""
        failed = [box for box in self._boxes if box.failure is not None]
        notices = []
        for box in failed:
            self._boxes.remove(box)
            self._sinks.remove(box)
            self._streams.remove(box)
            why = visible_text(f"{type(box.failure).__name__}: {box.failure}")
            text = f"{box.name}: failed ({why}), and gets nothing any more; the monitor goes on"
            notices.append(Notice(text, "warning", "listener"))
        return notices

    def close(self) -> None:
        """Let recorders take what is left, and end."""
        for box in self._boxes:
            box.close()
