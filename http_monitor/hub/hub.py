"""Distributes all output of the monitor to its listeners."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from http_monitor.hub.every_mailbox import EveryMailbox
from http_monitor.ports.sink import ReportSink, Settling
from http_monitor.ports.stream import RowFrame, RowListener, StreamListener, WindowListener
from http_monitor.report import Mark, Message, Notice, Resumption
from http_monitor.units import visible_text

_UNNAMED = "a listener of rows"
_Item = TypeVar("_Item", RowFrame, Mark)


class Hub:
    """Passes each message to every listener, in the order in which they joined. Owned by the monitor's thread.

    Text, NDJSON and the checkpointer are called in that thread, one after the other. A screen has a `LatestMailbox`,
    which never waits; a recorder has an `EveryMailbox`, which makes the publisher wait rather than lose data. A
    recorder or a listener of rows that raises is counted, reported and released; the run depends on neither.

    Args:
        sinks: The first listeners of messages.
    """

    def __init__(self, sinks: Iterable[ReportSink] = ()) -> None:
        self._sinks: list[ReportSink] = []
        self._settling: list[Settling] = []
        self._rows: list[tuple[RowListener, str]] = []
        """Listeners of rows, with their names."""
        self._marks: list[StreamListener] = []
        """Those of them that receive marks too."""
        self._mailboxes: list[EveryMailbox] = []
        self._unreported: list[tuple[str, Exception]] = []
        """Name and error of each listener of rows that was released since the last notices."""
        self._removed = 0
        for sink in sinks:
            self.join(sink)

    @property
    def wants_rows(self) -> bool:
        """Whether any listener receives accepted rows; without one, no frames are made."""
        return bool(self._rows)

    @property
    def wants_marks(self) -> bool:
        """Whether any of them receives marks, and needs the places of rows' lines."""
        return bool(self._marks)

    @property
    def failures(self) -> int:
        """Number of recorders and listeners of rows that have failed."""
        return self._removed + sum(mailbox.failure is not None for mailbox in self._mailboxes)

    def join(self, sink: ReportSink) -> None:
        """Add a listener of messages, after the others."""
        self._sinks.append(sink)
        if isinstance(sink, Settling):
            self._settling.append(sink)

    def join_rows(self, listener: RowListener, name: str = _UNNAMED) -> None:
        """Add a listener of accepted rows, which is called in the publisher's thread.

        Args:
            listener: Receives them.
            name: Its name in notices.
        """
        self._rows.append((listener, name))

    def join_stream(self, listener: StreamListener, name: str = _UNNAMED) -> None:
        """Add a listener of accepted rows and marks, as `join_rows`."""
        self.join_rows(listener, name)
        self._marks.append(listener)

    def listens(self, listener: object) -> bool:
        """Return whether this object receives accepted rows: it joined, and was not released."""
        return any(each is listener for each, _ in self._rows)

    def release(self, listener: object, error: Exception) -> None:
        """Pass no more rows to a listener that failed; `remove_failed` reports it."""
        self._unreported += [(name, error) for each, name in self._rows if each is listener]
        self._drop(listener)
        self._removed += 1

    def record(self, mailbox: EveryMailbox) -> None:
        """Add a recorder, which receives everything once `begin` is called."""
        self._mailboxes.append(mailbox)
        self._sinks.append(mailbox)
        self.join_stream(mailbox, mailbox.name)

    def begin(self, resumption: Resumption | None) -> None:
        """Start the recorders; None: the stream begins."""
        for mailbox in self._mailboxes:
            mailbox.begin(resumption)

    def publish(self, message: Message) -> None:
        """Pass on a message. Raises BrokenPipeError if the reader of a listener is gone."""
        for sink in self._sinks:
            sink.publish(message)

    def frame(self, frame: RowFrame) -> None:
        """Pass on accepted rows."""
        for listener, _ in self._rows:
            self._pass_on(listener, listener.frame, frame)

    def backfill(self, frame: RowFrame) -> None:
        """Pass on rows that fill the window, before the first frame, to listeners that keep the rows of the window."""
        for listener, _ in self._rows:
            if isinstance(listener, WindowListener):
                self._pass_on(listener, listener.backfill, frame)

    def mark(self, mark: Mark) -> None:
        """Pass on a mark."""
        for listener in self._marks:
            self._pass_on(listener, listener.mark, mark)

    def flush(self, mark_number: int) -> None:
        """Wait until every running recorder has flushed everything up to a mark."""
        for mailbox in self._mailboxes:
            mailbox.flush(mark_number)

    def settle(self) -> None:
        """Let listeners print what they held back during the turn, which is over."""
        for sink in self._settling:
            sink.settle()

    def remove_failed(self) -> Sequence[Notice]:
        """Remove recorders that failed; return a notice of each, and of each listener of rows released since then."""
        notices = [_notice_of(name, error) for name, error in self._unreported]
        self._unreported.clear()
        for mailbox in tuple(self._mailboxes):
            failure = mailbox.failure
            if failure is not None:
                self._remove(mailbox)
                self._removed += 1
                notices.append(_notice_of(mailbox.name, failure))
        return notices

    def close(self) -> Sequence[Notice]:
        """Let recorders process the remaining items, stop and remove them; return a notice of each that failed."""
        for mailbox in self._mailboxes:
            mailbox.close()
        notices = self.remove_failed()
        for mailbox in tuple(self._mailboxes):
            self._remove(mailbox)
        return notices

    def _pass_on(self, listener: RowListener, receive: Callable[[_Item], None], item: _Item) -> None:
        try:
            receive(item)
        except Exception as error:  # noqa: BLE001 - a listener that fails must not end the monitor
            self.release(listener, error)

    def _remove(self, mailbox: EveryMailbox) -> None:
        self._mailboxes.remove(mailbox)
        self._sinks.remove(mailbox)
        self._drop(mailbox)

    def _drop(self, listener: object) -> None:
        self._rows = [(each, name) for each, name in self._rows if each is not listener]
        self._marks = [each for each in self._marks if each is not listener]


def _notice_of(name: str, error: Exception) -> Notice:
    why = visible_text(f"{type(error).__name__}: {error}")
    return Notice(f"{name}: failed ({why}), and was released; the monitor keeps running", "warning", "listener")
