"""Applies a filter to pieces: what is about one column of few values, once for each of these."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import arrow_of
from http_monitor.counting.histogram import bucket_of
from http_monitor.filtering.derived import Derive
from http_monitor.filtering.masks import mask_of
from http_monitor.filtering.syntax import DERIVED, ORDERS, All, Expression, Not, NumberTest, Some
from http_monitor.recent.chapter import ChapterView
from http_monitor.recent.columns import ABSENT, BUCKET, NO_DURATION, NUMBERS, REST, TEXTS, durations_of
from http_monitor.recent.packed import Ints
from http_monitor.recent.piece import Piece
from http_monitor.records import Bools, Int64s

_STATUSES = 1_000
_DURATION = "duration_us"


class Matcher:
    """A filter for the pieces of a chapter.

    Args:
        expression: Of the filter.
        chapter: Has the pieces.
        derivations: Make the dimensions that are no columns.
    """

    def __init__(self, expression: Expression, chapter: ChapterView, derivations: Mapping[str, Derive]) -> None:
        self._expression = expression
        self._chapter = chapter
        # A text that is absent is None.
        self._derivations = {name: _of_some(derive) for name, derive in derivations.items()}
        self._by_value: dict[Expression, ValueSet] = {}

    def mask(self, piece: Piece, unpacked: dict[str, Ints]) -> Bools:
        """Return which rows pass.

        Args:
            piece: The rows.
            unpacked: Its columns so far; grows.
        """
        return self._mask(self._expression, _Unpacking(piece, unpacked))

    def _mask(self, expression: Expression, rows: "_Unpacking") -> Bools:
        columns = compared_columns(expression)
        if len(columns) == 1 and (columns <= {"status"} or columns <= set(TEXTS)):
            (name,) = columns
            return self._of_values(expression, name).mask(rows.count, lambda: rows.column(name))
        match expression:
            case Not(operand):
                return ~self._mask(operand, rows)
            case All(operands):
                return self._all(operands, rows)
            case Some(operands):
                # One of the two is true, if not both are false.
                return ~self._all(tuple(Not(operand) for operand in operands), rows)
            case NumberTest(column="duration_us", operator=operator) if operator in ORDERS:
                return _compare_durations(expression, rows)
            case _:
                batch = pa.record_batch([rows.numbers(name) for name in columns], names=list(columns))
                return mask_of(expression, batch, self._derivations, shorten_keys=False)

    def _all(self, operands: tuple[Expression, ...], rows: "_Unpacking") -> Bools:
        mask = self._mask(operands[0], rows)
        for operand in operands[1:]:
            if not mask.any():
                break
            mask = mask & self._mask(operand, rows)
        return mask

    def _of_values(self, expression: Expression, name: str) -> "ValueSet":
        """Return of which values of a column an expression is true."""
        found = self._by_value.get(expression)
        if found is None:
            if name == "status":
                column = arrow_of(np.arange(_STATUSES, dtype=np.int16), pa.int16())
                are_wanted = self._mask_of_column(expression, name, column)
            else:
                are_wanted = self._chapter.vocabularies[name].remembered(
                    expression, self._chapter.counts[name], lambda texts: self._of_texts(expression, name, texts)
                )
            found = self._by_value[expression] = ValueSet(are_wanted)
        return found

    def _of_texts(self, expression: Expression, name: str, texts: Any) -> Bools:
        codes = arrow_of(np.arange(len(texts), dtype=np.int32), pa.int32())
        return self._mask_of_column(expression, name, pa.DictionaryArray.from_arrays(codes, texts, safe=False))

    def _mask_of_column(self, expression: Expression, name: str, column: Any) -> Bools:
        return mask_of(expression, pa.record_batch([column], names=[name]), self._derivations, shorten_keys=False)


class ValueSet:
    """Values that are wanted, compared in the quickest way.

    Args:
        are_wanted: For each value from 0 on.
    """

    def __init__(self, are_wanted: Bools) -> None:
        self._are_wanted = are_wanted
        wanted = np.flatnonzero(are_wanted)
        self._is_empty = not len(wanted)
        self._first, self._last = (0, 0) if self._is_empty else (int(wanted[0]), int(wanted[-1]))
        self._is_range = self._last - self._first + 1 == len(wanted)

    def mask(self, count: int, values: Callable[[], Ints]) -> Bools:
        """Return which of so many values are wanted."""
        if self._is_empty:
            return np.zeros(count, np.bool_)
        found = values()
        mask: Bools
        if not self._is_range or self._last > np.iinfo(found.dtype).max:
            mask = self._are_wanted.take(found)
        elif self._first == self._last:
            mask = found == self._first
        else:
            mask = (found >= self._first) & (found <= self._last)
        return mask


class _Unpacking:
    """Unpacks the columns of a piece when they are needed."""

    def __init__(self, piece: Piece, unpacked: dict[str, Ints]) -> None:
        self.count = piece.count
        self._piece = piece
        self._unpacked = unpacked

    def column(self, name: str) -> Ints:
        """Return a column of `columns.Columns`."""
        found = self._unpacked.get(name)
        if found is None:
            found = self._unpacked[name] = self._piece.column(name)
        return found

    def some(self, name: str, places: Int64s) -> Ints:
        """Return a column of some rows."""
        return self._piece.column(name, places)

    def numbers(self, name: str) -> Any:
        """Return a column of numbers as `records.SCHEMA` has it, but for its width."""
        if name == _DURATION:
            values, absent = durations_of(self.column(BUCKET), self.column(REST))
            return _arrow_of(values, absent != 0)
        assert name in NUMBERS
        return _arrow_of(self.column(name), self.column(name + ABSENT) != 0)


def compared_columns(expression: Expression) -> frozenset[str]:
    """Return the columns of `records.SCHEMA` that an expression looks at."""
    match expression:
        case Not(operand):
            return compared_columns(operand)
        case All(operands) | Some(operands):
            return frozenset[str]().union(*map(compared_columns, operands))
        case _:
            return frozenset([DERIVED.get(expression.column, expression.column)])


def _compare_durations(test: NumberTest, rows: _Unpacking) -> Bools:
    """Compare durations by their buckets, and only in the bucket of the limit by what they are exactly."""
    (limit,) = test.values
    buckets = rows.column(BUCKET)
    at = int(bucket_of(np.array([limit], np.int64))[0])
    mask: Bools = buckets > at if test.operator in (">", ">=") else (buckets < at) & (buckets != NO_DURATION)
    edge = np.flatnonzero(buckets == at)
    if len(edge):
        values, _ = durations_of(buckets[edge], rows.some(REST, edge))
        compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[test.operator]
        mask[edge] = compare(values, limit)
    return mask


def _of_some(derive: Derive) -> Callable[[Any], Any]:
    return lambda text: None if text is None else derive(text)


def _arrow_of(values: Ints, absent: Bools) -> Any:
    kind = {1: pa.int8(), 2: pa.int16(), 4: pa.int32(), 8: pa.int64()}[values.itemsize]
    return arrow_of(values, kind, absent if absent.any() else None)
