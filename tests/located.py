"""Rows of frames with where their lines stand, and what stands there."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.wrapped.format import WrappedFormat
from http_monitor.ports.log_format import LogFormat
from http_monitor.ports.stream import RowFrame
from http_monitor.records import LogFile
from http_monitor.report import Mark
from http_monitor.sources.tail.tail import FileTail
from http_monitor.unwrap import wrapper, wrappers
from tests.engine_strategies import log_line

LIMIT = 400
START_S = 1_700_000_000
_TIME = b"2026-01-19T23:08:15.93Z"
_PART = re.compile(re.escape(_TIME) + rb" (?P<stream>stdout|stderr) [PF][^ ]* ")
MakeFormat = Callable[[], LogFormat]


def family() -> LogFormat:
    return FamilyFormat("auto", LIMIT)


def in_wrapper(name: str | None) -> MakeFormat:
    """Return what makes the format of lines in a wrapper; None: it is found out."""
    if name is None:
        return lambda: WrappedFormat(family, lambda: wrappers(LIMIT), LIMIT)
    return lambda: WrappedFormat(family, lambda: (), LIMIT, wrapper=wrapper(name, LIMIT))


@dataclass(frozen=True)
class Row:
    """What a frame says of a row."""

    file: LogFile
    offset: int
    values: tuple[tuple[str, Any], ...]


@dataclass
class Rows:
    """A listener that keeps the rows of all frames; what it calls looks at them while their lines are there."""

    see: Callable[[Row], None] = lambda row: None
    see_mark: Callable[[Mark], None] = lambda mark: None
    kept: list[Row] = field(default_factory=list)
    marks: list[tuple[int, Mark]] = field(default_factory=list)
    """(number of rows before it, mark)."""

    def frame(self, frame: RowFrame) -> None:
        offsets = frame.offsets
        places = zip(offsets.file.tolist(), offsets.offset.tolist(), frame.batch.to_pylist(), strict=True)
        for file, offset, values in places:
            assert file >= 0, "it is not known where a line stands"
            row = Row(offsets.files[file], offset, tuple(values.items()))
            self.see(row)
            self.kept.append(row)

    def mark(self, mark: Mark) -> None:
        self.marks.append((len(self.kept), mark))
        self.see_mark(mark)

    def check_marks(self, *, may_be_held: bool) -> None:
        """See that the rows before a mark stand before its positions, and that the others do not if none was held."""
        for count, mark in self.marks:
            for number, row in enumerate(self.kept):
                position: Any = mark.positions.get(row.file.source)
                if position is None:
                    assert number >= count
                    continue
                (file,) = position["files"]
                assert (file["device"], file["inode"]) == row.file.identity
                if number < count or not may_be_held:
                    assert (row.offset < file["offset"]) == (number < count)


def rows_at(content: bytes, offset: int, make_format: MakeFormat) -> list[tuple[tuple[str, Any], ...]]:
    """Return the rows of the line at an offset, read by itself; of a part of a line, with the next parts of it."""
    made = make_format()
    first, *others = content[offset:].split(b"\n")
    batch = made.parse(first + b"\n")
    for line in others:
        if len(batch.rows):
            break
        part, begun = _PART.match(line), _PART.match(first)
        if part and begun and part["stream"] == begun["stream"]:
            batch = made.parse(line + b"\n")
    return [tuple(row.items()) for row in batch.rows.to_pylist()]


def _split(text: bytes, chance: random.Random) -> list[bytes]:
    """Return a text in parts, most often in one."""
    cuts = sorted(chance.randrange(len(text) + 1) for _ in range(chance.choice((0, 0, 1, 3))))
    return [text[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def _cri(stream: bytes, parts: Sequence[bytes]) -> list[bytes]:
    ends = [b"P"] * (len(parts) - 1) + [b"F"]
    return [b"%b %b %b %b\n" % (_TIME, stream, end, part) for end, part in zip(ends, parts, strict=True)]


def container_lines(chance: random.Random, lines: int, first_s: int = START_S) -> list[bytes]:
    """Return lines of two streams of a container, long ones in parts among which those of the other stream stand."""
    waiting: dict[bytes, list[bytes]] = {b"stdout": [], b"stderr": []}
    written = 0
    out: list[bytes] = []
    while written < lines or any(waiting.values()):
        stream = chance.choice((b"stdout", b"stderr"))
        if not waiting[stream] and written < lines:
            text = log_line(first_s + written // 3, b"h%d" % written, size=b"%d" % written)
            text = text if chance.random() < 0.9 else b"starting"
            waiting[stream] = _cri(stream, _split(text, chance))
            written += 1
        if waiting[stream]:
            out.append(waiting[stream].pop(0))
        elif chance.random() < 0.1:
            out.append(chance.choice((b"\n", b" \n", b"junk\n", log_line(first_s) + b"\n")))
    return out


class TailSource(FileTail):
    """A tail as a source by itself."""

    def wants_poll_s(self) -> float:
        return 1.0
