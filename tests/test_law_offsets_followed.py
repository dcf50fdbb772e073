"""The seam: at the offset that a frame gives for a row that is followed stands its line, rotated and restarted."""

import gzip
import os
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.checkpoint.restore import resume
from http_monitor.checkpoint.session import Session
from http_monitor.cli.run import engine_maker, live_run
from http_monitor.clock import ManualClock
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.source import Stretch
from http_monitor.records import LogFile
from http_monitor.report import Mark
from http_monitor.settings import Settings
from http_monitor.sources.files.access import Identity, LocalFiles
from http_monitor.sources.known.position import TailPosition
from http_monitor.sources.tail.tail import FileTail, TailLimits
from tests.checkpointed import Fate, MemoryStore
from tests.engine_strategies import log_line
from tests.examples import examples
from tests.following import WAYS as WAYS_TO_FILES
from tests.following import append, compress, copytruncate, rotate
from tests.located import (
    LIMIT,
    START_S,
    MakeFormat,
    Row,
    Rows,
    TailSource,
    container_lines,
    family,
    in_wrapper,
    rows_at,
)


@dataclass(frozen=True)
class _Content:
    """What stood in a file."""

    data: bytes
    path: Path
    """Of the log that it was written as."""
    begin: int
    """Where it begins in all that was written as that log."""


class _Lives:
    """Logs that are followed while they are rotated, by one process after the other; each may have a listener.

    Every row is looked up when it comes, among all that ever stood in its file: a truncated one has lost it by then.
    A line in parts may go on in the next file, so it is read from all that was written as its log.
    """

    def __init__(self, folder: Path, chance: random.Random, make_format: MakeFormat, *, by_lines: bool) -> None:
        """Begin with nothing.

        Args:
            folder: Where the logs are.
            chance: Decides what happens.
            make_format: Makes the format of their lines.
            by_lines: Its lines are independent of each other. Then a log may be rotated in the midst of a line, or
                truncated.
        """
        self._chance = chance
        self._by_lines = by_lines
        self._make_format = make_format
        self._files = [folder / "access.log", folder / "other.log"]
        self._spare = folder / "spare"
        self._spare.mkdir()
        self._contents: dict[Identity, list[_Content]] = {}
        self._written = {path: b"" for path in self._files}
        self._begin = dict.fromkeys(self._files, 0)
        """Where the file that stands there now begins in all that was written."""
        self._clock = ManualClock(START_S * 1_000_000)
        self._store = MemoryStore(Fate())
        self._run = Settings(window_s=20, interval_s=10, max_ahead_s=5, from_start=True)
        self.rows: list[Row] = []
        self.marked = 0
        self.handed_on = 0
        """Rows and parts of rows that one process held, and the next one got."""
        self.begin()

    def begin(self) -> None:
        """Begin a process, where the checkpoint says."""
        self._first_row = len(self.rows)
        make_engine = engine_maker(default_alerts)
        resumed = None if self._store.saved is None else resume(self._store.saved, self._run, make_engine)
        self._inputs = [self._input(str(path), resumed and resumed.position_of(str(path))) for path in self._files]
        hub = Hub()
        # Who does not listen keeps what the next one needs.
        if self._chance.random() < 0.7:
            hub.join_stream(Rows(self._see, self._see_mark))
        session = Session(self._store, resumed)
        run = live_run(self._run, self._inputs, hub, self._clock, session, make_engine)
        self._monitor = HTTPMonitor(run, self._clock)

    def _input(self, path: str, position: Any) -> Input:
        source = TailSource(
            path,
            files=LocalFiles(),
            clock=self._clock,
            from_start=True,
            resume=None if position is None else TailPosition.from_json(position),
            limits=TailLimits(LIMIT, self._chance.choice((150, 500, 1_000_000))),
        )
        return Input(source, self._make_format(), self._run.max_ahead_s * 1_000_000, explain)

    @property
    def now_s(self) -> int:
        return self._clock.now_us() // 1_000_000

    def write(self, data: bytes) -> None:
        """Append to one of the logs, perhaps half a line."""
        path = self._chance.choice(self._files)
        append(path, data)
        self._written[path] += data
        self._note(path, path)

    def _note(self, file: Path, path: Path) -> None:
        """Remember what stands in a file that was written as the log at that path."""
        data = file.read_bytes()
        data = gzip.decompress(data) if file.suffix == ".gz" else data
        status = file.stat()
        found = _Content(data, path, self._begin[path])
        self._contents.setdefault((status.st_dev, status.st_ino), []).append(found)

    def turn(self) -> None:
        """Let some time pass, and the process look."""
        self._clock.advance(self._chance.choice((0, 1, 1, 11)))
        for _ in range(self._chance.choice((1, 1, 3))):
            self._monitor.step()

    def rotate(self) -> None:
        """Rename one of the logs, or truncate a copy of it; what was renamed may become an archive."""
        path = self._chance.choice(self._files)
        if not path.exists() or path.stat().st_size < 200:
            return
        if not self._written[path].endswith(b"\n"):
            if not self._by_lines:
                return
            self._written[path] += b"\n"
        if self._by_lines and self._chance.random() < 0.3 and not path.with_name(f"{path.name}.1").exists():
            self._note(copytruncate(path), path)
        else:
            renamed = rotate(path)
            if self._chance.random() < 0.3:
                # Another file with its inode would be taken for it.
                os.link(renamed, self._spare / f"{len(self._written[path])}-{path.name}")
                self._note(compress(renamed), path)
        self._begin[path] = len(self._written[path])

    def kill(self) -> None:
        """End the process without a word, and begin another."""
        self.handed_on += sum(entry.ahead_filter.held + len(entry.locator.save()) for entry in self._inputs)
        self._monitor.close_inputs()
        self.begin()

    def end(self) -> None:
        """Read all there is."""
        for _ in range(60):
            self._clock.advance(1)
            self._monitor.step()
        self._monitor.close(finished=False)
        self._monitor.close_inputs()

    def _see(self, row: Row) -> None:
        assert row.file.identity is not None
        assert row.file.source in [str(path) for path in self._files]
        contents = [known for known in self._contents[row.file.identity] if row.offset < len(known.data)]
        places = {(known.path, known.begin + row.offset) for known in contents}
        (source,) = [entry.source for entry in self._inputs if entry.source.name == row.file.source]
        if self._by_lines or not source.health().maybe_lost:
            assert [row.values] in [rows_at(self._written[path], place, self._make_format) for path, place in places]
        else:
            # Parts of two lines may have become one.
            assert any(not place or self._written[path][place - 1 : place] == b"\n" for path, place in places)
        self.rows.append(row)

    def _see_mark(self, mark: Mark) -> None:
        """See that the rows before a mark stand before the position that it gives of their file."""
        # What was truncated since may have held more.
        exact = [entry.source.name for entry in self._inputs if not entry.source.health().maybe_lost]
        for row in self.rows[self._first_row :]:
            if self._by_lines or row.file.source not in exact:
                continue
            position: Any = mark.positions[row.file.source]
            files = {(file["device"], file["inode"]): file["offset"] for file in position["files"]}
            ends = [files[row.file.identity]] if row.file.identity in files else []
            assert all(row.offset < end for end in ends)
            self.marked += len(ends)


def _live_lines(chance: random.Random, now_s: int) -> bytes:
    """Return what a server writes: a few lines of about now, some of them late or far ahead, others of no sense."""
    lines = b""
    for number in range(chance.randrange(1, 8)):
        time_s = now_s + chance.choice((0, 0, 0, 0, -1, -8, -40, 7, 60))
        lines += chance.choice((b"", b"", b"", b"\n", b"junk\n", b"\0\0\0"))
        lines += log_line(time_s, b"h%d" % number, size=b"%d" % chance.randrange(1_000_000)) + b"\n"
    return lines


def _live_parts(chance: random.Random, now_s: int) -> bytes:
    """Return what a container runtime writes, perhaps without the last line."""
    lines = container_lines(chance, 3, now_s)
    return b"".join(lines[: len(lines) - chance.randrange(2)])


def _lived(seed: int, write: Callable[[random.Random, int], bytes], make_format: MakeFormat) -> _Lives:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        lives = _Lives(Path(folder), chance, make_format, by_lines=make_format is family)
        for _ in range(40):
            act = chance.choice(("write", "write", "write", "turn", "turn", "turn", "rotate", "kill"))
            if act == "write":
                data = write(chance, lives.now_s)
                # Cut in the midst of a line it may go on with one that is not its rest, and make no sense.
                lives.write(data[: chance.choice((len(data), len(data), chance.randrange(len(data) + 1)))])
            else:
                {"turn": lives.turn, "rotate": lives.rotate, "kill": lives.kill}[act]()
        lives.end()
    return lives


@settings(max_examples=examples(15), deadline=None)
@given(seed=st.integers(0, 1 << 30))
def test_at_the_offset_of_a_row_of_a_rotated_log_stands_its_line(seed: int) -> None:
    _lived(seed, _live_lines, family)


@settings(max_examples=examples(15), deadline=None)
@given(seed=st.integers(0, 1 << 30))
def test_a_line_in_parts_has_the_offset_of_its_first_over_rotations_and_restarts(seed: int) -> None:
    _lived(seed, _live_parts, in_wrapper("cri"))


@pytest.mark.parametrize(("write", "make_format"), [(_live_lines, family), (_live_parts, in_wrapper("cri"))])
def test_what_is_followed_so_has_all_that_may_go_wrong(
    write: Callable[[random.Random, int], bytes], make_format: MakeFormat
) -> None:
    lives = [_lived(seed, write, make_format) for seed in range(12)]
    rows = [row for life in lives for row in life.rows]
    assert len(rows) > 150
    assert {Path(row.file.path).suffix for row in rows} >= {".log", ".1", ".gz"}
    assert sum(life.handed_on for life in lives) > 5
    assert make_format is family or sum(life.marked for life in lives) > 100


@pytest.mark.parametrize("way", sorted(WAYS_TO_FILES))
def test_a_tail_says_where_its_lines_stand_by_every_way_to_its_file(way: str, tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    append(path, b"one\n" + b"x" * 600 + b"\nthr")
    tail = FileTail(
        str(path), files=WAYS_TO_FILES[way](), clock=ManualClock(), from_start=True, limits=TailLimits(LIMIT, 1_000_000)
    )
    chunk = tail.read()
    # As a mark names it.
    position = tail.position()
    assert position is not None
    (file,) = [LogFile(str(path), each["path"], (each["device"], each["inode"])) for each in position["files"]]
    assert chunk.data == b"one\n" + b"x" * 401 + b"\n"
    # The second begins with the LF behind what was cut off.
    assert chunk.stretches == (Stretch(0, file, 0), Stretch(405, file, 604))
    append(path, b"ee\nfour\n")
    assert tail.read().stretches == (Stretch(0, file, 605),)
    tail.close()
