"""Counts by key as the batches grouped them, added up when somebody asks."""

from http_monitor.counting.groups import Piece, united

# So many wait before they are added up.
_MOST_WAITING = 16


class TableBatches:
    """A first piece, and more that wait to be added to it."""

    __slots__ = ("_first", "_waiting")

    def __init__(self, first: Piece) -> None:
        self._first = first
        # By the keys that the first one has when it is numbered.
        self._waiting: list[Piece] = []

    def __len__(self) -> int:
        return len(self.piece())

    def piece(self) -> Piece:
        """Return all counts."""
        if self._waiting:
            self._first, self._waiting = united((self._first, *self._waiting)), []
        return self._first

    def join(self, piece: Piece, most: int) -> bool:
        """Let a piece wait.

        Args:
            piece: what is to be added.
            most: so many keys there may be in all.

        Returns:
            False where the piece's keys are not numbered as those of the first one, or may be too many; then nothing
            was added.
        """
        first, piece = self._first.numbered(), piece.numbered()
        if first.keys is not piece.keys:
            return False
        bound = len(first) + sum(map(len, self._waiting)) + len(piece)
        if bound > most or len(self._waiting) == _MOST_WAITING:
            whole = united((first, *self._waiting, piece))
            if len(whole) > most:
                return False
            self._first, self._waiting = whole, []
        else:
            self._first = first
            self._waiting.append(piece)
        return True
