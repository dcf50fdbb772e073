"""Counts by key in as few bytes as they need, for tables that stay for minutes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from http_monitor.counting.groups import Piece
from http_monitor.counting.keys import Keys
from http_monitor.sizes import Narrow, narrow


@dataclass(frozen=True, slots=True)
class PackedPiece:
    """A `Piece` that is to be kept rather than worked with."""

    keys: Keys
    codes: Narrow
    hits: Narrow
    sizes: Narrow
    errors: Narrow

    @staticmethod
    def of(piece: Piece) -> "PackedPiece":
        """Return a piece, which may be a view of larger arrays, in memory of its own; its keys stay as they are."""
        return PackedPiece(
            piece.keys, narrow(piece.codes), narrow(piece.hits), narrow(piece.sizes), narrow(piece.errors)
        )

    def piece(self) -> Piece:
        """Return it as it was."""
        return Piece(self.keys, _wide(self.codes), _wide(self.hits), _wide(self.sizes), _wide(self.errors))

    def __len__(self) -> int:
        return len(self.codes)


def _wide(values: Narrow) -> Any:
    return values if values.dtype == np.object_ else values.astype(np.int64)
