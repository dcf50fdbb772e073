"""Follows one path by byte offset through whatever happens to the file there."""

import contextlib
import os

from http_monitor.ports import Chunk, SourceHealth
from http_monitor.report import Notice
from http_monitor.settings import MAX_LINE_BYTES, READ_BYTES
from http_monitor.sources.lines import LineCutter
from http_monitor.sources.opening import Obstacle, look, obstacle, open_regular
from http_monitor.units import visible_text

_LF = b"\n"
_SAMPLE_BYTES = 64 << 10

Identity = tuple[int, int]
"""Device and inode."""


class FileTail:
    """A state machine without threads or clocks: every `read` looks at the path and takes what is new there.

    The first file is read from its size at the first look (from its beginning with `from_start`), every other one
    from its beginning. A descriptor stays with its file until another file with data stands at the path: until
    then a writer that was not told of the rotation still writes to the old one. The cost of a read depends on what
    is new, not on the size of the file.

    Args:
        path: The path to follow; symbolic links are followed at every look.
        from_start: Whether what is there already counts.
        seen: What stood at the path when the user was told that it is followed; None: the first read looks.
        limit: The longest line, in bytes without its LF.
        read_bytes: The most that one read takes from files.
    """

    def __init__(
        self,
        path: str,
        *,
        from_start: bool,
        seen: os.stat_result | Obstacle | None = None,
        limit: int = MAX_LINE_BYTES,
        read_bytes: int = READ_BYTES // 4,
    ) -> None:
        self._path = path
        self._shown = visible_text(path)
        self._read_bytes = read_bytes
        self._cutter = LineCutter(limit)
        self._looked = from_start
        self._ignored: tuple[Identity, int] | None = None
        if seen is not None and not from_start:
            self._see_first(seen)
        self._descriptor: int | None = None
        self._identity: Identity | None = None
        self._offset = 0
        self._size = 0
        self._skipping = False
        self._successor_bytes = 0
        self._obstacle: Obstacle | None = None
        self._welcome = "readable again"
        self._notices: list[Notice] = []
        self._lost_bytes = 0
        self._rotations = 0
        self._truncations = 0

    @property
    def name(self) -> str:
        """The path as it was given."""
        return self._path

    def read(self) -> Chunk:
        """Return the lines that became whole since the last look, at most about `read_bytes`; never waits."""
        lines: list[bytes] = []
        at_end = self._turn(lines)
        notices = tuple(self._notices)
        self._notices.clear()
        return Chunk(data=b"".join(lines), at_end=at_end, notices=notices)

    def health(self) -> SourceHealth:
        """Return the counters; the lag is that of the last look."""
        return SourceHealth(
            lag_bytes=self._size - self._offset + self._successor_bytes,
            lost_bytes=self._lost_bytes,
            rotations=self._rotations,
            truncations=self._truncations,
            waiting_for=f"{self._shown} {self._obstacle.state}" if self._obstacle else "",
        )

    def close(self) -> None:
        """Let go of the descriptor; a line that is not complete is not emitted."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            # Nothing was written through it, so a refusal to close it loses nothing.
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _turn(self, lines: list[bytes]) -> bool:
        # The path is looked at before the descriptor is asked for its size: whatever the old file holds once a
        # successor has been seen is read before the successor.
        found = look(self._path)
        if not self._looked:
            self._see_first(found)
        self._successor_bytes = 0
        room = self._read_bytes
        while True:
            if self._descriptor is None and not isinstance(found, Obstacle):
                found = self._follow(lines)
            if self._descriptor is not None:
                before = self._offset
                try:
                    drained = self._drain(lines, room)
                except OSError as error:
                    self.close()
                    found = obstacle(error)
                else:
                    room -= self._offset - before
                    if not drained:
                        self._note_successor(found)
                        return False
            if isinstance(found, Obstacle):
                self._meet(found)
                return True
            if _identity(found) == self._identity or not found.st_size:
                self._recover()
                return True
            self._note_successor(found)
            found = self._follow(lines)
            if isinstance(found, Obstacle):
                self._meet(found)
                return True

    def _see_first(self, found: os.stat_result | Obstacle) -> None:
        """Remember what is not to be read, since it was there before the start."""
        self._looked = True
        if not isinstance(found, Obstacle):
            self._ignored = _identity(found), found.st_size

    def _follow(self, lines: list[bytes]) -> os.stat_result | Obstacle:
        """Open what stands at the path now, and go on where it is to be read from."""
        opened = open_regular(self._path)
        if isinstance(opened, Obstacle):
            return opened
        descriptor, status = opened
        identity = _identity(status)
        try:
            if self._identity is None:
                self._begin(descriptor, identity, status.st_size)
            elif identity == self._identity:
                os.lseek(descriptor, self._offset, os.SEEK_SET)
            else:
                self._let_go(lines)
                self._identity = identity
        except OSError as error:
            os.close(descriptor)
            return obstacle(error)
        self.close()
        self._descriptor = descriptor
        self._successor_bytes = 0
        return status

    def _begin(self, descriptor: int, identity: Identity, size: int) -> None:
        """Find where the first file is to be read from."""
        self._welcome = "found, reading it from its start"
        if self._ignored is not None and self._ignored[0] == identity and 0 < self._ignored[1] <= size:
            offset = self._ignored[1]
            os.lseek(descriptor, offset - 1, os.SEEK_SET)
            # The end of a line that began before the start is not a line.
            self._skipping = os.read(descriptor, 1) != _LF
            self._offset = self._size = offset
            self._welcome = "readable again"
        self._identity = identity

    def _let_go(self, lines: list[bytes]) -> None:
        """Part with a file for another: nothing will complete its last line."""
        self._lost_bytes += self._size - self._offset
        lines.append(self._cutter.finish())
        self._offset = self._size = 0
        self._skipping = False
        self._rotations += 1
        self._obstacle = None
        self._welcome = "readable again"
        self._say("rotated, following the new file")

    def _drain(self, lines: list[bytes], room: int) -> bool:
        """Read up to `room` bytes; returns whether the end of the file was reached.

        Raises:
            OSError: the descriptor cannot be read.
        """
        assert self._descriptor is not None
        size = os.fstat(self._descriptor).st_size
        if size < self._size:
            self._restart()
        self._size = size
        while self._offset < size and room > 0:
            data = os.read(self._descriptor, min(room, size - self._offset))
            if not data:
                return True  # truncated meanwhile: the next look sees it
            room -= len(data)
            self._offset += len(data)
            lines.append(self._cutter.feed(self._after_start(data)))
        return self._offset == size

    def _restart(self) -> None:
        """Go back to the beginning of a file that was truncated."""
        assert self._descriptor is not None
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        self._lost_bytes += self._size - self._offset + self._cutter.discard()
        self._offset = 0
        self._skipping = False
        self._truncations += 1
        self._say("truncated, reading from its start")

    def _after_start(self, data: bytes) -> bytes:
        if not self._skipping:
            return data
        end = data.find(_LF) + 1
        if not end:
            return b""
        self._skipping = False
        return data[end:]

    def _note_successor(self, found: os.stat_result | Obstacle) -> None:
        if not isinstance(found, Obstacle) and _identity(found) != self._identity:
            self._successor_bytes = found.st_size

    def _meet(self, met: Obstacle) -> None:
        if met != self._obstacle:
            self._obstacle = met
            self._say(met.notice, warning=True)

    def _recover(self) -> None:
        if self._obstacle is not None:
            self._obstacle = None
            self._say(self._welcome)
        self._welcome = "readable again"

    def _say(self, words: str, *, warning: bool = False) -> None:
        self._notices.append(Notice(f"{self._shown}: {words}", "warning" if warning else "info"))


def tail_sample(path: str, limit: int) -> list[bytes]:
    """Return up to `limit` whole lines, each with its LF, from the last 64 KiB of a file; [] if unreadable."""
    opened = open_regular(path)
    if isinstance(opened, Obstacle):
        return []
    descriptor, status = opened
    try:
        # One byte more than the sample: it tells whether the sample begins with a line.
        start = max(0, status.st_size - _SAMPLE_BYTES - 1)
        os.lseek(descriptor, start, os.SEEK_SET)
        data = os.read(descriptor, _SAMPLE_BYTES + 1)
    except OSError:
        return []
    finally:
        os.close(descriptor)
    lines = [line + _LF for line in data.split(_LF)[:-1]]
    return lines[1 if start else 0 :][-limit:] if limit > 0 else []


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino
