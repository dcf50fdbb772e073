"""The columns of accepted rows as arrays of integers: texts as numbers of a vocabulary."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import are_null, fill_nulls, take
from http_monitor.counting.histogram import bucket_of
from http_monitor.recent.packed import Ints
from http_monitor.recent.vocabulary import Vocabulary
from http_monitor.records import SCHEMA, FileOffsets, Int64s, LogFile

TEXTS = tuple(field.name for field in SCHEMA if isinstance(field.type, pa.DictionaryType))
"""Columns of text; where a text may be absent, its number is 0 then."""
NUMBERS = ("size_bytes", "upstream_us", "bytes_in", "lacks")
"""Columns of numbers that may be absent; which are, says a column with `ABSENT` behind its name."""
ABSENT = "?"
BUCKET, REST = "duration_bucket", "duration_rest"
"""The histogram bucket of a duration and what it is above the least number of the bucket: quantiles need the former
only. The buckets `NEGATIVE`, where the rest is the number itself, and `NO_DURATION`."""
NEGATIVE, NO_DURATION = -1, -2
_PER_OCTAVE = 64
_DURATION = "duration_us"

Columns = Mapping[str, Ints]
"""By name: one of `TEXTS`, ``status``, ``time``, ``file``, ``offset``, or of the above. A column of which nothing is
there is left out."""


@dataclass(frozen=True, slots=True)
class NewRows:
    """What is kept of a frame until its columns are made."""

    batch: pa.RecordBatch
    time_us: Int64s
    offsets: FileOffsets

    def since(self, time_us: int) -> "NewRows":
        """Return the rows of this time or a later one."""
        places = np.flatnonzero(self.time_us >= time_us)
        if len(places) == len(self.time_us):
            return self
        return NewRows(take(self.batch, places), self.time_us[places], self.offsets.take(places))


def make_columns(
    rows: Sequence[NewRows], vocabularies: Mapping[str, Vocabulary], files: dict[LogFile, int]
) -> dict[str, Ints]:
    """Return the columns of rows.

    Args:
        rows: At least one.
        vocabularies: Of `TEXTS`; grow.
        files: Numbers of files; grows.
    """
    batches = [each.batch for each in rows]
    columns: dict[str, Ints] = {
        "time": np.concatenate([each.time_us for each in rows]),
        "status": np.concatenate([batch.column("status").to_numpy() for batch in batches]),
    }
    for name in TEXTS:
        codes = _text_codes([batch.column(name) for batch in batches], vocabularies[name])
        if codes is not None:
            columns[name] = codes
    for name in NUMBERS:
        columns.update(_numbers(name, batches))
    columns.update(_durations(_numbers(_DURATION, batches), len(columns["time"])))
    numbers = [np.array([*(files.setdefault(file, len(files)) for file in each.offsets.files), -1]) for each in rows]
    columns["file"] = np.concatenate([number[each.offsets.file] for number, each in zip(numbers, rows, strict=True)])
    columns["offset"] = np.concatenate([each.offsets.offset for each in rows])
    return columns


def absent_column(names: Container[str], name: str, count: int) -> Ints:
    """Return a column that was left out.

    Args:
        names: The columns that are there.
        name: The column.
        count: The number of rows.
    """
    if name.endswith(ABSENT):
        return np.full(count, name.removesuffix(ABSENT) not in names, np.int8)
    return np.full(count, NO_DURATION if name == BUCKET else 0, np.int8)


def durations_of(buckets: Ints, rests: Ints) -> tuple[Int64s, Int64s]:
    """Return durations in microseconds, and which are absent (1) or not (0)."""
    wide = np.maximum(buckets, 0).astype(np.int64)
    shift = np.maximum(wide // _PER_OCTAVE - 1, 0)
    return ((wide - _PER_OCTAVE * shift) << shift) + rests, (buckets == NO_DURATION).astype(np.int64)


def _text_codes(columns: Sequence[Any], vocabulary: Vocabulary) -> Ints | None:
    # Any: the stubs of pyarrow do not describe dictionary arrays of binary.
    arrays: list[Any] = [array for array in columns if len(array)]
    if not any(len(array.dictionary) for array in arrays):
        return None
    if len(arrays) > 1:
        arrays = list(pa.chunked_array(arrays).unify_dictionaries().chunks)
    codes = np.concatenate([fill_nulls(array.indices, -1) for array in arrays])
    # Rows that a filter removed leave texts behind that no row has.
    has = np.bincount(codes + 1, minlength=len(arrays[0].dictionary) + 1) > 0
    present = np.flatnonzero(has[1:])
    if not len(present):
        return None
    number_of = np.zeros(len(has), np.int32)
    number_of[present + 1] = vocabulary.numbers_of(take(arrays[-1].dictionary, present).to_pylist())
    numbers: Ints = number_of[codes + 1]
    return numbers


def _numbers(name: str, batches: Sequence[pa.RecordBatch]) -> dict[str, Ints]:
    arrays = [batch.column(name) for batch in batches]
    absent = sum(array.null_count for array in arrays)
    if absent == sum(map(len, arrays)):
        return {}
    values: dict[str, Ints] = {name: np.concatenate([fill_nulls(array, 0) for array in arrays])}
    if absent:
        values[name + ABSENT] = np.concatenate([are_null(array) for array in arrays]).astype(np.int8)
    return values


def _durations(numbers: Mapping[str, Ints], count: int) -> dict[str, Ints]:
    values = numbers.get(_DURATION)
    if values is None:
        return {}
    buckets = bucket_of(np.maximum(values, 0).astype(np.int64))
    least, _ = durations_of(buckets, np.zeros(count, np.int64))
    is_negative = values < 0
    buckets[is_negative] = NEGATIVE
    absent = numbers.get(_DURATION + ABSENT)
    if absent is not None:
        buckets[absent != 0] = NO_DURATION
    return {BUCKET: buckets.astype(np.int16), REST: np.where(is_negative, values, values - least)}
