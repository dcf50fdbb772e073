"""The failed requests of an interval, by endpoint, method and status, with the most affected host."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Self

import numpy as np

from http_monitor.codec import MAX_HITS, check_list, integer, key_of, moment_of, text_of
from http_monitor.counting.failing.endpoint_key import load_endpoint, save_endpoint
from http_monitor.counting.failing.failed_rows import FailedRows
from http_monitor.counting.failing.numbering import FailingNumbering
from http_monitor.counting.long_keys import LIGHT_BYTES, room_of
from http_monitor.records import Int64s

FailingKey = tuple[int, bytes | None, bytes | None, bytes]
"""(status, method, endpoint, host)."""
Seen = list[int]
"""[hits, least time, greatest time]"""
_MAX_WAITING = 1 << 16
"""Maximum number of rows that are kept uncounted until the counts are needed."""


class FailingRows:
    """Rows with status 500–599, counted when the counts are needed.

    Of more than `cap` combinations of status, method, endpoint and host, the first are kept; the hits of the others are
    dropped. A combination with a long key takes the room of several.

    Args:
        cap: The number of combinations.
    """

    __slots__ = ("_cap", "_count", "_room", "_seen", "_waiting")

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._room = 0
        self._seen: dict[FailingKey, Seen] = {}
        self._waiting: list[FailedRows] = []
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._waiting or self._seen)

    def add(self, failed: FailedRows) -> None:
        """Add rows."""
        if len(failed):
            self._waiting.append(failed)
            self._count += len(failed)
            if self._count > _MAX_WAITING:
                self.count()

    def merge(self, others: Mapping[FailingKey, Seen]) -> None:
        """Add the counts of another engine."""
        seen = self.count()
        for key, (hits, first_us, last_us) in others.items():
            self._note(seen, key, hits, first_us, last_us)

    def find_uncounted(self, room: int) -> "UncountedRows | None":
        """Return all rows if none is counted yet and the cap drops none of them; None otherwise, or if there are none.

        Counting by number is faster than by key.

        Args:
            room: Maximum number of endpoints that have a number; None is returned if more have.
        """
        waiting = self._waiting
        if waiting and len(waiting[0].numbering.keys) > room:
            return None
        if self._seen or not waiting or self._count > self._cap or any(failed.some_long for failed in waiting):
            return None
        if any(failed.numbering is not waiting[0].numbering for failed in waiting):
            return None
        return UncountedRows(waiting)

    def count(self) -> dict[FailingKey, Seen]:
        """Return the counts, in the order of the first row of each combination."""
        for failed in self._waiting:
            self._count_rows(failed)
        self._waiting, self._count = [], 0
        return self._seen

    def save(self) -> list[Any]:
        """Return the counts as JSON."""
        return [[*save_endpoint(key[:3]), text_of(key[3]), *numbers] for key, numbers in self.count().items()]

    @classmethod
    def load(cls, given: Any, cap: int) -> Self:
        """Return saved counts. Raises TypeError or ValueError for anything else."""
        rows = cls(cap)
        for status, method, path, host, hits, first_us, last_us in map(check_list, check_list(given)):
            key = *load_endpoint(status, method, path), key_of(host)
            rows._note(rows._seen, key, integer(hits, 1, MAX_HITS), moment_of(first_us), moment_of(last_us))
        return rows

    def _count_rows(self, failed: FailedRows) -> None:
        # A dictionary keeps the order of the first row of each.
        number_of: dict[tuple[int, bytes], int] = {}
        pairs = zip(failed.codes.tolist(), failed.hosts, strict=True)
        numbers = np.fromiter((number_of.setdefault(pair, len(number_of)) for pair in pairs), np.int64)
        hits = np.bincount(numbers).tolist()
        least, greatest = (times.tolist() for times in span_of(numbers, len(number_of), failed.times_us))
        keys = failed.numbering.keys
        for at, (code, host) in enumerate(number_of):
            self._note(self._seen, (*keys[code], host), hits[at], least[at], greatest[at])

    def _note(self, seen: dict[FailingKey, Seen], key: FailingKey, hits: int, first_us: int, last_us: int) -> None:
        found = seen.get(key)
        if found is not None:
            found[0] += hits
            found[1], found[2] = min(found[1], first_us), max(found[2], last_us)
            return
        method, path, host = key[1] or b"", key[2] or b"", key[3]
        room = 1
        if len(method) + len(path) + len(host) > LIGHT_BYTES:
            room = room_of(method) + room_of(path) + room_of(host) - 2
        if self._room + room <= self._cap:
            self._room += room
            seen[key] = [hits, first_us, last_us]


class UncountedRows:
    """The failed rows of an interval, with one numbering.

    Args:
        waiting: At least one batch with rows.
    """

    def __init__(self, waiting: Sequence[FailedRows]) -> None:
        self._waiting = waiting
        self.numbering: FailingNumbering = waiting[0].numbering
        every = waiting[0].codes if len(waiting) == 1 else np.concatenate([failed.codes for failed in waiting])
        times_us = np.concatenate([failed.times_us for failed in waiting])
        self.codes, self._first, self._places = np.unique(every, return_index=True, return_inverse=True)
        """The numbers of the endpoints, ascending."""
        self.first_us, self.last_us = span_of(self._places, len(self.codes), times_us)
        """The least and the greatest time of each endpoint."""

    def hits(self) -> Int64s:
        """Return the hits of each endpoint."""
        return np.bincount(self._places)

    def hosts_of(self, chosen: list[int]) -> list[bytes]:
        """Return the host with most hits of each of some endpoints; of several hosts, the first by name."""
        wanted = dict.fromkeys(chosen)
        hosts = chain.from_iterable(failed.hosts for failed in self._waiting)
        pairs = Counter(pair for pair in zip(self._places.tolist(), hosts, strict=True) if pair[0] in wanted)
        most: dict[int, tuple[int, bytes]] = {}
        for (place, host), hits in pairs.items():
            found = most.get(place)
            if found is None or hits > found[0] or (hits == found[0] and host < found[1]):
                most[place] = hits, host
        return [most[place][1] for place in chosen]

    def in_order(self) -> Int64s:
        """Return the places of the endpoints in the order of the first row of each."""
        return np.argsort(self._first)


def span_of(places: Int64s, count: int, times_us: Int64s) -> tuple[Int64s, Int64s]:
    """Return the least and the greatest time of each of `count` places, all of which occur."""
    least, greatest = np.full(count, times_us.max()), np.full(count, times_us.min())
    np.minimum.at(least, places, times_us)
    np.maximum.at(greatest, places, times_us)
    return least, greatest
