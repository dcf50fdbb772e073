"""No client can hide by what it sends: whatever servers write of odd requests, escaped or not, counts.

Each server has 240 such requests of one host, twelve a second, which is a flood. The rule itself leaves some lines
malformed, for no rule can tell what is in them from what the server wrote: a user name has a field that begins with
``[``, or there is a quote behind which a status and a size beyond 63 bits stand. They are counted as malformed.
"""

import time
from collections.abc import Callable
from itertools import product
from typing import NamedTuple

import pytest

from http_monitor.settings import Settings
from tests.harness import Recorder, replay

HOST = b"198.51.100.66"
START_S = 1_800_000_000
A_SECOND = 12


class Sent(NamedTuple):
    """What a client sent."""

    user: bytes
    target: bytes
    referer: bytes
    agent: bytes


USERS = (b"-", b'o"dd', b"two words", b"back\\slash", b'", "')
TARGETS = (
    b"/plain",
    b'/quo"te',
    b'/quote"',
    b'/"two" "three"',
    b"/back\\slash",
    b'/both\\"of them',
    b"/[bracket",
    b'/" [01/Jan/2030:00:00:00 +0000] "GET / HTTP/1.1',
    b'/a" 200',
    b'/a" HTTP/1.1" two hundred',
    b"/tab\there",
    b"/\xff\xfe\x80",
)
HEADERS = ((b"-", b"-"), (b'http://r/"x', b'q"b\\s'), (b'"', b"\\"), (b"back\\", b'" 500 7 "end'))
SENT = [Sent(user, target, *pair) for user, target, pair in product(USERS, TARGETS, HEADERS)]
"""240 requests."""

Write = Callable[[Sent, bytes], bytes]


def escaped(text: bytes) -> bytes:
    """Return a text as Apache escapes it."""
    out = text.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\t", b"\\t")
    return b"".join(bytes([byte]) if 32 <= byte < 127 else b"\\x%02x" % byte for byte in out)


def hexed(text: bytes) -> bytes:
    r"""Return a text as nginx escapes it: ``\x22``."""
    return b"".join(bytes([byte]) if 32 <= byte < 127 and byte not in b'"\\' else b"\\x%02X" % byte for byte in text)


def combined(sent: Sent, at: bytes, escape: Callable[[bytes], bytes] = bytes, end: bytes = b"") -> bytes:
    user, target, referer, agent = map(escape, sent)
    request = b'"GET %s HTTP/1.1" 200 12' % target
    return b'%s - %s [%s] %s "%s" "%s"%s' % (HOST, user, at, request, referer, agent, end)


def common(sent: Sent, at: bytes, end: bytes = b"") -> bytes:
    return b'%s - %s [%s] "GET %s HTTP/1.1" 200 12%s' % (HOST, sent.user, at, sent.target, end)


def without_user(sent: Sent, at: bytes) -> bytes:
    return combined(sent._replace(user=b""), at)


SERVERS: dict[str, Write] = {
    "Jetty": combined,
    "Yaws": combined,
    "webfs": common,
    "Starman": combined,
    "Thin": lambda sent, at: common(sent, at, b" 0.0021"),
    "Squid, combined": lambda sent, at: combined(sent, at, end=b" TCP_MISS:HIER_DIRECT"),
    "LiteSpeed": lambda sent, at: b'"%s"' % combined(sent, at),
    "Varnish, no user": without_user,
    "Apache": lambda sent, at: combined(sent, at, escaped),
    "nginx": lambda sent, at: combined(sent, at, hexed),
}


def log_of(write: Write, sent: list[Sent]) -> bytes:
    lines: list[bytes] = []
    for index, each in enumerate(sent):
        at = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(START_S + index // A_SECOND))
        lines.append(write(each, at.encode()))
    return b"".join(line + b"\n" for line in lines)


def replayed(log: bytes) -> Recorder:
    return replay([[log]], Settings(replay=True, window_s=10))


@pytest.mark.parametrize("server", SERVERS)
def test_240_hostile_requests_all_count_and_raise_the_alerts_that_they_should(server: str) -> None:
    assert len(SENT) == len(set(SENT)) == 240
    recorder = replayed(log_of(SERVERS[server], SENT))
    summary = recorder.summary
    assert (summary.hits, summary.health.malformed, summary.health.lines) == (240, 0, 240)
    assert [(row.key, row.hits) for row in summary.hosts.rows] == [(HOST, 240)]
    assert dict(summary.status) == {200: 240}
    raised = [(event.name, event.subject) for event in recorder.events if event.state == "raised"]
    assert raised == [("ddos", HOST), ("traffic", None)]


@pytest.mark.parametrize(
    "sent",
    [
        Sent(b"a [b", b"/", b"-", b"-"),
        Sent(b"[ [", b"/", b"-", b"-"),
        Sent(b"-", b'/" 200 9223372036854775808 ', b"-", b"-"),
        Sent(b"-", b'/" - 99999999999999999999 "', b"-", b"-"),
    ],
)
def test_what_no_rule_can_tell_from_the_server_is_counted_as_malformed(sent: Sent) -> None:
    summary = replayed(log_of(combined, [sent, SENT[0]])).summary
    assert (summary.hits, summary.health.malformed, summary.health.lines) == (1, 1, 2)


@pytest.mark.parametrize(
    "sent",
    [
        Sent(b"-", b'/a" 503 0 ', b"-", b"-"),
        Sent(b"-", b'/a" 000 - x', b"-", b"-"),
        Sent(b"-", b"/a\\", b' 404 7 "', b"-"),
    ],
)
def test_a_client_that_forges_its_status_still_counts_as_itself(sent: Sent) -> None:
    summary = replayed(log_of(combined, [sent] * 3)).summary
    assert [(row.key, row.hits) for row in summary.hosts.rows] == [(HOST, 3)]
