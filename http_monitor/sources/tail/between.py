"""Finds files that appeared at a path and left it between two looks, and follows them."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from http_monitor.health import Health
from http_monitor.sources.files.access import FileStatus, Handle, Identity
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.known.begun_copies import is_begun_copy
from http_monitor.sources.rotation.log_directory import LOOKS, Sibling
from http_monitor.sources.rotation.rotated_files import Between, RotatedFiles
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.units import visible_text


@dataclass(slots=True)
class Found:
    """Files between two others, opened so that they can be read even if they are renamed or compressed."""

    files: list[tuple[Sibling, Handle | None]] = field(default_factory=list)
    """Oldest first; None: it cannot be opened."""
    begun: set[Identity] = field(default_factory=set)
    """Copies of the present content of the log, whose lines are read in the log."""
    complete: bool = True
    older: tuple[Sibling, ...] = ()

    def __len__(self) -> int:
        """Return the number of files between the others."""
        return len(self.files)

    def close(self) -> None:
        """Release what was opened."""
        for _, handle in self.files:
            if handle is not None:
                handle.close()


def find_between(
    siblings: RotatedFiles, search: Callable[[], Between], log: Handle | None, *, certain: bool = False
) -> Found:
    """Find files that appeared and disappeared between two looks, and open them.

    Args:
        siblings: The files beside the path.
        search: Searches for them; repeated if files are renamed or removed under it.
        log: The file that is at the path now, in case a copy is being made of it; None: there is none.
        certain: Nothing suggests that the log is copied and truncated, so a begun copy must be proven.
    """
    for last in (False,) * (LOOKS - 1) + (True,):
        missed = siblings.missed
        between = search()
        found = Found(complete=between.complete, older=between.older)
        for sibling in between.files:
            reached = siblings.reach(sibling)
            handle = None if isinstance(reached, Obstacle) else reached
            if handle is not None and log is not None and _is_begun(sibling, handle, log, certain=certain):
                handle.close()
                found.begun.add(sibling.identity)
            else:
                found.files.append((sibling, handle))
        if last or siblings.missed == missed:
            break
        found.close()
    return found


def follow_between(chain: FileChain, found: Found, now_us: int) -> None:
    """Follow files that appeared and disappeared between two looks."""
    for sibling in found.older:
        if sibling.identity not in chain.reported_older:
            chain.reported_older.add(sibling.identity)
            name = visible_text(sibling.path)
            chain.notify(f"{name} is older than the file last seen at this path, and is not read", "older")
    chain.arrivals += len(found)
    chain.unopened.drop([sibling.identity for sibling, _ in found.files])
    if not found.complete:
        chain.counted += Health(maybe_lost=True)
        chain.notify("there were more files at this path than can be found, lines may be lost", "lost", warning=True)
    for sibling, handle in found.files:
        if chain.claims.take(sibling.identity, chain.path) != chain.path:
            if handle is not None:
                handle.close()
            continue
        if handle is None:
            chain.counted += Health(maybe_lost=True)
            status = chain.files.look(sibling.path)
            if isinstance(status, FileStatus) and status.identity == sibling.identity and not sibling.compressed:
                chain.counted += Health(lost_bytes=status.size)
            chain.notify(f"{visible_text(sibling.path)} cannot be read, its lines are lost", "lost", warning=True)
            continue
        followed = chain.make_tailed(sibling.identity, sibling.path, handle, now_us)
        followed.whole = sibling.compressed
        # It followed the earlier file; when it was at the path itself is not known.
        earlier = chain.newest or chain.before
        followed.at_path_ns = None if earlier is None else earlier.at_path_ns
        with suppress(OSError):
            followed.meet(handle.status())
        chain.claims.hold(sibling.identity)
        chain.followed.append(followed)


def _is_begun(sibling: Sibling, handle: Handle, log: Handle, *, certain: bool) -> bool:
    with suppress(OSError):
        return is_begun_copy(handle, log, knows_size=not sibling.compressed, certain=certain)
    return False
