"""Reads lines of found rows again from their logs."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from http_monitor.counting.long_keys import with_short_keys
from http_monitor.ports.views import FoundLine
from http_monitor.records import LogFile
from http_monitor.sources.files.access import Files, Handle
from http_monitor.sources.files.regular_file import Obstacle

GONE = "no longer in the log"
NOT_READABLE = "cannot be read again"
_MAX_PARTS = 20
"""Lines behind the first part of a line among which the others are sought."""
_NOT_COMPARED = ("server", "lacks")
"""Columns that the text of a line does not decide alone."""

ParseLine = Callable[[bytes], pa.RecordBatch]
"""Reads a line with its LF; the rows have the schema `records.SCHEMA`. Called for the parts of a line in turn."""


@dataclass(frozen=True, slots=True)
class LineText:
    """What stands where a row was read."""

    text: bytes | None
    """The line without its end, as it is in the log: not sanitised. None: it is not there."""
    note: str = ""
    """Why not."""


class LineReader:
    """Reads lines again, and returns none that is not the one of the row. Used in one thread.

    A file is found by its device and inode, under its old name or another in the same directory, as after a rotation. A
    line counts as the same if it says what the row says: a log may have been truncated and written anew.

    Args:
        files: Access to the logs.
        make_parser: Makes what reads lines of a file as the run did, selection included; None: it cannot be read again.
        max_line_bytes: Length limit of a line.
        by_arrival: The time of a row is not that in its line.
    """

    def __init__(
        self,
        files: Files,
        make_parser: Callable[[LogFile], ParseLine | None],
        max_line_bytes: int,
        *,
        by_arrival: bool = False,
    ) -> None:
        self._files = files
        self._make_parser = make_parser
        self._max_line_bytes = max_line_bytes
        self._by_arrival = by_arrival

    def read(self, lines: Sequence[FoundLine]) -> list[LineText]:
        """Return the text of each line; every file is opened once."""
        texts: list[LineText] = [LineText(line.text, "" if line.text is not None else NOT_READABLE) for line in lines]
        by_file: dict[LogFile, list[int]] = {}
        for number, line in enumerate(lines):
            if line.text is None and line.file is not None and line.file.identity is not None:
                by_file.setdefault(line.file, []).append(number)
        for file, numbers in by_file.items():
            if self._make_parser(file) is None:
                continue
            with self._opened(file) as handle:
                for number in numbers:
                    texts[number] = LineText(None, GONE) if handle is None else self._read(handle, file, lines[number])
        return texts

    @contextmanager
    def _opened(self, file: LogFile) -> Iterator[Handle | None]:
        handle = self._open(file)
        try:
            yield handle
        finally:
            if handle is not None:
                handle.close()

    def _open(self, file: LogFile) -> Handle | None:
        directory = os.path.dirname(file.path)
        try:
            others = [name for name, identity in self._files.listing(directory).items() if identity == file.identity]
            for path in (file.path, *(os.path.join(directory, name) for name in others)):
                opened = self._files.open(path)
                if isinstance(opened, Obstacle):
                    continue
                handle, status = opened
                if status.identity == file.identity:
                    return handle
                handle.close()
        except OSError:
            # The way to it is gone, and with it the log.
            return None
        return None

    def _read(self, handle: Handle, file: LogFile, line: FoundLine) -> LineText:
        parse = self._make_parser(file)
        assert parse is not None
        offset, text = line.offset, None
        for _ in range(1 + _MAX_PARTS):
            try:
                data = handle.read(offset, self._max_line_bytes + 1)
            except OSError:
                break
            if not data:
                break
            found, end, _ = data.partition(b"\n")
            offset += len(found) + len(end)
            text = found if text is None else text
            rows = parse(found + b"\n")
            if len(rows):
                if self._is_same(rows, line):
                    return LineText(text.removesuffix(b"\r"))
                if text is found:
                    break
        return LineText(None, GONE)

    def _is_same(self, rows: pa.RecordBatch, line: FoundLine) -> bool:
        rows = with_short_keys(rows)
        if not self._by_arrival and int(rows.column("time")[0].value) != line.time_us:
            return False
        return all(
            rows.column(name)[0].as_py() == value for name, value in line.values.items() if name not in _NOT_COMPARED
        )
