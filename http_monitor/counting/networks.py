"""The networks of hosts, counted when they are needed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from http_monitor.addresses import network_name
from http_monitor.counting.groups import Piece
from http_monitor.records import Int64s
from http_monitor.report_tables import NetworkCount
from http_monitor.sizes import MAX_INT64, Sizes

_MAX_KNOWN = 1 << 16
"""Maximum number of hosts whose networks are remembered from one table to the next."""
_NO_NETWORK = -1


class _Numbers(dict[bytes, int]):
    """The number of each host's network, `_NO_NETWORK` for a name; filled when it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[bytes] = []
        self._number_of: dict[bytes, int] = {}

    def forget(self) -> None:
        """Forget all hosts."""
        self.clear()
        self.names.clear()
        self._number_of.clear()

    def __missing__(self, host: bytes) -> int:
        name = network_name(host)
        if name is None:
            self[host] = _NO_NETWORK
            return _NO_NETWORK
        number = self._number_of.setdefault(name, len(self.names))
        if number == len(self.names):
            self.names.append(name)
        self[host] = number
        return number


_known = _Numbers()
"""Those of the hosts seen last; most hosts of a table were in the table before. Owned by the monitor's thread."""


@dataclass(frozen=True, slots=True)
class _Sums:
    """The sums of each network, in any order."""

    names: list[bytes]
    hits: Int64s
    sizes: Sizes
    errors: Int64s
    hosts: Int64s
    most: Int64s
    """Hits of the host that has most of them."""

    def first(self, count: int) -> tuple[NetworkCount, ...]:
        """Return the first networks by hits descending and then by key."""
        if count <= 0:
            return ()
        places = np.arange(len(self.names))
        if count < len(places):
            # Those with as many hits as the last one are ranked by key.
            last = np.partition(self.hits, len(places) - count)[len(places) - count]
            places = np.flatnonzero(self.hits >= last)
        columns = (self.hits, self.sizes, self.errors, self.hosts, self.most)
        numbers = zip(*(column[places].tolist() for column in columns), strict=True)
        rows = [NetworkCount(self.names[place], *each) for place, each in zip(places.tolist(), numbers, strict=True)]
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
        """The first ones, as many as were asked for."""

    def _first(self, count: int | None) -> tuple[NetworkCount, ...]:
        """Return at least so many, or all."""
        if self._hosts is not None:
            self._sums, self._hosts = _sums_of(self._hosts), None
        if self._sums is not None:
            whole = len(self._sums.names)
            wanted = whole if count is None else min(count, whole)
            if wanted > len(self._rows):
                self._rows = self._sums.first(wanted)
            if len(self._rows) == whole:
                self._sums = None
        return self._rows

    def __len__(self) -> int:
        self._first(0)
        return len(self._rows if self._sums is None else self._sums.names)

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
    if len(_known) > _MAX_KNOWN:
        _known.forget()
    number = np.fromiter(map(_known.__getitem__, hosts.names()), np.int64, len(hosts))
    order = np.argsort(number, kind="stable")
    order = order[np.searchsorted(number[order], 0) :]
    if not len(order):
        none = np.empty(0, np.int64)
        return _Sums([], none, none, none, none, none)
    number = number[order]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(number)) + 1))
    hits, sizes = hosts.hits[order], hosts.sizes[order]
    if sizes.dtype != np.object_ and int(sizes.max()) > MAX_INT64 // len(sizes):
        sizes = sizes.astype(np.object_)
    return _Sums(
        [_known.names[each] for each in number[starts].tolist()],
        np.add.reduceat(hits, starts),
        np.add.reduceat(sizes, starts),
        np.add.reduceat(hosts.errors[order], starts),
        np.diff(np.append(starts, len(order))),
        np.maximum.reduceat(hits, starts),
    )
