"""Follows a new file at a path, after the files that appeared and disappeared before it."""

from functools import partial

from http_monitor.health import Health
from http_monitor.sources.files.access import FileStatus, Handle
from http_monitor.sources.known.fingerprint import fits
from http_monitor.sources.rotation.rotated_files import RotatedFiles
from http_monitor.sources.tail.between import find_between, follow_between
from http_monitor.sources.tail.contents import all_of
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.sources.tail.gone_unopened import follow_unopened
from http_monitor.sources.tail.renewal import join_renewed
from http_monitor.sources.tail.tailed_file import TailedFile


def arrive(chain: FileChain, handle: Handle, status: FileStatus, now_us: int) -> None:
    """Follow the file that is at the path now.

    Raises:
        OSError: it cannot be read; the caller still owns the handle.
    """
    chain.claims.take(status.identity, chain.path)
    if not _follow_renewed(chain, handle, status, now_us):
        for followed in tuple(chain):
            if followed.identity != status.identity:
                continue
            if followed in chain.rested and not fits(handle, followed.position()):
                chain.rested.remove(followed)  # deleted, and its inode was reused
                continue
            _return_to(chain, followed, handle, now_us)
            break
        else:
            _follow(chain, handle, status, now_us)
    chain.arrivals += 1
    chain.claims.hold(status.identity)
    chain.unopened.drop([status.identity])


def miss_path(chain: FileChain, now_us: int, *, again: bool) -> None:
    """Handle that nothing is at the path: the file of the last look was rotated or deleted.

    Args:
        chain: The files of the path.
        now_us: The running clock.
        again: Nothing was there at the last look either.
    """
    before = chain.before if chain.newest is None else all_of(chain.newest)
    if before is not None:
        siblings, known, contents = chain.siblings(), chain.list_known(), chain.contents()
        found = find_between(siblings, lambda: siblings.after(before, known, contents), None)
        if found or not again:
            follow_between(chain, found, now_us)
            chain.counted += Health(rotations=len(found))
    follow_unopened(chain, now_us)


def _follow_renewed(chain: FileChain, handle: Handle, status: FileStatus, now_us: int) -> bool:
    """Follow a file that is a copy of the previous one, after what was read of that; return whether it is one.

    Its content takes precedence over its identity: it may have reused the inode of a file that was at the path before.
    """
    if not status.size or (chain.newest is None and chain.before is None):
        return False
    followed = chain.make_tailed(status.identity, chain.files.target(chain.path), handle, now_us)
    followed.meet(status)
    if not join_renewed(chain, followed, status):
        return False
    for namesake in [other for other in chain if other.identity == status.identity]:
        if namesake in chain.rested:
            chain.rested.remove(namesake)
        else:
            chain.drop(namesake)
    chain.claims.take(status.identity, chain.path)
    follow_unopened(chain, now_us, status.identity, status)
    chain.join(followed)
    return True


def _return_to(chain: FileChain, followed: TailedFile, handle: Handle, now_us: int) -> None:
    """Resume a file that was at the path before."""
    (chain.rested if followed in chain.rested else chain.followed).remove(followed)
    followed.close()
    followed.handle = handle
    followed.path = chain.files.target(chain.path)
    followed.changed_us = now_us
    followed.let_go = False
    follow_unopened(chain, now_us, followed.identity)
    chain.followed.append(followed)


def _follow(chain: FileChain, handle: Handle, status: FileStatus, now_us: int) -> None:
    """Follow a file that was never at the path before, after those that came and went since the last look."""
    target = chain.files.target(chain.path)
    followed = chain.make_tailed(status.identity, target, handle, now_us)
    chain.inherit(followed, status.size)
    # An error leaves everything as it was, so that the next look tries again.
    followed.meet(status)
    before = chain.before if chain.newest is None else all_of(chain.newest)
    if chain.newest is not None:
        # Even an idle file may grow: its server writes to it until it reopens its log.
        chain.newest.changed_us = now_us
    if before is not None:
        siblings = RotatedFiles(chain.files, target)
        known, contents = {*chain.list_known(), status.identity}, chain.contents()
        is_same = status.identity == before.identity
        is_truncated = is_same or status.identity == chain.restarted
        search = partial(siblings.after, before, known, contents)
        found = find_between(siblings, search, handle, certain=not is_truncated)
        follow_between(chain, found, now_us)
        # A file whose truncation was counted is not counted as rotated too, though it may have been renamed since.
        arrived = {status.identity, *(sibling.identity for sibling, _ in found.files)}
        restarted = is_same or chain.restarted in arrived
        _note_rotation(chain, len(found), restarted=restarted)
    follow_unopened(chain, now_us, status.identity)
    chain.join(followed)


def _note_rotation(chain: FileChain, between: int, *, restarted: bool) -> None:
    chain.counted += Health(rotations=between + (not restarted))
    if between:
        older = "file" if between == 1 else f"{between} files"
        words = f"rotated {between + 1} times since the last check, reading the {older} before the new one first"
        chain.notify(words, "rotation")
    elif not restarted:
        chain.notify("rotated, following the new file", "rotation")
