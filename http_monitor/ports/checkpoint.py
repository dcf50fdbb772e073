"""The protocol of the storage of a checkpoint."""

from collections.abc import Iterable
from typing import Protocol


class CheckpointStore(Protocol):
    """Keeps one snapshot and its increments, each complete or absent, for the next process."""

    def snapshot(self, parts: Iterable[bytes]) -> None:
        """Replace the checkpoint by these parts. Raises OSError, and then the old one remains."""
        ...

    def append(self, increment: bytes) -> None:
        """Add an increment to the snapshot. Raises OSError, and then only a new snapshot may follow."""
        ...

    def close(self) -> None:
        """Release the storage to other processes."""
        ...
