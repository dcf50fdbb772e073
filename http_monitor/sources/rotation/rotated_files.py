"""Finds rotated files by identity, by content, and by the order of their names."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from http_monitor.sources.files.access import Handle, Identity
from http_monitor.sources.known.fingerprint import ENOUGH_BYTES, end_of, fits, is_copy, is_part
from http_monitor.sources.known.position import FilePosition
from http_monitor.sources.rotation.log_directory import LogDirectory, Sibling
from http_monitor.sources.rotation.rotated_names import age_key, digits_in, is_rotation_of, number_of, same_template
from http_monitor.sources.rotation.write_times import (
    NS_PER_S,
    is_same_time,
    is_unchanged,
    may_be_later,
    was_written_before,
)


@dataclass(frozen=True, slots=True)
class Between:
    """The files at a path after one file and before another."""

    files: tuple[Sibling, ...]
    """Oldest first."""
    complete: bool
    """There is no sign of further files."""
    older: tuple[Sibling, ...] = ()
    """Files that are between them by name, but were last written before the earlier file was last seen there."""


class RotatedFiles(LogDirectory):
    """Searches the files beside a followed file for its content."""

    def find_holding(
        self,
        position: FilePosition,
        besides: Collection[Identity] = (),
        least: int = ENOUGH_BYTES,
        *,
        just_made: bool = False,
    ) -> tuple[Sibling, Handle] | None:
        """Return an open file that begins with what was read up to a position.

        Lines may be identical, and so may files. Of several, the newest one is chosen if the copy was just made of a
        file that is still followed. Otherwise it is the oldest one written since, as far as times are known, because
        older ones were finished before.

        Args:
            position: The position in the file that was copied.
            besides: Files to ignore.
            least: If fewer bytes are known, only a file of equal length counts as a copy.
            just_made: The copy was made since the last look.
        """

        def search() -> tuple[Sibling, Handle] | None:
            siblings = reversed(self.list_rotated()) if just_made else self._in_question(position)
            others = (sibling for sibling in siblings if sibling.identity not in besides)
            return self._first(others, lambda handle: is_copy(handle, position, least))

        return self.search_steadily(search)

    def find_continuation(self, position: FilePosition) -> tuple[Sibling, Handle] | None:
        """Return the archive, opened, that contains more of a file than was read up to a position."""
        archives = (sibling for sibling in self.list_rotated() if sibling.compressed)
        # The size in an archive is cheap to read; comparing its content requires inflating it.
        return self._first(
            archives, lambda handle: handle.status().size > position.offset and is_copy(handle, position)
        )

    def parts(self, position: FilePosition, known: Collection[Identity]) -> Iterator[FilePosition]:
        """Yield the end positions of unknown files that contain only a beginning of what was read up to a position."""
        for sibling in self.list_rotated():
            handle = None if sibling.identity in known else self.open(sibling)
            if handle is None:
                continue
            with suppress(OSError):
                if is_part(handle, position):
                    yield end_of(sibling.path, handle)
            handle.close()

    def not_written_since(self, time_ns: int | None, beside: Collection[Identity]) -> set[Identity]:
        """Return the identities among these whose files are as they were at a time.

        A later file may have reused the inode of one of them, as its time shows.
        """

        def later() -> set[Identity]:
            there = [sibling for sibling in self.list_rotated() if sibling.identity in beside]
            return {sibling.identity for sibling in there if self._is_newer(sibling, time_ns, ())}

        return {*beside} - self.search_undisturbed(later)

    def recognize(self, rested: Collection[FilePosition], done: Collection[FilePosition]) -> set[Identity]:
        """Return the identities of the files that were released or finished, and of archives made from them.

        An inode alone proves nothing once no process has the file open, since it may be freed and reused.

        Args:
            rested: Released files, which may have grown since.
            done: Copies and archives that were read to their ends and have not grown.
        """
        return self.search_undisturbed(lambda: self._recognize(rested, done))

    def _recognize(self, rested: Collection[FilePosition], done: Collection[FilePosition]) -> set[Identity]:
        found = set()
        for name, identity in self.listing().items():
            sibling = Sibling(os.path.join(self.directory, name), identity)
            same = [position for position in rested if position.identity == identity]
            ended = [position for position in done if position.identity == identity]
            same += [end for end in ended if end.head.length or is_unchanged(self.time_of(sibling), end.mtime_ns)]
            if any(self._fits(sibling, position) for position in same) or (
                sibling.compressed and is_rotation_of(self.base, name) and self._is_archive_of_any(sibling, done)
            ):
                found.add(identity)
        return found

    def after(self, before: FilePosition, known: Collection[Identity], followed: Collection[FilePosition]) -> Between:
        """Return the files that were at the path after an earlier file and are there no longer.

        Args:
            before: The earlier file.
            known: Identities of files to ignore.
            followed: Positions in other files, whose copies are ignored.
        """
        if before.path != self.target and same_template(os.path.basename(before.path), self.base):
            return Between(tuple(self._list_between(os.path.basename(before.path), known)), complete=True)
        siblings = self.list_rotated()
        place = self._place(siblings, before)
        others = [sibling for sibling in siblings if sibling.identity not in known]
        if place is not None:
            key = age_key(self.base, place.name)
            newer = [sibling for sibling in others if age_key(self.base, sibling.name) > key]
            newer = [sibling for sibling in newer if not self._is_copy_of_any(sibling, followed)]
            # An old file may have been given such a name; later files were written later.
            put = [sibling for sibling in newer if was_written_before(self.time_of(sibling), before.at_path_ns)]
            newer = [sibling for sibling in newer if sibling not in put]
            older = [sibling for sibling in others if age_key(self.base, sibling.name) < key]
            complete = self._is_unbroken(place, siblings) and not self._was_written_after(place, older, followed)
            return Between(tuple(newer), complete, tuple(put))
        since = self.newer_than(before.mtime_ns, known, followed)
        # A later file was written after the last look at the earlier one; within one tick the order is unknown.
        time_ns = None if before.mtime_ns is None else before.mtime_ns + 1
        newer = [sibling for sibling in since if self._is_newer(sibling, time_ns, ())]
        # The earlier file was rotated out of the directory, so the number of files in between is unknown.
        return Between(tuple(newer), complete=not since)

    def next_archive(
        self,
        before: FilePosition,
        unseen: FilePosition,
        known: Collection[Identity],
        followed: Collection[FilePosition],
    ) -> tuple[Sibling, Handle] | None:
        """Return the archive, opened, of a file that followed another one and was never read.

        Its content proves nothing, but its place does: rotation put it directly after the other one.

        Args:
            before: The other file.
            unseen: The last status of the file, which is gone from the path.
            known: Identities of files to ignore.
            followed: Positions in other files, whose copies are ignored.
        """
        between = self.after(before, known, followed)
        if not (between.complete and between.files and between.files[0].compressed):
            return None
        sibling = between.files[0]
        handle = self.open(sibling) if self.may_be_later(sibling, unseen.mtime_ns) else None
        return None if handle is None else (sibling, handle)

    def newer_than(
        self,
        time_ns: int | None,
        known: Collection[Identity],
        followed: Collection[FilePosition],
        before: FilePosition | None = None,
    ) -> list[Sibling]:
        """Return the unknown rotated files written at a time or later, oldest first.

        Args:
            time_ns: The time.
            known: Identities of files to ignore.
            followed: Positions in files whose copies are ignored.
            before: A rotated file; only files made from earlier ones by rotation are returned.
        """
        siblings = self.list_rotated()
        if before is not None:
            place = self._place(siblings, before)
            siblings = [] if place is None else siblings[: siblings.index(place)]
        others = [sibling for sibling in siblings if sibling.identity not in known]
        return [sibling for sibling in others if self._is_newer(sibling, time_ns, followed)]

    def _in_question(self, position: FilePosition) -> Iterator[Sibling]:
        """Yield the files that may have the content of a file, the likeliest first."""
        siblings = self.list_rotated()
        if position.mtime_ns is None:
            yield from reversed(siblings)
            return
        yield from (sibling for sibling in siblings if self.may_be_later(sibling, position.mtime_ns))

    def _place(self, siblings: list[Sibling], before: FilePosition) -> Sibling | None:
        for sibling in siblings:
            if sibling.identity == (before.device, before.inode) and self._fits(sibling, before):
                return sibling
        # It may have grown after its archive was made; lines may be identical, so older files are preferred.
        found = self.find_holding(before) or self._first(self.list_rotated(), lambda handle: is_part(handle, before))
        if found is None:
            return None
        found[1].close()
        return found[0]

    def _first(self, siblings: Iterable[Sibling], matches: Callable[[Handle], bool]) -> tuple[Sibling, Handle] | None:
        """Return the first of the files that matches, opened."""
        for sibling in siblings:
            handle = self.open(sibling)
            if handle is None:
                continue
            with suppress(OSError):
                if matches(handle):
                    return sibling, handle
            handle.close()
        return None

    def _fits(self, sibling: Sibling, position: FilePosition) -> bool:
        """Return whether a file is the one of the position, and not another one that reuses its inode."""
        handle = self.open(sibling)
        if handle is None:
            return True
        try:
            return fits(handle, position)
        except OSError:
            return True
        finally:
            handle.close()

    def _is_newer(self, sibling: Sibling, time_ns: int | None, followed: Collection[FilePosition]) -> bool:
        written_ns = self.time_of(sibling)
        if written_ns is None or time_ns is None or written_ns < time_ns:
            return False
        return not self._is_copy_of_any(sibling, followed)

    def may_be_later(self, sibling: Sibling, time_ns: int | None) -> bool:
        """Return whether a file is there, and was written at that time or later as far as times are known."""
        found = self.status_of(sibling)
        return found is not None and may_be_later(found.mtime_ns, time_ns)

    def _is_copy_of_any(self, sibling: Sibling, followed: Collection[FilePosition]) -> bool:
        handle = self.open(sibling)
        if handle is None:
            return False
        try:
            return any(is_copy(handle, position) or is_part(handle, position) for position in followed)
        except OSError:
            return False
        finally:
            handle.close()

    def _is_archive_of_any(self, sibling: Sibling, done: Collection[FilePosition]) -> bool:
        """Return whether an archive was made from a finished copy, by its time, since lines may be identical."""
        if not done:
            return False
        time_ns = self.time_of(sibling)
        alike = [position for position in done if is_same_time(position.mtime_ns, time_ns)]
        return bool(alike) and self._is_copy_of_any(sibling, alike)

    def _list_between(self, before: str, known: Collection[Identity]) -> Iterator[Sibling]:
        """Yield the files whose names match the pattern of two others and are between them."""
        least, most = digits_in(before), digits_in(self.base)
        names = self.listing()
        for name in sorted(names, key=digits_in):
            if same_template(name, self.base) and least < digits_in(name) < most and names[name] not in known:
                yield Sibling(os.path.join(self.directory, name), names[name])

    def _was_written_after(self, place: Sibling, older: Iterable[Sibling], followed: Collection[FilePosition]) -> bool:
        """Return whether files that are older by name were written later, because numbers increase with time."""
        last_ns = self.time_of(place)
        if last_ns is None:
            return False
        # Times within one tick prove nothing, and neither do times truncated to seconds by a copy or an archive.
        after_ns = last_ns + NS_PER_S
        return any(self._is_newer(sibling, after_ns, followed) for sibling in older)

    def _is_unbroken(self, place: Sibling, siblings: list[Sibling]) -> bool:
        """Return whether all numbers from the newest rotated file up to that one are present."""
        last = number_of(self.base, place.name)
        if last is None:
            return True
        there = {number_of(self.base, sibling.name) for sibling in siblings}
        return all(number in there for number in range(1, last))
