"""Says why no lines come from a path."""

from collections.abc import Callable, Collection

from http_monitor.sources.files import FileStatus, Identity
from http_monitor.sources.holders import Found, find_holders
from http_monitor.sources.opening import Obstacle
from http_monitor.units import visible_text

Find = Callable[[Collection[Identity]], Found | None]


def explain_silence(
    at_path: FileStatus | Obstacle, older: Collection[tuple[Identity, str]], find: Find = find_holders
) -> str:
    """Return, as the end of a sentence, why nothing is written where it would be read.

    Args:
        at_path: What stands at the path now.
        older: Files that were at the path before, with where they are now.
        find: Tells who writes to files.
    """
    there = None if isinstance(at_path, Obstacle) else at_path.identity
    current = None if there is None else find([there])
    if current is not None and current.holders:
        holder = current.holders[0]
        return f"no traffic: {holder.name} (process {holder.pid}) has it open and writes nothing"
    places = {identity: path for identity, path in older if identity != there}
    stale = find(list(places)) if places else None
    reasons = [f"it {at_path.state}"] if isinstance(at_path, Obstacle) else []
    if stale is not None and stale.holders:
        holder = stale.holders[0]
        where = " and ".join(sorted({visible_text(path) for path in places.values()}))
        reasons.append(f"{holder.name} (process {holder.pid}) still writes to the renamed {where}: {holder.remedy}")
    if reasons:
        return "; ".join(reasons)
    if current is None:
        return "it is there and readable: no traffic, or its writer writes elsewhere"
    if not current.everyone:
        return "it is there and readable; only root can see who of other users writes to it"
    return "no process has it open for writing: its writer has ended, or writes elsewhere"
