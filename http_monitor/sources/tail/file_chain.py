"""The files of one path, oldest first, with the counters and notices about them."""

from collections.abc import Iterator, Sequence

from http_monitor.health import Health
from http_monitor.records import LogFile
from http_monitor.report import Notice
from http_monitor.sources.files.access import Files, FileStatus, Handle, Identity
from http_monitor.sources.files.gathered_lines import GatheredLines
from http_monitor.sources.known.fingerprint import fits
from http_monitor.sources.known.position import FilePosition
from http_monitor.sources.rotation.gzip_archive import GzHandle
from http_monitor.sources.rotation.log_directory import Sibling
from http_monitor.sources.rotation.rotated_files import RotatedFiles
from http_monitor.sources.tail.claims import Claims
from http_monitor.sources.tail.contents import all_of, is_truncated
from http_monitor.sources.tail.tailed_file import TailedFile
from http_monitor.sources.tail.unopened_files import UnopenedFiles
from http_monitor.units import US_PER_S, visible_text

_MAX_RESTED = 16
_MAX_FOLLOWED = 16
_MAX_DONE = 16
REST_US = 10 * US_PER_S


class FileChain:
    """Holds the files that are followed for one path, with the counters and notices about them.

    Args:
        path: The path as the user gave it.
        files: Access to the files.
        claims: Shared with the other paths.
        counted: The counters to resume with.
        limit: The longest line, in bytes without its LF.
    """

    def __init__(self, path: str, files: Files, claims: Claims, counted: Health, limit: int) -> None:
        self.path = path
        self.files = files
        self.claims = claims
        self.counted = counted
        """Counters since the start, including earlier runs."""
        self.followed: list[TailedFile] = []
        """Oldest first; the last one is at the path, or was there last."""
        self.rested: list[TailedFile] = []
        """Released files, checked only in case they grow."""
        self.done: list[FilePosition] = []
        """Files that were read to their ends and will not grow: copies, archives, and deleted files."""
        self.before: FilePosition | None = None
        """The last file at the path, if it is no longer among the followed ones."""
        self.restarted: Identity | None = None
        """A file that was truncated while it was not followed."""
        self.unopened = UnopenedFiles(path)
        """Files seen at the path but not opened so far."""
        self.arrivals = 0
        """Number of files found that were at the path, including those that had left it by then."""
        self.same_as = ""
        """The other path that follows the file at this one."""
        self._shown = visible_text(path)
        self._limit = limit
        self._notices: list[Notice] = []
        self.reported_older: set[Identity] = set()
        """Older files with names of later ones that were reported as not read."""
        self.rested_us = 0

    def __iter__(self) -> Iterator[TailedFile]:
        """Yield the rested and the followed files, oldest first."""
        yield from self.rested
        yield from self.followed

    @property
    def rests_until_us(self) -> int | None:
        """When released files are to be checked again, by the running clock; None: there are none."""
        return self.rested_us + REST_US if self.rested else None

    @property
    def newest(self) -> TailedFile | None:
        """The file at the path, or the last one that was there; None before the first and after it was released."""
        return self.followed[-1] if self.followed else None

    def siblings(self) -> RotatedFiles:
        """Return the files beside the path, among them those that rotation made of earlier files."""
        return RotatedFiles(self.files, self.files.target(self.path))

    def contents(self, *others: TailedFile) -> list[FilePosition]:
        """Return the positions that identify copies of these and other files.

        A file that is still in the directory has no archive, and a file that still contains what was read of it has no
        copy from before a truncation. This matters because lines may be identical, and so may whole files.
        """
        there = self._there()
        found = []
        for followed in (*self, *others):
            if is_truncated(followed):
                found.append(followed.position())
            if followed.identity not in there:
                found.append(all_of(followed))
        if self.before is not None and (self.before.identity not in there or self.before.identity == self.restarted):
            found.append(self.before)
        return found

    def _there(self) -> set[Identity]:
        """Return the identities of files in the directory, without inodes that other files reuse."""
        siblings = self.siblings()
        closed = [followed.position() for followed in self.rested]
        if self.before is not None:
            closed.append(self.before)
        held = {followed.identity for followed in self.followed}
        replaced = {position.identity for position in closed} - siblings.recognize(closed, ()) - held
        return siblings.identities() - replaced

    def make_tailed(self, identity: Identity, path: str, handle: Handle, now_us: int) -> TailedFile:
        """Return a file to be followed from its first byte; it is not in the chain yet."""
        return TailedFile(identity, path, handle, self._limit, now_us)

    def log_file(self, followed: TailedFile) -> LogFile:
        """Return the name of a file under which its lines are counted."""
        return LogFile(self.path, followed.path, followed.identity)

    def is_followed_elsewhere(self, identity: Identity) -> bool:
        """Return whether another path follows this file; notify the user once."""
        owner = self.claims.owner(identity)
        if owner is None or owner == self.path:
            self.same_as = ""
            return False
        if owner != self.same_as:
            self.same_as = owner
            self.notify(f"the same file as {visible_text(owner)}, which is already followed", "same-file")
        return True

    def inherit(self, followed: TailedFile, size: int) -> bool:
        """Resume a file where another path stopped following it; return whether one had followed it.

        Raises:
            OSError: it cannot be read.
        """
        position = self.claims.find_left(followed.identity)
        assert followed.handle is not None
        if position is None or size < position.offset or not fits(followed.handle, position):
            return False
        followed.go_on_from(position)
        return True

    def archive_of_unseen(
        self, unseen: FilePosition, earlier: Sequence[TailedFile], known: set[Identity]
    ) -> tuple[Sibling, Handle] | None:
        """Return the archive, opened, of a file that was empty when seen last and is open nowhere.

        Args:
            unseen: The last position in that file.
            earlier: Followed and released files that were at the path before it.
            known: Further files to ignore, besides those that are or were followed.
        """
        if unseen.size or unseen.let_go or not (earlier or self.done):
            return None
        before = all_of(earlier[-1]) if earlier else self.done[-1]
        return self.siblings().next_archive(before, unseen, known | self.list_known(), self.contents())

    def let_go(self, followed: TailedFile, lines: GatheredLines) -> None:
        """Release a file, since its last line will not be completed."""
        if followed.superseded:
            followed.let_go = True
            lines.add(followed.finish(), self.log_file(followed), followed.starts)
            self.drop(followed)
            return
        lines.add(followed.finish(), self.log_file(followed), followed.starts)
        if followed.whole:
            self.counted += Health(lost_bytes=max(0, followed.expected_size - followed.offset))
        if isinstance(followed.handle, GzHandle) and followed.handle.flaw:
            self.counted += Health(maybe_lost=True)
            self.notify(
                f"{visible_text(followed.path)} is a broken archive ({followed.handle.flaw})", "archive", warning=True
            )
        self.take_counts(followed)
        followed.let_go = True
        done = followed.position()
        followed.close()
        if followed is self.newest:
            self.before = followed.position()
        self.followed.remove(followed)
        self.claims.leave(followed.identity, self.path, None if followed.whole else followed.position)
        if followed.whole:
            self.note_done(done)
        else:
            self.rested = [*self.rested, followed][-_MAX_RESTED:]

    def let_go_of_the_idle(self, grace_us: int, now_us: int, lines: GatheredLines, *, has_left: bool) -> None:
        """Release older files that are no longer written to.

        Args:
            grace_us: How long they must be idle.
            now_us: The running clock.
            lines: Receives their last lines.
            has_left: The last file is older too: another one is at the path, which cannot be opened beside it.
        """
        has_left |= bool(self.same_as)
        for followed in tuple(self.followed if has_left else self.followed[:-1]):
            later = self.followed[self.followed.index(followed) + 1 :]
            has_successor = has_left or any(other.holds_data for other in later)
            idle = now_us - followed.changed_us >= grace_us
            crowded = len(self.followed) > _MAX_FOLLOWED
            if followed.handle is not None and has_successor and (idle or crowded) and not followed.unread:
                self.let_go(followed, lines)

    def join(self, followed: TailedFile) -> None:
        """Add a file that is at the path now."""
        self.claims.hold(followed.identity)
        followed.beside = frozenset(sibling.identity for sibling in self.siblings().list_rotated())
        self.followed.append(followed)

    def note_done(self, position: FilePosition) -> None:
        """Store a file that was read to its end and will not grow, so that neither it nor its archive is read again."""
        self.done = [*self.done, position][-_MAX_DONE:]

    def take_counts(self, followed: TailedFile) -> None:
        """Add what a file has counted to the counters."""
        self.counted += followed.take_counts()

    def note_truncation(self, words: str = "truncated, reading from its start") -> None:
        """Count a truncation; how much was written and cut off between two looks is not known."""
        self.counted += Health(truncations=1, maybe_lost=True)
        self.notify(words, "truncation")

    def notify(self, words: str, name: str, *, warning: bool = False) -> None:
        """Add a notice about the path, with the name of its kind."""
        self._notices.append(Notice(f"{self._shown}: {words}", "warning" if warning else "info", name, self.path))

    def note_unopened(self, status: FileStatus) -> None:
        """Record that a file that could not be opened so far is at the path."""
        self.claims.see(status.identity, self.path)
        if not self.unopened.note(status):
            self.counted += Health(maybe_lost=True)
            self.notify("a file changed before it could be opened, lines may be lost", "lost", warning=True)

    def miss_unseen(self) -> None:
        """Record that more files were at the path than were found."""
        self.counted += Health(maybe_lost=True)
        self.notify("files came and went at this path between two checks, lines may be lost", "lost", warning=True)

    def take_notices(self) -> tuple[Notice, ...]:
        """Return the notices since the last call."""
        notices = tuple(self._notices)
        self._notices.clear()
        return notices

    def drop(self, followed: TailedFile) -> None:
        """Remove a file whose content is read elsewhere."""
        self.take_counts(followed)
        followed.close()
        self.followed.remove(followed)
        self.claims.leave(followed.identity, self.path, None)

    def list_known(self) -> set[Identity]:
        """Return the identities of files that are or were followed, without inodes that other files reuse."""
        rested = [followed.position() for followed in self.rested]
        return {followed.identity for followed in self.followed} | self.siblings().recognize(rested, self.done)
