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

    Only one thread makes pieces, and needs no lock for that: what others have of the vocabularies does not change.
    A vocabulary never loses a text; a chapter that is forgotten with its last piece takes all of its texts with it.
    """

    def __init__(self) -> None:
        self.before: list[Piece] = []
        """Those that are not compressed yet, in front of the others."""
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
        return self.before + self.packed + self.loose

    @property
    def text_bytes(self) -> int:
        """About the bytes of memory of the vocabularies."""
        return sum(vocabulary.nbytes for vocabulary in self._vocabularies.values())

    @property
    def nbytes(self) -> int:
        """About the bytes of memory of all."""
        return self.text_bytes + sum(piece.nbytes for piece in self.pieces)

    @property
    def before_bytes(self) -> int:
        """Bytes of memory of what is not compressed in front of the others."""
        return sum(piece.nbytes for piece in self.before)

    @property
    def loose_rows(self) -> int:
        """Number of rows that are not compressed."""
        return sum(piece.count for piece in self.loose)

    @property
    def loose_bytes(self) -> int:
        """Bytes of memory of what is not compressed."""
        return sum(piece.nbytes for piece in self.loose)

    def make(self, rows: Sequence[NewRows]) -> Piece:
        """Return a piece of at least one frame, which is not in the chapter; but its texts are."""
        offsets = [each.offsets for each in rows]
        texts = FileOffsets.join(offsets).texts if any(each.texts is not None for each in offsets) else None
        piece = Piece(make_columns(rows, self._vocabularies, self._files), texts)
        self.rows += piece.count
        return piece

    def add(self, rows: Sequence[NewRows]) -> None:
        """Add at least one frame."""
        self.loose.append(self.make(rows))

    def begin_with(self, piece: Piece) -> tuple[list[Piece], list[Piece]]:
        """Put a piece in front of all others; return what `restore` takes to undo that."""
        kept = self.before, self.packed
        self.before, self.packed = [piece, *self.before], list(self.packed)
        return kept

    def restore(self, kept: tuple[list[Piece], list[Piece]]) -> None:
        """Undo what was done to pieces since `begin_with`."""
        self.before, self.packed = kept

    def pack(self) -> None:
        """Compress what is not."""
        if self.before:
            self.packed.insert(0, PackedPiece(self.before))
            self.before = []
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
        self.before = [piece for piece in self.before if not is_old(piece)]
        self.packed = [piece for piece in self.packed if not is_old(piece)]
        self.loose = [piece for piece in self.loose if not is_old(piece)]

    def view(self) -> ChapterView:
        """Return it as it is now."""
        counts = {name: len(vocabulary) for name, vocabulary in self._vocabularies.items()}
        return ChapterView(tuple(self.pieces), self._vocabularies, counts, tuple(self._files))
