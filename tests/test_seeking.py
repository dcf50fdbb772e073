"""The search for a span of time in a file: no line of the span is missed, and little else is read."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.eventtime.rows import times_of
from http_monitor.inputs.seeking import prober, search
from http_monitor.inputs.seeking.prober import Prober
from http_monitor.inputs.seeking.reading_back import read_lines, shares, start_before
from http_monitor.inputs.seeking.search import Bound, Part, Search
from http_monitor.parser.formats import get_format
from http_monitor.ports.log_format import Headed, LogFormat
from http_monitor.records import LogFile
from http_monitor.sources.files.access import FileStatus, LocalFiles
from http_monitor.units import US_PER_S
from tests.engine_strategies import START_S, log_line
from tests.examples import examples

MARGIN_S = 5


class MemoryFile:
    """A `Handle` of bytes, which notes how many of them were read."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.bytes_read = 0

    def status(self) -> FileStatus:
        return FileStatus((1, 1), len(self._data), 0)

    def read(self, offset: int, most: int) -> bytes:
        data = self._data[offset : offset + most]
        self.bytes_read += len(data)
        return data

    def close(self) -> None:
        pass


@contextmanager
def small_steps() -> Iterator[None]:
    """Let a file of some kilobytes be searched as one of gigabytes is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prober, "PROBE_BYTES", 200)
        patch.setattr(prober, "MAX_PROBE_BYTES", 1_000)
        patch.setattr(search, "_MIN_STEP", 400)
        patch.setattr(search, "_CLOSE_BYTES", 300)
        yield


def bound(at_s: int | None) -> Bound | None:
    return None if at_s is None else Bound((START_S + at_s) * US_PER_S, MARGIN_S * US_PER_S)


def prober_of(file: MemoryFile, log_format: LogFormat | None = None) -> Prober:
    made = get_format("auto") if log_format is None else log_format
    return Prober(file, file.status().size, made, 60 * US_PER_S)


def find(data: bytes, since_s: int | None, until_s: int | None, log_format: LogFormat | None = None) -> Part:
    with small_steps():
        return Search(prober_of(MemoryFile(data), log_format), MARGIN_S * US_PER_S, samples=8).find(
            bound(since_s), bound(until_s)
        )


@dataclass(frozen=True)
class Line:
    data: bytes
    time_s: int | None
    """None: it has none."""


@st.composite
def _logs(draw: st.DrawFn) -> list[Line]:
    """Return a log in order, but for the margin, with lines among it that nobody can read."""
    chance = random.Random(draw(st.integers(0, 1 << 20)))
    steps = chance.choice(((0, 1, 1, 2), (0, 0, 1), (0, 30, 400), (1, 1, 1_000)))
    bad = chance.choice((0.0, 0.1, 0.5))
    lines, top_s = list[Line](), 0
    for _ in range(draw(st.integers(0, 120))):
        top_s += chance.choice(steps)
        time_s = max(0, top_s - chance.choice((0, 0, 0, MARGIN_S)))
        lines.append(Line(log_line(START_S + time_s, host=b"h" * chance.choice((1, 1, 90))) + b"\n", time_s))
        if chance.random() < bad:
            junk = chance.choice((b"junk\n", b"\n", b"\0" * 70 + b"\n", b"j" * 500 + b"\n", b"junk\n" * 60))
            lines.append(Line(junk, None))
    if lines and chance.random() < 0.3:
        lines[-1] = Line(lines[-1].data[:-1], lines[-1].time_s)
    return lines


_TIMES = st.none() | st.integers(-10, 1_000)


@settings(max_examples=examples(300), deadline=None)
@given(_logs(), _TIMES, _TIMES)
def test_no_line_of_a_span_is_outside_of_the_part(lines: list[Line], since_s: int | None, until_s: int | None) -> None:
    part = find(b"".join(line.data for line in lines), since_s, until_s)
    assert part.in_order
    starts, offset = {0}, 0
    for line in lines:
        is_after = line.time_s is not None and (since_s is None or line.time_s >= since_s)
        is_before = line.time_s is not None and (until_s is None or line.time_s < until_s)
        end = offset + len(line.data)
        if is_after and is_before:
            assert part.start <= offset
            assert end <= part.end
        starts |= {offset + at + 1 for at, byte in enumerate(line.data) if byte == ord("\n")} | {end}
        offset = end
    assert {part.start, part.end} <= starts


def _dense(count: int, first_s: int = 0) -> bytes:
    return b"".join(log_line(START_S + first_s + second) + b"\n" for second in range(count))


def test_little_besides_the_span_is_read() -> None:
    data = _dense(20_000)
    line = len(data) // 20_000
    file = MemoryFile(data)
    with small_steps():
        part = Search(prober_of(file), MARGIN_S * US_PER_S, samples=8).find(bound(12_000), bound(12_100))
    # As much is read in vain on each side as the margin has, and the steps of the search are long.
    assert part.start == pytest.approx((12_000 - MARGIN_S) * line, abs=600)
    assert part.end == pytest.approx((12_100 + MARGIN_S) * line, abs=600)
    assert file.bytes_read < len(data) / 50


@pytest.mark.parametrize(
    ("since_s", "until_s", "wanted"),
    [(100, None, "nothing"), (None, 0, "nothing"), (None, 100, "all"), (0, None, "all"), (-50, -10, "nothing")],
)
def test_a_file_wholly_outside_is_not_read(since_s: int | None, until_s: int | None, wanted: str) -> None:
    data = _dense(50, first_s=0) if wanted == "all" else _dense(50, first_s=20)
    part = find(data, since_s, until_s)
    assert (part.start, part.end) == ((0, len(data)) if wanted == "all" else (part.end, part.end))


@pytest.mark.parametrize(
    "data",
    [
        _dense(200, first_s=5_000) + _dense(200),
        _dense(300) + _dense(100, first_s=-100_000) + _dense(300, first_s=400),
        b"".join(log_line(START_S + second) + b"\n" for second in range(400, 0, -1)),
    ],
    ids=["two logs", "an old stretch", "backwards"],
)
def test_of_a_file_out_of_order_all_is_read(data: bytes) -> None:
    assert find(data, 150, 250) == Part(0, len(data), in_order=False)


def test_lines_far_ahead_mislead_no_search() -> None:
    lines = [log_line(START_S + second) + b"\n" for second in range(2_000)]
    for number in range(0, 2_000, 37):
        lines[number] = log_line(START_S + 3_000_000_000) + b"\n"
    data = b"".join(lines)
    part = find(data, 1_500, 1_600)
    assert part.in_order
    assert part.start <= data.index(lines[1_500]) < data.index(lines[1_599]) < part.end
    assert part.end - part.start < len(data) / 4


def test_a_hole_or_a_run_of_junk_is_read_only_where_it_could_matter() -> None:
    data = _dense(300) + b"\0" * 40_000 + _dense(300, first_s=300) + b"junk\n" * 5_000 + _dense(300, first_s=600)
    part = find(data, 700, None)
    assert part.start > data.rindex(b"junk\n") - 1_000
    part = find(data, None, 200)
    assert part.end < 300 * 80


def test_a_file_without_any_time_is_read() -> None:
    data = b"junk\n" * 3_000
    assert find(data, 5, 10) == Part(0, len(data))


def test_an_empty_file_has_no_part() -> None:
    assert find(b"", 5, 10) == Part(0, 0)


def test_a_last_line_without_an_end_is_looked_at() -> None:
    data = (_dense(300) + log_line(START_S + 5_000)).removesuffix(b"\n")
    file = MemoryFile(data)
    with small_steps():
        last = prober_of(file).last()
    assert last is not None
    assert last.greatest_us == (START_S + 5_000) * US_PER_S


def test_json_is_searched_by_its_own_times() -> None:
    lines = [
        json.dumps({"time": START_S + second, "ip": "192.0.2.1", "request": "GET / HTTP/1.1", "status": 200}) + "\n"
        for second in range(2_000)
    ]
    data = "".join(lines).encode()
    part = find(data, 1_500, 1_510, get_format("json"))
    assert part.start <= data.index(lines[1_500].encode()) < data.index(lines[1_509].encode()) < part.end
    assert part.end - part.start < len(data) / 20


def test_columns_that_a_header_names_are_known_in_the_midst_of_a_file() -> None:
    head = b"#Version: 1.0\n#Fields: sc-status cs-uri-stem cs-method time date c-ip\n"
    lines = [
        b"200 /a GET %02d:%02d:%02d 2024-01-01 192.0.2.1\n" % (second // 3600, second // 60 % 60, second % 60)
        for second in range(2_000)
    ]
    data = head + b"".join(lines)
    log_format = get_format("iis")
    assert isinstance(log_format, Headed)
    log_format.learn(head)
    part = find(data, 1_500, 1_510, log_format)
    assert part.start <= data.index(lines[1_500]) < data.index(lines[1_509]) < part.end
    assert 0 < part.end - part.start < len(data) / 20


def _clock(second: int) -> bytes:
    return b"2024-01-01 %02d:%02d:%02d" % (second // 3600, second // 60 % 60, second % 60)


def test_a_second_header_changes_no_look_at_another_place() -> None:
    first = b"#Fields: date time c-ip cs-method cs-uri-stem sc-status\n"
    second = b"#Fields: sc-status cs-uri-stem cs-method c-ip date time\n"
    old = [b"%s 192.0.2.1 GET /a 200\n" % _clock(second) for second in range(1_000)]
    new = [b"200 /a GET 192.0.2.1 %s\n" % _clock(second) for second in range(1_000, 2_000)]
    data = first + b"".join(old) + second + b"".join(new)
    log_format = get_format("iis")
    assert isinstance(log_format, Headed)
    log_format.learn(first)
    part = find(data, 500, 510, log_format)
    assert part.start <= data.index(old[500]) < data.index(old[509]) < part.end
    assert part.end - part.start < len(data) / 20
    # By the header at the top nobody can read these, so reading begins where they begin.
    part = find(data, 1_500, 1_510, log_format)
    assert len(data) / 3 < part.start <= data.index(second)
    assert data.index(new[509]) < part.end


def test_lines_that_nobody_can_read_at_the_end_are_read() -> None:
    data = _dense(300) + b"junk\n" * 30_000
    with small_steps(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(prober, "_MAX_TAIL_BYTES", 1_000)
        part = Search(prober_of(MemoryFile(data)), MARGIN_S * US_PER_S, samples=8).find(bound(900), None)
    assert part.start < data.index(b"junk")
    assert part.end == len(data)


_FILE = LogFile("a.log", "a.log", (1, 2))


@settings(max_examples=examples(100), deadline=None)
@given(_logs(), st.integers(-10, 1_000), st.integers(0, 20_000))
def test_reading_back_finds_every_line_of_the_end(lines: list[Line], since_s: int, most: int) -> None:
    data = b"".join(line.data for line in lines)
    file = MemoryFile(data)
    since = bound(since_s)
    assert since is not None
    with small_steps():
        start = start_before(prober_of(file), since, most)
    assert start >= len(data) - most
    read = _read(file, data, start, len(data), DEFAULT_LINE_BYTES)
    times_s = [int(time_us) // US_PER_S - START_S for time_us in times_of(get_format("auto").parse(read))]
    whole = data[: data.rfind(b"\n") + 1]
    wanted, offset = list[int](), 0
    for line in lines:
        if line.time_s is not None and line.time_s >= since_s and offset >= len(data) - most and offset < len(whole):
            wanted.append(line.time_s)
        offset += len(line.data)
    assert [time_s for time_s in times_s if time_s >= since_s] == wanted


def _read(file: MemoryFile, data: bytes, start: int, end: int, limit: int) -> bytes:
    """Return the lines between two offsets, which stand where it is said."""
    read = b""
    for chunk in read_lines(file, _FILE, start, end, limit):
        ends = [*(stretch.start for stretch in chunk.stretches[1:]), len(chunk.data)]
        assert chunk.stretches[0].start == 0
        for stretch, stop in zip(chunk.stretches, ends, strict=True):
            assert stretch.file == _FILE
            assert data[stretch.offset :].startswith(chunk.data[stretch.start : stop])
        read += chunk.data
    return read


def test_lines_that_are_cut_by_the_ends_are_left_out() -> None:
    file = MemoryFile(b"one\ntwo\nthree\nfour")
    data = b"one\ntwo\nthree\nfour"
    assert [_read(file, data, start, end, 100) for start, end in ((0, 18), (1, 18), (4, 13), (5, 14))] == [
        b"one\ntwo\nthree\n",
        b"two\nthree\n",
        b"two\n",
        b"three\n",
    ]


@pytest.mark.parametrize(
    ("wanted", "most", "given_"),
    [
        ([], 10, []),
        ([3, 4], 10, [3, 4]),
        ([9, 9], 10, [5, 5]),
        ([1, 20, 20], 11, [1, 5, 5]),
        ([20, 0, 2], 9, [7, 0, 2]),
    ],
)
def test_who_wants_little_gets_all_of_it(wanted: list[int], most: int, given_: list[int]) -> None:
    assert shares(wanted, most) == given_


def test_a_file_is_searched_where_it_stands(tmp_path: Path) -> None:
    data = _dense(20_000)
    (tmp_path / "a.log").write_bytes(data)
    opened = LocalFiles().open(str(tmp_path / "a.log"))
    assert isinstance(opened, tuple)
    handle, status = opened
    made = Prober(handle, status.size, get_format("auto"), 60 * US_PER_S)
    part = Search(made, MARGIN_S * US_PER_S).find(bound(19_000), None)
    handle.close()
    line = len(data) // 20_000
    assert part.start == pytest.approx((19_000 - MARGIN_S) * line, abs=130_000)
