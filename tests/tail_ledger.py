"""Holds what a tail gave against what was written: each line once, in order, and every byte accounted for."""

from collections.abc import Iterator
from dataclasses import dataclass

from http_monitor.ports.source import Chunk
from tests.tail_world import SERIAL_BYTES, Stream, World

_LF = b"\n"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A line that the tail gave."""

    stream: Stream
    start: int
    end: int
    """All up to there was given with it, or left out because the line is too long."""
    look: int


class Ledger:
    """What a tail gave so far; raises AssertionError for what it must not give.

    Args:
        world: What was written.
        limit: The longest line, in bytes without its LF.
        holds_files: Whether a file that has been opened can be read after it was deleted.
    """

    def __init__(self, world: World, limit: int, *, holds_files: bool) -> None:
        self._world = world
        self._holds_files = holds_files
        self._limit = limit
        self._deliveries: list[Delivery] = []
        self._ends: dict[Stream, dict[int, int]] = {}
        self._last_look: dict[Stream, int] = {}

    def __len__(self) -> int:
        """Return how many lines were given."""
        return len(self._deliveries)

    def roll_back(self, count: int) -> None:
        """Forget all but the first ones: they were given by a process whose state is lost."""
        kept = self._deliveries[:count]
        self._deliveries, self._ends, self._last_look = [], {}, {}
        for delivery in kept:
            self._enter(delivery)

    def take(self, data: bytes, rested: set[Stream]) -> None:
        """Take what a look gave.

        Args:
            data: Whole lines.
            rested: Streams that may have been let go, and are then only looked at from time to time.
        """
        assert not data or data.endswith(_LF), "the end is no whole line"
        for line in data.splitlines(keepends=True):
            self._take(line, rested)

    def check_places(self, chunk: Chunk) -> None:
        """See that each line of a chunk stands in its file where the chunk says."""
        place = 0
        for line in chunk.data.splitlines(keepends=True):
            stream, start = self._world.serials[line[:SERIAL_BYTES]]
            stretch = [stretch for stretch in chunk.stretches if stretch.start <= place][-1]
            what = f"line {line[:SERIAL_BYTES]!r} of stream {stream.number}"
            assert stretch.offset + place - stretch.start == start, f"{what} does not stand there"
            assert stretch.file.source == str(self._world.path)
            assert stretch.file.identity is not None
            assert stretch.file.identity[1] in self._world.numbers_of(stream), f"{what} is not in that file"
            place += len(line)

    def gaps(self, stream: Stream) -> Iterator[tuple[int, int]]:
        """Yield where bytes that count have not been given."""
        start = stream.start
        for first, end in sorted(self._ends.get(stream, {}).items()):
            if first > start:
                yield start, first
            start = max(start, end)
        if start < len(stream.content):
            yield start, len(stream.content)

    def has_given(self, stream: Stream, start: int) -> bool:
        """Tell whether the line that begins there was given, be it only its beginning."""
        return start in self._ends.get(stream, {})

    def has_any(self, stream: Stream) -> bool:
        """Tell whether anything of it was given."""
        return stream in self._ends

    def _take(self, line: bytes, rested: set[Stream]) -> None:
        assert line[:SERIAL_BYTES] in self._world.serials, f"no line begins with {line!r}"
        stream, start = self._world.serials[line[:SERIAL_BYTES]]
        what = f"line {line[:SERIAL_BYTES]!r} of stream {stream.number}"
        assert stream in self._world.order, f"{what} was never at the path"
        assert start >= stream.start, f"{what} was there before the start"
        ends = self._ends.get(stream, {})
        assert start not in ends, f"{what} is given twice"
        assert all(other < start for other in ends), f"{what} comes after later lines of its file"
        end = self._end_of(stream, start, line, what)
        if start in stream.completed and stream not in rested:
            self._check_order(stream, stream.completed[start], what)
        self._enter(Delivery(stream, start, end, self._world.look))

    def _end_of(self, stream: Stream, start: int, line: bytes, what: str) -> int:
        """Return where in its file a line ends that was given."""
        content = bytes(stream.content)
        whole = content.find(_LF, start) + 1
        if whole and line == self._cut(content[start : whole - 1]):
            return whole
        ends = [*stream.copies] if stream.ended or not self._is_reachable(stream) else []
        if not whole and not stream.ended:
            ends.append(len(content))
        for end in sorted(ends, reverse=True):
            if line == self._cut(content[start:end]):
                at_path = self._world.current is not None and self._world.current.stream is stream
                assert not at_path, f"{what} is given although it may still be completed"
                return end
        end = start + len(line) - 1
        if not self._holds_files and not self._world.files[stream].linked and content[start:end] == line[:-1]:
            return end  # what had been read of a line when its file went
        raise AssertionError(f"{what} is neither whole nor all there is: {line!r}")

    def _is_reachable(self, stream: Stream) -> bool:
        inodes = [*self._world.previous, *([self._world.current] if self._world.current else [])]
        return any(inode.stream is stream and inode.linked for inode in inodes)

    def _cut(self, line: bytes) -> bytes:
        return line[: self._limit + 1] + _LF

    def _check_order(self, stream: Stream, completed: int, what: str) -> None:
        order = self._world.order
        for later in order[order.index(stream) + 1 :]:
            overtaken = self._last_look.get(later, 0) > completed
            assert not overtaken, f"{what} comes after lines of stream {later.number}, its successor"

    def _enter(self, delivery: Delivery) -> None:
        self._deliveries.append(delivery)
        self._ends.setdefault(delivery.stream, {})[delivery.start] = delivery.end
        self._last_look[delivery.stream] = delivery.look
