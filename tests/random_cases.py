"""Random logs and options for a replay, the same for the same seed."""

import gzip
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.compared import Case
from tests.fuzzing import MUTATIONS
from tests.strategies import START_S, hostile_lines, logs, timed_logs
from tests.wrapped_lines import WAYS
from tests.written.hit import Hit, some_hit
from tests.written.writers import WRITERS, write

_FILTERS = (
    *("status >= 500", "status < 400", "method == POST", 'path ~ "^/s1"', "size > 1k", "duration > 1s"),
    *('not agent ~ "curl"', "host == 192.0.2.1 or status == 404", "status >=", "nothing == 1"),
)
_STRINGS = (
    '%h %l %u %t "%r" %>s %b',
    '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D',
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
    "$nonsense",
)


def draw_runs(index: int, base_seed: int, folder: Path) -> Iterator[Case]:
    """Write the files of a random case into a folder of their own; yield the four runs of it.

    Args:
        index: Which case; it does not depend on how many there are.
        base_seed: Of all cases.
        folder: Where the folder of the case goes.
    """
    source = random.Random(f"{base_seed}-{index}")
    inside = folder / f"case{index}"
    inside.mkdir()
    names = [_write_file(source, inside, no) for no in range(source.choice((1, 1, 1, 2, 3, 4)))]
    files = ["--file", "*.log*"] if source.random() < 0.1 else [word for name in names for word in ("--file", name)]
    arguments = [*files, *_draw_options(source)]
    mode = "--explain" if source.random() < 0.08 else "--replay"
    for output in ("text", "ndjson"):
        for threads in ("1", "2") if mode == "--replay" else (None,):
            how = [] if threads is None else ["--threads", threads]
            yield Case(inside, (mode, *arguments, "--output", output, *how))


def _write_file(source: random.Random, folder: Path, no: int) -> str:
    kinds: Sequence[tuple[Callable[[random.Random], bytes], int]] = (
        (_draw_servers_log, 8),
        (_draw_wrapped_log, 3),
        (_draw_two_formats, 2),
        (_draw_long_keys, 2),
        (_draw_dense_log, 1),
        (lambda source: _draw_bytes(source, timed_logs(max_steps=80)), 3),
        (lambda source: _draw_bytes(source, logs(max_lines=40)), 2),
    )
    (draw,) = source.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])
    data = draw(source)
    if source.random() < 0.2:
        data = data.removesuffix(b"\n")
    if source.random() < 0.1:
        data = data.replace(b"\n", b"\r\n")
    packed = source.random() < 0.1
    name = f"access{no}.log{'.gz' if packed else ''}"
    (folder / name).write_bytes(gzip.compress(data, mtime=0) if packed else data)
    return name


def _draw_hits(source: random.Random, most: int = 600) -> list[Hit]:
    """Draw requests whose times increase with jumps, some out of order."""
    at_us = START_S * 10**6 + source.randint(0, 100) * 10**6
    pace_us = source.choice((1_000, 50_000, 400_000, 3_000_000, 60_000_000))
    jitter_us = source.choice((0, 0, 500_000, 5_000_000, 90_000_000))
    hits = []
    for _ in range(source.choice((0, 1, 20, source.randint(2, most), most))):
        at_us += source.randint(0, 2 * pace_us)
        if source.random() < 0.005:
            at_us += source.choice((300, 4_000, 90_000)) * 10**6
        hits.append(some_hit(source, at_us - source.randint(0, jitter_us)))
    for _ in range(source.choice((0, 0, 3))):
        if hits:
            hits.insert(
                source.randrange(len(hits)), some_hit(source, at_us + source.choice((70, -7_200, 10**8)) * 10**6)
            )
    if source.random() < 0.1:
        source.shuffle(hits)
    return hits


def _head(name: str) -> list[bytes]:
    """Return the lines that a file of that format must begin with."""
    return {
        "iis": [b"#Software: Microsoft Internet Information Services 10.0"],
        "cloudfront": [b"#Version: 1.0"],
    }.get(name, [])


def _draw_lines(source: random.Random, name: str) -> list[bytes]:
    lines = [write(name, hit)[0] for hit in _draw_hits(source)]
    spoilt = source.choice((0.0, 0.0, 0.01, 0.2))
    for no, line in enumerate(lines):
        if source.random() < spoilt:
            changed = bytearray(line)
            for _ in range(source.choice((1, 1, 3))):
                source.choice(MUTATIONS)(source, changed)
            lines[no] = bytes(changed).replace(b"\n", b"")
    if spoilt and lines:
        for line in _draw_all(source, hostile_lines(), 8):
            lines.insert(source.randrange(len(lines)), line.replace(b"\n", b""))
    return [*_head(name), *lines]


def _joined(lines: Sequence[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _draw_servers_log(source: random.Random) -> bytes:
    return _joined(_draw_lines(source, source.choice(list(WRITERS))))


def _draw_two_formats(source: random.Random) -> bytes:
    lines = [line for name in source.sample(list(WRITERS), 2) for line in _draw_lines(source, name)]
    if source.random() < 0.3:
        source.shuffle(lines)
    return _joined(lines)


def _draw_dense_log(source: random.Random) -> bytes:
    """Draw a log of thousands of lines in few seconds, with durations: some limits are met only by many."""
    name = source.choice(("nginx_timed_upstream", "apache_combined_d", "envoy", "caddy_json"))
    at_us = START_S * 10**6
    lines = []
    for _ in range(800):
        at_us += source.randint(0, 25_000)
        lines += [write(name, some_hit(source, at_us))[0]] * source.randint(0, 40)
    return _joined(lines)


def _draw_wrapped_log(source: random.Random) -> bytes:
    way = WAYS[source.choice(list(WAYS))]
    lines = _draw_lines(source, source.choice(("combined", "common", "nginx_json", "vhost_combined", "haproxy_http")))
    return _joined([way.write(no, line).replace(b"\n", b"") for no, line in enumerate(lines)])


def _draw_long_keys(source: random.Random) -> bytes:
    """Draw lines with many keys, some of them as long as a request may be."""
    lines = []
    for no, hit in enumerate(_draw_hits(source, 300)):
        line = write("combined", hit)[0]
        long = b"/s%d/" % no + b"x" * source.choice((10, 300, 5_000)) + source.choice((b"", b"\xff", "ü".encode())) * 9
        lines.append(line.replace(hit.target, long, 1))
    return _joined(lines)


def _draw_all(source: random.Random, strategy: st.SearchStrategy[bytes], count: int) -> list[bytes]:
    """Return what a strategy draws for the seed that the source gives; the first example of all is the simplest."""
    drawn: list[bytes] = []

    @seed(source.randrange(1 << 32))
    @settings(
        max_examples=count,
        phases=(Phase.generate,),
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(data: bytes) -> None:
        drawn.append(data)

    draw()
    return drawn


def _draw_bytes(source: random.Random, strategy: st.SearchStrategy[bytes]) -> bytes:
    return b"".join(_draw_all(source, strategy, 6)[-2:])


def _draw_options(source: random.Random) -> list[str]:
    choose = source.choice
    bucket_s = choose((1, 1, 1, 2, 5, 10))
    drawn = {
        "--bucket-size": f"{bucket_s}s",
        "--interval": f"{bucket_s * choose((1, 10, 60, 360))}s",
        "--window": f"{bucket_s * choose((1, 5, 30, 120, 600))}s",
        "--lateness": choose(("0s", "1s", "5s", "60s", "10m")),
        "--max-ahead": choose(("1s", "60s", "1h")),
        "--top": choose(("1", "2", "5", "20", "1000")),
        "--max-keys": choose(("5", "10", "100", "1000", "5000")),
        "--max-line": choose(("100", "1k", "1M")),
        "--filter": choose(_FILTERS),
        "--alert-threshold": choose(("0.1", "1", "10", "1000")),
        "--alert-error-rate": choose(("1%", "5", "50%")),
        "--ddos-threshold": choose(("0.1", "1", "5")),
        "--alert-malformed": choose(("1%", "10%")),
        "--alert-min-hits": choose(("0", "1", "20")),
        "--alert-recover-at": choose(("50%", "80%", "100%")),
        "--unwrap": choose(("auto", "none", "syslog", "docker_json", "compose")),
        "--format": choose((*_STRINGS, "combined", choose(list(WRITERS)), "no_such_format")),
        "--exclude-host": choose(("192.0.2.0/25", "2001:db8::/32", "192.0.2.7")),
        "--trust-proxy": choose(("192.0.2.0/24", "0.0.0.0/0")),
        "--log-timezone": choose(("Europe/Berlin", "UTC", "America/New_York")),
        "--color": "always",
    }
    # The bucket size comes first, without which the others need not be multiples of it.
    rare = {"--format", "--unwrap", "--max-line", "--color", "--filter", "--exclude-host", "--max-keys"}
    chance = choose((0.0, 0.2, 0.5))
    taken = [name for name in drawn if source.random() < (chance / 3 if name in rare else chance)]
    if {"--interval", "--window", "--bucket-size"} & set(taken):
        taken = [name for name in drawn if name in {*taken, "--interval", "--window", "--bucket-size"}]
    flags = ["--ignore-bots"] if source.random() < chance / 3 else []
    return [*flags, *(word for name in taken for word in (name, drawn[name]))]
