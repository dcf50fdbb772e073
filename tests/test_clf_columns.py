"""The columnar path gives the rows that reading line by line gives, and takes the lines it is made for."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.chunks.chunk import WORD_BYTES, index_chunk
from http_monitor.parser.clf.columns import regular_rows
from http_monitor.parser.clf.format import SMALL_BYTES, FamilyFormat
from http_monitor.parser.clf.read_lines import read_lines
from http_monitor.parser.clf.variants import SHAPES
from http_monitor.parser.lines.rows import rows_of
from http_monitor.records import SCHEMA, Batch
from tests.examples import examples, exhaustive, part_of
from tests.strategies import hostile_lines, lines, logs, mutated_lines

COMMON = b'192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /pages/create?x=1 HTTP/1.0" 200 2326'
COMBINED = COMMON + b' "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"'
BLANK = b" " * SMALL_BYTES + b"\n"
"""Counts as nothing, and makes a chunk large."""
NAMES = tuple(SHAPES)


def parse_by_columns(data: bytes, name: str) -> Batch:
    return FamilyFormat(name).parse(BLANK + data)


def assert_alike(data: bytes) -> None:
    assert len(data) < SMALL_BYTES
    for name in NAMES:
        small, large = FamilyFormat(name).parse(data), parse_by_columns(data, name)
        large.rows.validate(full=True)
        assert large.rows.schema.equals(SCHEMA)
        assert large.rows.to_pylist() == small.rows.to_pylist()
        assert large.line_nos.tolist() == small.line_nos.tolist()
        assert large.oversized_nos.tolist() == small.oversized_nos.tolist()
        assert (large.lines, large.samples, large.kind) == (small.lines, small.samples, small.kind)


@given(logs())
@settings(max_examples=examples(60), deadline=None)
def test_any_log_is_read_alike_by_columns_and_by_lines(data: bytes) -> None:
    assert_alike(data[: SMALL_BYTES - 1])


@given(st.lists(st.one_of(lines(), mutated_lines(), hostile_lines(), st.just(COMMON), st.just(COMBINED)), max_size=8))
@settings(max_examples=examples(60), deadline=None)
def test_any_lines_among_regular_ones_are_read_alike(chosen: list[bytes]) -> None:
    assert_alike(b"\n".join(chosen)[: SMALL_BYTES - 1])


SWAPS = [bytes((byte,)) for byte in b' \t"\\\n\r[-:?9a\xff'] + [b"", b"  ", b'\\"', b'" "']


@exhaustive
def test_any_edit_of_a_regular_line_is_read_alike() -> None:
    line = b"www.example.com:80 " + COMBINED
    edits = [line[:at] + swap + line[at + gone :] for at in range(len(line) + 1) for swap in SWAPS for gone in (0, 1)]
    random.Random(7).shuffle(edits)
    edits = part_of(edits, 2_400)
    for start in range(0, len(edits), 80):
        assert_alike(b"\n".join(edits[start : start + 80])[: SMALL_BYTES - 1])


@pytest.mark.parametrize(
    "end", [b'     "  "  ', b'      "  "  ', b'a b c [d e] "f g h" 1 2', b'     "  "  """"', b'"', b" "]
)
def test_marks_at_the_very_end_of_a_chunk_are_read_alike(end: bytes) -> None:
    for cut in range(len(end) + 1):
        assert_alike(end[:cut])
        assert_alike(COMMON + b"\n" + end[:cut])


REGULAR = {
    "common": COMMON,
    "combined": COMBINED,
    "without a user": COMMON.replace(b"frank", b"-"),
    "size -": COMMON.replace(b"2326", b"-"),
    "CRLF": COMBINED + b"\r",
    "CRLF after the size": COMMON + b"\r",
    "a user of two words": COMMON.replace(b"frank", b"John Smith"),
    "a vhost with port": b"www.example.com:80 " + COMMON,
    "a vhost before an address": b"www.example.com " + COMBINED,
    "IPv6": COMBINED.replace(b"192.0.2.1", b"2001:db8::1"),
    "nginx escapes": COMBINED.replace(b"Mozilla", rb"\x22Mozilla\x5C"),
    "a duration behind": COMMON + b" 0.003",
    "a duration behind a pair": COMBINED + b" 0.003",
    "a quoted field behind": COMBINED + b' "-"',
    "one quoted field": COMMON + b' "http://www.example.com/"',
    "an agent that is not closed": COMBINED[:-1],
    "spaces in the referer": COMBINED.replace(b"start.html", b"start page"),
    "invalid UTF-8": COMBINED.replace(b"create", b"\xff\xfe"),
    "a size of 16 digits": COMMON.replace(b"2326", b"1234567890123456"),
    "a leap second": COMMON.replace(b"13:55:36", b"23:59:60"),
    "a space at the end": COMMON + b" ",
}


@pytest.mark.parametrize("line", REGULAR.values(), ids=REGULAR)
def test_what_servers_write_takes_the_columnar_path(line: bytes) -> None:
    chunk = index_chunk(b"bad\n" + line + b"\n\n" + line + b"\n")
    rows = regular_rows(chunk, SHAPES["auto"])
    assert rows.line.tolist() == [1, 3]
    expected = read_lines([(0, line)], SHAPES["auto"])
    assert rows.batch.to_pylist() == rows_of(expected.entries * 2).to_pylist()


ODD = {
    "a tab": COMMON.replace(b" - ", b"\t-\t"),
    "an escaped quote": COMBINED.replace(b"Mozilla", rb"\"Mozilla\""),
    "an escaped backslash": COMBINED.replace(b"Nav", rb"Nav\\"),
    "two spaces": COMMON.replace(b" - ", b"  - "),
    "a day of one digit": COMMON.replace(b"10/Oct", b"1/Oct"),
    "no version": COMMON.replace(b" HTTP/1.0", b""),
    "a space in the target": COMMON.replace(b"create", b"cre ate"),
    "a CONNECT": COMMON.replace(b"GET /pages", b"CONNECT /pages"),
    "an absolute form": COMMON.replace(b"/pages", b"http://h/pages"),
    "no target": COMMON.replace(b" /pages/create?x=1", b""),
    "a date that does not exist": COMMON.replace(b"10/Oct", b"31/Feb"),
    "a size of 17 digits": COMMON.replace(b"2326", b"12345678901234567"),
    "a user of three words": COMMON.replace(b"frank", b"a b c"),
}


@pytest.mark.parametrize("line", ODD.values(), ids=ODD)
def test_what_is_odd_is_left_to_the_line_reader(line: bytes) -> None:
    chunk = index_chunk(COMMON + b"\n" + line + b"\n" + COMBINED + b"\n")
    assert regular_rows(chunk, SHAPES["auto"]).line.tolist() == [0, 2]
    assert_alike(COMMON + b"\n" + line + b"\n" + COMBINED + b"\n")


def test_keys_are_the_bytes_between_the_marks() -> None:
    rows = parse_by_columns(b"\n".join((COMBINED, b"v:1 " + COMMON, COMMON.replace(b"frank", b"-"))), "auto").rows
    assert rows.column("host").to_pylist() == [b"192.0.2.1"] * 3
    assert rows.column("section").to_pylist() == [b"/pages"] * 3
    assert rows.column("path").to_pylist() == [b"/pages/create"] * 3
    assert rows.column("method").to_pylist() == [b"GET"] * 3
    assert rows.column("user").to_pylist() == [b"frank", b"frank", None]
    assert rows.column("referer").to_pylist() == [b"http://www.example.com/start.html", None, None]
    assert rows.column("agent").to_pylist() == [b"Mozilla/4.08 [en] (Win98; I ;Nav)", None, None]
    assert rows.column("status").to_pylist() == [200] * 3
    assert rows.column("size_bytes").to_pylist() == [2326] * 3
    assert rows.column("duration_us").to_pylist() == [None] * 3


@pytest.mark.parametrize(("first", "kind"), [(COMMON, "common"), (COMBINED, "combined")])
@pytest.mark.parametrize("odd_first", [True, False])
def test_the_kind_is_that_of_the_first_row_however_it_was_read(first: bytes, kind: str, odd_first: bool) -> None:
    first = first.replace(b" - ", b"  - ") if odd_first else first
    others = b"\n".join((b"v:1 " + COMBINED, b"v:1 " + COMBINED.replace(b" - ", b"  - ")))
    assert parse_by_columns(b"bad\n" + first + b"\n" + others, "auto").kind == kind
    assert parse_by_columns(b"bad\n" + others + b"\n" + first, "auto").kind == "vhost_combined"


def test_a_line_at_the_limit_is_read_and_a_longer_one_is_oversized() -> None:
    longest = COMMON + b" " + b"x" * (DEFAULT_LINE_BYTES - len(COMMON) - 1)
    batch = FamilyFormat("auto").parse(
        b"\n".join((COMMON, longest, longest + b"\r", b" " * len(longest) + b" ", COMMON))
    )
    assert batch.line_nos.tolist() == [1, 2, 5]
    assert batch.oversized_nos.tolist() == [3, 4]
    assert (batch.lines, batch.malformed_lines) == (5, 2)


@pytest.mark.parametrize("length", range(WORD_BYTES + 1))
def test_a_chunk_shorter_than_a_word_has_no_rows(length: int) -> None:
    for byte in (b"x", b" ", b'"', b"\n"):
        batch = FamilyFormat("auto").parse(byte * length)
        assert batch.rows.num_rows == 0
        assert batch.lines == (1 if byte in b'x"' and length else 0)
