"""Ensures that a file is followed by one path only, if several lead to it."""

from collections.abc import Callable

from http_monitor.sources.files.access import Identity
from http_monitor.sources.known.position import FilePosition

_MAX_LEFT = 64


class Claims:
    """Records which path follows which file. Shared by the tails of one thread."""

    def __init__(self) -> None:
        self._owners: dict[Identity, str] = {}
        self._held: set[Identity] = set()
        """Files that their owners have opened; the others were announced, and may be gone by now."""
        self._seen_at: dict[Identity, str] = {}
        """The paths at which files that could not be opened were seen last."""
        self._left: dict[Identity, Callable[[], FilePosition]] = {}

    def take(self, identity: Identity, owner: str) -> str:
        """Claim a file, unless another path follows it; return the path that follows it now."""
        return self._owners.setdefault(identity, owner)

    def owner(self, identity: Identity) -> str | None:
        """Return the path that follows a file; None if none does."""
        return self._owners.get(identity)

    def see(self, identity: Identity, path: str) -> None:
        """Record that a file that could not be opened so far is at a path."""
        self._seen_at[identity] = path

    def find_other_path(self, identity: Identity, path: str) -> str | None:
        """Return the other path that follows a file, or at which it was seen last; None if there is none."""
        at = self._owners.get(identity) or self._seen_at.get(identity)
        return None if at == path else at

    def leave(self, identity: Identity, owner: str, position: Callable[[], FilePosition] | None) -> None:
        """Release a file, so that other paths can follow it.

        Args:
            identity: Its identity.
            owner: The path that followed it.
            position: Returns the position from which others follow it; None: the file is gone, and a file with the same
                identity is another one.
        """
        if self._owners.get(identity) == owner:
            del self._owners[identity]
            self._held.discard(identity)
            if position is not None:
                self._left[identity] = position
                while len(self._left) > _MAX_LEFT:
                    del self._left[next(iter(self._left))]

    def find_left(self, identity: Identity) -> FilePosition | None:
        """Return the position at which the path that followed this file before stopped."""
        position = self._left.get(identity)
        return None if position is None else position()

    def hold(self, identity: Identity) -> None:
        """Record that the owner of a file has opened it, and follows it from where another path stopped."""
        self._held.add(identity)
        self._left.pop(identity, None)

    def is_held(self, identity: Identity) -> bool:
        """Return whether the owner of a file has opened it."""
        return identity in self._held
