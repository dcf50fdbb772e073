"""The failed requests of an interval, by endpoint, method and status, with the host that is affected most."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from http_monitor.codec import MAX_HITS, checked_list, integer, key_of, moment_of, text_of
from http_monitor.counting.frame import Column, Frame
from http_monitor.counting.keys import Codes, Keys
from http_monitor.counting.long_keys import LIGHT_BYTES, room_of
from http_monitor.records import Int64s
from http_monitor.report_tables import FailingEndpoint

FailingKey = tuple[int, bytes | None, bytes | None, bytes]
"""(status, method, endpoint, host)."""
Seen = list[int]
"""[hits, least time, greatest time]"""
_COLUMNS = ("methods", "endpoints", "hosts")
_Endpoint = tuple[int, bytes | None, bytes | None]
"""Status, method and path."""
_MAX_WAITING = 1 << 16
"""Maximum number of rows that are kept uncounted until the counts are needed."""
_Waiting = tuple[Int64s, list[tuple[Keys, Codes] | None], Int64s]


class FailingRows:
    """Rows with status 500–599, counted when the counts are needed.

    Of more than `cap` combinations of status, method, endpoint and host, the first are kept; the hits of the others are
    dropped. A combination with a long key takes the room of several.

    Args:
        cap: The number of combinations.
    """

    __slots__ = ("_cap", "_count", "_room", "_seen", "_waiting")

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._room = 0
        self._seen: dict[FailingKey, Seen] = {}
        self._waiting: list[_Waiting] = []
        self._count = 0

    def add(self, frame: Frame, times_us: Int64s, rows: Int64s) -> None:
        """Add rows of a frame that failed.

        Args:
            frame: The frame.
            times_us: The time of each row of the frame.
            rows: The indices of the failed rows.
        """
        status = status_of(frame.columns["status"], rows)
        columns = [codes_of(frame.columns.get(name), rows) for name in _COLUMNS]
        self._waiting.append((status, columns, times_us[rows]))
        self._count += len(rows)
        if self._count > _MAX_WAITING:
            self.seen()

    def merge(self, others: Mapping[FailingKey, Seen]) -> None:
        """Add the counts of another engine."""
        seen = self.seen()
        for key, (hits, first_us, last_us) in others.items():
            self._note(seen, key, hits, first_us, last_us)

    def seen(self) -> dict[FailingKey, Seen]:
        """Return the counts, in the order of the first row of each combination."""
        for status, columns, times_us in self._waiting:
            self._count_rows(status, columns, times_us)
        self._waiting, self._count = [], 0
        return self._seen

    def save(self) -> list[Any]:
        """Return the counts as JSON."""
        return [
            [status, _text(method), _text(path), text_of(host), *numbers]
            for (status, method, path, host), numbers in self.seen().items()
        ]

    @classmethod
    def load(cls, given: Any, cap: int) -> Self:
        """Return saved counts. Raises TypeError or ValueError for anything else."""
        rows = cls(cap)
        for status, method, path, host, hits, first_us, last_us in map(checked_list, checked_list(given)):
            key = (
                integer(status, 500, 599),
                None if method is None else key_of(method),
                None if path is None else key_of(path),
                key_of(host),
            )
            rows._note(rows._seen, key, integer(hits, 1, MAX_HITS), moment_of(first_us), moment_of(last_us))
        return rows

    def _count_rows(self, status: Int64s, columns: "list[tuple[Keys, Codes] | None]", times_us: Int64s) -> None:
        cells = status
        for column in columns:
            if column is not None:
                cells = cells * (len(column[0]) + 1) + (column[1] + 1)
        _, first, inverse = np.unique(cells, return_index=True, return_inverse=True)
        least, greatest = np.full(len(first), times_us.max()), np.full(len(first), times_us.min())
        np.minimum.at(least, inverse, times_us)
        np.maximum.at(greatest, inverse, times_us)
        order = np.argsort(first)
        rows = first[order]
        methods, paths, hosts = (names_of(column, rows) for column in columns)
        numbers = (np.bincount(inverse)[order].tolist(), least[order].tolist(), greatest[order].tolist())
        for code, method, path, host, hits, first_us, last_us in zip(
            status[rows].tolist(), methods, paths, hosts, *numbers, strict=True
        ):
            self._note(self._seen, (code, method, path, host or b"-"), hits, first_us, last_us)

    def _note(self, seen: dict[FailingKey, Seen], key: FailingKey, hits: int, first_us: int, last_us: int) -> None:
        found = seen.get(key)
        if found is not None:
            found[0] += hits
            found[1], found[2] = min(found[1], first_us), max(found[2], last_us)
            return
        method, path, host = key[1] or b"", key[2] or b"", key[3]
        room = 1
        if len(method) + len(path) + len(host) > LIGHT_BYTES:
            room = room_of(method) + room_of(path) + room_of(host) - 2
        if self._room + room <= self._cap:
            self._room += room
            seen[key] = [hits, first_us, last_us]


class FailingSince:
    """Since when each endpoint fails: its first failure after the last pause that is longer than a window.

    The times are kept from report to report.

    Args:
        cap: The number of endpoints; further ones have the first failure of their interval.
        window_us: The length of the window.
    """

    def __init__(self, cap: int, window_us: int) -> None:
        self._cap = cap
        self._window_us = window_us
        self._spans: dict[_Endpoint, tuple[int, int]] = {}

    def note(self, rows: FailingRows, start_us: int) -> dict[_Endpoint, int]:
        """Take note of the interval from `start_us` on; return since when each of its endpoints has failed."""
        self._spans = {key: span for key, span in self._spans.items() if span[1] >= start_us - self._window_us}
        spans: dict[_Endpoint, tuple[int, int]] = {}
        for (status, method, path, _), (_, first_us, last_us) in rows.seen().items():
            key = status, method, path
            least_us, greatest_us = spans.get(key, (first_us, last_us))
            spans[key] = min(least_us, first_us), max(greatest_us, last_us)
        return {key: self._join(key, *span)[0] for key, span in spans.items()}

    def told(self, rows: FailingRows, start_us: int) -> Sequence[FailingEndpoint]:
        """Return the endpoints of the interval from `start_us` on that failed, most hits first, then by key."""
        hosts: dict[_Endpoint, dict[bytes, int]] = {}
        for (status, method, path, host), (hits, _, _) in rows.seen().items():
            of_hosts = hosts.setdefault((status, method, path), {})
            of_hosts[host] = of_hosts.get(host, 0) + hits
        told = []
        for key, first_us in self.note(rows, start_us).items():
            of_hosts = hosts[key]
            host = min(of_hosts, key=lambda name: (-of_hosts[name], name))
            status, method, path = key
            told.append(FailingEndpoint(path, method, status, sum(of_hosts.values()), first_us, host))
        told.sort(key=lambda row: (-row.hits, row.key or b"", row.method or b"", row.status))
        return tuple(told)

    def _join(self, key: _Endpoint, first_us: int, last_us: int) -> tuple[int, int]:
        before = self._spans.get(key)
        if before is not None and first_us <= before[1] + self._window_us:
            first_us, last_us = min(before[0], first_us), max(before[1], last_us)
        if before is not None or len(self._spans) < self._cap:
            self._spans[key] = first_us, last_us
        return first_us, last_us

    def save(self) -> list[Any]:
        """Return the times as JSON."""
        return [[status, _text(method), _text(path), *span] for (status, method, path), span in self._spans.items()]

    def load(self, given: Any) -> None:
        """Restore what was saved. Raises TypeError or ValueError for anything else."""
        for status, method, path, first_us, last_us in map(checked_list, checked_list(given)):
            key = (
                integer(status, 500, 599),
                None if method is None else key_of(method),
                None if path is None else key_of(path),
            )
            self._spans[key] = moment_of(first_us), moment_of(last_us)


def _text(key: bytes | None) -> str | None:
    return None if key is None else text_of(key)


def status_of(column: Column, rows: Int64s) -> Int64s:
    """Return the status of some rows, which have one."""
    numbers = np.array([int(key) for key in column.keys.values()], np.int64)
    return numbers[column.codes[rows]]


def names_of(column: tuple[Keys, Codes] | None, places: Int64s) -> list[bytes | None]:
    """Return the keys of some of the rows of `codes_of`."""
    return [None] * len(places) if column is None else column[0].some(column[1][places])


def codes_of(column: Column | None, rows: Int64s) -> tuple[Keys, Codes] | None:
    """Return the keys of a column, and the code of each of some rows; None if no row has a key."""
    return None if column is None or not len(column.keys) else (column.keys, column.codes[rows].astype(np.int64))
