"""What a report tells of single requests: those that failed, and the endpoints that take long."""

import ipaddress
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
        return [
            {
                "key": None if path is None else visible(path),
                "method": None if method is None else visible(method),
                "status": status,
                "hits": hits,
                "first": iso_utc(first_us),
                "host": visible(host),
            }
            for (status, method, path), hits, first_us, host in told[:top]
        ]


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
