"""How the monitor's thread waits, and how anything else wakes it."""

import queue


class Waker:
    """One thread waits; any thread, and a signal handler, may wake it.

    A SimpleQueue, because its `put` may interrupt its own `get` in the same thread: an Event set by a
    signal handler while the main thread is inside `wait` can deadlock.
    """

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._hurry: queue.SimpleQueue[None] = queue.SimpleQueue()

    def hurry(self) -> None:
        """Wake the waiting thread, even while it gathers."""
        self._hurry.put(None)
        self.wake()

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

    def gather(self, seconds: float) -> bool:
        """Wait for this time and merge the wakes that come meanwhile into one; return whether a hurry ended it."""
        try:
            self._hurry.get(timeout=seconds)
            hurried = True
        except queue.Empty:
            hurried = False
        self.wait(0.0)
        return hurried
