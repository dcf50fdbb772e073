"""Reading back beside a live run: time, memory, and whether the run keeps up."""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa

from bench.program import own_memory
from http_monitor.alerts import default_alerts
from http_monitor.checkpoint.session import Session
from http_monitor.cli.before_run.read_back import make_read_back
from http_monitor.cli.formats import Formats
from http_monitor.cli.inputs import LiveSources, first_sources
from http_monitor.cli.run import engine_maker, live_run
from http_monitor.clock import WallClock
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.views import TableQuery, ViewSpan
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.views import RecentViews
from http_monitor.settings import Settings
from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.files.data_end import look_at_data
from http_monitor.waker import Waker

_S = 1_000_000
_WRITER = """
import sys, time
path, rate, line = sys.argv[1], int(sys.argv[2]), sys.argv[3]
with open(path, "ab", buffering=0) as log:
    due = time.monotonic()
    while True:
        stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
        log.write((line % stamp).encode() * (rate // 10))
        due += 0.1
        time.sleep(max(0, due - time.monotonic()))
"""
_LINE = (
    '203.0.113.9 - - [%s] "GET /live HTTP/1.1" 200 4242 "https://shop.example/" "Mozilla/5.0 (X11; Linux) Firefox/1"\n'
)


def _write_log(path: Path, seconds: int, rate: int) -> int:
    """Write the log; return the second up to which it goes."""
    chance = np.random.default_rng(1)
    now_s = WallClock().now_us() // _S
    agents = [
        f"Mozilla/5.0 (X11; Linux x86_64; rv:{number}) AppleWebKit/537.36 Firefox/{number}" for number in range(400)
    ]
    with path.open("wb") as log:
        for second in range(now_s - seconds, now_s):
            stamp = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(second))
            hosts = (chance.pareto(1.0, rate) * 40).astype(np.int64) % 20_000
            paths = (chance.pareto(1.1, rate) * 20).astype(np.int64) % 3_000
            sizes = chance.lognormal(8, 1.5, rate).astype(np.int64)
            numbers = chance.integers(0, 400, rate)
            log.write(
                "".join(
                    f'198.51.{host // 250}.{host % 250} - - [{stamp}] "GET /s{at % 40}/products/{at}/details?n={size}'
                    f' HTTP/1.1" 200 {size} "https://shop.example/s/{at % 200}" "{agents[number]}"\n'
                    for host, at, size, number in zip(
                        hosts.tolist(), paths.tolist(), sizes.tolist(), numbers.tolist(), strict=True
                    )
                ).encode()
            )
    return now_s


def _sample(rows: Any, back: Any, waits: list[float]) -> None:
    """Take snapshots, as views do, and note how long each took."""
    pause = threading.Event()
    while back.reading_to_us is not None:
        since = time.perf_counter()
        rows.snapshot()
        waits.append(time.perf_counter() - since)
        pause.wait(0.02)


def main() -> int:
    """Read back; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure reading back.")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--rate", type=int, default=5_000)
    parser.add_argument("--live", type=int, default=5_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "access.log"
        end_s = _write_log(path, options.seconds, options.rate)
        size = path.stat().st_size
        print(f"{options.seconds * options.rate:,} lines, {size / 1e6:.0f} MB")
        return _measure(path, end_s, options)


def _measure(path: Path, end_s: int, options: Any) -> int:

    with suppress(NotImplementedError):
        # The program's own.
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    name, clock, waker = str(path), WallClock(), Waker()
    settings = Settings(files=(name,), no_state=True)
    seen = {name: look_at_data(LocalFiles(), name)}
    beginning: Any = SimpleNamespace(
        clock=clock, seen=seen, started_us=clock.now_us(), span=SimpleNamespace(since_us=None)
    )
    formats, session, hub = Formats(settings), Session(), Hub()
    formats.look([name])
    making = LiveSources(settings, clock, waker.wake, seen=seen, wants=lambda _folder, _name: False)
    sources = first_sources(making, [name], None, from_start=False)
    inputs = [Input(source, formats.of(source.name), 60 * _S, explain) for source in sources]
    rows = RecentRows(900 * _S, 64 << 20)
    back = make_read_back(settings, beginning, [name], formats, None, session, rows, 900 * _S)
    assert back is not None
    hub.join_stream(rows)
    run = live_run(settings, inputs, hub, clock, session, engine_maker(default_alerts), beginning.started_us)
    before, spent = own_memory(), {"read back": 0.0}
    inner = back._run

    def timed() -> None:
        inner()
        spent["read back"] = time.thread_time()

    back._thread = threading.Thread(target=timed)
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, name, str(options.live), _LINE])
    waits: list[float] = []
    sampler = threading.Thread(target=_sample, args=(rows, back, waits), daemon=True)
    longest, peak, behind, first = 0.0, 0, 0, 0.0
    try:
        began = time.perf_counter()
        back.start()
        sampler.start()
        while back.reading_to_us is not None:
            since = time.perf_counter()
            run.step()
            longest = max(longest, time.perf_counter() - since)
            behind += run.turns.behind
            peak = max(peak, own_memory())
            if not first and rows.held().since_us is not None:
                first = time.perf_counter() - began
            run.wait(waker, None)
        wall = time.perf_counter() - began
        since = time.perf_counter()
        back.stop()
        stopped = time.perf_counter() - since
    finally:
        writer.kill()
        writer.wait()
    run.step()
    sampler.join()
    waits.sort()
    print(f"a snapshot took {waits[len(waits) * 95 // 100] * 1e3:.1f} ms (p95), {waits[-1] * 1e3:.1f} ms at most")
    after = own_memory() - before
    held, live = rows.held(), run.health().lines
    print(f"read back in {wall:.1f} s, {spent['read back']:.1f} s CPU ({spent['read back'] / wall:.0%} of a core)")
    print(f"first rows after {first:.2f} s; stop took {stopped:.3f} s")
    print(
        f"the run counted {live:,} lines meanwhile; behind in {behind} turns; the longest turn {longest * 1e3:.0f} ms"
    )
    print(
        f"memory told {held.nbytes / 1e6:.1f} MB; the process grew by at most {(peak - before) / 1e6:.0f} MB,"
        f" {after / 1e6:.0f} MB at the end"
    )
    print(f"rows {held.rows:,}, left out {held.left_out:,}")
    run.close()
    assert held.since_us is not None
    total = RecentViews(rows).table(TableQuery("status", ViewSpan(held.since_us, 1 << 62))).total.hits
    seconds = min(options.seconds, end_s + held.since_us // -_S)
    is_right = total == seconds * options.rate + live
    print(f"from {seconds} s before the run on {total:,} rows, which is {'right' if is_right else 'wrong'}")
    return 0 if is_right else 1
