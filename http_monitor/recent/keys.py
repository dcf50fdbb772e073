"""The keys of a chapter by a dimension, and the same keys of several chapters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import are_null, encode, fill_nulls, keep, take
from http_monitor.filtering.derived import Derive
from http_monitor.filtering.syntax import ALIASES, DERIVED
from http_monitor.recent.chapter import ChapterView
from http_monitor.recent.packed import Ints
from http_monitor.recent.selection import ChosenPiece
from http_monitor.records import Int32s, Int64s

_STATUSES = 1_000


@dataclass(frozen=True, slots=True)
class ChapterKeys:
    """Codes of keys."""

    column: str
    """Has the codes, or what they are made of."""
    code_of: Int32s | None
    """The code for each value of the column; None: the value."""
    count: int
    """All codes are below this."""
    texts: Any
    """The key of each code, null where it stands for none; None: the codes are statuses, 0 stands for none."""

    def codes(self, rows: ChosenPiece) -> Ints:
        """Return the code of each row."""
        values = rows.column(self.column)
        return values if self.code_of is None else self.code_of.take(values)

    def of(self, codes: Int64s) -> Any:
        """Return the keys of some codes, null for none."""
        if self.texts is not None:
            return take(self.texts, codes)
        return pa.array([b"%d" % code if code else None for code in codes.tolist()], pa.binary())


def keys_of(chapter: ChapterView, dimension: str, derivations: Mapping[str, Derive]) -> ChapterKeys:
    """Return the keys of a dimension, one of `ports.views.DIMENSIONS`."""
    if dimension == "status":
        return ChapterKeys(dimension, None, _STATUSES, None)
    name = ALIASES.get(dimension, dimension)
    column = DERIVED.get(name, name)
    vocabulary, count = chapter.vocabularies[column], chapter.counts[column]
    if column == name:
        return ChapterKeys(column, None, count, vocabulary.texts(count))
    code_of, names = vocabulary.derived(name, derivations[name], count)
    return ChapterKeys(column, code_of, len(names), pa.array(names, pa.binary()))


def has_keys(chapter: ChapterView, dimension: str) -> bool:
    """Return whether any row of a chapter may have a key of a dimension."""
    name = ALIASES.get(dimension, dimension)
    column = DERIVED.get(name, name)
    return any(column in piece.names for piece in chapter.pieces)


def number_keys(parts: Sequence[tuple[ChapterKeys, Int64s]]) -> tuple[Any, list[Int64s]]:
    """Number the keys of several chapters.

    Args:
        parts: Keys, and those of their codes that rows have, each once.

    Returns:
        (the keys; for each part the number of each code, -1 where no row has it or it stands for none)
    """
    found = [keys.of(present) for keys, present in parts]
    if len(parts) == 1:
        return _number_one(found[0], *parts[0])
    whole = encode(pa.concat_arrays(found))
    indices = fill_nulls(whole.indices, -1)
    numbers: list[Int64s] = []
    start = 0
    for keys, present in parts:
        number = np.full(keys.count, -1, np.int64)
        number[present] = indices[start : start + len(present)]
        start += len(present)
        numbers.append(number)
    return whole.dictionary, numbers


def _number_one(found: Any, keys: ChapterKeys, present: Int64s) -> tuple[Any, list[Int64s]]:
    """Number the keys of one chapter: they are distinct."""
    number = np.full(keys.count, -1, np.int64)
    if found.null_count:
        has_key = ~are_null(found)
        found, present = keep(found, has_key), present[has_key]
    number[present] = np.arange(len(present))
    return found, [number]
