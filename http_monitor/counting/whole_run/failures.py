"""The failed requests of a run, by endpoint, method and status, with the most affected host."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from http_monitor.codec import MAX_HITS, check_list, integer, key_of, moment_of, text_of
from http_monitor.counting.failing.endpoint_key import EndpointKey, load_endpoint, rank_endpoint, save_endpoint
from http_monitor.counting.failing.failed_rows import FailedRows
from http_monitor.counting.failing.interval_rows import FailingKey, Seen
from http_monitor.counting.long_keys import room_of
from http_monitor.counting.whole_run.bounded_rows import BoundedRows
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.records import Int64s
from http_monitor.report_tables import FailingEndpoint

MAX_HOSTS = 16
"""Maximum number of hosts that are counted for an endpoint; beyond it, only the half with most failures is kept."""
_MAX_WAITING = 1 << 14
"""Maximum number of rows that are kept uncounted until the counts are needed."""
_FEW = 8
"""Up to this many failures are counted one by one."""


class _Failures:
    """The failures of an endpoint with one method and status."""

    __slots__ = ("first_us", "hits", "hosts")

    def __init__(self) -> None:
        self.hits = 0
        self.first_us = -NEVER_US
        self.hosts: dict[bytes, int] = {}

    def add(self, hosts: Sequence[bytes], first_us: int) -> None:
        """Count failures by the host of each, in their order."""
        self.hits += len(hosts)
        self.first_us = min(self.first_us, first_us)
        if len(hosts) > _FEW:
            counted = Counter(hosts)
            if len(self.hosts.keys() | counted.keys()) <= MAX_HOSTS:
                for host, hits in counted.items():
                    self.hosts[host] = self.hosts.get(host, 0) + hits
                return
        for host in hosts:
            found = self.hosts.get(host)
            if found is None and len(self.hosts) >= MAX_HOSTS:
                self._cut()
            self.hosts[host] = (found or 0) + 1

    def note(self, host: bytes, hits: int, first_us: int) -> None:
        """Count failures of a host."""
        self.hits += hits
        self.first_us = min(self.first_us, first_us)
        if host not in self.hosts and len(self.hosts) >= MAX_HOSTS:
            self._cut()
        self.hosts[host] = self.hosts.get(host, 0) + hits

    def _cut(self) -> None:
        ranked = sorted(self.hosts.items(), key=lambda item: (-item[1], item[0]))
        self.hosts = dict(ranked[: MAX_HOSTS // 2])


class RunFailures(BoundedRows[EndpointKey, _Failures]):
    """Rows with status 500–599; those with most hits stay."""

    def __init__(self, cap: int) -> None:
        super().__init__(cap)
        self._waiting: list[FailedRows] = []
        self._count = 0

    def room_of(self, key: EndpointKey) -> int:
        """Return the number of keys whose room a key takes."""
        return room_of(key[1] or b"") + room_of(key[2] or b"") - 1

    def rank_of(self, key: EndpointKey, row: _Failures) -> tuple[object, ...]:
        """Return a sort key of the rows: hits down, then key, method and status."""
        return -row.hits, *rank_endpoint(key)

    def weight_of(self, row: _Failures) -> int:
        """Return the number of failures."""
        return row.hits

    def new_row(self) -> _Failures:
        """Return a row without failures."""
        return _Failures()

    def add(self, failed: FailedRows) -> None:
        """Count rows, in the order in which they came."""
        if not len(failed):
            return
        if self._waiting and self._waiting[0].numbering is not failed.numbering:
            self.count_waiting()
        self._waiting.append(failed)
        self._count += len(failed)
        if self._count > _MAX_WAITING or failed.some_long:
            self.count_waiting()

    def count_waiting(self) -> None:
        """Count the rows that were kept uncounted."""
        waiting, self._waiting, self._count = self._waiting, [], 0
        if not waiting:
            return
        numbers, codes = np.unique(np.concatenate([failed.codes for failed in waiting]), return_inverse=True)
        times_us = np.concatenate([failed.times_us for failed in waiting])
        hosts = list(chain.from_iterable(failed.hosts for failed in waiting))
        keys = [waiting[0].numbering.keys[number] for number in numbers.tolist()]
        for part in self.parts(keys, codes):
            self._count_rows(keys, codes[part], times_us[part], hosts[part])

    def _count_rows(self, keys: Sequence[EndpointKey], codes: Int64s, times_us: Int64s, hosts: Sequence[bytes]) -> None:
        # The rows of each key, as they came.
        order = np.argsort(codes, kind="stable")
        ordered = codes[order]
        bounds = np.flatnonzero(np.diff(ordered, prepend=-1))
        if not len(bounds):
            return
        firsts_us = np.minimum.reduceat(times_us[order], bounds).tolist()
        places, keys_at, ends = order.tolist(), ordered[bounds].tolist(), [*bounds[1:].tolist(), len(codes)]
        for at, first_us, start, stop in zip(keys_at, firsts_us, bounds.tolist(), ends, strict=True):
            row = self.row_of(keys[at])
            of_key = places[start:stop]
            row.add([hosts[place] for place in of_key], first_us)

    def merge(self, others: Mapping[FailingKey, Seen]) -> None:
        """Add the counts of another engine."""
        self.count_waiting()
        for (status, method, path, host), (hits, first_us, _) in others.items():
            self.row_with_room((status, method, path)).note(host, hits, first_us)

    def rank(self) -> tuple[FailingEndpoint, ...]:
        """Return the endpoints, most hits first, then by key."""
        self.count_waiting()
        ranked = sorted(self.rows.items(), key=lambda item: self.rank_of(*item))
        return tuple(
            FailingEndpoint(path, method, status, row.hits, row.first_us, _most(row.hosts))
            for (status, method, path), row in ranked
        )

    def save(self) -> list[Any]:
        """Return the counts as JSON."""
        self.count_waiting()
        return [[*save_endpoint(key), row.hits, row.first_us, _save_hosts(row.hosts)] for key, row in self.rows.items()]

    def load(self, given: Any) -> None:
        """Restore saved counts. Raises TypeError or ValueError for anything else."""
        self.count_waiting()
        for status, method, path, hits, first_us, hosts in map(check_list, check_list(given)):
            row = self.row_with_room(load_endpoint(status, method, path))
            for host, count in map(check_list, check_list(hosts)):
                row.note(key_of(host), integer(count, 1, MAX_HITS), moment_of(first_us))
            if not row.hosts:
                raise ValueError("failures of no host")
            # Some hosts may have been dropped.
            row.hits = integer(hits, row.hits, MAX_HITS)


def _save_hosts(hosts: Mapping[bytes, int]) -> list[Any]:
    return [[text_of(host), hits] for host, hits in hosts.items()]


def _most(hosts: Mapping[bytes, int]) -> bytes:
    return min(hosts, key=lambda host: (-hosts[host], host))
