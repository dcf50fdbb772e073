"""The traffic of an incident, made anew for each test: a small site on nginx, on two nights.

Usage: python -m tests.incident DIRECTORY

On both a flood, 5xx of an endpoint that few ask for, and guessed passwords; on the second an endpoint is slow as well.
The lines are nginx's combined ones with the request time behind. All addresses are from the ranges for documentation
(RFC 5737, RFC 3849), and every byte is the same on every machine.
"""

import gzip
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.program import stamp

TONIGHT_S = 1_796_076_000
"""2026-11-30 22:00:00 UTC."""
TONIGHT_LASTS_S = 360
"""The log ends while the incident is under way."""
LAST_NIGHT_S = TONIGHT_S - 23 * 3_600
"""2026-11-29 23:00:00 UTC."""
LAST_NIGHT_LASTS_S = 720
ROTATED_AFTER_S = 270
"""Last night's log was rotated in the middle of its incident."""
FLOODER = "198.51.100.77"
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
_SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"
_GUESSER = "python-requests/2.32.3"
_STEP = 7_919
"""A prime: numbers that follow each other give times that do not."""


@dataclass(frozen=True)
class Request:
    """What is asked for again and again."""

    per_10_s: int
    method: str
    path: str
    host: Callable[[int], str]
    status: int = 200
    agent: Callable[[int], str] = lambda number: _SAFARI if number % 3 == 0 else _FIREFOX
    least_ms: int = 8
    most_ms: int = 60
    start_s: int = 0
    end_s: int = 1 << 30

    def number_at(self, second: int) -> tuple[int, int]:
        """Return how many there were before this second, and before the next."""
        first, last = (max(0, min(at, self.end_s) - self.start_s) for at in (second, second + 1))
        return first * self.per_10_s // 10, last * self.per_10_s // 10

    def line(self, number: int, second: int) -> bytes:
        """Return the line of one of them."""
        took_ms = self.least_ms + number * _STEP % (self.most_ms - self.least_ms)
        return (
            f"{self.host(number)} - - [{stamp(second * 1_000_000).decode()}] "
            f'"{self.method} {self.path} HTTP/1.1" {self.status} {312 if self.status < 400 else 157} "-" '
            f'"{self.agent(number)}" {took_ms // 1_000}.{took_ms % 1_000:03}\n'
        ).encode()


def _reader(number: int) -> str:
    """Return one of forty-one readers, in as many networks."""
    at = number * 17 % 41
    return f"192.0.2.{at + 1}" if at % 20 == 0 else f"2001:db8:{at:x}::{at + 1:x}"


def _site(*, fails_from_s: int, fails_until_s: int, slow_from_s: int) -> list[Request]:
    """Return what readers ask for; what fails and what is slow are asked for least."""
    invoice, report = "/api/invoices/pdf", "/reports/monthly"
    return [
        Request(16, "GET", "/", _reader),
        Request(15, "GET", "/articles/harvest", _reader),
        Request(14, "GET", "/articles/autumn", _reader),
        Request(13, "GET", "/api/orders", _reader),
        Request(13, "GET", "/static/app.css", _reader, least_ms=1, most_ms=4),
        Request(9, "POST", invoice, _reader, end_s=fails_from_s),
        Request(9, "POST", invoice, _reader, 502, least_ms=2, most_ms=5, start_s=fails_from_s, end_s=fails_until_s),
        Request(9, "POST", invoice, _reader, start_s=fails_until_s),
        Request(3, "GET", report, _reader, least_ms=150, most_ms=250, end_s=slow_from_s),
        Request(3, "GET", report, _reader, least_ms=4_000, most_ms=6_000, start_s=slow_from_s),
    ]


def _attackers(flood_from_s: int, flood_until_s: int) -> list[Request]:
    return [
        Request(
            *(60, "HEAD", "/search", lambda number: FLOODER, 200, lambda number: "-", 8, 60),
            start_s=flood_from_s,
            end_s=flood_until_s,
        ),
        Request(
            *(6, "POST", "/login", lambda number: f"203.0.113.{number % 32 + 64}", 401, lambda number: _GUESSER),
            start_s=60,
        ),
    ]


TONIGHT = [*_site(fails_from_s=120, fails_until_s=1 << 30, slow_from_s=210), *_attackers(180, 1 << 30)]
LAST_NIGHT = [*_site(fails_from_s=120, fails_until_s=420, slow_from_s=1 << 30), *_attackers(180, 420)]


def lines_of(requests: list[Request], start_s: int, seconds: range) -> Iterator[tuple[Request, bytes]]:
    """Yield the lines of these seconds in the order of a log, each with what it is of."""
    for second in seconds:
        for request in requests:
            for number in range(*request.number_at(second)):
                yield request, request.line(number, start_s + second)


def _log(requests: list[Request], start_s: int, seconds: range) -> bytes:
    return b"".join(line for _, line in lines_of(requests, start_s, seconds))


def write_tonight(folder: Path) -> None:
    """Write ``access.log``, whose last line is of a moment at which all of it is under way."""
    (folder / "access.log").write_bytes(_log(TONIGHT, TONIGHT_S, range(TONIGHT_LASTS_S)))


def write_last_night(folder: Path) -> None:
    """Write ``access.log.1`` and ``access.log.2.gz`` as well, which have last night's incident between them."""
    parts = range(ROTATED_AFTER_S), range(ROTATED_AFTER_S, LAST_NIGHT_LASTS_S)
    older, newer = (_log(LAST_NIGHT, LAST_NIGHT_S, part) for part in parts)
    (folder / "access.log.1").write_bytes(newer)
    (folder / "access.log.2.gz").write_bytes(gzip.compress(older, mtime=0))


def write_servers(folder: Path) -> None:
    """Write tonight's lines as two servers have them; only the second one makes 5xx."""
    logs: dict[str, list[bytes]] = {"web1.log": [], "web2.log": []}
    for at, (request, line) in enumerate(lines_of(TONIGHT, TONIGHT_S, range(TONIGHT_LASTS_S))):
        logs["web2.log" if request.status == 502 or at % 3 == 0 else "web1.log"].append(line)
    for name, lines in logs.items():
        (folder / name).write_bytes(b"".join(lines))


def write_all(folder: Path) -> None:
    """Write the logs of both nights, and those of the two servers."""
    write_tonight(folder)
    write_last_night(folder)
    write_servers(folder)


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
