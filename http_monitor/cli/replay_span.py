"""Finds which files of a replay, and which parts of them, are in the requested time span."""

from collections.abc import Callable, Sequence

from http_monitor import figures
from http_monitor.cli.formats import Formats
from http_monitor.cli.margins import Margins
from http_monitor.cli.samples import first_lines, lines_at
from http_monitor.errors import UsageError
from http_monitor.inputs.look import Select
from http_monitor.inputs.seeking.log_file import Limits, LogFile
from http_monitor.inputs.seeking.prober import Probe
from http_monitor.inputs.seeking.search import Bound, Part
from http_monitor.inputs.span_selection import SpanSelection
from http_monitor.moments import Span, span_of
from http_monitor.ports.log_format import LogFormat
from http_monitor.report import Notice
from http_monitor.settings import Settings
from http_monitor.sources.path_selection import STDIN
from http_monitor.sources.rotation_order import successors
from http_monitor.units import US_PER_S, visible_text


class ReplaySpan:
    """The part of a replay that counts.

    Plain files are searched, and only the part that contains all lines of the span is read. An archive can only be left
    out as a whole: by its first lines, or by those of the file to which its log was written next.

    Args:
        settings: The settings of the run, which have a beginning or an end.
        paths: The paths of the files.
        formats: Their formats; they are told which files are read from the middle.
        stopping: Returns whether the user asked to stop.

    Raises:
        UsageError: the span is empty, or relative to an unknown end.
    """

    def __init__(
        self, settings: Settings, paths: Sequence[str], formats: Formats, stopping: Callable[[], bool]
    ) -> None:
        self._settings = settings
        self._formats = formats
        self._stopping = stopping
        self._margins = Margins(settings)
        limits = Limits(settings.max_line_bytes, settings.max_ahead_s * US_PER_S)
        self._paths = paths
        self._files = {path: LogFile(path, limits, self._format_of_part) for path in paths if path != STDIN}
        self._firsts: dict[str, Probe | None] = {}
        self._next = successors(self._files)
        self._end_us = self._find_end()
        """The end of the log, if it was needed and found."""
        self.span = self._resolve()
        """The time that counts."""
        since, until = (self._margins.bound(at_us) for at_us in (self.span.since_us, self.span.until_us))
        self._until = until
        self._parts = {path: self._find_part(file, since, until) for path, file in self._files.items()}
        self.paths = [path for path in paths if path not in self._parts or not _is_empty(self._parts[path])]
        """The paths of the files that are read."""

    def part_of(self, path: str) -> tuple[int, int] | None:
        """Return the offsets between which a file is read; None: all of it is read."""
        part = self._parts.get(path)
        return None if part is None or not part.in_order else (part.start, part.end)

    def selection(self, path: str, select: Select | None) -> Select:
        """Return the function that removes the lines of a file that do not count.

        Args:
            path: The path of the file.
            select: Removes rows that the filter options exclude; None: keeps all.
        """
        part = self._parts.get(path)
        in_order = part is None or part.in_order
        margin_us = self._until.margin_us if self._until is not None and in_order else None
        begins_outside = part is not None and part.start > 0
        return SpanSelection(self.span, select, begins_outside=begins_outside, margin_us=margin_us)

    def notices(self) -> list[Notice]:
        """Return the notices for the user."""
        found = [
            Notice(f"{visible_text(path)}: not in order of time, so all of it is read", "warning", "span", path)
            for path, part in self._parts.items()
            if part is not None and not part.in_order
        ]
        if self.span.is_bounded:
            found.append(Notice(self._words(), name="span"))
        if not self.paths:
            found.append(Notice("no line is in that span", "warning", "span"))
        return found

    def _words(self) -> str:
        begin, end = (
            # A time of day without a date has the date of the end of the log.
            "" if at_us is None else figures.moment(at_us, (self._end_us or 0) if moment and moment.is_relative else 0)
            for moment, at_us in (
                (self._settings.since, self.span.since_us),
                (self._settings.until, self.span.until_us),
            )
        )
        words = f"reading from {begin} {f'to {end}' if end else 'on'}" if begin else f"reading up to {end}"
        read = [(self._files[path].size, self._parts[path]) for path in self._files]
        # A file that is still written may have grown since its size was taken.
        skipped = sum(part.start + max(0, size - part.end) for size, part in read if part is not None)
        details = []
        if len(self.paths) < len(self._paths) > 1:
            details.append(f"{len(self.paths):,} of {len(self._paths):,} files")
        if skipped:
            details.append(f"{figures.size(skipped)} skipped")
        return f"{words}: {', '.join(details)}" if details else words

    def _format_of_part(self, path: str, head: bytes, lines: bytes) -> LogFormat:
        return self._formats.of_part(path, head, first_lines(lines))

    def _resolve(self) -> Span:
        settings = self._settings
        moments = (("--since", settings.since), ("--until", settings.until))
        flag, moment = next(((flag, moment) for flag, moment in moments if moment and moment.is_relative), ("", None))
        if moment is not None and STDIN in self._paths:
            raise UsageError(
                f"{flag}: got '{visible_text(moment.text)}' with --file -, whose end is known only when it has been"
                " read, takes a date with a time instead, such as 2026-11-30 14:05"
            )
        if moment is not None and self._end_us is None:
            return Span()  # no line has a time, which is reported when they are read
        return span_of(settings.since, settings.until, self._end_us or 0, live=False)

    def _find_end(self) -> int | None:
        """Return the greatest time of the files, if the span depends on it."""
        moments = (self._settings.since, self._settings.until)
        if not any(moment is not None and moment.is_relative for moment in moments):
            return None
        # An archive ends before the file that was written next, which is cheaper to probe.
        files = [file for path, file in self._files.items() if not file.is_archive or self._first_after(path) is None]
        ends = [file.last_us(self._stopping) for file in files]
        return max((end_us for end_us in ends if end_us is not None), default=None)

    def _first_after(self, path: str) -> Probe | None:
        """Return the first lines of the file to which a log was written next; None if it is unknown or has no times."""
        after = self._next.get(path)
        if after is None:
            return None
        mine, other = self._first(path), self._first(after)
        # The files may have been named in another order, or be two logs of the same time.
        is_next = mine is not None and other is not None and other.least_us > mine.least_us + self._margins.least_us
        return other if is_next else None

    def _first(self, path: str) -> Probe | None:
        if path not in self._firsts:
            self._firsts[path] = self._files[path].first()
        return self._firsts[path]

    def _find_part(self, file: LogFile, since: Bound | None, until: Bound | None) -> Part | None:
        """Return the part of a file that is read; None: all of it, as for every archive that is read."""
        if not self.span.is_bounded:
            return None
        if file.is_archive:
            after, first = self._first_after(file.path), self._first(file.path)
            is_before = since is not None and after is not None and since.is_behind(after)
            is_after = until is not None and first is not None and until.is_before(first)
            return Part(0, 0) if is_before or is_after else None
        part = file.find(since, until, self._margins.least_us)
        if part is not None and part.in_order and 0 < part.start < part.end:
            self._formats.begin_within(file.path, *lines_at(file.path, part.start))
        return part


def _is_empty(part: Part | None) -> bool:
    return part is not None and part.in_order and part.start >= part.end
