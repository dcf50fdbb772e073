"""The protocol of what reads and parses the next lines of a replay while those before them are counted."""

from typing import Protocol

from http_monitor.inputs.input import Input
from http_monitor.inputs.look import Look


class ReadAhead(Protocol):
    """Looks at the inputs of a replay, a little further than what was taken.

    What an input has for reading and parsing (its source, its format, its selection) belongs to it from the first
    look on until `close` has returned; what is asked of an input meanwhile must have come with a `Look`.
    """

    def begin(self, entry: Input) -> None:
        """Let the next look at an input be made, if that was not said before; does not wait."""
        ...

    def take(self, entry: Input) -> Look | None:
        """Return the next look at an input; None where it takes longer than a moment, so that one has to ask again.

        Raises:
            FormatError: as `Input.look`.
            WorkerError: what looks has come to an end that nobody here asked for.
        """
        ...

    def close(self) -> None:
        """Make no other look, and let go of what looks."""
        ...


WAIT_S = 0.1
"""So long somebody who counts waits at a time, so that a signal's flag is looked at in between."""
