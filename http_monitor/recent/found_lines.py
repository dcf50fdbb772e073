"""Finds the newest of chosen rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from http_monitor.arrow import take
from http_monitor.ports.views import FoundLine
from http_monitor.recent.chapter import ChapterView
from http_monitor.recent.columns import ABSENT, BUCKET, NUMBERS, REST, TEXTS, durations_of
from http_monitor.recent.selection import ChosenPiece, ChosenRows
from http_monitor.records import Int64s


def find_lines(chapters: Sequence[ChosenRows], limit: int) -> tuple[tuple[FoundLine, ...], int]:
    """Return the newest rows, by time descending and then the last accepted first, and how many more there are."""
    count = 0
    found: list[tuple[int, int, int]] = []
    """(time, number of the piece, place in it)"""
    pieces: list[tuple[ChapterView, ChosenPiece]] = []
    for rows in chapters:
        for piece in rows.pieces():
            count += piece.count
            if limit > 0:
                found += _newest(piece.column("time"), len(pieces), limit)
                found = sorted(found, reverse=True)[:limit]
            pieces.append((rows.chapter, piece.folded()))
    lines: dict[tuple[int, int], FoundLine] = {}
    for number in {number for _, number, _ in found}:
        places = np.array(sorted(place for _, at, place in found if at == number), np.int64)
        chapter, piece = pieces[number]
        lines |= {
            (number, place): line
            for place, line in zip(places.tolist(), _lines(chapter, piece.only(places)), strict=True)
        }
    return tuple(lines[number, place] for _, number, place in found), count - len(found)


def _newest(time_us: Int64s, number: int, limit: int) -> list[tuple[int, int, int]]:
    """Return (time, number, place) of at least the newest rows."""
    places = np.arange(len(time_us))
    if limit < len(places):
        places = np.flatnonzero(time_us >= np.partition(time_us, len(places) - limit)[len(places) - limit])
    return [(int(time_us[place]), number, place) for place in places.tolist()]


def _lines(chapter: ChapterView, rows: ChosenPiece) -> list[FoundLine]:
    time_us, file, offset = (rows.column(name).tolist() for name in ("time", "file", "offset"))
    values, texts = _values(chapter, rows), rows.texts()
    return [
        FoundLine(
            time_us[at],
            chapter.files[file[at]] if file[at] >= 0 else None,
            offset[at],
            texts[at],
            {name: column[at] for name, column in values.items()},
        )
        for at in range(rows.count)
    ]


def _values(chapter: ChapterView, rows: ChosenPiece) -> dict[str, list[Any]]:
    """Return the columns of `records.SCHEMA` but the time."""
    values: dict[str, list[Any]] = {"status": rows.column("status").tolist()}
    for name in TEXTS:
        texts = chapter.vocabularies[name].texts(chapter.counts[name])
        values[name] = take(texts, rows.column(name).astype(np.int64)).to_pylist()
    for name in NUMBERS:
        values[name] = _or_none(rows.column(name), rows.column(name + ABSENT))
    values["duration_us"] = _or_none(*durations_of(rows.column(BUCKET), rows.column(REST)))
    return values


def _or_none(numbers: Any, absent: Any) -> list[int | None]:
    return [None if none else number for number, none in zip(numbers.tolist(), absent.tolist(), strict=True)]
