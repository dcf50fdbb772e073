"""The files that one path has led to, oldest first: how they join, and how they are let go."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from http_monitor.health import Health
from http_monitor.report import Notice
from http_monitor.sources.files.access import Files, FileStatus, Handle, Identity
from http_monitor.sources.files.regular_file import MISSING, Obstacle
from http_monitor.sources.tail.claims import Claims
from http_monitor.sources.tail.fingerprint import fits
from http_monitor.sources.tail.gzip_archive import GzHandle
from http_monitor.sources.tail.log_directory import Sibling
from http_monitor.sources.tail.position import FilePosition, print_of
from http_monitor.sources.tail.replaced_copies import Before, begins_in, end_by_print, end_in, lines_in
from http_monitor.sources.tail.rotated_files import Between, RotatedFiles
from http_monitor.sources.tail.tailed_file import TailedFile
from http_monitor.units import US_PER_S, visible_text

_MOST_RESTED = 16
_MOST_FOLLOWED = 16
_MOST_DONE = 16
_REST_US = 10 * US_PER_S


class FileChain:
    """Holds what is followed for one path, with the counters and the words for what happened to it.

    Args:
        path: The path as it was given.
        files: The way to it.
        claims: Shared with the other paths.
        counted: The counters to resume with.
        limit: The longest line, in bytes without its LF.
    """

    def __init__(self, path: str, files: Files, claims: Claims, counted: Health, limit: int) -> None:
        self.path = path
        self.files = files
        self.claims = claims
        self.counted = counted
        """Counters since the start, over restarts."""
        self.followed: list[TailedFile] = []
        """Oldest first; the last is the one at the path, or was when there was one."""
        self.rested: list[TailedFile] = []
        """Let go, and only looked at in case they grow."""
        self.done: list[FilePosition] = []
        """What has been read to its end and will not grow: copies, archives, and files that are gone."""
        self.before: FilePosition | None = None
        """The last file that was at the path, where it is not among the followed any more."""
        self.restarted: Identity | None = None
        """A file that was truncated while nobody followed it."""
        self.arrivals = 0
        """So many files have been found that stood at the path, also such as had left it by then."""
        self.same_as = ""
        """The path by which the file at this one is followed already."""
        self._shown = visible_text(path)
        self._limit = limit
        self._notices: list[Notice] = []
        self._put: set[Identity] = set()
        """Old files that were given names of later ones, of which it was said that they are not read."""
        self._rested_us = 0

    def __iter__(self) -> Iterator[TailedFile]:
        """Yield the rested and the followed files, oldest first."""
        yield from self.rested
        yield from self.followed

    @property
    def rests_until_us(self) -> int | None:
        """When files that were let go are to be looked at again, by the running clock; None: there are none."""
        return self._rested_us + _REST_US if self.rested else None

    @property
    def newest(self) -> TailedFile | None:
        """The file at the path, or the last that was there; None before the first and after it was let go."""
        return self.followed[-1] if self.followed else None

    def siblings(self) -> RotatedFiles:
        """Return what rotation may have made of earlier files."""
        return RotatedFiles(self.files, self.files.target(self.path))

    def contents(self, *others: TailedFile) -> list[FilePosition]:
        """Return by what copies of these and other files are known.

        Where a file is still in the directory nothing is an archive of it, and where it still has what was read of it
        nothing is a copy that was made before a truncation. That matters: lines may be alike, and so may whole files.
        """
        there = self._there()
        found = []
        for followed in (*self, *others):
            if followed.is_truncated():
                found.append(followed.position())
            if followed.identity not in there:
                found.append(followed.all_of_it())
        if self.before is not None and (self.before.identity not in there or self.before.identity == self.restarted):
            found.append(self.before)
        return found

    def _there(self) -> set[Identity]:
        """Return which files are in the directory; an inode that another file has by now says nothing of the first."""
        siblings = self.siblings()
        closed = [followed.position() for followed in self.rested]
        if self.before is not None:
            closed.append(self.before)
        held = {followed.identity for followed in self.followed}
        replaced = {position.identity for position in closed} - siblings.known_again(closed, ()) - held
        return siblings.identities() - replaced

    def opened(self, identity: Identity, path: str, handle: Handle, now_us: int) -> TailedFile:
        """Return a file to be followed from its first byte, which has not joined yet."""
        return TailedFile(identity, path, handle, self._limit, now_us)

    def is_followed_elsewhere(self, identity: Identity) -> bool:
        """Tell whether another path follows this file; says so once."""
        owner = self.claims.owner(identity)
        if owner is None or owner == self.path:
            self.same_as = ""
            return False
        if owner != self.same_as:
            self.same_as = owner
            self.say(f"the same file as {visible_text(owner)}, which is followed already", "same-file")
        return True

    def inherit(self, followed: TailedFile, size: int) -> bool:
        """Let a file go on where another path has stopped to follow it; tells whether one had.

        Raises:
            OSError: it cannot be read.
        """
        position = self.claims.left(followed.identity)
        assert followed.handle is not None
        if position is None or size < position.offset or not fits(followed.handle, position):
            return False
        followed.go_on_from(position)
        return True

    def archive_of_unseen(
        self, unseen: FilePosition, earlier: Sequence[TailedFile], known: set[Identity]
    ) -> tuple[Sibling, Handle] | None:
        """Return the archive, opened, of a file of which nothing was seen, and which nobody holds open.

        Args:
            unseen: Where it was followed.
            earlier: What is followed or rests, and was at the path before it.
            known: Files that it is not, besides those that are followed or were.
        """
        if unseen.size or unseen.let_go or not (earlier or self.done):
            return None
        before = earlier[-1].all_of_it() if earlier else self.done[-1]
        return self.siblings().next_archive(before, unseen, known | self.known(), self.contents())

    def arrive(self, handle: Handle, status: FileStatus, now_us: int) -> None:
        """Follow what stands at the path now.

        Raises:
            OSError: it cannot be read; the handle is still the caller's.
        """
        self.claims.take(status.identity, self.path)
        for followed in tuple(self):
            if followed.identity != status.identity:
                continue
            if followed in self.rested and not fits(handle, followed.position()):
                self.rested.remove(followed)  # it was deleted, and another file has its inode
                continue
            self._return_to(followed, handle, now_us)
            break
        else:
            self._follow(handle, status, now_us)
        self.arrivals += 1

    def miss(self, now_us: int, *, again: bool) -> None:
        """Learn that nothing stands at the path: what had been there after the last look is beside it.

        Args:
            now_us: The running clock.
            again: Nothing stood there at the last look either.
        """
        before = self.before if self.newest is None else self.newest.all_of_it()
        if before is None:
            return
        siblings = self.siblings()
        between = siblings.after(before, self.known(), self.contents())
        if between.files or not again:
            self.follow_between(siblings, between, now_us)
            self.counted += Health(rotations=len(between.files))

    def follow_between(self, siblings: RotatedFiles, between: Between, now_us: int) -> None:
        """Let files that came and went between two looks join."""
        for sibling in between.older:
            if sibling.identity not in self._put:
                self._put.add(sibling.identity)
                name = visible_text(sibling.path)
                self.say(f"{name} is older than what was last seen at this path, and is not read", "older")
        self.arrivals += len(between.files)
        if not between.complete:
            self.counted += Health(maybe_lost=True)
            self.say("there were more files at this path than can be found, lines may be lost", "lost", warning=True)
        for sibling in between.files:
            if self.claims.take(sibling.identity, self.path) != self.path:
                continue
            handle = siblings.open(sibling)
            if handle is None:
                self.counted += Health(maybe_lost=True)
                status = self.files.look(sibling.path)
                if isinstance(status, FileStatus) and status.identity == sibling.identity and not sibling.compressed:
                    self.counted += Health(lost_bytes=status.size)
                self.say(f"{visible_text(sibling.path)} cannot be read, its lines are lost", "lost", warning=True)
                continue
            followed = self.opened(sibling.identity, sibling.path, handle, now_us)
            followed.whole = sibling.compressed
            # It came later; when it was at the path itself nobody saw.
            earlier = self.newest or self.before
            followed.at_path_ns = None if earlier is None else earlier.at_path_ns
            with suppress(OSError):
                followed.meet(handle.status())
            self.followed.append(followed)

    def let_go(self, followed: TailedFile, lines: list[bytes]) -> None:
        """Part with a file: nothing will complete its last line."""
        if followed.superseded:
            followed.let_go = True
            lines.append(followed.finish())
            self._drop(followed)
            return
        lines.append(followed.finish())
        if followed.whole:
            self.counted += Health(lost_bytes=max(0, followed.expected_size - followed.offset))
        if isinstance(followed.handle, GzHandle) and followed.handle.flaw:
            self.counted += Health(maybe_lost=True)
            self.say(
                f"{visible_text(followed.path)} is a broken archive ({followed.handle.flaw})", "archive", warning=True
            )
        self.take_counts(followed)
        followed.let_go = True
        done = followed.position()
        followed.close()
        if followed is self.newest:
            self.before = followed.position()
        self.followed.remove(followed)
        self.claims.leave(followed.identity, self.path, None if followed.whole else followed.position())
        if followed.whole:
            self.note_done(done)
        else:
            self.rested = [*self.rested, followed][-_MOST_RESTED:]

    def let_go_of_the_idle(self, grace_us: int, now_us: int, lines: list[bytes]) -> None:
        """Part with older files that nobody writes to any more."""
        older = self.followed if self.same_as else self.followed[:-1]
        for followed in tuple(older):
            later = self.followed[self.followed.index(followed) + 1 :]
            has_successor = bool(self.same_as) or any(other.holds_data for other in later)
            idle = now_us - followed.changed_us >= grace_us
            crowded = len(self.followed) > _MOST_FOLLOWED
            if followed.handle is not None and has_successor and (idle or crowded) and not followed.unread:
                self.let_go(followed, lines)

    def look_at_rested(self, now_us: int) -> None:
        """Take up again what grew although it had been let go."""
        if not self.rested or now_us - self._rested_us < _REST_US:
            return
        self._rested_us = now_us
        for followed in tuple(self.rested):
            status = self.files.look(followed.path)
            if isinstance(status, Obstacle) or status.identity != followed.identity:
                siblings = self.siblings()
                sibling = siblings.with_identity(followed.identity)
                # Of a file of which nothing is known the name has to tell: a deleted one's inode is soon another's.
                is_unknown = sibling is not None and not (followed.offset or siblings.is_rotated(sibling))
                if sibling is None or sibling.compressed or is_unknown:
                    self.rested.remove(followed)
                    self._follow_archive_of(followed, now_us)
                    continue
                followed.path = sibling.path
                status = self.files.look(followed.path)
            if not isinstance(status, Obstacle) and status.size > followed.offset:
                self._take_up(followed, now_us)

    def join(self, followed: TailedFile) -> None:
        """Follow a file that stands at the path now."""
        self.claims.inherit(followed.identity)
        followed.beside = frozenset(sibling.identity for sibling in self.siblings().rotated())
        self.followed.append(followed)

    def note_done(self, position: FilePosition) -> None:
        """Remember what was read to its end and will not grow: neither it nor an archive of it is to be read again."""
        self.done = [*self.done, position][-_MOST_DONE:]

    def take_counts(self, followed: TailedFile) -> None:
        """Make what a file has counted part of the counters."""
        if followed.lost_bytes or followed.nul_bytes:
            self.counted += Health(lost_bytes=followed.lost_bytes, nul_bytes=followed.nul_bytes)
        followed.lost_bytes = followed.nul_bytes = 0

    def note_truncation(self, words: str = "truncated, reading from its start") -> None:
        """Count that a file was truncated; what was written and cut off between two looks nobody knows."""
        self.counted += Health(truncations=1, maybe_lost=True)
        self.say(words, "truncation")

    def say(self, words: str, name: str, *, warning: bool = False) -> None:
        """Tell the user something about the path, of this kind."""
        self._notices.append(Notice(f"{self._shown}: {words}", "warning" if warning else "info", name, self.path))

    def miss_unseen(self) -> None:
        """Learn that more files stood at the path than were found."""
        self.counted += Health(maybe_lost=True)
        self.say("files came and went at this path between two looks, lines may be lost", "lost", warning=True)

    def take_notices(self) -> tuple[Notice, ...]:
        """Return what was said since it was last asked."""
        notices = tuple(self._notices)
        self._notices.clear()
        return notices

    def _return_to(self, followed: TailedFile, handle: Handle, now_us: int) -> None:
        """Go on with a file that was at the path before."""
        (self.rested if followed in self.rested else self.followed).remove(followed)
        followed.close()
        followed.handle = handle
        followed.path = self.files.target(self.path)
        followed.changed_us = now_us
        followed.let_go = False
        self.followed.append(followed)

    def _follow(self, handle: Handle, status: FileStatus, now_us: int) -> None:
        """Follow a file that was never at the path before, after those that came and went since the last look."""
        target = self.files.target(self.path)
        followed = self.opened(status.identity, target, handle, now_us)
        self.inherit(followed, status.size)
        # Where it cannot be read nothing has happened yet: it is tried again.
        followed.meet(status)
        if status.size and not followed.offset and self._is_renewed(followed, status):
            self.join(followed)
            return
        before = self.before if self.newest is None else self.newest.all_of_it()
        if self.newest is not None:
            # However long it was idle: its server goes on writing to it until it is told of the rotation.
            self.newest.changed_us = now_us
        if before is not None:
            siblings = RotatedFiles(self.files, target)
            known = {*self.known(), status.identity}
            between = siblings.after(before, known, self.contents())
            self.follow_between(siblings, between, now_us)
            # What was counted as a truncation is no rotation too, though it may have been renamed since.
            arrived = {status.identity, *(sibling.identity for sibling in between.files)}
            restarted = status.identity == before.identity or self.restarted in arrived
            self._note_rotation(len(between.files), restarted=restarted)
        self.join(followed)

    def _is_renewed(self, followed: TailedFile, status: FileStatus) -> bool:
        """Let a file go on where the one before ended, if that is gone and this one holds what was read of it.

        Raises:
            OSError: it cannot be read.
        """
        newest = self.newest
        gone = self.before if newest is None else newest.position()
        if gone is None or gone.identity == status.identity or self._is_somewhere(gone):
            return False
        assert followed.handle is not None
        if newest is None:
            place = end_by_print(followed.handle, status.size, gone)
            if place is None:
                self.tell_of_old_lines(followed.handle, status.size, gone)
                return False
            followed.go_on_from(replace(gone, offset=place, size=place))
            self.counted += Health(rotations=1)
        elif newest.whole or not self._go_on_behind(followed, newest, status):
            return False
        followed.meet(status)
        self.say("replaced by a copy of itself, reading on behind what had been read", "replaced")
        return True

    def _is_somewhere(self, gone: FilePosition) -> bool:
        """Tell whether a file is in the directory, or where it was last seen."""
        if gone.identity in self.siblings().identities():
            return True
        found = self.files.look(gone.path)
        return (isinstance(found, Obstacle) and found != MISSING) or (
            isinstance(found, FileStatus) and found.identity == gone.identity
        )

    def _go_on_behind(self, followed: TailedFile, newest: TailedFile, status: FileStatus) -> bool:
        """Let a file go on where the newest ended; tells whether it holds what was read of that."""
        assert followed.handle is not None
        before: Before = newest.before_end
        try:
            assert newest.handle is not None
            end = newest.handle.status().size
            before(1)
        except (OSError, AssertionError):
            before, end = newest.before_offset, newest.offset
        unread = end - newest.offset
        place = end_in(followed.handle, status.size, end, before, newest.head)
        if place is None or place < unread or before(unread) != followed.handle.read(place - unread, unread):
            self.tell_of_old_lines(followed.handle, status.size, newest.position(), before)
            return False
        followed.go_on_behind(place - unread, newest)
        if before == newest.before_end:
            # Its server may write to it until it is told that there is another.
            newest.begin_at(end)
            newest.superseded = True
        else:
            self._drop(newest)
        self.counted += Health(rotations=1)
        return True

    def tell_of_old_lines(self, handle: Handle, size: int, gone: FilePosition, before: Before | None = None) -> None:
        """Say that lines are counted again, where a file that is read from its start begins as an earlier one did.

        Raises:
            OSError: it cannot be read.
        """
        head = handle.read(0, gone.head.length)
        known = gone.head.of_first(len(head))
        begins_alike = known is not None and known.length > 0 and print_of(head[: known.length]) == known
        if not (begins_alike or (before is not None and begins_in(handle, before))):
            return
        count = lines_in(handle, size)
        words = f"replaced by a file that begins with lines already read, up to {count} of which are counted again"
        self.say(words, "counted-again", warning=True)

    def _drop(self, followed: TailedFile) -> None:
        """Part with a file all of which is read elsewhere."""
        self.take_counts(followed)
        followed.close()
        self.followed.remove(followed)
        self.claims.leave(followed.identity, self.path, None)

    def known(self) -> set[Identity]:
        """Return which files are followed, or have been; not those whose inodes others have by now."""
        rested = [followed.position() for followed in self.rested]
        return {followed.identity for followed in self.followed} | self.siblings().known_again(rested, self.done)

    def _follow_archive_of(self, followed: TailedFile, now_us: int) -> None:
        """Read what was added to a file that was let go before it was made an archive, if that holds any."""
        found = self.siblings().continued(followed.position())
        if found is None:
            self.note_done(followed.position())
            return
        sibling, followed.handle = found
        followed.identity, followed.path, followed.whole = sibling.identity, sibling.path, True
        followed.let_go, followed.changed_us = False, now_us
        self.followed.insert(0, followed)

    def _take_up(self, followed: TailedFile, now_us: int) -> None:
        opened = self.files.open(followed.path)
        if isinstance(opened, Obstacle):
            return
        if any(other.identity == followed.identity for other in self.followed):
            opened[0].close()
            self.rested.remove(followed)  # an inode that was used again
            return
        followed.handle, status = opened
        if status.identity != followed.identity or self.is_followed_elsewhere(followed.identity):
            followed.close()
            return
        with suppress(OSError):
            if not fits(followed.handle, followed.position()):
                followed.close()
                self.rested.remove(followed)  # it was deleted, and another file has its inode
                return
        self.claims.take(followed.identity, self.path)
        self.rested.remove(followed)
        followed.let_go, followed.changed_us = False, now_us
        self.followed.insert(0, followed)

    def _note_rotation(self, between: int, *, restarted: bool) -> None:
        self.counted += Health(rotations=between + (not restarted))
        if between:
            words = f"rotated {between + 1} times since the last look, reading the {between} before the new file first"
            self.say(words, "rotation")
        elif not restarted:
            self.say("rotated, following the new file", "rotation")
