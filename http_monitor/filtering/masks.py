"""Applies an expression to the columns of a batch, text predicates once per distinct value."""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.addresses import address_of
from http_monitor.arrow import are_among, are_null, fill_nulls, search
from http_monitor.filtering.derived import DERIVATIONS, Derive
from http_monitor.filtering.networks import contains
from http_monitor.filtering.syntax import (
    DERIVED,
    NUMBERS,
    AbsenceTest,
    All,
    Expression,
    Not,
    NumberTest,
    PatternTest,
    Some,
    TextTest,
)
from http_monitor.filtering.tokens import failure
from http_monitor.records import Bools
from http_monitor.short_keys import MAX_KEY_BYTES, shorten
from http_monitor.units import brief_text

_COMPARE = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


_NO_VALUE = {"host": b"-", "section": b"(none)"}
"""The value that means absence, in columns that are never null."""


def check_patterns(expression: Expression) -> None:
    """Check that RE2 accepts the regular expressions. Raises UsageError."""
    match expression:
        case Not(operand):
            check_patterns(operand)
        case All(operands) | Some(operands):
            for operand in operands:
                check_patterns(operand)
        case PatternTest():
            try:
                _match_values(pa.array([b""], pa.binary()), expression)
            except pa.ArrowInvalid as error:
                shown = brief_text(expression.pattern.decode("utf-8", "replace"))
                words = brief_text(str(error).partition("\n")[0])
                raise failure(
                    expression.place, f'got "{shown}", expected a regular expression of RE2 ({words})'
                ) from None
        case _:
            pass


def mask_of(
    expression: Expression,
    rows: pa.RecordBatch,
    derivations: Mapping[str, Derive] = DERIVATIONS,
    *,
    shorten_keys: bool = True,
) -> Bools:
    """Return a mask of the rows for which the expression is true.

    Args:
        expression: The expression of the filter.
        rows: Schema `records.SCHEMA`.
        derivations: Make the dimensions that are no columns.
        shorten_keys: Compare long keys by what tables show for them, as the expression has them; False: rows have
            nothing else. A regular expression is searched for in what rows have.
    """
    match expression:
        case Not(operand):
            return ~mask_of(operand, rows, derivations, shorten_keys=shorten_keys)
        case All(operands) | Some(operands):
            masks = (mask_of(operand, rows, derivations, shorten_keys=shorten_keys) for operand in operands)
            return reduce(np.logical_and if isinstance(expression, All) else np.logical_or, masks)
        case NumberTest():
            return _number_mask(expression, rows)
        case AbsenceTest():
            present = _presence(expression.column, rows, derivations, shorten_keys)
            return present if expression.negated else ~present
        case TextTest() | PatternTest():
            return _text_mask(expression, rows, derivations, shorten_keys)


def mask_where(values: "pa.Array[Any]", holds: Callable[[bytes], bool]) -> Bools:
    """Return a mask of the texts for which the predicate holds."""
    return np.array([value is not None and holds(value) for value in values.to_pylist()], np.bool_)


def by_value(column: "pa.DictionaryArray[Any, Any]", values: Bools) -> Bools:
    """Return the result of each row's value; False if it has none."""
    # A last value for the rows without one.
    mask: Bools = np.append(values, False)[fill_nulls(column.indices, len(values))]
    return mask


def _presence(column: str, rows: pa.RecordBatch, derivations: Mapping[str, Derive], shorten_keys: bool) -> Bools:
    """Return a mask of the rows that have a value."""
    if column in NUMBERS:
        return _number_presence(column, rows)
    found, values = _texts(column, rows, derivations, shorten_keys)
    is_value = ~are_null(values)
    if column in _NO_VALUE:
        is_value &= ~_match_values(values, TextTest(column, negated=False, values=(_NO_VALUE[column],)))
    return by_value(found, is_value)


def _number_presence(column: str, rows: pa.RecordBatch) -> Bools:
    found = rows.column(column)
    present = ~are_null(found)
    if column == "status":
        present = present & (found.to_numpy() != 0)  # 0 stands for a line without a status
    return present


def _number_mask(test: NumberTest, rows: pa.RecordBatch) -> Bools:
    column = rows.column(test.column)
    present = _number_presence(test.column, rows)
    numbers = fill_nulls(column, 0).astype(np.int64)
    if test.operator.endswith("in"):
        found = np.isin(numbers, np.array(test.values, np.int64))
        return present & (~found if test.operator == "not in" else found)
    return np.array(present & _COMPARE[test.operator](numbers, np.int64(test.values[0])), np.bool_)


def _text_mask(
    test: TextTest | PatternTest, rows: pa.RecordBatch, derivations: Mapping[str, Derive], shorten_keys: bool
) -> Bools:
    column, values = _texts(test.column, rows, derivations, shorten_keys)
    if shorten_keys and isinstance(test, TextTest) and max(map(len, test.values), default=0) > MAX_KEY_BYTES:
        values = pa.array([None if value is None else shorten(value) for value in values.to_pylist()], pa.binary())
    found = _match_values(values, test)
    if test.negated:
        found = ~found & ~are_null(values)
    return by_value(column, found)


def _texts(
    column: str, rows: pa.RecordBatch, derivations: Mapping[str, Derive], shorten_keys: bool
) -> "tuple[pa.DictionaryArray[Any, Any], pa.Array[Any]]":
    """Return a column, and the texts of its codes: its own, or those derived from them, null for none."""
    found = rows.column(DERIVED.get(column, column))
    assert isinstance(found, pa.DictionaryArray)
    if column not in DERIVED:
        return found, found.dictionary
    # A network is compared by the host, which any length of prefix may contain.
    derive = _address if column == "network" else derivations[column]
    values: list[Any] = found.dictionary.to_pylist()
    if shorten_keys:
        # Tables derive it from what they show.
        values = [None if value is None else shorten(value) for value in values]
    return found, pa.array([derive(value) for value in values], pa.binary())


def _address(host: bytes) -> bytes | None:
    return None if address_of(host) is None else host


def _match_values(values: "pa.Array[Any]", test: TextTest | PatternTest) -> Bools:
    if isinstance(test, PatternTest):
        return np.array(search(values, test.pattern), np.bool_)
    found = are_among(values, pa.array(test.values, pa.binary()))
    if not test.networks:
        return found
    return found | mask_where(values, lambda host: contains(test.networks, host))
