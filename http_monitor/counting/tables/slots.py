"""Counts by key in growing arrays, with a slot for each key."""

from collections.abc import Sequence

import numpy as np

from http_monitor.counting.groups import Piece
from http_monitor.counting.keys import Keys
from http_monitor.counting.tables.growing_sums import GrowingSums
from http_monitor.records import Int64s
from http_monitor.report_tables import Remainder
from http_monitor.sizes import Sizes


class TableSlots:
    """Hits, bytes and errors in arrays, and the slot of each key."""

    __slots__ = ("_slot_of", "_sums")

    def __init__(self) -> None:
        self._slot_of: dict[bytes, int] = {}
        self._sums = GrowingSums()

    @staticmethod
    def of(piece: Piece) -> "TableSlots":
        """Return the counts of a piece."""
        result, names = TableSlots(), piece.names()
        result.add(names, result.lookup(names), piece.hits, piece.sizes, piece.errors)
        return result

    def __len__(self) -> int:
        return len(self._slot_of)

    def names(self) -> list[bytes]:
        """Return the key of each slot."""
        return list(self._slot_of)

    def piece(self) -> Piece:
        """Return all counts, as a view that may change with the slots."""
        count, sums = len(self), self._sums
        hits, sizes, errors = sums.hits[:count], sums.sizes[:count], sums.errors[:count]
        return Piece(Keys(self.names()), np.arange(count), hits, sizes, errors)

    def lookup(self, names: Sequence[bytes]) -> list[int | None]:
        """Return the slot of each key, None for a new one."""
        return list(map(self._slot_of.get, names))

    def add(self, names: Sequence[bytes], slots: list[int | None], hits: Int64s, sizes: Sizes, errors: Int64s) -> None:
        """Add to keys, each given once with its result of `lookup`."""
        slot_of, before, new = self._slot_of, len(self._slot_of), slots.count(None)
        if new == len(slots):
            slot_of.update(zip(names, range(before, before + new), strict=True))
            places = np.arange(before, before + new)
        else:
            if new:
                for at, slot in enumerate(slots):
                    if slot is None:
                        slots[at] = slot_of[names[at]] = len(slot_of)
            places = np.array(slots, np.int64)
        self._sums.reserve(len(slot_of))
        self._sums.add(places, hits, sizes, errors)

    def cut(self, cap: int) -> Remainder:
        """Keep only the largest (hits down, then key up), and return the remainder.

        Args:
            cap: the number of keys to keep; there must be more.
        """
        count, sums = len(self), self._sums
        hits = sums.hits[:count]
        least = np.partition(hits, count - cap)[count - cap]
        kept = np.flatnonzero(hits > least)
        names = self.names()
        ties = sorted(np.flatnonzero(hits == least).tolist(), key=names.__getitem__)
        kept = np.concatenate((kept, np.array(ties[: cap - len(kept)], np.int64)))
        gone = np.ones(count, np.bool_)
        gone[kept] = False
        cut = np.flatnonzero(gone)
        left_out = Remainder(
            hits=int(hits[cut].sum()),
            size_bytes=int(sums.sizes[cut].sum()),
            errors=int(sums.errors[cut].sum()),
            error_bound=int(hits[cut].max()),
        )
        self._keep(kept)
        return left_out

    def drop_empty(self) -> None:
        """Keep only the keys that have counts."""
        count, sums = len(self), self._sums
        self._keep(np.flatnonzero((sums.hits[:count] != 0) | (sums.sizes[:count] != 0) | (sums.errors[:count] != 0)))

    def _keep(self, slots: Int64s) -> None:
        names = self.names()
        self._slot_of = {names[slot]: at for at, slot in enumerate(slots.tolist())}
        self._sums.keep(slots)
