"""Makes the logs that are measured, each from a fixed seed, with what a right count of it says."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

OUT = Path(__file__).resolve().parent / "out"
"""Where logs and figures go; git ignores it."""

SEED = 20_261_123
TOP = 5

_BLOCK_LINES = 100_000
_DAY_S = 86_400
_START = datetime(2026, 3, 1, tzinfo=UTC)
_HOSTS = 5_000
_HEADS = 20_000
_TAILS = 100_000
_STATUS = (200, 304, 404, 301, 500, 503)
_STATUS_SHARE = (0.86, 0.06, 0.05, 0.01, 0.015, 0.005)
_METHODS = ("GET", "POST", "HEAD", "PUT")
_METHOD_SHARE = (0.85, 0.11, 0.03, 0.01)

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of a log, known from how it was made."""

    file_bytes: int
    lines: int
    size_bytes: int
    """The sum of the sizes in its lines."""
    errors: int
    """Lines with status 500–599."""
    sections: list[tuple[str, int]]
    """The largest, with their hits; [] where every line has its own."""
    hosts: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Log:
    """A log on disk."""

    name: str
    path: Path
    facts: Facts


def make(name: str, lines: int) -> Log:
    """Return the log of that name and length; it is written once and found again by its size.

    Args:
        name: One of `KINDS`.
        lines: How many.
    """
    OUT.mkdir(exist_ok=True)
    path = OUT / f"{name}_{lines}.log"
    facts_path = path.with_suffix(".facts.json")
    known = _known(path, facts_path)
    if known is not None:
        return Log(name, path, known)
    kind = KINDS[name]
    random = np.random.default_rng(SEED)
    facts = _write(path, lambda: kind(random, lines))
    facts_path.write_text(json.dumps(asdict(facts)) + "\n")
    return Log(name, path, facts)


def _known(path: Path, facts_path: Path) -> Facts | None:
    if not (path.exists() and facts_path.exists()):
        return None
    found: dict[str, Any] = json.loads(facts_path.read_text())
    for name in ("sections", "hosts"):
        found[name] = [(key, hits) for key, hits in found[name]]
    facts = Facts(**found)
    return facts if facts.file_bytes == path.stat().st_size else None


@dataclass(frozen=True, slots=True)
class _Block:
    """Some lines, and what they add to the facts."""

    lines: list[bytes]
    size_bytes: int
    errors: int
    sections: dict[str, int]
    hosts: dict[str, int]


def _write(path: Path, blocks: Callable[[], Iterator[_Block]]) -> Facts:
    lines = size_bytes = errors = 0
    sections: dict[str, int] = {}
    hosts: dict[str, int] = {}
    with path.open("wb") as file:
        for block in blocks():
            file.writelines(block.lines)
            lines += len(block.lines)
            size_bytes += block.size_bytes
            errors += block.errors
            for total, part in ((sections, block.sections), (hosts, block.hosts)):
                for key, hits in part.items():
                    total[key] = total.get(key, 0) + hits
    return Facts(path.stat().st_size, lines, size_bytes, errors, _largest(sections), _largest(hosts))


def _largest(hits_by_key: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(hits_by_key.items(), key=lambda item: (-item[1], item[0].encode()))[:TOP]


def _times(second: Ints) -> list[bytes]:
    """Return the time of each line with its brackets, from seconds after the start."""
    text: dict[int, bytes] = {}
    day, date = -1, ""
    for at in np.unique(second).tolist():
        if at // _DAY_S != day:
            day = at // _DAY_S
            date = f"{_START + timedelta(days=day):%d/%b/%Y}"
        text[at] = f"[{date}:{at // 3600 % 24:02}:{at // 60 % 60:02}:{at % 60:02} +0000]".encode()
    return [text[at] for at in second.tolist()]


def _zipf(random: np.random.Generator, keys: int, count: int) -> Ints:
    """Return keys of which the first is the most frequent, the others ever less."""
    weight = 1 / np.arange(1, keys + 1)
    return random.choice(keys, count, p=weight / weight.sum())


class _Site:
    """The visitors and pages of an ordinary web site: few of them make most of the traffic."""

    def __init__(self, random: np.random.Generator, *, combined: bool) -> None:
        self._host = _zipf(random, _HOSTS, _HEADS)
        self._hosts = [f"10.{n >> 8}.{n & 255}.{n * 7 % 251}" for n in range(_HOSTS)]
        users = random.integers(0, 400, _HEADS)
        self._heads = [
            f"{self._hosts[host]} - {f'user{user}' if user < 40 else '-'} ".encode()
            for host, user in zip(self._host.tolist(), users.tolist(), strict=True)
        ]
        self._section = _zipf(random, 40, _TAILS)
        self._sections = [f"/s{n}" for n in range(40)]
        page = _zipf(random, 200, _TAILS)
        query = random.integers(0, 5, _TAILS)
        self._size = random.integers(0, 60_000, _TAILS)
        self._status = random.choice(_STATUS, _TAILS, p=_STATUS_SHARE)
        method = random.choice(_METHODS, _TAILS, p=_METHOD_SHARE)
        agent, referer = _zipf(random, 200, _TAILS), _zipf(random, 1_000, _TAILS)
        self._tails = [
            f' "{method[n]} /s{self._section[n]}/page{page[n]}{f"?id={n}" if query[n] == 0 else ""} HTTP/1.1"'
            f" {self._status[n]} {self._size[n] or '-'}{_pair(int(referer[n]), int(agent[n])) if combined else ''}\n"
            for n in range(_TAILS)
        ]
        self._tail_bytes = [tail.encode() for tail in self._tails]

    def block(self, random: np.random.Generator, second: Ints) -> _Block:
        """Return a line for each of those times."""
        head = random.integers(0, _HEADS, len(second))
        tail = random.integers(0, _TAILS, len(second))
        heads, tails = self._heads, self._tail_bytes
        return _Block(
            lines=[
                heads[one] + time + tails[other]
                for one, time, other in zip(head.tolist(), _times(second), tail.tolist(), strict=True)
            ],
            size_bytes=int(self._size[tail].sum()),
            errors=int((self._status[tail] >= 500).sum()),
            sections=_counted(self._section[tail], self._sections),
            hosts=_counted(self._host[head], self._hosts),
        )


def _pair(referer: int, agent: int) -> str:
    shown = f"https://www.example.org/from/{referer}" if referer % 3 else "-"
    return f' "{shown}" "Mozilla/5.0 (X11; Linux x86_64; rv:{agent}.0) Gecko/20100101 Firefox/{agent}.0"'


def _counted(numbers: Ints, names: list[str]) -> dict[str, int]:
    hits = np.bincount(numbers, minlength=len(names)).tolist()
    return {name: count for name, count in zip(names, hits, strict=True) if count}


def _steady(random: np.random.Generator, lines: int, per_s: int, *, combined: bool) -> Iterator[_Block]:
    site = _Site(random, combined=combined)
    for start in range(0, lines, _BLOCK_LINES):
        yield site.block(random, np.arange(start, min(lines, start + _BLOCK_LINES)) // per_s)


def _dense_common(random: np.random.Generator, lines: int) -> Iterator[_Block]:
    """Yield 1,000 lines a second of the common format."""
    return _steady(random, lines, 1_000, combined=False)


def _dense_combined(random: np.random.Generator, lines: int) -> Iterator[_Block]:
    """Yield 1,000 lines a second with referer and agent."""
    return _steady(random, lines, 1_000, combined=True)


def _sparse(random: np.random.Generator, lines: int) -> Iterator[_Block]:
    """Yield 0.8 lines a second, at random moments."""
    site = _Site(random, combined=False)
    at = np.cumsum(random.exponential(1 / 0.8, lines)).astype(np.int64)
    for start in range(0, lines, _BLOCK_LINES):
        yield site.block(random, at[start : start + _BLOCK_LINES])


def _hostile(random: np.random.Generator, lines: int) -> Iterator[_Block]:
    """Yield 3,000 lines a second, each with a host, a path and an agent that were never seen before."""
    for start in range(0, lines, _BLOCK_LINES):
        numbers = range(start, min(lines, start + _BLOCK_LINES))
        size = random.integers(0, 60_000, len(numbers))
        times = _times(np.array(numbers, np.int64) // 3_000)
        yield _Block(
            lines=[
                b'%d.%d.%d.%d - - %s "GET /%x/page HTTP/1.1" %d %d "-" "agent %d"\n'
                % (n >> 24, n >> 16 & 255, n >> 8 & 255, n & 255, time, n, 503 if n % 50 == 0 else 200, sent, n)
                for n, time, sent in zip(numbers, times, size.tolist(), strict=True)
            ],
            size_bytes=int(size.sum()),
            errors=sum(n % 50 == 0 for n in numbers),
            sections={},
            hosts={},
        )


KINDS: dict[str, Callable[[np.random.Generator, int], Iterator[_Block]]] = {
    "dense_common": _dense_common,
    "dense_combined": _dense_combined,
    "sparse": _sparse,
    "hostile": _hostile,
}
"""Every log by its name."""
