"""Whatever a client puts into a header that Rack logs as it came, it counts as whom the proxy got it from."""

import time
from itertools import product

import pytest

from http_monitor.parser.formats import get_format
from http_monitor.settings import Settings
from tests.harness import replay
from tests.reference.clf import parse_line

REAL = b"198.51.100.9"
START_S = 1_760_104_536
_HEADS = (b"1.2.3.4", b"a b", b"web:80 1.2.3.4", b'"1.2.3.4', b"[01/Jan/2030:00:00:00 +0000]")
_TAILS = (
    b"",
    b" - -",
    b" - - [..]",
    b" - admin [01/Jan/2030:00:00:00 +0000]",
    b' - - [01/Jan/2030:00:00:00 +0000] "GET /x HTTP/1.1" 200 5 0.0001',
    b' - - [01/Jan/2030:00:00:00 +0000] "',
    b", x - y",
    b" \\",
    b"\t-\t-\t",
    b' "-" "-"',
)
FORGED = [head + tail for head, tail in product(_HEADS, _TAILS)]
"""50 headers that want to be the host, or a line."""


def line(header: bytes, second: int, path: bytes = b"/a") -> bytes:
    at = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(START_S + second)).encode()
    return b'%s - - [%s] "GET %s HTTP/1.1" 503 12 0.0021\n' % (header, at, path)


@pytest.mark.parametrize("name", ["auto", "common", "rack"])
@pytest.mark.parametrize("proxies", [(), ("10.0.0.0/8",)])
def test_50_forged_headers_choose_no_host_and_make_no_line_of_their_own(name: str, proxies: tuple[str, ...]) -> None:
    assert len(set(FORGED)) == 50
    added = b", " + REAL + (b", 10.0.0.1" if proxies else b"")
    # Twelve per second: a flood of one host, half of whose lines are honest.
    log = b"".join(line((b"" if no % 2 else FORGED[no // 2] + b", ") + added[2:], no // 12) for no in range(100))
    settings = Settings(replay=True, window_s=5, format=name, trusted_proxies=proxies)
    recorder = replay([[log]], settings)
    summary = recorder.summary
    assert (summary.hits, summary.health.malformed, summary.health.ahead, summary.health.lines) == (100, 0, 0, 100)
    assert [(row.key, row.hits) for row in summary.hosts.rows] == [(REAL, 100)]
    assert [row.key for row in summary.endpoints.rows] == [b"/a"]
    assert dict(summary.status) == {503: 100}
    assert ("ddos", REAL) in [(event.name, event.subject) for event in recorder.events if event.state == "raised"]


@pytest.mark.parametrize("header", [b"", b"a b", b"1.2.3.4, b", b"1.2.3.4 b", b"a,b", b"1.2.3.4 - 5.6.7.8"])
def test_a_header_that_says_no_one_address_is_no_host(header: bytes) -> None:
    found = parse_line(line(header, 0).rstrip())
    assert found is not None
    assert (found.host, found.user) == (b"-", None)
    rows = get_format("common").parse(line(header, 0)).rows
    assert rows.column("host").to_pylist() == [b"-"]


@pytest.mark.parametrize(
    ("text", "host", "user"),
    [
        (b"192.0.2.7 - anna", b"192.0.2.7", b"anna"),
        (b"192.0.2.7 - John Smith", b"192.0.2.7", b"John Smith"),
        (b"client.example.net - -", b"client.example.net", None),
        (b"www.example.net:80 192.0.2.7 - -", b"192.0.2.7", None),
        (b"192.0.2.7 - ", b"192.0.2.7", None),
    ],
)
def test_what_rack_writes_of_honest_clients_is_read_as_ever(text: bytes, host: bytes, user: bytes | None) -> None:
    written = line(b"", 0).replace(b" - -", text, 1)
    for small in (written, written * 400):
        rows = get_format("auto").parse(small).rows
        assert set(rows.column("host").to_pylist()) == {host}
        assert set(rows.column("user").to_pylist()) == {user}


def test_the_example_of_the_page_is_a_line_of_its_own_only_where_it_does_not_end_as_racks_do() -> None:
    header = b'1.2.3.4 - x [01/Jan/2030:00:00:00 +0000] "GET /x HTTP/1.1" 200 5 0.0001, 198.51.100.9'
    written = line(header, 0).rstrip()

    for text, host, path, status in (
        (written, REAL, b"/a", 503),
        # Of any other server's line the first time in brackets counts, and what follows the size is ignored.
        (written.removesuffix(b" 0.0021"), b"1.2.3.4", b"/x", 200),
        (written.removesuffix(b"1"), b"1.2.3.4", b"/x", 200),
    ):
        found = parse_line(text)
        assert found is not None
        assert (found.host, found.path, found.status) == (host, path, status)
        for copies in (1, 400):
            rows = get_format("common").parse((text + b"\n") * copies).rows
            assert set(rows.column("host").to_pylist()) == {host}
            assert set(rows.column("status").to_pylist()) == {status}


def test_a_user_of_rack_with_a_dash_between_blanks_counts_without_a_host() -> None:
    written = line(b"", 0).replace(b" - -", b"192.0.2.7 - a - b", 1)

    (row,) = get_format("rack").parse(written).rows.select(["host", "user", "path"]).to_pylist()
    assert row == {"host": b"-", "user": b"b", "path": b"/a"}


def test_a_user_of_other_servers_cannot_choose_the_host() -> None:
    """Of a line that does not end as those of Rack do, what stands behind the ident is the user's."""
    found = parse_line(b'192.0.2.7 - x, 9.9.9.9 - y [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 200 5')
    assert found is not None
    assert (found.host, found.user) == (b"192.0.2.7", b"x, 9.9.9.9 - y")
