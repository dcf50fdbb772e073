"""The rows of a chapter that are of a span and pass a filter."""

from collections.abc import Iterator, Mapping

import numpy as np

from http_monitor.arrow import take
from http_monitor.filtering.derived import Derive
from http_monitor.filtering.syntax import Expression
from http_monitor.ports.views import ViewSpan
from http_monitor.recent.chapter import ChapterView
from http_monitor.recent.matching import Matcher
from http_monitor.recent.packed import Ints
from http_monitor.recent.piece import Piece
from http_monitor.records import Bools, Int64s


class ChosenPiece:
    """Rows of one piece. Columns are unpacked when they are needed, once.

    Args:
        piece: All its rows.
        rows: Which of them; None: all.
        unpacked: Columns of all its rows.
    """

    __slots__ = ("_piece", "_unpacked", "count", "rows")

    def __init__(self, piece: Piece, rows: Int64s | None, unpacked: dict[str, Ints]) -> None:
        self._piece = piece
        self._unpacked = unpacked
        self.rows = rows
        self.count = piece.count if rows is None else len(rows)

    def column(self, name: str) -> Ints:
        """Return a column of `columns.Columns`."""
        values = self._unpacked.get(name)
        if values is None:
            return self._piece.column(name, self.rows)
        return values if self.rows is None else values.take(self.rows)

    def texts(self) -> list[bytes | None]:
        """Return the lines, None for those that can be read again."""
        texts = self._piece.texts()
        if texts is None:
            return [None] * self.count
        found: list[bytes | None] = (texts if self.rows is None else take(texts, self.rows)).to_pylist()
        return found

    def has(self, name: str) -> bool:
        """Return whether the column is there."""
        return name in self._piece.names

    def folded(self) -> "ChosenPiece":
        """Return the rows with nothing unpacked."""
        return ChosenPiece(self._piece, self.rows, {})

    def only(self, places: Int64s) -> "ChosenPiece":
        """Return some of the rows, with nothing unpacked."""
        return ChosenPiece(self._piece, places if self.rows is None else self.rows[places], {})


class ChosenRows:
    """Rows of one chapter, in the order in which they were accepted.

    Args:
        chapter: Its rows.
        span: Of these the ones to be chosen.
        expression: Of the filter; None: all.
        derivations: Make the dimensions that are no columns.
    """

    def __init__(
        self, chapter: ChapterView, span: ViewSpan, expression: Expression | None, derivations: Mapping[str, Derive]
    ) -> None:
        self.chapter = chapter
        self._span = span
        self._matcher = None if expression is None else Matcher(expression, chapter, derivations)

    def pieces(self) -> Iterator[ChosenPiece]:
        """Yield the rows of each piece that has any; what is unpacked of one is gone when the next comes."""
        for piece in self.candidates():
            chosen = self.choose(piece)
            if chosen.count:
                yield chosen

    def candidates(self) -> list[Piece]:
        """Return the pieces that may have rows."""
        span = self._span
        return [one for one in self.chapter.pieces if one.first_us < span.end_us and one.last_us >= span.start_us]

    def has_whole(self, piece: Piece) -> bool:
        """Return whether all rows of a piece are of the span."""
        return self._span.start_us <= piece.first_us and piece.last_us < self._span.end_us

    def choose(self, piece: Piece) -> ChosenPiece:
        """Return the rows of a piece, there may be none."""
        span = self._span
        unpacked: dict[str, Ints] = {}
        mask: Bools | None = None
        if not self.has_whole(piece):
            time_us = unpacked["time"] = piece.column("time")
            mask = (time_us >= span.start_us) & (time_us < span.end_us)
        if self._matcher is not None and (mask is None or mask.any()):
            found = self._matcher.mask(piece, unpacked)
            mask = found if mask is None else mask & found
        return ChosenPiece(piece, None if mask is None or mask.all() else np.flatnonzero(mask), unpacked)
