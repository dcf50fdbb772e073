"""Finds rotated files again: by identity, by content, and by the order of their names."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from http_monitor.sources.files.access import Handle, Identity
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.known.fingerprint import ENOUGH_BYTES, end_of, fits, is_copy, is_part
from http_monitor.sources.known.position import FilePosition
from http_monitor.sources.rotation.log_directory import LogDirectory, Sibling
from http_monitor.sources.rotation.rotated_names import age_key, digits_in, number_of, rotated_of, same_template

_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Between:
    """What was at a path after one file and before another."""

    files: tuple[Sibling, ...]
    """Oldest first."""
    complete: bool
    """There is no sign that there was more."""
    older: tuple[Sibling, ...] = ()
    """By their names they would be among them, but they were written before the earlier file was last seen there."""


class RotatedFiles(LogDirectory):
    """The files beside one that is followed, and which of them is what of it by its content."""

    def holding(
        self,
        position: FilePosition,
        besides: Collection[Identity] = (),
        least: int = ENOUGH_BYTES,
        *,
        just_made: bool = False,
    ) -> tuple[Sibling, Handle] | None:
        """Return the file, besides some, that begins with what had been seen at that position, opened.

        Lines may be alike, and so may files. Of several it is the newest if it was just made, as a copy of a file that
        is still followed. Else it is the oldest that was written to since, as far as times are known: what is older
        than that was finished before.

        Args:
            position: What is known of the file of which that may be a copy.
            besides: Files that are none.
            least: With less than that known of it, a copy has to be as long as it.
            just_made: It is a copy that was made since the last look.
        """
        siblings = reversed(self.rotated()) if just_made else self._in_question(position)
        others = (sibling for sibling in siblings if sibling.identity not in besides)
        return self._first(others, lambda handle: is_copy(handle, position, least))

    def continued(self, position: FilePosition) -> tuple[Sibling, Handle] | None:
        """Return the archive, opened, that holds more of a file than was read at that position."""
        archives = (sibling for sibling in self.rotated() if sibling.compressed)
        # What an archive says of its size is at hand; to compare the rest it has to be inflated.
        return self._first(
            archives, lambda handle: handle.status().size > position.offset and is_copy(handle, position)
        )

    def parts(self, position: FilePosition, known: Collection[Identity]) -> Iterator[FilePosition]:
        """Yield the ends of the unknown files here that hold only a part of what had been seen at that position."""
        for sibling in self.rotated():
            handle = None if sibling.identity in known else self.open(sibling)
            if handle is None:
                continue
            with suppress(OSError):
                if is_part(handle, position):
                    yield end_of(sibling.path, handle)
            handle.close()

    def known_again(self, rested: Collection[FilePosition], done: Collection[FilePosition]) -> set[Identity]:
        """Return which files here are ones that were let go or done with, and which are archives of those.

        An inode alone says nothing once nobody has the file open: it may be freed, and be another file's.

        Args:
            rested: Files that were let go, and may have grown since.
            done: Copies and archives that were read to their ends, and to which nothing was added.
        """
        found = set()
        for name, identity in self.listing().items():
            sibling = Sibling(os.path.join(self.directory, name), identity)
            same = [position for position in rested if position.identity == identity]
            ended = [position for position in done if position.identity == identity]
            same += [end for end in ended if end.head.length or self._is_unchanged(sibling, end)]
            if any(self._fits(sibling, position) for position in same) or (
                sibling.compressed and rotated_of(self.base, name) and self._is_archive_of_any(sibling, done)
            ):
                found.add(identity)
        return found

    def after(self, before: FilePosition, known: Collection[Identity], followed: Collection[FilePosition]) -> Between:
        """Return the files that came and went since the path led to an earlier one.

        Args:
            before: The earlier one.
            known: Files that are not among them.
            followed: What was read of others, whose copies are not among them either.
        """
        if before.path != self.target and same_template(os.path.basename(before.path), self.base):
            return Between(tuple(self._dated_between(os.path.basename(before.path), known)), complete=True)
        siblings = self.rotated()
        place = self._place(siblings, before)
        others = [sibling for sibling in siblings if sibling.identity not in known]
        if place is not None:
            key = age_key(self.base, place.name)
            newer = [sibling for sibling in others if age_key(self.base, sibling.name) > key]
            newer = [sibling for sibling in newer if not self._is_copy_of_any(sibling, followed)]
            # Somebody has given such a name to an old file: what came later was written later.
            put = [sibling for sibling in newer if self._was_written_before(sibling, before.at_path_ns)]
            newer = [sibling for sibling in newer if sibling not in put]
            older = [sibling for sibling in others if age_key(self.base, sibling.name) < key]
            complete = self._unbroken(place, siblings) and not self._was_written_after(place, older, followed)
            return Between(tuple(newer), complete, tuple(put))
        since = self.newer_than(before.mtime_ns, known, followed)
        # A file that came after it was written to after its last look. Within one tick nobody can tell.
        time_ns = None if before.mtime_ns is None else before.mtime_ns + 1
        newer = [sibling for sibling in since if self._is_newer(sibling, time_ns, ())]
        # It was rotated away so far that it is gone, and nobody knows how many were between.
        return Between(tuple(newer), complete=not since)

    def next_archive(
        self,
        before: FilePosition,
        unseen: FilePosition,
        known: Collection[Identity],
        followed: Collection[FilePosition],
    ) -> tuple[Sibling, Handle] | None:
        """Return the archive, opened, of a file of which nothing was seen but that it came after another.

        Its content tells nothing, its place does: rotation made it the next after that other one.

        Args:
            before: The other one.
            unseen: Where the file was followed; it is not there any more.
            known: Files that it is not.
            followed: What was read of others, whose copies it is not either.
        """
        between = self.after(before, known, followed)
        if not (between.complete and between.files and between.files[0].compressed):
            return None
        sibling = between.files[0]
        handle = self.open(sibling) if self._may_be_later(sibling, unseen.mtime_ns) else None
        return None if handle is None else (sibling, handle)

    def newer_than(
        self,
        time_ns: int | None,
        known: Collection[Identity],
        followed: Collection[FilePosition],
        before: FilePosition | None = None,
    ) -> list[Sibling]:
        """Return the unknown rotated files that were written to at that time or later, oldest first.

        Args:
            time_ns: The time.
            known: Files that are not meant.
            followed: Files whose copies are not meant either.
            before: What was rotated itself: only those that rotation has made of earlier ones are meant.
        """
        siblings = self.rotated()
        if before is not None:
            place = self._place(siblings, before)
            siblings = [] if place is None else siblings[: siblings.index(place)]
        others = [sibling for sibling in siblings if sibling.identity not in known]
        return [sibling for sibling in others if self._is_newer(sibling, time_ns, followed)]

    def _in_question(self, position: FilePosition) -> Iterator[Sibling]:
        """Yield what may hold the content of a file, the likeliest first."""
        siblings = self.rotated()
        if position.mtime_ns is None:
            yield from reversed(siblings)
            return
        yield from (sibling for sibling in siblings if self._may_be_later(sibling, position.mtime_ns))

    def _place(self, siblings: list[Sibling], before: FilePosition) -> Sibling | None:
        for sibling in siblings:
            if sibling.identity == (before.device, before.inode) and self._fits(sibling, before):
                return sibling
        # More may have been written to it than is in its archive; lines may be alike, so what is older is preferred.
        found = self.holding(before) or self._first(self.rotated(), lambda handle: is_part(handle, before))
        if found is None:
            return None
        found[1].close()
        return found[0]

    def _first(self, siblings: Iterable[Sibling], matches: Callable[[Handle], bool]) -> tuple[Sibling, Handle] | None:
        """Return the first of some files, opened, that matches."""
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
        """Tell whether it is the file that its identity says, and not another with the inode of a deleted one."""
        handle = self.open(sibling)
        if handle is None:
            return True
        try:
            return fits(handle, position)
        except OSError:
            return True
        finally:
            handle.close()

    def _is_unchanged(self, sibling: Sibling, position: FilePosition) -> bool:
        """Tell whether, by its time, nothing was written to it since; True where times are not known."""
        found = self.files.look(sibling.path)
        time_ns = None if isinstance(found, Obstacle) else found.mtime_ns
        return None in (time_ns, position.mtime_ns) or time_ns == position.mtime_ns

    def _is_newer(self, sibling: Sibling, time_ns: int | None, followed: Collection[FilePosition]) -> bool:
        found = self.files.look(sibling.path)
        if isinstance(found, Obstacle) or found.mtime_ns is None or time_ns is None or found.mtime_ns < time_ns:
            return False
        return not self._is_copy_of_any(sibling, followed)

    def _may_be_later(self, sibling: Sibling, time_ns: int | None) -> bool:
        """Tell whether it was written to at that time or later, as far as times are known."""
        found = self.files.look(sibling.path)
        if isinstance(found, Obstacle):
            return False
        if found.mtime_ns is None or time_ns is None:
            return True
        return found.mtime_ns >= as_exact(time_ns, found.mtime_ns)

    def _was_written_before(self, sibling: Sibling, time_ns: int | None) -> bool:
        """Tell whether it was surely not written to at that time or later."""
        found = self.files.look(sibling.path)
        if isinstance(found, Obstacle) or found.mtime_ns is None or time_ns is None:
            return False
        return found.mtime_ns < as_exact(time_ns, found.mtime_ns)

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
        """Tell whether an archive was made of a copy that has been read; its time tells which, lines may be alike."""
        if not done:
            return False
        found = self.files.look(sibling.path)
        time_ns = None if isinstance(found, Obstacle) else found.mtime_ns
        alike = [position for position in done if _is_same_time(position.mtime_ns, time_ns)]
        return bool(alike) and self._is_copy_of_any(sibling, alike)

    def _dated_between(self, before: str, known: Collection[Identity]) -> Iterator[Sibling]:
        """Yield files whose names are of one kind with two others, and between them."""
        least, most = digits_in(before), digits_in(self.base)
        names = self.listing()
        for name in sorted(names, key=digits_in):
            if same_template(name, self.base) and least < digits_in(name) < most and names[name] not in known:
                yield Sibling(os.path.join(self.directory, name), names[name])

    def _was_written_after(self, place: Sibling, older: Iterable[Sibling], followed: Collection[FilePosition]) -> bool:
        """Tell whether files that are older by their names were written to later: who names them counts upwards."""
        last = self.files.look(place.path)
        if isinstance(last, Obstacle) or last.mtime_ns is None:
            return False
        # Files of one tick say nothing, nor do times that a copy or an archive has cut to seconds.
        after_ns = last.mtime_ns + _NS_PER_S
        return any(self._is_newer(sibling, after_ns, followed) for sibling in older)

    def _unbroken(self, place: Sibling, siblings: list[Sibling]) -> bool:
        """Tell whether the numbers from the newest rotated file to that place are all there."""
        last = number_of(self.base, place.name)
        if last is None:
            return True
        there = {number_of(self.base, sibling.name) for sibling in siblings}
        return all(number in there for number in range(1, last))


def as_exact(time_ns: int, as_ns: int) -> int:
    """Return a time in whole seconds, where another was cut to them (by a copy, or an archive)."""
    return time_ns if as_ns % _NS_PER_S else time_ns - time_ns % _NS_PER_S


def _is_same_time(one_ns: int | None, other_ns: int | None) -> bool:
    """Tell whether two times are the same as far as both are known: compressing keeps a time, or its seconds."""
    if one_ns is None or other_ns is None:
        return False
    return as_exact(one_ns, other_ns) == other_ns
