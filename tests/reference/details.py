"""What only some logs say, kept as it came and looked through when it is told."""

from fractions import Fraction
from typing import Any

from http_monitor.units import visible
from tests.reference.shapes import RowLike
from tests.reference.table import BoundedTable

Json = dict[str, Any]


class Details:
    """Durations, bytes received, cache and TLS of the rows of an interval, or of the whole run."""

    def __init__(self, cap: int) -> None:
        self._durations: list[int] = []
        self._upstreams: list[int] = []
        self._bytes_in: list[int] = []
        self._timed = BoundedTable(cap)
        self._cache = BoundedTable(cap)
        self._tls = BoundedTable(cap)

    def add(self, row: RowLike, is_error: bool) -> None:
        if row.duration_us is not None and row.duration_us >= 0:
            self._durations.append(row.duration_us)
            if row.path is not None:
                self._timed.add(row.path, row.duration_us, is_error)
        if row.upstream_us is not None and row.upstream_us >= 0:
            self._upstreams.append(row.upstream_us)
        if row.bytes_in is not None and row.bytes_in >= 0:
            self._bytes_in.append(row.bytes_in)
        if row.cache is not None:
            self._cache.add(row.cache, 0, is_error)
        if row.tls is not None:
            self._tls.add(row.tls, 0, is_error)

    def told(self, top: int) -> Json:
        """Return it under the keys of the NDJSON."""
        return {
            "duration_us": quantiles(self._durations),
            "upstream_us": quantiles(self._upstreams),
            "slowest": self._slowest(top),
            "bytes_in": sum(self._bytes_in) if self._bytes_in else None,
            "cache": _hits_by_key(self._cache),
            "tls": _hits_by_key(self._tls),
        }

    def _slowest(self, top: int) -> list[Json]:
        timed = sum(tally.hits for tally in self._timed.rows.values()) + self._timed.remainder.hits
        least = 1
        while least < 10 and timed >= 1_000 * least:
            least += 1
        enough = [(key, tally) for key, tally in self._timed.rows.items() if tally.hits >= least]
        enough.sort(key=lambda item: (-Fraction(item[1].size_bytes, item[1].hits), item[0]))
        return [
            {"key": visible(key), "hits": tally.hits, "mean_us": tally.size_bytes / tally.hits}
            for key, tally in enough[:top]
        ]


def quantiles(values: list[int]) -> Json | None:
    """Return how many there are, and what the buckets of three of them say."""
    if not values:
        return None
    return {"hits": len(values)} | {f"p{p}": middle_of_bucket(nearest_rank(values, p)) for p in (50, 95, 99)}


def nearest_rank(values: list[int], percent: int) -> int:
    """Return the least value that at least this percentage of the values does not exceed."""
    ordered = sorted(values)
    return next(value for at, value in enumerate(ordered, start=1) if 100 * at >= percent * len(ordered))


def middle_of_bucket(value: int) -> int:
    """Return the middle of the bucket of a value: 64 equal ones between a power of two and the next."""
    width = 1
    while value >= 128 * width:
        width *= 2
    return value - value % width + width // 2


def _hits_by_key(table: BoundedTable) -> dict[str, int]:
    return {visible(key): table.rows[key].hits for key in sorted(table.rows)}
