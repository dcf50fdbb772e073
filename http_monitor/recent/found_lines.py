"""Finds the newest of chosen rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from http_monitor.arrow import take
from http_monitor.ports.views import FoundLine
from http_monitor.recent.columns import ABSENT, BUCKET, NUMBERS, REST, TEXTS, durations_of
from http_monitor.recent.selection import ChosenRows
from http_monitor.records import Int64s


def find_lines(chapters: Sequence[ChosenRows], limit: int) -> tuple[FoundLine, ...]:
    """Return the newest rows: by time descending, of equal ones the last accepted first."""
    if limit < 1:
        return ()
    found: list[tuple[int, int, int]] = []
    for number, rows in enumerate(chapters):
        if not rows.count:
            continue
        time_us = rows.column("time")
        places = np.arange(len(time_us))
        if limit < len(places):
            places = np.flatnonzero(time_us >= np.partition(time_us, len(places) - limit)[len(places) - limit])
        found += [(int(time_us[place]), number, place) for place in places.tolist()]
    newest = sorted(found, reverse=True)[:limit]
    by_place: dict[tuple[int, int], FoundLine] = {}
    for number, rows in enumerate(chapters):
        places = np.array(sorted(place for _, at, place in newest if at == number), np.int64)
        if len(places):
            by_place.update(
                {(number, place): line for place, line in zip(places.tolist(), _lines(rows, places), strict=True)}
            )
    return tuple(by_place[number, place] for _, number, place in newest)


def _lines(rows: ChosenRows, places: Int64s) -> list[FoundLine]:
    files = rows.chapter.files
    time_us, file, offset = (rows.column(name)[places].tolist() for name in ("time", "file", "offset"))
    values = _values(rows, places)
    return [
        FoundLine(
            time_us[at],
            files[file[at]] if file[at] >= 0 else None,
            offset[at],
            None,
            {name: column[at] for name, column in values.items()},
        )
        for at in range(len(places))
    ]


def _values(rows: ChosenRows, places: Int64s) -> dict[str, list[Any]]:
    """Return the columns of `records.SCHEMA` but the time for some of the rows."""
    values: dict[str, list[Any]] = {"status": rows.column("status")[places].tolist()}
    for name in TEXTS:
        values[name] = take(rows.texts(name), rows.column(name)[places].astype(np.int64)).to_pylist()
    for name in NUMBERS:
        values[name] = _or_none(rows.column(name)[places], rows.column(name + ABSENT)[places])
    values["duration_us"] = _or_none(*durations_of(rows.column(BUCKET)[places], rows.column(REST)[places]))
    return values


def _or_none(numbers: Any, absent: Any) -> list[int | None]:
    return [None if none else number for number, none in zip(numbers.tolist(), absent.tolist(), strict=True)]
