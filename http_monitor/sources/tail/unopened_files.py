"""Files that were seen at a path and could not be opened: what is gone before it can be is lost, and counted."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from http_monitor.sources.files.access import FileStatus, Identity
from http_monitor.sources.known.position import FilePosition


class UnopenedFiles:
    """Remembers them in the order in which they came, each as large as it was ever seen.

    Args:
        path: Where they stood.
        known: Those that an earlier process had seen.
    """

    def __init__(self, path: str, known: Collection[FilePosition] = ()) -> None:
        self._path = path
        self._seen = {position.identity: position for position in known}
        self._last: Identity | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._seen)

    def __iter__(self) -> Iterator[FilePosition]:
        """Yield where they are to be read from, the first that came first."""
        yield from tuple(self._seen.values())

    def note(self, status: FileStatus) -> bool:
        """Learn that a file stands at the path that nobody has opened so far.

        Returns:
            Whether it is surely the one that had its inode before, if any had. Else it was truncated, or is another:
            what was in it then may be in a copy.
        """
        before = self._seen.get(status.identity)
        # What comes back as it was is the same; an inode that has gone may be another file's when it comes back.
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
        """Forget those that were opened, or counted as lost."""
        for identity in identities:
            self._seen.pop(identity, None)

    def grown(self, position: FilePosition) -> FilePosition:
        """Return a position in one of them with the size that it was seen to have since."""
        seen = self._seen.get(position.identity)
        return position if seen is None or seen.size <= position.size else replace(position, size=seen.size)
