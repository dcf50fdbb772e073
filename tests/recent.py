"""Frames of made rows, for tests of the recent rows."""

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.counting.frame import Frame
from http_monitor.counting.row_frame import AcceptedRows
from http_monitor.eventtime.rows import Rows
from http_monitor.records import SCHEMA, FileOffsets, LogFile
from tests import test_filtering
from tests.reference.filtering import Value
from tests.reference.views import Accepted

US_PER_S = 1_000_000
START_US = 1_700_000_000 * US_PER_S
AMOUNTS = (0, 1, 200, 1_024, 250_000, 127, 128, 129, 65_535, 65_536, 1 << 40, (1 << 52) + 1)
FILES = (LogFile("a.log", "a.log", (1, 1)), LogFile("b.log", "b.log.1", (1, 2)))


def place_of(number: int) -> tuple[LogFile | None, int]:
    """Return where the line of a row stands, by its number among all."""
    if number % 7 == 3:
        return None, -1
    return FILES[number % 5 == 0], 150 * number + number % 3


def text_of(number: int) -> bytes | None:
    """Return the line of a row that comes with it, as its place is not known."""
    return b"line %d" % number * (number % 4) if place_of(number)[0] is None else None


def rows_of(rows: Sequence[Accepted]) -> pa.RecordBatch:
    """Return rows as a batch."""
    return pa.RecordBatch.from_pylist([{"time": row.time_us, **row.values} for row in rows], schema=SCHEMA)


def frame_of(rows: Sequence[Accepted], first: int = 0) -> AcceptedRows:
    """Return a frame of rows, the first of which has this number among all."""
    batch = rows_of(rows)
    times = np.array([row.time_us for row in rows], np.int64)
    places = [place_of(first + number) for number in range(len(rows))]
    files = np.array([-1 if file is None else FILES.index(file) for file, _ in places], np.int32)
    lines = [text_of(first + number) for number in range(len(rows))]
    texts: Any = pa.array(lines, pa.binary()) if any(line is not None for line in lines) else None
    offsets = FileOffsets(FILES, files, np.array([offset for _, offset in places], np.int64), texts)
    made = Rows(batch, times, offsets=offsets)
    return AcceptedRows(made, Frame.of(made), times // 1_000_000 * 1_000_000, np.zeros(len(rows), np.bool_))


def frames_of(rows: Sequence[Accepted], cuts: Sequence[int]) -> Iterator[AcceptedRows]:
    """Yield rows as frames; some are parts of a greater one, as those of a batch are between which something closes."""
    places = sorted({min(cut, len(rows)) for cut in cuts} | {0, len(rows)})
    for number, (start, stop) in enumerate(itertools.pairwise(places)):
        if number % 2:
            yield frame_of(rows[start:stop], start)
        else:
            whole = frame_of(rows[start:], start)
            yield whole.part(0, stop - start)


def values_of(found: Any) -> dict[str, Any]:
    """Return the fields of a frozen dataclass."""
    return {name: getattr(found, name) for name in found.__slots__}


def made_rows(seed: int, count: int, steps_us: Sequence[int]) -> list[Accepted]:
    """Return rows that go on in time by one of these steps, seldom back."""
    chance = random.Random(seed)
    words = [None, *test_filtering.WORDS][: chance.choice((2, 4, 99))]
    hosts = [b"-", b"10.0.0.1", b"10.0.0.1", b"10.0.1.9", b"2001:db8::1", b"web"]
    some = chance.random()
    eras = chance.choice((None, None, True, False))
    now_us = START_US
    rows = []
    for number in range(count):
        now_us += chance.choice(steps_us)
        time_us = now_us if chance.random() < 0.9 else now_us - chance.choice((1, 7, 40, 400)) * US_PER_S
        values: dict[str, Value] = {
            name: chance.choice(words)
            for name in ("path", "method", "user", "agent", "vhost", "cache", "tls", "forwarded", "source", "server")
        }
        values |= {
            "host": chance.choice(hosts) if some < 0.9 else b"10.%d.%d.1" % (number % 300 // 256, number % 256),
            "section": chance.choice((b"(none)", b"/", b"/api")),
            "referer": chance.choice((None, *test_filtering.REFERERS)),
            "status": chance.choice((0, 200, 200, 404, 500, 503, 99, 600)),
            "size_bytes": chance.choice((None, *AMOUNTS)),
            "duration_us": chance.choice((None, -1, *AMOUNTS)) if some < 0.8 else None,
            "upstream_us": chance.choice((None, *AMOUNTS)) if some < 0.5 else None,
            "bytes_in": chance.choice((None, *AMOUNTS)) if some < 0.3 else None,
            "lacks": chance.choice((None, None, 1, 2, 3)) if some < 0.6 else 1 if some < 0.7 else None,
        }
        if eras is not None:
            # What is absent in some pieces and there in all rows of others.
            is_absent = (number < count // 2) == eras
            values = {
                name: (None if is_absent else 7 if value is None else value)
                if name in ("size_bytes", "duration_us", "bytes_in", "lacks")
                else value
                for name, value in values.items()
            }
            values["lacks"] = None if is_absent else 1
        rows.append(Accepted(time_us, values))
    return rows
