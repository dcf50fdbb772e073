"""A mailbox for a recorder: delivers everything, in order, in a thread of its own."""

import threading
from collections import deque
from dataclasses import dataclass
from typing import Protocol

from http_monitor.ports.stream import RowFrame
from http_monitor.report import Mark, Message, Resumption

MAX_ITEMS = 1_000
MAX_BYTES = 64 << 20


class Recorder(Protocol):
    """Stores what it receives, in the thread of its mailbox."""

    def begin(self, resumption: Resumption | None) -> None:
        """Start: drop any stored frames after the last mark in the checkpoint, because the stream repeats them.

        Args:
            resumption: That mark, and the positions from which the stream resumes. None, or without a mark: marks begin
                with 1, and have nothing to do with those stored before.
        """
        ...

    def frame(self, frame: RowFrame) -> None:
        """Store accepted rows."""
        ...

    def mark(self, mark: Mark) -> None:
        """Store a mark."""
        ...

    def publish(self, message: Message) -> None:
        """Store a message."""
        ...

    def flush(self) -> None:
        """Make everything received safe against a kill."""
        ...


@dataclass(frozen=True, slots=True)
class _Flush:
    """A request to flush everything before it."""

    mark_number: int


_Item = RowFrame | Mark | Message | _Flush


class EveryMailbox:
    """A listener of the hub that loses nothing: the publisher waits for a slow recorder.

    Args:
        name: The name of the recorder in notices.
        recorder: Stores what it receives.
        max_items: Limit of waiting frames and messages.
        max_bytes: Limit of waiting frames in bytes; a single frame may be larger.
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
        """The error that ended the recorder; None: it is running."""
        with self._changed:
            return self._failure

    def begin(self, resumption: Resumption | None) -> None:
        """Start the recorder."""
        self._flushed = None if resumption is None else resumption.mark_number
        self._thread = threading.Thread(target=self._run, args=(resumption,), name=self.name, daemon=True)
        self._thread.start()

    def frame(self, frame: RowFrame) -> None:
        """Enqueue accepted rows; wait while the mailbox is full."""
        self._put(frame, frame.batch.nbytes + frame.offsets.nbytes)

    def mark(self, mark: Mark) -> None:
        """Enqueue a mark."""
        self._put(mark, 0)

    def publish(self, message: Message) -> None:
        """Enqueue a message."""
        self._put(message, 0)

    def flush(self, mark_number: int) -> bool:
        """Wait until the recorder has flushed everything up to a mark; return False if it failed."""
        self._put(_Flush(mark_number), 0)
        with self._changed:
            self._changed.wait_for(lambda: self._failure is not None or (self._flushed or 0) >= mark_number)
            return self._failure is None

    def close(self) -> None:
        """Let the recorder process the remaining items, and stop it."""
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

    def _run(self, resumption: Resumption | None) -> None:
        try:
            self._recorder.begin(resumption)
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
