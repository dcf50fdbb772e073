"""Writes the lines that count themselves: ``--output lines``."""

import io
from collections.abc import Iterable
from typing import TextIO

from http_monitor.cli.streams import output_error
from http_monitor.inputs.look import LookAtLines, Select
from http_monitor.ports.log_format import LogFormat, Remark
from http_monitor.records import Batch
from http_monitor.units import visible


class LineWriter:
    """Writes lines of logs: with control characters shown on a terminal, byte for byte elsewhere.

    Args:
        stream: Standard output.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_plain = not stream.isatty() and isinstance(stream, io.TextIOWrapper)

    def write(self, lines: Iterable[bytes]) -> None:
        """Write lines, each without its LF. Raises BrokenPipeError when their reader is gone, and RefusedError."""
        try:
            self._write(lines)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise output_error(error) from error

    def _write(self, lines: Iterable[bytes]) -> None:
        if self._is_plain:
            assert isinstance(self._stream, io.TextIOWrapper)
            self._stream.buffer.write(b"".join(line + b"\n" for line in lines))
        else:
            self._stream.write("".join(visible(line.removesuffix(b"\r")) + "\n" for line in lines))
        self._stream.flush()


class MatchingLines:
    """Writes those lines of one input that count: takes the place of its remarks and its selection of rows.

    Args:
        writer: Writes them.
        remarks: Finds remarks on the lines.
        select: Removes rows that do not count; None: all count.
    """

    def __init__(self, writer: LineWriter, remarks: LookAtLines, select: Select | None) -> None:
        self._writer = writer
        self._remarks = remarks
        self._select = select
        self._data = b""

    def look(self, data: bytes, batch: Batch, fmt: LogFormat, *, last: bool) -> Iterable[tuple[int | None, Remark]]:
        """Keep the lines until `select` tells which of them count."""
        self._data = data
        return self._remarks(data, batch, fmt, last=last)

    def select(self, batch: Batch) -> Batch:
        """Write the lines of the rows that count."""
        if self._select is not None:
            batch = self._select(batch)
        if len(batch.line_nos):
            lines = [line for line in self._data.split(b"\n") if line and not line.isspace()]
            self._writer.write(lines[number - 1] for number in batch.line_nos.tolist())
        self._data = b""
        return batch
