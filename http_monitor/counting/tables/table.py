"""A table of counts by key, bounded in size and exact at every row (docs/ARCHITECTURE.md, "Counts")."""

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Self

import numpy as np

from http_monitor.codec import (
    MAX_HITS,
    check_list,
    counts,
    distinct,
    encode_integers,
    encode_keys,
    integer,
    keys_of,
    sizes,
    totals,
)
from http_monitor.counting.groups import FrameGroups, Piece
from http_monitor.counting.keys import Codes, Keys
from http_monitor.counting.long_keys import LIGHT_BYTES, room_of
from http_monitor.counting.tables.batches import TableBatches
from http_monitor.counting.tables.compact import PackedPiece
from http_monitor.counting.tables.distinct import ERROR_RATIO, DistinctKeys
from http_monitor.counting.tables.ranking import Ranking
from http_monitor.counting.tables.row_by_row import add_rows, add_rows_of_long_keys, cut_long_keys
from http_monitor.counting.tables.slots import TableSlots
from http_monitor.records import Int64s, Json
from http_monitor.report_tables import KeyCount, Remainder, Table

Counts = list[int]
"""[hits, bytes, errors]"""

_NOTHING_CUT = Remainder()
# Below this number of keys, sorting all of them is quicker than selecting the largest first.
_FEW_KEYS = 64


class KeyTable:
    """Hits, bytes and errors by key, with at most twice `cap` keys at any time; a long key counts for several.

    Before a row that would exceed that, the table is cut to its `cap` largest keys (hits down, then key up); what is
    cut goes to `remainder`. With long keys, the table is cut before a row that would take the room over 2 x `cap`
    (`long_keys.room_of`), and keeps the largest in that order until one would take their room over `cap`.
    Counts stay as a batch grouped them until more are added.

    Args:
        cap: the number of keys that a cut leaves.
        counts_distinct: from the first cut on, estimate the number of distinct keys.
    """

    __slots__ = ("_cap", "_counts", "_counts_distinct", "_distinct", "_remainder", "_some_long")

    def __init__(self, cap: int, *, counts_distinct: bool = False) -> None:
        self._cap = cap
        self._counts_distinct = counts_distinct
        self._distinct: DistinctKeys | None = None
        self._counts: TableSlots | TableBatches | PackedPiece = TableSlots()
        self._remainder = _NOTHING_CUT
        self._some_long = False
        """Some key may take more room than one; room is then summed by key, which is slow."""

    def __len__(self) -> int:
        return len(self._counts)

    def items(self) -> Iterator[tuple[bytes, Counts]]:
        """Yield (key, [hits, bytes, errors]) in no particular order."""
        piece = self.piece()
        counts = zip(piece.hits.tolist(), piece.sizes.tolist(), piece.errors.tolist(), strict=True)
        return zip(piece.names(), map(list, counts), strict=True)

    @property
    def remainder(self) -> Remainder:
        """Counts that have been cut."""
        return self._remainder

    @property
    def distinct(self) -> int:
        """Number of distinct keys seen: exact without an estimate, otherwise estimated."""
        return len(self) if self._distinct is None else max(len(self), self._distinct.estimate())

    def piece(self) -> Piece:
        """Return all counts, as a view that may change with the table."""
        return self._counts.piece()

    def hits_by_code(self) -> tuple[Keys, Codes, Int64s]:
        """Return (keys, codes, hits) in their stored types, which may be unsigned."""
        kept = self._counts if isinstance(self._counts, PackedPiece) else self.piece()
        return kept.keys, kept.codes, kept.hits

    def pack(self) -> None:
        """Use less memory, until more is added."""
        if not isinstance(self._counts, PackedPiece):
            piece = self.piece().with_shared_keys()
            if isinstance(self._counts, TableSlots):
                piece = replace(piece, keys=Keys.pack(piece.keys.values(), some_long=self._some_long))
            self._counts = PackedPiece.of(piece)

    def fits(self, piece: Piece) -> bool:
        """Return whether all keys of a piece fit without a cut."""
        most = 2 * self._cap
        if self._some_long or piece.keys.some_long:
            names = piece.names()
            return self._room_with(names, self._slots().lookup(names)) <= most
        if len(self) + len(piece) <= most:
            return True
        return len(self) + self._slots().lookup(piece.names()).count(None) <= most

    def add(self, groups: FrameGroups, dimension: str, index: int) -> None:
        """Add one group of rows, as if they came one by one in their order."""
        piece, most = groups.piece(dimension, index), 2 * self._cap
        if piece.keys.some_long:
            self._some_long = True
        if not len(piece) or (not self._some_long and self._try_add(piece, most)):
            return
        held, names = self._slots(), piece.names()
        if self._distinct is not None:
            self._distinct.add(names)
        slots = held.lookup(names)
        room = self._room_with(names, slots) if self._some_long else len(held) + slots.count(None)
        if room <= most:
            held.add(names, slots, piece.hits, piece.sizes, piece.errors)
            return
        before = held.names() if self._counts_distinct and self._distinct is None else None
        add = add_rows_of_long_keys if self._some_long else add_rows
        self._counts, cut = add(held, groups.rows(dimension, index), self._cap)
        self._remainder = self._remainder.plus(cut)
        # A cut for a long key may find nothing to remove.
        if before is not None and cut.hits:
            self._distinct = DistinctKeys()
            self._distinct.add(before)
            self._distinct.add(names)

    def merge(self, other: "KeyTable") -> None:
        """Add the counts of another table, then cut this one if more than twice the cap remains.

        The remainder contains the cuts of both; their error bounds add up, since a key can have been cut from both.
        """
        piece = other.piece()
        names = piece.names()
        self._some_long = self._some_long or other._some_long
        held = self._slots()
        before = [*held.names(), *names] if self._counts_distinct and self._distinct is None else []
        held.add(names, held.lookup(names), piece.hits, piece.sizes, piece.errors)
        self._remainder = self._remainder.plus(other._remainder)
        if self._room_with((), ()) > 2 * self._cap if self._some_long else len(held) > 2 * self._cap:
            if self._some_long:
                self._counts, cut = cut_long_keys(held, self._cap)
            else:
                cut = held.cut(self._cap)
            self._remainder = self._remainder.plus(cut)
            if before:
                self._distinct = DistinctKeys()
                self._distinct.add(before)
        if other._distinct is not None and self._counts_distinct:
            if self._distinct is None:
                self._distinct = DistinctKeys()
                self._distinct.add(before)
            self._distinct.merge(other._distinct)
        elif self._distinct is not None:
            self._distinct.add(names)

    def combine(self, other: Self, sign: int) -> "KeyTable":
        """Return this plus or minus the other, remainders included; cuts no key, and drops keys without counts."""
        result = KeyTable(max(self._cap, other._cap))
        held, theirs = TableSlots.of(self.piece()), other.piece()
        names = theirs.names()
        held.add(names, held.lookup(names), sign * theirs.hits, sign * theirs.sizes, sign * theirs.errors)
        held.drop_empty()
        result._counts = held
        result._some_long = self._some_long or other._some_long
        result._remainder = self._remainder.plus(other._remainder, sign)
        return result

    def save(self) -> Json:
        """Return the table as JSON."""
        piece, rest = self.piece(), self._remainder
        sketch = {} if self._distinct is None else {"distinct": self._distinct.save()}
        return {
            **sketch,
            "keys": encode_keys(piece.names()),
            "hits": encode_integers(piece.hits),
            "sizes": encode_integers(piece.sizes),
            "errors": encode_integers(piece.errors),
            "rest": [rest.hits, rest.size_bytes, rest.errors, rest.error_bound],
        }

    def check_codes(self) -> None:
        """Raise ValueError unless all keys are status codes."""
        for name in self.piece().names():
            integer(int(name), 100, 999)

    @classmethod
    def load(cls, given: Json, cap: int, *, counts_distinct: bool = False) -> Self:
        """Return a saved table. Raises KeyError, TypeError or ValueError for anything else."""
        names = distinct(keys_of(given["keys"]))
        count = len(names)
        hits, errors = counts(given["hits"], count), counts(given["errors"], count)
        table = cls(cap, counts_distinct=counts_distinct)
        if counts_distinct and "distinct" in given:
            table._distinct = DistinctKeys.load(given["distinct"])
        table._some_long = max(map(len, names), default=0) > LIGHT_BYTES
        keys = Keys.pack(names, some_long=table._some_long)
        piece = Piece(keys, np.arange(count), hits, sizes(given["sizes"], count), errors)
        table._counts = TableBatches(piece)
        *cut, error_bound = check_list(given["rest"])
        table._remainder = Remainder(*totals(cut), error_bound=integer(error_bound, 0, MAX_HITS))
        return table

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, KeyTable):
            return NotImplemented
        return dict(self.items()) == dict(other.items()) and self._remainder == other._remainder

    def rank(self) -> Table:
        """Return the keys with their counts, largest first; the table must not change afterwards."""
        distinct, piece = self.distinct, self.piece()
        return Table(
            rows=Ranking(len(piece), partial(_largest, piece)),
            distinct=distinct,
            distinct_error=0 if self._distinct is None else math.ceil(ERROR_RATIO * distinct),
            remainder=self._remainder,
        )

    def _try_add(self, piece: Piece, most: int) -> bool:
        """Add a piece unchanged if possible; return whether it was added."""
        if isinstance(self._counts, PackedPiece):
            self._counts = TableBatches(self._counts.piece())
        if isinstance(self._counts, TableBatches):
            # The distinct-count sketch needs each key once, so pieces cannot be stored unmerged.
            return self._distinct is None and self._counts.join(piece, most)
        if len(self._counts) or len(piece) > most:
            return False
        self._counts = TableBatches(piece)
        return True

    def _room_with(self, names: Sequence[bytes], slots: Sequence[int | None]) -> int:
        """Return the room of all keys together with some more, each given with its result of `lookup`."""
        new = (name for name, slot in zip(names, slots, strict=True) if slot is None)
        return sum(map(room_of, self._slots().names())) + sum(map(room_of, new))

    def _slots(self) -> TableSlots:
        """Return the counts in a form to which others can be added."""
        if not isinstance(self._counts, TableSlots):
            self._counts = TableSlots.of(self._counts.piece())
        return self._counts


def _largest(piece: Piece, count: int) -> list[KeyCount]:
    """Return the largest entries, hits down, then key up."""
    hits, total = piece.hits, len(piece)
    if not count:
        return []
    if total > max(count, _FEW_KEYS):
        least = np.partition(hits, total - count)[total - count]
        above, ties = np.flatnonzero(hits > least), np.flatnonzero(hits == least)
        names = piece.at(ties).names()
        first = heapq.nsmallest(count - len(above), range(len(ties)), key=names.__getitem__)
        piece = piece.at(np.concatenate((above, ties[first])))
    counts = zip(piece.names(), piece.hits.tolist(), piece.sizes.tolist(), piece.errors.tolist(), strict=True)
    ranked = sorted(counts, key=lambda entry: (-entry[1], entry[0]))
    return [KeyCount(*entry) for entry in ranked[:count]]
