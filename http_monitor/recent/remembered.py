"""Remembers the sums of pieces by key, so that a table that is renewed counts only what is new."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from http_monitor.filtering.syntax import Expression
from http_monitor.recent.packed import Ints
from http_monitor.recent.piece import PackedPiece, Piece

MAX_BYTES = 4 << 20
_MAX_QUESTIONS = 64
_OBJECT_BYTES = 700
"""About what the objects around the sums take."""


@dataclass(frozen=True, slots=True)
class PieceSums:
    """The sums of all rows of a piece that pass a filter."""

    codes: Ints
    """Those that rows have, each once."""
    hits: Ints
    errors: Ints
    sizes: Ints
    size_bytes: int
    """The sum of `sizes`."""
    with_status: int
    with_size: int
    buckets: Ints | None
    """The number of rows in each histogram bucket; None: no row has a duration."""

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        arrays = (self.codes, self.hits, self.errors, self.sizes)
        return (
            _OBJECT_BYTES
            + sum(array.nbytes for array in arrays)
            + (0 if self.buckets is None else 2 * len(self.buckets))
        )


_Key = tuple[Piece, str, Expression | None]


@dataclass(slots=True)
class _Entry:
    sums: PieceSums
    asked: int
    """The number of the question that it answered last."""


class RememberedSums:
    """Sums of pieces by dimension and filter. May be used in any thread.

    Args:
        max_bytes: Of memory, roughly.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._entries: dict[_Key, _Entry] = {}
        """Those that were asked for last come last."""
        self._nbytes = 0
        self._asked = 0
        self._questions: dict[tuple[str, Expression | None], None] = {}
        """What was asked; the last one comes last."""

    @property
    def nbytes(self) -> int:
        """About the bytes of memory."""
        return self._nbytes

    def asking(self, pieces: Iterable[Piece], dimension: str, expression: Expression | None) -> "Asking":
        """Begin a question; what is known of pieces that are not held any more is forgotten.

        Sums of pieces are worth their time from the second time on that something is asked.

        Args:
            pieces: All that are held.
            dimension: What the rows are counted by.
            expression: Of the filter; None: all rows.
        """
        held = set(pieces)
        with self._lock:
            self._asked += 1
            for key in [key for key in self._entries if key[0] not in held]:
                self._forget(key)
            question = dimension, expression
            is_new = question not in self._questions
            self._questions.pop(question, None)
            self._questions[question] = None
            if len(self._questions) > _MAX_QUESTIONS:
                del self._questions[next(iter(self._questions))]
            return Asking(self, self._asked, dimension, expression, is_new=is_new)

    def find(self, key: _Key, asked: int) -> PieceSums | None:
        """Return what is known."""
        with self._lock:
            entry = self._entries.pop(key, None)
            if entry is None:
                return None
            entry.asked = asked
            self._entries[key] = entry
            return entry.sums

    def keep(self, key: _Key, sums: PieceSums, asked: int) -> bool:
        """Remember sums; return whether there was room beside those of the same question."""
        with self._lock:
            while self._nbytes + sums.nbytes > self._max_bytes:
                oldest = next(iter(self._entries), None)
                if oldest is None or self._entries[oldest].asked >= asked:
                    return False
                self._forget(oldest)
            self._forget(key)
            self._entries[key] = _Entry(sums, asked)
            self._nbytes += sums.nbytes
            return True

    def _forget(self, key: _Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._nbytes -= entry.sums.nbytes


class Asking:
    """One question.

    Args:
        remembered: What is known.
        number: Of the question.
        dimension: What the rows are counted by.
        expression: Of the filter; None: all rows.
        is_new: It was not asked before.
    """

    def __init__(
        self,
        remembered: RememberedSums,
        number: int,
        dimension: str,
        expression: Expression | None,
        *,
        is_new: bool = False,
    ) -> None:
        self._remembered = remembered
        self._number = number
        self._dimension = dimension
        self._expression = expression
        self._is_wanting = not is_new

    def find(self, piece: Piece) -> PieceSums | None:
        """Return the sums of a piece, if they are known."""
        return self._remembered.find((piece, self._dimension, self._expression), self._number)

    def is_wanted(self, piece: Piece) -> bool:
        """Return whether the sums of a piece are worth knowing: others are gone soon."""
        return self._is_wanting and isinstance(piece, PackedPiece)

    def keep(self, piece: Piece, sums: PieceSums) -> None:
        """Remember the sums of a piece."""
        key = (piece, self._dimension, self._expression)
        self._is_wanting = self._remembered.keep(key, sums, self._number)
