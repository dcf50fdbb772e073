"""Finds out that a file has another format from some line on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from http_monitor.parser.detect.candidates import Pool
from http_monitor.ports.log_format import LogFormat, Remembering
from http_monitor.records import Batch, Json

ENOUGH_LINES = 20
"""So many lines in a row that do not fit the format of a file, and all fit another one, show that it has changed."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Where lines of another format begin, which is after those that showed it."""

    lines: int
    """So many lines of the batch stand before."""
    offset: int
    """So many bytes of its data."""
    rival: "Rival"
    """The other format."""


@dataclass(slots=True)
class Rival:
    """Another format, as long as it fits every line that is looked at; it has read them."""

    name: str
    made: LogFormat
    kind: str | None = None
    """What it called the first row it made; None: it has made none, and may only have seen headers."""


class Change:
    """Looks at lines in a row that do not fit: at the first 20 of them, then at the 20 after 20, 60, 140, … of them.

    A function of the lines of a file only, wherever they were cut. A line that fits ends the row. To look at all of
    them would let a log of which nothing fits be read by every format there is.

    Args:
        pool: Has the formats there are; of several that fit the first is taken.
        chosen: The name of the one that the file has.
        limit: The longest line, in bytes without its LF.
    """

    def __init__(self, pool: Pool, chosen: str, limit: int) -> None:
        self._pool = pool
        self._chosen = chosen
        self._limit = limit
        self._row = 0
        """So many lines in a row have not fitted."""
        self._rivals: dict[str, Rival] = {}

    @cached_property
    def _others(self) -> list[str]:
        return [name for name in self._pool if name != self._chosen]

    def forget(self) -> None:
        """Begin anew, with a line that fits or a format that was decided on."""
        self._row = 0
        self._rivals = {}

    def note_misfit(self, line: bytes) -> Rival | None:
        """Take the next line, which does not fit; return the other format if there is one now."""
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

    def look(self, data: bytes, batch: Batch) -> Turn | None:
        """Take the next lines; return where another format begins, then only what is before has been looked at.

        Args:
            data: Whole lines.
            batch: What the format of the file made of them.
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
            # A short row within a batch, of which there may be many, shows nothing.
            if self._row + size < ENOUGH_LINES and index + 1 < len(gaps):
                continue
            lines = lines or counted(data, self._limit)
            for number in numbers[first - 1 : first - 1 + size].tolist():
                end, line = lines[number - 1]
                rival = self.note_misfit(line)
                if rival is not None:
                    return Turn(number, end, rival)
        if gaps[-1] == 0:
            self.forget()
        return None

    def save(self) -> Json:
        """Return it as JSON."""
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
        """Become what was saved. Raises KeyError, TypeError or ValueError for anything else."""
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


def counted(data: bytes, limit: int) -> list[tuple[int, bytes]]:
    """Return where each line ends that counts as one, with the line without its LF."""
    found: list[tuple[int, bytes]] = []
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end]
        if len(line) > limit or line.strip():
            found.append((end + 1, line))
        start = end + 1
    return found
