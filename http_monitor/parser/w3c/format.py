"""Reads the W3C extended log format, in which a ``#Fields`` line names the columns of the lines after it.

The format: https://www.w3.org/TR/WD-logfile.html
"""

from collections.abc import Iterator, Sequence

import numpy as np

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.chunks.chunk import Chunk, index_chunk
from http_monitor.parser.fields.zones import Zone
from http_monitor.parser.lines.line_by_line import FEW, LinedFormat, Outside, Span, Texts, lines_of
from http_monitor.parser.lines.misfit import Misfit
from http_monitor.parser.lines.remarks import zone_remark
from http_monitor.parser.lines.rows import Part
from http_monitor.parser.template.format import SMALL_BYTES
from http_monitor.parser.w3c.columns import Dialect, Server, W3cColumns, parse_software, unit_of_columns
from http_monitor.parser.w3c.splitting import spans_of, split
from http_monitor.ports.log_format import Remark
from http_monitor.records import Batch, Json

_FIELDS, _SOFTWARE = b"#fields:", b"#software:"
_COMMENT = b"#"
_MAX_COMMENTS = 8
"""Maximum number of comments in a chunk that is read by columns, since each may change the columns."""
_MAX_COLUMNS = 256
"""A `#Fields` line with more columns is ignored; this bounds the size of a checkpoint."""


class W3cFormat(LinedFormat):
    """The format of one file. It stores the latest `#Fields` line; before any, the server's usual columns are assumed.

    Columns are separated by tabs if a line has one, else by single spaces. Lines that begin with ``#`` record no
    request.
    """

    def __init__(self, name: str, dialect: Dialect, limit: int = DEFAULT_LINE_BYTES) -> None:
        """Take the format's name, the server's conventions, and the maximum length of a line without its LF."""
        super().__init__(name, limit)
        self._dialect = dialect
        self._columns: tuple[str, ...] | None = None
        self._server = Server()
        """What the latest `#Software` line shows."""
        self._known: W3cColumns | None = None
        self._utc = True
        """Times are in UTC unless the user gives another zone."""

    def set_zone(self, zone: Zone) -> None:
        """Read times in this zone instead of UTC."""
        super().set_zone(zone)
        self._utc, self._known = False, None

    def resembles(self, line: bytes) -> bool:
        """Return whether a line follows a #Fields line of this server."""
        del line
        columns = self._columns
        return columns is not None and (not self._dialect.mark or self._dialect.mark in columns)

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; text after the last LF is a line too."""
        comments = data.startswith(_COMMENT) + data.count(b"\n" + _COMMENT)
        if len(data) < SMALL_BYTES or comments > _MAX_COMMENTS:
            return super().parse(data)
        chunk = index_chunk(data if data.endswith(b"\n") else data + b"\n")
        return self._join([*self._by_columns(chunk)], lines_of(data))

    def learn(self, head: bytes) -> None:
        """Learn the columns from the beginning of the file, for a run that starts later in it.

        Args:
            head: The beginning of the file; a last line without LF is ignored, as it may be incomplete.
        """
        for line in head.split(b"\n")[:-1]:
            if len(line) <= self._limit and line.startswith(_COMMENT):
                self._directive(line.removesuffix(b"\r"))

    def save(self) -> Json:
        """Return the columns of the latest `#Fields` line as JSON."""
        fields = None if self._columns is None else list(self._columns)
        return {"fields": fields, "unit": self._server.unit, "quotes": self._server.quotes, **super().save()}

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        names = given["fields"]
        unit, quotes = given["unit"], given["quotes"]
        if unit not in (None, "s", "ms") or not isinstance(quotes, bool):
            raise ValueError("no server")
        super().load(given)
        self._server = Server(unit, quotes)
        if names is None:
            self._set(None)
            return
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise TypeError("the columns are not a list of names")
        if not 0 < len(names) <= _MAX_COLUMNS:
            raise ValueError("no columns, or too many")
        self._set(tuple(names))

    def _read(self, line: bytes) -> Texts | Misfit | Outside:
        if line.startswith(_COMMENT):
            self._directive(line)
            return Outside()
        texts = split(line, quotes=self._server.quotes)
        columns = self._columns_under(self._columns, len(texts), self._server)
        if columns is None:
            what = "as its #Fields line names" if self._columns else "as usual, and no #Fields line was seen"
            wanted = str(len(self._columns)) if self._columns else _one_of(self._dialect.usual_counts)
            return Misfit(self._column_of_excess(line), f"{wanted} columns {what}, not {len(texts)}")
        lack = self._lack(columns)
        if lack is not None:
            return Misfit(1, f"{lack} among the #Fields")
        return Texts(columns.meaning, columns.fields, texts)

    def _spans(self, line: bytes, read: Texts | None) -> Sequence[tuple[str, Span]]:
        names = [field.name for field in read.fields] if read else list(self._columns or ())
        return [*zip(names, spans_of(line, quotes=self._server.quotes), strict=False)]

    def _by_columns(self, chunk: Chunk) -> Iterator[Part]:
        """Yield the rows of plain lines under each `#Fields` line, with the indices of their lines."""
        names, server, first = self._columns, self._server, 0
        comments = np.flatnonzero(chunk.bytes_at(chunk.starts) == ord(_COMMENT)).tolist()
        for index in (*comments, len(chunk.lfs)):
            if index - first >= FEW:
                line = chunk.data[chunk.starts[first] : chunk.ends[first]]
                columns = self._columns_under(names, len(split(line, quotes=server.quotes)), server)
                if columns is not None and self._lack(columns) is None and columns.reader.fits:
                    yield columns.reader.rows(chunk, first, index, self._limit, quotes=server.quotes)
            if index < len(chunk.lfs) and chunk.lfs[index] - chunk.starts[index] <= self._limit:
                line = chunk.data[chunk.starts[index] : chunk.ends[index]]
                names = _names_in(line) or names
                if line[: len(_SOFTWARE)].lower() == _SOFTWARE:
                    server = parse_software(line.decode("latin-1"))
            first = index + 1

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield remarks on a line that was parsed, without side effects."""
        texts = split(line.removesuffix(b"\r"), quotes=self._server.quotes)
        columns = self._columns_under(self._columns, len(texts), self._server)
        if columns is None:
            return
        for field, text in zip(columns.fields, texts, strict=True):
            if field.role in ("clock", "time"):
                yield from zone_remark(text)
            if columns.time_taken == "decimal" and field.role == "duration" and text.isdigit():
                what = f"{field.name} is seconds in some servers and milliseconds in others, and neither #Software"
                yield Remark("unit", f"{what} nor a decimal point shows which: it is not read as a duration")

    def _directive(self, line: bytes) -> None:
        names = _names_in(line)
        if names is not None:
            self._set(names)
        elif line[: len(_SOFTWARE)].lower() == _SOFTWARE:
            self._server = parse_software(line.decode("latin-1"))

    def _set(self, names: tuple[str, ...] | None) -> None:
        self._columns = names

    def _columns_under(self, names: tuple[str, ...] | None, count: int, server: Server) -> W3cColumns | None:
        """Return the columns of a line with this number of columns; None if they cannot be its columns.

        Args:
            names: The names in the latest `#Fields` line; None without one.
            count: Number of columns of the line.
            server: The server in the latest `#Software` line.
        """
        if count not in (self._dialect.usual_counts if names is None else (len(names),)):
            return None
        named = self._dialect.usual[:count] if names is None else names
        time_taken = self._dialect.time_taken or server.unit or unit_of_columns(named)
        if self._known is None or (self._known.names, self._known.time_taken) != (named, time_taken):
            self._known = W3cColumns(named, time_taken, self._name, utc=self._utc)
        return self._known

    def _column_of_excess(self, line: bytes) -> int:
        """Return the column (in bytes, from 1) of the first field without a name; after the line if there is none."""
        spans = spans_of(line, quotes=self._server.quotes)
        named = len(spans) if self._columns is None else len(self._columns)
        return 1 + (spans[named][0] if named < len(spans) else len(line))

    def _lack(self, columns: W3cColumns) -> str | None:
        """Return what the columns lack that every line of this server must have; None if nothing."""
        if not columns.has_time:
            return "a date and a time"
        mark = self._dialect.mark
        return mark if mark and mark not in columns.names else None


def _names_in(line: bytes) -> tuple[str, ...] | None:
    """Return the names in a `#Fields` line; None for any other line."""
    if line[: len(_FIELDS)].lower() != _FIELDS:
        return None
    names = line[len(_FIELDS) :].decode("utf-8", "backslashreplace").split()
    return tuple(names) if 0 < len(names) <= _MAX_COLUMNS else None


def _one_of(counts: frozenset[int]) -> str:
    least, most = min(counts), max(counts)
    return str(least) if least == most else f"{least} to {most}"
