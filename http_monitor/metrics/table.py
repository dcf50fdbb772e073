"""A table of counts by key that stays bounded and is exact at the row (DESIGN §3, Bounded keys)."""

import heapq
from collections.abc import Iterable, Iterator
from typing import Self

from http_monitor.metrics.groups import FrameGroups
from http_monitor.report import KeyCount, Remainder, Table

Counts = list[int]
"""[hits, bytes, errors]"""


class KeyTable:
    """Hits, bytes and errors by key, at most twice `cap` keys at any time.

    Before a row that would bring one key more, the table is cut to its `cap` largest (hits down, then key
    up); what is cut goes to `remainder`.
    """

    __slots__ = ("_cap", "_counts", "_remainder")

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._counts: dict[bytes, Counts] = {}
        self._remainder = Remainder()

    def __len__(self) -> int:
        return len(self._counts)

    def items(self) -> Iterator[tuple[bytes, Counts]]:
        """Yield (key, [hits, bytes, errors]) in no particular order."""
        return iter(self._counts.items())

    @property
    def remainder(self) -> Remainder:
        """What was cut so far."""
        return self._remainder

    def add(self, groups: FrameGroups, dimension: str, index: int) -> None:
        """Add one group of rows, as if they came one by one in their order."""
        sums = groups.sums(dimension, index)
        if self.fits(sums):
            self.add_sums(sums)
            return
        most = 2 * self._cap
        for row in groups.rows(dimension, index):
            if len(self._counts) >= most and row[0] not in self._counts:
                self._cut()
            self.add_sums((row,))

    def add_sums(self, sums: Iterable[tuple[bytes, int, int, int]]) -> None:
        """Add (key, hits, bytes, errors) of keys that are known to fit; keys may repeat."""
        table = self._counts
        for key, hits, size, errors in sums:
            counts = table.get(key)
            if counts is None:
                table[key] = [hits, size, errors]
            else:
                counts[0] += hits
                counts[1] += size
                counts[2] += errors

    def combined(self, other: Self, sign: int) -> "KeyTable":
        """Return this plus or minus the other, remainders included; no key is cut, and one left with nothing goes."""
        result = KeyTable(max(self._cap, other._cap))
        counts = {key: list(mine) for key, mine in self.items()}
        for key, theirs in other.items():
            mine = counts.setdefault(key, [0, 0, 0])
            for index, count in enumerate(theirs):
                mine[index] += sign * count
        result._counts = {key: mine for key, mine in counts.items() if any(mine)}
        old, more = self._remainder, other._remainder
        result._remainder = Remainder(
            hits=old.hits + sign * more.hits,
            size_bytes=old.size_bytes + sign * more.size_bytes,
            errors=old.errors + sign * more.errors,
            error_bound=old.error_bound + sign * more.error_bound,
        )
        return result

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, KeyTable):
            return NotImplemented
        return self._counts == other._counts and self._remainder == other._remainder

    __hash__ = None  # type: ignore[assignment]  # a table changes

    def top(self, count: int) -> Table:
        """Return the `count` largest keys."""
        return Table(
            rows=tuple(KeyCount(key, *counts) for key, counts in heapq.nsmallest(count, self.items(), key=_rank)),
            distinct=len(self._counts),
            remainder=self._remainder,
        )

    def fits(self, sums: list[tuple[bytes, int, int, int]]) -> bool:
        """Return whether all these keys find room without a cut."""
        most = 2 * self._cap
        if len(self._counts) + len(sums) <= most:
            return True
        return len(self._counts) + sum(row[0] not in self._counts for row in sums) <= most

    def _cut(self) -> None:
        ranked = sorted(self._counts.items(), key=_rank)
        kept, cut = ranked[: self._cap], ranked[self._cap :]
        old = self._remainder
        self._counts = dict(kept)
        self._remainder = Remainder(
            hits=old.hits + sum(counts[0] for _, counts in cut),
            size_bytes=old.size_bytes + sum(counts[1] for _, counts in cut),
            errors=old.errors + sum(counts[2] for _, counts in cut),
            # A key can be cut more than once, so the bounds of the cuts add up.
            error_bound=old.error_bound + cut[0][1][0],
        )


def _rank(item: tuple[bytes, Counts]) -> tuple[int, bytes]:
    return -item[1][0], item[0]
