"""Counts chosen rows of a chapter by the code of their key."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from http_monitor.filtering.derived import Derive
from http_monitor.recent.columns import BUCKET
from http_monitor.recent.keys import ChapterKeys, keys_of
from http_monitor.recent.packed import Ints
from http_monitor.recent.selection import ChosenRows
from http_monitor.recent.sums import add_sizes, sum_by
from http_monitor.records import LACKS_SIZE, Int64s
from http_monitor.sizes import Sizes

_FIRST_SERVER_ERROR, _LAST_SERVER_ERROR = 500, 599


@dataclass(frozen=True, slots=True)
class ChapterSums:
    """The sums of a chapter by code."""

    keys: ChapterKeys
    present: Int64s
    """The codes that rows have; also one that stands for no key."""
    hits: Int64s
    errors: Int64s
    sizes: Sizes
    with_status: int
    with_size: int
    timed: list[tuple[Ints, Ints]]
    """Codes, and the histogram buckets of durations; of rows that may have one."""


def sum_chapter(rows: ChosenRows, dimension: str, derivations: Mapping[str, Derive]) -> ChapterSums | None:
    """Return the sums by a dimension; None if there are no rows."""
    keys = keys_of(rows.chapter, dimension, derivations)
    hits, errors = np.zeros(keys.count, np.int64), np.zeros(keys.count, np.int64)
    sizes: Sizes = np.zeros(keys.count, np.int64)
    with_status = with_size = 0
    timed: list[tuple[Ints, Ints]] = []
    for piece in rows.pieces():
        codes, status = keys.codes(piece), piece.column("status")
        hits += np.bincount(codes, minlength=keys.count)
        sizes = add_sizes(sizes, sum_by(codes, piece.column("size_bytes"), keys.count))
        failed = codes[np.flatnonzero((status >= _FIRST_SERVER_ERROR) & (status <= _LAST_SERVER_ERROR))]
        errors += np.bincount(failed, minlength=keys.count)
        with_status += int(np.count_nonzero(status))
        lacking = np.count_nonzero(piece.column("lacks") & LACKS_SIZE) if piece.has("lacks") else 0
        with_size += piece.count - int(lacking)
        if piece.has(BUCKET):
            timed.append((codes, piece.column(BUCKET)))
    if not hits.any():
        return None
    return ChapterSums(keys, np.flatnonzero(hits), hits, errors, sizes, with_status, with_size, timed)
