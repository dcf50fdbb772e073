"""A run whose progress is shown."""

from collections.abc import Callable
from typing import Protocol

from http_monitor.health import Health
from http_monitor.monitor.deadline import Deadline
from http_monitor.monitor.run import Run
from http_monitor.report import WorkDone
from http_monitor.waker import Waker


class Working(Run, Protocol):
    """A run that knows its progress."""

    @property
    def is_behind(self) -> bool:
        """Whether there is work that may take long."""
        ...

    def work_done(self) -> WorkDone:
        """Return its progress; may be called within a turn."""
        ...

    def after_interval(self, look: Callable[[], None]) -> None:
        """Call this within a turn too, whenever an interval was reported or passed over."""
        ...


class ShowsWork(Protocol):
    """Shows the progress of long work."""

    def update(self, work_done: Callable[[], WorkDone]) -> None:
        """Show it, if it is time to."""
        ...

    def end(self) -> None:
        """Show nothing any longer: the work is done."""
        ...


class ShownRun:
    """A `Run` that wraps another one, and shows its progress after each interval and each turn.

    Args:
        run: Does the work.
        line: Shows its progress.
    """

    def __init__(self, run: Working, line: ShowsWork) -> None:
        self._run = run
        self._line = line
        run.after_interval(self._renew)

    @property
    def interrupted(self) -> Callable[[], bool]:
        """Called within a long turn: whether it should end."""
        return self._run.interrupted

    @interrupted.setter
    def interrupted(self, asked: Callable[[], bool]) -> None:
        self._run.interrupted = asked

    def step(self) -> bool:
        """Take one turn; return True when the inputs are finished."""
        finished = self._run.step()
        if finished or not self._run.is_behind:
            self._line.end()
        else:
            self._line.update(self._run.work_done)
        return finished

    def _renew(self) -> None:
        if self._run.is_behind:
            self._line.update(self._run.work_done)

    def wait(self, waker: Waker, deadline: Deadline | None) -> None:
        """Wait until the next turn may have something to do."""
        self._run.wait(waker, deadline)

    def drain(self) -> None:
        """Read available lines, before a stop."""
        self._line.end()
        self._run.drain()

    def finish(self, *, complete: bool) -> None:
        """Publish the last reports and the summary."""
        self._line.end()
        self._run.finish(complete=complete)

    def health(self) -> Health:
        """Return the counters of every line and byte read so far."""
        return self._run.health()

    def close(self) -> None:
        """Close the sources of all inputs."""
        self._run.close()
