"""The list of formats: what --format takes, and why a line does not fit."""

import subprocess
import sys

import pytest

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.errors import UsageError
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.parser.presets import BY_NAME

COMMON = b'192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /pages/create HTTP/1.0" 200 2326'


@pytest.mark.parametrize("name", ["auto", "common", "combined", "vhost_common", "vhost_combined"])
def test_a_format_has_the_name_it_was_asked_for_by(name: str) -> None:
    assert get_format(name).name == name


@pytest.mark.parametrize("name", ["", "CLF", "what is this", "a\x1b[1m"])
def test_an_unknown_name_is_refused_with_what_is_taken(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        get_format(name)
    names = ", ".join(dict.fromkeys(["auto", "common", "combined", "vhost_common", "vhost_combined", *BY_NAME]))
    takes = f"takes {names} or a LogFormat string with % or a log_format with $"
    assert str(caught.value) == f"--format: got {name.replace(chr(27), chr(92) + 'x1b')}, {takes}"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"hello", "column 6: no time in [ ] after host, ident and user"),
        (b"", "column 1: no time in [ ] after host, ident and user"),
        (b"h [10/Oct/2000:13:55:36 -0700] x", "column 33: no time in [ ] after host, ident and user"),
        (COMMON.replace(b"Oct", b"oct"), "column 19: a month not written Jan … Dec"),
        (COMMON.replace(b"10/Oct", b"31/Feb"), "column 19: a date that does not exist"),
        (COMMON.replace(b" -0700", b""), "column 19: no zone behind the time, like -0700"),
        (COMMON.replace(b'"', b""), 'column 48: no request in " " after the time'),
        (COMMON.replace(b'0"', b"0"), 'column 48: no request in " " after the time'),
        (COMMON.replace(b'" 200', rb"\" x00"), 'column 48: no request in " " after the time'),
        (COMMON.replace(b'" 2', rb"\" 2"), ""),
        (COMMON.replace(b"200 ", b"2xx "), "column 77: no status of three digits (100–999)"),
        (COMMON.replace(b"200 ", b"099 "), "column 77: no status of three digits (100–999)"),
        (COMMON.replace(b"2326", b"many"), "column 81: a size that is neither - nor digits"),
        (COMMON.replace(b" 2326", b""), "column 80: a size that is neither - nor digits"),
        (COMMON + b'"-"', "column 81: a size that is neither - nor digits"),
        (COMMON.replace(b"2326", b"9223372036854775808"), "column 81: a size beyond 63 bits"),
        (
            b"x" * (DEFAULT_LINE_BYTES + 1),
            f"column {DEFAULT_LINE_BYTES + 1}: a line longer than {DEFAULT_LINE_BYTES} bytes",
        ),
        (COMMON, ""),
        (COMMON + b"\r", ""),
    ],
)
def test_a_line_that_does_not_fit_says_where_and_why(line: bytes, reason: str) -> None:
    fmt = get_format("auto")
    assert explain(line, fmt) == reason
    assert fmt.parse(line or b"x").malformed_lines == (reason != "")


def test_a_format_with_a_vhost_misses_it() -> None:
    fmt = get_format("vhost_common")
    assert explain(COMMON, fmt) == f"column {len(COMMON) + 1}: no time in [ ] after vhost, host, ident and user"
    assert explain(b"example.com " + COMMON, fmt) == ""


PROBE = """
import sys
from http_monitor.parser.formats import get_format
for name in ("auto", '%h %l %u %t "%r" %>s %b'):
    get_format(name).parse(b"bad")
assert "apache_log_parser" not in sys.modules
get_format("%h %t %s")
assert "apache_log_parser" in sys.modules
"""


def test_the_library_that_names_directives_is_imported_for_them_only() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", PROBE], check=True, timeout=60)


def test_a_name_that_is_misspelt_is_answered_with_the_one_that_is_meant() -> None:
    for wrong, right in (
        ("combinde", "combined"),
        ("Common", "common"),
        ("auto ", "auto"),
        ("nginx-json", "nginx_json"),
        ("haproxy", "haproxy_clf"),
    ):
        with pytest.raises(UsageError, match=f"^--format: got {wrong}, takes {right}$"):
            get_format(wrong)
    with pytest.raises(UsageError, match=r"^--format: got what, takes auto, common, .* or a LogFormat string with %"):
        get_format("what")
