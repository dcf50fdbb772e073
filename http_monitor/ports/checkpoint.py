"""Where a checkpoint is kept."""

from collections.abc import Iterable
from typing import Protocol


class CheckpointStore(Protocol):
    """Keeps one snapshot and what was appended to it, each whole or not at all, for the next process."""

    def snapshot(self, parts: Iterable[bytes]) -> None:
        """Replace everything by these parts, one after the other. Raises OSError, and then the old is still there."""
        ...

    def append(self, increment: bytes) -> None:
        """Add to the snapshot. Raises OSError, and then only a new snapshot may follow."""
        ...

    def close(self) -> None:
        """Let another process have it."""
        ...
