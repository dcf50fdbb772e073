"""A host that is no address or name is doubted, and a client is never what the client itself claims."""

from pathlib import Path

import pytest

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.filtering.client import client_of
from http_monitor.filtering.networks import network_of
from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.fields.hosts import address_alone
from http_monitor.parser.fields.plausible import can_be_host, can_be_vhost, find_doubtful_hosts
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.remarks import Remarks
from http_monitor.parser.presets import PRESETS
from http_monitor.parser.wrapped.format import WrappedFormat
from http_monitor.ports.log_format import Explaining, LogFormat, Remark
from http_monitor.settings import Settings
from http_monitor.unwrap import wrappers
from tests.harness import replay

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
REST = b' - - [19/Jan/2026:23:08:15 +0000] "GET /a HTTP/1.1" 200 612\n'


def said(made: LogFormat, *chunks: bytes, given: tuple[str, ...] = ()) -> list[tuple[int | None, Remark]]:
    looks = Remarks(given).of_file()
    found: list[tuple[int | None, Remark]] = []
    for index, data in enumerate(chunks):
        found += looks.check(data, made.parse(data), made, last=index == len(chunks) - 1)
    return found


@pytest.mark.parametrize(
    "host",
    [
        *(
            "192.0.2.7",
            "2001:db8::7",
            "::1",
            "fe80::1%eth0",
            "localhost",
            "web1",
            "web-1.example.com",
            "unknown",
            "a_b",
        ),
        *("example.com.", "xn--bcher-kva.example", "192.0.2.xxx", "unix:", "unix:/run/x.sock", "9f86d081", "janet"),
    ],
)
def test_addresses_and_names_are_hosts(host: str) -> None:
    assert can_be_host(host.encode())


@pytest.mark.parametrize(
    "host",
    [
        *(
            "Jan",
            "INFO",
            "warning",
            "Monday",
            "stdout",
            '"192.0.2.7',
            "[192.0.2.7",
            "<190>1",
            "<6>127.0.0.1",
            "23:08:15",
        ),
        *(
            "2026-01-19T23:08:15Z",
            "2026-01-19",
            "19Jan2026",
            "web1:",
            "nginx[12]:",
            "2026",
            "",
            "-x",
            "{",
            "a,b",
            "\xe9",
        ),
        *("192.0.2.300", "a" * 300),
    ],
)
def test_what_begins_lines_of_other_programs_is_no_host(host: str) -> None:
    assert not can_be_host(host.encode("latin-1"))


@pytest.mark.parametrize(
    "vhost",
    [
        *("shop", "shop.example.org", "shop.example.org:8443", "192.0.2.7", "192.0.2.7:80", "[2001:db8::1]:443", "::1"),
        *(
            "_",
            "*",
            "*:80",
            "*.example.org",
            ".example.org",
            "www.example.*",
            r"~^(www\.)?(?<name>.+)$",
            "b\xfccher.example",
        ),
        *("xn--bcher-kva.example", "my_app", "shop.", "7.example.org"),
    ],
)
def test_what_servers_call_their_sites_is_a_virtual_host(vhost: str) -> None:
    assert can_be_vhost(vhost.encode("latin-1"))


@pytest.mark.parametrize(
    "vhost",
    [
        *("[web]", "web:", "00]", "@4000000068e8f4f81d2b3c4d", "2025-10-10_11:55:36.12345", "shop/web-1[nginx]:"),
        *(
            "INFO",
            "[INFO]",
            "Oct",
            "\x1b[32mshop",
            "2025-10-10T11:55:36Z",
            "<6>",
            "2025",
            "a b",
            "-x",
            "0|web",
            "a" * 300,
        ),
    ],
)
def test_what_stands_in_front_of_lines_is_no_virtual_host(vhost: str) -> None:
    assert not can_be_vhost(vhost.encode("latin-1"))


def test_a_virtual_host_that_can_be_none_is_told() -> None:
    lines = [b"web: 192.0.2.7" + REST] * 25
    ((no, remark),) = said(get_format("vhost_common"), b"".join(lines))
    assert (no, remark.name) == (20, "host")
    assert remark.text == (
        "the virtual host of 20 of its first 20 lines is no address or name, for example web:: the format may be "
        "another (--unwrap removes what precedes each line, --format sets their format)"
    )
    assert said(get_format("vhost_common"), b"".join(lines).replace(b"web:", b"web")) == []


def test_most_hosts_must_be_none_for_a_doubt() -> None:
    assert find_doubtful_hosts([b"Jan", b"web1"]) == []
    assert find_doubtful_hosts([b"Jan", b"Feb", b"web1"]) == [b"Jan", b"Feb"]
    assert find_doubtful_hosts([b"-", b"-", b"Jan"]) == find_doubtful_hosts([]) == []


def test_a_doubt_is_told_once_a_file_at_the_line_that_shows_it_wherever_it_is_cut() -> None:
    lines = [b"INFO" + REST] * 25
    whole = said(get_format("common"), b"".join(lines))
    assert [(no, remark.name) for no, remark in whole] == [(20, "host")]
    assert whole[0][1].text == (
        "the host of 20 of its first 20 lines is no address or name, for example INFO: the format may be another "
        "(--unwrap removes what precedes each line, --format sets their format)"
    )
    assert said(get_format("common"), *lines) == [(1, whole[0][1])]
    assert [no for no, _ in said(get_format("common"), *lines[:3])] == [None]


@pytest.mark.parametrize("front", [b"web1 nginx[3]: ", b"web-1 \xe2\x80\xba nginx ", b"web1 app DEBUG ", b"web1 "])
def test_a_client_inside_of_the_user_shows_that_the_host_is_none(front: bytes) -> None:
    line = front + b"192.0.2.7 - anna" + REST[4:]
    ((number, remark),) = said(get_format("common"), line * 25)
    assert (number, remark.name) == (20, "host")
    assert remark.text.startswith("the user of 20 of its first 20 lines is none, so the host may be none, for example ")
    assert said(get_format("common"), line * 10 + (b"192.0.2.7" + REST) * 10) == []


@pytest.mark.parametrize("user", [b"anna maria", b"192.0.2.7", b"anna 192.0.2.7 home", b"a - b"])
def test_a_user_of_several_words_is_not_doubted(user: bytes) -> None:
    line = b"web1 - " + user + REST[4:]
    told = said(get_format("common"), line * 20)
    assert [remark.name for _, remark in told] == []


def test_what_the_example_holds_is_shown_and_cut() -> None:
    ((_, remark),) = said(get_format("common"), b"\x1b[2J" + b"x" * 100 + REST)
    assert r"for example \x1b[2Jxxx" in remark.text
    assert remark.text.isprintable()


def test_few_such_lines_are_nothing_to_tell() -> None:
    assert said(get_format("common"), b"INFO" + REST + b"192.0.2.7" + REST) == []


def test_a_format_whose_hosts_are_ones_goes_before_one_whose_are_none() -> None:
    line = b"INFO" + REST
    by_line, by_sample = auto_format(), auto_format()
    assert by_sample.choose(line * 3) is not None
    assert by_sample.parse(line).rows.column("host").to_pylist() == [b"INFO"]
    assert by_line.read_line(line[:-1]).values == auto_format().readings(line[:-1])[0].values


LOGS = [path for name in ("logs", "zoo", "zoo2") for path in sorted((DATA / name).rglob("*.log"))]


@pytest.mark.skipif(not LOGS, reason="../shared/data is not here")
def test_no_log_of_a_real_server_is_doubted() -> None:
    for path in LOGS:
        data = b"".join(path.read_bytes().splitlines(keepends=True)[:20])
        made = WrappedFormat(auto_format, lambda: wrappers(DEFAULT_LINE_BYTES))
        made.choose(data)
        assert [remark for _, remark in said(made, data) if remark.name == "host"] == [], path.name


def test_no_example_of_a_format_is_doubted() -> None:
    for preset in PRESETS:
        examples = b"".join(example + b"\n" for example in preset.examples)
        assert [r for _, r in said(preset.make(1 << 16), examples) if r.name == "host"] == [], preset.name


RACK = b"203.0.113.9, 198.51.100.7" + REST.replace(b"612", b"612 0.0021")


@pytest.mark.parametrize("line", [RACK, RACK.replace(b" 0.0021", b""), b'"203.0.113.9,198.51.100.7:4711"' + REST])
def test_a_list_for_the_client_is_told_of_unless_proxies_are_named(line: bytes) -> None:
    assert [remark.name for _, remark in said(auto_format(), line * 3)] == ["client"]
    assert said(auto_format(), line * 3, given=("--trust-proxy",)) == []


@pytest.mark.parametrize(
    ("front", "client"),
    [
        (b"203.0.113.9, 198.51.100.7", b"198.51.100.7"),
        (b"203.0.113.9, 198.51.100.7, 10.0.0.1", b"198.51.100.7"),
        (b"203.0.113.9:4711, 198.51.100.7:80, 10.0.0.1:443", b"198.51.100.7"),
        (b'<script>,"x",\\, 198.51.100.7, 10.0.0.1', b"198.51.100.7"),
        (b"unknown, 10.0.0.1", b"10.0.0.1"),
        (b"[01/Jan/2030:00:00:00, 198.51.100.7, 10.0.0.1", b"198.51.100.7"),
        (b"10.0.0.2, 10.0.0.1", b"10.0.0.1"),
    ],
)
def test_a_forged_header_is_no_client_and_no_line_of_its_own(front: bytes, client: bytes) -> None:
    settings = Settings(replay=True, trusted_proxies=("10.0.0.0/8",))
    summary = replay([[(front + REST) * 2]], settings).summary
    assert (summary.health.lines, summary.health.malformed) == (2, 0)
    assert [(row.key, row.hits) for row in summary.hosts.rows] == [(client, 2)]


def test_iis_writes_a_blank_as_a_plus() -> None:
    network = network_of("10.0.0.0/8")
    assert network is not None
    assert client_of(b"10.0.0.1", b"198.51.100.9,+192.0.2.7:4711,+10.0.0.2:80", (network,)) == b"192.0.2.7"


@pytest.mark.parametrize("zone", [b"+0550", b"-0375", b"+0019", b"+0150"])
def test_a_zone_that_is_in_use_nowhere_is_told(zone: bytes) -> None:
    line = (b"192.0.2.7" + REST).replace(b"+0000", zone)
    made = get_format("common")
    told = [remark.text for _, remark in said(made, line * 3)]
    if zone[3:] == b"75":
        # Minutes beyond 59 are no time at all: the lines are malformed.
        assert (told, made.parse(line).malformed_lines) == ([], 1)
    else:
        (text,) = told
        assert text.startswith(f"the zone {zone.decode()} is not in use anywhere")
        assert ("TransLogger" in text) == (zone[3:] == b"50")


@pytest.mark.parametrize("zone", ["+0550", "+05:50", "-0320", "+0000", "+05:45"])
def test_an_odd_zone_is_told_in_json_and_w3c_too(zone: str) -> None:
    w3c = get_format("iis")
    w3c.parse(b"#Fields: date time c-ip cs-method cs-uri-stem sc-status\n")
    lines = {
        "json": (get_format("json"), '{"time":"2025-10-10T13:55:36%s","ip":"192.0.2.7","method":"GET","url":"/a"}'),
        "declared": (get_format("json:time=t,path=p,method=m"), '{"t":"2025-10-10T13:55:36%s","p":"/a","m":"GET"}'),
        "w3c": (w3c, "2025-10-10 13:55:36%s 192.0.2.7 GET /a 200"),
    }
    for made, line in lines.values():
        told = [remark.text for _, remark in said(made, (line % zone + "\n").encode() * 3) if remark.name == "zone"]
        assert len(told) == (zone not in ("+0000", "+05:45"))
        assert all(text.startswith(f"the zone {zone} is not in use anywhere") for text in told)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (b"10/Oct/2025:13:55:36 +0575", "a zone with minutes up to 59"),
        (b"10/Oct/2025:13:55:36 +2500", "a zone up to 23:59"),
        (b"10/Oct/2025:13:55:36", "zone behind the time, like -0700"),
        (b"10/Oct/2025:13:55:36 +01:00", "a zone written like -0700"),
        (b"10/Oct/2025:13:55:36+0100", "a zone written like -0700"),
        (b"10/Oct/2025:13:55:36 CET", "a zone written like -0700"),
        (b"2025", "a time like [10/Oct/2000:13:55:36 -0700]"),
    ],
)
def test_what_is_wrong_with_a_zone_is_named(time: bytes, expected: str) -> None:
    line = b'192.0.2.7 - - [%s] "GET /a HTTP/1.1" 200 5' % time
    for given in ("common", '%h %l %u %t "%r" %>s %b'):
        made = get_format(given)
        assert isinstance(made, Explaining)
        assert made.read_line(line).expected == expected


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"-Infinity", b"null", b'"-"', b'""'])
def test_a_time_that_says_nothing_is_named(value: bytes) -> None:
    made = get_format("json")
    assert isinstance(made, Explaining)
    reading = made.read_line(b'{"time":%s,"method":"GET","url":"/a","status":200}' % value)
    assert reading.expected == "time in place of null, NaN or nothing"


@pytest.mark.parametrize("zone", [b"+0000", b"+0530", b"+0545", b"-0330", b"+1245"])
def test_a_zone_that_is_in_use_is_not_told(zone: bytes) -> None:
    assert said(get_format("common"), (b"192.0.2.7" + REST).replace(b"+0000", zone)) == []


@pytest.mark.parametrize(
    ("field", "alone"),
    [
        ("192.0.2.7:80", "192.0.2.7"),
        ("[2001:db8::7]:80", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("[192.0.2.7]:80", "[192.0.2.7]:80"),
        ("web1:80", "web1:80"),
        ("192.0.2.7:123456", "192.0.2.7:123456"),
    ],
)
def test_an_address_stands_alone(field: str, alone: str) -> None:
    assert address_alone(field.encode()) == alone.encode()
