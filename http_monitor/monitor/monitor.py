"""The monitor's loop: turns, the waits between them, and the end."""

from http_monitor.clock import Clock
from http_monitor.health import Health
from http_monitor.monitor.deadline import Deadline
from http_monitor.monitor.run import Run
from http_monitor.waker import Waker


class HTTPMonitor:
    """Drives a run until it is stopped or its inputs are finished.

    One thread owns it and everything below it: sources, parser, engine, alerts, listeners. In a replay another thread
    or process may own the reading and parsing (`ReadAhead`).

    Args:
        run: A live run or a replay.
        clock: The time.
        duration_s: Length of the run in seconds; None: unlimited.
        until_us: The time of the clock at which it ends; None: none.
    """

    def __init__(self, run: Run, clock: Clock, duration_s: int | None = None, until_us: int | None = None) -> None:
        self._run = run
        self._clock = clock
        self._duration_s = duration_s
        self._until_us = until_us
        self._stopping = False

    def health(self) -> Health:
        """Return the counters of every line read so far, without a replay's lines that wait for other files."""
        return self._run.health()

    def request_stop(self) -> None:
        """Make `run` end after the current turn; may be called by a signal handler."""
        self._stopping = True

    def step(self) -> bool:
        """Take one turn, without waiting; return True when the inputs are finished."""
        return self._run.step()

    def run(self, waker: Waker) -> None:
        """Take turns until the end or a stop, then publish the remaining messages."""
        is_endless = self._duration_s is None and self._until_us is None
        deadline = None if is_endless else Deadline(self._clock, self._duration_s, self._until_us)
        finished = False
        self._run.interrupted = lambda: self._stopping
        while not (finished or self._stopping):
            finished = self.step()
            if deadline is not None and not deadline.wait_s():
                break
            if not (finished or self._stopping):
                self._run.wait(waker, deadline)
        if not finished:
            self._run.drain()
        self.close(finished=finished)

    def close(self, *, finished: bool) -> None:
        """Publish the last reports and the summary.

        Args:
            finished: Whether the end of a replay was reached, instead of a stop.
        """
        self._run.finish(complete=finished)

    def close_inputs(self) -> None:
        """Close the sources of all inputs, including those added later."""
        self._run.close()
