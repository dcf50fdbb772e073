"""The program's parser is indistinguishable from the slow reader, on any bytes."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.clf.format import SMALL_BYTES
from http_monitor.parser.formats import get_format
from tests.examples import examples
from tests.parsers import parse_fast
from tests.reference.clf import FORMATS, Parsed, Row, parse_log
from tests.strategies import (
    header_lines,
    hollow_lines,
    hostile_lines,
    line_cuts,
    lines,
    logs,
    mutated_lines,
    timed_logs,
)

COMMON = b'127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'
REGULAR = (
    COMMON,
    COMMON + b' "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"',
    b"www.example.com:80 " + COMMON,
    b"www.example.com " + COMMON + b' "-" "curl/8.5.0"',
    rb'2001:db8::1 - - [29/Feb/2024:23:59:60 +0530] "GET http://h/a/b?c=\"d\" HTTP/2.0" 503 - "-" "a \\ b" 0.003 "-"',
    rb'::1 - John Smith [1/Jan/2024:1:2:3 +0000] "\x16\x03\x01" 400 0 "-" "-"',
    b'h - - [10/Oct/2000:13:55:36 -0700] "OPTIONS * HTTP/1.0" 200 2326',
    b'h - - [10/Oct/2000:13:55:36 -0700] "CONNECT a:443 HTTP/1.1" 502 157 "-" "-"',
)


LONG = COMMON + b' "-" "-" ' + b"x" * SMALL_BYTES
"""A regular line that makes any chunk large enough to be read by columns."""


def assert_equal(data: bytes, format_name: str) -> None:
    """Compare a log as it is, then in a chunk that is large: before or behind a line that is not in doubt."""
    _assert_equal_as_it_is(data, format_name)
    large = LONG + b"\n" + data if len(data) % 2 else data + b"\n" + LONG
    _assert_equal_as_it_is(large, format_name)


def _assert_equal_as_it_is(data: bytes, format_name: str) -> None:
    fast, reference = parse_fast(data, format_name), parse_log(data, format_name)
    assert fast.rows == reference.rows
    assert fast == reference


def assert_equal_in_every_format(data: bytes) -> None:
    for format_name in FORMATS:
        assert_equal(data, format_name)


a_format = st.sampled_from(("auto", *FORMATS))


@given(logs(), a_format)
@settings(max_examples=examples(30), deadline=None)
def test_any_log_is_read_alike(data: bytes, format_name: str) -> None:
    assert_equal(data, format_name)


@given(lines(), a_format)
@settings(max_examples=examples(40), deadline=None)
def test_a_regular_line_is_read_alike(line: bytes, format_name: str) -> None:
    assert_equal(line, format_name)


@given(mutated_lines(), a_format)
@settings(max_examples=examples(55), deadline=None)
def test_a_mutated_line_is_read_alike(line: bytes, format_name: str) -> None:
    assert_equal(line, format_name)


@given(hostile_lines(), a_format)
@settings(max_examples=examples(55), deadline=None)
def test_a_hostile_line_is_read_alike(line: bytes, format_name: str) -> None:
    assert_equal(line, format_name)


@given(header_lines(), a_format)
@settings(max_examples=examples(110), deadline=None)
def test_a_line_with_a_hostile_header_is_read_alike(line: bytes, format_name: str) -> None:
    assert_equal(line, format_name)


@given(hollow_lines(), a_format)
@settings(max_examples=examples(40), deadline=None)
def test_a_hollow_line_is_read_alike(line: bytes, format_name: str) -> None:
    assert_equal(line, format_name)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_line_of_nothing_but_marks_is_read_alike_at_either_end_of_a_large_chunk(format_name: str) -> None:
    for marks in (b'     "  "  ', b'      "  "  ', b'     "  "  "" ""', b'      "  "   "" ""', b'"', b'" "'):
        _assert_equal_as_it_is(LONG + b"\n" + marks, format_name)
        _assert_equal_as_it_is(marks + b"\n" + LONG, format_name)


@given(hostile_lines(), st.integers(0, len(REGULAR)))
@settings(max_examples=examples(30), deadline=None)
def test_a_hostile_line_spoils_none_of_its_neighbours(line: bytes, before: int) -> None:
    neighbours = [*REGULAR[:before], line, *REGULAR[before:]]
    assert_equal(b"\n".join(neighbours) + b"\n", "auto")
    assert_equal(b"\r\n".join(neighbours), "combined")


@given(timed_logs(), a_format)
@settings(max_examples=examples(20), deadline=None)
def test_a_moving_log_is_read_alike(data: bytes, format_name: str) -> None:
    assert_equal(data, format_name)


@given(st.binary(max_size=400), a_format)
@settings(max_examples=examples(50), deadline=None)
def test_any_bytes_are_read_alike(data: bytes, format_name: str) -> None:
    assert_equal(data, format_name)


@given(
    st.lists(st.sampled_from((b" ", b"\t", b'"', b"\\", b"\n", b"\r", b"[", b"-", b"1", b":", *REGULAR))).map(b"".join)
)
@settings(max_examples=examples(25), deadline=None)
def test_any_heap_of_lines_and_marks_is_read_alike(data: bytes) -> None:
    assert_equal_in_every_format(data)


@given(st.data())
@settings(max_examples=examples(15), deadline=None)
def test_lines_mean_the_same_wherever_the_reader_stopped(data: st.DataObject) -> None:
    log = data.draw(logs())
    whole = log if not log or log.endswith(b"\n") else log + b"\n"
    rows: list[Row] = []
    line_count = 0
    for chunk in data.draw(line_cuts(whole)):
        parsed = parse_fast(chunk, "auto")
        rows += [_renumbered(row, row.line_no + line_count) for row in parsed.rows]
        line_count += parsed.lines
    assert (rows, line_count) == (parse_log(log).rows, parse_log(log).lines)


def _renumbered(row: Row, line_no: int) -> Row:
    return Row(line_no, *(getattr(row, name) for name in Row.__slots__[1:]))


ODD = (b'"', b"\\", b" ", b"\t", b"\r", b"\n", b"\0", b"[", b"]", b"-", b":", b"/", b"?", b"\xff", b"9", b'\\"', b'" "')


def _edited(source: random.Random, line: bytes) -> bytes:
    for _ in range(source.randint(1, 3)):
        at, gone = source.randint(0, len(line)), source.choice((0, 0, 1, 1, 2, 9))
        new = source.choice((b"", source.choice(ODD), source.choice(ODD), source.randbytes(1)))
        line = line[:at] + new + line[at + gone :]
    return line


def _edited_logs(seed: int, count: int, line_count: int, edited_of_8: int) -> Iterator[bytes]:
    source = random.Random(seed)
    for _ in range(count):
        end = source.choice((b"\n", b"\r\n"))
        chosen = source.choices(REGULAR, k=line_count)
        yield end.join(_edited(source, line) if source.randrange(8) < edited_of_8 else line for line in chosen) + end


@pytest.mark.parametrize("edited_of_8", [1, 8])
@pytest.mark.parametrize("format_name", FORMATS)
def test_thousands_of_edited_lines_are_read_alike(format_name: str, edited_of_8: int) -> None:
    for data in _edited_logs(seed=edited_of_8, count=6, line_count=400, edited_of_8=edited_of_8):
        _assert_equal_as_it_is(data, format_name)


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_single_byte_in_every_place_is_read_alike(format_name: str) -> None:
    line = REGULAR[1]
    variants = [line[:at] + odd + line[at + skip :] for at in range(len(line) + 1) for odd in ODD for skip in (0, 1)]
    _assert_equal_as_it_is(b"\n".join(variants), format_name)


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_truncation_is_read_alike(format_name: str) -> None:
    for line in REGULAR:
        assert_equal(b"\n".join(line[:at] for at in range(len(line) + 1)), format_name)


def test_every_day_of_telling_years_is_read_alike() -> None:
    months = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec", b"jan")
    years = (1969, 1970, 1972, 1999, 2000, 2023, 2024, 2100, 2400, 9998, 9999)
    dates = [b"%02d/%b/%d" % (day, month, year) for year in years for month in months for day in range(33)]
    assert_equal(b"\n".join(COMMON.replace(b"10/Oct/2000", date) for date in dates), "auto")


def test_every_number_in_a_time_of_day_is_read_alike() -> None:
    times = []
    for at in (0, 3, 6, 10, 12):
        for number in range(100):
            time = bytearray(b"13:55:36 -0700")
            time[at : at + 2] = b"%02d" % number
            times += [bytes(time), bytes(time).replace(b"-", b"+")]
    assert_equal(b"\n".join(COMMON.replace(b"13:55:36 -0700", time) for time in times), "auto")


def test_a_line_at_the_limit_is_read_alike() -> None:
    for filler in (b" ", b'"', b"x", b"\\"):
        longest = COMMON + b" " + filler * (DEFAULT_LINE_BYTES - len(COMMON) - 1)
        data = b"\n".join((b"bad", longest, longest + b"\r", longest + filler, COMMON))
        assert parse_fast(data, "auto").oversized == [3, 4]
        _assert_equal_as_it_is(data, "auto")


def test_a_chunk_of_a_megabyte_is_read_alike() -> None:
    long_target = b"/" + b"a/" * 50_000
    data = b"\n".join(
        line.replace(b"/apache_pb.gif", long_target) if number % 3 == 0 else line + b" %d" % number
        for number, line in enumerate(REGULAR * 9)
    )
    assert len(data) > 1 << 20
    _assert_equal_as_it_is(data, "auto")


@pytest.mark.parametrize("first", [b"\xef\xbb\xbf", b"\xff\xfe", b"\n", b"\r\n", b" \n", b"\r", b"#", b'"\n', b'""\n'])
def test_whatever_a_log_begins_with_is_read_alike(first: bytes) -> None:
    for line in REGULAR:
        assert_equal_in_every_format(first + line + b"\n" + line)


def test_a_log_of_one_kind_is_read_alike_whatever_kind_comes_last() -> None:
    for regular in REGULAR:
        for last in REGULAR:
            assert_equal(b"\n".join([regular] * 3 + [last]), "auto")


@pytest.mark.parametrize("format_name", FORMATS)
def test_no_bytes_are_no_lines(format_name: str) -> None:
    assert parse_fast(b"", format_name) == Parsed([], 0, [], [], None)
    assert parse_fast(b"\n \n\r\n", format_name) == Parsed([], 0, [], [], None)


def test_the_samples_are_the_first_malformed_lines_cut_short() -> None:
    long = b"\xff" * 1500
    batch = get_format("auto").parse(b"\n".join((COMMON, b"first", b"", long, COMMON, b'"third"\r', b"fourth")) + b"\n")
    assert [(sample.line_no, sample.raw) for sample in batch.samples] == [
        (2, b"first"),
        (3, b"\xff" * 1000),
        (5, b'"third"'),
    ]
