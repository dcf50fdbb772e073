"""LogFormat strings: what they are made of, and what the lines they describe mean."""

import datetime
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.errors import UsageError
from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.declared.apache import ApacheFormat, apache_template
from http_monitor.parser.declared.apache_directives import Directive, split_logformat
from http_monitor.parser.declared.nginx import nginx_template
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.parser.template import matching
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.matching import Matcher
from http_monitor.ports.log_format import LogFormat
from tests.examples import examples

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
TIME = "[10/Oct/2000:13:55:36 -0700]"
TIME_US = 971_211_336_000_000
CSV = (
    r"%v,%p,%h,%l,%u,%t,%I,%O,%S,%B,%{ms}T,%D,%^FB,%>s,\"%H\",\"%m\",\"%U\",\"%q\",\"%{Referer}i\",\"%{User-Agent}i\","
    r"\"%{VARNAME}C\",%L"
)
"""What small_business_custom_csv.log was written with."""


def format_of(text: str) -> LogFormat:
    """Return the reader of a LogFormat, of one too that is no more than a part of what the program asks for."""
    return TemplateFormat(text, nginx_template(text), DEFAULT_LINE_BYTES) if "$" in text else ApacheFormat(text)


def read(text: str, line: str) -> dict[str, Any] | None:
    """Return the row that a LogFormat makes of a line, None for a malformed one; time in microseconds."""
    batch = format_of(text).parse(line.encode() + b"\n")
    assert batch.lines == 1
    rows: list[dict[str, Any]] = batch.rows.to_pylist()
    return {**rows[0], "time": int(rows[0]["time"].timestamp()) * 1_000_000} if rows else None


def field(text: str, line: str, name: str) -> object:
    row = read(text, line)
    assert row is not None
    return row[name]


def test_a_logformat_is_split_into_directives_and_literals() -> None:
    assert split_logformat(r"%%a\"%!200,304{Referer}i\"	%>{c}h%^FB") == [
        '%a"',
        Directive("%!200,304{Referer}i", "i", "Referer", conditional=True, final=False),
        '"\t',
        Directive("%>{c}h", "h", "c", conditional=False, final=True),
        Directive("%^FB", "^FB", None, conditional=False, final=False),
    ]


@pytest.mark.parametrize("text", ["% h %t", "%t %", "%t %{Referer", "%t %200"])
def test_a_percent_without_a_directive_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--format: got '%.*' in a LogFormat, takes %h, "):
        get_format(text)


@pytest.mark.parametrize(
    ("text", "lacks"), [('%t "%r" %>s', "%h"), ("%h %t", "%>s"), ("%t", "%h"), ("%h %t %b", "%>s")]
)
def test_a_logformat_without_a_host_or_a_status_is_refused(text: str, lacks: str) -> None:
    expected = f"--format: got a LogFormat without {lacks}, takes one with %h, %t and %>s"
    with pytest.raises(UsageError, match=f"^{re.escape(expected)}$"):
        get_format(text)


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ('%h %l %u "%r" %>s %b', "no time"),
        ("%h %{%Y-%m-%d}t %{%H}t", "only %{%Y-%m-%d}t"),
        ("%{msec_frac}t %h", "only %{msec_frac}t"),
        ("%%t", "no time"),
    ],
)
def test_a_logformat_without_a_time_that_can_be_read_is_refused(text: str, got: str) -> None:
    expected = f"--format: got a LogFormat with {got}, takes one with the time as %t"
    with pytest.raises(UsageError, match=f"^{re.escape(expected)}$"):
        get_format(text)


@pytest.mark.parametrize(
    ("text", "line", "name", "value"),
    [
        ("%t %h", f"{TIME} h", "time", TIME_US),
        ("%{}t %h", f"{TIME} h", "time", TIME_US),
        ("%{begin}t %h", f"{TIME} h", "time", TIME_US),
        ("%<{end:}t %h", f"{TIME} h", "time", TIME_US),
        ("%{[%d/%b/%Y:%H:%M:%S %z]}t %h", f"{TIME} h", "time", TIME_US),
        ("[%{%d/%b/%Y:%T %z}t] %h", f"{TIME} h", "time", TIME_US),
        ("%{%s}t %t", f"971211336 {TIME}", "time", TIME_US),
        ("%{sec}t %h", "971211336 h", "time", TIME_US),
        ("%{msec}t %h", "971211336427 h", "time", TIME_US),
        ("%{usec}t %h", "971211336427000 h", "time", TIME_US),
        ("%{%Y-%m-%dT%H:%M:%S%z}t %h", "2000-10-10T13:55:36-0700 h", "time", TIME_US),
        ("%{end:%F %T %z}t %h", "2000-10-10 13:55:36 -0700 h", "time", TIME_US),
        ("%t %h", f"{TIME} 2001:db8::1", "host", b"2001:db8::1"),
        ("%t %v %h", f"{TIME} a.example h", "vhost", b"a.example"),
        ("%t %{Host}i %h", f"{TIME} a.example:8080 h", "vhost", b"a.example"),
        ("%t %I", f"{TIME} 20", "bytes_in", 20),
        ("%t %{SSL_PROTOCOL}x", f"{TIME} TLSv1.3", "tls", b"TLSv1.3"),
        ('%h %t "%{X-Forwarded-For}i"', f'h {TIME} "192.0.2.1, 192.0.2.2"', "forwarded", b"192.0.2.1, 192.0.2.2"),
        ("%t %a", f"{TIME} 192.0.2.1", "host", b"192.0.2.1"),
        ("%t %{c}a", f"{TIME} 192.0.2.1", "host", b"192.0.2.1"),
        ("%t %a %h", f"{TIME} 192.0.2.1 a.example", "host", b"a.example"),
        ("%t %a:%{remote}p", f"{TIME} 2001:db8::1:443", "host", b"2001:db8::1"),
        ("%t %h,%l", f"{TIME} a,b", "host", b"a"),
        ("%t %s", f"{TIME} 200", "host", b"-"),
        ("%h %l %u %t %D", f"h - John Smith {TIME} 1", "user", b"John Smith"),
        ("%h %l %u %t %D", f"h - - {TIME} 1", "user", None),
        ('%t "%u"', f'{TIME} ""', "user", b""),
        ('%t "%{Referer}i"', rf'{TIME} "a \"b\" c\\"', "referer", rb"a \"b\" c\\"),
        ('%t "%{rEfErEr}i"', f'{TIME} "r"', "referer", b"r"),
        (r"%t \"%{User-agent}i\"", f'{TIME} "a"', "agent", b"a"),
        ("%t %{User-Agent}i", f"{TIME} Mozilla/5.0 (X11)", "agent", b"Mozilla/5.0 (X11)"),
        ('%t "%!200,304{User-Agent}i"', f'{TIME} "-"', "agent", None),
        ("%t %s", f"{TIME} 404", "status", 404),
        ("%t %s %>s", f"{TIME} 301 200", "status", 200),
        ("%t %<s", f"{TIME} 301", "status", 301),
        ("%t %h", f"{TIME} h", "status", 0),
        ("%t %b", f"{TIME} -", "size_bytes", None),
        ("%t %O %b", f"{TIME} 10 5", "size_bytes", 5),
        ("%t %O %I %B", f"{TIME} 10 20 5", "size_bytes", 5),
        ("%t %I %O", f"{TIME} 20 10", "size_bytes", 10),
        ("%t %I", f"{TIME} 20", "size_bytes", None),
        ("%t %b", f"{TIME} 0009223372036854775807", "size_bytes", 9_223_372_036_854_775_807),
        ("%t %D", f"{TIME} 1234", "duration_us", 1234),
        ("%t %T", f"{TIME} 3", "duration_us", 3_000_000),
        ("%t %{ms}T", f"{TIME} 3", "duration_us", 3_000),
        ("%t %T %{us}T", f"{TIME} 0 5", "duration_us", 5),
        ("%t %T %D", f"{TIME} 1 1000001", "duration_us", 1_000_001),
        ("%t %D", f"{TIME} -", "duration_us", None),
        ("%t %T", f"{TIME} {'9' * 18}", "duration_us", None),
        ('%t "%r"', rf'{TIME} "GET /a\"b/c HTTP/1.1"', "section", rb"/a\"b"),
        ('%t "%r"', f'{TIME} "-"', "section", b"(none)"),
        ('%t "%400r" "%r"', f'{TIME} "-" "GET /a HTTP/1.1"', "section", b"/a"),
        ("%t %400r %s", f"{TIME} GET /a/b HTTP/1.1 200", "path", b"/a/b"),
        ("%m %U%q %H %t", f"GET /a/b?c=/d HTTP/1.1 {TIME}", "path", b"/a/b"),
        ('%t "%m %U%q %H"', f'{TIME} "GET /a/b HTTP/1.1"', "section", b"/a"),
        ("%t %m %U", f"{TIME} POST /a/b", "method", b"POST"),
        ("%t %U", f"{TIME} /a/b", "section", b"/a"),
        ("%t %U", f"{TIME} /a/b", "method", None),
        ("%t %m", f"{TIME} POST", "section", b"(none)"),
        ("%t %m %U", f"{TIME} CONNECT a:443", "section", b"(connect)"),
        ("%t %m %U", f"{TIME} - -", "method", None),
        ("%%%t%%%h%%", f"%{TIME}%h%", "host", b"h"),
        (r"%t\t%h", f"{TIME}\th", "host", b"h"),
        ("%t %h", f"{TIME} \t h", "host", b"h"),
        ("[é] %t %h", f"[é] {TIME} h", "host", b"h"),
        ('%h %t "%r" %>s %b', f'h {TIME} "GET / HTTP/1.1" 200 5 "and" more', "size_bytes", 5),
        ('%h %t "%{Referer}i"', f'h {TIME} "r"and more', "referer", b"r"),
        ("%h %h %t", f"a b {TIME}", "host", b"a"),
    ],
)
def test_a_directive_gives_a_field(text: str, line: str, name: str, value: object) -> None:
    assert field(text, line, name) == value


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("%h %t %s", f"h {TIME} 099", "column 32: not %s of the LogFormat"),
        ("%h %t %s", f"h {TIME} --", "column 32: not %s of the LogFormat"),
        ("%h %t %s", "h [10/Oct/2000] 200", "column 3: a time that is not like [10/Oct/2000:13:55:36 -0700]"),
        ("%h %t %s", "h [30/Feb/2000:13:55:36 -0700] 200", "column 3: a date that does not exist"),
        ("%h %t %b", f"h {TIME} 9223372036854775808", "column 32: a size that is neither - nor digits within 63 bits"),
        ("%h %t %b", f"h {TIME} 5x", "column 32: not %b of the LogFormat"),
        ("%h,%t", f"h {TIME}", "column 2: not ',' of the LogFormat"),
        ('%t "%r" %s', f'{TIME} "GET / HTTP/1.1 200', "column 31: not '\" ' of the LogFormat"),
        ("%200t %h", "- h", "column 1: not %200t of the LogFormat"),
    ],
)
def test_a_line_that_does_not_fit_is_malformed_and_says_why(text: str, line: str, reason: str) -> None:
    assert read(text, line) is None
    assert explain(line.encode(), format_of(text)) == reason


def test_a_line_that_fits_needs_no_explanation() -> None:
    assert explain(f"h {TIME} 200\r".encode(), format_of("%h %t %s")) == ""


def test_lines_are_counted_as_in_the_family() -> None:
    text = f"h {TIME} 200"
    long = text + " " + "x" * DEFAULT_LINE_BYTES
    data = "\n".join(("", text, " \t\r", "bad", text + "\r", long, "\udcff" + "y" * 2000, text))
    batch = format_of("%h %t %s").parse(data.encode("utf-8", "surrogateescape"))
    assert (batch.lines, batch.line_nos.tolist(), batch.oversized_nos.tolist()) == (6, [1, 3, 6], [4])
    assert [(sample.line_no, sample.raw) for sample in batch.samples] == [
        (2, b"bad"),
        (4, long[:1000].encode()),
        (5, b"\xff" + b"y" * 999),
    ]
    assert batch.kind == "custom"
    assert format_of("%h %t").parse(b"\n").kind is None
    assert format_of("%h %t").parse(b"").lines == 0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('%h %l %u %t "%r" %>s %b', "common"),
        (r"%h %l %u %t \"%r\" %>s %b", "common"),
        ('%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"', "combined"),
        ('%v %h %l %u %t "%r" %s %b', "vhost_common"),
        (r"%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"", "vhost_combined"),
    ],
)
def test_the_logformats_of_the_family_are_read_as_the_family(text: str, name: str) -> None:
    fmt = get_format(text)
    assert isinstance(fmt, FamilyFormat)
    assert fmt.name == name


@pytest.mark.parametrize("text", ['%h %l %u %t "%r" %>s %b %D', '%h %l %u %t "%r" %>s %b "%{Referer}i"'])
def test_other_logformats_are_read_by_their_own_pattern(text: str) -> None:
    fmt = get_format(text)
    assert isinstance(fmt, ApacheFormat)
    assert fmt.name == text


FORMATS = (
    '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D',
    CSV,
    '%h, %u %t "%m %U%q %H" %s',
    "%h %t %U%q %{Cookie}i|%b",
    "%a:%{remote}p %t %T %{User-Agent}i",
    '"%h" "%t" \'%u\' %s',
)
PIECES = st.sampled_from(
    [
        TIME.encode(),
        b" ",
        b"  ",
        b"\t",
        b",",
        b'"',
        b"\\",
        b'\\"',
        b"|",
        b":",
        b"?",
        b"-",
        b"h",
        b"/a",
        b"200",
        b"\xff",
        b"'",
    ]
)


@given(st.sampled_from(FORMATS), st.lists(PIECES, max_size=30).map(b"".join))
@settings(max_examples=examples(200), deadline=None)
def test_the_strict_and_the_lenient_pattern_agree(text: str, line: bytes) -> None:
    _assert_patterns_agree(text, line)


GOOD = (
    (FORMATS[0], rf'h - a {TIME} "GET /x HTTP/1.1" 200 5 "r" "a \"b\"" 17'.encode()),
    (FORMATS[2], f'h, u {TIME} "GET /x?y=z HTTP/1.1" 200'.encode()),
    (FORMATS[3], f"h {TIME} /x?y c=d|5".encode()),
    (FORMATS[4], f"192.0.2.1:80 {TIME} 3 Mozilla (X)".encode()),
    (FORMATS[5], f'"h" "{TIME}" \'u\' 200'.encode()),
)


@given(st.sampled_from(GOOD), st.data())
@settings(max_examples=examples(200), deadline=None)
def test_the_patterns_agree_on_edited_lines(good: tuple[str, bytes], data: st.DataObject) -> None:
    text, line = good
    at = data.draw(st.integers(0, len(line)))
    _assert_patterns_agree(text, line[:at] + data.draw(PIECES) + line[at + data.draw(st.integers(0, 1)) :])


def _assert_patterns_agree(text: str, line: bytes) -> None:
    matcher = Matcher(apache_template(text))
    lines = line.split(b"\n")
    found = matcher.match(lines)
    assert found == matcher.match(lines, strict=False)
    # This tries the lenient pattern on each line, whether the line has what a fitting line must have or not.
    assert [texts is not None for texts in found] == [matcher.whole(each) is not None for each in lines]


def test_a_line_without_what_must_be_in_it_is_not_given_to_arrow(monkeypatch: pytest.MonkeyPatch) -> None:
    given_lines: list[bytes] = []
    extract = matching._extract

    def counted(lines: Sequence[bytes], pattern: str) -> Any:
        given_lines.extend(lines)
        return extract(lines, pattern)

    monkeypatch.setattr(matching, "_extract", counted)
    matcher = Matcher(apache_template(FORMATS[2]))
    with_blank = f'h, u v {TIME} "GET /x HTTP/1.1" 200'.encode()
    lines = [b"# h, u", b'"h, u" [', with_blank, b"h u " + with_blank[5:]]
    assert [texts is not None for texts in matcher.match(lines)] == [False, False, True, False]
    assert given_lines == [with_blank]


@pytest.mark.parametrize("text", FORMATS)
@pytest.mark.parametrize("unit", [b" ", b'"', b"\\", b'\\"', b"a,", b"a ", b"[,", b'"\\" ', b"?"])
def test_a_hostile_line_at_the_limit_is_only_malformed(text: str, unit: bytes) -> None:
    line = b"h " + TIME.encode() + b" " + unit * ((DEFAULT_LINE_BYTES - 40) // len(unit))
    batch = format_of(text).parse(line)
    assert (batch.lines, batch.rows.num_rows) == (1, 0)


def _records(name: str) -> list[dict[str, Any]]:
    path = DATA / name
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


CUSTOM = _records("custom_formats.ndjson")
STATED = [case for case in CUSTOM if "expected" in case]
WITHOUT_A_HOST = {"c0025", "c0026"}
"""Cases that do not say who asked, so that get_format refuses them."""
needs_data = pytest.mark.skipif(not CUSTOM, reason="../shared/data/custom_formats.ndjson is not here")


@needs_data
@pytest.mark.parametrize("case", STATED, ids=lambda case: str(case["case"]))
def test_a_line_of_another_project_means_the_same_here(case: dict[str, Any]) -> None:
    stated = case["expected"]
    if case["case"] in WITHOUT_A_HOST:
        with pytest.raises(UsageError, match=r"^--format: got a LogFormat without %h"):
            get_format(case["logformat"])
    stated = {**stated, "host": stated["host"] or "-"}
    row = read(case["logformat"], case["line"].removesuffix("\r\n"))
    assert row is not None
    # The whole target is what that project calls path; a method without one is none here.
    names = {"host": "host", "user": "user", "method": "method", "referer": "referer", "user_agent": "agent"}
    for theirs, ours in names.items():
        assert row[ours] == (None if stated[theirs] is None else stated[theirs].encode()), ours
    assert row["time"] == int(datetime.datetime.fromisoformat(stated["time"]).timestamp()) * 1_000_000
    assert (row["status"], row["size_bytes"]) == (stated["status"], stated["size"])
    assert row["path"] == (None if stated["path"] is None else stated["path"].partition("?")[0].encode())


@needs_data
def test_every_logformat_of_other_projects_is_read_or_refused_for_its_time() -> None:
    refused = []
    for case in CUSTOM:
        try:
            fmt = format_of(case["logformat"])
        except UsageError as error:
            refused.append(case["logformat"])
            assert re.search(r"(no time|only %.*t), takes one with the time as %t$", str(error)) or "$" in refused[-1]
            continue
        batch = fmt.parse(case["line"].encode() + b"\n")
        # The dash of %200t, for another status, is no time to count a line by; names of months are English.
        assert batch.rows.num_rows == (0 if case["line"] == "-" or "M\u00e4r" in case["line"] else 1)
    assert (len(CUSTOM), len(refused)) == (94, 38)
    assert not any("%t" in re.sub(r"\{.*?\}", "{}", text) for text in refused)


@pytest.mark.skipif(not (DATA / "logs").is_dir(), reason="../shared/data/logs is not here")
def test_a_real_log_with_commas_is_read_to_its_last_line() -> None:
    data = (DATA / "logs" / "small_business_custom_csv.log").read_bytes()
    batch = get_format(CSV).parse(data)
    assert (batch.lines, batch.malformed_lines) == (1700, 0)
    first = batch.rows.slice(0, 1).to_pylist()[0]
    assert first == {
        "time": datetime.datetime(2024, 12, 5, 0, 10, 18, tzinfo=datetime.UTC),
        "host": b"78.153.140.223",
        "section": b"/",
        "path": b"/",
        "method": b"GET",
        "user": None,
        "referer": None,
        "agent": None,
        "status": 400,
        "size_bytes": 362,
        "duration_us": 73,
        "upstream_us": None,
        "bytes_in": 5,
        "vhost": b"farmfreshsoftware.com",
        "cache": None,
        "tls": None,
        "forwarded": None,
        "source": None,
        "server": None,
        "lacks": None,
    }
