"""What a report tells of single requests: those that failed, and the endpoints that take long."""

import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from http_monitor.units import iso_utc, visible
from tests.reference.details import middle_of_bucket, nearest_rank
from tests.reference.shapes import RowLike
from tests.reference.table import room_of, shortened

Json = dict[str, Any]
_Key = tuple[int, bytes | None, bytes | None]


class FailingSince:
    """Since when each endpoint fails, from report to report."""

    def __init__(self, cap: int, window_us: int) -> None:
        self._cap = cap
        self._window_us = window_us
        self._spans: dict[_Key, tuple[int, int]] = {}

    def told(self, rows: list[RowLike], start_us: int, top: int) -> list[Json]:
        """Return the endpoints of the interval that failed, most hits first."""
        self._spans = {key: span for key, span in self._spans.items() if span[1] >= start_us - self._window_us}
        kept: dict[tuple[_Key, bytes], list[int]] = {}
        room = 0
        for row in rows:
            if not 500 <= row.status <= 599:
                continue
            method, path = (None if key is None else shortened(key) for key in (row.method, row.path))
            combination = ((row.status, method, path), shortened(row.host))
            more = room_of(method or b"") + room_of(path or b"") + room_of(combination[1]) - 2
            if combination not in kept and room + more <= self._cap:
                kept[combination] = []
                room += more
            if combination in kept:
                kept[combination].append(row.time_us)
        told = []
        for key in dict.fromkeys(key for key, _ in kept):
            of_hosts = {host: len(times) for (one, host), times in kept.items() if one == key}
            times = [time_us for (one, _), some in kept.items() if one == key for time_us in some]
            first_us, last_us = min(times), max(times)
            before = self._spans.get(key)
            if before is not None and first_us <= before[1] + self._window_us:
                first_us, last_us = min(before[0], first_us), max(before[1], last_us)
            if before is not None or len(self._spans) < self._cap:
                self._spans[key] = first_us, last_us
            host = sorted(of_hosts, key=lambda name: (-of_hosts[name], name))[0]
            told.append((key, sum(of_hosts.values()), first_us, host))
        told.sort(key=lambda row: (-row[1], row[0][2] or b"", row[0][1] or b"", row[0][0]))
        return [_failing_row(*row) for row in told[:top]]


def _failing_row(key: _Key, hits: int, first_us: int, host: bytes) -> Json:
    status, method, path = key
    return {
        "key": None if path is None else visible(path),
        "method": None if method is None else visible(method),
        "status": status,
        "hits": hits,
        "first": iso_utc(first_us),
        "host": visible(host),
    }


def slow(rows: list[RowLike], cap: int, top: int) -> list[Json]:
    """Return the endpoints by time spent, then those by the 95th percentile that are not among them."""
    durations: dict[bytes, list[int]] = {}
    room = 0
    for row in rows:
        if row.path is None or row.duration_us is None or row.duration_us < 0:
            continue
        path = shortened(row.path)
        if path not in durations and room + room_of(path) <= cap:
            durations[path] = []
            room += room_of(path)
        if path in durations:
            durations[path].append(row.duration_us)
    return _slow_rows(durations, top)


def _slow_rows(durations: dict[bytes, list[int]], top: int) -> list[Json]:
    found = [
        (key, len(times), sum(times), middle_of_bucket(nearest_rank(times, 95))) for key, times in durations.items()
    ]
    found = [row for row in found if row[3] >= 1_000]
    by_time = sorted(found, key=lambda row: (-row[2], row[0]))[:top]
    by_p95 = sorted(found, key=lambda row: (-row[3], row[0]))[:top]
    return [
        {"key": visible(key), "hits": hits, "total_s": total_us / 1_000_000, "p95_s": p95_us / 1_000_000}
        for key, hits, total_us, p95_us in [*by_time, *(row for row in by_p95 if row not in by_time)]
    ]


class RunRequests:
    """What failed in a run, and how long its requests took; of too many rows, those with least weight go."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._failing: dict[_Key, _Failures] = {}
        self._durations: dict[bytes, list[int]] = {}

    def add(self, row: RowLike) -> None:
        if 500 <= row.status <= 599:
            method, path = (None if key is None else shortened(key) for key in (row.method, row.path))
            key = row.status, method, path
            if key not in self._failing and self._is_full(map(_room_of_key, (*self._failing, key))):
                kept = _kept(self._ranked(), _room_of_key, self._cap)
                self._failing = {key: self._failing[key] for key in kept}
            self._failing.setdefault(key, _Failures(row.time_us)).add(shortened(row.host), row.time_us)
        if row.path is not None and row.duration_us is not None and row.duration_us >= 0:
            path = shortened(row.path)
            if path not in self._durations and self._is_full(map(room_of, (*self._durations, path))):
                ranked = sorted(self._durations, key=lambda key: (-sum(self._durations[key]), key))
                self._durations = {key: self._durations[key] for key in _kept(ranked, room_of, self._cap)}
            self._durations.setdefault(path, []).append(row.duration_us)

    def _is_full(self, rooms: Iterable[int]) -> bool:
        return sum(rooms) > 2 * self._cap

    def _ranked(self) -> list[_Key]:
        def rank(key: _Key) -> tuple[object, ...]:
            status, method, path = key
            return -self._failing[key].hits, path or b"", method or b"", status, path is None, method is None

        return sorted(self._failing, key=rank)

    def failing(self, top: int) -> list[Json]:
        """Return what failed, most hits first."""
        return [
            _failing_row(key, found.hits, found.first_us, sorted(found.hosts, key=found.rank)[0])
            for key in self._ranked()[:top]
            for found in (self._failing[key],)
        ]

    def hosts(self) -> dict[_Key, dict[bytes, int]]:
        """Return the kept hosts of what failed."""
        return {key: found.hosts for key, found in self._failing.items()}

    def slow(self, top: int) -> list[Json]:
        """Return the endpoints by time spent, then by the 95th percentile."""
        return _slow_rows(self._durations, top)


@dataclass
class _Failures:
    """How often an endpoint failed, and for whom."""

    first_us: int
    hits: int = 0
    hosts: dict[bytes, int] = field(default_factory=dict)

    def add(self, host: bytes, time_us: int) -> None:
        self.hits += 1
        self.first_us = min(self.first_us, time_us)
        if host not in self.hosts and len(self.hosts) == 16:
            self.hosts = {host: self.hosts[host] for host in sorted(self.hosts, key=self.rank)[:8]}
        self.hosts[host] = self.hosts.get(host, 0) + 1

    def rank(self, host: bytes) -> tuple[int, bytes]:
        return -self.hosts[host], host


def _room_of_key(key: _Key) -> int:
    return room_of(key[1] or b"") + room_of(key[2] or b"") - 1


def _kept(ranked: list[Any], room_of_key: Callable[[Any], int], cap: int) -> list[Any]:
    kept, room = 0, 0
    for key in ranked:
        room += room_of_key(key)
        if room > cap:
            break
        kept += 1
    return ranked[:kept]


def network_of(host: bytes) -> bytes | None:
    """Return the /24 or /48 of an address; None for a name."""
    try:
        address = ipaddress.ip_address(host.decode("ascii"))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    bits = 24 if address.version == 4 else 48
    return str(ipaddress.ip_network((address, bits), strict=False)).encode()
