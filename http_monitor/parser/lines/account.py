"""Sorts the lines of a chunk: rows, blank, malformed, oversized, or without a finished request."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from http_monitor.parser.chunks.arrays import Ints
from http_monitor.parser.fields.entry import Entry
from http_monitor.records import Batch, Sample

SAMPLES = 3


SAMPLE_BYTES = 1_000


@dataclass(slots=True)
class Account:
    """The outcome of lines read one by one; indices count all lines of the chunk from 0."""

    limit: int
    """Maximum length of a line in bytes, without its LF."""
    entries: list[Entry] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    """For each entry, the index of its line."""
    blank: list[int] = field(default_factory=list)
    other: list[int] = field(default_factory=list)
    """Indices of the well-formed lines that record no finished request."""
    oversized: list[int] = field(default_factory=list)
    samples: list[tuple[int, bytes]] = field(default_factory=list)
    """The first malformed lines, with their indices."""

    def is_candidate(self, index: int, raw: bytes) -> bool:
        """Return whether a line is worth reading; note it if it is blank or too long.

        Args:
            index: Index of the line; ascending from call to call.
            raw: The line without its LF, but with its CR.
        """
        # Checked before blanks: a source may have cut a long line, so the rest of it is not known.
        if len(raw) > self.limit:
            self.oversized.append(index)
            self.note_malformed(index, raw)
            return False
        if not raw or raw.isspace():
            self.blank.append(index)
            return False
        return True

    def note_malformed(self, index: int, raw: bytes) -> None:
        """Note a line that does not fit, and keep a sample."""
        if len(self.samples) < SAMPLES:
            self.samples.append((index, raw[:SAMPLE_BYTES].removesuffix(b"\r")))

    def batch(self, rows: pa.RecordBatch, row_line: Ints, total: int, kind: str | None) -> Batch:
        """Return the batch of a chunk.

        Args:
            rows: All well-formed lines.
            row_line: For each row, the index of its line, ascending.
            total: Number of lines of the chunk, blank ones included.
            kind: Kind of the first row.
        """
        blank = np.array(self.blank, np.int64)

        def number(line: Ints) -> Ints:
            return line + 1 - np.searchsorted(blank, line) if len(blank) else line + 1

        sample_nos = number(np.array([index for index, _ in self.samples], np.int64)).tolist()
        return Batch(
            rows=rows,
            line_nos=number(row_line),
            lines=total - len(blank),
            oversized_nos=number(np.array(self.oversized, np.int64)),
            samples=tuple(Sample(no, raw) for no, (_, raw) in zip(sample_nos, self.samples, strict=True)),
            kind=kind if len(row_line) else None,
            other_nos=number(np.array(self.other, np.int64)),
        )
