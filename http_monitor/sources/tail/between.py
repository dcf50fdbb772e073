"""Follows files that came to a path and left it between two looks."""

from contextlib import suppress

from http_monitor.health import Health
from http_monitor.sources.files.access import FileStatus
from http_monitor.sources.rotation.rotated_files import Between, RotatedFiles
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.units import visible_text


def follow_between(chain: FileChain, siblings: RotatedFiles, between: Between, now_us: int) -> None:
    """Follow files that came and went between two looks."""
    for sibling in between.older:
        if sibling.identity not in chain.reported_older:
            chain.reported_older.add(sibling.identity)
            name = visible_text(sibling.path)
            chain.say(f"{name} is older than what was last seen at this path, and is not read", "older")
    chain.arrivals += len(between.files)
    chain.unopened.drop([sibling.identity for sibling in between.files])
    if not between.complete:
        chain.counted += Health(maybe_lost=True)
        chain.say("there were more files at this path than can be found, lines may be lost", "lost", warning=True)
    for sibling in between.files:
        if chain.claims.take(sibling.identity, chain.path) != chain.path:
            continue
        handle = siblings.open(sibling)
        if handle is None:
            chain.counted += Health(maybe_lost=True)
            status = chain.files.look(sibling.path)
            if isinstance(status, FileStatus) and status.identity == sibling.identity and not sibling.compressed:
                chain.counted += Health(lost_bytes=status.size)
            chain.say(f"{visible_text(sibling.path)} cannot be read, its lines are lost", "lost", warning=True)
            continue
        followed = chain.opened(sibling.identity, sibling.path, handle, now_us)
        followed.whole = sibling.compressed
        # It came after the earlier file; when it was at the path itself is not known.
        earlier = chain.newest or chain.before
        followed.at_path_ns = None if earlier is None else earlier.at_path_ns
        with suppress(OSError):
            followed.meet(handle.status())
        chain.claims.hold(sibling.identity)
        chain.followed.append(followed)
