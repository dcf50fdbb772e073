"""The keys behind the codes of a dimension, and numberings shared between batches."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from http_monitor.arrow import place_of, take
from http_monitor.counting.failing.numbering import FailingNumbering
from http_monitor.counting.numbering import NumberOf

Codes = npt.NDArray[np.signedinteger[Any]]

MAX_NUMBERED = 20_000
"""A numbering with more keys than this accepts no further batch; a new one begins."""
# A batch that repeats its keys less often is numbered only if most of them were seen before.
_ROWS_PER_KEY = 4
_FEW_KEYS = 256
_FEW_OF_KEYS = 8
"""Codes are few if they are fewer than the keys by this factor."""
_TRIED_KEYS = 20_000
"""Number of keys that are numbered before the share of new ones is judged."""
_PASSED_KEYS = 16 * _TRIED_KEYS
"""Number of keys left without numbers, once numbering proved useless, before it is tried again."""


class Keys:
    """The keys behind codes; Python objects are made on first use."""

    __slots__ = ("_code_of", "_keep", "_numbering", "_numbers", "_packed", "_values", "some_long")

    def __init__(
        self,
        values: list[bytes] | None,
        packed: Any = None,
        numbering: "Numbering | None" = None,
        *,
        some_long: bool = False,
        code_of: Mapping[bytes, int] | None = None,
    ) -> None:
        # Any: the stubs of pyarrow do not describe arrays of binary.
        self.some_long = some_long
        """Some keys may take the room of several in a table (`long_keys`); such keys are not numbered."""
        self._values = values
        self._packed = packed
        self._keep = True
        self._numbering = numbering
        self._numbers: Codes | None = None
        self._code_of = code_of

    @staticmethod
    def pack(values: list[bytes], *, some_long: bool = False) -> "Keys":
        """Return keys stored contiguously, in a third of the memory."""
        result = Keys(None, pa.array(values, pa.binary()), some_long=some_long)
        result._keep = False
        return result

    def __len__(self) -> int:
        return len(self._packed) if self._values is None else len(self._values)

    def values(self) -> list[bytes]:
        """Return all keys."""
        if self._values is not None:
            return self._values
        values: list[bytes] = self._packed.to_pylist()
        if self._keep:
            self._values = values
        return values

    def at(self, codes: Codes) -> list[bytes]:
        """Return the key behind each of some codes."""
        if self._values is None and not self._keep and len(codes) < len(self._packed):
            # Otherwise the objects of all keys would be made only for this, and dropped.
            some: list[bytes] = take(self._packed, codes).to_pylist()
            return some
        values = self.values()
        return [values[code] for code in codes.tolist()]

    def some(self, codes: Codes) -> list[bytes | None]:
        """Return the key behind each of a few codes, None for -1, without making objects of all keys."""
        if self._values is None and _FEW_OF_KEYS * len(codes) < len(self._packed):
            present, local = np.unique(codes, return_inverse=True)
            absent = int(len(present) > 0 and present[0] < 0)
            taken: list[bytes | None] = take(self._packed, present[absent:]).to_pylist()
            names = [None, *taken] if absent else taken
            return [names[place] for place in local.tolist()]
        values = self.values()
        return [values[code] if code >= 0 else None for code in codes.tolist()]

    def code_of(self, key: bytes) -> int:
        """Return the code of a key, -1 if it has none."""
        if self._code_of is not None:
            return self._code_of.get(key, -1)
        if self._values is None:
            return place_of(key, self._packed)
        try:
            return self._values.index(key)
        except ValueError:
            return -1

    def to_shared(self, codes: Codes) -> "tuple[Keys, Codes]":
        """Return keys shared with other batches, and the codes of the same keys among them.

        Keys without a numbering are returned unchanged.
        """
        if self._numbering is None:
            return self, codes
        if self._numbers is None:
            self._numbers = self._numbering.numbers_of(self.values())
        return self._numbering.keys, self._numbers.take(codes)

    def release(self) -> None:
        """Drop the Python objects: later uses will be rare."""
        if self._packed is not None:
            self._keep, self._values = False, None


class Numbering:
    """Numbers keys in the order of their first occurrence. Owned by the monitor's thread."""

    def __init__(self) -> None:
        names: list[bytes] = []
        self._number_of = NumberOf(names)
        self.keys = Keys(names, code_of=self._number_of)
        """All numbered keys, by number; the sequence grows."""
        self._asked = 0

    @property
    def is_useless(self) -> bool:
        """Whether most keys of the batches were new."""
        return self._asked > _TRIED_KEYS and 2 * len(self.keys) > self._asked

    def numbers_of(self, names: Iterable[bytes]) -> Codes:
        """Return the number of each key."""
        numbers = np.fromiter(map(self._number_of.__getitem__, names), np.int32)
        self._asked += len(numbers)
        return numbers


class Numberings:
    """The current numbering of each dimension.

    A numbering is bounded: when it is full, the next batch begins another. Owned by the monitor's thread.
    """

    def __init__(self) -> None:
        self._numberings: dict[str, Numbering] = {}
        self._to_pass: dict[str, int] = {}
        self._failing = FailingNumbering()

    def choose_failing(self) -> FailingNumbering:
        """Return the numbering of the failing endpoints of a batch."""
        if self._failing.is_full:
            self._failing = FailingNumbering()
        return self._failing

    def choose(self, dimension: str, keys: int, rows: int) -> Numbering | None:
        """Return the numbering for a batch; None if most of its keys will hardly repeat.

        Args:
            dimension: name of the dimension.
            keys: number of distinct keys in the batch.
            rows: number of rows.
        """
        if keys > _FEW_KEYS and keys * _ROWS_PER_KEY > rows and self._should_skip(dimension, keys):
            return None
        found = self._numberings.get(dimension)
        if found is None or len(found.keys) > MAX_NUMBERED:
            found = self._numberings[dimension] = Numbering()
        return found

    def _should_skip(self, dimension: str, keys: int) -> bool:
        """Return whether a batch that repeats few keys should be left without numbers."""
        left = self._to_pass.get(dimension, 0)
        if not left:
            found = self._numberings.get(dimension)
            if found is None or not found.is_useless:
                return False
            left = _PASSED_KEYS
            del self._numberings[dimension]
        self._to_pass[dimension] = max(0, left - keys)
        return True
