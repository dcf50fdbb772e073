"""Tracks files that were seen at a path and could not be opened; those that are gone before that are lost."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from http_monitor.sources.files.access import FileStatus, Identity
from http_monitor.sources.known.position import FilePosition


class UnopenedFiles:
    """The files in the order in which they came, each with the greatest size seen.

    Args:
        path: Their path.
        known: Files that an earlier process had seen.
    """

    def __init__(self, path: str, known: Collection[FilePosition] = ()) -> None:
        self._path = path
        self._seen = {position.identity: position for position in known}
        self._last = next(reversed(self._seen), None)
        """The one that was seen last."""

    def __len__(self) -> int:
        """Return their number."""
        return len(self._seen)

    def __iter__(self) -> Iterator[FilePosition]:
        """Yield the positions to read them from, in the order in which they came."""
        yield from tuple(self._seen.values())

    def note(self, status: FileStatus) -> bool:
        """Record that a file that was not opened so far is at the path.

        Returns:
            Whether it is certainly the file that had its inode before, if there was one. Otherwise that one was
            truncated or replaced, and its content may be in a copy.
        """
        before = self._seen.get(status.identity)
        # A file that returns unchanged is the same one; if its inode was gone in between, it may be another.
        is_same = before is None or (
            status.mtime_ns == before.mtime_ns if status.identity != self._last else status.size >= before.size
        )
        if not is_same:
            del self._seen[status.identity]
        self._last = status.identity
        position = FilePosition.of_unread(self._path, status, 0)
        self._seen[status.identity] = replace(position, at_path_ns=status.mtime_ns)
        return is_same

    def drop(self, identities: Collection[Identity]) -> None:
        """Forget files that were opened, or counted as lost."""
        for identity in identities:
            self._seen.pop(identity, None)

    def extend(self, position: FilePosition) -> FilePosition:
        """Return a position in one of them with the greatest size seen since."""
        seen = self._seen.get(position.identity)
        return position if seen is None or seen.size <= position.size else replace(position, size=seen.size)
