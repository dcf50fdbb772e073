"""Finds where reading the logs of a live run begins, and which lines count, if a time span was requested."""

from collections.abc import Iterable
from functools import partial

from http_monitor import figures
from http_monitor.cli.formats import Formats
from http_monitor.cli.margins import Margins
from http_monitor.cli.samples import lines_at
from http_monitor.inputs.look import Select
from http_monitor.inputs.seeking.log_file import Limits
from http_monitor.inputs.seeking.tail_start import StartSearch
from http_monitor.inputs.span_selection import SpanSelection
from http_monitor.moments import Span
from http_monitor.ports.log_format import LogFormat
from http_monitor.report import Notice
from http_monitor.settings import Settings
from http_monitor.sources.files.access import Files, FileStatus, LocalFiles
from http_monitor.sources.known.position import FilePosition, TailPosition
from http_monitor.sources.path_selection import STDIN
from http_monitor.units import US_PER_S, visible_text


class LiveSpan:
    """The part of its logs that a live run counts.

    Args:
        settings: The settings of the run.
        span: The time that counts.
        formats: The formats of the files.
        paths: The paths that are followed from the start.
    """

    def __init__(self, settings: Settings, span: Span, formats: Formats, paths: Iterable[str]) -> None:
        self._span = span
        self._formats = formats
        self._began_within: set[str] = set()
        self._skipped_bytes = 0
        self._out_of_order: list[str] = []
        margins = Margins(settings)
        self._since = margins.bound(span.since_us)
        self._margin_us = margins.least_us
        self._limits = Limits(settings.max_line_bytes, settings.max_ahead_s * US_PER_S)
        found = (LocalFiles().look(path) for path in paths if path != STDIN)
        self._identities = frozenset(status.identity for status in found if isinstance(status, FileStatus))

    def begin(self, path: str) -> TailPosition | None:
        """Return the position from which a file of this machine is followed; None: the start of the file."""
        if self._since is None:
            return None
        search = StartSearch(self._since, self._margin_us, self._limits, self._identities)
        try:
            found = search.find(LocalFiles(), path, self._formats.of_end)
        except OSError:
            return None  # the error is reported when the file is followed
        self._skipped_bytes += found.skipped_bytes
        self._out_of_order += found.out_of_order
        if found.position is not None:
            self._begin_format(path, found.position.files[0])
        return found.position

    def _begin_format(self, path: str, first: FilePosition) -> None:
        """Detect the format by the lines at which reading starts, and its columns by the head of the file."""
        if first.offset:
            self._began_within.add(path)
            head, lines = lines_at(first.path, first.offset)
            if lines:
                self._formats.begin_within(path, head, lines)

    def searcher(self, path: str, files: Files) -> "partial[TailPosition | None] | None":
        """Return a function that finds the position by commands, in another thread; None if there is nothing to find.

        Each probe needs a command or two, so only the minimum is probed.
        """
        if self._since is None:
            return None
        self._began_within.add(path)
        log_format = self._formats.of_part(path, b"", b"")
        search = StartSearch(self._since, self._margin_us, self._limits, self._identities, samples=1)
        return partial(_position_of, search, files, path, log_format)

    def selection(self, path: str, select: Select | None) -> Select:
        """Return the function that removes the lines of a file that do not count.

        Args:
            path: The path of the file.
            select: Removes rows that the filter options exclude; None: keeps all.
        """
        return SpanSelection(self._span, select, begins_outside=path in self._began_within)

    def notices(self, now_us: int) -> list[Notice]:
        """Return the notices for the user.

        Args:
            now_us: The wall clock; times on the same date are shown without a date.
        """
        found = [
            Notice(f"{visible_text(path)}: not in order of time, so all of it is read", "warning", "span", path)
            for path in self._out_of_order
        ]
        words = []
        if self._span.since_us is not None:
            skipped = f", {figures.size(self._skipped_bytes)} skipped" if self._skipped_bytes else ""
            words.append(f"reading from {figures.moment(self._span.since_us, now_us)} on{skipped}")
        if self._span.until_us is not None:
            words.append(f"ends at {figures.moment(self._span.until_us, now_us)}")
        return [*found, Notice("; ".join(words), name="span")]


def _position_of(search: StartSearch, files: Files, path: str, log_format: LogFormat) -> TailPosition | None:
    return search.find(files, path, lambda _path, _handle: log_format).position
