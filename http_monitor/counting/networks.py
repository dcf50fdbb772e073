"""The networks of hosts, counted when they are needed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from http_monitor.addresses import network_name
from http_monitor.counting.groups import Piece
from http_monitor.counting.numbers_by_code import NumbersByCode
from http_monitor.records import Int64s
from http_monitor.report_tables import NetworkCount
from http_monitor.sizes import Sizes, widen

_MAX_KNOWN = 1 << 16
"""Maximum number of hosts whose networks are remembered from one table to the next."""
_NO_NETWORK = -1


class _Networks:
    """Numbers the networks of hosts, and remembers them by host and, for the keys of the last table, by code."""

    def __init__(self) -> None:
        self.names: list[bytes] = []
        """The networks by number."""
        self._number_of: dict[bytes, int] = {}
        self._of_host: dict[bytes, int] = {}
        self.numbers = NumbersByCode(self._find)
        """The number of each host's network, `_NO_NETWORK` for a name."""

    def __len__(self) -> int:
        return len(self._of_host)

    def _find(self, host: bytes) -> int:
        found = self._of_host.get(host)
        if found is None:
            name = network_name(host)
            found = _NO_NETWORK if name is None else self._number_of.setdefault(name, len(self.names))
            if name is not None and found == len(self.names):
                self.names.append(name)
            self._of_host[host] = found
        return found


_last = _Networks()
"""Those of the hosts seen last: most of a table were in the table before. Owned by the monitor's thread."""


@dataclass(frozen=True, slots=True)
class _Sums:
    """The sums of each network, in any order."""

    names: list[bytes]
    """The networks by number."""
    numbers: Int64s
    hits: Int64s
    sizes: Sizes
    errors: Int64s
    hosts: Int64s
    most: Int64s
    """Hits of the host with the most."""

    def first(self, count: int) -> tuple[NetworkCount, ...]:
        """Return the first networks by hits descending and then by key."""
        if count <= 0:
            return ()
        places = np.arange(len(self.numbers))
        if count < len(places):
            # Networks with as many hits as the last one are ranked by key.
            last = np.partition(self.hits, len(places) - count)[len(places) - count]
            places = np.flatnonzero(self.hits >= last)
        columns = (self.hits, self.sizes, self.errors, self.hosts, self.most)
        numbers = zip(*(column[places].tolist() for column in columns), strict=True)
        names = [self.names[number] for number in self.numbers[places].tolist()]
        rows = [NetworkCount(name, *each) for name, each in zip(names, numbers, strict=True)]
        return tuple(sorted(rows, key=lambda row: (-row.hits, row.key))[:count])


class Networks(Sequence[NetworkCount]):
    """The networks of some hosts, by hits descending and then by key; computed on first use.

    Args:
        hosts: The counts of the hosts, which must not change afterwards. A host that is a name has no network.
    """

    __slots__ = ("_hosts", "_rows", "_sums")

    def __init__(self, hosts: Piece) -> None:
        self._hosts: Piece | None = hosts
        self._sums: _Sums | None = None
        self._rows: tuple[NetworkCount, ...] = ()
        """The first networks, as many as were requested."""

    def _first(self, count: int | None) -> tuple[NetworkCount, ...]:
        """Return at least that many, or all."""
        if self._hosts is not None:
            self._sums, self._hosts = _sums_of(self._hosts), None
        if self._sums is not None:
            whole = len(self._sums.numbers)
            wanted = whole if count is None else min(count, whole)
            if wanted > len(self._rows):
                self._rows = self._sums.first(wanted)
            if len(self._rows) == whole:
                self._sums = None
        return self._rows

    def __len__(self) -> int:
        self._first(0)
        return len(self._rows if self._sums is None else self._sums.numbers)

    @overload
    def __getitem__(self, index: int) -> NetworkCount: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[NetworkCount, ...]: ...

    def __getitem__(self, index: int | slice) -> NetworkCount | tuple[NetworkCount, ...]:
        if isinstance(index, int):
            return self._first(index + 1 if index >= 0 else None)[index]
        start, stop, _ = index.indices(len(self))
        return self._first(max(start, stop))[index]

    def __iter__(self) -> Iterator[NetworkCount]:
        return iter(self._first(None))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return self._first(None) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._first(None))

    def __repr__(self) -> str:
        return repr(self._first(None))


def _sums_of(hosts: Piece) -> _Sums:
    # Sums made before keep their own networks.
    global _last
    if len(_last) > _MAX_KNOWN:
        _last = _Networks()
    networks = _last
    number = networks.numbers.of(hosts)
    order = np.argsort(number, kind="stable")
    order = order[np.searchsorted(number[order], 0) :]
    if not len(order):
        none = np.empty(0, np.int64)
        return _Sums([], none, none, none, none, none, none)
    number = number[order]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(number)) + 1))
    hits, sizes = hosts.hits[order], widen(hosts.sizes[order])
    return _Sums(
        networks.names,
        number[starts],
        np.add.reduceat(hits, starts),
        np.add.reduceat(sizes, starts),
        np.add.reduceat(hosts.errors[order], starts),
        np.diff(np.append(starts, len(order))),
        np.maximum.reduceat(hits, starts),
    )
