"""Counts chosen rows by key, and ranks the keys."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from http_monitor.arrow import take
from http_monitor.filtering.derived import Derive
from http_monitor.ports.views import Order, Totals, ViewRow
from http_monitor.recent.chapter_sums import ChapterSums, sum_chapter
from http_monitor.recent.keys import number_keys
from http_monitor.recent.selection import ChosenRows
from http_monitor.recent.sums import NOT_KNOWN, Histograms, Quantiles, fitting
from http_monitor.records import Int64s
from http_monitor.sizes import Sizes


class Table:
    """The sums of chosen rows by key.

    Args:
        chapters: The rows.
        dimension: One of `ports.views.DIMENSIONS`.
        derivations: Make the dimensions that are no columns.
    """

    def __init__(self, chapters: Sequence[ChosenRows], dimension: str, derivations: Mapping[str, Derive]) -> None:
        found = (sum_chapter(rows, dimension, derivations) for rows in chapters)
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
            for _, buckets in part.timed:
                whole.add_to_first(buckets)
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

    def rows(self, order: Order, limit: int | None, *, reverse: bool) -> tuple[ViewRow, ...]:
        """Return the first rows in an order."""
        if not len(self) or limit == 0:
            return ()
        quantiles = self._quantiles(np.arange(len(self))) if order in ("p50", "p95") else None
        measures: dict[str, Callable[[], Any]] = {
            "hits": lambda: self._hits,
            "bytes": lambda: self._sizes,
            "errors": lambda: self._errors,
            "p50": lambda: quantiles and quantiles.p50,
            "p95": lambda: quantiles and quantiles.p95,
            "key": lambda: np.zeros(len(self), np.int64),
        }
        chosen = self._rank(measures[order](), limit, reverse)
        if quantiles is None:
            of_chosen = self._quantiles(chosen)
        else:
            of_chosen = Quantiles(quantiles.p50[chosen], quantiles.p95[chosen])
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
            histograms.add(rank[number], part.timed)
        return histograms.quantiles()

    def _rank(self, values: Any, limit: int | None, reverse: bool) -> Int64s:
        """Return the numbers of the first keys by value descending and key ascending, or of all that turned round."""
        places = np.arange(len(self))
        if limit is not None and limit < len(self) and values.dtype != np.object_:
            # Those with the value of the last one are ranked by key.
            if reverse:
                places = np.flatnonzero(values <= np.partition(values, limit - 1)[limit - 1])
            else:
                places = np.flatnonzero(values >= np.partition(values, len(self) - limit)[len(self) - limit])
        ranked = sorted(
            zip(values[places].tolist(), take(self._keys, places).to_pylist(), places.tolist(), strict=True),
            key=lambda entry: (-entry[0], entry[1]),
            reverse=reverse,
        )
        return np.array([place for _, _, place in ranked[:limit]], np.int64)


def _known(value: int) -> int | None:
    return None if value == NOT_KNOWN else value
