"""Applies an expression to the columns of a batch, text predicates once per distinct value."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from http_monitor.errors import UsageError
from http_monitor.filtering.networks import contains
from http_monitor.filtering.syntax import All, Expression, Not, NumberTest, PatternTest, Some, TextTest
from http_monitor.records import Bools
from http_monitor.units import visible_text

_COMPARE = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


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
                shown = visible_text(expression.pattern.decode("utf-8", "replace"))
                words = visible_text(str(error).partition("\n")[0])
                raise UsageError(f"--filter: '{shown}' is no regular expression of RE2 ({words})") from None
        case _:
            pass


def mask_of(expression: Expression, rows: pa.RecordBatch) -> Bools:
    """Return a mask of the rows for which the expression is true."""
    match expression:
        case Not(operand):
            return ~mask_of(operand, rows)
        case All(operands):
            return reduce(np.logical_and, (mask_of(operand, rows) for operand in operands))
        case Some(operands):
            return reduce(np.logical_or, (mask_of(operand, rows) for operand in operands))
        case NumberTest():
            return _number_mask(expression, rows)
        case TextTest() | PatternTest():
            return _text_mask(expression, rows)


def mask_where(values: "pa.Array[Any]", holds: Callable[[bytes], bool]) -> Bools:
    """Return a mask of the texts for which the predicate holds."""
    return np.array([value is not None and holds(value) for value in values.to_pylist()], np.bool_)


def by_value(column: "pa.DictionaryArray[Any, Any]", values: Bools) -> Bools:
    """Return the result of each row's value; False if it has none."""
    codes = column.indices
    present = codes.is_valid().to_numpy(zero_copy_only=False)
    mask = np.zeros(len(codes), np.bool_)
    mask[present] = values[codes.drop_null().to_numpy(zero_copy_only=False)]
    return mask


def _number_mask(test: NumberTest, rows: pa.RecordBatch) -> Bools:
    column = rows.column(test.column)
    present = column.is_valid().to_numpy(zero_copy_only=False)
    numbers = column.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
    if test.column == "status":
        present = present & (numbers != 0)  # 0 stands for a line without a status
    if test.operator.endswith("in"):
        found = np.isin(numbers, np.array(test.values, np.int64))
        return present & (~found if test.operator == "not in" else found)
    return np.array(present & _COMPARE[test.operator](numbers, np.int64(test.values[0])), np.bool_)


def _text_mask(test: TextTest | PatternTest, rows: pa.RecordBatch) -> Bools:
    column = rows.column(test.column)
    assert isinstance(column, pa.DictionaryArray)
    found = _match_values(column.dictionary, test)
    return by_value(column, ~found if test.negated else found)


def _match_values(values: "pa.Array[Any]", test: TextTest | PatternTest) -> Bools:
    if isinstance(test, PatternTest):
        pattern: Any = test.pattern  # bytes, as in the log; the stubs know of text only
        matches: Any = pc.match_substring_regex(values, pattern=pattern)
        return np.array(matches.to_numpy(zero_copy_only=False), np.bool_)
    found = pc.is_in(values, value_set=pa.array(test.values, pa.binary())).to_numpy(zero_copy_only=False)
    if not test.networks:
        return found.astype(np.bool_)
    inside = mask_where(values, lambda host: contains(test.networks, host))
    return found.astype(np.bool_) | inside
