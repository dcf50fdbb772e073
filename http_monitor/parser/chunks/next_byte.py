"""Finds the next occurrence of a byte from many positions of a chunk at once."""

import numpy as np

from http_monitor.parser.chunks.arrays import Ints
from http_monitor.parser.chunks.chunk import CR, LF, SPACE, Chunk


class Marks:
    """Positions of bytes in a chunk, computed on first use."""

    def __init__(self, chunk: Chunk) -> None:
        self._chunk = chunk
        self._places: dict[bytes, Ints] = {}
        self._closing: Ints | None = None

    def after(self, text: bytes, at: Ints) -> Ints:
        """Return for each position the next place at which a text begins, or the end of the chunk."""
        places = self._places_of(text)
        return places.take(np.searchsorted(places, at))

    def three_after(self, byte: bytes, at: Ints) -> tuple[Ints, Ints, Ints]:
        """Return for each position the next three places of a byte, or the end of the chunk."""
        places = self._places_of(byte)
        rank = np.searchsorted(places, at)
        return places.take(rank), places.take(rank + 1, mode="clip"), places.take(rank + 2, mode="clip")

    def before(self, byte: bytes, stop: Ints) -> Ints:
        """Return for each position the last place of a byte before it; -1 if there is none."""
        places = self._places_of(byte)
        rank = np.searchsorted(places, stop) - 1
        return np.where(rank < 0, -1, places.take(rank, mode="clip"))

    def find_closing(self, at: Ints) -> Ints:
        """Return for each position the next quote that is followed by a space or the end of a line."""
        if self._closing is None:
            quotes = self._places_of(b'"')[:-1]
            first, second = (self._chunk.bytes_at(quotes + number) for number in (1, 2))
            ends = (first == SPACE) | (first == LF) | ((first == CR) & (second == LF))
            self._closing = np.append(quotes[ends], len(self._chunk.data))
        return self._closing.take(np.searchsorted(self._closing, at))

    def _places_of(self, text: bytes) -> Ints:
        places = self._places.get(text)
        if places is None:
            found = np.flatnonzero(self._chunk.bytes == text[0])
            for number, byte in enumerate(text[1:], start=1):
                found = found[self._chunk.bytes_at(found + number) == byte]
            places = self._places[text] = np.append(found, len(self._chunk.data))
        return places
