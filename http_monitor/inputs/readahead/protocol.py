"""The protocol for reading and parsing the next lines of a replay while earlier ones are counted."""

from typing import Protocol

from http_monitor.inputs.input import Input
from http_monitor.inputs.look import Look


class ReadAhead(Protocol):
    """Looks at the inputs of a replay, slightly ahead of the counting.

    The source, the format and the selection of an input belong to this object from the first look until `close`
    returns; meanwhile other state of an input must come from a `Look`.
    """

    def begin(self, entry: Input) -> None:
        """Start the next look at an input unless it was started already; do not wait."""
        ...

    def next_look(self, entry: Input) -> Look | None:
        """Return the next look at an input; None if it takes longer than a moment, and the caller must retry.

        Raises:
            FormatError: as `Input.look`.
            WorkerError: the reader has ended unexpectedly.
        """
        ...

    def close(self) -> None:
        """Start no further look, and release all resources."""
        ...


WAIT_S = 0.1
"""Longest wait at a time, so that signal flags are checked in between."""
