"""Explains lines instead of counting them (--explain), and lists the formats."""

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence

from http_monitor.choices import FORMAT_LINES
from http_monitor.cli.displays import progress_line
from http_monitor.cli.formats import Formats
from http_monitor.cli.streams import choose_palette, complain, output_error, width_of
from http_monitor.display.columns import columns, shorten
from http_monitor.display.progress import ProgressLine
from http_monitor.display.readings.ndjson import format_line, reading_line
from http_monitor.display.readings.text import render_formats, render_reading
from http_monitor.display.style import style_for
from http_monitor.errors import FormatError
from http_monitor.explanation import LineReading
from http_monitor.inputs.look import Select
from http_monitor.parser.detect.auto import AutoFormat
from http_monitor.parser.lines.explain import read_line, utf16_words
from http_monitor.parser.wrapped.format import WrappedFormat
from http_monitor.ports.log_format import LogFormat
from http_monitor.report import WorkDone
from http_monitor.settings import Settings
from http_monitor.sources.path_selection import STDIN
from http_monitor.sources.replay import ReplayFile
from http_monitor.sources.stdin import StdinSource
from http_monitor.units import brief_text, visible_text

_PIECE_BYTES = 64 << 10
"""Number of bytes read, explained and written at once: some hundred lines, in less than a moment."""
_MIN_PATH = 12
"""Number of columns of a path that are shown at least, even if the rest then does not fit."""
_ADVICE = "--format takes a LogFormat or log_format string, --format-from the server's configuration"
_MAX_NEAREST = 3
"""Number of formats shown for a line that fits none."""


def explain(
    settings: Settings,
    formats: Formats,
    paths: Sequence[str],
    stopping: Callable[[], bool],
    select_of: Callable[[str], Select | None],
) -> int:
    """Explain one line, or every line of the files, on standard output; return 0.

    Args:
        settings: The settings of the run.
        formats: The formats of the files.
        paths: The files; a single line given by the user is read with the format of the first.
        stopping: Returns whether the user asked to stop.
        select_of: Returns the selection of the lines of a file that match the filter; None: all lines are wanted.

    Raises:
        FormatError: no line fits, or none of the first 1,000 of a file.
        InputError: a file could not be read to its end.
        RefusedError: standard output cannot be written.
    """
    if settings.output == "ndjson" and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="strict", newline="\n")
    if settings.explain:
        data = os.fsencode(settings.explain) + b"\n"
        path = STDIN if settings.format_from is None else paths[0]
        log_format = formats.of(path)
        matching = _make_matching(formats, path, select_of(path))
        explainer = _Explainer(settings, file=None, best=_MAX_NEAREST, matching=matching)
        explainer.write(data, log_format)
        explainer.finish(None, log_format)
        _say_if_none_matches([explainer])
        return 0
    explainers: list[_Explainer] = []
    progress = FilesProgress(progress_line(settings), paths)
    for path in paths:
        log_format = formats.of(path)
        matching = _make_matching(formats, path, select_of(path))
        explainer = _Explainer(settings, file=path if len(paths) > 1 else None, best=1, matching=matching)
        explainers.append(explainer)
        source = _source(path, settings.max_line_bytes)
        try:
            finished = False
            while not (finished or stopping()):
                chunk = source.read()
                finished = chunk.finished
                progress.update(source.health().lag_bytes, chunk.data)
                explainer.write(chunk.data, log_format)
        finally:
            progress.end()
            source.close()
        if source.failure is not None:
            raise source.failure
        if not stopping():
            explainer.finish("standard input" if path == STDIN else visible_text(path), log_format)
    if not stopping():
        _say_if_none_matches(explainers)
    return 0


def _say_if_none_matches(explainers: "Sequence[_Explainer]") -> None:
    """Say that no line matches the filter, if so: an empty output might mean anything."""
    seen = sum(explainer.seen for explainer in explainers)
    if seen and not any(explainer.explained for explainer in explainers):
        complain("the line does not match the filter" if seen == 1 else f"none of {seen:,} lines matches the filter")


class FilesProgress:
    """Shows the progress of reading, file by file.

    Args:
        line: The progress line; None: it cannot be seen.
        paths: The files.
    """

    def __init__(self, line: ProgressLine | None, paths: Sequence[str]) -> None:
        self._line = line
        self._sizes: list[int] = []
        self._lines = 0
        self._unread = 0
        if line is not None and STDIN not in paths:
            self._sizes = [os.stat(path).st_size if os.path.exists(path) else 0 for path in paths]
        self._all = sum(self._sizes)

    def update(self, lag_bytes: int, data: bytes) -> None:
        """Count lines that were read, and show the progress if it is time to.

        Args:
            lag_bytes: Bytes left of the file.
            data: The lines.
        """
        if self._line is not None:
            self._lines += data.count(b"\n")
            self._unread = lag_bytes + sum(self._sizes[1:])
            self._line.update(self._work_done)

    def end(self) -> None:
        """Clear the progress line: the file has been read."""
        self._sizes = self._sizes[1:]
        if self._line is not None:
            self._line.clear()

    def _work_done(self) -> WorkDone:
        share = 1 - self._unread / self._all if self._all else None
        return WorkDone(self._lines, share)


def list_formats(settings: Settings) -> int:
    """List the named formats on standard output; return 0."""
    from http_monitor.parser.presets import PRESETS

    if settings.output == "ndjson":
        _write([format_line(p.name, p.what, p.source, p.examples[-1], detected=p.detected) + "\n" for p in PRESETS])
        return 0
    shown = [(preset.name, preset.what, preset.source, preset.examples[-1]) for preset in PRESETS]
    style = style_for(sys.stdout.encoding, choose_palette(settings))
    _write([line + "\n" for line in render_formats(shown, width_of(sys.stdout), style)])
    return 0


def _make_matching(formats: Formats, path: str, select: Select | None) -> "_Matching | None":
    """Return what tells which lines of a file match the filter; None without a filter."""
    return None if select is None else _Matching(formats.of(path), select)


class _Matching:
    """Tells which lines of one file match the filter.

    Args:
        log_format: Parses the lines; used for nothing else.
        select: Removes the rows that do not match.
    """

    def __init__(self, log_format: LogFormat, select: Select) -> None:
        self._format = log_format
        self._select = select

    def numbers(self, data: bytes) -> frozenset[int]:
        """Return the numbers, among the non-blank of these whole lines, of those that match."""
        return frozenset(self._select(self._format.parse(data)).line_nos.tolist())


def _source(path: str, limit: int) -> ReplayFile | StdinSource:
    if path == STDIN:
        return StdinSource(lambda: None, block=True, limit=limit, read_bytes=_PIECE_BYTES)
    return ReplayFile(path, limit=limit, read_bytes=_PIECE_BYTES)


class _Explainer:
    """Explains the lines of one file, in order."""

    def __init__(self, settings: Settings, *, file: str | None, best: int, matching: _Matching | None) -> None:
        self._limit = settings.max_line_bytes
        self._matching = matching
        self._file = file
        self._best = best
        self._number = self.seen = self.explained = 0
        self._fits = False
        self._first = b""
        """The first line, kept to diagnose a problem that all lines share."""
        self._wanted = settings.format != "auto" or settings.format_from is not None
        self._is_json = settings.output == "ndjson"
        if not self._is_json:
            self._style = style_for(sys.stdout.encoding, choose_palette(settings))
            self._width = width_of(sys.stdout)

    def write(self, data: bytes, log_format: LogFormat) -> None:
        """Explain whole lines. Raises FormatError if none of the first 1,000 fits."""
        lines = data.split(b"\n")
        lines.pop()
        wanted = None if self._matching is None or not data else self._matching.numbers(data)
        texts: list[str] = []
        before = self.seen
        for line in lines:
            self._number += 1
            too_long = len(line) > self._limit
            if not too_long and (not line or line.isspace()):
                continue
            self.seen += 1
            self._first = self._first or line[:FORMAT_LINES]
            if wanted is not None and self.seen - before not in wanted:
                self._fits = self._fits or bool(wanted) or read_line(log_format, line).values is not None
                continue
            self.explained += 1
            texts += self._too_long(line, log_format) if too_long else self._explain_line(line, log_format)
            if not self._fits and self.seen >= FORMAT_LINES:
                break
        _write(texts)
        if not self._fits and self.seen >= FORMAT_LINES:
            self.finish(self._file or "the file", log_format)

    def finish(self, name: str | None, log_format: LogFormat) -> None:
        """Check that some line fitted.

        Args:
            name: The name of the file; None if there is no file.
            log_format: The format of the lines.

        Raises:
            FormatError: there were lines, and none fitted.
        """
        if self.seen and not self._fits:
            several = f"none of the first {self.seen:,} lines fits"
            of_file = several if name is None else f"{name}: {several}"
            subject = of_file if self.seen > 1 else f"{name or 'the line'} does not fit"
            wanted = (
                f"the format {brief_text(log_format.name)}" if self._wanted else f"any format with a name ({_ADVICE})"
            )
            utf16 = utf16_words(self._first)
            raise FormatError(f"{subject} {wanted}" + (f"; {utf16}" if utf16 else ""))

    def _explain_line(self, line: bytes, log_format: LogFormat) -> Iterator[str]:
        if self._is_json:
            reading = read_line(log_format, line)
            self._fits = self._fits or reading.values is not None
            yield reading_line(self._number, reading, self._file) + "\n"
            return
        readings = self._nearest(line, log_format)
        self._fits = self._fits or any(reading.values is not None for reading in readings)
        for reading in readings:
            yield self._render(line, reading)

    def _nearest(self, line: bytes, log_format: LogFormat) -> Sequence[LineReading]:
        """Return the reading of the line, or the nearest readings if its format is not known."""
        if isinstance(log_format, AutoFormat | WrappedFormat):
            if self._best > 1:
                return log_format.nearest(line, self._best)
            reading = log_format.read_line(line)
            return [reading] if log_format.chosen is not None else log_format.nearest(line, _MAX_NEAREST)
        return [read_line(log_format, line)]

    def _too_long(self, line: bytes, log_format: LogFormat) -> Iterator[str]:
        expected = f"the end of the line, which is longer than {self._limit} bytes"
        reading = LineReading(log_format.name, (), None, self._limit + 1, expected)
        if self._is_json:
            yield reading_line(self._number, reading, self._file) + "\n"
        else:
            yield self._render(line, reading)

    def _render(self, line: bytes, reading: LineReading) -> str:
        where = f"line {self._number}"
        if self._file is not None:
            # A long path is shortened in its middle: both ends are significant.
            room = self._width - columns(f", {where}: does not fit {brief_text(reading.format)}")
            path = shorten(visible_text(self._file), max(_MIN_PATH, room), self._style.glyphs.ellipsis)
            where = f"{path}, {where}:"
        return "".join(text + "\n" for text in render_reading(where, line, reading, self._width, self._style))


def _write(texts: Sequence[str]) -> None:
    try:
        sys.stdout.write("".join(texts))
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise output_error(error) from error
