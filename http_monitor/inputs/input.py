"""One input of a monitor: a source, the format of its lines, and the filter of its times."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from http_monitor.codec import integer
from http_monitor.counting.long_keys import with_short_keys
from http_monitor.errors import FormatError, InputError
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.health import Health
from http_monitor.inputs.line_places import Locator
from http_monitor.inputs.look import Explain, Found, Look, LookAtLines, Select
from http_monitor.inputs.misfits import Misfits, lines_without_row, only_others
from http_monitor.inputs.missing_columns import SAMPLE_ROWS, MissingColumns
from http_monitor.inputs.reading_position import reading_position
from http_monitor.inputs.span_selection import cut
from http_monitor.ports.ability import able
from http_monitor.ports.log_format import Changing, Ending, FormatChange, LogFormat, Need, Remembering, Telling
from http_monitor.ports.source import Failing, Resumable, Source, Stretch
from http_monitor.records import NO_ROWS, Batch, Json, Sample
from http_monitor.report import Level, Notice
from http_monitor.units import brief_text, visible_text

_NO_LINES = Batch(NO_ROWS, np.empty(0, np.int64), 0)


class Input:
    """The state of one input. Owned by the monitor's thread.

    In a replay `look` may be called in another thread, one call at a time, or in another process; nothing else uses
    what it needs, and its effects are visible only in the `Look`.
    """

    def __init__(
        self,
        source: Source,
        log_format: LogFormat,
        max_ahead_us: int,
        explain: Explain,
        announced: str | None = None,
        select: Select | None = None,
        needs: Sequence[Need] = (),
        remarks: LookAtLines | None = None,
    ) -> None:
        """Start before the first line.

        Args:
            source: The source of lines.
            log_format: Parses its lines.
            max_ahead_us: Greatest plausible lead of a single line.
            explain: Explains why a line does not fit.
            announced: The kind of its lines that the user has been notified of.
            select: Removes rows that the filter options exclude; None: keeps all.
            needs: The columns that options need.
            remarks: Finds remarks on fields that are not read; None: no remarks.
        """
        self.source = source
        self.ahead_filter = AheadFilter(max_ahead_us)
        self.at_end = True
        """The last look left no complete line unread."""
        self.finished = False
        """No more lines will come."""
        self.failure: InputError | None = None
        """Error that ended a replay of it early."""
        self.resumed = False
        """It resumed from another process's position, and has not been read to its end since."""
        self.stirred = True
        """Its position may have changed since it was last saved."""
        self._saved: Json | None = None
        self._kept: Json | None = None
        """What its format remembers, as last saved; None: lines may have changed it since."""
        self.offsets_us: list[int] = []
        """Offsets of its first live lines from the clock; positive: ahead."""
        self.changes = 0
        """Number of changes of its format."""
        self._format = log_format
        self._resumable: Resumable | None = able(source, Resumable)
        self._remembering: Remembering | None = able(log_format, Remembering)
        self.locator = Locator(log_format)
        self._found = self._announced = announced
        """The detected kind of its lines; None: not known yet."""
        self._select = select
        self._lacking = MissingColumns(needs)
        self._remarks = remarks
        self.lines = self.rows = self._others = 0
        """Lines read, those that fit, and those of them that record no finished request."""
        self._incomplete = 0
        """Lines read that lack their last parts."""
        self._misfits = Misfits(explain)
        self._said_nothing_fits = False
        self._enough_no: int | None = None
        """The line among those parsed last that completes the sample for missing columns."""
        self._notices: list[Notice] = []

    @property
    def select(self) -> Select | None:
        """The function that removes excluded rows."""
        return self._select

    @property
    def name(self) -> str:
        """Its name in messages."""
        return "standard input" if self.source.name == "-" else visible_text(self.source.name)

    def health(self) -> Health:
        """Return the counters of its source and of its lines."""
        return self.source.health() + Health(incomplete=self._incomplete) if self._incomplete else self.source.health()

    @property
    def format_name(self) -> str:
        """The expected format of its lines."""
        return brief_text(self._found if self._found and self._format.name == "auto" else self._format.name)

    def notice(self, words: str, name: str, level: Level = "info") -> Notice:
        """Return a notice about this input."""
        return Notice(f"{self.name}: {words}", level, name, self.source.name)

    def drain_bad(self) -> Sample | None:
        """Return the first malformed line since the last call."""
        return self._misfits.drain()

    def words_for(self, bad: Sample) -> str:
        """Return words for a malformed line: its number, where it stops fitting, and the line itself, cut."""
        return self._misfits.words_for(bad, self._format)

    def save(self) -> Json:
        """Return its state, for another process."""
        if self.stirred or self._saved is None:
            self._saved, self.stirred = self._save(), False
        return self._saved

    def _save(self) -> Json:
        position = None if self._resumable is None else self._resumable.position()
        if self._kept is None and self._remembering is not None:
            self._kept = self._remembering.save()
        return {
            "position": position,
            "gate": self.ahead_filter.save(),
            "lines": self.lines,
            "rows": self.rows,
            "others": self._others,
            "incomplete": self._incomplete,
            "format": {"name": self._format.name, "kept": self._kept, "found": self._found},
            "places": self.locator.save(),
        }

    def load(self, given: Json) -> None:
        """Resume from the state of another process; its source must have been made for that.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        self.stirred, self._kept = True, None
        self.ahead_filter.load(given["gate"])
        self.lines, self.rows = integer(given["lines"], least=0), integer(given["rows"], least=0)
        self._others = integer(given["others"], least=0)
        self._incomplete = integer(given.get("incomplete", 0), least=0)
        self._said_nothing_fits = bool(self.lines)
        # Memory of another format, or of this one with other options, does not apply to the lines to come.
        if self._remembering is not None and given["format"]["name"] == self._format.name:
            self._remembering.load(given["format"]["kept"])
            found = given["format"].get("found")
            self._found = found if isinstance(found, str) else None
            self.locator.load(given["places"])
        self.resumed = given["position"] is not None

    def parse(self, data: bytes, *, last: bool = False, stretches: Sequence[Stretch] = ()) -> Batch:
        """Return the rows of the next lines, and store notices about them.

        Args:
            data: Whole lines.
            last: Whether these are the last lines.
            stretches: The places of the lines; none: not known.
        """
        if not (data or last):
            return _NO_LINES
        batch, found = self._parse(data, last=last)
        self._notices += [each.notice for each in found]
        return self._select_rows(batch, data, stretches)

    def look(self) -> Look:
        """Read and parse the next lines of a replay; may wait for them.

        Raises:
            FormatError: as `check_format`.
        """
        chunk = self.source.read()
        parsed, found = self._parse(chunk.data, last=chunk.finished)
        self.check_format(parsed, ended=chunk.finished)
        found += [Found(self._enough_no, notice) for notice in self._find_missing(ended=chunk.finished)]
        if chunk.finished and 0 < self.lines == self._others:
            found.append(Found(None, self._only_others()))
        found.sort(key=lambda each: parsed.lines if each.line_no is None else each.line_no)
        failure, health = self.source.failure if isinstance(self.source, Failing) else None, self.health()
        stretches, position = (chunk.stretches, reading_position(self.source)) if self.locator.at_once else ((), None)
        selected = self._select_rows(parsed, chunk.data, stretches)
        look = Look(selected, chunk.finished, health.past(), tuple(found), failure, position, health.lag_bytes)
        return cut(self._select, look)

    def merge_look(self, look: Look) -> None:
        """Store the results of a look whose lines are being counted now."""
        self.finished = look.finished
        self.failure = look.failure

    def _parse(self, data: bytes, *, last: bool) -> tuple[Batch, list[Found]]:
        """Return the rows of the next lines, those excluded too, and notices about the lines, in their order."""
        self._kept = None
        ending = self._format if last and isinstance(self._format, Ending) else None
        batch = self._format.parse(data) if ending is None else ending.parse_last(data)
        notices: list[Found] = []
        if batch.lines and isinstance(self._format, Telling):
            for message_no, words in self._format.drain_messages():
                notices.append(Found(message_no, self.notice(words, "unwrap")))
        for sample in batch.samples[:1]:
            self._misfits.note(Sample(self.lines + sample.line_no, sample.raw))
        found = [*notices, *self._formats(batch)]
        self.lines += batch.lines
        self.rows += batch.well_formed
        self._others += len(batch.other_nos)
        self._incomplete += len(batch.incomplete_nos)
        self._enough_no = self._lacking.look(batch, self._format)
        if self._remarks is not None:
            for line_no, remark in self._remarks(data, batch, self._format, last=last):
                found.append(Found(line_no, self.notice(remark.text, remark.name, "warning")))
        return batch, found

    def _select_rows(self, batch: Batch, data: bytes, stretches: Sequence[Stretch]) -> Batch:
        chosen = batch if self._select is None else self._select(batch)
        offsets = self.locator.offsets(data, stretches, batch, chosen.line_nos)
        return replace(chosen, rows=with_short_keys(chosen.rows), begins=None, offsets=offsets)

    def _formats(self, batch: Batch) -> list[Found]:
        """Return notices about the format: the first line that fits, and changes of the format."""
        changes = self._format.drain_changes() if isinstance(self._format, Changing) else ()
        first_no = batch.first_request if self.rows == self._others else None
        found: list[Found] = []
        for change in changes:
            if first_no is not None and first_no <= change.line_no:
                found += self._first(first_no, batch)
                first_no = None
            found += self._change(change)
        return found if first_no is None else [*found, *self._first(first_no, batch)]

    def _first(self, line_no: int, batch: Batch) -> list[Found]:
        kind, self._found = batch.kind, batch.kind or self._found
        if kind is None or kind == self._announced or self._format.name != "auto":
            return []
        return [Found(line_no, self.notice(f"format {kind}, as its first line shows", "format"))]

    def _change(self, change: FormatChange) -> list[Found]:
        before, self._found = self._found, change.kind
        self.changes += 1
        if before is None:
            return []
        words = f"the format has changed from {brief_text(before)} to {self.format_name}, which is read from here on"
        return [Found(change.line_no, self.notice(words, "format-changed", "warning"))]

    def _find_missing(self, *, ended: bool) -> list[Notice]:
        """Return, once, notices about needed columns that none of the first lines has."""
        return [self.notice(words, name, "warning") for name, words in self._lacking.describe_missing(ended=ended)]

    def check_format(self, batch: Batch, *, ended: bool) -> None:
        """Refuse a replayed file if none of its first lines fits.

        Lines that record no request prove nothing.

        Raises:
            FormatError: the batch, the last one parsed, proves it.
        """
        lines = lines_without_row(batch, self.lines, self.rows, self._others, ended=ended)
        if lines:
            raise FormatError(self._nothing_fits(lines))

    def notice_if_nothing_fits(self) -> Notice | None:
        """Return, once, a notice that no line fits, or records a request; a live input continues."""
        lines = self.lines - self._others
        if self._said_nothing_fits or self.rows > self._others or not (lines or self._others >= SAMPLE_ROWS):
            return None
        self._said_nothing_fits = True
        if not lines:
            return self._only_others()
        return Notice(self._nothing_fits(lines), "warning", "nothing-fits", self.source.name)

    def _only_others(self) -> Notice:
        return self.notice(only_others(self.lines), "nothing-fits", "warning")

    def drain_notices(self) -> list[Notice]:
        """Return the notices about lines counted since the last call."""
        notices, self._notices = self._notices, []
        return notices

    def drain_missing(self) -> list[Notice]:
        """Return, once, notices about needed columns that none of a live input's first lines has."""
        return self._find_missing(ended=self.finished)

    def _nothing_fits(self, lines: int) -> str:
        wanted = "any format with a name" if self._format.name == "auto" else f"the format {self.format_name}"
        return f"{self.name}: {self._misfits.nothing_fits(lines, wanted, self._format)}"
