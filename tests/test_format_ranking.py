"""Which formats a line that fits none is held to first."""

import pytest

from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import read_line
from http_monitor.parser.lines.misfit import describe_expected

HEAD = b'192.0.2.7 - - [26/Nov/2026:21:00:00 +0000] "GET /a/b HTTP/1.1" '


@pytest.mark.parametrize(
    ("line", "first", "column", "expected"),
    [
        (HEAD + b"2000 12", "common", 64, "status of three digits (100–999)"),
        (HEAD + b'200 12x "-" "curl/8"', "common", 68, "a size: - or digits"),
        (HEAD.replace(b"26", b"36", 1) + b'200 12 "-" "curl/8" "-"', "common", 15, "a date that exists"),
        (HEAD.replace(b'"GET', b'17 "GET') + b"200 12", "common", 44, 'request in " " after the time'),
        (b'{"a": 1}', "json", 9, "a key with the request or the status"),
        (b"one two (three)", "common", 16, "time in [ ] after host, ident and user"),
        (
            b'{"remote_addr":"192.0.2.7","status":"abc","time_iso8601":"2025-10-10T13:55:36Z"}',
            "nginx_json",
            81,
            "a key with the request or the status",
        ),
        (b' {"remote_addr":"192.0.2.7","status":"200", bad', "nginx_json", 45, "JSON"),
    ],
)
def test_a_line_is_held_first_to_what_it_is_usually_meant_to_be(
    line: bytes, first: str, column: int, expected: str
) -> None:
    nearest = auto_format().readings(line)[0]
    assert (nearest.format, nearest.column, nearest.expected) == (first, column, expected)
    assert nearest.values is None


def test_a_line_that_is_no_object_has_no_fields_of_one() -> None:
    for name in ("traefik_json", "caddy_json", "nginx_json", "json"):
        assert read_line(get_format(name), b'GET / "a": 1, "status": 200').found == ()
        broken = read_line(get_format(name), b'{"status": 200, "x": nan')
        assert [(field.name, field.start, field.stop) for field in broken.found] == [("status", 11, 14)]


def test_fields_behind_the_place_where_a_line_stops_to_fit_are_not_shown() -> None:
    reading = read_line(get_format("iis"), b"x - c d e f g h i j k l m n o")
    assert (reading.column, [field.name for field in reading.found]) == (3, ["date"])


def test_of_a_file_of_a_stricter_format_a_line_of_the_family_is_held_to_that_under_its_name() -> None:
    found = auto_format()
    found.choose(HEAD + b'200 12 "-" "curl/8" "-"\n')
    reading = found.read_line(HEAD + b'2000 12 "-" "curl/8" "-"')
    assert (reading.format, reading.column, reading.expected) == (
        "nginx_main",
        64,
        "status of three digits (100–999)",
    )
    assert found.read_line(b"what").format == "nginx_main"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("no status of three digits (100–999)", "status of three digits (100–999)"),
        ("a time that is not like [10/Oct/2000:13:55:36 -0700]", "a time like [10/Oct/2000:13:55:36 -0700]"),
        ("a time that is not a number since 1970", "a time that is a number since 1970"),
        ("a month not written Jan … Dec", "a month written Jan … Dec"),
        ("a year outside 1970–9998", "a year within 1970–9998"),
        ("a time of day that does not exist", "a time of day that exists"),
        ("a zone beyond 23:59", "a zone up to 23:59"),
        ("a size beyond 63 bits", "a size up to 63 bits"),
        ("a size that is neither - nor digits within 63 bits", "a size: - or digits within 63 bits"),
        ("odd bytes", "something other than odd bytes"),
    ],
)
def test_what_is_wrong_is_also_said_as_what_would_be_right(reason: str, expected: str) -> None:
    assert describe_expected(reason) == expected


def test_only_formats_that_come_near_are_shown_and_of_a_line_like_nothing_the_most_common() -> None:
    assert [reading.format for reading in auto_format().nearest(b"what is this", 3)] == ["common"]
    several = auto_format().nearest(HEAD + b"2000 12", 3)
    assert several[0].format == "common"
    assert len(several) == 3
    assert all(len(reading.found) >= 4 and reading.values is None for reading in several)
