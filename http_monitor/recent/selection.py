"""The rows of a chapter that are of a span and pass a filter."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import arrow_of
from http_monitor.filtering.derived import Derive
from http_monitor.filtering.masks import mask_of
from http_monitor.filtering.syntax import DERIVED, AbsenceTest, All, Expression, Not, Some
from http_monitor.ports.views import ViewSpan
from http_monitor.recent.chapter import ChapterView
from http_monitor.recent.columns import ABSENT, BUCKET, NUMBERS, REST, TEXTS, durations_of
from http_monitor.recent.packed import Ints
from http_monitor.recent.piece import Piece
from http_monitor.records import Bools, Int64s

_NO_ROWS = np.empty(0, np.int64)


class ChosenRows:
    """Rows of one chapter, in the order in which they were accepted; their columns are unpacked when they are needed.

    Args:
        chapter: Its rows.
        span: Of these the ones to be chosen.
        expression: Of the filter; None: all.
        derivations: Make the dimensions that are no columns.
    """

    def __init__(
        self,
        chapter: ChapterView,
        span: ViewSpan,
        expression: Expression | None,
        derivations: Mapping[str, Derive],
    ) -> None:
        self.chapter = chapter
        self._pieces = [
            piece for piece in chapter.pieces if piece.first_us < span.end_us and piece.last_us >= span.start_us
        ]
        self._raw: dict[str, list[Ints]] = {}
        self._chosen: list[Int64s | None] = [_in_span(piece, span) for piece in self._pieces]
        """The rows of each piece; None: all."""
        if expression is not None and self._pieces:
            self._filter(expression, derivations)
        self.count = sum(
            piece.count if rows is None else len(rows) for piece, rows in zip(self._pieces, self._chosen, strict=True)
        )

    def column(self, name: str) -> Ints:
        """Return a column of `columns.Columns` for the chosen rows."""
        parts = []
        for number, rows in enumerate(self._chosen):
            if rows is None:
                parts.append(self._unpacked(name, number))
            elif len(rows):
                parts.append(self._unpacked(name, number)[rows])
        return np.concatenate(parts) if parts else np.empty(0, np.int8)

    def texts(self, name: str) -> "pa.Array[Any]":
        """Return the texts behind the numbers of a column."""
        return self.chapter.vocabularies[name].texts(self.chapter.counts[name])

    def has(self, name: str) -> bool:
        """Return whether the column is there in any piece."""
        return any(name in piece.names for piece in self._pieces)

    def _unpacked(self, name: str, number: int) -> Ints:
        parts = self._raw.get(name)
        if parts is None:
            return self._pieces[number].column(name)
        return parts[number]

    def _filter(self, expression: Expression, derivations: Mapping[str, Derive]) -> None:
        # A text that is absent is None.
        safe = {name: _of_some(derive) for name, derive in derivations.items()}
        columns = sorted(compared_columns(expression))
        rows = pa.record_batch([self._arrow(name) for name in columns], names=columns)
        mask = mask_of(expression, rows, safe)
        start = 0
        for number, piece in enumerate(self._pieces):
            found = mask[start : start + piece.count]
            start += piece.count
            before = self._chosen[number]
            if before is None:
                chosen = np.flatnonzero(found)
                self._chosen[number] = None if len(chosen) == piece.count else chosen
            else:
                self._chosen[number] = before[found[before]]

    def _whole(self, name: str) -> Ints:
        parts = self._raw[name] = [piece.column(name) for piece in self._pieces]
        return np.concatenate(parts)

    def _arrow(self, name: str) -> Any:
        """Return a column of all rows as `records.SCHEMA` has it, but for the width of its numbers."""
        if name in TEXTS:
            codes = self._whole(name)
            return pa.DictionaryArray.from_arrays(_arrow_of(codes), self.texts(name), safe=False)
        if name == "duration_us":
            values, absent = durations_of(self._whole(BUCKET), self._whole(REST))
            return _arrow_of(values, absent != 0)
        if name in NUMBERS:
            absent_in = self._whole(name + ABSENT) != 0
            return _arrow_of(self._whole(name), absent_in)
        return _arrow_of(self._whole(name))


def compared_columns(expression: Expression) -> set[str]:
    """Return the columns of `records.SCHEMA` that an expression looks at."""
    match expression:
        case Not(operand):
            return compared_columns(operand)
        case All(operands) | Some(operands):
            return set().union(*(compared_columns(operand) for operand in operands))
        case AbsenceTest(column=column):
            return {DERIVED.get(column, column)}
        case _:
            return {DERIVED.get(expression.column, expression.column)}


def _of_some(derive: Derive) -> Callable[[Any], Any]:
    return lambda text: None if text is None else derive(text)


def _in_span(piece: Piece, span: ViewSpan) -> Int64s | None:
    if span.start_us <= piece.first_us and piece.last_us < span.end_us:
        return None
    time_us = piece.column("time")
    inside: Bools = (time_us >= span.start_us) & (time_us < span.end_us)
    return np.flatnonzero(inside)


def _arrow_of(values: Ints, absent: Bools | None = None) -> Any:
    kind = {1: pa.int8(), 2: pa.int16(), 4: pa.int32(), 8: pa.int64()}[values.itemsize]
    return arrow_of(values, kind, absent if absent is not None and absent.any() else None)
