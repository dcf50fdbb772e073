"""The slow reader of the Common Log Format family, held to written-down values."""

import pytest

from http_monitor.choices import DEFAULT_LINE_BYTES
from tests.reference.clf import Parsed, Row, parse_line, parse_log, section_and_endpoint, split_request

OCTOBER_US = 971_211_336_000_000
"""[10/Oct/2000:13:55:36 -0700], the moment of the examples in Apache's documentation."""
COMMON = b'127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326'
COMBINED = COMMON + b' "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"'


def read(line: bytes, format_name: str = "auto") -> Row:
    row = parse_line(line, format_name)
    assert row is not None
    return row


def at_time(time: bytes) -> Row | None:
    return parse_line(b"h - - [" + time + b'] "GET / HTTP/1.1" 200 1')


def seconds(time: bytes) -> int:
    row = at_time(time)
    assert row is not None
    assert row.time_us % 1_000_000 == 0
    return row.time_us // 1_000_000


def kind(line: bytes, format_name: str = "auto") -> str | None:
    return parse_log(line, format_name).kind


def test_every_field_of_a_common_line_is_read() -> None:
    assert read(COMMON) == Row(
        line_no=1,
        time_us=OCTOBER_US,
        host=b"127.0.0.1",
        section=b"/apache_pb.gif",
        path=b"/apache_pb.gif",
        method=b"GET",
        user=b"frank",
        referer=None,
        agent=None,
        status=200,
        size_bytes=2326,
        lacks=2,
    )
    assert kind(COMMON) == "common"


def test_the_pair_makes_a_line_combined() -> None:
    row = read(COMBINED)
    assert (row.referer, row.agent) == (b"http://www.example.com/start.html", b"Mozilla/4.08 [en] (Win98; I ;Nav)")
    assert kind(COMBINED) == "combined"


@pytest.mark.parametrize("format_name", ["common", "vhost_common"])
def test_a_common_format_takes_the_pair_for_anything_more(format_name: str) -> None:
    row = read(b"www.example.com " + COMBINED, format_name)
    assert (row.referer, row.agent) == (None, None)
    assert kind(b"www.example.com " + COMBINED, format_name) == format_name


def test_a_combined_format_takes_a_line_without_the_pair() -> None:
    assert read(COMMON, "combined") == read(COMMON)
    assert kind(COMMON, "combined") == "common"
    assert kind(b"www " + COMMON, "vhost_combined") == "vhost_common"


@pytest.mark.parametrize(
    ("more", "referer", "agent"),
    [
        (b' "r" "a"', b"r", b"a"),
        (b'\t"r"\t "a"', b"r", b"a"),
        (b' "-" "-"', None, None),
        (b' "" ""', b"", b""),
        (b' "r" "a" 0.003 "-"', b"r", b"a"),
        (b' "r" "a"more', b"r", b"a"),
        (b' "r" "a"more "b"', b"r", b'a"more "b'),
        (b' "r" "a""b"', b"r", b'a""b'),
        (b' "r"x" "a"y"', b'r"x', b'a"y'),
        (b' "r"\t "" "b"', b"r", b""),
        (b' "r" "a "b" c" d"', b"r", b'a "b'),
        (rb' "r\" "a" x', b"r\\", b"a"),
        (rb' "r" "a\" x', b"r", b"a\\"),
        (rb' "a \" b" "c \\"', rb"a \" b", rb"c \\"),
        (b' "r"', None, None),
        (b' "r" a', None, None),
        (b' "r""a"', None, None),
        (b' "r" "a', None, None),
        (rb' "r" "a\"', b"r", b"a\\"),
        (rb' "r" "a\"b', None, None),
        (b' "r" "a"b"', b"r", b'a"b'),
        (b' 12 "r" "a"', None, None),
        (b" anything more", None, None),
        (b" ", None, None),
    ],
)
def test_referer_and_agent_are_a_pair_or_not_there(more: bytes, referer: bytes | None, agent: bytes | None) -> None:
    row = read(COMMON + more)
    assert (row.referer, row.agent) == (referer, agent)


@pytest.mark.parametrize(
    ("front", "host", "user", "vhost"),
    [
        (b"h - -", b"h", None, False),
        (b"h - frank", b"h", b"frank", False),
        (b"h - John Smith", b"h", b"John Smith", False),
        (b"h - John \t Smith", b"h", b"John \t Smith", False),
        (b" \th\t\t-  frank  ", b"h", b"frank", False),
        (b"h id - x", b"h", b"- x", False),
        (b'h - ""', b"h", b'""', False),
        (b"h - [u]", b"h", b"[u]", False),
        (b"h [i] u", b"h", b"u", False),
        (b"[h - u", b"[h", b"u", False),
        (b"h - -\r", b"h", b"-\r", False),
        (b"h - -\xa0-", b"h", b"-\xa0-", False),
        (b"::1 - u", b"::1", b"u", False),
        (b"a:1 - u", b"a:1", b"u", False),
        (b"a:1 h - u", b"h", b"u", True),
        (b"a:1 h - u v", b"h", b"u v", True),
        (b"::1 h - u", b"::1", b"- u", False),
        (b"a::1 h - u", b"a::1", b"- u", False),
        (b"a:b:1 h - u", b"h", b"u", True),
        (b"a: h - u", b"a:", b"- u", False),
        (b":1 h - u", b":1", b"- u", False),
        (b"1.2.3.4:80 h - u", b"1.2.3.4", b"- u", False),
        (b"[::1]:80 h - u", b"::1", b"- u", False),
        (b"[::1]:1234567 h - u", b"[::1]:1234567", b"- u", False),
        (b"www 1.2.3.4:80 - u", b"1.2.3.4", b"u", True),
        (b"www [::1]:80 - u", b"::1", b"u", True),
        (b"1.2.3.4:80 5.6.7.8:90 - u", b"5.6.7.8", b"u", True),
        (b"www:80 h  ", b"www:80", None, False),
        (b"h -  ", b"h", None, False),
        (b"h -\t ", b"h", None, False),
        (b"www 1.2.3.4 -  ", b"www", None, False),
        (b"www:80 h -  ", b"www:80", None, False),
        (b"www 1.2.3.4 - u", b"1.2.3.4", b"u", True),
        (b"www ::ffff:1.2.3.4 - u", b"::ffff:1.2.3.4", b"u", True),
        (b"::1 ::1 - u", b"::1", b"u", True),
        (b"www 1.2.3.400 - u", b"www", b"- u", False),
        (b"www 1.2.3.4, - u", b"www", b"- u", False),
        (b"\xff:1 h - u", b"h", b"u", True),
        (b"www h - u", b"www", b"- u", False),
        (b"1.2.3.4:80 - u", b"1.2.3.4", b"u", False),
        (b"[2001:db8::7]:4711 - u", b"2001:db8::7", b"u", False),
        (b"[2001:db8::7] - u", b"2001:db8::7", b"u", False),
        (b"[1.2.3.4]:80 - u", b"[1.2.3.4]:80", b"u", False),
        (b"1.2.3.400:80 - u", b"1.2.3.400:80", b"u", False),
        (b"name:80 - u", b"name:80", b"u", False),
        (b'"1.2.3.4" - u', b"1.2.3.4", b"u", False),
        (b'"1.2.3.4:80" - u', b"1.2.3.4", b"u", False),
        (b'"name" - u', b"name", b"u", False),
        (b'a"b" - u', b'a"b"', b"u", False),
        (b"h - [b", b"h", b"[b", False),
        (b"h - [10/Oct/2000:13:55:36 -0700]", b"h", b"[10/Oct/2000:13:55:36 -0700]", False),
    ],
)
def test_auto_takes_the_first_field_for_a_vhost_only_where_it_must_be_one(
    front: bytes, host: bytes, user: bytes | None, vhost: bool
) -> None:
    line = front + b' [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326'
    row = read(line)
    assert (row.host, row.user) == (host, user)
    assert kind(line) == ("vhost_common" if vhost else "common")


@pytest.mark.parametrize("front", [b"h - a [b", b"h -  [b", b"h - a b [", b"::1 - - [::1]"])
def test_the_time_begins_at_the_first_bracket_that_begins_a_field_behind_a_user(front: bytes) -> None:
    assert parse_line(front + b' [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326') is None


def test_a_named_format_never_asks_what_the_fields_look_like() -> None:
    line = b'a:1 1.2.3.4 - u [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326'
    assert (read(line, "common").host, read(line, "common").user) == (b"a:1", b"- u")
    assert (read(line, "vhost_common").host, read(line, "vhost_common").user) == (b"1.2.3.4", b"u")
    plain = b'x y z u [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326'
    assert (read(plain, "vhost_combined").host, read(plain, "vhost_combined").user) == (b"y", b"u")
    assert parse_line(COMMON, "vhost_common") is None
    bracketed = b'x y z [u] [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326'
    assert (read(bracketed, "vhost_common").host, read(bracketed, "vhost_common").user) == (b"y", b"[u]")
    assert parse_line(bracketed, "common") is None
    empty = b'x y -  [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326'
    assert (read(empty, "vhost_common").host, read(empty, "vhost_common").user) == (b"y", None)
    assert parse_line(empty.replace(b"-  [", b"- ["), "vhost_common") is None


@pytest.mark.parametrize(
    ("front", "host", "forwarded", "user"),
    [
        (b"1.2.3.4, 5.6.7.8 - -", b"5.6.7.8", b"1.2.3.4", None),
        (b"1.2.3.4, 5.6.7.8 - -  ", b"5.6.7.8", b"1.2.3.4", None),
        (b"1.2.3.4, 5.6.7.8 -  ", b"5.6.7.8", b"1.2.3.4", None),
        (b"1.2.3.4,5.6.7.8 - -", b"5.6.7.8", b"1.2.3.4", None),
        (b"a, b,  ::1,\t1.2.3.4:80 - J S", b"1.2.3.4", b"a, b,  ::1", b"J S"),
        (b"unknown, 5.6.7.8:80 - -", b"5.6.7.8", b"unknown", None),
        (b"fe80::1%x, 5.6.7.8 - -", b"5.6.7.8", b"fe80::1%x", None),
        (b"a, b - -", b"a,", None, b"- -"),
        (b"a,b - -", b"a,b", None, None),
        (b"1.2.3.4, 5.6.7.8 -", b"1.2.3.4,", None, None),
        (b"h - x, 5.6.7.8 - -", b"h", None, b"x, 5.6.7.8 - -"),
    ],
)
def test_a_list_in_front_is_its_last_address_and_what_it_was_forwarded_for(
    front: bytes, host: bytes, forwarded: bytes | None, user: bytes | None
) -> None:
    for format_name in ("auto", "common"):
        row = read(front + b' [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326', format_name)
        assert (row.host, row.forwarded, row.user, row.vhost) == (host, forwarded, user, None)


def test_quotes_round_the_whole_line_are_no_part_of_it() -> None:
    for line in (COMMON, COMBINED, b"www.example.com " + COMBINED):
        assert read(b'"' + line + b'"') == read(line)
        assert read(b' "' + line + b'"\r') == read(line)
    assert read(b'"' + COMMON).host == b'"127.0.0.1'
    assert parse_line(b'" ' + COMMON + b'"') is None


@pytest.mark.parametrize(
    ("request_text", "status", "size", "taken"),
    [
        (b'GET /a?q="x', b"200", b"5", None),
        (b'GET /a?q="x y" z', b"200", b"5", None),
        (rb"GET /a\b", b"200", b"5", None),
        (rb'GET /a"x\y', b"200", b"5", None),
        (b'GET /a" 500 7 x', b"200", b"5", (b"GET /a", 500, 7)),
        (b'GET /a" 500 7x', b"200", b"5", None),
        (b'GET /a" 50 7', b"200", b"5", None),
        (b'GET /a" - - x', b"200", b"5", (b"GET /a", 0, None)),
        (b'"', b"200", b"5", None),
        (b'""', b"0", b"-", None),
    ],
)
def test_an_unescaped_request_ends_where_status_and_size_follow(
    request_text: bytes, status: bytes, size: bytes, taken: tuple[bytes, int, int] | None
) -> None:
    for more in (b"", b' "-" "a"b"', b"\tx"):
        front = b'h - - [10/Oct/2000:13:55:36 -0700] "'
        row = read(front + request_text + b'" ' + status + b"\t " + size + more)
        request, code, count = taken or (request_text, int(status), None if size == b"-" else int(size))
        method, target = split_request(request)
        assert (row.status, row.size_bytes, row.method) == (code, count, method)
        assert row.path == section_and_endpoint(method, target)[1]


def test_a_size_beyond_63_bits_makes_an_unescaped_line_malformed() -> None:
    line = b'h - - [10/Oct/2000:13:55:36 -0700] "GET /"x" 200 9223372036854775808 "-" "a" 200 5'
    assert parse_line(line) is None
    assert read(line.replace(b"5808", b"5807")).size_bytes == 2**63 - 1
    escaped = rb'h - - [10/Oct/2000:13:55:36 -0700] "GET /\" 200 5 x" 200 9223372036854775808'
    assert read(escaped).size_bytes == 5
    assert (read(escaped[:-1]).size_bytes, read(escaped[:-1]).path) == (922337203685477580, rb"/\" 200 5 x")


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"-",
        b"nonsense",
        COMMON.replace(b"frank ", b""),
        COMMON.replace(b"frank", b"frank [x").replace(b'"GET', b"GET"),
        COMMON.replace(b"] ", b"]"),
        COMMON.replace(b"] ", b"]\x0b"),
        COMMON.replace(b'" 200', b'"200'),
        COMMON.replace(b'" 200', b" 200"),
        COMMON.replace(b'" 200', b'\\"200'),
        COMMON.replace(b'"GET', b"GET"),
        COMMON.replace(b" 200 ", b" 99 "),
        COMMON.replace(b" 200 ", b" 099 "),
        COMMON.replace(b" 200 ", b" 1000 "),
        COMMON.replace(b" 200 ", b" -- "),
        COMMON.replace(b" 200 ", b" 00 "),
        COMMON.replace(b" 200 ", b" -0 "),
        COMMON.replace(b" 200 ", b" +20 "),
        COMMON.replace(b" 200 ", " ٢٠٠ ".encode()),
        COMMON.replace(b" 2326", b""),
        COMMON.replace(b" 2326", b" "),
        COMMON.replace(b" 2326", b" -1"),
        COMMON.replace(b" 2326", b" --"),
        COMMON.replace(b" 2326", b" 1.5"),
        COMMON.replace(b" 2326", b' 1"r" "a"'),
        COMMON.replace(b" 2326", b" 1\x0b"),
        COMMON.replace(b" 2326", b" 1\r\r"),
        COMMON.replace(b" 2326", b" 9223372036854775808"),
        COMMON.replace(b" 2326", b" " + b"9" * 5000),
    ],
)
def test_what_does_not_fit_is_malformed(line: bytes) -> None:
    assert parse_line(line) is None


@pytest.mark.parametrize(
    ("size", "size_bytes"),
    [
        (b"-", None),
        (b"0", 0),
        (b"007", 7),
        (b"0" * 5000 + b"7", 7),
        (b"9223372036854775807", 2**63 - 1),
        (b"1\tx", 1),
        (b"1\r", 1),
        (b"- \r", None),
    ],
)
def test_a_size_is_a_dash_or_digits_within_63_bits(size: bytes, size_bytes: int | None) -> None:
    assert read(COMMON.replace(b"2326", size)).size_bytes == size_bytes


@pytest.mark.parametrize("status", [100, 599, 600, 999])
def test_a_status_is_any_three_digits_from_100(status: int) -> None:
    assert read(COMMON.replace(b" 200 ", b" %d " % status)).status == status


@pytest.mark.parametrize("status", [b"000", b"0", b"-", b"-1"])
def test_a_request_that_was_not_answered_has_no_status(status: bytes) -> None:
    for format_name in ("auto", "common"):
        assert read(COMBINED.replace(b" 200 ", b" " + status + b" "), format_name).status == 0


@pytest.mark.parametrize(
    ("time", "second"),
    [
        (b"01/Jan/1970:00:00:00 +0000", 0),
        (b"1/Jan/1970:0:0:1 +0000", 1),
        (b"01/Jan/1970:00:00:00 +0530", -19_800),
        (b"01/Jan/1970:00:00:00 -2359", 86_340),
        (b"01/Jan/1970:00:00:00 -0000", 0),
        (b"01/Jan/1970:00:00:05 UTC", 5),
        (b"01/Jan/1970:00:00:05 GMT", 5),
        (b"1/Jan/1970:00:00:05 Z", 5),
        (b"29/Feb/2000:00:00:00 +0000", 951_782_400),
        (b"29/Feb/2024:23:59:59 +0000", 1_709_251_199),
        (b"31/Dec/2016:23:59:60 +0000", 1_483_228_800),
        (b"31/Dec/2016:23:58:60 +0000", 1_483_228_740),
        (b"31/Dec/9998:23:59:60 -2359", 253_370_764_800 + 86_340),
    ],
)
def test_a_time_is_seconds_since_the_epoch(time: bytes, second: int) -> None:
    assert seconds(time) == second


@pytest.mark.parametrize(
    "time",
    [
        b"",
        b"31/Dec/1969:23:59:59 +0000",
        b"01/Jan/9999:00:00:00 +0000",
        b"29/Feb/2023:00:00:00 +0000",
        b"29/Feb/2100:00:00:00 +0000",
        b"31/Apr/2024:00:00:00 +0000",
        b"00/Jan/2024:00:00:00 +0000",
        b"32/Jan/2024:00:00:00 +0000",
        b"001/Jan/2024:00:00:00 +0000",
        b" 1/Jan/2024:00:00:00 +0000",
        b"01/jan/2024:00:00:00 +0000",
        b"01/JAN/2024:00:00:00 +0000",
        b"01/Janu/2024:00:00:00 +0000",
        b"01/01/2024:00:00:00 +0000",
        b"01/Jan/24:00:00:00 +0000",
        b"01/Jan/02024:00:00:00 +0000",
        b"01/Jan/2024:24:00:00 +0000",
        b"01/Jan/2024:00:60:00 +0000",
        b"01/Jan/2024:00:00:61 +0000",
        b"01/Jan/2024:00:00:00 +2400",
        b"01/Jan/2024:00:00:00 +0060",
        b"01/Jan/2024:00:00:00 +000",
        b"01/Jan/2024:00:00:00 +00:00",
        b"01/Jan/2024:00:00:00 0000",
        b"01/Jan/2024:00:00:00 z",
        b"01/Jan/2024:00:00:00 utc",
        b"01/Jan/2024:00:00:00 UTCX",
        b"01/Jan/2024:00:00:00  UTC",
        b"01/Jan/2024:00:00:00 XYZ",
        b"01/Jan/2024:00:00:00 +0075",
        b"01/Jan/2024:00:00:00",
        b"01/Jan/2024:00:00:00  +0000",
        b"01/Jan/2024:00:00:00\t+0000",
        b"01/Jan/2024:00:00:00.5 +0000",
        b"01/Jan/2024:00:00:00 +0000 ",
        b"01/Jan/2024 00:00:00 +0000",
        b"01/Jan/2024:00:00 +0000",
        b"+1/Jan/2024:00:00:00 +0000",
        b"[01/Jan/2024:00:00:00 +0000]",
        "٠١/Jan/2024:00:00:00 +0000".encode(),
    ],
)
def test_a_time_that_does_not_exist_is_malformed(time: bytes) -> None:
    assert at_time(time) is None


@pytest.mark.parametrize(
    ("request_text", "method", "target"),
    [
        (b"GET / HTTP/1.1", b"GET", b"/"),
        (b"GET /", b"GET", b"/"),
        (b"GET /a b HTTP/2", b"GET", b"/a b"),
        (b"GET /a  HTTP/2.0", b"GET", b"/a "),
        (b"GET  /a HTTP/1.1", b"GET", b" /a"),
        (b"GET /a HTTP/1.1 ", b"GET", b"/a HTTP/1.1 "),
        (b"GET /a HTTP/1.1 HTTP/1.0", b"GET", b"/a HTTP/1.1"),
        (b"GET /a http/1.1", b"GET", b"/a http/1.1"),
        (b"GET /aHTTP/1.1", b"GET", b"/aHTTP/1.1"),
        (b"GET /a HTTP/", b"GET", b"/a"),
        (b"Get /a HTTP/1.1", b"Get", b"/a"),
        (b"SSTP_DUPLEX_POST /a HTTP/1.1", b"SSTP_DUPLEX_POST", b"/a"),
        (b"VERSION-CONTROL /a HTTP/1.1", b"VERSION-CONTROL", b"/a"),
        (b"- - -", None, None),
        (b"- /a HTTP/1.1", None, None),
        (b"-- /a HTTP/1.1", b"--", b"/a"),
        (b"CONNECT a:443 HTTP/1.1", b"CONNECT", b"a:443"),
        (b"OPTIONS * HTTP/1.1", b"OPTIONS", b"*"),
        (b"GET HTTP/1.1", None, None),
        (b"GET  HTTP/1.1", None, None),
        (b"GET ", None, None),
        (b"GET", None, None),
        (b"", None, None),
        (b" ", None, None),
        (b"-", None, None),
        (b" GET / HTTP/1.1", None, None),
        (b"GET\t/ HTTP/1.1", None, None),
        (b"G3T / HTTP/1.1", None, None),
        (b"G\xc3\x89T / HTTP/1.1", None, None),
        (rb"\x16\x03\x01 / x", None, None),
        (b"\x16\x03\x01", None, None),
    ],
)
def test_a_request_is_a_method_with_its_target_or_nothing(
    request_text: bytes, method: bytes | None, target: bytes | None
) -> None:
    assert split_request(request_text) == (method, target)


@pytest.mark.parametrize(
    ("target", "section", "endpoint"),
    [
        (b"/pages/create", b"/pages", b"/pages/create"),
        (b"/report", b"/report", b"/report"),
        (b"/report/", b"/report", b"/report/"),
        (b"/", b"/", b"/"),
        (b"/?a=/b/c", b"/", b"/"),
        (b"//x", b"/", b"//x"),
        (b"/a?b?c", b"/a", b"/a"),
        (b"/a#b/c?d", b"/a#b", b"/a#b/c"),
        (b"/%2Fa/b", b"/%2Fa", b"/%2Fa/b"),
        (b"/A b/c", b"/A b", b"/A b/c"),
        (b"http://host/pages/x?q", b"/pages", b"/pages/x"),
        (b"any-scheme://host/pages/x", b"/pages", b"/pages/x"),
        (b"a+1.b://h:80/x", b"/x", b"/x"),
        (b"http://host", b"/", b"/"),
        (b"http://", b"/", b"/"),
        (b"http://host?a=/b/c", b"/", b"/"),
        (b"http://host#/b/c", b"/", b"/"),
        (b"http://host//x", b"/", b"//x"),
        (b"http:///a/b", b"/a", b"/a/b"),
        (b"1http://host/a", b"(none)", None),
        (b"://host/a", b"(none)", None),
        (b"h_t://host/a", b"(none)", None),
        (b"http:/host/a", b"(none)", None),
        (b"host/http://a/b", b"(none)", None),
        (b"*", b"*", b"*"),
        (b"*/", b"(none)", None),
        (b"?a", b"(none)", None),
        (b"a:443", b"(none)", None),
        (b" /a", b"(none)", None),
        (b"testpath", b"(none)", None),
        (None, b"(none)", None),
    ],
)
def test_a_section_stands_before_the_second_slash(target: bytes | None, section: bytes, endpoint: bytes | None) -> None:
    assert section_and_endpoint(target and b"GET", target) == (section, endpoint)


@pytest.mark.parametrize("target", [b"a:443", b"/a/b?c", b"*", b"http://a/b"])
def test_a_connect_keeps_its_whole_target(target: bytes) -> None:
    assert section_and_endpoint(b"CONNECT", target) == (b"(connect)", target)
    assert section_and_endpoint(b"connect", b"a:443") == (b"(none)", None)


@pytest.mark.parametrize("request_text", [b"-", b"", b"\x16\x03\x01", b"GET"])
def test_a_line_without_a_target_is_a_hit_like_any_other(request_text: bytes) -> None:
    row = read(b'h - - [10/Oct/2000:13:55:36 -0700] "' + request_text + b'" 400 0')
    assert (row.section, row.path, row.method, row.status) == (b"(none)", None, None, 400)


def test_keys_are_the_bytes_of_the_log() -> None:
    line = rb'h\x41 - %75"\" [10/Oct/2000:13:55:36 -0700] "get /%41\"\x41/b HTTP/1.0" 200 1 "\\" "' + b'\x00\xff\r"'
    row = read(line)
    assert (row.host, row.user, row.method) == (rb"h\x41", rb"%75" + b'"\\"', b"get")
    assert (row.section, row.path) == (rb"/%41\"\x41", rb"/%41\"\x41/b")
    assert (row.referer, row.agent) == (rb"\\", b"\x00\xff\r")


def test_a_quote_never_swallows_the_next_line() -> None:
    parsed = parse_log(COMMON.replace(b'" 200', b" 200") + b"\n" + COMMON + b"\n")
    assert parsed == Parsed([_numbered(COMMON, 2)], 2, [1], [], "common")


def test_blank_lines_count_as_nothing() -> None:
    data = b"\n \t\r\n\x0b\x0c\n" + COMMON + b"\r\n\r\n\r\r\nbad\n" + COMBINED + b"\r"
    parsed = parse_log(data)
    assert parsed == Parsed([_numbered(COMMON, 1), _numbered(COMBINED, 3)], 3, [2], [], "common")


def test_nothing_is_no_line() -> None:
    assert parse_log(b"") == parse_log(b"\n") == Parsed([], 0, [], [], None)


def test_only_one_cr_belongs_to_the_line_end() -> None:
    assert read(COMMON + b"\r") == read(COMMON)
    assert parse_line(COMMON + b"\r\r") is None
    assert read(COMMON + b" x\r\r") == read(COMMON)


def test_a_line_over_the_limit_is_malformed_though_it_fits() -> None:
    longest = COMMON + b" " * (DEFAULT_LINE_BYTES - len(COMMON))
    assert read(longest) == read(COMMON)
    assert parse_line(longest + b"\r") is None
    parsed = parse_log(b"bad\n" + longest + b"\n" + longest + b"\r\n" + COMMON)
    assert (parsed.malformed, parsed.oversized, parsed.lines) == ([1, 3], [3], 4)


def test_a_format_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="elf"):
        parse_line(COMMON, "elf")


def _numbered(line: bytes, line_no: int) -> Row:
    parsed = parse_log(b"x\n" * (line_no - 1) + line)
    return parsed.rows[0]
