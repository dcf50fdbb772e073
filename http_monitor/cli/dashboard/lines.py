"""Reads lines of the dashboard again, as the run read them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from http_monitor.cli import samples
from http_monitor.cli.beginning import is_read_here
from http_monitor.cli.dashboard.front import can_read_again
from http_monitor.cli.formats import Formats
from http_monitor.cli.row_selection import row_selection, selection_of
from http_monitor.dashboard.state.answers import ShownLine
from http_monitor.ports.ability import able
from http_monitor.ports.log_format import Remembering
from http_monitor.ports.views import FoundLine
from http_monitor.records import Json, LogFile
from http_monitor.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

    from http_monitor.inputs.look import Select
    from http_monitor.ports.log_format import LogFormat
    from http_monitor.recent.reread import LineReader, ParseLine


class ShownLines:
    """Reads lines with formats of its own, since those of the run belong to its thread. Used in one thread.

    Args:
        settings: The settings of the run.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._formats = Formats(settings, is_local=lambda path: is_read_here(settings, path))
        self._chosen: dict[str, tuple[bytes, Json | None]] = {}
        """The first lines of each file, and what a format remembers that was chosen by them and the last ones."""
        self._reader: LineReader | None = None
        self._selects: dict[str, Select | None] = {}

    def read(self, rows: Sequence[FoundLine]) -> list[ShownLine]:
        """Return the lines of rows, as far as they can be read."""
        if self._reader is None:
            self._reader = self._make_reader()
        texts = self._reader.read(rows)
        return [ShownLine(row, text.text, text.note) for row, text in zip(rows, texts, strict=True)]

    def _make_reader(self) -> "LineReader":
        from http_monitor.recent.reread import LineReader
        from http_monitor.sources.files.access import LocalFiles

        settings = self._settings
        by_arrival = settings.time == "arrival"
        return LineReader(LocalFiles(), self._parser_of, settings.max_line_bytes, by_arrival=by_arrival)

    def _parser_of(self, file: LogFile) -> "ParseLine | None":
        path = file.source
        if not can_read_again(self._settings, path):
            return None
        log_format = self._format_of(path)
        if path not in self._selects:
            self._selects[path] = selection_of(self._settings, path, row_selection(self._settings))
        select = self._selects[path]

        def parse(line: bytes) -> "pa.RecordBatch":
            batch = log_format.parse(line)
            return (batch if select is None else select(batch)).rows

        return parse

    def _format_of(self, path: str) -> "LogFormat":
        """Return a format of a file that has read nothing, chosen once by samples of it."""
        if path not in self._chosen:
            self._formats.check([path])
            head = samples.head_of(path, self._settings.max_line_bytes)
            chosen = able(self._formats.of_part(path, head, samples.last_lines_of(path)), Remembering)
            self._chosen[path] = head, None if chosen is None else chosen.save()
        head, memory = self._chosen[path]
        # What is remembered has been learned from the first lines already.
        log_format = self._formats.of_part(path, head if memory is None else b"", b"")
        remembering = able(log_format, Remembering)
        if remembering is not None and memory is not None:
            remembering.load(memory)
        return log_format
