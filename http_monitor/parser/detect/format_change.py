"""Detects that the format of a file changes at some line."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from http_monitor.parser.detect.batch_pieces import split_lines
from http_monitor.parser.detect.candidates import Pool
from http_monitor.ports.log_format import LogFormat, Remembering
from http_monitor.records import Batch, Json

ENOUGH_LINES = 20
"""Number of consecutive lines that must not fit the old format and must all fit another one."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A change of format, after the lines that showed it."""

    lines: int
    """Number of lines of the batch before the change."""
    offset: int
    """Number of bytes of its data before the change."""
    rival: "Rival"
    """The new format."""


@dataclass(slots=True)
class Rival:
    """Another format that has fitted all checked lines."""

    name: str
    made: LogFormat
    kind: str | None = None
    """Kind of its first row; None if it has made none and may only have read headers."""


class Change:
    """Checks consecutive lines that do not fit: the first 20, and the 20 after 20, 60, 140, … of them.

    The result depends only on the lines of the file, not on how they were cut. A line that fits ends the sequence.
    Checking all lines would let every format parse a log that fits none.

    Args:
        pool: The formats; of several that fit, the first one is chosen.
        chosen: Name of the file's present format.
        limit: Maximum length of a line in bytes, without its LF.
    """

    def __init__(self, pool: Pool, chosen: str, limit: int) -> None:
        self._pool = pool
        self._chosen = chosen
        self._limit = limit
        self._row = 0
        """Number of consecutive lines that did not fit."""
        self._rivals: dict[str, Rival] = {}

    @cached_property
    def _others(self) -> list[str]:
        return [name for name in self._pool if name != self._chosen]

    def forget(self) -> None:
        """Start again, after a line that fits or a new choice of format."""
        self._row = 0
        self._rivals = {}

    def note_misfit(self, line: bytes) -> Rival | None:
        """Note a line that does not fit; return the new format if it shows a change."""
        block, place = divmod(self._row, ENOUGH_LINES)
        self._row += 1
        if block & (block + 1):
            return None
        if not place:
            self._rivals = {name: Rival(name, self._pool.fresh(name)) for name in self._others}
        for name, rival in list(self._rivals.items()):
            batch = rival.made.parse(line + b"\n")
            rival.kind = rival.kind or batch.kind
            if batch.malformed_lines:
                del self._rivals[name]
        if place + 1 < ENOUGH_LINES:
            return None
        left, self._rivals = self._rivals, {}
        return next((rival for rival in left.values() if rival.kind is not None), None)

    def look(self, data: bytes, batch: Batch) -> Switch | None:
        """Check the next lines; return a change if there is one, and then ignore the lines after it.

        Args:
            data: Whole lines.
            batch: The batch that the present format made of them.
        """
        if not batch.malformed_lines:
            if len(batch.line_nos):
                self.forget()
            return None
        # A line that records no request shows nothing.
        numbers = np.delete(np.arange(1, batch.lines + 1), batch.other_nos - 1)
        edges = np.concatenate(([0], 1 + np.searchsorted(numbers, batch.line_nos), [len(numbers) + 1]))
        gaps = np.diff(edges) - 1
        lines: list[tuple[int, bytes]] = []
        for index in np.flatnonzero(gaps).tolist():
            if index:
                self.forget()
            first, size = int(edges[index]) + 1, int(gaps[index])
            # Batches may have many short sequences, which show nothing.
            if self._row + size < ENOUGH_LINES and index + 1 < len(gaps):
                continue
            lines = lines or split_lines(data, self._limit)
            for number in numbers[first - 1 : first - 1 + size].tolist():
                end, line = lines[number - 1]
                rival = self.note_misfit(line)
                if rival is not None:
                    return Switch(number, end, rival)
        if gaps[-1] == 0:
            self.forget()
        return None

    def save(self) -> Json:
        """Return the state as JSON."""
        return {
            "row": self._row,
            "rivals": {
                name: {
                    "kind": rival.kind,
                    "kept": rival.made.save() if isinstance(rival.made, Remembering) else None,
                }
                for name, rival in self._rivals.items()
            },
        }

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        row = given["row"]
        if type(row) is not int or row < 0:
            raise ValueError("no number of lines")
        rivals: dict[str, Rival] = {}
        for name, state in dict(given["rivals"]).items():
            if name not in self._others:
                continue
            rival = Rival(name, self._pool.fresh(name), state["kind"])
            if rival.kind is not None and not isinstance(rival.kind, str):
                raise TypeError("no name of a kind")
            if isinstance(rival.made, Remembering) and state["kept"] is not None:
                rival.made.load(state["kept"])
            rivals[name] = rival
        self._row, self._rivals = row, rivals
