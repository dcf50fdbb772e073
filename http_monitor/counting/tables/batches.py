"""Counts by key as the batches grouped them, merged on request."""

from http_monitor.counting.groups import Piece, merge_pieces

# Pieces that wait until they are merged.
_MAX_WAITING = 16


class TableBatches:
    """A first piece, and more that wait to be merged with it."""

    __slots__ = ("_first", "_waiting")

    def __init__(self, first: Piece) -> None:
        self._first = first
        # Their codes refer to the shared keys of the first piece.
        self._waiting: list[Piece] = []

    def __len__(self) -> int:
        return len(self.piece())

    def piece(self) -> Piece:
        """Return all counts."""
        if self._waiting:
            self._first, self._waiting = merge_pieces((self._first, *self._waiting)), []
        return self._first

    def join(self, piece: Piece, most: int) -> bool:
        """Store a piece unmerged if its keys allow that.

        Args:
            piece: the counts to add.
            most: the greatest number of keys allowed in all.

        Returns:
            False if the piece's keys are not shared with the first one, or may be too many; nothing is added then.
        """
        first, piece = self._first.with_shared_keys(), piece.with_shared_keys()
        if first.keys is not piece.keys:
            return False
        bound = len(first) + sum(map(len, self._waiting)) + len(piece)
        if bound > most or len(self._waiting) == _MAX_WAITING:
            whole = merge_pieces((first, *self._waiting, piece))
            if len(whole) > most:
                return False
            self._first, self._waiting = whole, []
        else:
            self._first = first
            self._waiting.append(piece)
        return True
