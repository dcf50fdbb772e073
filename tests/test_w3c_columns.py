"""Lines under any #Fields lines mean the same by columns, line by line, and to the slow reader."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import MAX_LINE_BYTES
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
    "time-taken": ["31", "0.5", "-", "1s", "x"],
    "cs(User-Agent)": ["curl/8", "-", ""],
    "cs(Host)": ["a:80", "-"],
    "x-host-header": ["b", "-"],
    "SC-Status": ["404", "-"],
    "X-Edge-Result-Type": ["Hit"],
    "other": ["1", ""],
    "sc-win32-status": ["0"],
    "date-local": ["2025-10-10"],
    "Time-Local": ["11:55:36"],
}
NAMES = st.lists(st.sampled_from([*TEXTS, "date", "time", "cs-uri-stem"]), min_size=1, max_size=9)


@st.composite
def logs(draw: st.DrawFn) -> list[bytes]:
    """Return lines under some #Fields lines, most with as many columns as these name."""
    lines: list[bytes] = []
    for _ in range(draw(st.integers(1, 3))):
        lines += draw(
            st.sampled_from([[], [], [b"#Software: Microsoft IIS"], [b"#software:WebLogic"], [b"#Software: x"]])
        )
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


def test_a_line_without_a_date_is_malformed_whatever_its_first_column_is() -> None:
    check_alike(
        BY_NAME["iis"], [b"#Fields: time-taken date time cs-uri-stem", b"31 - 11:55:36 /a", b"31 2025-10-10 - /a"]
    )


def test_a_fields_line_that_is_too_long_changes_nothing_by_columns_either() -> None:
    fields = b"#Fields: date time c-ip cs-uri-stem sc-status"
    line = b"2025-10-10 11:55:36 192.0.2.7 /a 200"
    data = b"\n".join([fields, line, b"#Fields: time date" + b" x" * MAX_LINE_BYTES, *[line] * 40]) + b"\n"
    rows = rows_read(BY_NAME["iis"], data)
    assert len(data) > len(FILLER)
    assert [row and row["status"] for row in rows] == [200, None, *[200] * 40]


def test_the_columns_of_a_chunk_are_those_that_the_one_before_ended_with() -> None:
    fields, line = b"#Fields: date time c-ip cs-uri-stem sc-status\n", b"2025-10-10 11:55:36 192.0.2.7 /a %d\n"
    made = BY_NAME["iis"].make(MAX_LINE_BYTES)
    assert isinstance(made, W3cFormat)
    made.parse(fields + (line % 200) * 40 + FILLER + b"\n" + fields.replace(b"c-ip", b"x"))
    batch = made.parse((line % 404) * 40 + FILLER)
    assert batch.rows.column("host").to_pylist() == [b"-"] * 40
    assert batch.rows.column("status").to_pylist() == [404] * 40
