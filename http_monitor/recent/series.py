"""Counts chosen rows by time and status."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from http_monitor.ports.views import STATUS_CLASSES, Point
from http_monitor.recent.selection import ChosenPiece, ChosenRows
from http_monitor.recent.sums import sum_by

_CLASSES = len(STATUS_CLASSES)
_NONE = _CLASSES - 1
_SERVER_ERRORS = STATUS_CLASSES.index("5xx")
_STATUSES = 1_000


def _class_of_each_status() -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    of = np.arange(_STATUSES, dtype=np.int64) // 100 - 1
    of[(of < 0) | (of >= _NONE)] = _NONE
    return of


_CLASS_OF = _class_of_each_status()


@dataclass(slots=True)
class _Sums:
    by_class: list[int] = field(default_factory=lambda: [0] * _CLASSES)
    size_bytes: int = 0


def count_points(chapters: Sequence[ChosenRows], step_us: int) -> tuple[Point, ...]:
    """Return the sums of each step with hits, ascending."""
    found: defaultdict[int, _Sums] = defaultdict(_Sums)
    for rows in chapters:
        for piece in rows.pieces():
            _count(piece, step_us, found)
    return tuple(
        Point(
            step * step_us,
            sum(sums.by_class),
            sums.size_bytes,
            sums.by_class[_SERVER_ERRORS],
            {name: hits for name, hits in zip(STATUS_CLASSES, sums.by_class, strict=True) if hits},
        )
        for step, sums in sorted(found.items())
    )


def _count(rows: ChosenPiece, step_us: int, found: defaultdict[int, _Sums]) -> None:
    step = rows.column("time") // step_us
    least = int(step.min())
    step -= least
    steps, numbers = int(step.max()) + 1, step
    distinct = np.arange(steps)
    if steps > 4 * rows.count:
        distinct, numbers = np.unique(step, return_inverse=True)
        steps = len(distinct)
    classes = _CLASS_OF[rows.column("status")]
    hits = np.bincount(numbers * _CLASSES + classes, minlength=steps * _CLASSES).reshape(steps, _CLASSES)
    sizes = sum_by(numbers, rows.column("size_bytes"), steps)
    for place in np.flatnonzero(hits.any(axis=1)).tolist():
        sums = found[least + int(distinct[place])]
        sums.by_class = [a + b for a, b in zip(sums.by_class, hits[place].tolist(), strict=True)]
        sums.size_bytes += int(sizes[place])
