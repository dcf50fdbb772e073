"""Pieces that share the vocabularies of their texts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from http_monitor.recent.columns import TEXTS, NewRows, make_columns
from http_monitor.recent.piece import PackedPiece, Piece
from http_monitor.recent.vocabulary import Vocabulary
from http_monitor.records import SCHEMA, FileOffsets, LogFile


@dataclass(frozen=True, slots=True)
class ChapterView:
    """A chapter as it was at some time."""

    pieces: tuple[Piece, ...]
    vocabularies: Mapping[str, Vocabulary]
    counts: Mapping[str, int]
    """Number of texts in each."""
    files: tuple[LogFile, ...]


class Chapter:
    """Pieces in the order in which their rows were accepted. Owned by who has the lock of the recent rows.

    A vocabulary never loses a text; a chapter that is forgotten with its last piece takes all of its texts with it.
    """

    def __init__(self) -> None:
        self.packed: list[Piece] = []
        self.loose: list[Piece] = []
        """Those that are not compressed yet, behind the others."""
        self.rows = 0
        """Number of all rows that were added."""
        self._vocabularies = {name: Vocabulary(nullable=SCHEMA.field(name).nullable) for name in TEXTS}
        self._files: dict[LogFile, int] = {}

    @property
    def pieces(self) -> list[Piece]:
        """All of them."""
        return self.packed + self.loose

    @property
    def text_bytes(self) -> int:
        """About the bytes of memory of the vocabularies."""
        return sum(vocabulary.nbytes for vocabulary in self._vocabularies.values())

    @property
    def nbytes(self) -> int:
        """About the bytes of memory of all."""
        return self.text_bytes + sum(piece.nbytes for piece in self.pieces)

    @property
    def loose_rows(self) -> int:
        """Number of rows that are not compressed."""
        return sum(piece.count for piece in self.loose)

    @property
    def loose_bytes(self) -> int:
        """Bytes of memory of what is not compressed."""
        return sum(piece.nbytes for piece in self.loose)

    def add(self, rows: Sequence[NewRows]) -> None:
        """Add at least one frame."""
        offsets = [each.offsets for each in rows]
        texts = FileOffsets.join(offsets).texts if any(each.texts is not None for each in offsets) else None
        self.loose.append(Piece(make_columns(rows, self._vocabularies, self._files), texts))
        self.rows += self.loose[-1].count

    def pack(self) -> None:
        """Compress what is not."""
        if self.loose:
            self.packed.append(PackedPiece(self.loose))
            self.loose = []

    def close(self) -> None:
        """Take less memory: nothing is added any more."""
        self.pack()
        for vocabulary in self._vocabularies.values():
            vocabulary.close()

    def forget(self, is_old: Callable[[Piece], bool]) -> None:
        """Forget pieces."""
        self.packed = [piece for piece in self.packed if not is_old(piece)]
        self.loose = [piece for piece in self.loose if not is_old(piece)]

    def view(self) -> ChapterView:
        """Return it as it is now."""
        counts = {name: len(vocabulary) for name, vocabulary in self._vocabularies.items()}
        return ChapterView(tuple(self.pieces), self._vocabularies, counts, tuple(self._files))
