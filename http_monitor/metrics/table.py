"""A table of counts by key that stays bounded and is exact at the row (DESIGN §3, Bounded keys)."""

import heapq
from collections.abc import Iterable, Iterator

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

    def hits(self, key: bytes) -> int:
        """Return the hits of a key; 0 where it is not kept."""
        counts = self._counts.get(key)
        return counts[0] if counts else 0

    def add(self, groups: FrameGroups, dimension: str, index: int) -> None:
        """Add one group of rows, as if they came one by one in their order."""
        sums = groups.sums(dimension, index)
        if self._fits(sums):
            self.add_sums(sums)
            return
        most = 2 * self._cap
        for row in groups.rows(dimension, index):
            if len(self._counts) == most and row[0] not in self._counts:
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

    def top(self, count: int) -> Table:
        """Return the `count` largest keys."""
        return Table(
            rows=tuple(KeyCount(key, *counts) for key, counts in heapq.nsmallest(count, self.items(), key=_rank)),
            distinct=len(self._counts),
            remainder=self._remainder,
        )

    def _fits(self, sums: list[tuple[bytes, int, int, int]]) -> bool:
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
