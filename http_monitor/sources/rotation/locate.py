"""Finds the file that a position speaks of, wherever it is by now."""

from dataclasses import dataclass

from http_monitor.sources.files.access import Files, Handle, Identity
from http_monitor.sources.files.regular_file import DENIED, MISSING, SPECIAL, Obstacle, obstacle
from http_monitor.sources.known.fingerprint import fits, is_copy
from http_monitor.sources.known.position import FilePosition
from http_monitor.sources.rotation.log_directory import Sibling
from http_monitor.sources.rotation.rotated_files import RotatedFiles
from http_monitor.sources.rotation.rotated_names import is_compressed, rotated_of


@dataclass(frozen=True, slots=True)
class Located:
    """Where a file was found, opened."""

    handle: Handle | None = None
    """None: nowhere."""
    path: str = ""
    identity: Identity = (0, 0)
    whole: bool = False
    """It is a copy or an archive, to which nothing will be added."""
    truncated: bool = False
    """There is a file of that identity, but what was read of it is not there any more."""
    reused: bool = False
    """Another file has its inode now."""
    obstacle: Obstacle | None = None
    """It may be there, but cannot be reached now."""


def locate(files: Files, path: str, position: FilePosition) -> Located:
    """Look for a file at the path that is followed, and among what rotation made of the files there.

    First by identity, then by content: a copy, an archive, the same file after a change of the device's number. What
    is found by its identity and cannot be read now is an obstacle: nothing is concluded from that.
    """
    identity = position.device, position.inode
    target = files.target(path)
    siblings = RotatedFiles(files, target)
    opened = files.open(path)
    if isinstance(opened, Obstacle) and opened != MISSING:
        return Located(obstacle=opened)
    truncated = False
    unread: Obstacle | None = None
    if not isinstance(opened, Obstacle):
        handle, status = opened
        if status.identity == identity and not position.head.length and position.path not in (path, target):
            # Of a file of which nothing is known the name has to tell: a deleted one's inode is soon another's.
            handle.close()
            return Located()
        try:
            if status.identity != identity:
                if is_copy(handle, position):
                    return Located(handle, target, status.identity)
            elif status.size >= position.offset and fits(handle, position):
                return Located(handle, target, identity)
            else:
                truncated = True
        except OSError as error:
            unread = obstacle(error)
        handle.close()
        if unread is not None and status.identity == identity:
            return Located(obstacle=unread)
    sibling = None if truncated else siblings.with_identity(identity)
    if sibling is not None and not position.head.length and not _is_named(siblings, sibling, path, position):
        sibling = None  # for the same reason
    if sibling is not None:
        found = _located(siblings, sibling, position)
        if found.handle is not None or found.obstacle is not None:
            return found
        truncated = found.truncated
    copy = siblings.holding(position, {identity} if truncated else ())
    if copy is None:
        return Located(truncated=truncated, obstacle=unread)
    # Where what was read is in an archive, and the inode not at the path, it was freed and used again.
    reused = sibling is not None and copy[0].compressed
    sibling, handle = copy
    whole = truncated or sibling.compressed
    return Located(
        handle, sibling.path, sibling.identity, whole=whole, truncated=truncated and not reused, reused=reused
    )


def _is_named(siblings: RotatedFiles, sibling: Sibling, path: str, position: FilePosition) -> bool:
    """Tell whether a file has a name that the one of a position may have by now."""
    if sibling.path == position.path or rotated_of(siblings.base, sibling.name):
        return True
    # Where no link leads from one dated file to the next, files that are named alike are those of other paths.
    return siblings.target != path and siblings.is_rotated(sibling)


def _located(siblings: RotatedFiles, sibling: Sibling, position: FilePosition) -> Located:
    """Look at what has the identity of the file beside the path."""
    opened = siblings.reach(sibling)
    if isinstance(opened, Obstacle):
        # What is barred or of another kind may be so for ever.
        return Located(obstacle=None if opened in (MISSING, DENIED, SPECIAL) else opened)
    # Nobody makes a log an archive in place: one with its inode is another file.
    is_other = sibling.compressed and not is_compressed(position.path)
    try:
        if not is_other and fits(opened, position):
            return Located(opened, sibling.path, sibling.identity, whole=sibling.compressed)
    except OSError as error:
        opened.close()
        return Located(obstacle=obstacle(error))
    opened.close()
    return Located(truncated=not sibling.compressed)
