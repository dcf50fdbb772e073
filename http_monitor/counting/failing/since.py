"""Keeps since when each endpoint has failed."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from http_monitor.codec import check_list, moment_of
from http_monitor.counting.failing.endpoint_key import EndpointKey, load_endpoint, rank_endpoint, save_endpoint
from http_monitor.counting.failing.endpoints import FailingEndpoints
from http_monitor.counting.failing.interval_rows import FailingRows, UncountedRows
from http_monitor.counting.failing.numbering import FailingNumbering
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.records import Int64s
from http_monitor.report_tables import FailingEndpoint

_Spans = dict[EndpointKey, tuple[int, int]]


class FailingSince:
    """Keeps the first failure of each endpoint after its last pause that is longer than a window.

    The times are kept from report to report.

    Args:
        cap: The number of endpoints; further ones have the first failure of their interval.
        window_us: The length of the window.
    """

    def __init__(self, cap: int, window_us: int) -> None:
        self._cap = cap
        self._window_us = window_us
        self._start_us = NEVER_US
        self._spans: _Spans = {}
        self._numbered: _NumberedSpans | None = None
        """Further spans, of endpoints with a number: intervals far below the cap are recorded faster there."""

    def note(self, rows: FailingRows, start_us: int) -> None:
        """Record the interval that begins at `start_us`."""
        if not rows:
            self._begin(start_us)
        elif (uncounted := self._find_uncounted(rows)) is not None:
            self._join_numbered(uncounted, start_us)
        else:
            self._join_all(rows, start_us)

    def report(self, rows: FailingRows, start_us: int) -> Sequence[FailingEndpoint]:
        """Record an interval; return its failing endpoints, most hits first, then by key."""
        if not rows:
            self._begin(start_us)
            return ()
        uncounted = self._find_uncounted(rows)
        if uncounted is None:
            return self._report_all(rows, start_us)
        since_us, order = self._join_numbered(uncounted, start_us), uncounted.in_order()
        keys, codes = uncounted.numbering.keys, uncounted.codes[order].tolist()
        ordered = order.tolist()
        return FailingEndpoints(
            [keys[code] for code in codes],
            uncounted.hits()[order],
            since_us[order],
            lambda places: uncounted.hosts_of([ordered[place] for place in places]),
        )

    def save(self) -> list[Any]:
        """Return the times as JSON, by key, since their storage depends on how rows were cut."""
        self._forget_numbers()
        self._expire()
        ranked = sorted(self._spans.items(), key=lambda item: rank_endpoint(item[0]))
        return [[*save_endpoint(key), *span] for key, span in ranked]

    def load(self, given: Any) -> None:
        """Restore saved times. Raises TypeError or ValueError for anything else."""
        for status, method, path, first_us, last_us in map(check_list, check_list(given)):
            self._spans[load_endpoint(status, method, path)] = moment_of(first_us), moment_of(last_us)

    def _begin(self, start_us: int) -> None:
        """Begin with an interval. After a restart it may be an earlier one; finished spans do not return for it."""
        if start_us < self._start_us:
            self._forget_numbers()
            self._expire()
        self._start_us = start_us

    def _find_uncounted(self, rows: FailingRows) -> UncountedRows | None:
        """Return the rows by number, if the cap cannot be reached, however many spans are finished."""
        return rows.find_uncounted(self._cap - len(self._spans))

    def _join_numbered(self, uncounted: UncountedRows, start_us: int) -> Int64s:
        """Return since when each endpoint of an interval has failed."""
        self._begin(start_us)
        numbered = self._numbered
        if numbered is None or numbered.numbering is not uncounted.numbering:
            self._forget_numbers()
            self._expire()
            numbered = self._numbered = _NumberedSpans(uncounted.numbering)
        numbered.take_over(self._spans)
        return numbered.join(uncounted, self._window_us)

    def _join_all(self, rows: FailingRows, start_us: int) -> dict[EndpointKey, int]:
        """Return since when each endpoint of an interval has failed, in the order of the first row of each."""
        self._forget_numbers()
        self._begin(start_us)
        self._expire()
        spans: _Spans = {}
        for (status, method, path, _), (_, first_us, last_us) in rows.count().items():
            key = status, method, path
            least_us, greatest_us = spans.get(key, (first_us, last_us))
            spans[key] = min(least_us, first_us), max(greatest_us, last_us)
        return {key: self._join(key, *span) for key, span in spans.items()}

    def _report_all(self, rows: FailingRows, start_us: int) -> FailingEndpoints:
        of_hosts: dict[EndpointKey, dict[bytes, int]] = {}
        for (status, method, path, host), (hits, _, _) in rows.count().items():
            counts = of_hosts.setdefault((status, method, path), {})
            counts[host] = counts.get(host, 0) + hits
        since_us = self._join_all(rows, start_us)
        hosts = [min(counts, key=lambda name: (-counts[name], name)) for counts in of_hosts.values()]
        sums = [sum(counts.values()) for counts in of_hosts.values()]
        first_us = np.array([since_us[key] for key in of_hosts], np.int64)
        return FailingEndpoints(
            list(of_hosts), np.array(sums, np.int64), first_us, lambda places: [hosts[place] for place in places]
        )

    def _join(self, key: EndpointKey, first_us: int, last_us: int) -> int:
        before = self._spans.get(key)
        if before is not None and first_us <= before[1] + self._window_us:
            first_us, last_us = min(before[0], first_us), max(before[1], last_us)
        if before is not None or len(self._spans) < self._cap:
            self._spans[key] = first_us, last_us
        return first_us

    def _forget_numbers(self) -> None:
        if self._numbered is not None:
            self._spans.update(self._numbered.spans(self._start_us - self._window_us))
            self._numbered = None

    def _expire(self) -> None:
        """Forget the spans that were finished when the last interval began."""
        least_us = self._start_us - self._window_us
        self._spans = {key: span for key, span in self._spans.items() if span[1] >= least_us}


class _NumberedSpans:
    """The first and the last failure of endpoints by number, including finished spans."""

    def __init__(self, numbering: FailingNumbering) -> None:
        self.numbering = numbering
        self._known = 0
        self._first_us = np.empty(0, np.int64)
        self._last_us = np.empty(0, np.int64)

    def take_over(self, spans: _Spans) -> None:
        """Move the spans of endpoints that have a number since the last call from a dictionary into this object."""
        known, keys = self._known, self.numbering.keys
        if known == len(keys):
            return
        if len(keys) > len(self._first_us):
            more = np.full(2 * len(keys) - len(self._first_us), NEVER_US)
            self._first_us = np.concatenate((self._first_us, more))
            self._last_us = np.concatenate((self._last_us, more))
        self._known = len(keys)
        if not spans:
            return
        for number, key in enumerate(keys[known:], known):
            span = spans.pop(key, None)
            if span is not None:
                self._first_us[number], self._last_us[number] = span

    def join(self, uncounted: UncountedRows, window_us: int) -> Int64s:
        """Add the failures of an interval; return since when each of its endpoints has failed."""
        codes, first_us, last_us = uncounted.codes, uncounted.first_us, uncounted.last_us
        known_us, until_us = self._first_us[codes], self._last_us[codes]
        joined = first_us <= until_us + window_us
        since_us = np.where(joined, np.minimum(known_us, first_us), first_us)
        self._first_us[codes] = since_us
        self._last_us[codes] = np.where(joined, np.maximum(until_us, last_us), last_us)
        return since_us

    def spans(self, least_us: int) -> _Spans:
        """Return the spans that end no earlier than a time."""
        numbers = np.flatnonzero(self._last_us[: self._known] >= max(least_us, NEVER_US + 1))
        spans = zip(self._first_us[numbers].tolist(), self._last_us[numbers].tolist(), strict=True)
        return {self.numbering.keys[number]: span for number, span in zip(numbers.tolist(), spans, strict=True)}
