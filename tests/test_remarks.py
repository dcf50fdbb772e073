"""What of the lines is not read, or cannot be known for certain, is said once."""

import json
import math
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.fields.plausible import ENOUGH_ROWS
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import read_line, utf16_words
from http_monitor.parser.lines.remarks import Remarks
from http_monitor.parser.presets import BY_NAME
from http_monitor.parser.template.format import SMALL_BYTES
from http_monitor.ports.log_format import LogFormat, Remark, Remembering
from tests.examples import examples
from tests.program import run

COMMON = b'192.0.2.7 - - [19/Jan/2026:23:08:15 +0000] "GET /a/b HTTP/1.1" 200 612'
COMBINED = COMMON + b' "-" "curl/8"'
TOMCAT = '%h %l %u %t "%r" %s %b %D'
BOTH = TOMCAT + " %T"


def said(made: LogFormat, *lines: bytes) -> list[Remark]:
    data = b"".join(line + b"\n" for line in lines)
    return [remark for _, remark in Remarks().of_file().check(data, made.parse(data), made)]


@pytest.mark.parametrize(
    ("format_", "line", "name", "words"),
    [
        ("auto", COMBINED + b" 41873", "unit", "a number without a unit (41873) follows the fields of combined,"),
        ("auto", COMBINED + b' 41873 "198.51.100.2"', "unit", "a number without a unit (41873) follows the"),
        ("auto", COMMON + b" 12", "unit", "a number without a unit (12) follows the fields of common,"),
        (
            "auto",
            COMBINED + b' "-" rt=0.004 .',
            "unread",
            "text after the fields of nginx_main is not read: rt=0.004",
        ),
        (
            "auto",
            COMBINED + b" rt=0.004",
            "unread",
            "text after the fields of combined is not read: rt=0.004 (",
        ),
        (
            "auto",
            COMBINED + b"\x1b[2Jx\r",
            "unread",
            r"text after the fields of combined is not read: \x1b[2Jx (",
        ),
        (
            "auto",
            b'192.0.2.7 - - [10/Oct/2025 11:55:36] "GET /a HTTP/1.1" 200 7 "-" "curl/8"',
            "unread",
            'text after the fields of httpserver is not read: "-" "curl/8" (',
        ),
        (
            "auto",
            b'192.0.2.7 - - [2026-01-31T00:00:02.146Z] "POST /a HTTP/1.1" 204 0 "-" "curl/8" "-" 0.034',
            "unread",
            'text after the fields of combined_iso is not read: "-" 0.034 (',
        ),
        (
            "auto",
            b'192.0.2.7 - - [2026-01-31T00:00:02.146Z] "POST /a HTTP/1.1" 204 0 7',
            "unit",
            "a number without a unit (7) follows the fields of combined_iso,",
        ),
        (
            "%ci:%cp [%tr] %HM %HU %ST",
            b"192.0.2.7:4711 [19/Jan/2026:23:08:15.123] GET /a 503 7/0",
            "unread",
            "text after the fields of the format given is not read: 7/0 (",
        ),
        ("common", COMBINED, "unread", 'text after the fields of common is not read: "-" "curl/8" ('),
        ('%h %t "%r" %>s', COMMON.replace(b"- - ", b""), "unit", "a number without a unit (612) follows"),
        (
            "$remote_addr [$time_local] $status",
            b"::1 [19/Jan/2026:23:08:15 +0000] 200 x",
            "unread",
            "text after the",
        ),
        (TOMCAT, COMMON + b" 7", "unit", "%D is microseconds in Apache and milliseconds in old Tomcats, and nothing"),
        (BOTH, COMMON + b" 297 0.297", "unit", "%D is read as milliseconds, as %T beside it shows"),
        (BOTH, COMMON + b" 5000 0", "unit", "%D is read as microseconds, as %T beside it shows"),
        (
            BOTH,
            COMMON + b" 5 0",
            "unit",
            "%D is microseconds in Apache and milliseconds in old Tomcats; until %T shows",
        ),
        (
            "%{X-Forwarded-For}i %t %>s",
            b"::1 [19/Jan/2026:23:08:15 +0000] 200",
            "client",
            "the client is the first address of",
        ),
    ],
)
def test_what_is_not_read_is_said(format_: str, line: bytes, name: str, words: str) -> None:
    made = auto_format() if format_ == "auto" else get_format(format_)
    (remark, *others) = said(made, line)
    assert (remark.name, remark.text[: len(words)], others) == (name, words, [])
    assert remark.text.isprintable()


@pytest.mark.parametrize(
    ("format_", "line"),
    [
        *(("auto", line) for line in (COMMON, COMBINED, COMMON + b" \r", COMBINED + b' "-"', COMBINED + b" - -")),
        ('%h %l %u %t "%r" %>s %b %D', COMMON + b" 7"),
        (TOMCAT.replace("%D", "%{ms}T"), COMMON + b" 7"),
        *((preset.name, preset.examples[-1]) for preset in BY_NAME.values()),
    ],
)
def test_nothing_is_said_of_a_line_that_is_read_to_its_end(format_: str, line: bytes) -> None:
    assert said(auto_format() if format_ == "auto" else get_format(format_), line) == []


def test_the_same_is_said_once_of_all_files_and_only_the_first_lines_are_looked_at() -> None:
    remarks, data = Remarks(), (COMBINED + b" 7\n") * 3
    first, second, third = remarks.of_file(), remarks.of_file(), remarks.of_file()
    made = auto_format()
    batch = made.parse(data)
    assert [len([*it.check(data, batch, made)]) for it in (first, first, second)] == [1, 0, 0]
    plain = (COMBINED + b"\n\n") * ENOUGH_ROWS
    assert [*third.check(plain, made.parse(plain), made)] == []
    late = COMBINED + b" x\n"
    assert [*third.check(late, made.parse(late), made)] == []
    assert len([*remarks.of_file().check(late, made.parse(late), made)]) == 1


def test_what_to_do_is_said_once_in_a_run_though_the_remarks_differ() -> None:
    remarks = Remarks()

    def texts(made: LogFormat, data: bytes) -> list[str]:
        return [remark.text for _, remark in remarks.of_file().check(data, made.parse(data), made, last=True)]

    doubt = "the host of its only line is no address or name, for example"
    assert texts(auto_format(), COMBINED + b" x\n") == [
        "text after the fields of combined is not read: x (--format-from takes the format from the server's"
        " configuration, --format the string itself)"
    ]
    assert texts(auto_format(), b"www.example.org " + COMBINED + b" y\n") == [
        "text after the fields of vhost_combined is not read: y"
    ]
    assert texts(get_format("common"), COMMON.replace(b"192.0.2.7", b"info:") + b"\n") == [
        f"{doubt} info:: the format may be another (--unwrap removes what precedes each line, --format sets their"
        " format)"
    ]
    assert texts(get_format("common"), COMMON.replace(b"192.0.2.7", b"warn:") + b"\n") == [
        f"{doubt} warn:: the format may be another"
    ]


def test_a_notice_has_its_kind_and_its_file(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes((COMBINED + b" 41873\n") * 3)
    done = run("--replay", "--no-state", "--file", log)
    assert done.err.count(b"a number without a unit (41873)") == 1
    done = run("--replay", "--no-state", "--output", "ndjson", "--file", log)
    notices = [it for it in done.objects if it["type"] == "notice" and it["name"] == "unit"]
    assert [notice["file"] for notice in notices] == [str(log)]


def units(pairs: list[tuple[int, str]]) -> Iterator[int | None]:
    """Yield the microseconds of lines with ``%D`` and ``%T``, slowly: before one of them shows the unit, nothing."""
    per: int | None = None
    for number, seconds in pairs:
        there = float(seconds)
        room = 1.0 if "." not in seconds or float(seconds).is_integer() else 0.002
        fits = [size for size in (1, 1_000) if abs(number * size / 1e6 - there) < room - 1e-12]
        per = fits[0] if per is None and len(fits) == 1 else per
        yield None if per is None else number * per


PAIRS = st.tuples(
    st.integers(0, 9_000_000), st.sampled_from(["D in ms", "D in us", "D in ms, decimals", "D in us, decimals", "any"])
)


@settings(max_examples=examples(100), deadline=None)
@given(given_pairs=st.lists(PAIRS, min_size=1, max_size=8), cut=st.integers(0, 8), padded=st.booleans())
def test_the_unit_of_d_is_that_which_the_seconds_beside_it_show_wherever_lines_are_cut(
    given_pairs: list[tuple[int, str]], cut: int, padded: bool
) -> None:
    pairs = []
    for size_us, how in given_pairs:
        number = size_us // 1_000 if "ms" in how else size_us % 5_000_000
        per = 1_000 if "ms" in how else 1
        seconds = f"{number * per / 1e6:.3f}" if "decimals" in how else str(math.floor(number * per / 1e6))
        pairs.append((number, "3" if how == "any" else seconds))
    lines = [COMMON + f" {number} {seconds}".encode() for number, seconds in pairs]
    expected = [*units(pairs)]
    data = [line + b"\n" for line in lines]
    # Lines long enough are read by columns.
    filler = b"x" * SMALL_BYTES + b"\n" if padded else b""
    before, after = get_format(BOTH), get_format(BOTH)
    found = before.parse(b"".join(data[:cut]) + filler).rows.column("duration_us").to_pylist()
    assert isinstance(before, Remembering)
    assert isinstance(after, Remembering)
    after.load(json.loads(json.dumps(before.save())))
    found += after.parse(b"".join(data[cut:]) + filler).rows.column("duration_us").to_pylist()
    assert found == expected
    reader = get_format(BOTH)
    values = [read_line(reader, line).values for line in lines]
    assert [value and value["duration_us"] for value in values] == expected


W3C = b"#Fields: date time cs-method cs-uri sc-status time-taken"


@pytest.mark.parametrize(
    ("head", "text", "duration_us", "doubted"),
    [
        ([W3C], b"0.024", 24_000, False),
        ([W3C], b"24", None, True),
        ([W3C], b"-", None, False),
        ([W3C + b" sc-win32-status"], b"24", 24_000, False),
        ([b"#Software: Microsoft Internet Information Services 10.0", W3C], b"24", 24_000, False),
        ([b"#Software: Apache Tomcat/9.0", W3C], b"2", 2_000_000, False),
        ([b"#Software: WebLogic Server 14", W3C], b"0.5", 500_000, False),
        ([b"#Software: WebLogic", b"#Software: Other", W3C], b"5", None, True),
    ],
)
def test_time_taken_is_of_the_unit_that_the_header_the_columns_or_a_decimal_point_show(
    head: list[bytes], text: bytes, duration_us: int | None, doubted: bool
) -> None:
    line = b"2026-04-04 14:00:53 POST /a 400 " + text + (b" 0" if head[-1] != W3C else b"")
    for copies in (1, 1_000):
        made = BY_NAME["iis"].make(DEFAULT_LINE_BYTES)
        data = b"".join(one + b"\n" for one in chain(head, [line] * copies))
        batch = made.parse(data)
        assert batch.rows.column("duration_us").to_pylist() == [duration_us] * copies
        found = [*Remarks().of_file().check(data, batch, made)]
        assert [remark.name for _, remark in found] == ["unit"] * doubted


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_known_with_or_without_its_mark(encoding: str) -> None:
    assert utf16_words(COMMON.decode().encode(encoding)).startswith("this is UTF-16, as > of PowerShell writes it")
    assert not utf16_words(COMMON)
    assert not utf16_words(b"\x16\x03\x01\x00\x00")
    assert not utf16_words(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0>\0\x01" + bytes(3) + b"\xd0a" + bytes(6))
