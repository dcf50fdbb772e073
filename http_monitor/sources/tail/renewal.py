"""Handles logs that were replaced by copies of themselves: only what is new in the copy counts."""

from contextlib import suppress
from dataclasses import replace
from functools import partial

from http_monitor.health import Health
from http_monitor.sources.files.access import FileStatus, Handle
from http_monitor.sources.files.regular_file import MISSING, Obstacle
from http_monitor.sources.known.position import FilePosition, print_of
from http_monitor.sources.known.replaced_copies import Before, begins_in, end_by_print, end_in, lines_in
from http_monitor.sources.tail.contents import last_bytes
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.sources.tail.tailed_file import TailedFile


def join_renewed(chain: FileChain, followed: TailedFile, status: FileStatus) -> bool:
    """Resume a file where the previous one ended, if that is gone and this one contains what was read of it.

    Raises:
        OSError: it cannot be read.
    """
    newest = chain.newest
    gone = chain.before if newest is None else newest.position()
    if gone is None or gone.identity == status.identity or _is_somewhere(chain, gone):
        return False
    assert followed.handle is not None
    # If another path had read it, reading continues there.
    tells = chain.claims.find_left(status.identity) is None
    if newest is None:
        place = end_by_print(followed.handle, status.size, gone)
        if place is None:
            if tells:
                tell_of_old_lines(chain, followed.handle, status.size, gone)
            return False
        followed.go_on_from(replace(gone, offset=place, size=place))
        chain.counted += Health(rotations=1)
    elif newest.whole or not _go_on_behind(chain, followed, newest, status, tells=tells):
        return False
    followed.meet(status)
    chain.notify("replaced by a copy of itself, continuing after the lines already read", "replaced")
    return True


def tell_of_old_lines(
    chain: FileChain, handle: Handle, size: int, gone: FilePosition, before: Before | None = None
) -> None:
    """Notify the user that lines are counted again, if a file read from its start begins like an earlier one.

    Raises:
        OSError: it cannot be read.
    """
    head = handle.read(0, gone.head.length)
    known = gone.head.of_first(len(head))
    begins_alike = known is not None and known.length > 0 and print_of(head[: known.length]) == known
    if not (begins_alike or (before is not None and begins_in(handle, before))):
        return
    count = lines_in(handle, size)
    again = f"up to {count:,} of which are" if count != 1 else "one of which is"
    words = f"replaced by a file that begins with lines already read, {again} counted again"
    chain.notify(words, "counted-again", warning=True)


def _is_somewhere(chain: FileChain, gone: FilePosition) -> bool:
    """Return whether a file is in the directory, or where it was seen last."""
    if gone.identity in chain.siblings().identities():
        return True
    found = chain.files.look(gone.path)
    return (isinstance(found, Obstacle) and found != MISSING) or (
        isinstance(found, FileStatus) and found.identity == gone.identity
    )


def _go_on_behind(
    chain: FileChain, followed: TailedFile, newest: TailedFile, status: FileStatus, *, tells: bool
) -> bool:
    """Resume a file where the newest one ended; return whether it contains what was read of the newest one."""
    assert followed.handle is not None
    before: Before = newest.before_offset
    end, is_open = newest.offset, False
    if newest.handle is not None:
        with suppress(OSError):
            size = newest.handle.status().size
            at_end: Before = partial(last_bytes, newest)
            at_end(1)
            before, end, is_open = at_end, size, True
    unread = end - newest.offset
    place = end_in(followed.handle, status.size, end, before, newest.head)
    if place is None or place < unread or before(unread) != followed.handle.read(place - unread, unread):
        if tells:
            tell_of_old_lines(chain, followed.handle, status.size, newest.position(), before)
        return False
    followed.go_on_behind(place - unread, newest)
    if is_open:
        # Its server may write to it until it reopens its log.
        newest.begin_at(end)
        newest.superseded = True
    else:
        chain.drop(newest)
    chain.counted += Health(rotations=1)
    return True
