"""The recent rows: their memory, what a row costs, and what views cost."""

import argparse
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any

import numpy as np
import pyarrow as pa

from bench.program import own_memory
from http_monitor.ports.views import LinesQuery, SeriesQuery, TableQuery, ViewSpan
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.views import RecentViews
from http_monitor.records import SCHEMA, FileOffsets, LogFile

_START_US = 1_700_000_000_000_000
_S = 1_000_000
_MEMORY = 64 << 20
_FRAMES_PER_S = 10
_FEW_MS, _ANY_MS = 50, 150


class _Frame:
    """As much of a `RowFrame` as the fold looks at."""

    def __init__(self, batch: pa.RecordBatch, time_us: Any, offsets: Any) -> None:
        self.batch = batch
        self.time_us = time_us
        self.offsets = offsets


class _Column:
    """Texts, some far more frequent than others."""

    def __init__(self, form: str, count: int, skew: float) -> None:
        self.texts = pa.array(
            [
                (form % ((number // 250, number % 250) if form.count("%d") > 1 else number)).encode()
                for number in range(count)
            ],
            pa.binary(),
        )
        weights = 1 / np.arange(1, count + 1) ** skew
        self._upto = np.cumsum(weights / weights.sum())

    def draw(self, chance: np.random.Generator, rows: int) -> Any:
        """Return a dictionary column with the texts that occur, as a parser makes it."""
        codes = np.minimum(np.searchsorted(self._upto, chance.random(rows)), len(self._upto) - 1)
        present, local = np.unique(codes, return_inverse=True)
        codes_of: Any = pa.array(local.astype(np.int32))
        return pa.DictionaryArray.from_arrays(codes_of, self.texts.take(pa.array(present)))


def _frames(seconds: int, rate: int, hosts: int) -> Iterator[_Frame]:

    chance = np.random.default_rng(1)
    columns = {
        "host": _Column("198.51.%d.%d", hosts, 1.0),
        "section": _Column("/s%d", 40, 1.0),
        "path": _Column("/s7/products/%d/details", 3_000, 1.1),
        "method": _Column("M%d", 4, 2.5),
        "agent": _Column("Mozilla/5.0 (X11; Linux x86_64; rv:%d) Gecko/20100101 Firefox/1", 400, 1.0),
        "referer": _Column("https://shop.example/s/%d", 2_000, 1.3),
    }
    file = LogFile("access.log", "access.log", (1, 2))
    rows = rate // _FRAMES_PER_S
    offset = 0
    for number in range(seconds * _FRAMES_PER_S):
        span_us = _S // _FRAMES_PER_S
        time_us = _START_US + number * span_us + np.sort(chance.integers(0, span_us // 1_000, rows)) * 1_000
        made: dict[str, Any] = {name: column.draw(chance, rows) for name, column in columns.items()}
        made["time"] = pa.array(time_us).cast(SCHEMA.field("time").type)
        made["status"] = pa.array(chance.choice([200, 304, 404, 500, 503], rows, p=[0.86, 0.06, 0.05, 0.02, 0.01]))
        made["status"] = made["status"].cast(pa.int16())
        made["size_bytes"] = pa.array(chance.lognormal(8, 1.5, rows).astype(np.int64))
        made["duration_us"] = pa.array(chance.lognormal(10, 1, rows).astype(np.int64))
        arrays = [made[field.name] if field.name in made else pa.nulls(rows, field.type) for field in SCHEMA]
        lengths = chance.normal(220, 40, rows).astype(np.int64)
        offsets = FileOffsets((file,), np.zeros(rows, np.int32), offset + np.cumsum(lengths) - lengths)
        offset += int(lengths.sum())
        yield _Frame(pa.record_batch(arrays, schema=SCHEMA), time_us, offsets)


def main() -> int:
    """Fold and ask; return the exit code."""
    parser = argparse.ArgumentParser(description="Measure the recent rows.")
    parser.add_argument("--seconds", type=int, default=900)
    parser.add_argument("--rate", type=int, default=5_000)
    parser.add_argument("--hosts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--short", action="store_true", help="a few rows: only the results matter")
    options = parser.parse_args()
    if options.short:
        options.seconds, options.rounds = 60, 1

    rows = RecentRows(900 * _S, _MEMORY)
    before, spent, count = own_memory(), 0.0, 0
    for frame in _frames(options.seconds, options.rate, options.hosts):
        since = process_time()
        rows.frame(frame)  # type: ignore[arg-type]
        spent += process_time() - since
        count += len(frame.batch)
    held = rows.held()
    pa.default_memory_pool().release_unused()
    print(f"rows {held.rows:,} of {count:,}, left out {held.left_out:,}{_missed(held.left_out, 0)}")
    grown = (own_memory() - before) / 1e6
    print(f"memory told {held.nbytes / 1e6:.1f} MB{_missed(held.nbytes, _MEMORY)}, the process grew by {grown:.0f} MB")
    print(f"fold {1e9 * spent / count:.0f} ns CPU a row: {spent / options.seconds:.2%} of a core")
    end_us = _START_US + options.seconds * _S
    wrong = _ask(
        lambda: RecentViews(rows, lambda agent: agent[-9:]), ViewSpan(end_us - 900 * _S, end_us), options.rounds
    )
    print(f"the process has {own_memory() / 1e6:.0f} MB")
    wrong |= options.seconds <= 900 and held.rows + held.left_out != count
    print("results are wrong" if wrong else "results are right")
    return 1 if wrong else 0


def _missed(value: float, limit: float) -> str:
    return f"  missed: more than {limit:,}" if value > limit else ""


def _ask(make_views: "Callable[[], RecentViews]", whole: "ViewSpan", rounds: int) -> bool:
    """Print what views cost; return whether views of the same rows differ."""
    minute = ViewSpan(whole.end_us - 200 * _S, whole.end_us - 80 * _S)
    few = ("status >= 500", 'path == "/s7/products/9/details"', "host == 198.51.40.0/24", "duration > 200ms")
    many = (None, "status < 400", 'path ~ "details" and not status == 404')
    asked: list[tuple[str, Any, str]] = []
    for text in (*few, *many):
        asked += [
            (f"{dimension} | {text}", TableQuery(dimension, whole, text), "table")
            for dimension in ("endpoint", "host", "status")
        ]
        asked.append((f"series | {text}", SeriesQuery(whole, 10 * _S, text), "series"))
        asked.append((f"lines | {text}", LinesQuery(whole, text), "lines"))
    asked += [
        ("network | None", TableQuery("network", whole), "table"),
        ("host by p95 | None", TableQuery("host", whole, None, "p95"), "table"),
        ("host, all | None", TableQuery("host", whole, limit=None), "table"),
        ("endpoint, 2 min | None", TableQuery("endpoint", minute), "table"),
    ]
    found_by: dict[str, set[int]] = {}
    for name, query, ask in asked:
        first: list[float] = []
        second: list[float] = []
        third: list[float] = []
        for _ in range(rounds):
            # New views remember nothing.
            views = make_views()
            for taken in (first, second, third):
                since = process_time()
                found = getattr(views, ask)(query)
                taken.append(1_000 * (process_time() - since))
        text = name.partition(" | ")[2]
        hits = _hits_of(found)
        if query.span == whole:
            found_by.setdefault(text, set()).add(hits)
        limit, least = _FEW_MS if text in few else _ANY_MS, min(first)
        print(f"{least:7.1f} ms, again {min(third):6.1f} ms  {name}  {hits:,}{_missed(least, limit)}")
    return any(len(hits) > 1 for hits in found_by.values())


def _hits_of(found: Any) -> int:
    """Return the number of rows of a view."""
    if hasattr(found, "total"):
        return int(found.total.hits)
    if hasattr(found, "points"):
        return sum(point.hits for point in found.points)
    return len(found.lines) + int(found.skipped)
