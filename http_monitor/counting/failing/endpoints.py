"""The failing endpoints of a report, made only as far as they are read."""

from collections.abc import Iterator, Sequence
from typing import overload

from http_monitor.counting.failing.numbering import EndpointKey
from http_monitor.report_tables import FailingEndpoint

FailingSums = tuple[int, int, bytes]
"""(hits, first time, the host with most hits)"""


class FailingEndpoints(Sequence[FailingEndpoint]):
    """Endpoints that failed, most hits first, then by key; only those asked for are ranked and made.

    Args:
        sums: The sums of each endpoint, which must not change afterwards.
    """

    __slots__ = ("_sums",)

    def __init__(self, sums: dict[EndpointKey, FailingSums]) -> None:
        self._sums = sums

    def __len__(self) -> int:
        return len(self._sums)

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
        items = list(self._sums.items())
        if count < len(items):
            least = sorted([found[0] for _, found in items], reverse=True)[count - 1]
            items = [item for item in items if item[1][0] >= least]
        items.sort(key=lambda item: (-item[1][0], item[0][2] or b"", item[0][1] or b"", item[0][0]))
        return tuple(FailingEndpoint(path, method, status, *sums) for (status, method, path), sums in items[:count])
