"""The seam: at the offset that a frame gives for a row stands its line, whatever was read in between."""

import gzip
import json
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.clock import ManualClock, ReplayClock
from http_monitor.counting.row_frame import AcceptedRows
from http_monitor.hub.hub import Hub
from http_monitor.inputs import line_places
from http_monitor.inputs.input import Input
from http_monitor.inputs.look import Select
from http_monitor.inputs.readahead.process import ProcessAhead
from http_monitor.inputs.readahead.protocol import ReadAhead
from http_monitor.inputs.readahead.thread import ThreadAhead
from http_monitor.inputs.span_selection import ENOUGH_ROWS, SpanSelection
from http_monitor.moments import Span
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.source import Source, Stretch
from http_monitor.ports.stream import RowFrame
from http_monitor.records import FileOffsets, LogFile
from http_monitor.settings import Settings
from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.files.gathered_lines import GatheredLines
from http_monitor.sources.replay import ReplayFile
from http_monitor.sources.stdin import StdinSource
from http_monitor.units import US_PER_S
from http_monitor.unwrap import wrappers
from tests import engine_strategies
from tests.engine_strategies import log_line
from tests.examples import examples
from tests.following import append
from tests.harness import ScriptedSource, make_inputs, put_together, settings_of
from tests.located import LIMIT, START_S, MakeFormat, Rows, TailSource, container_lines, family, in_wrapper, rows_at
from tests.reference.clf import parse_log
from tests.reference.engine import Options, accepted_in_replay
from tests.wrapped_lines import WAYS


@dataclass(frozen=True)
class _Way:
    """How a file is written down."""

    zipped: bool
    marked: bool
    """It begins with the mark of UTF-8."""
    spoilt: int
    """Chance that puts NULs in front of its lines, and lines that are too long between them."""


_ways = st.builds(_Way, zipped=st.booleans(), marked=st.booleans(), spoilt=st.integers(0, 1 << 20))


def _spoilt(data: bytes, way: _Way) -> bytes:
    """Return a log as it may look, whose lines say the same."""
    chance = random.Random(way.spoilt)
    lines = data.splitlines(keepends=True) if way.spoilt % 3 else [data]
    out = b"\xef\xbb\xbf" if way.marked else b""
    for line in lines:
        dice = chance.random()
        out += b"\0" * chance.randrange(1, 9) if dice < 0.2 and line else b""
        out += line
        if dice > 0.9 and line.endswith(b"\n"):
            out += chance.choice((b"x", b" ")) * chance.choice((LIMIT + 1, 3 * LIMIT)) + b"\n"
    return out


@contextmanager
def _reading_ahead(way: str, inputs: Sequence[Input]) -> Iterator[ReadAhead | None]:
    makers: dict[str, Callable[[], ThreadAhead | ProcessAhead | None]] = {
        "none": lambda: None,
        "thread": ThreadAhead,
        "process": lambda: ProcessAhead(inputs),
    }
    ahead = makers[way]()
    try:
        yield ahead
    finally:
        if ahead is not None:
            ahead.close()


def _replay(
    sources: Sequence[Source],
    run: Settings,
    make_format: MakeFormat = family,
    way: str = "none",
    select: Select | None = None,
) -> Rows:
    rows = Rows()
    hub = Hub()
    hub.join_stream(rows)
    ahead_us = run.max_ahead_s * US_PER_S
    inputs = [Input(source, make_format(), ahead_us, explain, select=select) for source in sources]
    with _reading_ahead(way, inputs) as ahead:
        monitor = put_together(run, inputs, default_alerts(run), hub, ReplayClock(), ahead=ahead)
        while not monitor.step():
            pass
        monitor.close(finished=True)
        monitor.close_inputs()
    return rows


def _check_replay(case: tuple[list[bytes], Options], ways: Sequence[_Way], read_bytes: int, way: str) -> None:
    logs, options = case
    with tempfile.TemporaryDirectory() as folder:
        contents: dict[str, bytes] = {}
        for number, (log, how) in enumerate(zip(logs, ways, strict=False)):
            path = Path(folder) / f"{number}.log"
            contents[str(path)] = content = _spoilt(log, how)
            path.write_bytes(gzip.compress(content) if how.zipped else content)
        sources = [ReplayFile(path, limit=LIMIT, read_bytes=read_bytes) for path in contents]
        found = _replay(sources, settings_of(options, replay=True), way=way)
        rows = found.kept
        found.check_marks(may_be_held=True)
        for row in rows:
            status = Path(row.file.path).stat()
            assert row.file == LogFile(row.file.path, row.file.path, (status.st_dev, status.st_ino))
            assert rows_at(contents[row.file.path], row.offset, family) == [row.values]
    accepted = accepted_in_replay([parse_log(log) for log in logs[: len(contents)]], options)
    assert len({(row.file.path, row.offset) for row in rows}) == len(rows) == len(accepted)


@settings(max_examples=examples(25), deadline=None)
@given(engine_strategies.cases(), st.lists(_ways, min_size=4, max_size=4), st.integers(1, 300))
def test_at_the_offset_of_a_row_of_a_replay_stands_its_line(
    case: tuple[list[bytes], Options], ways: list[_Way], read_bytes: int
) -> None:
    _check_replay(case, ways, read_bytes, "none")


@pytest.mark.parametrize("way", ["thread", "process"])
@settings(max_examples=examples(5), deadline=None)
@given(engine_strategies.cases(), st.lists(_ways, min_size=4, max_size=4), st.integers(1, 300))
def test_at_the_offset_of_a_row_that_was_read_ahead_stands_its_line(
    way: str, case: tuple[list[bytes], Options], ways: list[_Way], read_bytes: int
) -> None:
    _check_replay(case, ways, read_bytes, way)


@pytest.mark.parametrize("way", ["none", "thread", "process"])
@settings(max_examples=examples(6), deadline=None)
@given(seed=st.integers(0, 1 << 30), read_bytes=st.integers(1, 300) | st.integers(1, 5_000))
def test_the_positions_of_a_mark_divide_the_files_of_a_replay(way: str, seed: int, read_bytes: int) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        contents: dict[str, bytes] = {}
        for number in range(3):
            now_s = START_S
            lines = []
            for _ in range(chance.randrange(50)):
                now_s += chance.choice((0, 0, 1, 3))
                # Some are late, and none is held.
                lines.append(chance.choice((log_line(now_s), log_line(now_s), log_line(now_s - 5), b"junk", b"")))
            path = Path(folder) / f"{number}.log"
            content = b"\n".join((log_line(START_S), *lines)) + chance.choice((b"", b"\n", b"\njunk"))
            contents[str(path)] = content
            path.write_bytes(gzip.compress(content) if chance.random() < 0.3 else content)
        sources = [ReplayFile(path, limit=LIMIT, read_bytes=read_bytes) for path in contents]
        rows = _replay(sources, Settings(replay=True, interval_s=10, lateness_s=2), way=way)
    rows.check_marks(may_be_held=False)
    counts = {count for count, _ in rows.marks}
    assert len(counts) > min(3, len(rows.kept) // 200)
    _, last = rows.marks[-1]
    ends: Any = last.positions
    assert {name: end["files"][0]["offset"] for name, end in ends.items()} == {
        name: len(content) for name, content in contents.items()
    }


@pytest.mark.parametrize("held", [True, False])
@settings(max_examples=examples(12), deadline=None)
@given(engine_strategies.held_logs(), st.integers(1, 300))
def test_a_line_that_was_held_has_the_offset_at_which_it_stands(held: bool, log: bytes, read_bytes: int) -> None:
    options = Options(max_ahead_s=4 if held else 3_000)
    _check_replay(([log, log], options), [_Way(False, False, 3)] * 2, read_bytes, "none")


def _of_ways(chance: random.Random) -> list[bytes]:
    """Return lines of which some stand in others, not all in the same."""
    lines: list[bytes] = []
    for _ in range(chance.randrange(1, 3)):
        way = chance.choice([*WAYS.values(), None])
        for no in range(chance.choice((3, 25, 60))):
            inner = chance.choice((b"junk", b"")) if chance.random() < 0.1 else log_line(START_S + no, b"h%d" % no)
            lines.append((inner if way is None else way.write(no, inner)) + b"\n")
    return lines


def _otlp(chance: random.Random) -> list[bytes]:
    """Return objects with several lines each."""

    def record(no: int) -> dict[str, Any]:
        return {"body": {"stringValue": log_line(START_S + no, b"h%d" % no).decode()}}

    groups = [range(10 * first, 10 * first + chance.randrange(1, 4)) for first in range(6)]
    objects = [{"resourceLogs": [{"scopeLogs": [{"logRecords": [record(no) for no in group]}]}]} for group in groups]
    return [json.dumps(each).encode() + b"\n" for each in objects]


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda chance: container_lines(chance, 40), "cri"),
        (lambda chance: container_lines(chance, 40), None),
        (_otlp, "otlp"),
        (_otlp, None),
        (_of_ways, None),
    ],
)
@settings(max_examples=examples(6), deadline=None)
@given(seed=st.integers(0, 1 << 30), read_bytes=st.integers(1, 500) | st.integers(1, 20_000))
def test_at_the_offset_of_a_row_stands_what_its_line_stands_in(
    make: Callable[[random.Random], list[bytes]], name: str | None, seed: int, read_bytes: int
) -> None:
    chance = random.Random(seed)
    log = b"".join(make(chance))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "access.log"
        path.write_bytes(log)
        source = ReplayFile(str(path), limit=LIMIT, read_bytes=read_bytes)
        rows = _replay([source], Settings(replay=True), in_wrapper(name)).kept
    inside = in_wrapper(name) if name is not None else _any_wrapper(log)
    for row in rows:
        assert row.values in [values for made in _every(inside) for values in rows_at(log, row.offset, made)]
    if name is not None:
        assert len(rows) >= 6


def _any_wrapper(log: bytes) -> list[MakeFormat]:
    """Return the formats of lines that stand in any of the wrappers that a log may have, or in none."""
    names = [made.name for made in wrappers(LIMIT) if any(made.front(line) is not None for line in log.split(b"\n"))]
    return [family, *(in_wrapper(name) for name in names)]


def _every(formats: MakeFormat | list[MakeFormat]) -> list[MakeFormat]:
    return formats if isinstance(formats, list) else [formats]


@pytest.mark.parametrize("threaded", [False, True])
@pytest.mark.parametrize("zipped", [False, True])
def test_at_the_offset_of_a_row_of_standard_input_stands_its_line(threaded: bool, zipped: bool) -> None:
    chance = random.Random(3)
    paths = [b"GET /%032x%032x HTTP/1.1" % (chance.getrandbits(128), chance.getrandbits(128)) for _ in range(3_000)]
    lines = [log_line(START_S + no // 9, b"h%d" % no, request=path) for no, path in enumerate(paths)]
    content = b"\xef\xbb\xbf" + b"".join(line + b"\n\n" for line in lines)
    with tempfile.TemporaryFile() as file:
        file.write(gzip.compress(content) if zipped else content)
        file.seek(0)
        source = StdinSource(lambda: None, block=True, descriptor=file.fileno(), threaded=threaded, read_bytes=70_000)
        rows = _replay([source], Settings(replay=True)).kept
    assert len(rows) == 3_000
    assert {row.file for row in rows} == {LogFile("-", "-", None)}
    assert [row.offset for row in rows] == [content.index(b"h%d - " % no) for no in range(3_000)]


@pytest.mark.parametrize("way", ["none", "thread", "process"])
def test_at_the_offset_of_a_row_of_a_span_stands_its_line(way: str, tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    lines = [log_line(START_S + no, b"h%d" % no) + b"\n" for no in range(60 + 2 * ENOUGH_ROWS)]
    content = b"".join(lines)
    path.write_bytes(content)
    # Reading begins in the file, and ends before the end of it.
    part = len(b"".join(lines[:10])), len(content) - len(lines[-1])
    source = ReplayFile(str(path), limit=LIMIT, read_bytes=700, part=part)
    span = Span((START_S + 20) * US_PER_S, (START_S + 50) * US_PER_S)
    rows = _replay([source], Settings(replay=True), way=way, select=SpanSelection(span, margin_us=0)).kept
    assert [row.offset for row in rows] == [content.index(line) for line in lines[20:50]]


def test_a_look_that_is_cut_has_the_offsets_of_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    lines = [log_line(START_S + no) + b"\n" for no in range(4)]
    path.write_bytes(b"".join(lines))
    entry = Input(ReplayFile(str(path)), family(), 60_000_000, explain)
    entry.locator.at_once = True
    offsets = entry.look().cut(2).batch.offsets
    assert offsets is not None
    assert offsets.resolve().offset.tolist() == [0, len(lines[0])]


def test_a_row_has_its_offset_where_others_are_filtered_out(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    lines = [log_line(START_S + no, b"h%d" % (no % 3)) + b"\n" for no in range(30)]
    path.write_bytes(b"".join(lines))
    rows = Rows()
    hub = Hub()
    hub.join_stream(rows)
    run = Settings(replay=True, exclude_hosts=("h1",))
    monitor = put_together(run, make_inputs(run, [ReplayFile(str(path), read_bytes=300)]), [], hub, ReplayClock())
    while not monitor.step():
        pass
    offsets = [sum(map(len, lines[:no])) for no in range(30) if no % 3 != 1]
    assert [row.offset for row in rows.kept] == offsets


def test_the_place_of_a_row_is_unknown_where_its_source_does_not_tell_it(tmp_path: Path) -> None:
    path = tmp_path / "known.log"
    lines = [log_line(START_S + second) + b"\n" for second in range(4)]
    path.write_bytes(lines[0] + lines[2])
    seen: list[tuple[str | None, int]] = []

    class Seen(Rows):
        def frame(self, frame: RowFrame) -> None:
            found = frame.offsets
            for file, offset in zip(found.file.tolist(), found.offset.tolist(), strict=True):
                seen.append((None if file < 0 else found.files[file].source, offset))

    hub = Hub()
    hub.join_stream(Seen())
    sources: list[Source] = [ScriptedSource([lines[1] + lines[3]], ends=True), ReplayFile(str(path))]
    inputs = [Input(source, family(), 60_000_000, explain) for source in sources]
    monitor = put_together(Settings(replay=True), inputs, [], hub, ReplayClock())
    while not monitor.step():
        pass
    assert seen == [(str(path), 0), (None, -1), (str(path), len(lines[0])), (None, -1)]


@pytest.mark.parametrize("replay", [True, False])
def test_nothing_is_worked_out_where_nobody_listens(
    replay: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worked_out(*_: object) -> None:
        raise AssertionError("offsets were worked out")

    monkeypatch.setattr(line_places.LinePlaces, "_locate", worked_out)
    path = tmp_path / "access.log"
    append(path, b"".join(log_line(START_S + second) + b"\n" for second in range(40)))
    clock = ManualClock((START_S + 40) * 1_000_000)
    source = (
        ReplayFile(str(path)) if replay else TailSource(str(path), files=LocalFiles(), clock=clock, from_start=True)
    )
    run = Settings(replay=replay, from_start=not replay)
    inputs = [Input(source, in_wrapper(None)(), 60_000_000, explain)]
    monitor = put_together(run, inputs, [], Hub(), ReplayClock() if replay else clock)
    for _ in range(3):
        monitor.step()
    assert monitor.health().accepted == 40


def test_a_frame_keeps_no_data_that_it_was_read_from(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    # The first is held, since nothing confirms its time.
    append(path, (log_line(START_S) + b"\n") * 3)
    kept: list[object] = []

    class Kept(Rows):
        def frame(self, frame: RowFrame) -> None:
            assert isinstance(frame, AcceptedRows)
            kept.append(frame._rows.offsets)

    hub = Hub()
    hub.join_stream(Kept())
    clock = ManualClock(START_S * 1_000_000)
    tail = TailSource(str(path), files=LocalFiles(), clock=clock, from_start=True)
    run = Settings(from_start=True)
    put_together(run, [Input(tail, family(), 60_000_000, explain)], [], hub, clock).step()
    assert [type(offsets) for offsets in kept] == [FileOffsets]


def test_lines_of_another_file_begin_a_stretch_of_their_own() -> None:
    lines = GatheredLines()
    one, other = (LogFile("a.log", path, None) for path in ("a.log", "a.log.1"))
    lines.add(b"a\n", one, [(0, 7)])
    lines.add(b"", one, [])
    lines.add(b"b\n", one, [(0, 9)])
    lines.add(b"c\n", other, [(0, 11)])
    lines.add(b"d\ne\n", other, [(0, 13), (2, 20)])
    assert lines.data == b"a\nb\nc\nd\ne\n"
    assert lines.stretches == (Stretch(0, one, 7), Stretch(4, other, 11), Stretch(8, other, 20))
