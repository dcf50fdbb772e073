"""Ends a run at a signal, or when a thread of it has too little memory."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from http_monitor.errors import lacks_memory
from http_monitor.waker import Waker

if TYPE_CHECKING:
    from http_monitor.monitor.monitor import HTTPMonitor


class Stop:
    """What SIGINT, SIGTERM and SIGHUP do: ask the monitor to end, as soon as there is one."""

    def __init__(self) -> None:
        self.waker = Waker()
        self.lacks_memory = False
        """Whether a thread has ended for want of memory."""
        self._monitor: HTTPMonitor | None = None
        self._requested = False

    def requested(self) -> bool:
        """Tell whether a signal has come."""
        return self._requested

    @contextmanager
    def handling_signals(self) -> Iterator[None]:
        """Answer the signals meanwhile."""
        numbers = [signal.SIGINT, signal.SIGTERM]
        # A terminal that is closed ends the run too, unless nohup said that it must not.
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
            numbers.append(signal.SIGHUP)
        before = [signal.signal(number, self._handle) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    @contextmanager
    def where_a_thread_lacks_memory(self) -> Iterator[None]:
        """Stop as at a signal when a thread ends for want of memory: what it reads or watches would never come."""
        before = threading.excepthook

        def ended(what: threading.ExceptHookArgs) -> None:
            if what.exc_value is None or not lacks_memory(what.exc_value):
                before(what)
                return
            self.lacks_memory = True
            self._request()

        threading.excepthook = ended
        try:
            yield
        finally:
            threading.excepthook = before

    def govern(self, monitor: "HTTPMonitor") -> None:
        """Stop this monitor at a signal, also at one that came while the program was starting."""
        self._monitor = monitor
        if self._requested:
            monitor.request_stop()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del frame
        # Whoever asks twice does not want to wait for the end of a long turn.
        signal.signal(number, signal.SIG_DFL)
        self._request()

    def _request(self) -> None:
        self._requested = True
        if self._monitor is not None:
            self._monitor.request_stop()
        self.waker.hurry()
