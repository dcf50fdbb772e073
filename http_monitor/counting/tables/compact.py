"""Counts by key in the fewest bytes, for tables that stay for minutes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from http_monitor.counting.groups import Piece
from http_monitor.counting.keys import Keys
from http_monitor.sizes import Narrow, narrow


@dataclass(frozen=True, slots=True)
class PackedPiece:
    """A `Piece` in its smallest form."""

    keys: Keys
    codes: Narrow
    hits: Narrow
    sizes: Narrow
    errors: Narrow

    @staticmethod
    def of(piece: Piece) -> "PackedPiece":
        """Return a packed copy of a piece, which may be a view of larger arrays; the keys are shared."""
        return PackedPiece(
            piece.keys, narrow(piece.codes), narrow(piece.hits), narrow(piece.sizes), narrow(piece.errors)
        )

    def piece(self) -> Piece:
        """Return the original piece."""
        return Piece(self.keys, _wide(self.codes), _wide(self.hits), _wide(self.sizes), _wide(self.errors))

    def __len__(self) -> int:
        return len(self.codes)


def _wide(values: Narrow) -> Any:
    return values if values.dtype == np.object_ else values.astype(np.int64)
