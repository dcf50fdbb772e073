"""Sorted rows of a table, made only as far as they are read."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Ranking(Sequence[T], Generic[T]):
    """A sequence whose first entries are found faster than all of them.

    Args:
        length: The number of entries.
        first: Returns the given number of first entries.
    """

    __slots__ = ("_first", "_length")

    def __init__(self, length: int, first: Callable[[int], Sequence[T]]) -> None:
        self._length = length
        self._first = first

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...

    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        if isinstance(index, slice):
            _, stop, _ = index.indices(self._length)
            return tuple(self._first(stop))[index]
        return self._first(self._length)[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._first(self._length))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))
