"""A box for a recorder: it gets everything, in order, in a thread of its own."""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from http_monitor.ports.stream import RowFrame
from http_monitor.report import Mark, Message

MAX_ITEMS = 1_000
MAX_BYTES = 64 << 20


class Recorder(Protocol):
    """Keeps what it is given, in the thread of its box."""

    def begin(self, mark_number: int | None) -> None:
        """Learn from where the stream resumes: what was kept of frames behind that mark comes again, and is dropped.

        Args:
            mark_number: Of the last mark that the checkpoint knows; None: the stream begins.
        """
        ...

    def frame(self, frame: RowFrame) -> None:
        """Take accepted rows."""
        ...

    def mark(self, mark: Mark) -> None:
        """Take a mark."""
        ...

    def publish(self, message: Message) -> None:
        """Take a message."""
        ...

    def flush(self) -> None:
        """Keep what was taken so far, so that no kill loses it."""
        ...


@dataclass(frozen=True, slots=True)
class _Flush:
    """Asks for everything before it to be flushed."""

    mark_number: int


_Item = RowFrame | Mark | Message | _Flush


class EveryBox:
    """A listener of the hub that loses nothing: where its recorder is slow, the publisher waits.

    Args:
        name: What the recorder is called, in notices.
        recorder: Keeps what comes.
        max_items: So many frames and messages wait at the most.
        max_bytes: So many bytes of frames wait at the most, or one frame.
    """

    def __init__(self, name: str, recorder: Recorder, max_items: int = MAX_ITEMS, max_bytes: int = MAX_BYTES) -> None:
        self.name = name
        self._recorder = recorder
        self._max_items = max_items
        self._max_bytes = max_bytes
        self._items: deque[tuple[_Item, int]] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self._flushed: int | None = None
        self._closing = False
        self._failure: Exception | None = None
        self._thread: threading.Thread | None = None

    @property
    def failure(self) -> Exception | None:
        """Why the recorder ended; None: it has not."""
        with self._changed:
            return self._failure

    def begin(self, mark_number: int | None) -> None:
        """Start the recorder, from the mark that the checkpoint knows."""
        self._flushed = mark_number
        self._thread = threading.Thread(target=self._run, args=(mark_number,), name=self.name, daemon=True)
        self._thread.start()

    def frame(self, frame: RowFrame) -> None:
        """Hand over accepted rows; wait while the box is full."""
        self._put(frame, frame.batch.nbytes)

    def mark(self, mark: Mark) -> None:
        """Hand over a mark."""
        self._put(mark, 0)

    def publish(self, message: Message) -> None:
        """Hand over a message."""
        self._put(message, 0)

    def flush(self, mark_number: int) -> bool:
        """Wait until everything up to a mark has been kept; return whether it has: not where the recorder failed."""
        self._put(_Flush(mark_number), 0)
        with self._changed:
            self._changed.wait_for(lambda: self._failure is not None or (self._flushed or 0) >= mark_number)
            return self._failure is None

    def close(self) -> None:
        """Let the recorder take what is left, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _put(self, item: _Item, size: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._failure is not None or self._has_room(size))
            if self._failure is None:
                self._items.append((item, size))
                self._bytes += size
                self._changed.notify_all()

    def _has_room(self, size: int) -> bool:
        if not self._items:
            return True
        return len(self._items) < self._max_items and self._bytes + size <= self._max_bytes

    def _run(self, mark_number: int | None) -> None:
        try:
            self._recorder.begin(mark_number)
            while (item := self._next()) is not None:
                self._record(item)
            self._recorder.flush()
        except Exception as error:  # noqa: BLE001 - a recorder that fails must not end the monitor
            with self._changed:
                self._failure = error
                self._items.clear()
                self._changed.notify_all()

    def _next(self) -> _Item | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._items)
            if not self._items:
                return None
            item, size = self._items.popleft()
            self._bytes -= size
            self._changed.notify_all()
            return item

    def _record(self, item: _Item) -> None:
        if isinstance(item, _Flush):
            self._recorder.flush()
            with self._changed:
                self._flushed = item.mark_number
                self._changed.notify_all()
        elif isinstance(item, Mark):
            self._recorder.mark(item)
        elif isinstance(item, Message):
            self._recorder.publish(item)
        else:
            self._recorder.frame(item)
