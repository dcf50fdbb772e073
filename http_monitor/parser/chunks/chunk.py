"""Finds the lines of a chunk, with the spaces and quotes that their fields stand between."""

from dataclasses import dataclass

import numpy as np

from http_monitor.parser.chunks.arrays import Bytes, Ints, Words

TAB, LF, CR, SPACE, QUOTE, BACKSLASH = (ord(char) for char in '\t\n\r "\\')
WORD_BYTES = 8


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk of whole lines, indexed.

    A *mark* is a space, a quote or an LF. Most fields end at one, and a line whose marks come in the usual
    sequence has its fields at fixed distances in `mark_at`, without a search.
    """

    data: bytes
    """Whole lines, each with its LF; at least `WORD_BYTES` long."""
    bytes: Bytes
    """The same, as an array."""
    words: Words
    """At each position the eight bytes from there on, the first one lowest; see `words_at`."""
    mark_at: Ints
    """Where the marks are; see `marks_at`."""
    mark_kind: Bytes
    """What they are, then a few zeros, so that an index just beyond is harmless."""
    mark_words: Words
    """At each mark its kind with those of the next seven, the first one lowest; see `words_at`."""
    first_mark: Ints
    """For each line, the index of its first mark."""
    lf_mark: Ints
    """For each line, the index of its LF among the marks."""
    starts: Ints
    """For each line, its first byte."""
    lfs: Ints
    """For each line, its LF."""
    ends: Ints
    """For each line, the byte after its last one; a CR before the LF belongs to the line end."""

    def bytes_at(self, positions: Ints) -> Bytes:
        """Return the bytes at these positions; at a position outside the chunk, some other byte."""
        return self.bytes.take(positions, mode="clip")

    def marks_at(self, numbers: Ints) -> Ints:
        """Return where these marks are; of one beyond the last, where the last one is, which is the last LF."""
        return self.mark_at.take(numbers, mode="clip")

    def lines_of(self, positions: Ints) -> Ints:
        """Return the index of the line that each byte position is in."""
        return np.searchsorted(self.lfs, positions)


def words_of(data: bytes) -> Words:
    """Return a view, without copying, of the eight bytes from each position on, little-endian."""
    return np.ndarray((len(data) - WORD_BYTES + 1,), "<u8", buffer=data, strides=(1,))


def words_at(words: Words, positions: Ints) -> Words:
    """Return the words at these positions; at a position beyond the last, some other word."""
    # Not take(): it would make an aligned copy of the whole view first, eight times the chunk.
    return words[np.clip(positions, 0, len(words) - 1)]


def word(text: bytes) -> np.uint64:
    """Return up to eight bytes as such a word, the missing ones 0."""
    return np.uint64(int.from_bytes(text, "little"))


def index_chunk(data: bytes) -> Chunk:
    """Return the chunk with its lines and marks found.

    Args:
        data: Whole lines, each with its LF; at least `WORD_BYTES` long.
    """
    every = np.frombuffer(data, np.uint8)
    # One comparison finds the marks and little else; what else it finds is rare.
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
