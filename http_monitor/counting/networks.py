"""The networks of hosts, counted when they are needed."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import overload

from http_monitor.addresses import network_name
from http_monitor.counting.groups import Piece
from http_monitor.report_tables import NetworkCount

_network_of = lru_cache(maxsize=1 << 16)(network_name)


class Networks(Sequence[NetworkCount]):
    """The networks of some hosts, by hits descending and then by key; computed on first use.

    Args:
        hosts: The counts of the hosts, which must not change afterwards. A host that is a name has no network.
    """

    __slots__ = ("_hosts", "_rows")

    def __init__(self, hosts: Piece) -> None:
        self._hosts: Piece | None = hosts
        self._rows: tuple[NetworkCount, ...] = ()

    def _rows_by_network(self) -> tuple[NetworkCount, ...]:
        if self._hosts is not None:
            self._rows, self._hosts = _networks_of(self._hosts), None
        return self._rows

    def __len__(self) -> int:
        return len(self._rows_by_network())

    @overload
    def __getitem__(self, index: int) -> NetworkCount: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[NetworkCount, ...]: ...

    def __getitem__(self, index: int | slice) -> NetworkCount | tuple[NetworkCount, ...]:
        return self._rows_by_network()[index]

    def __iter__(self) -> Iterator[NetworkCount]:
        return iter(self._rows_by_network())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return self._rows_by_network() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._rows_by_network())

    def __repr__(self) -> str:
        return repr(self._rows_by_network())


def _networks_of(hosts: Piece) -> tuple[NetworkCount, ...]:
    sums: dict[bytes, list[int]] = {}
    counts = zip(hosts.names(), hosts.hits.tolist(), hosts.sizes.tolist(), hosts.errors.tolist(), strict=True)
    for host, hits, size_bytes, errors in counts:
        network = _network_of(host)
        if network is None:
            continue
        found = sums.get(network)
        if found is None:
            sums[network] = [hits, size_bytes, errors, 1, hits]
        else:
            found[0] += hits
            found[1] += size_bytes
            found[2] += errors
            found[3] += 1
            found[4] = max(found[4], hits)
    ranked = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    return tuple(NetworkCount(network, *numbers) for network, numbers in ranked)
