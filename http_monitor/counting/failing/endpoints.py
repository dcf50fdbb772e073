"""The failing endpoints of a report, made only as far as they are read."""

from collections.abc import Callable, Iterator, Sequence
from typing import overload

import numpy as np

from http_monitor.counting.failing.endpoint_key import EndpointKey
from http_monitor.records import Int64s
from http_monitor.report_tables import FailingEndpoint

HostsOf = Callable[[list[int]], list[bytes]]
"""Returns, for endpoints given by their places in ascending order, the hosts with most hits."""


class FailingEndpoints(Sequence[FailingEndpoint]):
    """Endpoints that failed, most hits first, then by key; only the requested ones are ranked and made.

    Args:
        keys: Each endpoint once, in the order of the first row of each.
        hits: The hits of each.
        since_us: The time since which each has failed.
        hosts_of: Finds hosts; its data must not change afterwards.
    """

    __slots__ = ("_hits", "_hosts_of", "_keys", "_since_us")

    def __init__(self, keys: Sequence[EndpointKey], hits: Int64s, since_us: Int64s, hosts_of: HostsOf) -> None:
        self._keys = keys
        self._hits = hits
        self._since_us = since_us
        self._hosts_of = hosts_of

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> FailingEndpoint: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[FailingEndpoint, ...]: ...

    def __getitem__(self, index: int | slice) -> FailingEndpoint | tuple[FailingEndpoint, ...]:
        if isinstance(index, slice) and index.start is None and index.step is None and (index.stop or 0) > 0:
            return self._first(index.stop)
        return self._first(len(self))[index]

    def __iter__(self) -> Iterator[FailingEndpoint]:
        return iter(self._first(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return self._first(len(self)) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._first(len(self)))

    def __repr__(self) -> str:
        return repr(self._first(len(self)))

    def _first(self, count: int) -> tuple[FailingEndpoint, ...]:
        places = np.arange(len(self))
        if count < len(places):
            # Endpoints with as many hits as the last one are ranked by key.
            last = np.partition(self._hits, len(places) - count)[len(places) - count]
            places = np.flatnonzero(self._hits >= last)
        chosen = places.tolist()
        numbers = zip(self._hits[places].tolist(), self._since_us[places].tolist(), strict=True)
        rows = [
            FailingEndpoint(path, method, status, hits, first_us, host)
            for (status, method, path), (hits, first_us), host in zip(
                [self._keys[place] for place in chosen], numbers, self._hosts_of(chosen), strict=True
            )
        ]
        rows.sort(key=lambda row: (-row.hits, row.key or b"", row.method or b"", row.status))
        return tuple(rows[:count])
