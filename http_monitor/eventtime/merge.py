"""The stable merge of several replayed files by each file's running maximum (docs/ARCHITECTURE.md, "Time")."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from http_monitor.eventtime.rows import NEVER_US, NO_LINES, Rows
from http_monitor.eventtime.running_max import running_max
from http_monitor.records import Int64s


class _File:
    """What has been read of one file and not merged yet."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Rows, Int64s]] = deque()
        self.greatest_us = NEVER_US
        self.ended = False

    def feed(self, rows: Rows) -> None:
        keys = np.maximum(running_max(rows.time_us), self.greatest_us)
        self.greatest_us = int(keys[-1])
        self.waiting.append((rows, keys))

    def take(self, count: int) -> Rows:
        rows, keys = self.waiting.popleft()
        if count < len(rows):
            self.waiting.appendleft((rows.part(count, len(rows)), keys[count:]))
        return rows.part(0, count)


class Merge:
    """Takes the rows of each file in its order, gives the rows of all in the order of the merge.

    A row's key is the greatest time its file has accepted so far; ties go by the order of the files. Owned
    by the monitor's thread.
    """

    def __init__(self, files: int) -> None:
        self._files = [_File() for _ in range(files)]
        self.greatest_us = NEVER_US
        """The greatest time among the rows taken so far."""

    def wants(self) -> int | None:
        """Return the file that must be fed before more can be taken; None where there is none."""
        for index, file in enumerate(self._files):
            if not file.waiting and not file.ended:
                return index
        return None

    def upcoming(self) -> int | None:
        """Return the file that `wants` will return next, as far as is known now; None where all have ended."""
        open_files = [(file.greatest_us, index) for index, file in enumerate(self._files) if not file.ended]
        # What has been read of it is taken before the last row of any other.
        return min(open_files)[1] if open_files else None

    def feed(self, index: int, rows: Rows) -> Rows | None:
        """Take the next rows of a file; return what counts at once, ahead of all rows that wait.

        What becomes of lines in front of these rows belongs to the row before them, which was taken already; what is at
        the head of a file comes before everything.
        """
        if len(rows):
            file = None if rows.looks is None else np.full(len(rows), index, np.int64)
            self._files[index].feed(replace(rows, lead=NO_LINES, file=file))
        return rows.part(0, 0) if rows.has_lead else None

    def end(self, index: int) -> None:
        """Say that this file has no more rows."""
        self._files[index].ended = True

    def take(self) -> Rows | None:
        """Return the next rows of the merge; None when all is taken. Nothing may be wanted."""
        heads = [(int(file.waiting[0][1][-1]), index) for index, file in enumerate(self._files) if file.waiting]
        if not heads:
            return None
        # Nothing that comes later, of any file, can go before the end of this head.
        bound_us, last = min(heads)
        parts, keys = [], []
        for _, index in heads:
            file = self._files[index]
            head_keys = file.waiting[0][1]
            count = int(np.searchsorted(head_keys, bound_us, side="right" if index <= last else "left"))
            if count:
                parts.append(file.take(count))
                keys.append(head_keys[:count])
        self.greatest_us = max(self.greatest_us, bound_us)
        return parts[0] if len(parts) == 1 else _interleaved(parts, keys)


def _interleaved(parts: list[Rows], keys: list[Int64s]) -> Rows:
    # Stable: rows with the same key stay in the order of the files, and of the lines within each.
    order = np.argsort(np.concatenate(keys), kind="stable")
    sizes = [len(part) for part in parts]
    table = pa.Table.from_batches([part.batch for part in parts]).unify_dictionaries().combine_chunks()
    return Rows(
        batch=table.take(order).combine_chunks().to_batches()[0],
        time_us=np.concatenate([part.time_us for part in parts])[order],
        after=_side_by_side([part.after for part in parts], sizes, order),
        looks=_side_by_side([part.looks for part in parts], sizes, order),
        file=_side_by_side([part.file for part in parts], sizes, order, -1),
    )


def _side_by_side(
    columns: Sequence[Int64s | None], sizes: Sequence[int], order: Int64s, nothing: int = 0
) -> Int64s | None:
    """Return what some parts have for each row, in that order; None where none of them has it.

    Args:
        columns: Of each part; the rows are along the last axis.
        sizes: How many rows each part has.
        order: Of the rows of all of them.
        nothing: What the rows of a part have that has no such column.
    """
    shape = next((column.shape[:-1] for column in columns if column is not None), None)
    if shape is None:
        return None
    filled = [
        np.full((*shape, size), nothing, np.int64) if column is None else column
        for column, size in zip(columns, sizes, strict=True)
    ]
    return np.concatenate(filled, axis=-1)[..., order]
