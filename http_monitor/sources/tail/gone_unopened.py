"""Searches for files that were seen at a path but could not be opened there."""

from collections.abc import Iterable

from http_monitor.health import Health
from http_monitor.sources.files.access import FileStatus, Identity
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.known.position import FilePosition
from http_monitor.sources.rotation.rotated_files import Between
from http_monitor.sources.rotation.rotated_names import is_compressed
from http_monitor.sources.rotation.write_times import may_be_later
from http_monitor.sources.tail.between import find_between, follow_between
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.units import pluralize

_SPARE_TO_LIST = 2
"""Number of descriptors that are free where a directory can be listed."""


def follow_unopened(
    chain: FileChain, now_us: int, besides: Identity | None = None, copy: FileStatus | None = None
) -> None:
    """Follow the files that could not be opened at the path where rotation has moved them; count the others as lost.

    Args:
        chain: The files of the path; those between two of them were added already.
        now_us: The running clock.
        besides: The identity of the file at the path.
        copy: The file at the path, if it is a grown copy of the one before; the files between are in it too.
    """
    if not chain.unopened:
        return
    siblings, known = chain.siblings(), {*chain.list_known(), besides}
    gone = {position.identity: position for position in chain.unopened if position.identity not in known}
    chain.unopened.drop([position.identity for position in chain.unopened if position.identity != besides])
    there = [
        sibling
        for sibling in siblings.list_rotated()
        if sibling.identity in gone and may_stand_at(chain, gone[sibling.identity], sibling.path)
    ]
    found = find_between(siblings, lambda: Between(tuple(there), complete=True), None)
    follow_between(chain, found, now_us)
    chain.counted += Health(rotations=len(there))
    for sibling in there:
        del gone[sibling.identity]
    archives = [(followed.size, followed.position().mtime_ns) for followed in chain.followed if followed.whole]
    for position in gone.values():
        if _is_elsewhere(chain, position):
            continue
        if copy is not None and _may_hold(copy.size, copy.mtime_ns, position):
            chain.arrivals += 1
            continue
        holder = next((archive for archive in archives if _may_hold(*archive, position)), None)
        if holder is None:
            _lose(chain, position)
        else:
            archives.remove(holder)


def lose_the_gone(chain: FileChain, besides: Identity | None) -> None:
    """Count files as lost that could not be opened and no longer exist; opens only their directory.

    Args:
        chain: The files of the path.
        besides: The identity of the file at the path.
    """
    others = [position for position in chain.unopened if position.identity != besides]
    for position in certainly_gone(chain, others) if others else ():
        chain.unopened.drop([position.identity])
        _lose(chain, position)


def certainly_gone(chain: FileChain, positions: Iterable[FilePosition]) -> list[FilePosition]:
    """Return which of the files that were seen at the path are neither beside it nor in an archive there.

    None if the directory cannot be listed.
    """
    if not chain.files.has_room(_SPARE_TO_LIST):
        return []
    siblings = chain.siblings()
    listing = siblings.listing()
    if not listing.is_complete or any(is_compressed(sibling.path) for sibling in siblings.list_rotated()):
        return []
    there = set(listing.values())
    return [position for position in positions if position.identity not in there and not _is_elsewhere(chain, position)]


def _is_elsewhere(chain: FileChain, position: FilePosition) -> bool:
    elsewhere = chain.claims.find_other_path(position.identity, chain.path)
    return elsewhere is not None and may_stand_at(chain, position, elsewhere)


def may_stand_at(chain: FileChain, position: FilePosition, path: str) -> bool:
    """Return whether the file at another path may be one that is known only by its size and time."""
    found = chain.files.look(path)
    is_there = not isinstance(found, Obstacle) and found.identity == position.identity
    return is_there and not isinstance(found, Obstacle) and _may_hold(found.size, found.mtime_ns, position)


def _may_hold(size: int, time_ns: int | None, position: FilePosition) -> bool:
    """Return whether a file of this size and time may contain a file that is known only by its size and time."""
    if size < position.size:
        return False
    return may_be_later(time_ns, position.mtime_ns)


def _lose(chain: FileChain, unopened: FilePosition) -> None:
    chain.arrivals += 1
    if not unopened.size:
        return  # an empty file, or a device
    chain.counted += Health(lost_bytes=unopened.size, maybe_lost=True)
    words = f"a file of {pluralize(unopened.size, 'byte')} was gone before it could be opened, and its lines are lost"
    chain.notify(words, "lost", warning=True)
