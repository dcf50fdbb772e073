"""Counts chosen rows by key, and ranks the keys."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import are_among, take
from http_monitor.filtering.derived import Derive
from http_monitor.ports.views import Order, Totals, ViewRow
from http_monitor.recent.chapter_sums import ChapterSums, sum_chapter
from http_monitor.recent.keys import number_keys
from http_monitor.recent.remembered import Asking
from http_monitor.recent.selection import ChosenRows
from http_monitor.recent.sums import NOT_KNOWN, Histograms, Quantiles, find_greatest, fitting
from http_monitor.records import Int64s
from http_monitor.sizes import Sizes


class Table:
    """The sums of chosen rows by key.

    Args:
        chapters: The rows.
        dimension: One of `ports.views.DIMENSIONS`.
        derivations: Make the dimensions that are no columns.
        asking: Knows the sums of pieces.
    """

    def __init__(
        self, chapters: Sequence[ChosenRows], dimension: str, derivations: Mapping[str, Derive], asking: Asking
    ) -> None:
        found = (sum_chapter(rows, dimension, derivations, asking) for rows in chapters)
        self._parts: list[ChapterSums] = [part for part in found if part is not None]
        self._keys: Any = None
        self._numbers: list[Int64s] = []
        self._hits = self._errors = np.zeros(0, np.int64)
        self._sizes: Sizes = np.zeros(0, np.int64)
        if self._parts:
            self._merge()

    def __len__(self) -> int:
        return len(self._hits)

    def totals(self) -> Totals:
        """Return the sums of all rows, also those without a key."""
        parts = self._parts
        whole = Histograms(1)
        for part in parts:
            for counts in part.buckets:
                whole.add_to_first(counts)
        found = whole.quantiles()
        return Totals(
            sum(int(part.hits.sum()) for part in parts),
            sum(int(part.sizes.sum()) for part in parts),
            sum(int(part.errors.sum()) for part in parts),
            sum(part.with_status for part in parts),
            sum(part.with_size for part in parts),
            _known(int(found.p50[0])),
            _known(int(found.p95[0])),
        )

    def rows(
        self, order: Order, limit: int | None, *, reverse: bool, keys: frozenset[bytes] | None = None
    ) -> tuple[ViewRow, ...]:
        """Return the first rows in an order, of some keys or of all."""
        if not len(self) or limit == 0:
            return ()
        places = np.arange(len(self)) if keys is None else self._places_of(keys)
        if order in ("p50", "p95"):
            if keys is None and not reverse and limit is not None:
                places = self._slow_ones(50 if order == "p50" else 95, limit, places)
            quantiles = self._quantiles(places)
            ranked = self._rank(quantiles.p50 if order == "p50" else quantiles.p95, places, limit, reverse)
            chosen, of_chosen = places[ranked], Quantiles(quantiles.p50[ranked], quantiles.p95[ranked])
        else:
            measures: dict[str, Any] = {"hits": self._hits, "bytes": self._sizes, "errors": self._errors}
            values = np.zeros(len(self), np.int64) if order == "key" else measures[order]
            chosen = places[self._rank(values[places], places, limit, reverse)]
            of_chosen = self._quantiles(chosen)
        return tuple(
            ViewRow(key, hits, size_bytes, errors, _known(p50), _known(p95))
            for key, hits, size_bytes, errors, p50, p95 in zip(
                take(self._keys, chosen).to_pylist(),
                *(column[chosen].tolist() for column in (self._hits, self._sizes, self._errors)),
                of_chosen.p50.tolist(),
                of_chosen.p95.tolist(),
                strict=True,
            )
        )

    def _places_of(self, keys: frozenset[bytes]) -> Int64s:
        return np.flatnonzero(are_among(self._keys, pa.array(sorted(keys), pa.binary())))

    def _merge(self) -> None:
        self._keys, self._numbers = number_keys([(part.keys, part.present) for part in self._parts])
        count = len(self._keys)
        self._hits, self._errors = np.zeros(count, np.int64), np.zeros(count, np.int64)
        sizes: Any = np.zeros(count, np.object_ if any(part.sizes.dtype == np.object_ for part in self._parts) else int)
        for part, number in zip(self._parts, self._numbers, strict=True):
            # Each key has at most one code in a chapter.
            has_key = part.present[number[part.present] >= 0]
            at = number[has_key]
            self._hits[at] += part.hits[has_key]
            self._errors[at] += part.errors[has_key]
            sizes[at] += part.sizes[has_key]
        self._sizes = fitting(sizes)

    def _quantiles(self, chosen: Int64s) -> Quantiles:
        """Return the quantiles of some keys."""
        rank = np.full(len(self) + 1, -1, np.int32)
        rank[chosen] = np.arange(len(chosen))
        histograms = Histograms(len(chosen))
        for part, number in zip(self._parts, self._numbers, strict=True):
            # The number -1 has no rank either.
            histograms.add(rank[number], part.timed_rows())
        return histograms.quantiles()

    def _slow_ones(self, percent: int, limit: int, every: Int64s) -> Int64s:
        """Return at least the keys with the greatest quantiles, as many as the limit; all, if it is no less.

        Sorting all durations to know all quantiles would take longer than all the rest.
        """
        parts = [
            (number.astype(np.int32).take(codes), buckets)
            for part, number in zip(self._parts, self._numbers, strict=True)
            for codes, buckets in part.timed_rows()
        ]
        if not parts:
            return every
        numbers, buckets = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        return find_greatest(numbers, buckets, len(self), percent, limit)

    def _rank(self, values: Any, numbers: Int64s, limit: int | None, reverse: bool) -> Int64s:
        """Return the places of the first keys by value descending and key ascending, or of all that turned round.

        Args:
            values: Of each key.
            numbers: Of the keys.
            limit: The number of keys.
            reverse: Turn the order round.
        """
        count = len(values)
        places = np.arange(count)
        if limit is not None and limit < count and values.dtype != np.object_:
            # Those with the value of the last one are ranked by key.
            if reverse:
                places = np.flatnonzero(values <= np.partition(values, limit - 1)[limit - 1])
            else:
                places = np.flatnonzero(values >= np.partition(values, count - limit)[count - limit])
        keys = take(self._keys, numbers[places]).to_pylist()
        ranked = sorted(
            zip(values[places].tolist(), keys, places.tolist(), strict=True),
            key=lambda entry: (-entry[0], entry[1]),
            reverse=reverse,
        )
        return np.array([place for _, _, place in ranked[:limit]], np.int64)


def _known(value: int) -> int | None:
    return None if value == NOT_KNOWN else value
