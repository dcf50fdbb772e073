"""Starts following a path: at a file that was seen there, or at an earlier process's position."""

from contextlib import suppress
from dataclasses import replace

from http_monitor.health import Health
from http_monitor.sources.files.access import FileStatus, Identity
from http_monitor.sources.files.data_end import data_end
from http_monitor.sources.files.regular_file import Obstacle, obstacle
from http_monitor.sources.known.position import FilePosition, TailPosition
from http_monitor.sources.known.replaced_copies import end_by_print
from http_monitor.sources.rotation.locate import Located, locate
from http_monitor.sources.tail.between import find_between, follow_between
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.sources.tail.gone_unopened import may_stand_at
from http_monitor.sources.tail.renewal import tell_of_old_lines
from http_monitor.sources.tail.tailed_file import TailedFile
from http_monitor.units import visible_text


def start_of(path: str, seen: FileStatus, *, from_start: bool) -> FilePosition:
    """Return the position from which a file seen at a path is read."""
    return FilePosition.of_unread(path, seen, 0 if from_start else seen.size)


def begin(chain: FileChain, start: FilePosition, now_us: int) -> Obstacle | None:
    """Follow the file that was seen at the path, which may have been renamed since; return the obstacle."""
    owner = chain.claims.take(start.identity, chain.path)
    if owner != chain.path:
        if not may_stand_at(chain, start, owner):
            _lose(chain, start)  # that path follows another file, which has its inode
        return None
    located = locate(chain.files, chain.path, start)
    if located.handle is None:
        if located.obstacle is None:
            chain.claims.leave(start.identity, chain.path, None)
            _lose(chain, start)
        return located.obstacle
    followed = chain.make_tailed(located.identity, located.path, located.handle, now_us)
    try:
        if not chain.inherit(followed, located.handle.status().size):
            # Just after the file was seen, its end may be allocated ahead.
            followed.begin_at(data_end(located.handle, start.offset) if start.offset else 0)
    except OSError as error:
        followed.close()
        return obstacle(error)
    followed.note_time(start.mtime_ns)
    chain.join(followed)
    return None


def _lose(chain: FileChain, start: FilePosition) -> None:
    chain.before = replace(start, let_go=True)  # its loss is counted, and must not be again
    chain.counted += Health(lost_bytes=start.unread, maybe_lost=True)
    if start.unread:
        _say_gone(chain, start.path)


def go_on(chain: FileChain, resume: TailPosition, now_us: int) -> Obstacle | None:
    """Find the files of an earlier process, or what became of them.

    Returns:
        The obstacle; with one, nothing has changed, and the call can be repeated.
    """
    found: list[tuple[FilePosition, Located, TailedFile | None]] = []
    met: Obstacle | None = None
    try:
        for position in resume.files:
            was_renamed = position is not resume.files[-1]
            located = locate(chain.files, chain.path, position, was_renamed=was_renamed)
            met = met or located.obstacle
            followed = None
            if located.handle is not None:
                followed = chain.make_tailed(located.identity, located.path, located.handle, now_us)
                followed.whole = located.whole
            found.append((position, located, followed))
            if followed is not None:
                followed.go_on_from(position)
    except OSError as error:
        met = obstacle(error)
    if met is not None:
        for _, _, followed in found:
            if followed is not None:
                followed.close()
        return met
    chain.done = list(resume.done)
    known = {located.identity for _, located, _ in found} | _at_path(chain)
    for position, located, followed in found:
        if followed is None and position is resume.files[-1] and not position.let_go:
            located, followed = _behind(chain, position, located, now_us)
        if followed is None and not located.truncated:
            located, followed = _by_its_place(chain, position, located, known, now_us)
        _join(chain, position, located, followed)
        # Files that came after the other ones were known to the earlier process.
        is_last = position is resume.files[-1]
        if (located.truncated or located.reused) and is_last and not position.let_go:
            # The inode was reused, or the file was renamed since: its successors are beside it.
            before = position if followed is None else followed.position()
            chain.counted += Health(rotations=_follow_after(chain, before, position, known, now_us))
    return None


def _follow_after(
    chain: FileChain, before: FilePosition, position: FilePosition, known: set[Identity], now_us: int
) -> int:
    """Follow the files that came after the last one of an earlier process; return their number."""
    siblings, known = chain.siblings(), known | chain.list_known()
    contents = [*chain.contents(), position]
    opened = chain.files.open(chain.path)
    log = None if isinstance(opened, Obstacle) else opened[0]
    is_same = not isinstance(opened, Obstacle) and opened[1].identity == position.identity
    found = find_between(siblings, lambda: siblings.after(before, known, contents), log, certain=not is_same)
    if log is not None:
        log.close()
    follow_between(chain, found, now_us)
    return len(found)


def _behind(
    chain: FileChain, position: FilePosition, located: Located, now_us: int
) -> tuple[Located, TailedFile | None]:
    """Find what was read of a file in the present file at its path, in case a copy replaced it."""
    opened = chain.files.open(chain.path)
    if isinstance(opened, Obstacle):
        return located, None
    handle, status = opened
    with suppress(OSError):
        place = end_by_print(handle, status.size, position)
        if place is not None:
            target = chain.files.target(chain.path)
            followed = chain.make_tailed(status.identity, target, handle, now_us)
            followed.go_on_from(replace(position, offset=place, size=place))
            followed.meet(status)
            chain.counted += Health(rotations=1)
            chain.notify("replaced by a copy of itself, continuing after the lines already read", "replaced")
            return Located(handle, target, status.identity), followed
        if status.size:
            tell_of_old_lines(chain, handle, status.size, position)
    handle.close()
    return located, None


def _by_its_place(
    chain: FileChain, position: FilePosition, located: Located, known: set[Identity], now_us: int
) -> tuple[Located, TailedFile | None]:
    """Find the archive of a file that was empty when seen last and was found nowhere else."""
    archive = chain.archive_of_unseen(position, tuple(chain), known)
    if archive is None:
        return located, None
    sibling, handle = archive
    followed = chain.make_tailed(sibling.identity, sibling.path, handle, now_us)
    followed.whole = True
    followed.at_path_ns = position.at_path_ns
    return Located(handle, sibling.path, sibling.identity, whole=True), followed


def _join(chain: FileChain, position: FilePosition, located: Located, followed: TailedFile | None) -> None:
    chain.before = position
    if position.let_go:
        if followed is not None:
            followed.close()
            followed.let_go = True
            # Nothing is added to an archive.
            if not (located.truncated or located.whole):
                chain.rested.append(followed)
        return
    if located.truncated:
        chain.note_truncation()
        chain.restarted = position.identity
    chain.claims.leave(position.identity, chain.path, None)
    if followed is not None:
        chain.claims.take(located.identity, chain.path)
        chain.claims.hold(located.identity)
        if followed.whole:
            followed.expected_size = position.size
        chain.followed.append(followed)
        return
    # A truncated file has new content instead of the old one.
    last_seen = position if located.truncated or located.reused else chain.unopened.extend(position)
    chain.counted += Health(lost_bytes=last_seen.unread, maybe_lost=True)
    chain.before = replace(position, let_go=True)  # its loss is counted already
    if not located.truncated:
        _say_gone(chain, position.path)


def _say_gone(chain: FileChain, path: str) -> None:
    chain.notify(f"{visible_text(path)} is gone, and so are its unread lines", "lost", warning=True)


def _at_path(chain: FileChain) -> set[Identity]:
    found = chain.files.look(chain.path)
    return set() if isinstance(found, Obstacle) else {found.identity}
