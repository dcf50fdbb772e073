"""Hits by host over the sliding window, counted on request."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from http_monitor.counting.bucket import HostPart
from http_monitor.counting.keys import Codes, Keys
from http_monitor.records import Int64s

_KEPT_IDS = 10_000
_KEPT_BATCHES = 16
_MAX_WAITING = 256
# The hosts of a small batch are found by name as quickly as by their numbers.
_FEW_KEYS = 16
_NOBODY = np.empty(0, np.int32)
# Size limit of the array of hits by host and close.
_MAX_CELLS = 1 << 18


HostMove = tuple[HostPart, int, int]
"""Hosts that enter (1) or leave (-1) the window, the number of closes from now until they do, and that sign last."""


_Entry = TypeVar("_Entry")


class HostCounts:
    """An array of hits by numbered host. Owned by the monitor's thread.

    Hosts that enter and leave the window wait until a question is asked. If too many wait, the next question recounts
    the whole window. A question that the totals can answer counts nothing.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[HostPart, int]] | None = []
        """Parts with their sign; None: too many to be worth their memory."""
        self._forget()

    @property
    def is_tracking(self) -> bool:
        """Whether it needs the hosts that enter and leave; if not, the next question recounts the window."""
        return self._waiting is not None

    @property
    def known(self) -> int:
        """Number of hosts with a number."""
        return len(self._hosts)

    def enter(self, parts: Iterable[HostPart], most: int) -> None:
        """Add hosts with at most `most` hits each in these parts."""
        self._most += most
        self._enqueue(parts, 1)

    def leave(self, parts: Iterable[HostPart]) -> None:
        """Subtract hosts that were added."""
        self._enqueue(parts, -1)

    def above(self, hits: float, everything: Iterator[HostPart]) -> Iterator[tuple[bytes, int]]:
        """Yield (host, hits) for each host with more than `hits`.

        Args:
            hits: at least 0.
            everything: all hosts of the window, for a recount.
        """
        if self._waiting is None or self._most > hits:
            self._count_waiting(everything)
            for number in np.flatnonzero(self._hits > hits).tolist():
                yield self._hosts[number], int(self._hits[number])

    def ahead(
        self, hits: float, everything: Iterator[HostPart], moves: Sequence[HostMove], closes: int
    ) -> tuple[list[bytes], Int64s] | None:
        """Return at least all hosts with more than `hits` now or at a close to come; others may be among them.

        Args:
            hits: at least 0.
            everything: all hosts of the window, for a recount.
            moves: hosts that enter and leave by then.
            closes: the number of closes.

        Returns:
            (hosts, their hits now and at each close, shape (hosts, 1 + closes)); None if they are too many.
        """
        self._count_waiting(everything)
        sums = list(self._sums(part for part, _, sign in moves if sign > 0))
        peak = self._hits.copy()
        for ids, more in sums:
            peak[ids] += more
        near = np.flatnonzero(peak > hits)
        cells = len(near) * (1 + closes)
        if cells > _MAX_CELLS:
            return None
        place_of = np.full(len(peak), -1)
        place_of[near] = np.arange(len(near))
        counts = np.zeros(cells, np.int64)
        counts[:: 1 + closes] = self._hits[near]
        for keys, some in _by_keys(moves, lambda move: move[0][0]):
            codes_in = np.concatenate([codes for (_, codes, _), _, _ in some])
            present = np.flatnonzero(np.bincount(codes_in, minlength=len(keys)))
            place_of_key = np.full(len(keys), -1)
            place_of_key[present] = place_of[self._numbers(keys, present)]
            places = place_of_key[codes_in]
            known = np.flatnonzero(places >= 0)
            close_of = np.repeat([at for _, at, _ in some], [len(codes) for (_, codes, _), _, _ in some])
            changes = np.concatenate([_with_sign(part, sign) for part, _, sign in some])
            np.add.at(counts, places[known] * (1 + closes) + close_of[known], changes[known])
        of_hosts: Int64s = np.cumsum(counts.reshape(len(near), 1 + closes), axis=1)
        return [self._hosts[number] for number in near.tolist()], of_hosts

    def hits(self, host: bytes, everything: Iterator[HostPart]) -> int:
        """Return the hits of one host."""
        self._count_waiting(everything)
        number = self._id_of.get(host)
        return 0 if number is None else int(self._hits[number])

    def _forget(self) -> None:
        self._id_of: dict[bytes, int] = {}
        self._hosts: list[bytes] = []
        self._hits: Int64s = np.zeros(1024, np.int64)
        # A batch's host is looked up once, not once per bucket; -1 until a bucket contains it.
        self._ids_of_keys: dict[int, tuple[Keys, Int64s]] = {}
        self._most = 0
        """Upper bound for the hits of any host."""

    def _enqueue(self, parts: Iterable[HostPart], sign: int) -> None:
        if self._waiting is not None:
            self._waiting.extend((part, sign) for part in parts)
            if len(self._waiting) > _MAX_WAITING:
                self._waiting = None
                self._forget()

    def _count_waiting(self, everything: Iterator[HostPart]) -> None:
        """Count the waiting parts."""
        if self._waiting is not None and not self._waiting:
            return
        if self._waiting is None or self._mostly_absent():
            self._forget()
            self._waiting = [(part, 1) for part in everything]
        for sign in (1, -1):
            for ids, hits in self._sums(part for part, its_sign in self._waiting if its_sign == sign):
                self._hits[ids] += sign * hits
        self._waiting = []
        self._most = int(self._hits.max())

    def _mostly_absent(self) -> bool:
        """Whether to number the hosts anew because most numbered ones have left the window."""
        return len(self._hosts) > _KEPT_IDS and int(np.count_nonzero(self._hits)) * 2 < len(self._hosts)

    def _number(self, host: bytes) -> int:
        number = self._id_of.get(host)
        if number is None:
            number = self._id_of[host] = len(self._hosts)
            self._hosts.append(host)
            if number == len(self._hits):
                self._hits = np.concatenate((self._hits, np.zeros(number, np.int64)))
        return number

    def _sums(self, parts: Iterable[HostPart]) -> Iterator[tuple[Codes, Int64s]]:
        """Yield (numbers of hosts, hits of each), with each host once per pair."""
        for keys, some in _by_keys(parts, lambda part: part[0]):
            rows = [codes for _, codes, hits in some if hits is None]
            total = np.bincount(np.concatenate(rows) if rows else _NOBODY, minlength=len(keys))
            for _, codes, hits in some:
                if hits is not None:
                    total[codes] += hits
            present = np.flatnonzero(total)
            yield self._numbers(keys, present), total[present]

    def _numbers(self, keys: Keys, codes: Codes) -> Codes:
        if len(keys) <= _FEW_KEYS:
            values = keys.values()
            return np.array([self._number(values[code]) for code in codes.tolist()], np.int64)
        keys, codes = keys.to_shared(codes)
        ids = self._ids_of(keys)
        new = codes[ids[codes] < 0]
        if len(new):
            values = keys.values()
            for code in np.flatnonzero(np.bincount(new)).tolist():
                ids[code] = self._number(values[code])
        return ids[codes]

    def _ids_of(self, keys: Keys) -> Int64s:
        """Return the number of each key's host, -1 if not known yet; the caller fills these in."""
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
        return ids


def host_history(host: bytes, places: Iterable[tuple[int, Iterable[HostPart]]], count: int) -> Int64s:
    """Return the hits of one host at each of `count` places.

    Args:
        host: The host.
        places: (index, hosts with their hits there).
        count: The number of places.
    """
    history = np.zeros(count, np.int64)
    code_of: dict[int, int] = {}
    for place, parts in places:
        for keys, codes, hits in parts:
            # Buckets share their keys, and a search takes as long as there are keys.
            code = code_of.get(id(keys))
            if code is None:
                code = code_of[id(keys)] = keys.code_of(host)
            found = codes == code
            history[place] += np.count_nonzero(found) if hits is None else int(hits[found].sum())
    return history


def _by_keys(entries: Iterable[_Entry], keys_of: Callable[[_Entry], Keys]) -> Iterator[tuple[Keys, list[_Entry]]]:
    """Yield keys with the entries that share them."""
    found: dict[int, tuple[Keys, list[_Entry]]] = {}
    for entry in entries:
        keys = keys_of(entry)
        found.setdefault(id(keys), (keys, []))[1].append(entry)
    yield from found.values()


def _with_sign(part: HostPart, sign: int) -> Int64s:
    _, codes, hits = part
    return np.full(len(codes), sign) if hits is None else sign * hits.astype(np.int64)
