"""A table of counts by key that stays bounded and is exact at the row (DESIGN §3, Bounded keys)."""

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Self

import numpy as np

from http_monitor.metrics.distinct import ERROR_RATIO, DistinctKeys
from http_monitor.metrics.groups import MOST_INT64, FrameGroups, KeyRows, Piece, Sizes, size_sums, united
from http_monitor.metrics.keys import Codes, Keys
from http_monitor.metrics.packed import PackedPiece
from http_monitor.metrics.saving import (
    MOST_HITS,
    counts,
    distinct,
    integer,
    keys_of,
    listed,
    packed,
    packed_keys,
    sizes,
    totals,
)
from http_monitor.metrics.sums import Sums
from http_monitor.ports import Json
from http_monitor.records import Int64s
from http_monitor.report import KeyCount, Remainder, Table

Counts = list[int]
"""[hits, bytes, errors]"""

_NOTHING_CUT = Remainder()
# Rows that must be counted one by one are looked at so many at a time, or as many as the table keeps.
_LEAST_ROWS = 1_024
# Up to this cap, rows that must be counted one by one are.
_SMALL_CAP = 64
# Pieces are added up so many at a time.
_MOST_WAITING = 16
# Below so many keys, sorting them all is quicker than finding the largest first.
_FEW_KEYS = 64


class KeyTable:
    """Hits, bytes and errors by key, at most twice `cap` keys at any time.

    Before a row that would bring one key more, the table is cut to its `cap` largest (hits down, then key
    up); what is cut goes to `remainder`. The counts stay as a batch grouped them until more come.

    Args:
        cap: so many keys are left by a cut.
        counts_distinct: from the first cut on, estimate how many distinct keys there were.
    """

    __slots__ = (
        "_cap",
        "_counts_distinct",
        "_distinct",
        "_packed",
        "_piece",
        "_remainder",
        "_slot_of",
        "_sums",
        "_waiting",
    )

    def __init__(self, cap: int, *, counts_distinct: bool = False) -> None:
        self._cap = cap
        self._counts_distinct = counts_distinct
        self._distinct: DistinctKeys | None = None
        # Of these three one holds all counts: what is packed, the piece with those that wait, or the slots.
        self._packed: PackedPiece | None = None
        self._piece: Piece | None = None
        # By the keys that the piece has when it is numbered; they are added to it when somebody asks.
        self._waiting: list[Piece] = []
        self._slot_of: dict[bytes, int] = {}
        self._sums = Sums()
        self._remainder = _NOTHING_CUT

    def __len__(self) -> int:
        if self._packed is not None:
            return len(self._packed)
        piece = self._settled()
        return len(self._slot_of) if piece is None else len(piece)

    def items(self) -> Iterator[tuple[bytes, Counts]]:
        """Yield (key, [hits, bytes, errors]) in no particular order."""
        piece = self.piece()
        counts = zip(piece.hits.tolist(), piece.sizes.tolist(), piece.errors.tolist(), strict=True)
        return zip(piece.names(), map(list, counts), strict=True)

    @property
    def remainder(self) -> Remainder:
        """What was cut so far."""
        return self._remainder

    @property
    def distinct(self) -> int:
        """How many distinct keys there were, as far as it knows: those it holds, or the estimate."""
        return len(self) if self._distinct is None else max(len(self), self._distinct.estimate())

    def piece(self) -> Piece:
        """Return all counts; what it shows may change with the table."""
        piece = self._settled()
        if piece is not None:
            return piece
        count, sums = len(self._slot_of), self._sums
        return Piece(
            Keys(list(self._slot_of)), np.arange(count), sums.hits[:count], sums.sizes[:count], sums.errors[:count]
        )

    def hits_by_code(self) -> tuple[Keys, Codes, Int64s]:
        """Return (keys, codes, hits) in the types they are kept in, which may be unsigned."""
        kept = self.piece() if self._packed is None else self._packed
        return kept.keys, kept.codes, kept.hits

    def pack(self) -> None:
        """Take less memory, until more is added."""
        if self._packed is None:
            in_slots, piece = self._piece is None, self.piece().numbered()
            if in_slots:
                piece = replace(piece, keys=Keys.pack(piece.keys.values()))
            self._packed = PackedPiece.of(piece)
            self._piece, self._slot_of, self._sums = None, {}, Sums()

    def fits(self, piece: Piece) -> bool:
        """Return whether all keys of a piece find room without a cut."""
        most = 2 * self._cap
        if len(self) + len(piece) <= most:
            return True
        self._unpack()
        return len(self) + _lookup(self._slot_of, piece.names()).count(None) <= most

    def add(self, groups: FrameGroups, dimension: str, index: int) -> None:
        """Add one group of rows, as if they came one by one in their order."""
        piece, most = groups.piece(dimension, index), 2 * self._cap
        if not len(piece):
            return
        if self._packed is not None:
            self._piece, self._packed = self._packed.piece(), None
        if self._piece is None and not self._slot_of and len(piece) <= most:
            self._piece = piece
            return
        if self._piece is not None and self._distinct is None and self._join(self._piece, piece, most):
            return
        self._unpack()
        names = piece.names()
        if self._distinct is not None:
            self._distinct.add(names)
        slots = _lookup(self._slot_of, names)
        if len(self) + slots.count(None) <= most:
            self._add(names, slots, piece.hits, piece.sizes, piece.errors)
            return
        if self._counts_distinct and self._distinct is None:
            self._distinct = DistinctKeys()
            self._distinct.add(list(self._slot_of))
            self._distinct.add(names)
        rows, step = groups.rows(dimension, index), max(_LEAST_ROWS, self._cap)
        if self._cap <= _SMALL_CAP:
            self._add_singly(rows)
            return
        for start in range(0, len(rows.codes), step):
            self._add_rows(rows, slice(start, start + step))

    def combined(self, other: Self, sign: int) -> "KeyTable":
        """Return this plus or minus the other, remainders included; no key is cut, and one left with nothing goes."""
        result = KeyTable(max(self._cap, other._cap))
        mine, theirs = self.piece(), other.piece()
        names = mine.names()
        result._add(names, _lookup({}, names), mine.hits, mine.sizes, mine.errors)
        names = theirs.names()
        slots = _lookup(result._slot_of, names)
        result._add(names, slots, sign * theirs.hits, sign * theirs.sizes, sign * theirs.errors)
        count, sums = len(result), result._sums
        some = (sums.hits[:count] != 0) | (sums.sizes[:count] != 0) | (sums.errors[:count] != 0)
        result._keep(np.flatnonzero(some))
        old, more = self._remainder, other._remainder
        result._remainder = Remainder(
            hits=old.hits + sign * more.hits,
            size_bytes=old.size_bytes + sign * more.size_bytes,
            errors=old.errors + sign * more.errors,
            error_bound=old.error_bound + sign * more.error_bound,
        )
        return result

    def save(self) -> Json:
        """Return it as JSON."""
        piece, rest = self.piece(), self._remainder
        sketch = {} if self._distinct is None else {"distinct": self._distinct.save()}
        return {
            **sketch,
            "keys": packed_keys(piece.names()),
            "hits": packed(piece.hits),
            "sizes": packed(piece.sizes),
            "errors": packed(piece.errors),
            "rest": [rest.hits, rest.size_bytes, rest.errors, rest.error_bound],
        }

    def check_codes(self) -> None:
        """Raise ValueError unless all keys are status codes."""
        for name in self.piece().names():
            integer(int(name), 100, 999)

    @classmethod
    def load(cls, given: Json, cap: int, *, counts_distinct: bool = False) -> Self:
        """Return the table that was saved. Raises KeyError, TypeError or ValueError for anything else."""
        names = distinct(keys_of(given["keys"]))
        count = len(names)
        hits, errors = counts(given["hits"], count), counts(given["errors"], count)
        table = cls(cap, counts_distinct=counts_distinct)
        if counts_distinct and "distinct" in given:
            table._distinct = DistinctKeys.load(given["distinct"])
        table._piece = Piece(Keys.pack(names), np.arange(count), hits, sizes(given["sizes"], count), errors)
        *cut, error_bound = listed(given["rest"])
        table._remainder = Remainder(*totals(cut), error_bound=integer(error_bound, 0, MOST_HITS))
        return table

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, KeyTable):
            return NotImplemented
        return dict(self.items()) == dict(other.items()) and self._remainder == other._remainder

    def top(self, count: int) -> Table:
        """Return the `count` largest keys."""
        distinct = self.distinct
        return Table(
            rows=tuple(_largest(self.piece(), count)),
            distinct=distinct,
            distinct_error=0 if self._distinct is None else math.ceil(ERROR_RATIO * distinct),
            remainder=self._remainder,
        )

    def _join(self, first: Piece, piece: Piece, most: int) -> bool:
        """Let a piece wait; return False where its keys are not numbered as the first one's, or may be too many."""
        first, piece = first.numbered(), piece.numbered()
        if first.keys is not piece.keys:
            return False
        bound = len(first) + sum(map(len, self._waiting)) + len(piece)
        if bound > most or len(self._waiting) == _MOST_WAITING:
            whole = united((first, *self._waiting, piece))
            if len(whole) > most:
                return False
            self._piece, self._waiting = whole, []
        else:
            self._piece = first
            self._waiting.append(piece)
        return True

    def _settled(self) -> Piece | None:
        """Return all counts as one piece; None where they are in the slots."""
        if self._packed is not None:
            return self._packed.piece()
        if self._piece is not None and self._waiting:
            self._piece, self._waiting = united((self._piece, *self._waiting)), []
        return self._piece

    def _unpack(self) -> None:
        piece = self._settled()
        self._piece = self._packed = None
        if piece is not None:
            names = piece.names()
            self._add(names, _lookup({}, names), piece.hits, piece.sizes, piece.errors)

    def _add(self, names: Sequence[bytes], slots: list[int | None], hits: Int64s, sizes: Sizes, errors: Int64s) -> None:
        """Add to keys, each given once with its slot, or None where it is new; there is room for them."""
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

    def _add_rows(self, rows: KeyRows, part: slice) -> None:
        """Add some of the rows, with a cut before each one that would bring a key too many."""
        present, local = np.unique(rows.codes[part], return_inverse=True)
        values = rows.keys.values()
        names = [values[code] for code in present.tolist()]
        measures = rows.measures.take(part)
        errors = measures.errors
        start, total = 0, len(local)
        while start < total:
            slots = _lookup(self._slot_of, names)
            stop = start + _rows_with_room(local[start:], slots, 2 * self._cap - len(self))
            if stop > start:
                ours, some = local[start:stop], slice(start, stop)
                hits = np.bincount(ours, minlength=len(names))
                size_of = size_sums(ours, len(names), measures.take(some))
                errors_of = np.bincount(ours[errors[some]], minlength=len(names))
                at = np.flatnonzero(hits)
                which = at.tolist()
                self._add([names[n] for n in which], [slots[n] for n in which], hits[at], size_of[at], errors_of[at])
            if stop < total:
                self._cut()
            start = stop

    def _add_singly(self, rows: KeyRows) -> None:
        """Add the rows one after the other: a small table is cut so often that arrays would be in the way."""
        counts, most, values = dict(self.items()), 2 * self._cap, rows.keys.values()
        rest = self._remainder
        for code, size, error in zip(
            rows.codes.tolist(), rows.measures.sizes.tolist(), rows.measures.errors.tolist(), strict=True
        ):
            name = values[code]
            mine = counts.get(name)
            if mine is None:
                if len(counts) >= most:
                    ranked = sorted(counts.items(), key=lambda item: (-item[1][0], item[0]))
                    counts = dict(ranked[: self._cap])
                    cut = [lost for _, lost in ranked[self._cap :]]
                    gone = [sum(column) for column in zip(*cut, strict=True)]
                    rest = Remainder(
                        rest.hits + gone[0],
                        rest.size_bytes + gone[1],
                        rest.errors + gone[2],
                        rest.error_bound + cut[0][0],
                    )
                mine = counts[name] = [0, 0, 0]
            mine[0] += 1
            mine[1] += size
            mine[2] += error
        self._remainder = rest
        self._slot_of, self._sums = {}, Sums()
        hits_of, sizes_of, errors_of = zip(*counts.values(), strict=True)
        sizes: Sizes = np.array(sizes_of, np.object_)
        if sum(sizes_of) <= MOST_INT64:
            sizes = sizes.astype(np.int64)
        hits, errors = np.array(hits_of, np.int64), np.array(errors_of, np.int64)
        self._add(list(counts), [None] * len(counts), hits, sizes, errors)

    def _cut(self) -> None:
        count, cap, sums = len(self), self._cap, self._sums
        hits = sums.hits[:count]
        least = np.partition(hits, count - cap)[count - cap]
        kept = np.flatnonzero(hits > least)
        names = list(self._slot_of)
        ties = sorted(np.flatnonzero(hits == least).tolist(), key=names.__getitem__)
        kept = np.concatenate((kept, np.array(ties[: cap - len(kept)], np.int64)))
        gone = np.ones(count, np.bool_)
        gone[kept] = False
        cut = np.flatnonzero(gone)
        old = self._remainder
        self._remainder = Remainder(
            hits=old.hits + int(hits[cut].sum()),
            size_bytes=old.size_bytes + int(sums.sizes[cut].sum()),
            errors=old.errors + int(sums.errors[cut].sum()),
            # A key can be cut more than once, so the bounds of the cuts add up.
            error_bound=old.error_bound + int(hits[cut].max()),
        )
        self._keep(kept)

    def _keep(self, slots: Int64s) -> None:
        names = list(self._slot_of)
        self._slot_of = {names[slot]: at for at, slot in enumerate(slots.tolist())}
        self._sums.keep(slots)


def _lookup(slot_of: dict[bytes, int], names: Sequence[bytes]) -> list[int | None]:
    return list(map(slot_of.get, names))


def _rows_with_room(local: Int64s, slots: Sequence[int | None], room: int) -> int:
    """Return how many of the first rows bring at most `room` new keys.

    Args:
        local: for each row the index of its key.
        slots: for each key its slot, None for a new one.
        room: how many new keys may come.
    """
    new = np.array([slot is None for slot in slots])
    at = np.flatnonzero(new[local])
    _, first = np.unique(local[at], return_index=True)
    room = max(0, room)
    return len(local) if len(first) <= room else int(at[np.partition(first, room)[room]])


def _largest(piece: Piece, count: int) -> list[KeyCount]:
    """Return the largest entries, hits down, then key up."""
    hits, total = piece.hits, len(piece)
    if total > max(count, _FEW_KEYS):
        least = np.partition(hits, total - count)[total - count]
        above, ties = np.flatnonzero(hits > least), np.flatnonzero(hits == least)
        names = piece.at(ties).names()
        first = heapq.nsmallest(count - len(above), range(len(ties)), key=names.__getitem__)
        piece = piece.at(np.concatenate((above, ties[first])))
    counts = zip(piece.names(), piece.hits.tolist(), piece.sizes.tolist(), piece.errors.tolist(), strict=True)
    ranked = sorted(counts, key=lambda entry: (-entry[1], entry[0]))
    return [KeyCount(*entry) for entry in ranked[:count]]
