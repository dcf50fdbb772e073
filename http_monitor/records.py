"""The columnar contract between parser and metrics."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_KEY = pa.dictionary(pa.int32(), pa.binary())

SCHEMA = pa.schema(
    [
        pa.field("time", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("host", _KEY, nullable=False),
        pa.field("section", _KEY, nullable=False),
        pa.field("path", _KEY),
        pa.field("method", _KEY),
        pa.field("user", _KEY),
        pa.field("referer", _KEY),
        pa.field("agent", _KEY),
        pa.field("status", pa.int16(), nullable=False),
        pa.field("size_bytes", pa.int64()),
        pa.field("duration_us", pa.int64()),
        pa.field("upstream_us", pa.int64()),
        pa.field("bytes_in", pa.int64()),
        pa.field("vhost", _KEY),
        pa.field("cache", _KEY),
        pa.field("tls", _KEY),
        pa.field("forwarded", _KEY),
        pa.field("source", _KEY),
        pa.field("server", _KEY),
        pa.field("lacks", pa.int8()),
    ]
)
"""One row per well-formed line, in file order. `path` is the endpoint of docs/ARCHITECTURE.md, null in section (none);
`vhost` is without its port; `forwarded` is the unverified content of X-Forwarded-For; `source` is the container, pod,
program or machine in front of a wrapped line; `server` is the name that the user gave the input, which no format
knows; `status` is 0 for a line without one. Nullable columns are null for
``-`` and for formats without the field; `lacks` distinguishes the two where that matters: it is the sum of
`LACKS_SIZE` and `LACKS_AGENT`, null for a line with both fields."""
NO_ROWS = pa.RecordBatch.from_arrays([pa.nulls(0, field.type) for field in SCHEMA], schema=SCHEMA)
"""An empty batch."""
UNTIMED_US = -(1 << 55)
"""The time of a row whose line has none, within the parser and until a live run takes that of its arrival; earlier than
that of any line."""
LACKS_SIZE = 1
LACKS_AGENT = 2

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


_LF = ord("\n")
_BLANKS = np.frombuffer(b" \t\n\r\v\f", np.uint8)


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file or another input from which lines were read."""

    source: str
    """Name of the source, as in the positions of a mark."""
    path: str
    """Its path when the lines were read."""
    identity: tuple[int, int] | None
    """Device and inode, as in the positions of a mark; None: not a file."""


class RowOffsets(Protocol):
    """The places of some rows' lines, perhaps not computed yet."""

    def take(self, index: "slice | Int64s") -> "RowOffsets":
        """Return the offsets of the selected rows."""
        ...

    def resolve(self) -> "FileOffsets":
        """Return the files and offsets."""
        ...


@dataclass(frozen=True, slots=True)
class FileOffsets:
    """The places of some rows' lines."""

    files: tuple[LogFile, ...]
    file: Int32s
    """Index of each row's file in `files`; -1: not known."""
    offset: Int64s
    """Offset of the first byte of each row's line, in an archive that of the content; -1: not known."""

    @staticmethod
    def unknown(count: int) -> "FileOffsets":
        """Return the unknown offsets of rows."""
        return FileOffsets((), np.full(count, -1, np.int32), np.full(count, -1, np.int64))

    @staticmethod
    def join(parts: "Sequence[FileOffsets]") -> "FileOffsets":
        """Return the offsets of the rows of all parts."""
        files: dict[LogFile, int] = {}
        numbers: list[Int32s] = []
        for part in parts:
            # The last item is what -1 selects.
            number_of = np.array([*(files.setdefault(file, len(files)) for file in part.files), -1], np.int32)
            numbers.append(number_of[part.file])
        return FileOffsets(tuple(files), np.concatenate(numbers), np.concatenate([part.offset for part in parts]))

    @property
    def nbytes(self) -> int:
        """Bytes of memory of the numbers."""
        return self.file.nbytes + self.offset.nbytes

    def take(self, index: "slice | Int64s") -> "FileOffsets":
        """Return the offsets of the selected rows."""
        return FileOffsets(self.files, self.file[index], self.offset[index])

    def resolve(self) -> "FileOffsets":
        """Return this object."""
        return self


@dataclass(frozen=True, slots=True)
class Sample:
    """A malformed line, for display."""

    line_no: int
    """Its number among the non-blank lines of its batch, from 1."""
    raw: bytes
    """The line, shortened to at most 1,000 bytes, not sanitised."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One chunk of whole lines, parsed."""

    rows: pa.RecordBatch
    """The well-formed lines; schema `SCHEMA`."""
    line_nos: Int64s
    """For each row, its number among the non-blank lines of this batch, from 1, strictly increasing."""
    lines: int
    """Non-blank lines of the chunk: the rows, the malformed ones, those filtered out and the others."""
    oversized_nos: Int64s = field(default_factory=lambda: np.empty(0, np.int64))
    """The numbers of the malformed lines that were longer than the limit."""
    samples: tuple[Sample, ...] = ()
    """The first malformed lines, at most three."""
    kind: str | None = None
    """The kind of the first well-formed line of the batch (``common``, ``vhost_combined``, …); None without rows."""
    filtered_nos: Int64s = field(default_factory=lambda: np.empty(0, np.int64))
    """The numbers of the well-formed lines excluded from counting, strictly increasing; a format gives none."""
    other_nos: Int64s = field(default_factory=lambda: np.empty(0, np.int64))
    """The numbers of the well-formed lines that record no finished request (``#`` directives, the first of two lines
    of one request), strictly increasing; no table contains them (docs/ARCHITECTURE.md, "Time")."""
    incomplete_nos: tuple[int, ...] = ()
    """The numbers of lines in parts that were given up before their last part."""
    begins: Int64s | None = None
    """Offset of each of its lines in the parsed data; below 0: in data parsed before. None: each non-blank line of the
    data is one."""
    offsets: RowOffsets | None = None
    """The places of its rows' lines in their files; None: not known. A format gives none."""

    def head(self, lines: int) -> "Batch":
        """Return the part of the batch for its first lines."""
        rows = int(np.searchsorted(self.line_nos, lines, "right"))
        return Batch(
            rows=self.rows.slice(0, rows),
            line_nos=self.line_nos[:rows],
            lines=lines,
            oversized_nos=self.oversized_nos[self.oversized_nos <= lines],
            samples=tuple(sample for sample in self.samples if sample.line_no <= lines),
            kind=self.kind if rows else None,
            filtered_nos=self.filtered_nos[self.filtered_nos <= lines],
            other_nos=self.other_nos[self.other_nos <= lines],
            incomplete_nos=tuple(number for number in self.incomplete_nos if number <= lines),
            begins=None if self.begins is None else self.begins[:lines],
            offsets=None if self.offsets is None else self.offsets.take(slice(0, rows)),
        )

    def line_begins(self, data: bytes) -> Int64s:
        """Return where each line begins in the data that was parsed."""
        if self.begins is not None:
            return self.begins
        if not self.lines:
            return np.empty(0, np.int64)
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == _LF)
        begins = np.zeros(len(ends) + (not data.endswith(b"\n")), np.int64)
        begins[1:] = ends[: len(begins) - 1] + 1
        return begins if len(begins) == self.lines else _without_blank(data, begins, self.lines)

    @property
    def malformed_lines(self) -> int:
        """Number of malformed lines."""
        return self.lines - self.well_formed

    @property
    def well_formed(self) -> int:
        """Number of well-formed lines, filtered out or not, including those that record no finished request."""
        return self.requests + len(self.other_nos)

    @property
    def requests(self) -> int:
        """Number of lines that record a finished request, filtered out or not."""
        return len(self.line_nos) + len(self.filtered_nos)

    @property
    def counted(self) -> int:
        """Number of lines counted by their time or as malformed: all except the filtered and the other."""
        return self.lines - len(self.filtered_nos) - len(self.other_nos)

    @property
    def first_request(self) -> int | None:
        """Number of the first line that records a finished request, filtered out or not; None if there is none."""
        return min((int(nos[0]) for nos in (self.line_nos, self.filtered_nos) if len(nos)), default=None)


def _without_blank(data: bytes, begins: Int64s, lines: int) -> Int64s:
    """Return where the non-blank lines begin; blank lines count too if they exceed the maximum length."""
    first = np.frombuffer(data, np.uint8).take(begins, mode="clip")
    stops = np.append(begins[1:], len(data))
    blank = [at for at in np.flatnonzero(np.isin(first, _BLANKS)).tolist() if not data[begins[at] : stops[at]].strip()]
    # All of these have the maximum length.
    counted = lines - (len(begins) - len(blank))
    blank.sort(key=lambda at: int(stops[at] - begins[at]))
    return np.delete(begins, blank[: len(blank) - counted])


Json = dict[str, Any]
"""A JSON object: state to be saved or restored. Any: its values are checked by the part that made it, not by those
that pass it on."""


AgentKind = Literal["person", "bot", "library", "unknown"]
"""The kind of client behind a user agent, as far as it shows."""


@dataclass(frozen=True, slots=True)
class AgentFamily:
    """The families of a user agent."""

    browser: bytes | None
    """Family of the browser or program, ``Firefox``; may be text of the log. None: not known."""
    system: bytes | None
    """Family of the operating system, ``Windows``; likewise."""
    kind: AgentKind
