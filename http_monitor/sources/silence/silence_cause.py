"""Explains why no lines come from a path."""

from collections.abc import Callable, Collection, Mapping

from http_monitor.records import Json
from http_monitor.sources.files.access import Files, FileStatus, Identity
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.known.position import TailPosition
from http_monitor.sources.silence.writers import Found, Writer, find_writers
from http_monitor.units import visible_text

Find = Callable[[Collection[Identity]], Found | None]


def explain_silence(
    at_path: FileStatus | Obstacle, older: Collection[tuple[Identity, str | None]], find: Find = find_writers
) -> str:
    """Return, as the end of a sentence, why no lines are written to the followed files.

    Args:
        at_path: The status of the path.
        older: Files that were at the path before, with their present paths; None: not beside it, perhaps deleted.
        find: Finds the processes that write to files.
    """
    there = None if isinstance(at_path, Obstacle) else at_path.identity
    current = None if there is None else find([there])
    places = {identity: path for identity, path in older if identity != there}
    stale = find(list(places)) if places else None  # in one search, since each examines all open files
    right = set() if current is None else {holder.pid for holder in current.holders}
    # A process with both files open was notified: servers keep the old file until their last request is finished.
    wrong = [] if stale is None else [holder for holder in stale.holders if holder.pid not in right]
    reasons = [f"it {at_path.state}"] if isinstance(at_path, Obstacle) else []
    if wrong:
        holder = wrong[0]
        where = _where(holder, places, find)
        reasons.append(f"{holder.name} (process {holder.pid}) still writes to {where}: {holder.remedy}")
    elif reasons and stale is not None and not stale.everyone:
        reasons.append("only root can see whether others still write to the earlier file")
    if reasons:
        return "; ".join(reasons)
    if current is None:
        return "it is there and readable: no traffic, or its writer writes elsewhere"
    if current.holders:
        holder = current.holders[0]
        return f"no traffic: {holder.name} (process {holder.pid}) has it open and writes nothing"
    if not current.everyone:
        return "it is there and readable; only root can see which processes of other users write to it"
    return "no process has it open for writing: its writer has ended, or writes elsewhere"


def explain_silence_of(path: str, position: Json | None, files: Files) -> str:
    """Explain the silence of a local path that another thread follows, given its position after its last look."""
    older = []
    for file in () if position is None else TailPosition.from_json(position).files:
        found = files.look(file.path)
        # Commands provide no device number.
        if not isinstance(found, Obstacle) and found.identity[1] == file.inode:
            older.append((found.identity, file.path))
    return explain_silence(files.look(path), older)


def _where(holder: Writer, places: Mapping[Identity, str | None], find: Find) -> str:
    for identity, path in places.items():
        found = find([identity]) if len(places) > 1 else None
        if found is not None and holder.pid not in {other.pid for other in found.holders}:
            continue
        return "the earlier file" if path is None else f"the renamed {visible_text(path)}"
    return "an earlier file"
