"""The keys of chosen rows by a dimension, and the same keys of several chapters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import encode, filled, take
from http_monitor.filtering.derived import Derive
from http_monitor.filtering.syntax import ALIASES, DERIVED
from http_monitor.recent.packed import Ints
from http_monitor.recent.selection import ChosenRows
from http_monitor.records import Int64s

_STATUSES = 1_000


@dataclass(frozen=True, slots=True)
class Coded:
    """A code for each chosen row of a chapter."""

    codes: Ints
    count: int
    """The codes are below this."""
    texts: Any
    """The key of each code, null where it stands for none; None: the codes are statuses, 0 stands for none."""

    def keys(self, codes: Int64s) -> Any:
        """Return the keys of some codes, null for none."""
        if self.texts is not None:
            return take(self.texts, codes)
        return pa.array([b"%d" % code if code else None for code in codes.tolist()], pa.binary())


def code_rows(rows: ChosenRows, dimension: str, derivations: Mapping[str, Derive]) -> Coded:
    """Return the codes of a dimension, one of `ports.views.DIMENSIONS`."""
    if dimension == "status":
        return Coded(rows.column("status"), _STATUSES, None)
    name = ALIASES.get(dimension, dimension)
    if name not in DERIVED:
        texts = rows.texts(name)
        return Coded(rows.column(name), len(texts), texts)
    of = DERIVED[name]
    vocabulary, count = rows.chapter.vocabularies[of], rows.chapter.counts[of]
    codes, names = vocabulary.derived(name, derivations[name], count)
    return Coded(codes[rows.column(of)], len(names), pa.array(names, pa.binary()))


def number_keys(parts: Sequence[tuple[Coded, Int64s]]) -> tuple[Any, list[Int64s]]:
    """Number the keys of several chapters.

    Args:
        parts: Codes, and those of them that rows have, each once.

    Returns:
        (the keys; for each part the number of each code, -1 where no row has it or it stands for none)
    """
    found = [coded.keys(present) for coded, present in parts]
    whole = encode(pa.concat_arrays(found))
    indices = filled(whole.indices, -1)
    numbers: list[Int64s] = []
    start = 0
    for coded, present in parts:
        number = np.full(coded.count, -1, np.int64)
        number[present] = indices[start : start + len(present)]
        start += len(present)
        numbers.append(number)
    return whole.dictionary, numbers
