"""Indexes a chunk: its lines, and the spaces and quotes that separate fields."""

from dataclasses import dataclass

import numpy as np

from http_monitor.parser.chunks.arrays import Bytes, Ints, Words

TAB, LF, CR, SPACE, QUOTE, BACKSLASH = (ord(char) for char in '\t\n\r "\\')
WORD_BYTES = 8


@dataclass(frozen=True, slots=True)
class Chunk:
    """An indexed chunk of whole lines.

    A *mark* is a space, a quote or an LF. Most fields end at one, and a line whose marks come in the usual
    sequence has its fields at fixed distances in `mark_at`, without a search.
    """

    data: bytes
    """Whole lines, each with its LF; at least `WORD_BYTES` long."""
    bytes: Bytes
    """The same bytes as an array."""
    words: Words
    """For each position, the eight bytes that begin there, the first one lowest; see `words_at`."""
    mark_at: Ints
    """Positions of the marks; see `marks_at`."""
    mark_kind: Bytes
    """Bytes at the marks, followed by a few zeros, so that an index just beyond the end is harmless."""
    mark_words: Words
    """For each mark, its byte and those of the next seven marks, the first one lowest; see `words_at`."""
    first_mark: Ints
    """For each line, the index of its first mark."""
    lf_mark: Ints
    """For each line, the index of its LF among the marks."""
    starts: Ints
    """For each line, the position of its first byte."""
    lfs: Ints
    """For each line, the position of its LF."""
    ends: Ints
    """For each line, the position after its last byte; a CR before the LF is part of the line end."""

    def bytes_at(self, positions: Ints) -> Bytes:
        """Return the bytes at positions; an arbitrary byte for a position outside the chunk."""
        return self.bytes.take(positions, mode="clip")

    def marks_at(self, numbers: Ints) -> Ints:
        """Return the positions of marks; an index beyond the last gives the last mark, which is the last LF."""
        return self.mark_at.take(numbers, mode="clip")

    def lines_of(self, positions: Ints) -> Ints:
        """Return the index of the line that contains each position."""
        return np.searchsorted(self.lfs, positions)


def words_of(data: bytes) -> Words:
    """Return a view of the eight bytes that begin at each position, little-endian, without copying."""
    return np.ndarray((len(data) - WORD_BYTES + 1,), "<u8", buffer=data, strides=(1,))


def words_at(words: Words, positions: Ints) -> Words:
    """Return the words at positions; an arbitrary word for a position beyond the last."""
    # Not take(): it would first make an aligned copy of the whole view, eight times the size of the chunk.
    return words[np.clip(positions, 0, len(words) - 1)]


def word(text: bytes) -> np.uint64:
    """Return up to eight bytes as a word, padded with zeros."""
    return np.uint64(int.from_bytes(text, "little"))


def index_chunk(data: bytes) -> Chunk:
    """Index a chunk.

    Args:
        data: Whole lines, each with its LF; at least `WORD_BYTES` long.
    """
    every = np.frombuffer(data, np.uint8)
    # One comparison finds the marks and few other bytes.
    marks = np.flatnonzero(every <= QUOTE)
    kinds = every.take(marks)
    good = (kinds == SPACE) | (kinds == QUOTE) | (kinds == LF)
    if not good.all():
        marks, kinds = marks[good], kinds[good]
    kinds = np.concatenate([kinds, np.zeros(2 * WORD_BYTES, np.uint8)])
    lf_mark = np.flatnonzero(kinds == LF)
    lfs = marks.take(lf_mark)
    starts = np.concatenate([[0], lfs[:-1] + 1])
    ends = lfs - ((lfs > starts) & (every.take(lfs - 1, mode="clip") == CR))
    return Chunk(
        data=data,
        bytes=every,
        words=words_of(data),
        mark_at=marks,
        mark_kind=kinds,
        mark_words=words_of(kinds.tobytes()),
        first_mark=np.concatenate([[0], lf_mark[:-1] + 1]),
        lf_mark=lf_mark,
        starts=starts,
        lfs=lfs,
        ends=ends,
    )
