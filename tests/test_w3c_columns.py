"""Lines under any #Fields lines mean the same by columns, line by line, and to the slow reader."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.presets import BY_NAME
from http_monitor.parser.w3c.format import W3cFormat
from tests.agreement import FILLER, check_alike, rows_read
from tests.examples import examples

TEXTS = {
    "date": ["2025-10-10", "2025-02-30", "-", "2025-1<-10"],
    "time": ["11:55:36", "11:55:36.25", "24:00:00", "-"],
    "c-ip": ["192.0.2.7", "-", ""],
    "c-dns": ["a.example"],
    "cs-method": ["GET", "CONNECT", "-", "9"],
    "cs-uri": ["/a?b", "http://h/x", "-"],
    "cs-uri-stem": ["/a/b", "/", "*", "-", "a:443"],
    "cs-uri-query": ["c=/d", "-", ""],
    "sc-status": ["200", "000", "0", "99", "-", "2000"],
    "sc-bytes": ["7", "-", "x", "9223372036854775808"],
    "bytes": ["7", "-"],
    "cs-uri-path": ["/a/b", "-"],
    "time-taken": ["31", "0.5", "-", "1s", "x"],
    "cs(User-Agent)": [
        "curl/8",
        "-",
        "",
        '"curl/8 (x)"',
        '"a ""b"" c"',
        '"',
        '"a',
        'a"b',
        '"a\tb"',
        '""',
        '"x" y"',
        '""""',
    ],
    "cs(Referer)": ['"http://h/ x"', "-", '"-"', '""x"'],
    "cs(Host)": ["a:80", "-"],
    "x-host-header": ["b", "-"],
    "SC-Status": ["404", "-"],
    "X-Edge-Result-Type": ["Hit"],
    "other": ["1", ""],
    "sc-win32-status": ["0"],
    "date-local": ["2025-10-10"],
    "Time-Local": ["11:55:36"],
}
SOFTWARE = [
    *([], [], [b"#Software: Microsoft IIS"], [b"#software:WebLogic"], [b"#Software: x"]),
    *[[b"#Software: Apache Tomcat/9.0"]] * 3,
]
NAMES = st.lists(st.sampled_from([*TEXTS, "date", "time", "cs-uri-stem"]), min_size=1, max_size=9)


@st.composite
def logs(draw: st.DrawFn) -> list[bytes]:
    """Return lines under some #Fields lines, most with as many columns as these name."""
    lines: list[bytes] = []
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(st.sampled_from(SOFTWARE))
        names = [*draw(NAMES), *draw(st.sampled_from([("date", "time"), ()]))]
        separator = draw(st.sampled_from([" ", " ", "\t", "  "]))
        lines.append(draw(st.sampled_from(["#Fields: ", "#fields:", "#Fields: ", "# ", " #Fields: "])).encode())
        lines[-1] += " ".join(names).encode()
        for _ in range(draw(st.integers(0, 6))):
            texts = [draw(st.sampled_from(TEXTS[name])) for name in names]
            end = draw(st.sampled_from(["", "", "", "", " ", "\r", " x", "\t"]))
            lines.append((separator.join(texts) + end).encode())
    return lines


@pytest.mark.parametrize("name", ["iis", "cloudfront"])
@settings(max_examples=examples(50), deadline=None)
@given(lines=logs())
def test_any_columns_are_read_alike(name: str, lines: list[bytes]) -> None:
    check_alike(BY_NAME[name], lines)


TOMCAT = [
    b"#Fields: date time c-ip cs-method cs-uri sc-status bytes time-taken cs(User-Agent) cs(Referer)",
    b"#Version: 2.0",
    b"#Software: Apache Tomcat/9.0.85",
]


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (b'"Mozilla/5.0 (X11; Linux x86_64)"', b"Mozilla/5.0 (X11; Linux x86_64)"),
        (b'"say ""hi"" 200 7"', b'say "hi" 200 7'),
        (b'"a\tb c"', b"a\tb c"),
        (b"-", None),
    ],
)
def test_tomcat_writes_headers_in_quotes(agent: bytes, said: bytes | None) -> None:
    line = b"2025-10-10 11:55:36 192.0.2.7 GET /a/b?c=1 503 612 0.013 " + agent + b' "http://h/"'
    for count in (1, 400):
        made = BY_NAME["iis"].make(DEFAULT_LINE_BYTES)
        made.parse(b"\n".join(TOMCAT) + b"\n")
        batch = made.parse((line + b"\n") * count)
        assert batch.malformed_lines == 0
        columns = {name: set(batch.rows.column(name).to_pylist()) for name in batch.rows.schema.names}
        assert (columns["agent"], columns["referer"]) == ({said}, {b"http://h/"})
        assert (columns["status"], columns["size_bytes"], columns["duration_us"]) == ({503}, {612}, {13_000})
    check_alike(BY_NAME["iis"], [*TOMCAT, line])


def test_only_servers_that_write_quotes_have_them_taken_off() -> None:
    line = b'2025-10-10 11:55:36 192.0.2.7 GET /a/b?c=1 503 612 0.013 "a b" -'
    assert rows_read(BY_NAME["iis"], b"\n".join([TOMCAT[0], line])) == [None]
    assert (rows_read(BY_NAME["iis"], b"\n".join([TOMCAT[0], line.replace(b" b", b"")]))[0] or {})["agent"] == b'"a"'


def test_a_checkpoint_knows_that_columns_are_in_quotes() -> None:
    first, second = (BY_NAME["iis"].make(DEFAULT_LINE_BYTES) for _ in range(2))
    assert isinstance(first, W3cFormat)
    assert isinstance(second, W3cFormat)
    first.parse(b"\n".join(TOMCAT) + b"\n")
    second.load(first.save())
    batch = second.parse(b'2025-10-10 11:55:36 192.0.2.7 GET /a 503 612 0.013 "a b" -\n')
    assert batch.rows.column("agent").to_pylist() == [b"a b"]
    with pytest.raises(ValueError, match="no server"):
        second.load({**first.save(), "quotes": 1})


def test_a_line_without_a_date_is_malformed_whatever_its_first_column_is() -> None:
    check_alike(
        BY_NAME["iis"], [b"#Fields: time-taken date time cs-uri-stem", b"31 - 11:55:36 /a", b"31 2025-10-10 - /a"]
    )


def test_a_fields_line_that_is_too_long_changes_nothing_by_columns_either() -> None:
    fields = b"#Fields: date time c-ip cs-uri-stem sc-status"
    line = b"2025-10-10 11:55:36 192.0.2.7 /a 200"
    data = b"\n".join([fields, line, b"#Fields: time date" + b" x" * DEFAULT_LINE_BYTES, *[line] * 40]) + b"\n"
    rows = rows_read(BY_NAME["iis"], data)
    assert len(data) > len(FILLER)
    assert [row and row["status"] for row in rows] == [200, None, *[200] * 40]


def test_the_columns_of_a_chunk_are_those_that_the_one_before_ended_with() -> None:
    fields, line = b"#Fields: date time c-ip cs-uri-stem sc-status\n", b"2025-10-10 11:55:36 192.0.2.7 /a %d\n"
    made = BY_NAME["iis"].make(DEFAULT_LINE_BYTES)
    assert isinstance(made, W3cFormat)
    made.parse(fields + (line % 200) * 40 + FILLER + b"\n" + fields.replace(b"c-ip", b"x"))
    batch = made.parse((line % 404) * 40 + FILLER)
    assert batch.rows.column("host").to_pylist() == [b"-"] * 40
    assert batch.rows.column("status").to_pylist() == [404] * 40
