"""The protocol that the monitor's loop drives: a live run or a replay."""

from collections.abc import Callable
from typing import Protocol

from http_monitor.health import Health
from http_monitor.monitor.deadline import Deadline
from http_monitor.waker import Waker


class Run(Protocol):
    """Reads, counts and publishes, one turn at a time. One thread owns it and everything below it."""

    interrupted: Callable[[], bool]
    """Called within a long turn: whether it should end; set by the loop."""

    def step(self) -> bool:
        """Take one turn and publish its messages; return True when the inputs are finished."""
        ...

    def wait(self, waker: Waker, deadline: Deadline | None) -> None:
        """Wait until the next turn may have something to do; a replay does not wait."""
        ...

    def drain(self) -> None:
        """Read available lines, before a stop."""
        ...

    def finish(self, *, complete: bool) -> None:
        """Publish the last reports and the summary.

        Args:
            complete: Whether all input was read, instead of a stop.
        """
        ...

    def health(self) -> Health:
        """Return the counters of every line and byte read so far."""
        ...

    def close(self) -> None:
        """Close the sources of all inputs."""
        ...
