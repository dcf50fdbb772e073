"""The protocol of what the monitor's loop drives: a live run, or a replay."""

from collections.abc import Callable
from typing import Protocol

from http_monitor.health import Health
from http_monitor.monitor.deadline import Deadline
from http_monitor.waker import Waker


class Run(Protocol):
    """Reads, counts and tells, a turn at a time. One thread owns it and everything below it."""

    interrupted: Callable[[], bool]
    """Asked within a long turn whether it is to end; set by the loop."""

    def step(self) -> bool:
        """Take one turn and publish what it brought; return True when nothing can come any more."""
        ...

    def wait(self, waker: Waker, deadline: Deadline | None) -> None:
        """Wait until there may be something for the next turn; a replay does not wait."""
        ...

    def drain(self) -> None:
        """Read what is there, before a stop."""
        ...

    def finish(self, *, complete: bool) -> None:
        """Publish the last reports and the summary.

        Args:
            complete: All that there is was read, as against a stop at any moment.
        """
        ...

    def health(self) -> Health:
        """Return where every line and byte read so far went."""
        ...

    def close(self) -> None:
        """Let go of the sources of all inputs."""
        ...
