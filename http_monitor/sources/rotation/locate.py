"""Finds the file of a position, wherever rotation has moved it."""

from dataclasses import dataclass

from http_monitor.sources.files.access import Files, Handle, Identity
from http_monitor.sources.files.regular_file import DENIED, MISSING, SPECIAL, Obstacle, obstacle
from http_monitor.sources.known.fingerprint import fits, is_copy
from http_monitor.sources.known.position import FilePosition
from http_monitor.sources.rotation.log_directory import Sibling
from http_monitor.sources.rotation.rotated_files import RotatedFiles
from http_monitor.sources.rotation.rotated_names import is_compressed, is_rotation_of


@dataclass(frozen=True, slots=True)
class Located:
    """The result of a search, with the file opened."""

    handle: Handle | None = None
    """None: it was not found."""
    path: str = ""
    identity: Identity = (0, 0)
    whole: bool = False
    """It is a copy or an archive, which will not grow."""
    truncated: bool = False
    """A file of that identity exists, but no longer contains what was read."""
    reused: bool = False
    """Another file has its inode now."""
    obstacle: Obstacle | None = None
    """It may exist, but cannot be read now."""


def locate(files: Files, path: str, position: FilePosition, *, was_renamed: bool = False) -> Located:
    """Look for a file at the followed path, and among the files that rotation made of it.

    It is searched by identity first, then by content: it may be a copy, an archive, or the same file after its device
    number changed. A file found by its identity that cannot be read now is an obstacle; nothing is concluded from that.

    Args:
        files: Access to files.
        path: The followed path.
        position: The position to find.
        was_renamed: A later file was seen at the path. If the inode is there again, it is another file's.
    """
    identity = position.device, position.inode
    target = files.target(path)
    siblings = RotatedFiles(files, target)
    opened = files.open(path)
    if isinstance(opened, Obstacle) and opened != MISSING:
        return Located(obstacle=opened)
    truncated = reused = False
    unread: Obstacle | None = None
    if not isinstance(opened, Obstacle):
        handle, status = opened
        if status.identity == identity and not position.head.length and position.path not in (path, target):
            # If nothing of the file is known, its name decides: the inode of a deleted file is soon reused.
            handle.close()
            return Located()
        try:
            if status.identity != identity:
                if is_copy(handle, position):
                    return Located(handle, target, status.identity)
            elif status.size >= position.offset and fits(handle, position):
                return Located(handle, target, identity)
            else:
                truncated, reused = not was_renamed, was_renamed
        except OSError as error:
            unread = obstacle(error)
        handle.close()
        if unread is not None and status.identity == identity:
            return Located(obstacle=unread)
    sibling = None if truncated or reused else siblings.with_identity(identity)
    if sibling is not None and not position.head.length and not _is_named(siblings, sibling, path, position):
        sibling = None  # for the same reason
    if sibling is not None:
        found = _check_sibling(siblings, sibling, position)
        if found.handle is not None or found.obstacle is not None:
            return found
        truncated = found.truncated
    copy = siblings.find_holding(position, {identity} if truncated else ())
    if copy is None:
        return Located(truncated=truncated, reused=reused, obstacle=unread)
    # If the content is in an archive, and the inode is not at the path, the inode was freed and reused.
    reused = reused or (sibling is not None and copy[0].compressed)
    sibling, handle = copy
    whole = truncated or sibling.compressed
    return Located(
        handle, sibling.path, sibling.identity, whole=whole, truncated=truncated and not reused, reused=reused
    )


def _is_named(siblings: RotatedFiles, sibling: Sibling, path: str, position: FilePosition) -> bool:
    """Return whether a file has a name and a time that the file of a position may have by now."""
    if not siblings.may_be_later(sibling, position.mtime_ns):
        return False
    if sibling.path == position.path or is_rotation_of(siblings.base, sibling.name):
        return True
    # Unless a symbolic link leads from one dated file to the next, files with alike names are those of other paths.
    return siblings.target != path and siblings.is_rotated(sibling)


def _check_sibling(siblings: RotatedFiles, sibling: Sibling, position: FilePosition) -> Located:
    """Check the file beside the path that has the identity of the searched one."""
    opened = siblings.reach(sibling)
    if isinstance(opened, Obstacle):
        # A file without permission, or of another kind, may stay so for ever.
        return Located(obstacle=None if opened in (MISSING, DENIED, SPECIAL) else opened)
    # Logs are not compressed in place, so an archive with its inode is another file.
    is_other = sibling.compressed and not is_compressed(position.path)
    try:
        if not is_other and fits(opened, position):
            return Located(opened, sibling.path, sibling.identity, whole=sibling.compressed)
    except OSError as error:
        opened.close()
        return Located(obstacle=obstacle(error))
    opened.close()
    return Located(truncated=not sibling.compressed)
