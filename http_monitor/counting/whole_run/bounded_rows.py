"""Rows by key; those with least weight are dropped when there are too many."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np

from http_monitor.counting.keys import Codes

Key = TypeVar("Key")
Row = TypeVar("Row")


class BoundedRows(ABC, Generic[Key, Row]):
    """Holds at most twice `cap` keys; a long key takes the room of several.

    Before an entry whose key would exceed that, the table is cut to the `cap` keys with most weight. So the result does
    not depend on how many entries are counted together.

    Args:
        cap: The number of keys that a cut leaves.
    """

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._room = 0
        self.rows: dict[Key, Row] = {}
        """The kept rows."""
        self.lost = 0
        """The sum of the weights of all rows that were forgotten."""

    @abstractmethod
    def room_of(self, key: Key) -> int:
        """Return the number of keys whose room a key takes."""

    @abstractmethod
    def rank_of(self, key: Key, row: Row) -> tuple[object, ...]:
        """Return a sort key of the rows: most weight first, each rank once."""

    @abstractmethod
    def weight_of(self, row: Row) -> int:
        """Return the weight that is lost with a forgotten row."""

    @abstractmethod
    def new_row(self) -> Row:
        """Return an empty row."""

    def row_of(self, key: Key) -> Row:
        """Return the row of a key, a new one if there is none."""
        found = self.rows.get(key)
        if found is None:
            found = self.rows[key] = self.new_row()
            self._room += self.room_of(key)
        return found

    def row_with_room(self, key: Key) -> Row:
        """Return the row of a key, as `row_of`, after a cut if the key exceeds the limit."""
        if key not in self.rows and self._room + self.room_of(key) > 2 * self._cap:
            self.cut()
        return self.row_of(key)

    def parts(self, keys: Sequence[Key], codes: Codes) -> Iterator[slice]:
        """Yield slices of entries to be counted before the next is asked for; cut the table between them.

        Args:
            keys: Each key once.
            codes: The index of each entry's key, in the order in which they count.
        """
        done = 0
        while done < len(codes):
            count = self._entries_with_room(keys, codes[done:])
            if not count:
                self.cut()
                count = 1
            yield slice(done, done + count)
            done += count

    def _entries_with_room(self, keys: Sequence[Key], codes: Codes) -> int:
        """Return the number of leading entries whose keys all have room."""
        room = 2 * self._cap - self._room
        new = {at: self.room_of(key) for at, key in enumerate(keys) if key not in self.rows}
        if not new or sum(new.values()) <= room:
            return len(codes)
        present, first = np.unique(codes, return_index=True)
        for at in np.argsort(first).tolist():
            needed = new.get(int(present[at]), 0)
            room -= needed
            if needed and room < 0:
                return int(first[at])
        return len(codes)

    def cut(self) -> None:
        """Forget the rows with least weight."""
        ranked = sorted(self.rows.items(), key=lambda item: self.rank_of(*item))
        self.rows, self._room = {}, 0
        for key, row in ranked:
            if self._room + self.room_of(key) > self._cap:
                break
            self.rows[key] = row
            self._room += self.room_of(key)
        self.lost += sum(self.weight_of(row) for _, row in ranked[len(self.rows) :])
