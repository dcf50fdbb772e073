"""The distinct texts of a column, shared by the pieces of a chapter."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.recent.packed import PackedTexts
from http_monitor.records import Bools, Int32s

Text = bytes | None
Derived = tuple[Int32s, list[Text]]
"""For each text the number of what is made of it, and those."""
_MAX_REMEMBERED = 4
_KEY_BYTES = 150
"""About what a text takes in a list and a dictionary besides itself."""


class _NumberOf(dict[Text, int]):
    """The number of each text; a new one gets the next."""

    def __init__(self, names: list[Text]) -> None:
        self._names = names

    def __missing__(self, name: Text) -> int:
        number = self[name] = len(self._names)
        self._names.append(name)
        return number


class Vocabulary:
    """Numbers texts in the order in which they come first; None is the text of rows without one.

    One thread adds texts, until it closes the vocabulary. Any thread may ask for those that it had at some time.

    Args:
        nullable: There may be rows without a text; the number of None is 0.
    """

    def __init__(self, *, nullable: bool) -> None:
        names: list[Text] = []
        self._names: list[Text] | PackedTexts = names
        self._number_of = _NumberOf(names)
        self._array: Any = pa.array([], pa.binary())
        """The first texts, while more may come."""
        self._count = 0
        self._text_bytes = 0
        self._derived: dict[str, Derived] = {}
        self._remembered: dict[Hashable, Bools] = {}
        if nullable:
            self.numbers_of((None,))

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """About the bytes of memory that it takes."""
        if isinstance(self._names, PackedTexts):
            own = self._names.nbytes
        else:
            own = self._count * _KEY_BYTES + self._text_bytes + self._array.nbytes
        own += sum(codes.nbytes + _KEY_BYTES * len(names) for codes, names in tuple(self._derived.values()))
        return own + sum(mask.nbytes for mask in tuple(self._remembered.values()))

    def numbers_of(self, texts: Sequence[Text]) -> Int32s:
        """Return the number of each text."""
        numbers = np.fromiter(map(self._number_of.__getitem__, texts), np.int32, len(texts))
        names = self._names
        assert isinstance(names, list)
        self._text_bytes += sum(len(name) for name in names[self._count :] if name is not None)
        self._count = len(names)
        return numbers

    def close(self) -> None:
        """Take less memory: no more texts will come."""
        assert isinstance(self._names, list)
        # Other threads have the list or the packed texts, never a part.
        if self._names:
            self._names = PackedTexts.pack(pa.array(self._names, pa.binary()))
        self._number_of = _NumberOf([])
        self._array = pa.array([], pa.binary())

    def texts(self, count: int) -> Any:
        """Return the first so many texts as an array of binary."""
        names = self._names
        if isinstance(names, PackedTexts):
            found: Any = names.unpack()
        else:
            # Others may add to it meanwhile: the texts are the same ones in any order of that.
            found = self._array
            if len(found) < count:
                found = pa.concat_arrays([found, pa.array(names[len(found) : count], pa.binary())])
                self._array = found
        return found if len(found) == count else found.slice(0, count)

    def remembered(self, question: Hashable, count: int, answer: "Callable[[pa.Array[Any]], Bools]") -> Bools:
        """Return of which of the first so many texts something is true; asked once for each text."""
        found = self._remembered.get(question)
        if found is None:
            found = np.empty(0, np.bool_)
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
        if len(found) < count:
            found = self._remembered[question] = np.concatenate((found, answer(self.texts(count).slice(len(found)))))
        return found[:count]

    def derived(self, name: str, derive: Callable[[bytes], Text], count: int) -> Derived:
        """Return what is made of the first so many texts; worked out once for each.

        Args:
            name: Of the dimension.
            derive: Makes it of a text.
            count: The number of texts.
        """
        codes, names = self._derived.get(name, (np.empty(0, np.int32), []))
        if len(codes) < count:
            number_of = _NumberOf(list(names))
            number_of.update((text, number) for number, text in enumerate(names))
            more = self.texts(count).slice(len(codes)).to_pylist()
            new = [number_of[None if text is None else derive(text)] for text in more]
            codes, names = np.concatenate((codes, np.array(new, np.int32))), list(number_of)
            self._derived[name] = codes, names
        return codes[:count], names
