"""Follows one path by byte offset, whatever happens to the file there."""

from dataclasses import dataclass

from http_monitor.choices import DEFAULT_LINE_BYTES, READ_BYTES
from http_monitor.clock import Clock
from http_monitor.health import NO_HEALTH, Health
from http_monitor.ports.source import UNCHANGED, Chunk
from http_monitor.records import Json
from http_monitor.sources.files.access import Files, FileStatus, LocalFiles
from http_monitor.sources.files.gathered_lines import GatheredLines
from http_monitor.sources.files.regular_file import CROWDED, MISSING, Obstacle, obstacle
from http_monitor.sources.known.position import TailPosition
from http_monitor.sources.silence.silence_cause import explain_silence
from http_monitor.sources.tail.arrivals import arrive, miss_path
from http_monitor.sources.tail.beginning import Beginning
from http_monitor.sources.tail.claims import Claims
from http_monitor.sources.tail.drain import drain
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.sources.tail.gone_unopened import follow_unopened, lose_the_gone
from http_monitor.sources.tail.recover import find_unseen
from http_monitor.sources.tail.rested_files import look_at_rested
from http_monitor.sources.tail.unopened_files import UnopenedFiles
from http_monitor.sources.tail.waiting import Waiting
from http_monitor.units import US_PER_S


@dataclass(frozen=True, slots=True)
class TailLimits:
    """The limits of a tail: how much it reads at once, and how long it waits."""

    line_bytes: int = DEFAULT_LINE_BYTES
    """The longest line, in bytes without its LF."""
    read_bytes: int = READ_BYTES // 4
    """The most that one read takes from files."""
    grace_s: int = 10
    """Seconds that a renamed file must be idle before it is released."""


_USUAL = TailLimits()
_SPARE_TO_GO_ON = 8
"""Number of descriptors kept free for short use: directories, archives, checkpoints."""
_SPARE_TO_BEGIN = 16
"""Number kept free before another path is followed, since rotated files and their successors are open together."""


class FileTail:
    """A state machine without threads: each `read` looks at the path and reads what is new.

    The files of the path are read oldest first. A renamed file stays open until it has been idle for the grace period
    and its successor has data, because a server writes to it until it reopens its log. The cost of a read
    depends on what is new, not on the size of the file.

    Args:
        path: The path to follow; symbolic links are followed at each look.
        files: Access to the files.
        clock: Measures how long a file has been idle.
        from_start: Whether existing lines count.
        seen: The status of the path when the user was told that it is followed; None: that of the first read.
        resume: The position of an earlier process; `from_start` and `seen` are ignored then.
        claims: Shared by tails whose paths may lead to the same file.
        limits: How much it reads at once, and how long it waits.
    """

    def __init__(
        self,
        path: str,
        *,
        files: Files,
        clock: Clock,
        from_start: bool,
        seen: FileStatus | Obstacle | None = None,
        resume: TailPosition | None = None,
        claims: Claims | None = None,
        limits: TailLimits = _USUAL,
    ) -> None:
        self._path = path
        self._files = files
        self._clock = clock
        claims = Claims() if claims is None else claims
        counted = NO_HEALTH if resume is None else resume.counted
        self._chain = FileChain(path, files, claims, counted, limits.line_bytes)
        if resume is not None:
            self._chain.unopened = UnopenedFiles(path, resume.unopened)
        self._limits = limits
        self._beginning = Beginning(path, from_start=from_start, seen=seen, resume=resume)
        self._unopened_bytes = 0
        self._is_barred = False
        """The last look could not determine what is at the path."""
        self._waiting = Waiting(path, clock)
        self._local = files if isinstance(files, LocalFiles) else None
        self._rest: FileStatus | None = None
        """Status of the path that needs no action while it stays the same; None: something may have to be done."""
        # All claims are made before any tail reads, so that the first path that follows a file keeps it.
        for identity in self._beginning.list_claims():
            self._chain.claims.take(identity, path)

    @property
    def name(self) -> str:
        """The path as the user gave it."""
        return self._path

    def read(self) -> Chunk:
        """Return the lines completed since the last look, at most about `read_bytes`; never waits."""
        rest = None if self._chain.rested and self._is_due() else self._rest
        if rest is not None and self._local is not None and self._local.is_still(self._path, rest):
            return UNCHANGED
        found = self._files.look(self._path)
        if rest is not None and found == rest:
            return UNCHANGED
        lines = GatheredLines()
        at_end = self._turn(found, lines)
        self._rest = self._rest_after(found) if at_end else None
        return Chunk(lines.data, at_end, notices=self._chain.take_notices(), stretches=lines.stretches)

    @property
    def arrivals(self) -> int | None:
        """Number of files found that were at the path; None if there may be others."""
        is_known = self._beginning.is_over and not (self._is_barred or self._chain.same_as)
        return self._chain.arrivals + len(self._chain.unopened) if is_known else None

    def miss_unseen(self) -> None:
        """Record that more files were at the path than were found; the next read reports it."""
        self._chain.miss_unseen()
        self._rest = None

    def measure(self) -> None:
        """Get the size of the file at the path, so that `health` includes what is left unread at the end of a run."""
        found = self._files.look(self._path)
        if not isinstance(found, FileStatus):
            return
        followed = self._chain.followed
        if followed and followed[-1].identity == found.identity:
            followed[-1].measure(found.size)
        elif self._chain.claims.owner(found.identity) in (None, self._path):
            self._note_unopened(found)

    def health(self) -> Health:
        """Return the counters; the lag is that of the last look."""
        lag_bytes = sum(followed.unread for followed in self._chain.followed) + self._unopened_bytes
        lag = Health(lag_bytes=lag_bytes) if lag_bytes else NO_HEALTH
        return self._chain.counted + lag + self._waiting.health()

    def position(self) -> Json | None:
        """Return the position for another process; None if it depends on a path that could not be looked at yet."""
        chain, beginning = self._chain, self._beginning
        if beginning.is_blank:
            return None
        files = tuple(followed.position() for followed in chain if not followed.superseded)
        if not beginning.is_over:
            files = beginning.positions(chain)
        elif not chain.followed and chain.before is not None:
            files = (*files, chain.before)
        known = {file.identity for file in files}
        unopened = tuple(file for file in chain.unopened if file.identity not in known)
        done = chain.done if beginning.resume is None else beginning.resume.done
        return TailPosition(files, chain.counted, tuple(done), unopened).to_json()

    def diagnose(self) -> str:
        """Return why no lines come, as the end of a sentence."""
        siblings = self._chain.siblings()
        older = []
        for followed in self._chain:
            sibling = siblings.with_identity(followed.identity)
            # The inode of a deleted file that is no longer open here may have been reused.
            if sibling is not None or followed.handle is not None:
                older.append((followed.identity, None if sibling is None else sibling.path))
        return explain_silence(self._files.look(self._path), older)

    def close(self) -> None:
        """Release the descriptors; an incomplete line is not emitted."""
        for followed in self._chain.followed:
            followed.close()
            self._chain.claims.leave(followed.identity, self._path, followed.position)

    def _is_due(self) -> bool:
        until_us = self._chain.rests_until_us
        return until_us is not None and self._clock.running_us() >= until_us

    def _rest_after(self, found: FileStatus | Obstacle) -> FileStatus | None:
        """Return the status of the path if a look that finds the same status has nothing to do; otherwise None."""
        if isinstance(found, Obstacle) or self._waiting.obstacle is not None or self._chain.same_as:
            return None
        followed = self._chain.newest
        if followed is None or len(self._chain.followed) > 1 or followed.handle is None:
            return None
        return found if followed.is_at_rest(found) else None

    def _turn(self, found: FileStatus | Obstacle, lines: GatheredLines) -> bool:
        # The path is checked before the size of an older file is read: everything that the older file holds once a
        # successor has been seen is read before the successor.
        now_us = self._clock.running_us()
        self._is_barred = isinstance(found, Obstacle) and found != MISSING
        met = self._begin(found, now_us) or self._arrive(found, now_us)
        if self._chain.rested and self._has_room():
            look_at_rested(self._chain, now_us)
        at_end, unreachable = drain(self._chain, found, now_us, self._limits.read_bytes, lines)
        if at_end:
            grace_us = self._limits.grace_s * US_PER_S
            self._chain.let_go_of_the_idle(grace_us, now_us, lines, has_left=met == CROWDED)
        for followed in self._chain.followed:
            self._chain.take_counts(followed)
            if isinstance(found, FileStatus) and followed.identity == found.identity and followed.at_path_ns is None:
                # Even if it is read much later: older files have not been at the path since.
                followed.at_path_ns = found.mtime_ns
        self._waiting.meet(self._chain, met or unreachable)
        return at_end

    def _begin(self, found: FileStatus | Obstacle, now_us: int) -> Obstacle | None:
        """Find, once, the position to read from; return the obstacle."""
        if self._beginning.is_over:
            return None
        if isinstance(found, FileStatus):
            self._note_unopened(found)
        return self._beginning.attempt(self._chain, self._waiting, found, now_us, has_room=self._has_room())

    def _arrive(self, found: FileStatus | Obstacle, now_us: int) -> Obstacle | None:
        """Follow the file that is at the path now, if it is another one than before; return the obstacle."""
        self._unopened_bytes = 0
        if isinstance(found, Obstacle):
            if found == MISSING and self._has_room():
                find_unseen(self._chain)
                miss_path(self._chain, now_us, again=self._waiting.obstacle == MISSING)
            elif found == MISSING:
                lose_the_gone(self._chain, None)
            return found
        newest = self._chain.newest
        if newest is not None and newest.identity == found.identity and newest.handle is not None:
            if self._chain.unopened:
                self._chain.followed.pop()
                follow_unopened(self._chain, now_us, newest.identity)
                self._chain.followed.append(newest)
            return None
        if self._chain.is_followed_elsewhere(found.identity):
            if not self._chain.claims.is_held(found.identity):
                self._note_unopened(found)
            return None
        if newest is None or newest.identity != found.identity:
            self._note_unopened(found)
        if not self._has_room():
            lose_the_gone(self._chain, found.identity)
            return CROWDED
        opened = self._files.open(self._path)
        if isinstance(opened, Obstacle):
            return opened
        handle, status = opened
        if self._chain.is_followed_elsewhere(status.identity):
            handle.close()
            self._unopened_bytes = 0
            return None
        try:
            find_unseen(self._chain)
            arrive(self._chain, handle, status, now_us)
        except OSError as error:
            handle.close()
            return obstacle(error)
        self._unopened_bytes = 0
        return None

    def _note_unopened(self, found: FileStatus) -> None:
        """Record a file at the path that was not read, or not since it was announced."""
        self._chain.note_unopened(found)
        offset = self._beginning.offset_in(self._chain, found.identity)
        self._unopened_bytes = max(0, found.size - offset)

    def _has_room(self) -> bool:
        """Return whether another file can be opened, with enough descriptors left for urgent needs."""
        spare = _SPARE_TO_GO_ON if self._chain.followed else _SPARE_TO_BEGIN
        return self._files.has_room(spare)
