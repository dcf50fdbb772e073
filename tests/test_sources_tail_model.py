import os
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from http_monitor.sources.tail import FileTail

_LIMIT = 40
_WHOLE = st.lists(st.binary(max_size=12).map(lambda raw: raw.replace(b"\n", b".") + b"\n"), min_size=1, max_size=6)
_HALF = st.binary(min_size=1, max_size=60).map(lambda raw: raw.replace(b"\n", b"."))


class TailModel(RuleBasedStateMachine):
    """A log that is written to, rotated, deleted and truncated, against what its reader must have been given.

    The model keeps the content of each file in order. A successor that has data must be looked at before it
    is replaced in its turn, and truncation happens to a file that was read to its end: beyond that, loss cannot be
    avoided by looking at a path.
    """

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.path = Path(self.directory.name) / "access.log"
        self.serial = 0
        self.files: list[bytearray] = []
        self.old: Path | None = None
        self.given = bytearray()
        self.lost_bytes = self.rotations = self.truncations = 0
        self.let_go = b""
        self.tail = FileTail(str(self.path), from_start=True)

    def teardown(self) -> None:
        self.tail.close()
        self.directory.cleanup()

    @initialize(read_bytes=st.integers(1, 40), before=_WHOLE | st.none(), half=_HALF, from_start=st.booleans())
    def begin(self, read_bytes: int, before: list[bytes] | None, half: bytes, from_start: bool) -> None:
        self.tail = FileTail(str(self.path), from_start=from_start, limit=_LIMIT, read_bytes=read_bytes)
        self.skips = False
        if before is None:
            self.exists = False
        else:
            self.exists = True
            content = b"".join(before) + (half if len(half) % 2 else b"")
            self.path.write_bytes(content)
            self.files.append(bytearray(content if from_start else b""))
            self.skips = not from_start and not content.endswith(b"\n")
        self.look()

    # `files[-1]` is the file at the path once it has data; `behind` tells that the tail has not seen that yet.
    behind = False
    successor_empty = False
    exists = True
    skips = False

    def _write(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)
        if self.successor_empty or not self.files:
            self.files.append(bytearray())
            self.rotations += len(self.files) > 1
            self.behind = True
            self.successor_empty = False
            self.skips = False
        self._note(data)

    def _note(self, data: bytes) -> None:
        """Add to the newest file, but not the end of a line that began before the start."""
        if self.skips:
            end = data.find(b"\n") + 1
            self.skips = not end
            data = data[end:] if end else b""
        self.files[-1] += data

    @precondition(lambda self: self.exists)
    @rule(lines=_WHOLE)
    def write_lines(self, lines: list[bytes]) -> None:
        self._write(b"".join(lines))

    @precondition(lambda self: self.exists)
    @rule(half=_HALF)
    def write_half_a_line(self, half: bytes) -> None:
        self._write(half)

    @precondition(lambda self: self.successor_empty and self.old is not None)
    @rule(lines=_WHOLE, half=_HALF)
    def write_to_the_renamed_file(self, lines: list[bytes], half: bytes) -> None:
        assert self.old is not None
        data = b"".join(lines) + half
        with self.old.open("ab") as file:
            file.write(data)
        self._note(data)

    @precondition(lambda self: self.exists and not self.behind)
    @rule(create=st.booleans())
    def rotate(self, create: bool) -> None:
        self.serial += 1
        renamed = self.path.rename(self.path.with_suffix(f".{self.serial}"))
        if not self.successor_empty and self.files:
            self.old = renamed
        self._gone(create)

    @precondition(lambda self: self.exists and not self.behind)
    @rule(create=st.booleans())
    def delete(self, create: bool) -> None:
        if not self.successor_empty:
            self.old = None
        self.path.unlink()
        self._gone(create)

    def _gone(self, create: bool) -> None:
        self.exists = False
        self.successor_empty = True
        if create:
            self.create()

    @precondition(lambda self: not self.exists)
    @rule()
    def create(self) -> None:
        self.path.touch()
        self.exists = True
        if self.files:
            self.successor_empty = True

    @precondition(lambda self: self.exists and self.files and not self.successor_empty)
    @rule()
    def truncate_when_caught_up(self) -> None:
        self.look()
        if not self.path.stat().st_size:
            return
        content = self.files[-1]
        half = len(content) - (content.rfind(b"\n") + 1)
        del content[len(content) - half :]
        self.lost_bytes += half
        self.truncations += 1
        self.skips = False
        self.files.append(bytearray())
        os.truncate(self.path, 0)
        self.look()

    @rule()
    def read_once(self) -> None:
        chunk = self.tail.read()
        assert not chunk.data or chunk.data.endswith(b"\n")
        self.given += chunk.data
        if chunk.at_end:
            self._seen()

    @rule()
    def look(self) -> None:
        """Read to the end: everything whole is there, in order, once."""
        at_end = False
        while not at_end:
            chunk = self.tail.read()
            self.given += chunk.data
            at_end = chunk.at_end
        self._seen()
        assert bytes(self.given) == self.expected()
        health = self.tail.health()
        assert health.lag_bytes == 0
        assert (health.rotations, health.truncations) == (self.rotations, self.truncations)
        assert (health.waiting_for == "") == self.exists

    def _seen(self) -> None:
        self.behind = False
        if self.exists and not self.files:
            self.files.append(bytearray())
            self.successor_empty = False

    @invariant()
    def nothing_is_lost_but_half_lines_cut_off(self) -> None:
        assert self.tail.health().lost_bytes == self.lost_bytes

    @invariant()
    def what_was_given_is_what_comes_first(self) -> None:
        assert self.expected().startswith(self.given)

    def expected(self) -> bytes:
        lines: list[bytes] = []
        for number, content in enumerate(self.files):
            *whole, half = bytes(content).split(b"\n")
            lines += whole
            if half and number < len(self.files) - 1:
                lines.append(half)
        return b"".join(line[: _LIMIT + 1] + b"\n" for line in lines)


TestTailModel = TailModel.TestCase
TestTailModel.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
