"""The log of a night in a shop, made anew for each test, and what is true of it by counting its lines one by one.

Usage: python -m tests.night_log FILE

Twenty-five minutes of an nginx that writes combined lines with the request time behind. From 10:30 on payments fail,
and still do at the end; from 12:00 to 14:00 one host floods the login; from 20:00 on searches are slow. Beside these a
health check, and strangers of one network who try a door that is not there. All addresses are from the ranges for
documentation (RFC 5737, RFC 3849) and private ones, and every byte is the same on every machine.
"""

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from tests.program import stamp

US_PER_S = 1_000_000
START_S = 1_796_076_000
"""2026-11-30 22:00:00 UTC."""
LASTS_S = 25 * 60
FAILS_FROM_S = 10 * 60 + 30
FLOOD_FROM_S, FLOOD_UNTIL_S = 12 * 60, 14 * 60
SPIKE_AGO_S = 12 * 60
"""The flood is on this long before the end."""
SLOW_FROM_S = 20 * 60
FLOODER = b"198.51.100.7"
FLOOD_AGENT = b"stresser/0.9 (go)"
WINDOW_S = 120
"""The default of ``--window``, for which the tables answer at now."""
_PROBE, _PROBE_AGENT = "10.20.0.5", "kube-probe/1.31"
_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1"
    " Mobile/15E148 Safari/604.1",
)
_LINE = re.compile(
    rb'(\S+) - - \[([^]]+)\] "(\S+) (\S+) HTTP/1\.1" ([0-9]{3}) ([0-9]+) "([^"]*)" "([^"]*)" ([0-9]+\.[0-9]{3})'
)


@dataclass(frozen=True)
class _Ask:
    """What shoppers ask for."""

    weight: int
    method: str
    path: str
    statuses: tuple[int, ...] = (200,)
    least_ms: int = 5
    most_ms: int = 80
    size: int = 4_000


_ASKS = (
    _Ask(20, "GET", "/", size=12_000),
    _Ask(22, "GET", "/products/{}", (200, 200, 200, 304), 10, 120, 9_000),
    _Ask(12, "GET", "/static/app.css", (200, 304), 1, 4, 20_000),
    _Ask(10, "GET", "/static/app.js", (200, 304), 1, 4, 90_000),
    _Ask(9, "GET", "/search", least_ms=60, most_ms=200, size=7_000),
    _Ask(12, "GET", "/api/products", least_ms=8, most_ms=60),
    _Ask(8, "POST", "/api/cart", (200, 200, 200, 200, 201, 409), 15, 90, 300),
    _Ask(5, "GET", "/api/orders", (200, 200, 200, 401), 20, 110, 2_000),
    _Ask(11, "POST", "/api/pay", least_ms=120, most_ms=480, size=250),
    _Ask(3, "POST", "/login", (302, 302, 401), 30, 90, 150),
)


def make_log(start_s: int = START_S) -> bytes:
    """Return the log; its first second is this one."""
    return b"".join(_lines(start_s))


def _lines(start_s: int) -> Iterator[bytes]:
    chance = random.Random(2_026)
    for second in range(LASTS_S):
        now_s = start_s + second
        asked = chance.choices(_ASKS, [ask.weight for ask in _ASKS], k=chance.choice((5, 6, 6, 7, 7, 8, 9)))
        lines = [_shopper(chance, now_s, second, ask) for ask in asked]
        if FLOOD_FROM_S <= second < FLOOD_UNTIL_S:
            flooded = chance.choice((10, 11, 12, 12, 13))
            agent, host = FLOOD_AGENT.decode(), FLOODER.decode()
            lines += [
                _line(now_s, host, "POST", "/login", chance.choice((401, 401, 429)), 150, agent, chance.randint(20, 60))
                for _ in range(flooded)
            ]
        if second % 5 == 0:
            lines.append(_line(now_s, _PROBE, "GET", "/healthz", 200, 2, _PROBE_AGENT, 1))
        if chance.random() < 0.15:
            host = f"203.0.113.{chance.randint(1, 254)}"
            lines.append(_line(now_s, host, "GET", "/wp-login.php", 404, 162, "Mozilla/5.0", chance.randint(1, 3)))
        chance.shuffle(lines)
        yield from lines


def _shopper(chance: random.Random, now_s: int, second: int, ask: _Ask) -> bytes:
    number = chance.randrange(70)
    host = f"192.0.2.{number + 10}" if number % 3 == 0 else f"2001:db8:{number % 23:x}::{number:x}"
    status, took_ms = chance.choice(ask.statuses), chance.randint(ask.least_ms, ask.most_ms)
    if ask.path == "/api/pay" and second >= FAILS_FROM_S:
        status = 503
    if ask.path == "/search" and second >= SLOW_FROM_S:
        took_ms = chance.randint(2_000, 4_000)
    path = ask.path.format(chance.randrange(40))
    return _line(now_s, host, ask.method, path, status, ask.size, _AGENTS[number % len(_AGENTS)], took_ms)


def _line(now_s: int, host: str, method: str, path: str, status: int, size: int, agent: str, took_ms: int) -> bytes:
    return (
        f'{host} - - [{stamp(now_s * US_PER_S).decode()}] "{method} {path} HTTP/1.1" {status} {size} "-" "{agent}"'
        f" {took_ms // 1_000}.{took_ms % 1_000:03}\n"
    ).encode()


@dataclass(frozen=True)
class Hit:
    """A line, taken apart."""

    time_us: int
    host: bytes
    method: bytes
    path: bytes
    status: int
    size: int
    agent: bytes
    duration_us: int
    line: bytes

    @property
    def is_error(self) -> bool:
        return self.status >= 500

    @property
    def section(self) -> bytes:
        return b"/" + self.path.split(b"/")[1] if self.path.count(b"/") > 1 else self.path


_Key = TypeVar("_Key", bytes, int)


class Night:
    """The lines of a log."""

    def __init__(self, data: bytes) -> None:
        self.hits = [_hit(line) for line in data.splitlines()]
        self.end_us = max(hit.time_us for hit in self.hits)
        """The time of the last line."""

    def window(self) -> list[Hit]:
        """Return the hits of the last two minutes, up to the last line."""
        return self.between(self.end_us + 1 - WINDOW_S * US_PER_S, self.end_us + 1)

    def between(self, start_us: int, end_us: int) -> list[Hit]:
        return [hit for hit in self.hits if start_us <= hit.time_us < end_us]

    def spike(self, column_s: int) -> list[Hit]:
        """Return the hits of the chart's column twelve minutes before the last line, aligned to the epoch."""
        start_us = (self.end_us // US_PER_S - SPIKE_AGO_S) // column_s * column_s * US_PER_S
        return self.between(start_us, start_us + column_s * US_PER_S)


@dataclass(frozen=True)
class Truth:
    """The answers to the questions of the night, by default as they are at the end of the log."""

    failing: tuple[bytes, int]
    """Which endpoint makes the 5xx, and how many in the window."""
    first_error_us: int
    """Since when."""
    last_error_us: int
    """Whether it is going on."""
    flooder: tuple[bytes, int]
    """Who floods: the host with the most hits in the flood, and how many it has in all the log."""
    flood_paths: list[tuple[bytes, int]]
    """What does he ask for, in all the log."""
    flood_agents: list[tuple[bytes, int]]
    flood_start_us: int
    flood_end_us: int
    """Times of the first and the last line of the flooder."""
    api_statuses: list[tuple[int, int]]
    """Which statuses has /api, in the window."""
    slowest: tuple[bytes, int]
    """Which endpoint is slow: that with the greatest p95 in the window, and this in microseconds, exactly."""
    newest_errors: list[bytes]
    """What did the lines look like: the newest twenty with a 5xx, newest first, those of a second last first."""


def truth_of(data: bytes) -> Truth:
    """Return what is true of a log."""
    night = Night(data)
    window = night.window()
    errors = [hit for hit in night.hits if hit.is_error]
    start_us = night.hits[0].time_us
    flood = night.between(start_us + FLOOD_FROM_S * US_PER_S, start_us + FLOOD_UNTIL_S * US_PER_S)
    host = ranked(flood, lambda hit: hit.host)[0][0]
    flooding = [hit for hit in night.hits if hit.host == host]
    return Truth(
        failing=ranked([hit for hit in window if hit.is_error], lambda hit: hit.path)[0],
        first_error_us=min(hit.time_us for hit in errors),
        last_error_us=max(hit.time_us for hit in errors),
        flooder=(host, len(flooding)),
        flood_paths=ranked(flooding, lambda hit: hit.path),
        flood_agents=ranked(flooding, lambda hit: hit.agent),
        flood_start_us=flooding[0].time_us,
        flood_end_us=flooding[-1].time_us,
        api_statuses=ranked([hit for hit in window if hit.section == b"/api"], lambda hit: hit.status),
        slowest=max(
            (
                (path, quantile([hit for hit in window if hit.path == path], 95))
                for path in {hit.path for hit in window}
            ),
            key=lambda entry: (entry[1], entry[0]),
        ),
        newest_errors=[hit.line for hit in reversed(errors)][:20],
    )


def ranked(hits: Iterable[Hit], key: Callable[[Hit], _Key]) -> list[tuple[_Key, int]]:
    """Return (key, hits), most hits first, equal ones by key."""
    return sorted(Counter(map(key, hits)).items(), key=lambda entry: (-entry[1], entry[0]))


def quantile(hits: list[Hit], percent: int) -> int:
    """Return a quantile of durations in microseconds by nearest rank, exactly."""
    durations = sorted(hit.duration_us for hit in hits)
    return durations[-(-len(durations) * percent // 100) - 1]


def _hit(line: bytes) -> Hit:
    found = _LINE.fullmatch(line)
    assert found is not None, line
    host, time, method, path, status, size, _, agent, took = found.groups()
    moment = datetime.strptime(time.decode(), "%d/%b/%Y:%H:%M:%S %z")
    seconds, _, millis = took.partition(b".")
    duration_us = (int(seconds) * 1_000 + int(millis)) * 1_000
    return Hit(int(moment.timestamp()) * US_PER_S, host, method, path, int(status), int(size), agent, duration_us, line)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(make_log())
