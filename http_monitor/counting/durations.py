"""Duration figures of a report: quantiles and the slowest endpoints."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from http_monitor.counting.groups import Piece
from http_monitor.counting.histogram import quantiles
from http_monitor.counting.tables.ranking import Ranking
from http_monitor.counting.tables.table import KeyTable
from http_monitor.report_tables import Durations, SlowEndpoint

_GREATEST_MIN_HITS = 10
_REQUESTS_PER_HIT = 1_000
# The rounding error of means as floats is far smaller.
_SLACK = 1 - 1e-9


def durations_of(table: KeyTable) -> Durations | None:
    """Return the quantiles of a histogram; None if it is empty."""
    counts = [(int(key), hits) for key, (hits, _, _) in table.items()]
    if not counts:
        return None
    return Durations(sum(hits for _, hits in counts), *quantiles(counts, (50, 95, 99)))


def least_hits(timed: int) -> int:
    """Return the number of timed requests that an endpoint needs to be listed among the slowest.

    One is enough in a quiet interval, where each request matters. With thousands of requests it is up to ten, so that
    endpoints with a single slow request do not fill the list.
    """
    return min(_GREATEST_MIN_HITS, 1 + timed // _REQUESTS_PER_HIT)


def slowest_of(table: KeyTable) -> Sequence[SlowEndpoint]:
    """Return the endpoints with the greatest mean duration, ties by key, if they have at least `least_hits`.

    A table that was cut has kept the endpoints with the most requests.
    """
    piece = table.piece()
    timed = int(piece.hits.sum()) + table.remainder.hits
    piece = piece.at(np.flatnonzero(piece.hits >= least_hits(timed)))
    return Ranking(len(piece), partial(_slowest, piece))


def _slowest(piece: Piece, count: int) -> tuple[SlowEndpoint, ...]:
    if not count:
        return ()
    if len(piece) > count:
        means = piece.sizes.astype(np.float64) / piece.hits
        piece = piece.at(np.flatnonzero(means >= np.partition(means, -count)[-count] * _SLACK))
    from fractions import Fraction  # noqa: PLC0415 - most logs have no durations

    entries = zip(piece.names(), piece.hits.tolist(), piece.sizes.tolist(), strict=True)
    ranked = sorted(entries, key=lambda entry: (-Fraction(entry[2], entry[1]), entry[0]))
    return tuple(SlowEndpoint(*entry) for entry in ranked[:count])
