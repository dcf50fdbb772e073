"""Finds the files in which the lines of a log of before a run stand, the newest first."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from http_monitor.inputs.seeking.search import Bound
from http_monitor.inputs.seeking.tail_start import are_copies
from http_monitor.records import LogFile
from http_monitor.sources.files.access import Files, FileStatus, Handle, Identity
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.known.fingerprint import HEAD_BYTES, fits
from http_monitor.sources.known.position import FilePosition
from http_monitor.sources.rotation.log_directory import LogDirectory

_NS_PER_US = 1_000


@dataclass(frozen=True, slots=True)
class Followed:
    """Where the following of a log began."""

    path: str
    files: tuple[FilePosition, ...]
    """Its files, oldest first: the run counts what is behind the positions; none: what comes to the path."""
    apart: Mapping[Identity, Set[int]] = field(default_factory=dict)
    """Offsets of lines before the positions that the run counts nevertheless."""


@dataclass(frozen=True, slots=True)
class PastFile:
    """An open file."""

    file: LogFile
    handle: Handle
    end: int
    """Where the first line begins that is not of the past."""
    head: bytes
    apart: Set[int]
    """Offsets of lines that the run counts."""

    def is_as_it_was(self) -> bool:
        """Return whether it was not truncated since it was opened. Raises OSError."""
        return self.handle.status().size >= self.end and self.handle.read(0, len(self.head)) == self.head


class MissingError(Exception):
    """Lines of before the run are in no file that can be read from any place."""


class PastFiles:
    """The files of one log, found however they are renamed meanwhile.

    Args:
        followed: Where the following began.
        files: Access to them.
        since: The beginning of the time that is wanted.
        besides: The files of the run, of all its logs.
    """

    def __init__(self, followed: Followed, files: Files, since: Bound, besides: Set[Identity]) -> None:
        self.path = followed.path
        self._followed = followed
        self._files = files
        self._since = since
        self._besides = besides
        self._directory = LogDirectory(files, files.target(followed.path))
        self._heads: list[bytes] = []

    def newest_first(self) -> Iterator[PastFile]:
        """Yield the files, to be closed by the caller, until none may have lines of the time.

        Raises:
            MissingError: a file is gone, compressed, or not what it was; the time of its lines is wanted.
            OSError: a file cannot be read.
        """
        last: Identity | None = None
        for position in reversed(self._followed.files):
            last = position.identity
            if not position.size:
                continue
            if not self._may_be_recent(FileStatus(last, position.size, position.mtime_ns)):
                return
            yield self._open_followed(position)
        while True:
            past = self._open_older(last)
            if past is None:
                return
            last = past.file.identity
            yield past

    def _open_followed(self, position: FilePosition) -> PastFile:
        for path in self._paths_of(position.identity):
            opened = self._files.open(path)
            if isinstance(opened, Obstacle):
                continue
            handle, status = opened
            if status.identity == position.identity and status.size >= position.offset and fits(handle, position):
                file = LogFile(self._followed.path, path, position.identity)
                return self._past(file, handle, position.offset - position.pending)
            handle.close()
        raise MissingError

    def _paths_of(self, identity: Identity) -> Iterator[str]:
        """Yield where a file may be; the directory is listed only if it has left the path."""
        yield self._followed.path
        sibling = self._directory.with_identity(identity)
        if sibling is not None:
            yield sibling.path

    def _open_older(self, last: Identity | None) -> PastFile | None:
        """Return the newest file that is older than one that was read to its beginning; None: none is needed."""
        for sibling in reversed(self._directory.list_rotated()[: self._place_of(last)]):
            status = self._directory.status_of(sibling)
            if sibling.identity in self._besides or (status is not None and not status.size):
                continue
            if status is not None and not self._may_be_recent(status):
                return None
            handle = None if status is None or sibling.compressed else self._directory.open(sibling)
            if handle is None or status is None:
                raise MissingError
            past = self._past(LogFile(self._followed.path, sibling.path, sibling.identity), handle, status.size)
            # A copy that is kept beside the log has the same lines.
            if not any(are_copies(past.head, head) for head in self._heads[:-1]):
                return past
            handle.close()
        return None

    def _place_of(self, last: Identity | None) -> int:
        """Return the number of rotated files that are older than a file."""
        rotated = self._directory.list_rotated()
        at = next((number for number, sibling in enumerate(rotated) if sibling.identity == last), None)
        if at is not None:
            return at
        found = self._files.look(self._followed.path)
        if last is not None and (isinstance(found, Obstacle) or found.identity != last):
            raise MissingError
        return len(rotated)

    def _past(self, file: LogFile, handle: Handle, end: int) -> PastFile:
        apart = self._followed.apart.get(file.identity, frozenset()) if file.identity is not None else frozenset()
        past = PastFile(file, handle, end, handle.read(0, min(HEAD_BYTES, end)), apart)
        self._heads.append(past.head)
        return past

    def _may_be_recent(self, status: FileStatus) -> bool:
        """Return whether a file may have lines of the time that is wanted."""
        least_ns = (self._since.at_us - self._since.margin_us) * _NS_PER_US
        return status.mtime_ns is None or status.mtime_ns >= least_ns
