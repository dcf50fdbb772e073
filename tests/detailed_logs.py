"""Logs whose lines say more than the common family, as a format of the tests reads them.

What is said stands in a note behind a line of the common family, which ignores it there. Reading the note is not what
is tested; what becomes of the columns is.
"""

import random
import re
from dataclasses import replace

import pyarrow as pa
from hypothesis import strategies as st

from http_monitor.parser.formats import get_format
from http_monitor.records import SCHEMA, Batch
from tests.engine_strategies import START_S, log_line
from tests.reference.clf import Parsed, Row, parse_log

_NOTE = re.compile(rb" ~(\S*)\r?$")
_NUMBERS = {b"d": "duration_us", b"u": "upstream_us", b"i": "bytes_in", b"s": "status"}
_KEYS = {b"v": "vhost", b"c": "cache", b"t": "tls", b"o": "source"}
GREATEST = (1 << 63) - 1

Note = dict[str, int | bytes]


class DetailedFormat:
    """The common family with notes behind its lines."""

    name = "detailed"

    def __init__(self, name: str = "auto") -> None:
        self._plain = get_format(name)

    def parse(self, data: bytes) -> Batch:
        batch = self._plain.parse(data)
        lines = _lines_of(data)
        notes = [note_of(lines[no - 1]) for no in batch.line_nos.tolist()]
        columns = []
        for field in SCHEMA:
            values = batch.rows.column(field.name).to_pylist()
            said = [note.get(field.name, value) for note, value in zip(notes, values, strict=True)]
            kind = field.type
            columns.append(
                pa.array(said, pa.binary()).dictionary_encode()
                if pa.types.is_dictionary(kind)
                else pa.array(said, kind)
            )
        return replace(batch, rows=pa.RecordBatch.from_arrays(columns, schema=SCHEMA))


def parse_detailed(data: bytes) -> Parsed:
    """Return what all lines of such a log mean."""
    parsed = parse_log(data)
    lines = _lines_of(data)
    return replace(parsed, rows=[_noted(row, note_of(lines[row.line_no - 1])) for row in parsed.rows])


def note_of(line: bytes) -> Note:
    """Return what the note of a line says, by column."""
    found = _NOTE.search(line)
    note: Note = {}
    for part in found[1].split(b",") if found and found[1] else ():
        name, _, value = part.partition(b"=")
        if name in _NUMBERS:
            note[_NUMBERS[name]] = int(value)
        else:
            note[_KEYS[name]] = value
    return note


def _noted(row: Row, note: Note) -> Row:
    return replace(row, **note)  # type: ignore[arg-type]


def _lines_of(data: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n") if line.strip()]


@st.composite
def detailed_logs(draw: st.DrawFn) -> bytes:
    """Return a log with lines that have durations and more, lines with nothing, and lines with only some."""
    chance = random.Random(draw(st.integers(min_value=0, max_value=1 << 30)))
    lines = draw(st.integers(min_value=1, max_value=120))
    most_keys = draw(st.sampled_from((2, 5, 40)))
    greatest = draw(st.sampled_from((100, 5_000, 10**7, GREATEST)))
    rate = draw(st.sampled_from((1, 5, 40)))
    share = draw(st.sampled_from((0.0, 0.1, 0.6, 1.0)))
    out: list[bytes] = []
    for no in range(lines):
        n = int(most_keys * chance.random() ** chance.choice((1, 3)))
        line = log_line(
            START_S + 10 + no // rate - chance.choice((0, 0, 0, 0, 1, 3, 7)),
            b"h%d" % n,
            request=chance.choice((b"GET /s%d/p%d?q HTTP/1.1" % (n % 3, n), b"-")) if n else b"GET / HTTP/1.1",
            status=chance.choice((200, 200, 404, 503)),
            size=chance.choice((b"-", b"7", b"%d" % GREATEST)),
            tail=chance.choice((b"", b' "-" "-"', b' "-" "agent %d"' % n, b' "-" "%b"' % (b"xyz"[n % 3 :] * n))),
        )
        out.append(line + _note(chance, n, greatest, share) + chance.choice((b"\n", b"\n", b"\r\n", b"\n\n")))
        if chance.random() < 0.03:
            out.append(b"junk\n")
    return b"".join(out)


def _note(chance: random.Random, n: int, greatest: int, share: float) -> bytes:
    parts: list[bytes] = []
    for name in b"dui":
        if chance.random() < share:
            number = chance.choice((int(greatest * chance.random()) % (greatest + 1), greatest, n, -1))
            parts.append(b"%c=%d" % (name, number))
    for name in b"vcto":
        if chance.random() < share:
            parts.append(b"%c=%c%d" % (name, name, n))
    if chance.random() < share / 5:
        parts.append(b"s=0")
    return b" ~" + b",".join(parts) if parts else b""
