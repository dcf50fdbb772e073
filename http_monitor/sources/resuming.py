"""Finds the file that a position speaks of, wherever it is by now."""

from contextlib import suppress
from dataclasses import dataclass

from http_monitor.sources.files import Files, FileStatus, Handle, Identity
from http_monitor.sources.fingerprint import fits, is_copy
from http_monitor.sources.opening import MISSING, Obstacle
from http_monitor.sources.position import FilePosition
from http_monitor.sources.rotated import is_compressed
from http_monitor.sources.siblings import Siblings


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
    restarted: Handle | None = None
    """That file, opened, where it has been renamed since; at the path it is found by looking there."""
    restarted_path: str = ""
    obstacle: Obstacle | None = None
    """It may be there, but cannot be reached now."""


def locate(files: Files, path: str, position: FilePosition) -> Located:
    """Look for a file at the path that is followed, and among what rotation made of the files there.

    First by identity, then by content: a copy, an archive, the same file after a change of the device's number.
    """
    identity = position.device, position.inode
    target = files.target(path)
    siblings = Siblings(files, target)
    opened = files.open(path)
    if isinstance(opened, Obstacle) and opened != MISSING:
        return Located(obstacle=opened)
    truncated = False
    restarted: Handle | None = None
    restarted_path = ""
    if not isinstance(opened, Obstacle):
        handle, status = opened
        if status.identity == identity:
            if _fits(handle, status, position):
                return Located(handle, target, identity)
            truncated = True
        elif _is_copy(handle, position):
            return Located(handle, target, status.identity)
        handle.close()
    sibling = None if truncated else siblings.with_identity(identity)
    if sibling is not None:
        found = siblings.open(sibling)
        if found is not None and _fits(found, None, position):
            return Located(found, sibling.path, identity, whole=is_compressed(sibling.name))
        if found is not None:
            restarted, restarted_path = found, sibling.path
    truncated = truncated or restarted is not None
    copy = siblings.holding(position, {identity})
    if copy is None:
        return Located(truncated=truncated, restarted=restarted, restarted_path=restarted_path)
    sibling, handle = copy
    return Located(
        handle,
        sibling.path,
        sibling.identity,
        whole=truncated or is_compressed(sibling.name),
        truncated=truncated,
        restarted=restarted,
        restarted_path=restarted_path,
    )


def _fits(handle: Handle, status: FileStatus | None, position: FilePosition) -> bool:
    with suppress(OSError):
        return (status is None or status.size >= position.offset) and fits(handle, position)
    return False


def _is_copy(handle: Handle, position: FilePosition) -> bool:
    with suppress(OSError):
        return is_copy(handle, position)
    return False
