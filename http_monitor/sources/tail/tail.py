"""Follows one path by byte offset through whatever happens to the file there."""

import errno
from collections.abc import Iterator

from http_monitor.clock import Clock
from http_monitor.health import NO_HEALTH, Health
from http_monitor.ports.source import UNCHANGED, Chunk
from http_monitor.records import Json
from http_monitor.settings import MAX_LINE_BYTES, READ_BYTES
from http_monitor.sources.files.access import Files, FileStatus, Identity, LocalFiles
from http_monitor.sources.files.gathered_lines import GatheredLines
from http_monitor.sources.files.regular_file import MISSING, Obstacle, obstacle
from http_monitor.sources.tail.arrivals import arrive, miss_path
from http_monitor.sources.tail.claims import Claims
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.sources.tail.position import TailPosition
from http_monitor.sources.tail.recover import find_again, find_unseen, look_beside, restart
from http_monitor.sources.tail.rested_files import look_at_rested
from http_monitor.sources.tail.silence_cause import explain_silence
from http_monitor.sources.tail.start import begin, go_on, start_of
from http_monitor.sources.tail.tailed_file import TailedFile, Truncated
from http_monitor.units import US_PER_S, visible_text


class FileTail:
    """A state machine without threads: every `read` looks at the path and takes what is new there.

    Files that the path led to are read oldest first. A renamed one stays open until it was idle for the grace and
    its successor has data, since a server writes to it until it is told to reopen its log. The cost of a read
    depends on what is new, not on the size of the file.

    Args:
        path: The path to follow; symbolic links are followed at every look.
        files: The way to it.
        clock: Tells how long a file was idle.
        from_start: Whether what is there already counts.
        seen: What stood at the path when the user was told that it is followed; None: the first read looks.
        resume: Where another process stopped; then neither `from_start` nor `seen` matters.
        claims: Shared by tails whose paths may lead to the same file.
        limit: The longest line, in bytes without its LF.
        read_bytes: The most that one read takes from files.
        grace_s: So long a renamed file has to be idle.
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
        limit: int = MAX_LINE_BYTES,
        read_bytes: int = READ_BYTES // 4,
        grace_s: int = 10,
    ) -> None:
        self._path = path
        self._files = files
        self._clock = clock
        self._chain = FileChain(
            path, files, Claims() if claims is None else claims, NO_HEALTH if resume is None else resume.counted, limit
        )
        self._read_bytes = read_bytes
        self._grace_us = grace_s * US_PER_S
        self._from_start = from_start
        self._seen = seen
        self._resume = resume
        self._begun = False
        self._unopened_bytes = 0
        self._obstacle: Obstacle | None = None
        self._obstacle_us = 0
        self._welcome = "readable again"
        self._local = files if isinstance(files, LocalFiles) else None
        self._rest: FileStatus | None = None
        """What stands at the path while nothing happens; None: something may have to be done."""
        # Before any tail reads: whoever was the first to follow a file stays the one.
        for identity in _claimed_at_start(seen, resume):
            self._chain.claims.take(identity, path)

    @property
    def name(self) -> str:
        """The path as it was given."""
        return self._path

    def read(self) -> Chunk:
        """Return the lines that became whole since the last look, at most about `read_bytes`; never waits."""
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
        """So many files have been found that stood at the path; None where it cannot be known whether that is all."""
        is_barred = self._obstacle not in (None, MISSING) or bool(self._unopened_bytes or self._chain.same_as)
        return None if is_barred or not self._begun else self._chain.arrivals

    def miss_unseen(self) -> None:
        """Learn that more files stood at the path than were found; the next read says so."""
        self._chain.miss_unseen()
        self._rest = None

    def measure(self) -> None:
        """Look at the size of the path's file, so that `health` knows what is left at the end of a run."""
        found = self._files.look(self._path)
        if not isinstance(found, FileStatus):
            return
        followed = self._chain.followed
        if followed and followed[-1].identity == found.identity:
            followed[-1].size = max(followed[-1].size, found.size)
        elif followed or self._from_start:
            self._unopened_bytes = found.size
        elif isinstance(self._seen, FileStatus) and not self._begun:
            is_same = self._seen.identity == found.identity
            self._unopened_bytes = max(0, found.size - self._seen.size) if is_same else found.size

    def health(self) -> Health:
        """Return the counters; the lag is that of the last look."""
        waiting = self._obstacle
        return self._chain.counted + Health(
            lag_bytes=sum(followed.unread for followed in self._chain.followed) + self._unopened_bytes,
            waiting_for=f"{visible_text(self._path)} {waiting.state}" if waiting else "",
            waiting_since_us=self._obstacle_us if waiting else None,
        )

    def position(self) -> Json | None:
        """Return where another process has to go on; None while nobody could look at the path."""
        if self._resume is not None:
            return self._resume.to_json()
        files = tuple(followed.position() for followed in self._chain if not followed.superseded)
        if not self._begun and isinstance(self._seen, FileStatus):
            files = (start_of(self._path, self._seen, from_start=self._from_start),)
        elif not self._begun and self._seen is None:
            return None
        elif not self._chain.followed and self._chain.before is not None:
            files = (*files, self._chain.before)
        return TailPosition(files, self._chain.counted, tuple(self._chain.done)).to_json()

    def diagnose(self) -> str:
        """Return why no lines come, as the end of a sentence."""
        siblings = self._chain.siblings()
        older = []
        for followed in self._chain:
            sibling = siblings.with_identity(followed.identity)
            # Of a deleted file that is not open here any more another may have the inode by now.
            if sibling is not None or followed.handle is not None:
                older.append((followed.identity, None if sibling is None else sibling.path))
        return explain_silence(self._files.look(self._path), older)

    def close(self) -> None:
        """Let go of the descriptors; a line that is not complete is not emitted."""
        for followed in self._chain.followed:
            followed.close()
            self._chain.claims.leave(followed.identity, self._path, followed.position())

    def _is_due(self) -> bool:
        until_us = self._chain.rests_until_us
        return until_us is not None and self._clock.running_us() >= until_us

    def _rest_after(self, found: FileStatus | Obstacle) -> FileStatus | None:
        """Return what stands at the path if a look that finds the same again has nothing to do."""
        if isinstance(found, Obstacle) or self._obstacle is not None or self._chain.same_as:
            return None
        followed = self._chain.newest
        if followed is None or len(self._chain.followed) > 1 or followed.handle is None:
            return None
        return found if followed.is_at_rest(found) else None

    def _turn(self, found: FileStatus | Obstacle, lines: GatheredLines) -> bool:
        # The path is looked at before an older file is asked for its size: whatever that holds once a successor has
        # been seen is read before the successor.
        now_us = self._clock.running_us()
        met = self._begin(found, now_us) or self._arrive(found, now_us)
        look_at_rested(self._chain, now_us)
        at_end, unreachable = self._drain(found, now_us, lines)
        if at_end:
            self._chain.let_go_of_the_idle(self._grace_us, now_us, lines)
        for followed in self._chain.followed:
            self._chain.take_counts(followed)
        self._meet(met or unreachable)
        return at_end

    def _begin(self, found: FileStatus | Obstacle, now_us: int) -> Obstacle | None:
        """Find, once, where to read from; returns what hinders."""
        if self._begun:
            return None
        if self._resume is not None:
            # A way that is barred does not say that a file is gone.
            barred = isinstance(found, Obstacle) and found != MISSING
            met = found if barred and isinstance(found, Obstacle) else go_on(self._chain, self._resume, now_us)
        else:
            self._seen = found if self._seen is None else self._seen
            if isinstance(self._seen, Obstacle):
                self._welcome = "found, reading it from its start"
                met = None
            else:
                met = begin(self._chain, start_of(self._path, self._seen, from_start=self._from_start), now_us)
        if met is None:
            self._begun = True
            self._resume = None
        return met

    def _arrive(self, found: FileStatus | Obstacle, now_us: int) -> Obstacle | None:
        """Follow what stands at the path now, if that is another file than before; returns what hinders."""
        self._unopened_bytes = 0
        if isinstance(found, Obstacle):
            if found == MISSING:
                find_unseen(self._chain)
                miss_path(self._chain, now_us, again=self._obstacle == MISSING)
            return found
        newest = self._chain.newest
        if newest is not None and newest.identity == found.identity and newest.handle is not None:
            return None
        if self._chain.is_followed_elsewhere(found.identity):
            return None
        if newest is None or newest.identity != found.identity:
            self._unopened_bytes = found.size
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

    def _drain(self, found: FileStatus | Obstacle, now_us: int, lines: GatheredLines) -> tuple[bool, Obstacle | None]:
        """Read what is new, oldest file first; returns whether the end was reached, and what hinders."""
        chain = self._chain
        room = self._read_bytes
        met: Obstacle | None = None
        sought: list[TailedFile] = []
        index = 0
        while index < len(chain.followed):
            followed = chain.followed[index]
            try:
                room -= self._read_on(followed, found, room, lines, now_us)
            except Truncated:
                restart(chain, followed, now_us)
                continue
            except OSError as error:
                if followed in sought:
                    hindrance: Obstacle | None = obstacle(error)
                else:
                    hindrance = find_again(chain, followed, found, error, lines)
                if hindrance is not None:
                    met = met or hindrance
                    followed.changed_us = now_us  # nobody can tell whether it is idle
                    index += 1
                sought.append(followed)
                continue
            if chain.followed[index] is not followed:
                continue  # what is to be read before it has joined
            if followed.unread:
                return False, met
            if followed.whole:
                chain.let_go(followed, lines)
                continue
            index += 1
        return True, met

    def _read_on(
        self, followed: TailedFile, found: FileStatus | Obstacle, room: int, lines: GatheredLines, now_us: int
    ) -> int:
        """Read up to `room` bytes of one file; returns how many there were.

        Raises:
            Truncated: what was read of it is not there any more.
            OSError: it cannot be read.
        """
        if followed.handle is None:
            raise OSError(errno.ESTALE, "out of reach")
        at_path = isinstance(found, FileStatus) and found.identity == followed.identity
        if followed.just_met or not at_path or isinstance(found, Obstacle):
            status, followed.just_met = followed.handle.status(), False
        else:
            status = found
        if followed.is_suspect(status):
            copies = look_beside(self._chain, followed, now_us, at_path=at_path)
            followed.note_time(status.mtime_ns)
            if copies:
                return 0
        followed.see(status, now_us)
        if at_path:
            followed.at_path_ns = status.mtime_ns
        if not (followed.unread and room):
            return 0
        count, data = followed.read(room)
        lines.add(data, self._chain.log_file(followed), followed.starts)
        return count

    def _meet(self, met: Obstacle | None) -> None:
        """Take note of what hinders now, and say so when that changes."""
        if met is None:
            if self._obstacle is not None:
                self._obstacle = None
                self._chain.say(self._welcome, "readable")
            self._welcome = "readable again"
        elif met != self._obstacle:
            if self._obstacle is None:
                self._obstacle_us = self._clock.now_us()
            self._obstacle = met
            self._chain.say(met.notice, "unreadable", warning=True)


def _claimed_at_start(seen: FileStatus | Obstacle | None, resume: TailPosition | None) -> Iterator[Identity]:
    if resume is not None:
        yield from (position.identity for position in resume.files if not position.let_go)
    elif isinstance(seen, FileStatus):
        yield seen.identity
