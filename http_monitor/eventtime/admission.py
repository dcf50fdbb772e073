"""Orders the rows that an ahead filter accepts, with the fates of the lines between them."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import pyarrow as pa

from http_monitor.arrow import take
from http_monitor.eventtime.rows import FATES, HELD, NO_LINES, Rows
from http_monitor.records import Int64s, RowOffsets


class Admission:
    """The rows of one look at an input, collected while the ahead filter decides about one after the other.

    Args:
        batch: The rows of the look; None: none.
        time_us: Their times.
        held: Rows of earlier looks, each alone; the last has the index -1, the one before -2.
        offsets: The places of the rows' lines; None: not known.
    """

    def __init__(
        self,
        batch: pa.RecordBatch | None,
        time_us: Int64s | None,
        held: Sequence[Rows],
        offsets: RowOffsets | None = None,
    ) -> None:
        self._batch = batch
        self._offsets = offsets
        self._time_us = np.empty(0, np.int64) if time_us is None else time_us
        self._held = held
        self._runs: list[tuple[int, int]] = []
        """Indices of accepted rows, [start, stop), in the order of acceptance."""
        self._count = 0
        self._changes: list[tuple[int, int, int]] = []
        """(number of accepted rows before, fate, increment)."""
        self._looks: list[tuple[int, int]] = []
        self._row_places: list[tuple[int, int, int, int]] = []
        """(start, stop, accepted before, behind): rows [start, stop), and the number of released rows that precede
        each."""
        self._released = 0

    def accept(self, start: int, stop: int, *, behind: int = 0) -> None:
        """Accept the rows [start, stop) as they are examined; the first follows `behind` rows that it released."""
        self._released = 0
        if behind:
            self._looks.append((self._count, behind))
        self._row_places.append((start, stop, self._count, 1))
        self._run(start, stop)

    def release(self, index: int) -> None:
        """Accept a row that was held."""
        self._looks.append((self._count, -1 - self._released))
        self._released += 1
        self._run(index, index + 1)
        self.change(HELD, -1)

    def pass_over(self, index: int) -> None:
        """Leave a row unaccepted as it is examined."""
        self._released = 0
        self._row_places.append((index, index + 1, self._count, 0))

    def change(self, fate: int, by: int) -> None:
        """Increase a counter after the rows accepted so far."""
        if by:
            self._changes.append((self._count, fate, by))

    def row(self, index: int) -> Rows:
        """Return one row unchanged, to be held."""
        if index < 0:
            return self._held[index]
        assert self._batch is not None
        one = slice(index, index + 1)
        # The other rows of its batch are not kept in memory with it.
        offsets = self._take_offsets(one)
        return Rows(
            self._batch.slice(index, 1), self._time_us[one], offsets=None if offsets is None else offsets.resolve()
        )

    def rows(self, between: Int64s | None = None) -> list[Rows]:
        """Return the accepted rows in order; the fates of lines before the first come before all rows.

        Args:
            between: Number of lines of each of `FATES` before the first row and after each.
        """
        after = np.zeros((len(FATES), 1 + self._count), np.int64)
        if between is not None:
            np.add.at(after.T, self._places(between.shape[1] - 1), between.T)
        for place, fate, by in self._changes:
            after[fate, place] += by
        looks = np.zeros(self._count, np.int64)
        for place, look in self._looks:
            looks[place] = look
        return self._parts(after, looks if self._looks else None)

    def _run(self, start: int, stop: int) -> None:
        if start >= stop:
            return
        self._count += stop - start
        if self._runs and self._runs[-1][1] == start and start:
            start = self._runs.pop()[0]
        self._runs.append((start, stop))

    def _places(self, count: int) -> Int64s:
        """Return the number of accepted rows before the lines that precede the first row and that follow each row."""
        places = np.zeros(1 + count, np.int64)
        for start, stop, before, each in self._row_places:
            places[1 + start : 1 + stop] = before + each * np.arange(1, 1 + stop - start)
        return places

    def _parts(self, after: Int64s, looks: Int64s | None) -> list[Rows]:
        parts: list[Rows] = []
        lead: tuple[int, ...] = tuple(after[:, 0].tolist())
        for batch, time_us, offsets in self._pieces():
            start = sum(len(part) for part in parts)
            mine = slice(start, start + len(time_us))
            behind = after[:, 1 + mine.start : 1 + mine.stop]
            seen = None if looks is None or not looks[mine].any() else looks[mine]
            parts.append(Rows(batch, time_us, behind if behind.any() else None, lead, seen, offsets=offsets))
            lead = NO_LINES
        if not parts and any(lead):
            nothing = self._held[0].batch if self._batch is None else self._batch
            parts.append(Rows(nothing.slice(0, 0), np.empty(0, np.int64), lead=lead))
        return parts

    def _pieces(self) -> Iterator[tuple[pa.RecordBatch, Int64s, RowOffsets | None]]:
        """Yield the accepted rows in pieces, each of one batch."""
        for is_held, group in groupby(self._runs, lambda run: run[0] < 0):
            runs = [*group]
            if is_held:
                for index in (index for start, stop in runs for index in range(start, stop)):
                    held = self._held[index]
                    yield held.batch, held.time_us, held.offsets
                continue
            assert self._batch is not None
            if len(runs) == 1:
                ((start, stop),) = runs
                yield (
                    self._batch.slice(start, stop - start),
                    self._time_us[start:stop],
                    self._take_offsets(slice(start, stop)),
                )
            else:
                order = np.concatenate([np.arange(start, stop) for start, stop in runs])
                yield take(self._batch, order), self._time_us[order], self._take_offsets(order)

    def _take_offsets(self, index: slice | Int64s) -> RowOffsets | None:
        return None if self._offsets is None else self._offsets.take(index)
