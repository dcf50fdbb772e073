"""The monitor's loop: turns, the waits between them, and the end."""

from http_monitor.clock import Clock
from http_monitor.health import Health
from http_monitor.monitor.deadline import Deadline
from http_monitor.monitor.run import Run
from http_monitor.waker import Waker


class HTTPMonitor:
    """Drives a run until it is stopped or nothing can come any more.

    One thread owns it and everything below it: sources, parser, engine, alerts, listeners. In a replay another thread,
    or another process, may own what reads and parses (`ReadAhead`).

    Args:
        run: A live run or a replay.
        clock: The time.
        duration_s: It ends after so many seconds; None: it does not.
    """

    def __init__(self, run: Run, clock: Clock, duration_s: int | None = None) -> None:
        self._run = run
        self._clock = clock
        self._duration_s = duration_s
        self._stopping = False

    def health(self) -> Health:
        """Return where every line read so far went; a replay's lines that wait for other files come later."""
        return self._run.health()

    def request_stop(self) -> None:
        """Let `run` end after the turn it is in; may be called by a signal handler."""
        self._stopping = True

    def step(self) -> bool:
        """Take one turn, which does not wait; return True when nothing can come any more."""
        return self._run.step()

    def run(self, waker: Waker) -> None:
        """Take turns until the end or a stop, then say what is left to say."""
        deadline = None if self._duration_s is None else Deadline(self._clock, self._duration_s)
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
            finished: The end of a replay was reached, as against a stop at any moment.
        """
        self._run.finish(complete=finished)

    def close_inputs(self) -> None:
        """Let go of the sources of all inputs, those that joined too."""
        self._run.close()
