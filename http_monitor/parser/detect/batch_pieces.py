"""Joins batches of one file, and splits its lines into pieces."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from http_monitor.records import NO_ROWS, Batch, Int64s, Sample

_SAMPLES = 3
_MAX_LINES = 256
"""Maximum number of lines tried at once while the format is not known: the work of all formats but one is wasted."""


def join_batches(batches: Sequence[Batch]) -> Batch:
    """Return batches of consecutive lines, at least one, as one batch."""
    if len(batches) == 1:
        return batches[0]
    rows = [batch.rows for batch in batches if len(batch.rows)]
    starts = np.concatenate(([0], np.cumsum([batch.lines for batch in batches]))).tolist()
    placed = list(zip(batches, starts, strict=False))
    samples = [Sample(sample.line_no + start, sample.raw) for batch, start in placed for sample in batch.samples]
    return Batch(
        # Joining the chunks of a table unites their dictionaries.
        rows=pa.Table.from_batches(rows).combine_chunks().to_batches()[0] if rows else NO_ROWS,
        line_nos=np.concatenate([batch.line_nos + start for batch, start in placed]),
        lines=starts[-1],
        oversized_nos=np.concatenate([batch.oversized_nos + start for batch, start in placed]),
        samples=tuple(samples[:_SAMPLES]),
        kind=next((batch.kind for batch in batches if batch.kind is not None), None),
        other_nos=np.concatenate([batch.other_nos + start for batch, start in placed]),
        incomplete_nos=tuple(number + start for batch, start in placed for number in batch.incomplete_nos),
        begins=_join_begins(batches),
    )


def with_begins(batch: Batch, data: bytes, at: int) -> Batch:
    """Return a batch with the offsets of its lines in all data.

    Args:
        batch: The batch made of `data`; one that has the offsets of its lines is returned unchanged.
        data: The lines.
        at: Their offset in all data.
    """
    return batch if batch.begins is not None else replace(batch, begins=batch.line_begins(data) + at)


def _join_begins(batches: Sequence[Batch]) -> Int64s | None:
    """Return where the lines begin; None if all batches consist of consecutive non-blank lines."""
    begins = [batch.begins for batch in batches if batch.begins is not None]
    assert len(begins) in (0, len(batches)), "it is known of some only"
    return np.concatenate(begins) if begins else None


@dataclass(slots=True)
class Leading:
    """The lines before the first that fits: malformed, except those that a format knows to record no request."""

    lines: int = 0
    oversized: list[int] = field(default_factory=list)
    other: list[int] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    def add(self, batch: Batch) -> None:
        """Add the next lines."""
        self.oversized += (batch.oversized_nos + self.lines).tolist()
        self.other += (batch.other_nos + self.lines).tolist()
        self.samples += self._renumber(batch)
        self.lines += batch.lines

    def prepend(self, batch: Batch) -> Batch:
        """Return the batch preceded by these lines."""
        if not self.lines:
            return batch
        return replace(
            batch,
            line_nos=batch.line_nos + self.lines,
            lines=batch.lines + self.lines,
            oversized_nos=np.concatenate([np.array(self.oversized, np.int64), batch.oversized_nos + self.lines]),
            samples=tuple([*self.samples, *self._renumber(batch)][:_SAMPLES]),
            other_nos=np.concatenate([np.array(self.other, np.int64), batch.other_nos + self.lines]),
        )

    def _renumber(self, batch: Batch) -> list[Sample]:
        room = max(0, _SAMPLES - len(self.samples))
        return [Sample(sample.line_no + self.lines, sample.raw) for sample in batch.samples[:room]]


def pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (start, piece) for pieces of 1, 2, 4, … lines."""
    start, lines = 0, 1
    while start < len(data):
        end = start
        for _ in range(lines):
            end = data.find(b"\n", end) + 1
            if not end:
                end = len(data)
                break
        yield start, data[start:end]
        start, lines = end, min(2 * lines, _MAX_LINES)


def whole_lines(piece: bytes) -> list[bytes]:
    """Return the lines of a piece, each with its LF."""
    return [line + b"\n" for line in piece.removesuffix(b"\n").split(b"\n")]


def end_of_line(data: bytes, start: int) -> int:
    """Return the end of the line that contains this byte."""
    return (data.find(b"\n", start - 1) + 1 or len(data)) if 0 < start < len(data) else len(data)


def split_lines(data: bytes, limit: int) -> list[tuple[int, bytes]]:
    """Return (end, line without its LF) of each line that is not blank."""
    found: list[tuple[int, bytes]] = []
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end]
        if len(line) > limit or line.strip():
            found.append((end + 1, line))
        start = end + 1
    return found
