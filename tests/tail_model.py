"""A model of files that grow, rotate, shrink and vanish, and the laws that following them has to obey."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from http_monitor.health import Health
from http_monitor.records import Json
from http_monitor.sources.files.access import Files
from http_monitor.sources.known.fingerprint import ENOUGH_BYTES, HEAD_BYTES
from http_monitor.sources.known.position import TailPosition
from http_monitor.sources.tail.tail import FileTail, TailLimits
from tests.following import WAYS, Denying
from tests.tail_ledger import Ledger
from tests.tail_world import Inode, Stream, World

_GRACE_S = 10
_LIMIT = 150
_MAX_FILES = 12
_SIZES = st.lists(st.integers(8, 60) | st.integers(8, 220), min_size=1, max_size=5)
_MANY = st.lists(st.integers(80, 150), min_size=12, max_size=20)
_HALF = st.integers(8, 60) | st.integers(8, 220)


@dataclass(frozen=True)
class Checkpoint:
    """What the next process knows."""

    position: Json
    given: int
    seen: dict[Stream, int]
    rested: set[Stream]
    looked_at: set[Inode]


class FollowingMachine(RuleBasedStateMachine):
    """Lets a world of files go its way, with a tail that looks now and then and may be killed at any time."""

    way: ClassVar[Callable[[], Files]] = WAYS["direct"]
    holds_files: ClassVar[bool] = True
    """Whether a file that has been opened can be read after it was deleted."""
    first_bytes: ClassVar[int] = ENOUGH_BYTES
    """Minimum written to an empty file at once: with less, a copy of it is not recognised for certain."""

    def __init__(self) -> None:
        super().__init__()
        self._temporary = tempfile.TemporaryDirectory()
        self.denying = Denying(type(self).way())

    @initialize(
        layout=st.sampled_from(["plain", "plain", "plain", "link", "dated", "free"]),
        dates=st.booleans(),
        coarse=st.booleans(),
        from_start=st.booleans(),
        announced=st.booleans(),
        read_bytes=st.sampled_from([40, 300, 1_000_000]),
        before=st.none() | _SIZES | _MANY,
        half=st.just(0) | _HALF,
    )
    def begin(
        self,
        layout: str,
        dates: bool,
        coarse: bool,
        from_start: bool,
        announced: bool,
        read_bytes: int,
        before: list[int] | None,
        half: int,
    ) -> None:
        self.world = World(Path(self._temporary.name), layout, dates=dates, coarse=coarse, first_bytes=self.first_bytes)
        self.ledger = Ledger(self.world, _LIMIT, holds_files=self.holds_files)
        self.checkpoint: Checkpoint | None = None
        self.from_start = from_start
        self.read_bytes = read_bytes
        self.seen: dict[Stream, int] = {}
        self.rested: set[Stream] = set()
        self.opened: set[Inode] = set()
        self.deleted: set[Stream] = set()
        self.doubts: list[str] = []
        self.unlooked: set[str] = set()
        """What happened since the last look that the tail remembers."""
        self.unsaved: set[str] = set()
        self.mixed: set[Stream] = set()
        self.truncations = self.truncations_of_any = self.copies = 0
        self.counters_are_exact = True
        self.forgotten: set[Stream] = set()
        """Had been deleted when a process was killed that had not saved all it read of it."""
        self.unrecognised = 0
        """Files with too few known bytes, which may be taken for others."""
        self.has_looked = False
        """There was a look to which the path was not denied."""
        self.copies_opened: set[Stream] = set()
        """There were copies of all of them at a look, which may be open since."""
        self.vanished: set[Stream] = set()
        """Was rotated and deleted since the last look, and never seen."""
        self.looked_at: set[Inode] = set()
        """What stood at the path at a look."""
        if before is not None:
            self.world.create()
            self.world.write(before, half=half)
            assert self.world.current is not None
            if not from_start:
                self.world.current.stream.begin = len(self.world.current.stream.content)
        seen = self.denying.look(str(self.world.path)) if announced else None
        self.tail = FileTail(
            str(self.world.path),
            files=self.denying,
            clock=self.world.clock,
            from_start=from_start,
            seen=seen,
            limits=TailLimits(_LIMIT, read_bytes, _GRACE_S),
        )
        if not announced:
            self.look()
            self.save()

    def teardown(self) -> None:
        try:
            if hasattr(self, "tail"):
                self.come_to_rest()
        finally:
            if hasattr(self, "tail"):
                self.tail.close()
                self.world.close()
            self._temporary.cleanup()

    # What servers do.

    def is_there(self) -> bool:
        return self.world.current is not None

    def has_room(self) -> bool:
        return len(self.world.order) < _MAX_FILES

    @precondition(is_there)
    @rule(sizes=_SIZES)
    def write(self, sizes: list[int]) -> None:
        self.world.write(sizes)

    @precondition(is_there)
    @rule(sizes=_MANY)
    def write_much(self, sizes: list[int]) -> None:
        self.world.write(sizes)

    @precondition(is_there)
    @rule(half=_HALF)
    def write_half(self, half: int) -> None:
        self.world.write([], half=half)

    @precondition(is_there)
    @rule()
    def hold(self) -> None:
        self.world.hold()

    def held_is_watched(self) -> bool:
        """Tell whether what a server still writes to is one of those that a tail promises to look at."""
        if self.world.held is None:
            return False
        inode = self.world.held[0]
        if not inode.linked:
            # What is deleted and written to while its path is barred hides by its time what came after it.
            is_open = self.holds_files and inode in self.opened and inode.stream not in self.rested
            return is_open and not self.denying.bars
        return inode is self.world.current or inode in self.world.previous[:16]

    @precondition(held_is_watched)
    @rule(sizes=_SIZES, half=st.just(0) | _HALF)
    def write_to_held(self, sizes: list[int], half: int) -> None:
        if self.denying.bars:
            self.counters_are_exact = False  # its time hides what comes to an inaccessible path
        self.world.write_to_held(sizes, half=half)

    @precondition(held_is_watched)
    @rule(half=_HALF)
    def write_half_to_held(self, half: int) -> None:
        self.write_to_held(sizes=[], half=half)

    @precondition(lambda self: not self.is_there() and self.has_room())
    @rule()
    def create(self) -> None:
        self.world.create()

    @rule(size=st.sampled_from([16, 2_000]))
    def write_another(self, size: int) -> None:
        self.world.write_another(size)

    # What rotations do.

    def can_rotate(self) -> bool:
        # A link with a name that tells nothing cannot be followed past a file that no look saw.
        current = self.world.current
        if current is None or not self.has_room():
            return False
        return current in self.looked_at or (self.world.layout != "free" and bool(self.looked_at))

    @precondition(can_rotate)
    @rule(create=st.booleans())
    def rotate(self, create: bool) -> None:
        self._happens("left")
        self.world.rotate()
        if create:
            self.world.create()

    @precondition(lambda self: self.can_rotate() and self.world.layout != "free")
    @rule(sizes=_SIZES, half=st.just(0) | _HALF, compress=st.booleans())
    def rotate_twice(self, sizes: list[int], half: int, compress: bool) -> None:
        self.rotate(create=True)
        self.world.write(sizes, half=half)
        self.rotate(create=True)
        if compress and not self.world.linked:
            self.compress(1)

    @precondition(lambda self: self.can_rotate() and self.can_truncate() and not self.world.linked)
    @rule(share=st.sampled_from([1.0, 1.0, 0.5]), keep_time=st.booleans(), sizes=st.just([]) | _SIZES)
    def copytruncate(self, share: float, keep_time: bool, sizes: list[int]) -> None:
        assert self.world.current is not None
        content = self.world.current.stream.content
        size = int(len(content) * share)
        if size < len(content):
            # What was cut off within the bytes that are remembered of a file's beginning is not always known as a copy.
            size = content.rfind(b"\n", 0, size) + 1
            size = size if size >= HEAD_BYTES else len(content)
        self.copies += 1
        self.world.copy(size, keep_time=keep_time)
        self.truncate(sizes)

    def can_truncate(self) -> bool:
        # A file that was only announced, and truncated before the first look, is not recognised again.
        return self.is_there() and self.has_looked

    @precondition(can_truncate)
    @rule(sizes=st.just([]) | _SIZES)
    def truncate(self, sizes: list[int]) -> None:
        self._happens("truncated")
        self.truncations_of_any += 1
        self.doubts.append("truncated")
        assert self.world.current is not None
        self.truncations += bool(self.world.current.stream.content)
        if not self.seen.get(self.world.current.stream):
            self.counters_are_exact = False
        self.world.truncate()
        if sizes:
            self.world.write(sizes)

    @precondition(can_truncate)
    @rule(more=st.sampled_from([0, 0, 1, 100]))
    def regrow(self, more: int) -> None:
        """Let a truncated file have the size it had, or more."""
        assert self.world.current is not None
        size = len(self.world.current.stream.content)
        if size >= 8:
            self.truncate([size - 1 + more])

    @precondition(lambda self: self.can_truncate() and self.world.layout != "free")
    @rule(create=st.booleans())
    def delete(self, create: bool) -> None:
        self._happens("left")
        self.doubts.append("deleted")
        assert self.world.current is not None
        if self.world.current not in self.looked_at:
            self.counters_are_exact = False
        self.deleted.add(self.world.current.stream)
        self.world.delete()
        if create:
            self.world.create()

    @precondition(lambda self: self.world.rotated() and not self.world.linked)
    @rule()
    def delete_oldest(self) -> None:
        self.doubts.append("deleted")
        gone = self.world.delete_oldest()
        stream = gone.stream if isinstance(gone, Inode) else gone.of
        if stream in self.world.order and self.world.files[stream] not in self.looked_at:
            self.vanished.add(stream)
        if stream in self.rested:
            self.forgotten.add(stream)  # what was added to it since it was last looked at

    @precondition(lambda self: self.world.rotated() and not self.world.linked)
    @rule(which=st.integers(0, 3))
    def compress(self, which: int) -> None:
        names = [name for name in self.world.rotated() if not name.endswith(".gz")]
        if which < len(names):
            found = self.world.names[names[which]]
            if isinstance(found, Inode) and found.stream in self.rested and self._is_tiny(found.stream):
                self.forgotten.add(found.stream)  # what was added to it since it was last looked at
            if isinstance(found, Inode) and len(found.stream.content) < ENOUGH_BYTES:
                self.doubts.append("too small to be known again")
                self.unrecognised += 1
                self.counters_are_exact = False
            self.world.compress(names[which])

    @precondition(lambda self: self.has_room() and not self.world.linked)
    @rule()
    def put_old_file(self) -> None:
        """Rename an old file into the series by hand: nothing of it may be given."""
        self.world.put()

    @precondition(lambda self: not self.is_there() and self.world.linked and self.world.previous[:1])
    @rule()
    def return_to_previous(self) -> None:
        if self.world.previous[0].linked:
            self.counters_are_exact = False
            self.world.return_to(self.world.previous[0])

    @precondition(lambda self: self.world.layout == "plain")
    @rule()
    def deny(self) -> None:
        self.denying.denied.add(str(self.world.path))

    @rule()
    def crowd(self) -> None:
        """Let too many files be open."""
        self.denying.crowded = self.holds_files

    @rule()
    def allow(self) -> None:
        self.denying.clear()

    # What the monitor does.

    @rule(seconds=st.sampled_from([1, 9, 10, 11]))
    def advance(self, seconds: int) -> None:
        self.world.clock.advance(seconds)

    @rule()
    def look(self) -> None:
        """Look once."""
        self._look()

    def _look(self) -> bool:
        self.world.look += 1
        chunk = self.tail.read()
        if len(self.unlooked) > 1:
            # Who both renames a log and copies and truncates it between two looks mixes up what came after what.
            self.mixed |= {*self.world.order}
        if not self.denying.crowded:
            self.unlooked.clear()
        self.ledger.take(chunk.data, self.rested | self.mixed)
        self.ledger.check_places(chunk)
        self._note_look(at_end=chunk.at_end)
        self._check_counters()
        return chunk.at_end

    @rule()
    def look_to_end(self) -> None:
        for _ in range(100_000):
            if self._look():
                return
        raise AssertionError("never reaches the end")

    @precondition(lambda self: self.world.look > 0)
    @rule()
    def save(self) -> None:
        """Let a checkpoint be written."""
        self.unsaved = set(self.unlooked)
        position = json.loads(json.dumps(self.tail.position()))
        self.checkpoint = Checkpoint(position, len(self.ledger), dict(self.seen), set(self.rested), set(self.looked_at))

    @precondition(lambda self: self.world.look > 0)
    @rule(saved=st.booleans())
    def crash_and_resume(self, saved: bool) -> None:
        if saved or self.checkpoint is None or not self.checkpoint.looked_at:
            self.save()
        else:
            self.counters_are_exact = False
            self.forgotten |= {stream for stream in self.world.order if not self.world.files[stream].linked}
        assert self.checkpoint is not None
        deleted = {stream for stream in self.world.order if not self.world.files[stream].linked}
        if deleted:
            self.doubts.append("deleted with what was written to it since an archive was made of it")
        # Bytes added since the last look to a file that is no longer open were never seen.
        self.forgotten |= {stream for stream in deleted if len(stream.content) > self.checkpoint.seen.get(stream, 0)}
        if self.world.layout == "free":
            # If names are unrelated, a file that came and went since the checkpoint is not found.
            gone = [inode for inode in self.world.previous if inode not in self.checkpoint.looked_at]
            self.forgotten |= {inode.stream for inode in gone}
        tiny = [seen for seen in self.checkpoint.seen.values() if seen < ENOUGH_BYTES]
        if tiny:
            self.doubts.append("too little was known of a file to find it again")
            self.unrecognised += len(tiny)
        self.tail.close()
        self.ledger.roll_back(self.checkpoint.given)
        self.seen = dict(self.checkpoint.seen)
        self.rested = set(self.checkpoint.rested)
        self.looked_at = set(self.checkpoint.looked_at)
        self.unlooked |= self.unsaved
        self.opened.clear()
        self.copies_opened.clear()
        self.tail = FileTail(
            str(self.world.path),
            files=self.denying,
            clock=self.world.clock,
            from_start=False,
            resume=TailPosition.from_json(self.checkpoint.position),
            limits=TailLimits(_LIMIT, self.read_bytes, _GRACE_S),
        )

    @rule()
    def come_to_rest(self) -> None:
        """Let nothing be in the way and all graces pass: now the account must be exact."""
        self.denying.clear()
        self.look_to_end()
        for _ in range(4):
            self.world.clock.advance(_GRACE_S + 1)
            self.look_to_end()
        self._check_at_rest(self.tail.health())

    # The laws.

    def _happens(self, what: str) -> None:
        self.counters_are_exact = self.counters_are_exact and not self.unlooked
        self.unlooked.add(what)
        self.unsaved.add(what)

    def _note_look(self, *, at_end: bool) -> None:
        world = self.world
        grace_us = _GRACE_S * 1_000_000
        if self.denying.crowded:
            # Room is made for the file at the path.
            idle = [file for file in world.previous if world.clock.running_us() - file.stream.written_us >= grace_us]
            self.rested |= {inode.stream for inode in idle}
        if self.denying.bars:
            return
        self.has_looked = True
        known_before = set(self.looked_at)
        if world.current is not None:
            self.looked_at.add(world.current)
        inodes = [*world.previous, *([world.current] if world.current else [])]
        if not any(inode.linked and inode not in self.looked_at for inode in world.previous):
            # Nothing is left that tells of what was deleted together with all before it and after it.
            self.forgotten |= self.vanished
        self.vanished.clear()
        if self.holds_files:
            self.copies_opened |= {stream for stream in world.order if world.has_whole_copy(stream)}
        for inode in inodes:
            # Without a descriptor a number is soon another file's.
            if len(inode.stream.content) < ENOUGH_BYTES or not self.holds_files:
                self.world.keep_number(inode)
            # A file is not asked for its size while one before it is being read.
            is_asked = at_end or inode not in known_before
            is_asked = is_asked and inode.stream not in self.rested
            is_open = self.holds_files and inode in self.opened
            if is_asked and inode in self.looked_at and (inode.linked or is_open):
                self.seen[inode.stream] = len(inode.stream.content)
            if inode.linked:
                self.opened.add(inode)
        for inode in world.previous:
            later = world.order[world.order.index(inode.stream) + 1 :]
            if world.clock.running_us() - inode.stream.written_us >= grace_us and any(s.content for s in later):
                self.rested.add(inode.stream)

    def _is_tiny(self, stream: Stream) -> bool:
        return self.seen.get(stream, 0) < ENOUGH_BYTES

    def _missing(self, stream: Stream) -> list[tuple[int, int]]:
        """Return where bytes were neither given nor can be given any more, or should have been given by now."""
        gaps = list(self.ledger.gaps(stream))
        last = stream.last_line
        if (
            gaps
            and last < len(stream.content)
            and self._may_be_pending(stream)
            and not self.ledger.has_given(stream, last)
        ):
            start, _ = gaps.pop()
            if start < last:
                gaps.append((start, last))
        return gaps

    def _may_be_pending(self, stream: Stream) -> bool:
        """Tell whether a line at its end that is not complete is still waited for."""
        is_reached = not stream.ended and self._is_reached(stream)
        # By another process a copy is taken for it.
        if not is_reached and not self.world.has_whole_copy(stream) and stream not in self.copies_opened:
            return False
        # What came and went without a trace, or is gone altogether, is no successor that the tail could know.
        later = self.world.order[self.world.order.index(stream) + 1 :]
        known = [other for other in later if other in self.seen or self.ledger.has_any(other)]
        return not any(other.content and not other.ended and self._is_reached(other) for other in known)

    def _is_reached(self, stream: Stream) -> bool:
        inode = self.world.files[stream]
        return inode.linked or (self.holds_files and inode in self.opened)

    def _check_counters(self) -> None:
        health = self.tail.health()
        if health.maybe_lost:
            assert self.doubts or self.world.reuses, "nothing was ever in doubt"
        if not self.doubts:
            assert health.lost_bytes == 0 or self._fragments_were_given()

    def _fragments_were_given(self) -> bool:
        return any(stream in self.rested for stream in self.world.order)

    def _check_at_rest(self, health: Health) -> None:
        missing = least = most = free = 0
        for stream in self.world.order:
            gaps = self._missing(stream)
            size = sum(end - start for start, end in gaps)
            seen = self.seen.get(stream, 0)
            # Bytes written and truncated, or deleted at their path, between two looks cannot be known.
            unseeable = stream in self.forgotten or (not seen and (stream.ended or stream in self.deleted))
            missing += 0 if unseeable else size
            most += size
            free += stream.start - stream.begin
            # Of what was mixed up, `maybe_lost` says that the account may be short.
            if stream not in self.mixed or not health.maybe_lost:
                least += sum(max(0, min(end, seen) - start) for start, end in gaps)
        account = f"lost {health.lost_bytes}, missing {missing} ({least} of them seen), maybe more: {health.maybe_lost}"
        if not health.maybe_lost:
            assert missing <= health.lost_bytes <= most, account
        assert least <= health.lost_bytes <= most + free, account
        assert health.lag_bytes == 0
        assert (health.waiting_for == "") == (self.world.current is not None)
        counted, true = (health.rotations, health.truncations), (self.world.moves, self.truncations)
        # What was truncated between two looks, and a copy of it, may be taken for files that came and went.
        assert counted[0] <= true[0] + self.copies + self.truncations_of_any + self.unrecognised, (
            f"{counted} rotations and truncations of {true}"
        )
        # So may another file that has the inode number of one that is gone.
        assert counted[1] <= self.truncations_of_any or self.world.reuses or not self.counters_are_exact, (
            f"{counted} rotations and truncations of {true}"
        )
        if self.counters_are_exact and not self.world.reuses:
            assert counted == true, f"{counted} rotations and truncations of {true}"


def machine(name: str, way: Callable[[], Files], *, holds_files: bool) -> type[FollowingMachine]:
    """Return the machine that follows files in this way."""
    return type(name, (FollowingMachine,), {"way": staticmethod(way), "holds_files": holds_files})
