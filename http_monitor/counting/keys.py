"""The keys of a dimension: what codes stand for, and numbers that many batches share."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Codes = npt.NDArray[np.signedinteger[Any]]

MOST_NUMBERED = 20_000
"""A numbering with more keys than that takes no further batch; another one begins."""
# A batch in which keys come back less often than that is numbered only where most of them were seen before.
_ROWS_PER_KEY = 4
_FEW_KEYS = 256
_TRIED_KEYS = 20_000
"""So many keys of batches are numbered before that is judged by how many of them were new."""
_PASSED_KEYS = 16 * _TRIED_KEYS
"""So many keys are left without a number where numbers were of no use, before they are tried again."""


class Keys:
    """The keys that codes stand for; Python objects are made of them only when somebody asks."""

    __slots__ = ("_keep", "_numbering", "_numbers", "_packed", "_values", "some_long")

    def __init__(
        self,
        values: list[bytes] | None,
        packed: Any = None,
        numbering: "Numbering | None" = None,
        *,
        some_long: bool = False,
    ) -> None:
        # Any: the stubs of pyarrow do not describe arrays of binary.
        self.some_long = some_long
        """Some may take more room in a table than one key (`long_keys`); such keys are not numbered."""
        self._values = values
        self._packed = packed
        self._keep = True
        self._numbering = numbering
        self._numbers: Codes | None = None

    @staticmethod
    def pack(values: list[bytes], *, some_long: bool = False) -> "Keys":
        """Return keys that lie side by side, in a third of the memory."""
        result = Keys(None, pa.array(values, pa.binary()), some_long=some_long)
        result._keep = False
        return result

    def __len__(self) -> int:
        return len(self._packed) if self._values is None else len(self._values)

    def values(self) -> list[bytes]:
        """Return them all."""
        if self._values is not None:
            return self._values
        values: list[bytes] = self._packed.to_pylist()
        if self._keep:
            self._values = values
        return values

    def numbered(self, codes: Codes) -> "tuple[Keys, Codes]":
        """Return keys that other batches have too, and the codes of the same keys among them.

        Where these keys have no numbering, they are their own.
        """
        if self._numbering is None:
            return self, codes
        if self._numbers is None:
            self._numbers = self._numbering.numbers_of(self.values())
        return self._numbering.keys, self._numbers.take(codes)

    def release(self) -> None:
        """Hold the objects no longer: from now on few will ask."""
        if self._packed is not None:
            self._keep, self._values = False, None


class _NumberOf(dict[bytes, int]):
    """The number of each key; a new one gets the next."""

    def __init__(self, names: list[bytes]) -> None:
        self._names = names

    def __missing__(self, name: bytes) -> int:
        number = self[name] = len(self._names)
        self._names.append(name)
        return number


class Numbering:
    """Numbers keys in the order in which they are seen first. Owned by the monitor's thread."""

    def __init__(self) -> None:
        names: list[bytes] = []
        self.keys = Keys(names)
        """All keys that have a number, by their numbers; there will be more."""
        self._number_of = _NumberOf(names)
        self._asked = 0

    @property
    def is_in_vain(self) -> bool:
        """Whether most of the keys that batches had were new."""
        return self._asked > _TRIED_KEYS and 2 * len(self.keys) > self._asked

    def numbers_of(self, names: Iterable[bytes]) -> Codes:
        """Return the number of each key."""
        numbers = np.fromiter(map(self._number_of.__getitem__, names), np.int32)
        self._asked += len(numbers)
        return numbers


class Numberings:
    """The numbering of each dimension that the keys of the next batch take part in.

    It has a bound: when a numbering has got long, the next batch begins another. Owned by the monitor's thread.
    """

    def __init__(self) -> None:
        self._numberings: dict[str, Numbering] = {}
        self._to_pass: dict[str, int] = {}

    def choose(self, dimension: str, keys: int, rows: int) -> Numbering | None:
        """Return the numbering for a batch; None where most of its keys will hardly be seen again.

        Args:
            dimension: name of the dimension.
            keys: how many distinct keys the batch has.
            rows: how many rows.
        """
        if keys > _FEW_KEYS and keys * _ROWS_PER_KEY > rows and self._passes(dimension, keys):
            return None
        found = self._numberings.get(dimension)
        if found is None or len(found.keys) > MOST_NUMBERED:
            found = self._numberings[dimension] = Numbering()
        return found

    def _passes(self, dimension: str, keys: int) -> bool:
        """Tell whether a batch in which few keys come back is better left without numbers."""
        left = self._to_pass.get(dimension, 0)
        if not left:
            found = self._numberings.get(dimension)
            if found is None or not found.is_in_vain:
                return False
            left = _PASSED_KEYS
            del self._numberings[dimension]
        self._to_pass[dimension] = max(0, left - keys)
        return True
