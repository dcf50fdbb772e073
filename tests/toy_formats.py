"""Formats made up for the tests of detection: plain, stricter than the family, and with header lines."""

from dataclasses import dataclass, field, replace

import numpy as np

from http_monitor.explanation import FoundField, LineReading
from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.clf.line import parse_line
from http_monitor.parser.clf.variants import SHAPES
from http_monitor.parser.presets import Preset, combined, common, vhost_combined, vhost_common
from http_monitor.records import NO_ROWS, Batch, Json, Sample

COMMON = b'192.0.2.7 - anna [10/Oct/2025:13:55:36 +0200] "GET /basket/add HTTP/1.1" 200 2326'
TIMED = COMMON + b" rt=17"
# What stands in front makes a time of the fourth field that is none, so the family reads neither of these.
PIPE = b"p i p [e "
MARK = b" i t [h "
PIPED = PIPE + COMMON
HEADER = b"#Columns: x"
UNDER_HEADER = b"x" + MARK + COMMON
OTHER = b"kernel: nothing to see here"


@dataclass
class Toy:
    """Reads a line by making one of the family of it."""

    name: str
    before: bytes = b""
    after: bytes = b""
    limit: int = 1 << 20

    def row(self, line: bytes) -> bytes | None:
        """Return the line of the family that stands for this one; None: it is malformed."""
        if not (line.startswith(self.before) and line.endswith(self.after)):
            return None
        inner = line.removeprefix(self.before).removesuffix(self.after)
        return inner if FamilyFormat("common").parse(inner).malformed_lines == 0 else None

    def is_other(self, line: bytes) -> bool:
        """Tell whether a line fits and is no request."""
        del line
        return False

    def parse(self, data: bytes) -> Batch:
        rows, numbers, bad, oversized, others, count = [], [], [], [], [], 0
        for raw in data.removesuffix(b"\n").split(b"\n") if data else ():
            line = raw.removesuffix(b"\r")
            if len(raw) <= self.limit and not line.strip():
                continue
            count += 1
            if len(raw) <= self.limit and self.is_other(line):
                others.append(count)
                continue
            inner = self.row(line) if len(raw) <= self.limit else None
            if inner is not None:
                rows.append(inner)
                numbers.append(count)
            else:
                bad.append(Sample(count, line[:1_000]))
                oversized += [count] * (len(raw) > self.limit)
        read = FamilyFormat("common").parse(b"\n".join(rows)).rows if rows else NO_ROWS
        nos = np.array(numbers, np.int64)
        kind = self.name if rows else None
        found = Batch(read, nos, count, np.array(oversized, np.int64), tuple(bad[:3]), kind)
        return replace(found, other_nos=np.array(others, np.int64))

    def read_line(self, line: bytes) -> LineReading:
        if not line.strip() or self.is_other(line):
            return LineReading(self.name, (), {})
        if self.row(line) is not None:
            stop = len(line) - len(self.after)
            return LineReading(self.name, (FoundField("rest", len(self.before), stop),), {"rest": self.row(line)})
        fits = next((n for n, (a, b) in enumerate(zip(line, self.before, strict=False)) if a != b), len(self.before))
        found = tuple(FoundField("mark", at, at + 1) for at in range(fits))
        return LineReading(self.name, found, None, fits + 1, f"a line of {self.name}")


class Timed(Toy):
    """The family with a number behind it."""

    def row(self, line: bytes) -> bytes | None:
        head, _, tail = line.rpartition(b" rt=")
        return super().row(head) if tail.isdigit() else None


@dataclass
class Sheet(Toy):
    """A header line says with what lines begin."""

    mark: bytes = field(default=b"")

    def is_other(self, line: bytes) -> bool:
        self.mark = line.removeprefix(b"#Columns: ") + MARK if line.startswith(b"#Columns: ") else self.mark
        return line.startswith(b"#")

    def row(self, line: bytes) -> bytes | None:
        return super().row(line.removeprefix(self.mark)) if self.mark and line.startswith(self.mark) else None

    def learn(self, head: bytes) -> None:
        self.parse(head)

    def save(self) -> Json:
        return {"mark": self.mark.decode("latin-1")}

    def load(self, given: Json) -> None:
        self.mark = given["mark"].encode("latin-1")


def _preset(name: str, kind: type[Toy], examples: tuple[bytes, ...], before: bytes = b"") -> Preset:
    source = "https://example.org/"
    return Preset(name, "made up", source, examples, lambda limit: kind(name, before, limit=limit))


PRESETS = (
    _preset("sheet", Sheet, (HEADER, UNDER_HEADER)),
    _preset("timed", Timed, (TIMED,)),
    _preset("piped", Toy, (PIPED,), PIPE),
    vhost_combined.PRESET,
    combined.PRESET,
    vhost_common.PRESET,
    common.PRESET,
)


def family_fits(line: bytes) -> bool:
    """Tell whether the family reads a line."""
    return hasattr(parse_line(line, SHAPES["auto"]), "kind")
