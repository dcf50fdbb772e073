"""How long requests took, as a report tells it of what was counted."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

import numpy as np

from http_monitor.counting.groups import Piece
from http_monitor.counting.histogram import quantiles
from http_monitor.counting.tables.ranking import Ranking
from http_monitor.counting.tables.table import KeyTable
from http_monitor.report_tables import Durations, SlowEndpoint

_MOST_NEEDED = 10
_OF_SO_MANY = 1_000
# Means as floats are wrong by far less.
_SLACK = 1 - 1e-9


def durations_of(table: KeyTable) -> Durations | None:
    """Return the quantiles of a histogram; None of an empty one."""
    counts = [(int(key), hits) for key, (hits, _, _) in table.items()]
    if not counts:
        return None
    return Durations(sum(hits for _, hits in counts), *quantiles(counts, (50, 95, 99)))


def least_hits(timed: int) -> int:
    """Return how many requests with a duration an endpoint needs to be among the slowest.

    One is enough in a quiet interval, where each request matters; with thousands of requests, up to ten, or the list
    would be of what was asked for once and went wrong.
    """
    return min(_MOST_NEEDED, 1 + timed // _OF_SO_MANY)


def slowest_of(table: KeyTable) -> Sequence[SlowEndpoint]:
    """Return the endpoints with the greatest mean duration, ties by key, of those that have `least_hits`.

    A table that was cut has kept those with the most requests.
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
    entries = zip(piece.names(), piece.hits.tolist(), piece.sizes.tolist(), strict=True)
    ranked = sorted(entries, key=lambda entry: (-Fraction(entry[2], entry[1]), entry[0]))
    return tuple(SlowEndpoint(*entry) for entry in ranked[:count])
