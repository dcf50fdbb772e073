"""The failed requests of a run, by endpoint, method and status, with the host that is affected most."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from http_monitor.codec import MAX_HITS, checked_list, integer, key_of, moment_of, text_of
from http_monitor.counting.failing import FailingKey, Seen, codes_of, names_of, status_of
from http_monitor.counting.frame import Frame
from http_monitor.counting.long_keys import room_of
from http_monitor.counting.whole_run.bounded_rows import BoundedRows
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.records import Int64s
from http_monitor.report_tables import FailingEndpoint

MAX_HOSTS = 16
"""Maximum number of hosts that are counted for an endpoint; one more, and the half with most failures is kept."""
_FEW = 8
"""Up to this many failures are counted one by one."""
_Key = tuple[int, bytes | None, bytes | None]
"""(status, method, endpoint)."""


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


class RunFailures(BoundedRows[_Key, _Failures]):
    """Rows with status 500–599; those with most hits stay."""

    def room_of(self, key: _Key) -> int:
        """Return the number of keys whose room a key takes."""
        return room_of(key[1] or b"") + room_of(key[2] or b"") - 1

    def rank_of(self, key: _Key, row: _Failures) -> tuple[object, ...]:
        """Return what orders the rows: hits down, then key, method and status."""
        status, method, path = key
        return -row.hits, path or b"", method or b"", status, path is None, method is None

    def weight_of(self, row: _Failures) -> int:
        """Return the number of failures."""
        return row.hits

    def new_row(self) -> _Failures:
        """Return a row without failures."""
        return _Failures()

    def add(self, frame: Frame) -> None:
        """Count the rows of a frame that failed, in the order in which they came."""
        rows = np.flatnonzero(frame.measures.errors)
        if not len(rows):
            return
        assert frame.times_us is not None
        status, times_us = status_of(frame.columns["status"], rows), frame.times_us[rows]
        columns = [codes_of(frame.columns.get(name), rows) for name in ("methods", "endpoints", "hosts")]
        cells = status
        for column in columns[:2]:
            if column is not None:
                cells = cells * (len(column[0]) + 1) + (column[1] + 1)
        _, first, codes = np.unique(cells, return_index=True, return_inverse=True)
        methods, paths = (names_of(column, first) for column in columns[:2])
        hosts = names_of(columns[2], np.arange(len(rows)))
        keys = list(zip(status[first].tolist(), methods, paths, strict=True))
        for part in self.parts(keys, codes):
            self._count(keys, codes[part], times_us[part], [host or b"-" for host in hosts[part]])

    def _count(self, keys: Sequence[_Key], codes: Int64s, times_us: Int64s, hosts: Sequence[bytes]) -> None:
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
        for (status, method, path, host), (hits, first_us, _) in others.items():
            self.row_with_room((status, method, path)).note(host, hits, first_us)

    def rank(self) -> tuple[FailingEndpoint, ...]:
        """Return the endpoints, most hits first, then by key."""
        ranked = sorted(self.rows.items(), key=lambda item: self.rank_of(*item))
        return tuple(
            FailingEndpoint(path, method, status, row.hits, row.first_us, _most(row.hosts))
            for (status, method, path), row in ranked
        )

    def save(self) -> list[Any]:
        """Return the counts as JSON."""
        return [
            [status, _text(method), _text(path), row.hits, row.first_us, _saved(row.hosts)]
            for (status, method, path), row in self.rows.items()
        ]

    def load(self, given: Any) -> None:
        """Restore what was saved. Raises TypeError or ValueError for anything else."""
        for status, method, path, hits, first_us, hosts in map(checked_list, checked_list(given)):
            key = integer(status, 500, 599), _key(method), _key(path)
            row = self.row_with_room(key)
            for host, count in map(checked_list, checked_list(hosts)):
                row.note(key_of(host), integer(count, 1, MAX_HITS), moment_of(first_us))
            if not row.hosts:
                raise ValueError("failures of no host")
            # Some hosts may have been left out.
            row.hits = integer(hits, row.hits, MAX_HITS)


def _saved(hosts: Mapping[bytes, int]) -> list[Any]:
    return [[text_of(host), hits] for host, hits in hosts.items()]


def _most(hosts: Mapping[bytes, int]) -> bytes:
    return min(hosts, key=lambda host: (-hosts[host], host))


def _text(key: bytes | None) -> str | None:
    return None if key is None else text_of(key)


def _key(given: Any) -> bytes | None:
    return None if given is None else key_of(given)
