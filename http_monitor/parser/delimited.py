"""Reads text in delimited columns with Arrow's reader, which makes keys of fields while it splits them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

from http_monitor.parser.arrays import Ints
from http_monitor.parser.keys import Keys

BINARY = pa.binary()
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Columns:
    """The lines of a text that have as many columns as were asked for."""

    columns: "tuple[pa.Array[Any], ...]"
    """Of type `KEY` or `BINARY`, without nulls; a blank line has nothing but empty fields."""
    line: Ints
    """For each row the index of its line, ascending."""
    lines: int
    """How many lines the text has, the other ones included."""

    def keys(self, number: int) -> Keys:
        """Return a column of keys."""
        column: Any = self.columns[number]
        keys: Keys = column
        return keys


def is_splittable(data: bytes) -> bool:
    """Tell whether the reader takes a text for the same lines as we do, and can show us each.

    It ends lines at a CR too, leaves out a mark in front, and hands over the lines it does not split as UTF-8.
    """
    if b"\r" in data or data.startswith(_MARK):
        return False
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def split_columns(data: "bytes | pa.Buffer", delimiter: str, types: Sequence[pa.DataType]) -> Columns:
    """Return the lines in which the delimiter stands once less often than there are types.

    No byte but the delimiter and LF has a meaning; fields may be empty.

    Args:
        data: Whole lines, each with its LF, for which `is_splittable` is true; not empty.
        delimiter: One ASCII character.
        types: For each column `KEY` or `BINARY`.
    """
    odd: list[int] = []

    def skip(row: csv.InvalidRow) -> Literal["skip"]:
        assert row.number is not None  # which it is in one thread
        odd.append(row.number - 1)
        return "skip"

    names = [str(number) for number in range(len(types))]
    text: Any = pa.BufferReader(data)  # the stubs know files only
    table = csv.read_csv(
        text,
        # In one block: the dictionary of a column is one then, and lines are numbered.
        csv.ReadOptions(use_threads=False, column_names=names, block_size=len(data) + 1),
        csv.ParseOptions(
            delimiter=delimiter,
            quote_char=False,
            double_quote=False,
            escape_char=False,
            ignore_empty_lines=False,
            invalid_row_handler=skip,
        ),
        csv.ConvertOptions(check_utf8=False, column_types=dict(zip(names, types, strict=True))),
    )
    lines = len(table) + len(odd)
    line = np.arange(lines)
    if odd:
        line = np.delete(line, odd)
    # One block makes one chunk of each column, or none where no line fits.
    found: Any = table.columns if len(table) else [pa.chunked_array([pa.array([], kind)]) for kind in types]
    return Columns(tuple(column.chunk(0) for column in found), line, lines)
