"""Checks released files from time to time, and follows those again that have grown."""

from contextlib import suppress

from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.known.fingerprint import fits
from http_monitor.sources.tail.file_chain import REST_US, FileChain
from http_monitor.sources.tail.tailed_file import TailedFile


def look_at_rested(chain: FileChain, now_us: int) -> None:
    """Follow released files that have grown."""
    if not chain.rested or now_us - chain.rested_us < REST_US:
        return
    chain.rested_us = now_us
    at_path = chain.files.look(chain.path)
    for followed in tuple(chain.rested):
        if not isinstance(at_path, Obstacle) and at_path.identity == followed.identity:
            continue  # it is back, or its inode was reused: the next look at the path decides by the content
        status = chain.files.look(followed.path)
        if isinstance(status, Obstacle) or status.identity != followed.identity:
            siblings = chain.siblings()
            sibling = siblings.with_identity(followed.identity)
            # If nothing of the file is known, its name decides: the inode of a deleted file is soon reused.
            is_unknown = sibling is not None and not (followed.offset or siblings.is_rotated(sibling))
            if sibling is None or sibling.compressed or is_unknown:
                chain.rested.remove(followed)
                _follow_archive_of(chain, followed, now_us)
                continue
            followed.path = sibling.path
            status = chain.files.look(followed.path)
        if not isinstance(status, Obstacle) and status.size > followed.offset:
            _take_up(chain, followed, now_us)


def _follow_archive_of(chain: FileChain, followed: TailedFile, now_us: int) -> None:
    """Read what was added to a released file before it was archived, if its archive contains more."""
    found = chain.siblings().find_continuation(followed.position())
    if found is None:
        chain.note_done(followed.position())
        return
    sibling, followed.handle = found
    followed.identity, followed.path, followed.whole = sibling.identity, sibling.path, True
    followed.let_go, followed.changed_us = False, now_us
    chain.followed.insert(0, followed)


def _take_up(chain: FileChain, followed: TailedFile, now_us: int) -> None:
    opened = chain.files.open(followed.path)
    if isinstance(opened, Obstacle):
        return
    if any(other.identity == followed.identity for other in chain.followed):
        opened[0].close()
        chain.rested.remove(followed)  # its inode was reused
        return
    followed.handle, status = opened
    if status.identity != followed.identity or chain.is_followed_elsewhere(followed.identity):
        followed.close()
        return
    with suppress(OSError):
        if not fits(followed.handle, followed.position()):
            followed.close()
            chain.rested.remove(followed)  # deleted, and its inode was reused
            return
    chain.claims.take(followed.identity, chain.path)
    chain.claims.hold(followed.identity)
    chain.rested.remove(followed)
    followed.let_go, followed.changed_us = False, now_us
    chain.followed.insert(0, followed)
