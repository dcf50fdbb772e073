"""Hits by host over the sliding window, counted when somebody asks who stands out."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from http_monitor.metrics.bucket import HostPart
from http_monitor.metrics.keys import Codes, Keys
from http_monitor.records import Int64s

_KEPT_IDS = 10_000
_KEPT_BATCHES = 16
_MOST_WAITING = 256
# The hosts of a small batch are looked up as quickly as their numbers would be.
_FEW_KEYS = 16
# So many counts are foreseen at once.
_MOST_CELLS = 1 << 20


HostMove = tuple[HostPart, int, int]
"""Hosts that enter (1) or leave (-1) the window, the close from now on at which they do, counted from 1, and that sign
last."""


class HostCounts:
    """An array of hits behind a numbering of the hosts. Owned by the monitor's thread.

    What enters and leaves the window waits until somebody asks; when too much waits, the whole window is counted
    afresh on the next question. A question whose answer is plain from the totals asks nobody.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[HostPart, int]] | None = []
        """Parts with their sign; None: too many to be worth their memory."""
        self._forget()

    @property
    def follows(self) -> bool:
        """Whether it wants to know what enters and leaves; if not, it will count everything when asked."""
        return self._waiting is not None

    @property
    def known(self) -> int:
        """How many hosts have a number."""
        return len(self._hosts)

    def enter(self, parts: Iterable[HostPart], most: int) -> None:
        """Add hosts, none of which has more than `most` hits in these parts."""
        self._most += most
        self._wait(parts, 1)

    def leave(self, parts: Iterable[HostPart]) -> None:
        """Subtract hosts that had been added."""
        self._wait(parts, -1)

    def above(self, hits: float, everything: Iterator[HostPart]) -> Iterator[tuple[bytes, int]]:
        """Yield (host, hits) for each host with more hits than that.

        Args:
            hits: at least 0.
            everything: all that is in the window, should it have to be counted afresh.
        """
        if self._waiting is None or self._most > hits:
            self._settle(everything)
            for number in np.flatnonzero(self._hits > hits).tolist():
                yield self._hosts[number], int(self._hits[number])

    def ahead(
        self, hits: float, everything: Iterator[HostPart], moves: Sequence[HostMove], closes: int
    ) -> tuple[list[bytes], Int64s] | None:
        """Return all hosts that have more hits than that now or at a close to come, and maybe others.

        Args:
            hits: at least 0.
            everything: all that is in the window, should it have to be counted afresh.
            moves: what enters and leaves until then.
            closes: how many there are.

        Returns:
            (hosts, their hits now and at each close, shape (hosts, 1 + closes)), or None where they are too many.
        """
        self._settle(everything)
        ids_of = [self._numbers(keys, codes) for (keys, codes, _), _, _ in moves]
        peak = self._hits.copy()
        for ids, ((_, _, more), _, sign) in zip(ids_of, moves, strict=True):
            if sign > 0:
                np.add.at(peak, ids, 1 if more is None else more)
        near = np.flatnonzero(peak > hits)
        if len(near) * closes > _MOST_CELLS:
            return None
        place_of = np.full(len(peak), -1)
        place_of[near] = np.arange(len(near))
        counts = np.zeros((len(near), 1 + closes), np.int64)
        for ids, ((_, _, more), at, sign) in zip(ids_of, moves, strict=True):
            places = place_of[ids]
            known = np.flatnonzero(places >= 0)
            np.add.at(counts[:, at], places[known], sign if more is None else sign * more[known])
        counts[:, 0] = self._hits[near]
        return [self._hosts[number] for number in near.tolist()], np.cumsum(counts, axis=1)

    def hits(self, host: bytes, everything: Iterator[HostPart]) -> int:
        """Return the hits of a host."""
        self._settle(everything)
        number = self._id_of.get(host)
        return 0 if number is None else int(self._hits[number])

    def _forget(self) -> None:
        self._id_of: dict[bytes, int] = {}
        self._hosts: list[bytes] = []
        self._hits: Int64s = np.zeros(1024, np.int64)
        # The number of a batch's host is looked up once, not once a bucket; -1 until a bucket has the host.
        self._ids_of_keys: dict[int, tuple[Keys, Int64s]] = {}
        self._most = 0
        """No host has more hits than that."""

    def _wait(self, parts: Iterable[HostPart], sign: int) -> None:
        if self._waiting is not None:
            self._waiting.extend((part, sign) for part in parts)
            if len(self._waiting) > _MOST_WAITING:
                self._waiting = None
                self._forget()

    def _settle(self, everything: Iterator[HostPart]) -> None:
        """Count what waits."""
        if self._waiting is not None and not self._waiting:
            return
        if self._waiting is None or self._mostly_absent():
            self._forget()
            self._waiting = [(part, 1) for part in everything]
        for (keys, codes, hits), sign in self._waiting:
            ids = self._numbers(keys, codes)
            if hits is None:
                np.add.at(self._hits, ids, sign)
            else:
                self._hits[ids] += sign * hits
        self._waiting = []
        self._most = int(self._hits.max())

    def _mostly_absent(self) -> bool:
        """Whether it is time to number the hosts anew: most of those numbered have left the window."""
        return len(self._hosts) > _KEPT_IDS and int(np.count_nonzero(self._hits)) * 2 < len(self._hosts)

    def _number(self, host: bytes) -> int:
        number = self._id_of.get(host)
        if number is None:
            number = self._id_of[host] = len(self._hosts)
            self._hosts.append(host)
            if number == len(self._hits):
                self._hits = np.concatenate((self._hits, np.zeros(number, np.int64)))
        return number

    def _numbers(self, keys: Keys, codes: Codes) -> Codes:
        if len(keys) <= _FEW_KEYS:
            values = keys.values()
            return np.array([self._number(values[code]) for code in codes.tolist()], np.int64)
        keys, codes = keys.numbered(codes)
        known = self._ids_of_keys.get(id(keys))
        if known is None or known[0] is not keys:
            if len(self._ids_of_keys) > _KEPT_BATCHES:
                self._ids_of_keys.clear()
            known = self._ids_of_keys[id(keys)] = keys, np.full(len(keys), -1, np.int64)
        ids = known[1]
        if len(ids) < len(keys):
            # A numbering grows.
            ids = np.concatenate((ids, np.full(len(keys) - len(ids), -1, np.int64)))
            self._ids_of_keys[id(keys)] = keys, ids
        new = codes[ids[codes] < 0]
        if len(new):
            values = keys.values()
            for code in np.unique(new).tolist():
                ids[code] = self._number(values[code])
        return ids[codes]
