import gzip
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from http_monitor.clock import ManualClock, ReplayClock
from http_monitor.hub.hub import Hub
from http_monitor.ports.source import Chunk, Source
from http_monitor.settings import Settings
from http_monitor.sources.stdin import StdinSource
from http_monitor.units import US_PER_S
from tests.engine_strategies import log_line
from tests.harness import START_US, make_inputs, put_together
from tests.located import Rows

_PATIENCE_S = 60


class _Pipe:
    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()
        self.woken = threading.Event()
        self._open = {self.reader, self.writer}

    def write(self, data: bytes) -> None:
        os.write(self.writer, data)

    def close(self, end: int) -> None:
        self._open.discard(end)
        os.close(end)

    def close_all(self) -> None:
        for end in sorted(self._open, reverse=True):  # the writer first: it ends a thread that reads
            self.close(end)

    def source(self, *, block: bool = False, threaded: bool = False, limit: int = 1_000) -> StdinSource:
        return StdinSource(
            self.woken.set, block=block, descriptor=self.reader, threaded=threaded, limit=limit, read_bytes=10_000
        )


@pytest.fixture
def pipe() -> Iterator[_Pipe]:
    made = _Pipe()
    yield made
    made.close_all()


def test_standard_input_is_a_source(pipe: _Pipe) -> None:
    source: Source = pipe.source()
    assert source.name == "-"
    assert source.wants_poll_s() == 0.05
    assert source.health().lag_bytes == 0
    source.close()


def test_it_is_caught_up_when_nothing_can_be_read(pipe: _Pipe) -> None:
    source = pipe.source()
    assert source.read() == Chunk(data=b"", at_end=True)
    pipe.write(b"one\ntw")
    assert source.read() == Chunk(data=b"one\n", at_end=True)
    pipe.write(b"o\n")
    assert source.read() == Chunk(data=b"two\n", at_end=True)


def test_its_end_finishes_it_and_a_last_line_without_newline_counts(pipe: _Pipe) -> None:
    source = pipe.source()
    pipe.write(b"one\nlast")
    pipe.close(pipe.writer)
    assert source.read() == Chunk(data=b"one\nlast\n", at_end=True, finished=True)
    assert source.read() == Chunk(data=b"", at_end=True, finished=True)
    assert source.failure is None


def test_more_than_one_read_may_take_is_not_the_end(pipe: _Pipe) -> None:
    source = StdinSource(pipe.woken.set, block=False, descriptor=pipe.reader, read_bytes=1)
    pipe.write(b"one\n")
    assert source.read() == Chunk(data=b"one\n", at_end=False)
    assert source.read() == Chunk(data=b"", at_end=True)


def test_a_regular_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"x\n" * 100_000)
    for block in (False, True):
        descriptor = os.open(path, os.O_RDONLY)
        source = StdinSource(lambda: None, block=block, descriptor=descriptor)
        data = b""
        while not (chunk := source.read()).finished:
            data += chunk.data
        assert data + chunk.data == b"x\n" * 100_000
        os.close(descriptor)


def test_a_line_longer_than_the_limit_is_cut(pipe: _Pipe) -> None:
    source = pipe.source(limit=4)
    pipe.write(b"x" * 20 + b"\nshort\n"[:5] + b"\n")
    assert source.read().data == b"xxxxx\nshor\n"


def test_a_closed_standard_input_is_finished_and_says_why(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(writer)
    os.close(reader)
    source = StdinSource(lambda: None, block=False, descriptor=reader, threaded=False)
    chunk = source.read()
    assert chunk.finished
    assert source.failure is None
    assert [notice.text for notice in chunk.notices] == ["standard input cannot be read (Bad file descriptor)"]


def test_a_directory_as_standard_input_of_a_replay_is_a_failure(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    for threaded in (False, True):
        source = StdinSource(lambda: None, block=True, descriptor=descriptor, threaded=threaded)
        assert source.read() == Chunk(data=b"", at_end=True, finished=True)
        assert str(source.failure) == "standard input is a directory"
    os.close(descriptor)


def test_a_replay_waits_for_data(pipe: _Pipe) -> None:
    source = pipe.source(block=True)
    timer = threading.Timer(0.0, pipe.write, [b"one\n"])
    timer.start()
    chunks = [source.read()]
    while not chunks[-1].data:
        chunks.append(source.read())
    timer.join()
    assert chunks[-1] == Chunk(data=b"one\n", at_end=False)
    assert not any(chunk.at_end for chunk in chunks)
    pipe.close(pipe.writer)
    assert source.read() == Chunk(data=b"", at_end=True, finished=True)


@pytest.mark.parametrize("threaded", [False, True])
def test_a_replay_inflates_a_stream_that_comes_byte_by_byte(pipe: _Pipe, threaded: bool) -> None:
    source = pipe.source(block=True, threaded=threaded)
    data = b""
    for byte in gzip.compress(b"one\ntwo\nlast"):
        pipe.write(bytes([byte]))
        data += source.read().data
    pipe.close(pipe.writer)
    while not (chunk := source.read()).finished:
        data += chunk.data
    assert data + chunk.data == b"one\ntwo\nlast\n"
    assert source.failure is None


def test_a_replay_of_one_byte_is_one_line(pipe: _Pipe) -> None:
    source = pipe.source(block=True)
    pipe.write(b"\x1f")
    pipe.close(pipe.writer)
    assert source.read() == Chunk(data=b"\x1f\n", at_end=True, finished=True)


def test_a_truncated_stream_is_a_failure_after_what_was_read(pipe: _Pipe) -> None:
    source = pipe.source(block=True)
    pipe.write(gzip.compress(b"one\ntwo\n")[:-4])
    pipe.close(pipe.writer)
    chunk = source.read()
    assert chunk == Chunk(data=b"one\ntwo\n", at_end=True, finished=True)
    assert str(source.failure) == "standard input is a broken gzip stream (ends in the middle)"


def test_live_a_compressed_stream_is_bytes_like_any_other(pipe: _Pipe) -> None:
    source = pipe.source()
    pipe.write(b"\x1f\x8b\n")
    assert source.read().data == b"\x1f\x8b\n"


def test_a_thread_reads_where_nothing_can_be_selected_and_wakes(pipe: _Pipe) -> None:
    source = pipe.source(threaded=True)
    assert source.read() == Chunk(data=b"", at_end=True)
    assert source.wants_poll_s() == 1.0
    pipe.write(b"one\ntw")
    assert pipe.woken.wait(_PATIENCE_S)
    assert source.read() == Chunk(data=b"one\n", at_end=True)
    pipe.woken.clear()
    pipe.close(pipe.writer)
    assert pipe.woken.wait(_PATIENCE_S)
    assert source.read() == Chunk(data=b"two\n"[:2] + b"\n", at_end=True, finished=True)


def test_everything_passes_through_the_few_pieces_that_a_thread_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"0123456789abcde\n" * 200_000)  # three times what the queue holds
    descriptor = os.open(path, os.O_RDONLY)
    source = StdinSource(lambda: None, block=True, descriptor=descriptor, threaded=True)
    chunks = [source.read()]
    while not chunks[-1].finished:
        chunks.append(source.read())
    assert b"".join(chunk.data for chunk in chunks) == path.read_bytes()
    os.close(descriptor)


@pytest.mark.parametrize("threaded", [False, True])
def test_its_position_is_behind_the_complete_lines(pipe: _Pipe, threaded: bool) -> None:
    source = pipe.source(threaded=threaded, block=True)
    offsets = []
    for data in (b"one\ntw", b"o\nth", b"ree"):
        pipe.write(data)
        source.read()
        offsets.append(source.read_position())
    pipe.close(pipe.writer)
    while not source.read().finished:
        pass
    offsets.append(source.read_position())
    assert offsets == [{"files": [{"path": "-", "offset": offset}]} for offset in (4, 8, 8, 13)]


def test_the_position_of_compressed_input_counts_its_content(pipe: _Pipe) -> None:
    source = pipe.source(block=True)
    pipe.write(gzip.compress(b"one\ntwo\n"))
    pipe.close(pipe.writer)
    while not source.read().finished:
        pass
    assert source.read_position() == {"files": [{"path": "-", "offset": 8}]}


@pytest.mark.parametrize("live", [False, True])
def test_marks_divide_the_lines_of_standard_input(pipe: _Pipe, live: bool) -> None:
    source = pipe.source(block=not live)
    hub, rows = Hub(), Rows()
    hub.join_stream(rows)
    run = Settings(replay=not live, window_s=4, interval_s=2, lateness_s=0)
    clock = ManualClock(START_US) if live else ReplayClock()
    monitor = put_together(run, make_inputs(run, [source]), [], hub, clock)
    size = len(log_line(START_US // US_PER_S) + b"\n")
    for number in range(3):
        pipe.write((log_line(START_US // US_PER_S + number) + b"\n") * 2 + b"junk\n")
        monitor.step()
    pipe.close(pipe.writer)
    while not monitor.step():
        pass
    monitor.close(finished=True)
    monitor.close_inputs()
    places = [(count, mark.positions["-"]) for count, mark in rows.marks]
    whole = [(2 * n, {"files": [{"path": "-", "offset": n * (2 * size + 5)}]}) for n in (1, 2, 3)]
    # A replay reads in one turn and counts in another; the end closes buckets without a row.
    assert [place for place in whole if place in places] == (whole if live else [whole[0], whole[2]])
    assert all(place in whole for place in places)
    assert [row.offset for row in rows.kept] == [n * (2 * size + 5) + at for n in range(3) for at in (0, size)]
