"""A directory of logs as servers and rotations make it, with a record of every byte that was ever written there."""

import gzip
import os
import random
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from http_monitor.clock import ManualClock

SERIAL_BYTES = 7
"""Every written piece begins with this many bytes that no other piece begins with."""
_LF = b"\n"
_FILLER = string.ascii_letters.encode()
_FIRST_NS = 1_700_000_000_000_000_000


@dataclass(eq=False)
class Stream:
    """What was written to one file since it was made, or since it was last truncated."""

    number: int
    content: bytearray = field(default_factory=bytearray)
    begin: int = 0
    """What is before it was there before the tail began, and does not count."""
    ended: bool = False
    """It was truncated."""
    written_us: int = 0
    """When it last grew, by the running clock."""
    copies: list[int] = field(default_factory=list)
    """How much of it copies and archives hold."""
    numbers: set[int] = field(default_factory=set)
    """Inode numbers of the copies and archives."""
    completed: dict[int, int] = field(default_factory=dict)
    """Where its whole lines begin, and before which look each became whole."""

    @property
    def start(self) -> int:
        """Where its first line begins that counts."""
        if not self.begin or self.content[self.begin - 1 : self.begin] == _LF:
            return self.begin
        return self.content.find(_LF, self.begin) + 1 or len(self.content)

    @property
    def last_line(self) -> int:
        """Where its last line begins, if that is not complete; else its end."""
        return max(self.content.rfind(_LF) + 1, self.start)


@dataclass(eq=False)
class Inode:
    """A file, whatever its name."""

    number: int
    stream: Stream
    linked: bool = True


@dataclass(eq=False)
class Archive:
    """A copy or an archive of a file, which does not change any more."""

    of: Stream
    size: int
    """How much of it."""


class World:
    """Does to real files what servers and rotations do to them, and remembers it.

    Args:
        directory: An empty one, for it alone.
        layout: ``plain``: the path is the log. ``link``: the path leads to the log in another directory.
            ``dated``: the path leads to a file with a date in its name, a rotation retargets it to the next.
            ``free``: as before, with names that tell nothing.
        dates: Whether rotation appends a date to a name, not a number.
        coarse: Whether the times of files only differ after the clock was moved, or where files came and went.
        first_bytes: The least that is written to an empty file at once.
    """

    def __init__(self, directory: Path, layout: str, *, dates: bool, coarse: bool, first_bytes: int) -> None:
        self.layout = layout
        self.path = directory / "access.log"
        self.clock = ManualClock(_FIRST_NS // 1_000)
        self.look = 0
        """How many looks there were."""
        self.order: list[Stream] = []
        """Those that were at the path, in the order in which they came there."""
        self.files: dict[Stream, Inode] = {}
        """In which file each was, or is."""
        self.names: dict[str, Inode | Archive] = {}
        """What stands in the directory of the log."""
        self.serials: dict[bytes, tuple[Stream, int]] = {}
        """By the beginning of a line: where it is."""
        self.current: Inode | None = None
        """What the path leads to."""
        self.previous: list[Inode] = []
        """What it led to before, the last first."""
        self.held: tuple[Inode, int] | None = None
        """The file that a server still has open because it was not told to reopen its log."""
        self.moves = 0
        """How often another file came to stand at the path."""
        self.reuses = False
        """A file has got the inode number of one that is gone."""
        self._inodes: set[int] = set()
        self._kept: set[int] = set()
        """Inode numbers that no file may get any more."""
        self._spare = directory / "spare"
        self._spare.mkdir()
        self._dates = dates
        self._coarse = coarse
        self._first_bytes = first_bytes
        self._ticks = self._rotations = 0
        self._serial = 0
        self._streams = 0
        self._day = 0
        self._directory = directory / "logs" if layout == "link" else directory
        self._base = "access.log"
        if layout == "link":
            self._directory.mkdir()
            self.path.symlink_to(Path("logs") / self._base)

    @property
    def linked(self) -> bool:
        """Whether the path is a link that is retargeted instead of renaming the file."""
        return self.layout in ("dated", "free")

    def close(self) -> None:
        """Let go of what a server has open."""
        if self.held is not None:
            os.close(self.held[1])
            self.held = None

    # What servers do.

    def create(self) -> None:
        """Make a new, empty log at the path."""
        assert self.current is None
        if self.linked:
            self._day += 1
            self._base = f"access-2026-11-{self._day:02}.log" if self.layout == "dated" else self._free_name()
        log = self._directory / self._base
        number = self._make(log, b"")
        self._stamp(log)
        if self.linked:
            self.path.unlink(missing_ok=True)
            self.path.symlink_to(self._base)
        stream = self._new_stream()
        self.current = self.files[stream] = Inode(number, stream)
        self.names[self._base] = self.current
        self.moves += bool(self.previous)

    def write(self, sizes: Sequence[int], *, half: int = 0) -> None:
        """Append lines of these sizes to the log, then half a line of that size."""
        assert self.current is not None
        with (self._directory / self._base).open("ab") as file:
            file.write(self._note(self.current, sizes, half))
        self._stamp(self._directory / self._base)

    def hold(self) -> None:
        """Let the server that goes on writing to a renamed file open the log that is there now."""
        assert self.current is not None
        self.close()
        self.held = self.current, os.open(self._directory / self._base, os.O_WRONLY | os.O_APPEND)

    def write_to_held(self, sizes: Sequence[int], *, half: int = 0) -> None:
        """Append to what that server has open."""
        assert self.held is not None
        inode, descriptor = self.held
        os.write(descriptor, self._note(inode, sizes, half))
        self._stamp(descriptor)

    def write_another(self, size: int) -> None:
        """Replace a neighbouring log, whose lines must not be given, by a new one; it may get any free inode number."""
        other = self._directory / "error.log"
        other.unlink(missing_ok=True)
        self._make(other, b"of another log, " * (size // 16) + _LF)

    # What rotations do.

    def rotate(self) -> None:
        """Rename the log and those that were renamed before, or retarget the link in a moment."""
        assert self.current is not None
        self._rotations += 1
        if not self.linked:
            name = self._make_room()
            self.names[name] = self.names.pop(self._base)
            (self._directory / self._base).rename(self._directory / name)
        self._leave()

    def delete(self) -> None:
        """Delete the log."""
        assert self.current is not None
        self._rotations += 1
        self.current.linked = False
        del self.names[self._base]
        (self._directory / self._base).unlink()
        self._leave()

    def rotated(self) -> list[str]:
        """Return the names of what rotation made, newest first."""
        names = [name for name in self.names if name != self._base]
        return sorted(names, key=self._age)

    def has_whole_copy(self, stream: Stream) -> bool:
        """Tell whether a copy or an archive is there that holds all of it."""
        copies = [file for file in self.names.values() if isinstance(file, Archive) and file.of is stream]
        return any(copy.size == len(stream.content) for copy in copies)

    def delete_oldest(self) -> Inode | Archive:
        """Delete the oldest file that rotation made."""
        name = self.rotated()[-1]
        gone = self.names.pop(name)
        if isinstance(gone, Inode):
            gone.linked = False
        (self._directory / name).unlink()
        return gone

    def compress(self, name: str) -> None:
        """Replace a file by its archive, with its times, as gzip does."""
        file = self.names.pop(name)
        plain, archive = self._directory / name, self._directory / f"{name}.gz"
        number = self._make(archive, gzip.compress(plain.read_bytes()))
        if len(file.stream.content if isinstance(file, Inode) else file.of.content) < self._first_bytes:
            self._kept.add(number)
        status = plain.stat()
        os.utime(archive, ns=(status.st_mtime_ns, status.st_mtime_ns))
        plain.unlink()
        (file.stream if isinstance(file, Inode) else file.of).numbers.add(number)
        if isinstance(file, Inode):
            file.linked = False
            file.stream.copies.append(len(file.stream.content))
            file = Archive(file.stream, len(file.stream.content))
        self.names[f"{name}.gz"] = file

    def copy(self, size: int, *, keep_time: bool) -> None:
        """Copy the first bytes of the log to where rotation renames it."""
        assert self.current is not None
        self._rotations += 1
        name = self._make_room()
        log, copy = self._directory / self._base, self._directory / name
        number = self._make(copy, log.read_bytes()[:size])
        if size < self._first_bytes:
            self._kept.add(number)
        self._stamp(copy)
        if keep_time:
            status = log.stat()
            os.utime(copy, ns=(status.st_mtime_ns, status.st_mtime_ns))
        self.current.stream.copies.append(size)
        self.current.stream.numbers.add(number)
        self.names[name] = Archive(self.current.stream, size)

    def put(self) -> None:
        """Give an old file, whose lines must not be given, the name that the next rotated one would have."""
        name = self._make_room()
        stream = Stream(0, bytearray(b"of a log of old days, " * 9 + _LF))
        number = self._make(self._directory / name, bytes(stream.content))
        os.utime(self._directory / name, ns=(_FIRST_NS - 1_000_000_000_000,) * 2)
        self.files[stream] = Inode(number, stream)
        self.names[name] = Archive(stream, len(stream.content))

    def truncate(self) -> Stream:
        """Empty the log; returns what was in it."""
        assert self.current is not None
        ended = self.current.stream
        ended.ended = True
        self.current.stream = self._new_stream()
        self.files[self.current.stream] = self.current
        os.truncate(self._directory / self._base, 0)
        self._stamp(self._directory / self._base)
        return ended

    def return_to(self, inode: Inode) -> None:
        """Retarget the link to a file that it led to before."""
        assert self.current is None
        (self._base,) = (name for name, found in self.names.items() if found is inode)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(self._base)
        self.current = inode
        self.previous.remove(inode)
        self.order.remove(inode.stream)
        self.order.append(inode.stream)
        self.moves += 1

    def numbers_of(self, stream: Stream) -> set[int]:
        """Return the inode numbers of the file of a stream, and of all copies and archives of it that there were."""
        return {self.files[stream].number, *stream.numbers}

    def keep_number(self, inode: Inode) -> None:
        """Let no other file have the inode number of this one: too little is known of it to tell them apart."""
        self._kept.add(inode.number)

    def _make(self, file: Path, data: bytes) -> int:
        """Make a new file; returns its inode number."""
        file.write_bytes(data)
        while (number := file.stat().st_ino) in self._kept:
            file.rename(self._spare / str(number))
            file.write_bytes(data)
        self.reuses = self.reuses or number in self._inodes
        self._inodes.add(number)
        return number

    def _leave(self) -> None:
        assert self.current is not None
        self.previous.insert(0, self.current)
        self.current = None
        if self.linked:
            self.path.unlink(missing_ok=True)

    def _make_room(self) -> str:
        """Return the name that the log is to have, after those that have it were renamed."""
        if self._dates:
            self._day += 1
            return f"{self._base}-202611{self._day:02}"
        for name in reversed(self.rotated()):
            number, *archive = name.removeprefix(f"{self._base}.").split(".")
            renamed = ".".join((self._base, str(int(number) + 1), *archive))
            self.names[renamed] = self.names.pop(name)
            (self._directory / name).rename(self._directory / renamed)
        return f"{self._base}.1"

    def _age(self, name: str) -> int:
        digits = "".join(filter(str.isdigit, name))
        return int(digits or 0) if not (self._dates or self.linked) else -int(digits or 0)

    def _free_name(self) -> str:
        return f"{_FILLER[self._day : self._day + 1].decode() * 3}.log"

    def _new_stream(self) -> Stream:
        self._streams += 1
        stream = Stream(self._streams)
        self.order.append(stream)
        return stream

    def _note(self, inode: Inode, sizes: Sequence[int], half: int) -> bytes:
        """Return bytes for a file, noted as written to it."""
        stream = inode.stream
        stream.written_us = self.clock.running_us()
        before = len(stream.content)
        for size in sizes:
            self._add(stream, self._piece(max(size, self._least(stream))) + _LF)
        if half:
            self._add(stream, self._piece(max(half, self._least(stream))))
        return bytes(stream.content[before:])

    def _least(self, stream: Stream) -> int:
        """Return the least size of what is written next: the first tells the file from every other."""
        return 0 if stream.content else self._first_bytes

    def _add(self, stream: Stream, piece: bytes) -> None:
        start = stream.content.rfind(_LF) + 1
        if start == len(stream.content):
            self.serials[piece[:SERIAL_BYTES]] = stream, start
        stream.content += piece
        if piece.endswith(_LF):
            stream.completed[start] = self.look

    def _piece(self, size: int) -> bytes:
        self._serial += 1
        filler = random.Random(self._serial).choices(_FILLER, k=max(1, size - SERIAL_BYTES))
        return b"%06d:" % self._serial + bytes(filler)

    def _stamp(self, file: Path | int) -> None:
        self._ticks += 1
        ticks = self._rotations if self._coarse else self._ticks
        elapsed_ns = self.clock.running_us() * 1_000 + ticks * 1_000_000
        os.utime(file, ns=(_FIRST_NS + elapsed_ns,) * 2)
