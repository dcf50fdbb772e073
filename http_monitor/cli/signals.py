"""Ends a run at a signal, or if one of its threads runs out of memory."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from http_monitor.errors import lacks_memory
from http_monitor.waker import Waker

if TYPE_CHECKING:
    from http_monitor.monitor.monitor import HTTPMonitor


class Stop:
    """Asks the monitor to end at SIGINT, SIGTERM or SIGHUP, as soon as there is a monitor."""

    def __init__(self) -> None:
        self.waker = Waker()
        self.on_request: Callable[[], None] = lambda: None
        """Called, in a signal handler too, when the run is asked to end."""
        self.before_death: Callable[[], None] = lambda: None
        """Called in the handler of a second signal, before it ends the program."""
        self.lacks_memory = False
        """Whether a thread has ended because of lack of memory."""
        self._monitor: HTTPMonitor | None = None
        self._requested = False

    def is_requested(self) -> bool:
        """Return whether a signal has come."""
        return self._requested

    @contextmanager
    def handle_signals(self) -> Iterator[None]:
        """Handle the signals inside the context."""
        numbers = [signal.SIGINT, signal.SIGTERM]
        # SIGHUP comes when the terminal is closed; under nohup it is ignored.
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
            numbers.append(signal.SIGHUP)
        before = [signal.signal(number, self._handle) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def handle_lack_of_memory(self) -> AbstractContextManager[None]:
        """Stop the run if a thread ends because of lack of memory: what it reads or watches would be missing."""

        def take(error: BaseException) -> bool:
            if not lacks_memory(error):
                return False
            self.lacks_memory = True
            self.request()
            return True

        return take_thread_failures(take)

    def attach(self, monitor: "HTTPMonitor") -> None:
        """Stop this monitor at a signal, including one that came during the start of the program."""
        self._monitor = monitor
        if self._requested:
            monitor.request_stop()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del frame
        # A second signal ends the program at once, instead of waiting for the end of a long turn.
        signal.signal(number, self._die)
        self.request()

    def _die(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.before_death()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def request(self) -> None:
        """Ask the run to end; may be called in any thread."""
        self._requested = True
        if self._monitor is not None:
            self._monitor.request_stop()
        self.waker.hurry()
        self.on_request()


@contextmanager
def take_thread_failures(take: Callable[[BaseException], bool]) -> Iterator[None]:
    """Hand over the exceptions that end threads.

    Args:
        take: Takes one; returns False for one that is told as before.
    """
    before = threading.excepthook

    def hook(what: threading.ExceptHookArgs) -> None:
        if what.exc_value is None or not take(what.exc_value):
            before(what)

    threading.excepthook = hook
    try:
        yield
    finally:
        threading.excepthook = before
