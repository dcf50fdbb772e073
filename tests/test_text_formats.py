"""Text formats mean the same by columns, line by line, and to the slow reader."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.errors import UsageError
from http_monitor.parser.declared.apache import apache_template
from http_monitor.parser.declared.nginx import nginx_template
from http_monitor.parser.fields.row_builder import Meaning, Wrong
from http_monitor.parser.formats import get_format
from http_monitor.parser.presets import PRESETS
from http_monitor.parser.template import format as text
from http_monitor.parser.template.format import TemplateFormat
from http_monitor.parser.template.template import Place, Template
from http_monitor.ports.log_format import Explaining
from http_monitor.records import Batch
from tests.examples import examples
from tests.reference.template import find_fields
from tests.test_cases_of_other_projects import CASES
from tests.test_cases_of_other_projects import _line as line_of

TIMES = ("10/Oct/2025:13:55:36 +0200", "11/Oct/2025:00:00:00 -0330")
OWN = (
    '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D',
    "%v,%p,%h,%t,%I,%O,%>s,%m,%U,%{ms}T,%{X-Forwarded-For}i",
    '%a [%{X-Forwarded-For}i] %u %t "%m %U %H" %>s %B "%{Host}i" %{SSL_PROTOCOL}x',
    "$remote_addr|$time_local|$request_method|$request_uri|$status|$request_time|$upstream_cache_status|$host",
    '$remote_addr [$time_local] "$request" $status $upstream_addr $upstream_response_time $request_id',
    "$http_x_forwarded_for [$time_local] $request $http_host $status $body_bytes_sent",
    '%{X-Forwarded-For}i %l %u %t "%r" %>s %b',
)


def template_of(written: str) -> Template:
    return nginx_template(written) if "$" in written else apache_template(written)


PRESET_FORMATS = [
    made
    for made in (preset.make(DEFAULT_LINE_BYTES) for preset in PRESETS)
    if isinstance(made, TemplateFormat) and not made._template.exact
]
FORMATS = [*PRESET_FORMATS, *(TemplateFormat(written, template_of(written), DEFAULT_LINE_BYTES) for written in OWN)]
each_format = pytest.mark.parametrize("fmt", FORMATS, ids=lambda fmt: fmt.name)

WORDS = st.sampled_from(
    ["a", "-", "x-1", "192.0.2.7", "2001:db8::1", "shop.example:443", "b:c", "/a/b", "0a1b", "\xff"]
)
SECONDS = st.sampled_from(["0.000", "1.250", "12.034"])
ADDRESSES = st.sampled_from(["10.0.0.1:80", "unix:/tmp/s", "[2001:db8::1]:80"])
REQUESTS = st.sampled_from(
    [
        "GET /a/b?c=/d HTTP/1.1",
        "POST / HTTP/2.0",
        "-",
        "",
        "GET /a b HTTP/1.1",
        "CONNECT a:443 HTTP/1.1",
        r"\x16\x03",
        "GET /x",
    ]
)


def _list(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, min_size=1, max_size=3).map(", ".join) | st.lists(items, min_size=2, max_size=2).map(
        " : ".join
    )


def _texts(place: Place) -> st.SearchStrategy[str]:
    """Return what a server may write for a field, without what ends it."""
    field = place.slot.field
    numbers = st.integers(0, 10**6).map(str) | st.just("-")
    if field.role == "time":
        bracketed = place.slot.width == 28
        return st.sampled_from([f"[{time}]" if bracketed else time for time in TIMES])
    if place.slot.looks.startswith("(?:-|[0-9]+)("):
        return _list(numbers)
    if "upstream_addr" in field.name:
        return _list(ADDRESSES)
    if field.role == "upstream" or re.fullmatch("upstream_.*_time", field.name):
        return _list(SECONDS | st.just("-"))
    kinds: dict[str | None, st.SearchStrategy[str]] = {
        "status": st.integers(100, 999).map(str),
        "size": numbers,
        "bytes_in": numbers,
        "port": numbers,
        "duration": SECONDS if place.slot.kind == "typed" else numbers,
        "request": REQUESTS,
        "method": st.sampled_from(["GET", "POST", "-", "CONNECT", "9"]),
        "path": st.sampled_from(["/", "/a/b", "*", "-"]),
        "target": st.sampled_from(["/", "/a?b", "http://x/y"]),
    }
    plain = kinds.get(field.role, WORDS)
    if field.role == "request" and not place.quoted:
        return REQUESTS.filter(lambda text: "HTTP/" in text or (text != "" and " " not in text))
    if place.quoted and field.role in ("agent", "referer", "forwarded", "user"):
        return plain | st.sampled_from(["", "two words", r"a \"b\"", r"c\\", "192.0.2.1, 192.0.2.2"])
    return plain


@st.composite
def written_lines(draw: st.DrawFn, template: Template) -> tuple[bytes, list[bytes]]:
    """Return a line as the format says, and the texts of its fields."""
    line, texts = b"", []
    for part in template.parts:
        if isinstance(part, Place):
            texts.append(draw(_texts(part)).encode("latin-1"))
            line += texts[-1]
        elif isinstance(part, bytes):
            line += part
    return line, texts


EDITS = st.sampled_from(
    [b"", b'"', b" ", b"  ", b"\\", b'\\"', b"\t", b",", b"[", b"]", b"|", b"-", b" : ", b"\xff", b"\r", b"\x00", b"0"]
)


@st.composite
def edited_lines(draw: st.DrawFn, template: Template) -> bytes:
    """Return a line that was written and then, most times, damaged."""
    line, _ = draw(written_lines(template))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(line)))
        line = line[:at] + draw(EDITS) + line[at + draw(st.integers(0, 2)) :]
    return (line[: draw(st.integers(0, len(line)))] if draw(st.integers(0, 9)) == 0 else line).replace(b"\n", b"")


def _shown(batch: Batch) -> tuple[Any, ...]:
    return batch.rows.to_pylist(), batch.line_nos.tolist(), batch.lines, batch.samples


def _by(threshold: int, parse: Callable[[bytes], Batch], data: bytes) -> Batch:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "SMALL_BYTES", threshold)
        return parse(data)


@each_format
@given(data=st.data())
@settings(max_examples=examples(20), deadline=None)
def test_columns_lines_and_the_slow_reader_agree_on_any_line(fmt: TemplateFormat, data: st.DataObject) -> None:
    template = fmt._template
    lines = data.draw(st.lists(edited_lines(template), min_size=1, max_size=6))
    log = b"".join(line + b"\n" for line in lines) + b" " * 16 + b"\n"
    single, columns = _by(1 << 40, fmt.parse, log), _by(0, fmt.parse, log)
    assert _shown(columns) == _shown(single)
    columns.rows.validate(full=True)
    meaning = Meaning(template.fields, fmt.name, keeps_empty=True)
    fitting = 0
    for line in lines:
        found = find_fields(line.removesuffix(b"\r"), template.parts) if line.strip() else None
        reading = fmt.read_line(line)
        if found is None or isinstance(meaning.entry(found), Wrong):
            assert reading.values is None
        else:
            fitting += 1
            assert reading.values == meaning.name_values(found)
            assert [line[part.start : part.stop] for part in reading.found] == found
    assert fitting == single.rows.num_rows


@each_format
@given(data=st.data())
@settings(max_examples=examples(15), deadline=None)
def test_what_a_server_writes_is_read_back(fmt: TemplateFormat, data: st.DataObject) -> None:
    line, texts = data.draw(written_lines(fmt._template))
    reading = fmt.read_line(line)
    assert reading.values == Meaning(fmt._template.fields, fmt.name, keeps_empty=True).name_values(texts)


LOG_FORMAT = """log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                  '$status ${body_bytes_sent} "$http_referer" '
                  '"$http_user_agent" "$http_x_forwarded_for"';"""
LINE = b'192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET /a/b?c HTTP/1.1" 200 5 "-" "x" "198.51.100.4"'


@pytest.mark.parametrize(
    "written",
    [
        LOG_FORMAT,
        LOG_FORMAT.partition("main")[2],
        LOG_FORMAT.partition("main")[2].removesuffix(";"),
        '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" '
        '"$http_user_agent" "$http_x_forwarded_for"',
        'log_format main escape=default "$remote_addr - $remote_user [$time_local] \\"$request\\" $status "\n'
        '"$body_bytes_sent \\"$http_referer\\" \\"$http_user_agent\\" \\"$http_x_forwarded_for\\"";',
    ],
)
def test_a_log_format_is_taken_as_it_stands_in_a_configuration(written: str) -> None:
    fmt = get_format(written)
    assert isinstance(fmt, Explaining)
    reading = fmt.read_line(LINE)
    assert reading.values == {
        "host": b"192.0.2.7",
        "user": None,
        "time": 971_211_336_000_000,
        "method": b"GET",
        "target": b"/a/b?c",
        "path": b"/a/b",
        "section": b"/a",
        "protocol": b"HTTP/1.1",
        "status": 200,
        "size_bytes": 5,
        "referer": None,
        "agent": b"x",
        "http_x_forwarded_for": b"198.51.100.4",
    }
    assert [(part.name, part.start, part.stop) for part in reading.found][:4] == [
        ("host", 0, 9),
        ("user", 12, 13),
        ("time", 15, 41),
        ("request", 44, 63),
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("$remote_addr $status", "without a time"),
        ("$time_local $status", "without $remote_addr"),
        ("$time_local $remote_addr", "without $status"),
        ("$time_local $remote_addr $status $", "$ in a log_format"),
        ('\'{"status":"$status"}\'', "time"),
        ("nonsense", "ingress_nginx"),
    ],
)
def test_a_log_format_that_cannot_be_counted_by_is_refused(written: str, message: str) -> None:
    with pytest.raises(UsageError, match=r"^--format: got .*" + re.escape(message.lstrip())):
        get_format(written)


def test_a_line_of_the_family_is_read_field_by_field() -> None:
    fmt = get_format("auto")
    assert isinstance(fmt, Explaining)
    line = b"shop.example:443 192.0.2.7 id " + LINE.partition(b" - ")[2]
    reading = fmt.read_line(line)
    assert reading.values is not None
    assert {name: reading.values[name] for name in ("vhost", "port", "host", "ident", "protocol", "agent")} == {
        "vhost": b"shop.example",
        "port": 443,
        "host": b"192.0.2.7",
        "ident": b"id",
        "protocol": b"HTTP/1.1",
        "agent": b"x",
    }
    assert [line[part.start : part.stop] for part in reading.found] == [
        b"shop.example:443", b"192.0.2.7", b"id", b"-", b"[10/Oct/2000:13:55:36 -0700]", b"GET /a/b?c HTTP/1.1",
        b"200", b"5", b"-", b"x",
    ]  # fmt: skip
    cut = fmt.read_line(line.replace(b" 200 ", b" 20 "))
    assert (cut.values, cut.column, cut.expected) == (None, 84, "status of three digits (100–999)")
    assert [part.name for part in cut.found] == ["vhost", "host", "ident", "user", "time", "request"]


def test_a_line_that_does_not_fit_says_where_and_what_should_stand_there() -> None:
    fmt = get_format(LOG_FORMAT)
    assert isinstance(fmt, Explaining)
    cut = fmt.read_line(LINE.replace(b" 200 ", b" 20 "))
    assert (cut.values, cut.column, cut.expected) == (None, 66, "status")
    assert [part.name for part in cut.found] == ["host", "user", "time", "request"]
    wrong = fmt.read_line(LINE.replace(b"10/Oct", b"31/Feb"))
    assert (wrong.values, wrong.column, wrong.expected) == (None, 16, "a date that exists")


COMBINED = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
)
NGINX_CASES = [
    case
    for case in CASES
    if case["format"] in ("nginx", "nginx_main")
    and case["valid"]
    and "ident-set" not in case.get("tags", ())
    and case["id"] != "c0217"
]
"""Lines of nginx by other projects; in those left out something else stands where nginx writes a host or a dash."""


@pytest.mark.skipif(not NGINX_CASES, reason="../shared/data/cases.ndjson is not here")
def test_the_log_format_of_nginx_reads_its_lines_as_the_family_does() -> None:
    data = b"".join(line_of(case).rstrip(b"\r\n") + b"\n" for case in NGINX_CASES)
    family, own = get_format("combined").parse(data), get_format(COMBINED).parse(data)
    assert family.rows.num_rows > 60
    assert (own.rows.to_pylist(), own.line_nos.tolist()) == (family.rows.to_pylist(), family.line_nos.tolist())


def test_a_list_that_continues_after_a_space_is_read_to_its_end_by_columns_too() -> None:
    fmt = get_format(OWN[4])
    line = b'h [10/Oct/2025:13:55:36 +0200] "GET /a HTTP/1.1" 200 a:1 : b:2 0.100 : 0.200 an id\n'
    columns, single = _by(0, fmt.parse, line * 2), _by(1 << 40, fmt.parse, line * 2)
    assert columns.rows.column("upstream_us").to_pylist() == [300_000, 300_000]
    assert _shown(columns) == _shown(single)
    ends = line.replace(b"a:1 : b:2", b"a:1")
    assert _by(0, fmt.parse, ends).rows.column("upstream_us").to_pylist() == [300_000]
