"""Sees to it that a file which several paths lead to is followed by one of them."""

from collections.abc import Callable

from http_monitor.sources.files.access import Identity
from http_monitor.sources.known.position import FilePosition

_MOST_LEFT = 64


class Claims:
    """Which path follows which file. Shared by the tails of one thread."""

    def __init__(self) -> None:
        self._owners: dict[Identity, str] = {}
        self._seen_at: dict[Identity, str] = {}
        """Where files that nobody could open were seen last."""
        self._left: dict[Identity, Callable[[], FilePosition]] = {}

    def take(self, identity: Identity, owner: str) -> str:
        """Claim a file, unless another path follows it; returns who follows it now."""
        return self._owners.setdefault(identity, owner)

    def owner(self, identity: Identity) -> str | None:
        """Return who follows a file; None if nobody does."""
        return self._owners.get(identity)

    def see(self, identity: Identity, path: str) -> None:
        """Learn that a file stands at a path that nobody could open so far."""
        self._seen_at[identity] = path

    def seen_elsewhere(self, identity: Identity, path: str) -> str | None:
        """Return the other path by which a file is followed, or at which it was seen last; None: there is none."""
        at = self._owners.get(identity) or self._seen_at.get(identity)
        return None if at == path else at

    def leave(self, identity: Identity, owner: str, position: Callable[[], FilePosition] | None) -> None:
        """Let others follow a file.

        Args:
            identity: Of the file.
            owner: Who followed it.
            position: Returns where others follow it from, if any do; None: it is gone, and an inode like it is another
                file.
        """
        if self._owners.get(identity) == owner:
            del self._owners[identity]
            if position is not None:
                self._left[identity] = position
                while len(self._left) > _MOST_LEFT:
                    del self._left[next(iter(self._left))]

    def left(self, identity: Identity) -> FilePosition | None:
        """Return where the path that followed this file before has stopped."""
        position = self._left.get(identity)
        return None if position is None else position()

    def inherit(self, identity: Identity) -> None:
        """Learn that it is followed on from there."""
        self._left.pop(identity, None)
