"""Handles followed files that were truncated or can no longer be reached."""

import errno
from collections.abc import Callable
from contextlib import suppress

from http_monitor.health import Health
from http_monitor.sources.files.access import FileStatus, Handle
from http_monitor.sources.files.gathered_lines import GatheredLines
from http_monitor.sources.files.regular_file import MISSING, Obstacle, obstacle
from http_monitor.sources.known.fingerprint import ENOUGH_BYTES, fits
from http_monitor.sources.known.position import FilePosition
from http_monitor.sources.known.replaced_copies import end_in
from http_monitor.sources.rotation.log_directory import LOOKS, Sibling
from http_monitor.sources.rotation.rotated_files import Between, RotatedFiles
from http_monitor.sources.tail.between import Found, find_between, follow_between
from http_monitor.sources.tail.contents import all_of, is_truncated
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.sources.tail.renewal import tell_of_old_lines
from http_monitor.sources.tail.tailed_file import TailedFile


def restart(chain: FileChain, followed: TailedFile, now_us: int) -> None:
    """Return to the beginning of a truncated file, after reading what copies kept of it.

    Bytes that were seen but not read, and are in no copy, are lost.
    """
    if _goes_on_behind(chain, followed):
        return
    chain.note_truncation()
    position = followed.position()
    contents = chain.contents()
    siblings = chain.siblings()
    copy = _copy_of(chain, siblings, followed, position)
    known = chain.list_known()
    index = chain.followed.index(followed)
    later = chain.followed[index:]
    del chain.followed[index:]
    if copy is None:
        chain.counted += Health(lost_bytes=position.size - position.offset + followed.discard_pending())
        # What was written after the copy was made, and read before the truncation, is in no copy.
        old = siblings.not_written_since(position.mtime_ns, followed.beside or ())
        parts = list(siblings.parts(position, known | old))
        for part in parts:
            chain.note_done(part)
            known.add(part.identity)
        before = parts[-1] if parts else None
    else:
        sibling, handle = copy
        kept = chain.make_tailed(sibling.identity, sibling.path, handle, now_us)
        kept.whole = True
        kept.expected_size = position.size
        kept.take_over(followed)
        with suppress(OSError):
            kept.size = handle.status().size
        chain.followed.append(kept)
        known.add(sibling.identity)
        before = kept.position()

    def search() -> Between:
        return Between((), complete=True) if before is None else siblings.after(before, known, contents)

    # It may have been copied and truncated more than once.
    found = _begin_anew(chain, siblings, followed, now_us, search)
    chain.counted += Health(truncations=len(found))
    chain.followed += later


def _copy_of(
    chain: FileChain, siblings: RotatedFiles, followed: TailedFile, position: FilePosition
) -> tuple[Sibling, Handle] | None:
    """Return the copy, opened, that was made of a file before it was truncated."""
    if position.marker.length >= ENOUGH_BYTES:
        return siblings.find_holding(position, just_made=True)
    # Little was read, and other files may begin alike. Only a file that was not there before can be the copy.
    known, beside = chain.list_known(), followed.beside
    least = ENOUGH_BYTES if beside is None else 1
    copy = siblings.find_holding(position, known | (beside or frozenset()), least, just_made=True)
    if copy is None and beside:
        # It may have reused the inode of a file that was.
        old = siblings.not_written_since(position.mtime_ns, beside)
        copy = siblings.find_holding(position, known | old, just_made=True)
    return copy


def _begin_anew(
    chain: FileChain, siblings: RotatedFiles, followed: TailedFile, now_us: int, search: Callable[[], Between]
) -> Found:
    """Begin with the present content of a truncated file, after following the files of a search.

    Its present content, and copies of an earlier one, must be told apart by the same content: it may be truncated again
    at any time.
    """
    for last in (False,) * (LOOKS - 1) + (True,):
        beside = siblings.identities()
        followed.start_again(now_us)
        _meet(followed)
        found = find_between(siblings, search, followed.handle)
        if last or not is_truncated(followed):
            break
        found.close()
    follow_between(chain, found, now_us)
    # The other files that are beside it were there before its new content.
    followed.beside = frozenset(beside - found.begun)
    return found


def _meet(followed: TailedFile) -> None:
    with suppress(OSError):
        if followed.handle is not None:
            followed.meet(followed.handle.status())


def _goes_on_behind(chain: FileChain, followed: TailedFile) -> bool:
    """Resume a file that was truncated and filled with a copy of itself, after what was read of it."""
    if followed.handle is None:
        return False
    position = followed.position()
    with suppress(OSError):
        status = followed.handle.status()
        place = end_in(followed.handle, status.size, followed.offset, followed.before_offset, followed.head)
        if place is None:
            if status.size and followed.offset >= ENOUGH_BYTES:
                tell_of_old_lines(chain, followed.handle, status.size, position, followed.before_offset)
            return False
        followed.go_on_behind(place, followed)
        followed.meet(status)
        chain.counted += Health(lost_bytes=max(0, position.size - position.offset - (status.size - place)))
        chain.note_truncation("rewritten in place, continuing after the lines already read")
        return True
    return False


def look_beside(chain: FileChain, followed: TailedFile, now_us: int, *, at_path: bool) -> bool:
    """Search for copies of what a file held before anything of it was read, and follow them before it.

    The file itself does not show that it was written, copied and truncated between two looks. Its time shows that
    something happened, and a new file beside it shows what.

    Returns:
        Whether there were any.
    """
    siblings = chain.siblings()
    contents, time_ns = chain.contents(), followed.position().mtime_ns
    later_ns = None if time_ns is None else time_ns + 1  # only its time distinguishes an old file from a copy here
    known = chain.list_known() | siblings.not_written_since(later_ns, followed.beside or ())
    # If it has left the path, files beside it may be its successors, which are no copies of it.
    before = None if at_path else all_of(followed)

    def search() -> Between:
        return Between(tuple(siblings.newer_than(time_ns, known, contents, before)), complete=True)

    # What is in the file now must be known first: it may be copied and truncated while its copies are searched.
    _meet(followed)
    if siblings.search_steadily(lambda: search().files or None) is None:
        return False
    index = chain.followed.index(followed)
    later = chain.followed[index:]
    del chain.followed[index:]
    found = _begin_anew(chain, siblings, followed, now_us, search)
    chain.followed += later
    if found:
        chain.note_truncation()
        chain.counted += Health(truncations=len(found) - 1)
    return len(found) > 0


def find_again(
    chain: FileChain, followed: TailedFile, found: FileStatus | Obstacle, error: OSError, lines: GatheredLines
) -> Obstacle | None:
    """Search for a file that its handle no longer reaches; release it if it is certainly gone.

    Args:
        chain: The files of its path.
        followed: The file.
        found: The result of this look at the path.
        error: The error of reading it.
        lines: Receives its last line.

    Returns:
        The obstacle; None: the file can be read again, or is no longer followed.
    """
    siblings = chain.siblings()
    sibling = siblings.with_identity(followed.identity)
    if isinstance(found, FileStatus) and found.identity == followed.identity:
        sibling = Sibling(chain.path, followed.identity)
    opened: Handle | None = None
    if sibling is not None:
        reached = siblings.reach(sibling)
        if isinstance(reached, Obstacle):
            return obstacle(error) if reached == MISSING else reached
        opened = reached
    position = followed.position()
    is_it = opened is not None and _has_its_content(opened, position)
    copy = None if is_it else siblings.find_holding(position)
    if sibling is not None and opened is not None:
        # Without that content, the file was truncated, perhaps after it was copied, or its inode was reused, as an
        # archive of it or its name shows.
        is_named = sibling.path in (chain.path, followed.path) or siblings.is_rotated(sibling)
        if is_it or (is_named and not (copy is not None and copy[0].compressed)):
            if copy is not None:
                copy[1].close()
            followed.close()
            followed.handle, followed.path = opened, sibling.path
            return None
        opened.close()
    if copy is not None:
        _go_on_in(chain, followed, *copy)
        return None
    if error.errno != errno.ESTALE and obstacle(error) != MISSING:
        return obstacle(error)  # the handle may be the only way to it, and may work again later
    again = chain.files.look(chain.path)
    if again != MISSING if isinstance(again, Obstacle) else again.identity == followed.identity:
        # It may be there, with only the way to it barred.
        return again if isinstance(again, Obstacle) else obstacle(error)
    lost = max(followed.size, followed.expected_size) - followed.offset
    if lost > 0:
        # The line at which reading stopped is incomplete without the lost bytes, so its beginning is lost too.
        chain.counted += Health(lost_bytes=lost + followed.discard_pending())
        followed.expected_size = 0
    chain.counted += Health(maybe_lost=True)
    chain.let_go(followed, lines)
    chain.rested = [rested for rested in chain.rested if rested is not followed]
    return None


def find_unseen(chain: FileChain) -> None:
    """Resume the newest file in its archive, if it left the path before anything was seen in it.

    Nothing in an archive proves whose it is, so its place must, before other files are followed.
    """
    newest = chain.newest
    if newest is None or newest.size or newest.whole or newest.handle is None:
        return
    try:
        newest.handle.status()
    except OSError:
        namesake = chain.siblings().with_identity(newest.identity)
        if namesake is None or namesake.compressed:
            archive = chain.archive_of_unseen(newest.position(), [*chain.rested, *chain.followed[:-1]], set())
            if archive is not None:
                _go_on_in(chain, newest, *archive)


def _go_on_in(chain: FileChain, followed: TailedFile, copy: Sibling, handle: Handle) -> None:
    """Continue a file that is gone in its copy."""
    followed.close()
    followed.handle = handle
    chain.claims.leave(followed.identity, chain.path, None)
    followed.identity, followed.path, followed.whole = copy.identity, copy.path, True
    followed.expected_size = followed.size


def _has_its_content(handle: Handle, position: FilePosition) -> bool:
    with suppress(OSError):
        return position.head.length > 0 and fits(handle, position)
    return False
