"""Finds the position from which a path must be followed to read all lines from a given time on."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

from http_monitor.health import NO_HEALTH
from http_monitor.inputs.seeking.log_file import Limits
from http_monitor.inputs.seeking.prober import Prober
from http_monitor.inputs.seeking.search import SAMPLES, Bound, Part, Search
from http_monitor.ports.log_format import LogFormat
from http_monitor.sources.files.access import Files, FileStatus, Handle, Identity
from http_monitor.sources.files.data_end import data_end
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.known.fingerprint import ENOUGH_BYTES, HEAD_BYTES, MARKER_BYTES
from http_monitor.sources.known.position import FilePosition, TailPosition, head_of, print_of
from http_monitor.sources.rotation.log_directory import LogDirectory, Sibling

MakeFormat = Callable[[str, Handle], LogFormat]
"""Makes a format for lines from any place of a file, given (its path, the file)."""


@dataclass(frozen=True, slots=True)
class TailStart:
    """The position from which a path is followed."""

    position: TailPosition | None = None
    """None: the beginning of any file that appears there."""
    skipped_bytes: int = 0
    out_of_order: tuple[str, ...] = ()
    """The files that are read from their beginnings because their lines are not in order of time."""


@dataclass(frozen=True, slots=True)
class StartSearch:
    """Searches files, and those that rotation made of them, for the first line that may be at a time or later.

    Raises:
        OSError: a file cannot be read.
    """

    since: Bound
    margin_us: int
    """How far lines may be out of order."""
    limits: Limits
    besides: frozenset[Identity] = field(default=frozenset())
    """Rotated files that are read by others."""
    samples: int = SAMPLES
    """Number of places of each file that are probed to check whether it is in order of time."""

    def find(self, files: Files, path: str, make_format: MakeFormat) -> TailStart:
        """Return the position from which a path is followed.

        Args:
            files: Access to its files.
            path: The path as the user gave it.
            make_format: Makes formats for their lines.
        """
        opened = files.open(path)
        if isinstance(opened, Obstacle):
            return TailStart()
        handle, status = opened
        with closing(handle):
            size = data_end(handle, status.size)
            part = self._part(path, handle, size, make_format)
            now = _position(path, handle, replace(status, size=size), part.start)
            found = [replace(now, at_path_ns=status.mtime_ns)]
            head = handle.read(0, HEAD_BYTES)
        skipped = part.start
        out_of_order = [] if part.in_order else [path]
        if not part.start and part.in_order:
            for older_path, older, older_part in self._older(files, path, head, make_format):
                found.insert(0, older)
                skipped += older_part.start
                out_of_order += [] if older_part.in_order else [older_path]
        return TailStart(TailPosition(tuple(found), NO_HEALTH), skipped, tuple(out_of_order))

    def _older(
        self, files: Files, path: str, head: bytes, make_format: MakeFormat
    ) -> Iterator[tuple[str, FilePosition, Part]]:
        """Yield the rotated files that are needed too, the newest first: (path, position, part)."""
        directory = LogDirectory(files, files.target(path))
        heads = [head]
        for sibling in reversed(directory.list_rotated()):
            handle = None if sibling.identity in self.besides else directory.open(sibling)
            if handle is None:
                continue
            with closing(handle):
                head = handle.read(0, HEAD_BYTES)
                # The lines of a copy that is kept beside the log have been read already.
                if any(are_copies(head, other) for other in heads):
                    continue
                heads.append(head)
                part, is_last = self._older_part(sibling, handle, make_format)
                if part.start < part.end:
                    status = FileStatus(sibling.identity, part.end, handle.status().mtime_ns)
                    yield sibling.path, _position(sibling.path, handle, status, part.start), part
            if is_last:
                return

    def _older_part(self, sibling: Sibling, handle: Handle, make_format: MakeFormat) -> tuple[Part, bool]:
        """Return the part of a rotated file that is needed, and whether no older file is needed."""
        size = handle.status().size
        if not sibling.compressed:
            part = self._part(sibling.path, handle, size, make_format)
            return part, part.start > 0 or not part.in_order
        # Its last time is known only by inflating it, so all of it is read.
        first = self._prober(sibling.path, handle, size, make_format).at(0)
        return Part(0, size), first is None or self.since.is_behind(first)

    def _part(self, path: str, handle: Handle, size: int, make_format: MakeFormat) -> Part:
        prober = self._prober(path, handle, size, make_format)
        return Search(prober, self.margin_us, self.samples).find(self.since, None)

    def _prober(self, path: str, handle: Handle, size: int, make_format: MakeFormat) -> Prober:
        return Prober(handle, size, make_format(path, handle), self.limits.max_ahead_us, self.limits.line_bytes)


def _position(path: str, handle: Handle, status: FileStatus, offset: int) -> FilePosition:
    """Return a position in a file; what is before the offset does not count."""
    start = max(0, offset - MARKER_BYTES)
    return replace(
        FilePosition.of_unread(path, status, offset),
        head=head_of(handle.read(0, min(HEAD_BYTES, status.size))),
        marker=print_of(handle.read(start, offset - start)),
    )


def are_copies(one: bytes, other: bytes) -> bool:
    """Return whether one of two files is a copy of the other, or of an earlier state of it, by their first bytes."""
    known = min(len(one), len(other))
    return known >= ENOUGH_BYTES and one[:known] == other[:known]
