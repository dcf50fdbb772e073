"""The stable merge of several replayed files by each file's running maximum (docs/ARCHITECTURE.md, "Time")."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from http_monitor.arrow import take
from http_monitor.clock import END_OF_TIME_US
from http_monitor.eventtime.rows import NEVER_US, NO_LINES, Rows, join_offsets
from http_monitor.eventtime.running_max import running_max
from http_monitor.records import Int64s

_NONE = np.empty(0, np.int64)


class _File:
    """Rows of one file that have been read and not merged yet."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Rows, Int64s]] = deque()
        self.greatest_us = NEVER_US
        self.greatest_offset = -1
        """Greatest offset of the rows returned so far; -1: none is known."""
        self.ended = False

    def feed(self, rows: Rows) -> None:
        keys = np.maximum(running_max(rows.time_us), self.greatest_us)
        self.greatest_us = int(keys[-1])
        self.waiting.append((rows, keys))

    def next_rows(self, count: int) -> Rows:
        rows, keys = self.waiting.popleft()
        if count < len(rows):
            self.waiting.appendleft((rows.part(count, len(rows)), keys[count:]))
        first = rows.part(0, count)
        if first.offsets is not None:
            self.greatest_offset = max(self.greatest_offset, int(first.offsets.resolve().offset.max()))
        return first

    def next_offset(self, held: Iterable[Rows]) -> int | None:
        parts = (*held, *(rows for rows, _ in self.waiting))
        offsets = [part.offsets.resolve().offset for part in parts if part.offsets is not None]
        behind = np.concatenate([some[some > self.greatest_offset] for some in offsets] or [_NONE])
        return int(behind.min()) if len(behind) else None


class Merge:
    """Accepts the rows of each file in its order, and returns the rows of all files in the order of the merge.

    A row's key is the greatest time accepted from its file so far; ties go by the order of the files. Owned by the
    monitor's thread.
    """

    def __init__(self, files: int) -> None:
        self._files = [_File() for _ in range(files)]
        self.greatest_us = NEVER_US
        """The greatest time among the rows returned so far."""

    def wants(self) -> int | None:
        """Return the file that must be fed before more rows can be returned; None if there is none."""
        for index, file in enumerate(self._files):
            if not file.waiting and not file.ended:
                return index
        return None

    def upcoming(self) -> int | None:
        """Return the file that `wants` is expected to return next; None if all have ended."""
        open_files = [(file.greatest_us, index) for index, file in enumerate(self._files) if not file.ended]
        # Its remaining rows precede the last row of any other file.
        return min(open_files)[1] if open_files else None

    def feed(self, index: int, rows: Rows) -> Rows | None:
        """Add the next rows of a file; return rows that count at once, before all rows that wait.

        The fates of lines in front of these rows belong to the row before them, which has been returned already; those
        at the head of a file precede everything.
        """
        if len(rows):
            file = None if rows.looks is None else np.full(len(rows), index, np.int64)
            self._files[index].feed(replace(rows, lead=NO_LINES, file=file))
        return rows.part(0, 0) if rows.has_lead else None

    def next_offset(self, index: int, held: Iterable[Rows]) -> int | None:
        """Return the place of the first line of a file that has not been returned; None if that is not known.

        Lines before a returned one, because they were held or have a part there, do not count.

        Args:
            index: The file.
            held: Lines of it that are held.
        """
        return self._files[index].next_offset(held)

    def end(self, index: int) -> None:
        """Mark the file as ended."""
        self._files[index].ended = True

    @property
    def next_us(self) -> int | None:
        """The key of the next row; None: a file must be fed first, or there are no more rows."""
        if self.wants() is not None:
            return None
        return min((int(file.waiting[0][1][0]) for file in self._files if file.waiting), default=None)

    def next_rows(self, limit_us: int = END_OF_TIME_US) -> Rows | None:
        """Return the next rows of the merge; None at the end. `wants` must be None.

        Args:
            limit_us: The greatest key of the rows, not less than `next_us`.
        """
        heads = [(int(file.waiting[0][1][-1]), index) for index, file in enumerate(self._files) if file.waiting]
        if not heads:
            return None
        # No later row, of any file, can precede the end of this head.
        bound_us, last = min(heads)
        if limit_us < bound_us:
            bound_us, last = limit_us, len(self._files)
        parts, keys = [], []
        for _, index in heads:
            file = self._files[index]
            head_keys = file.waiting[0][1]
            count = int(np.searchsorted(head_keys, bound_us, side="right" if index <= last else "left"))
            if count:
                parts.append(file.next_rows(count))
                keys.append(head_keys[:count])
        self.greatest_us = max(self.greatest_us, *(int(some[-1]) for some in keys))
        return parts[0] if len(parts) == 1 else _interleave(parts, keys)


def _interleave(parts: list[Rows], keys: list[Int64s]) -> Rows:
    # Stable: rows with the same key stay in the order of the files, and of the lines within each.
    order = np.argsort(np.concatenate(keys), kind="stable")
    sizes, offsets = [len(part) for part in parts], join_offsets(parts)
    table = pa.Table.from_batches([part.batch for part in parts]).unify_dictionaries().combine_chunks()
    return Rows(
        batch=take(table, order).combine_chunks().to_batches()[0],
        time_us=np.concatenate([part.time_us for part in parts])[order],
        after=_join_in_order([part.after for part in parts], sizes, order),
        looks=_join_in_order([part.looks for part in parts], sizes, order),
        file=_join_in_order([part.file for part in parts], sizes, order, -1),
        offsets=None if offsets is None else offsets.take(order),
    )


def _join_in_order(
    columns: Sequence[Int64s | None], sizes: Sequence[int], order: Int64s, nothing: int = 0
) -> Int64s | None:
    """Return the values of all parts in the given order; None if no part has any.

    Args:
        columns: One per part; the rows are along the last axis.
        sizes: The number of rows of each part.
        order: The order of the rows of all parts.
        nothing: The value for rows of a part without the column.
    """
    shape = next((column.shape[:-1] for column in columns if column is not None), None)
    if shape is None:
        return None
    filled = [
        np.full((*shape, size), nothing, np.int64) if column is None else column
        for column, size in zip(columns, sizes, strict=True)
    ]
    return np.concatenate(filled, axis=-1)[..., order]
