"""Counts rows, with a cut before each row that would exceed the key limit."""

from collections.abc import Sequence

import numpy as np

from http_monitor.counting.groups import KeyRows, Piece, size_sums
from http_monitor.counting.keys import Keys
from http_monitor.counting.long_keys import room_of
from http_monitor.counting.tables.slots import TableSlots
from http_monitor.records import Int64s
from http_monitor.report_tables import Remainder
from http_monitor.sizes import MAX_INT64, Sizes

# Rows are examined in parts of this length, or of the cap if that is greater.
_MIN_ROWS = 1_024
# Up to this cap a table is cut so often that arrays do not pay.
_SMALL_CAP = 64


def add_rows(slots: TableSlots, rows: KeyRows, cap: int) -> tuple[TableSlots, Remainder]:
    """Add rows with the same result as one by one.

    Args:
        slots: the counts to add to; the caller must not use them afterwards.
        rows: in the order in which they count.
        cap: the number of keys that a cut leaves; there are never more than twice as many.

    Returns:
        (the counts, the remainder of all cuts: the sums, and of the greatest counts the greatest)
    """
    if cap <= _SMALL_CAP:
        return _add_one_by_one(slots, rows, cap)
    rest, step = Remainder(), max(_MIN_ROWS, cap)
    for start in range(0, len(rows.codes), step):
        rest = rest.plus(_add_part(slots, rows, slice(start, start + step), cap))
    return slots, rest


def _add_part(counts: TableSlots, rows: KeyRows, part: slice, cap: int) -> Remainder:
    present, local = np.unique(rows.codes[part], return_inverse=True)
    values = rows.keys.values()
    names = [values[code] for code in present.tolist()]
    measures = rows.measures.take(part)
    errors = measures.errors
    rest, start, total = Remainder(), 0, len(local)
    while start < total:
        slots = counts.lookup(names)
        stop = start + _rows_with_room(local[start:], slots, 2 * cap - len(counts))
        if stop > start:
            ours, some = local[start:stop], slice(start, stop)
            hits = np.bincount(ours, minlength=len(names))
            size_of = size_sums(ours, len(names), measures.take(some))
            errors_of = np.bincount(ours[errors[some]], minlength=len(names))
            at = np.flatnonzero(hits)
            which = at.tolist()
            counts.add([names[n] for n in which], [slots[n] for n in which], hits[at], size_of[at], errors_of[at])
        if stop < total:
            rest = rest.plus(counts.cut(cap))
        start = stop
    return rest


def _rows_with_room(local: Int64s, slots: Sequence[int | None], room: int) -> int:
    """Return the number of leading rows that bring at most `room` new keys.

    Args:
        local: for each row the index of its key.
        slots: for each key its slot, None for a new one.
        room: number of new keys allowed.
    """
    new = np.array([slot is None for slot in slots])
    at = np.flatnonzero(new[local])
    _, first = np.unique(local[at], return_index=True)
    room = max(0, room)
    return len(local) if len(first) <= room else int(at[np.partition(first, room)[room]])


def add_rows_of_long_keys(slots: TableSlots, rows: KeyRows, cap: int) -> tuple[TableSlots, Remainder]:
    """As `add_rows`, for keys that may count for several (`long_keys.room_of`)."""
    return _add_one_by_one(slots, rows, cap)


def cut_long_keys(slots: TableSlots, cap: int) -> tuple[TableSlots, Remainder]:
    """Return the largest counts whose keys take room up to the cap, and the remainder."""
    counts, _, rest = _cut_to(_counts_of(slots.piece()), cap)
    return _slots_of(counts), rest


def _counts_of(piece: Piece) -> dict[bytes, list[int]]:
    columns = zip(piece.hits.tolist(), piece.sizes.tolist(), piece.errors.tolist(), strict=True)
    return dict(zip(piece.names(), map(list, columns), strict=True))


def _slots_of(counts: dict[bytes, list[int]]) -> TableSlots:
    hits_of, sizes_of, errors_of = (np.array(column, np.object_) for column in zip(*counts.values(), strict=True))
    sizes: Sizes = sizes_of if sum(sizes_of) > MAX_INT64 else sizes_of.astype(np.int64)
    piece = Piece(
        Keys(list(counts)), np.arange(len(counts)), hits_of.astype(np.int64), sizes, errors_of.astype(np.int64)
    )
    return TableSlots.of(piece)


def _add_one_by_one(slots: TableSlots, rows: KeyRows, cap: int) -> tuple[TableSlots, Remainder]:
    values, rest = rows.keys.values(), Remainder()
    counts = _counts_of(slots.piece())
    room = sum(map(room_of, counts))
    for code, size, error in zip(
        rows.codes.tolist(), rows.measures.sizes.tolist(), rows.measures.errors.tolist(), strict=True
    ):
        name = values[code]
        mine = counts.get(name)
        if mine is None:
            if room + room_of(name) > 2 * cap:
                counts, room, cut = _cut_to(counts, cap)
                rest = rest.plus(cut)
            mine = counts[name] = [0, 0, 0]
            room += room_of(name)
        mine[0] += 1
        mine[1] += size
        mine[2] += error
    return _slots_of(counts), rest


def _cut_to(counts: dict[bytes, list[int]], cap: int) -> tuple[dict[bytes, list[int]], int, Remainder]:
    """Return the largest counts whose keys take room up to the cap, their room, and the remainder."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1][0], item[0]))
    room = kept = 0
    while kept < len(ranked) and room + room_of(ranked[kept][0]) <= cap:
        room += room_of(ranked[kept][0])
        kept += 1
    lost = [count for _, count in ranked[kept:]]
    if not lost:
        return counts, room, Remainder()
    hits, size_bytes, errors = map(sum, zip(*lost, strict=True))
    return dict(ranked[:kept]), room, Remainder(hits, size_bytes, errors, error_bound=lost[0][0])
