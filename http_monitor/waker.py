"""How the monitor's thread waits, and how anything else wakes it."""

import queue
import threading


class Waker:
    """One thread waits; any thread, and a signal handler, may wake it.

    A SimpleQueue, because its `put` may interrupt its own `get` in the same thread: an Event set by a
    signal handler while the main thread is inside `wait` can deadlock.
    """

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[None] = queue.SimpleQueue()

    def wake(self) -> None:
        """Wake the waiting thread, or make its next wait return at once."""
        # Several wakes before one wait count as one.
        if self._queue.empty():
            self._queue.put(None)

    def wait(self, timeout_s: float) -> bool:
        """Wait at most that long (0 or more); return whether it was woken."""
        try:
            self._queue.get(timeout=timeout_s)
        except queue.Empty:
            return False
        while not self._queue.empty():
            self._queue.get()
        return True

    def gather(self, seconds: float) -> None:
        """Wait for this time without interruption, and merge the wakes that come meanwhile into one."""
        threading.Event().wait(seconds)
        self.wait(0.0)
