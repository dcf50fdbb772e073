"""Detects which of the named formats a file has."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.explanation import LineReading
from http_monitor.parser.clf.common_shortcut import is_usual
from http_monitor.parser.clf.format import FamilyFormat
from http_monitor.parser.detect.batch_pieces import Leading, end_of_line, join_batches
from http_monitor.parser.detect.candidates import FAMILY, Candidate, Candidates, Pool, nearest_of, rename_reading
from http_monitor.parser.detect.fallback import FallbackFormat
from http_monitor.parser.detect.format_change import Change, Rival
from http_monitor.parser.detect.ranking import is_near
from http_monitor.parser.detect.trials import Trials, remind
from http_monitor.parser.fields.plausible import find_doubtful_hosts, first_hosts
from http_monitor.parser.fields.zones import Zone
from http_monitor.parser.lines.explain import read_line
from http_monitor.parser.lines.promises import promises_of
from http_monitor.parser.lines.remarks import Remarking
from http_monitor.parser.presets import PRESETS, Preset, presets_for
from http_monitor.ports.ability import able
from http_monitor.ports.log_format import FormatChange, LogFormat, Remark, Remembering
from http_monitor.records import NO_ROWS, Batch, Json

_PIECE_BYTES = 64 << 10
"""Size of the pieces in which a chunk is read after its format changed."""
_NOTHING = LineReading("", (), None)


@dataclass(frozen=True, slots=True)
class Choice:
    """The format chosen from a sample of lines."""

    name: str
    """Name of the preset; for the family, the variant of the first line (``common``, ``vhost_combined``, …)."""
    fits: int
    """Number of lines of the sample that fit it."""
    lines: int
    """Number of lines of the sample, without those that record no request."""


def auto_formats(
    limit: int = DEFAULT_LINE_BYTES, *, zone: Zone | None = None, untimed: bool = False
) -> "Callable[[], AutoFormat]":
    """Return a maker of formats that detect which preset a file has.

    The formats share parts that take long to make, and must be used in one thread.

    Args:
        limit: The longest line, in bytes without its LF.
        zone: The zone of times without one; None: the usual one of each format.
        untimed: Lines may have no time, because it is around them.
    """

    def presets_of(lines: bytes | None) -> Iterable[Preset]:
        return PRESETS if lines is None else presets_for(lines, untimed=untimed)

    samplers = Pool(())
    return lambda: AutoFormat(presets_of(None), limit, is_usual, zone, presets_of, samplers, untimed=untimed)


def auto_format(limit: int = DEFAULT_LINE_BYTES, *, zone: Zone | None = None, untimed: bool = False) -> "AutoFormat":
    """Return one of `auto_formats`, which shares nothing."""
    return auto_formats(limit, zone=zone, untimed=untimed)()


class AutoFormat:
    """The format of one file, detected from a sample, or else by the first line that fits any format.

    The choice is kept until consecutive lines do not fit it and all fit another one (`Change`); these stay malformed.

    A preset of the family means the whole family; a stricter preset leaves the lines that do not fit it to the family.
    Of several that fit, the earlier one in the list is chosen, the family last.

    Args:
        presets: All presets; iterated only when a format besides the family is needed.
        limit: The longest line, in bytes without its LF.
        is_usual: Returns for complete lines whether each fits no presets except those of the family.
        zone: The zone of times without one; None: the usual one of each format.
        presets_of: Returns the presets that may fit some lines, judged without making them; None: all may.
        samplers: Read samples, and may be shared; None: its own.
        untimed: Lines may have no time, because it is around them.
    """

    name = "auto"

    def __init__(
        self,
        presets: Iterable[Preset],
        limit: int = DEFAULT_LINE_BYTES,
        is_usual: Callable[[bytes], bool] = lambda lines: not lines,
        zone: Zone | None = None,
        presets_of: Callable[[bytes], Iterable[Preset]] | None = None,
        samplers: Pool | None = None,
        *,
        untimed: bool = False,
    ) -> None:
        self._limit = limit
        self._is_usual = is_usual
        self._family = FamilyFormat("auto", limit)
        self._candidates = Candidates(presets, self._family, limit, zone, presets_of, untimed=untimed)
        self._readers = Pool(self._candidates)
        self._rivals = Pool(self._candidates)
        self._samplers = Pool(()) if samplers is None else samplers
        self._chosen: Candidate | None = None
        self._format: LogFormat | None = None
        self._sample = b""
        """The beginning of the file, for formats that depend on header lines."""
        self._trials = Trials(self._candidates)
        """Used while no format is chosen."""
        self._change: Change | None = None
        """Detects when another format fits better; None while no format is chosen."""
        self._changes: list[FormatChange] = []
        self._has_rows = False
        self.promised: frozenset[str] = frozenset()
        """The columns that lines of the first row's format have."""

    @property
    def chosen(self) -> str | None:
        """Name of the chosen preset, or `FAMILY`; None while no format is chosen."""
        return None if self._chosen is None else self._chosen.name

    def choose(self, sample: bytes, head: bytes = b"") -> Choice | None:
        """Choose the format that most lines of a sample fit; None if none fits, or if one is chosen already.

        Args:
            sample: Whole lines of the file; they may be parsed again later.
            head: The beginning of the file if it is not in the sample, for formats with header lines.
        """
        if self._chosen is not None:
            return None
        self._trials.head = head
        self._sample = head or sample
        best: tuple[Candidate, Batch] | None = None
        doubtful: tuple[Candidate, Batch] | None = None
        # Header lines can change the meaning of the others.
        only_family = self._is_usual(head[: head.rfind(b"\n") + 1] + sample)
        for candidate in (self._candidates.family,) if only_family else self._candidates.of(sample):
            batch = self._samplers.fresh_of(candidate, head).parse(sample)
            if len(batch.line_nos) > (len(best[1].line_nos) if best else 0):
                if not find_doubtful_hosts(first_hosts(batch)):
                    best = candidate, batch
                elif doubtful is None or len(batch.line_nos) > len(doubtful[1].line_nos):
                    doubtful = candidate, batch
        # A format that takes another field for the client needs at least twice as many lines as the best other one.
        if doubtful and (best is None or len(doubtful[1].line_nos) > 2 * len(best[1].line_nos)):
            best = doubtful
        if best is None:
            return None
        candidate, batch = best
        self._decide(candidate, candidate.make_for(self._trials.head))
        name = (batch.kind or FAMILY) if candidate.name == FAMILY else candidate.name
        return Choice(name, len(batch.line_nos), batch.lines - len(batch.other_nos))

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines; all lines are malformed until one fits a format."""
        parts: list[Batch] = []
        start, size = 0, len(data)
        while self._format is not None and self._change is not None and (start < len(data) or not parts):
            piece = data[start : end_of_line(data, start + size)]
            batch = self._name_kind(self._format.parse(piece))
            turn = self._change.look(piece, batch)
            if turn is None:
                parts.append(batch)
                self._has_rows |= bool(len(batch.line_nos))
                start += len(piece)
                continue
            parts.append(batch.head(turn.lines))
            self._has_rows |= bool(len(parts[-1].line_nos))
            self._turn_to(turn.rival, sum(part.lines for part in parts))
            # The rest was parsed with the wrong format; re-parse in small pieces so a second switch wastes little.
            start, size = start + turn.offset, _PIECE_BYTES
        return join_batches(parts) if parts else self._parse_undecided(data)

    def drain_changes(self) -> list[FormatChange]:
        """Return the changes of the format since the last call."""
        changes, self._changes = self._changes, []
        return changes

    def explain(self, line: bytes) -> str:
        """Return in one short phrase why a line does not fit the nearest format; empty if it fits."""
        if self._format is not None and self.chosen != FAMILY:
            reading = read_line(self._format, line)
        else:
            reading = self.readings(line)[0] if self._format is None and len(line) <= self._limit else _NOTHING
            if reading.values is None and not (reading.found or reading.known):
                return self._family.explain(line)
        return "" if reading.values is not None else f"column {reading.column}: expected {reading.expected}"

    def read_line(self, line: bytes) -> LineReading:
        """Return the reading of a line; the first line that fits any format decides the format of the file."""
        if self._format is not None:
            return self._read_line(line, self._format)
        readings: list[tuple[LogFormat, LineReading]] = []
        doubtful: tuple[Candidate, LogFormat, LineReading] | None = None
        for candidate, trial in self._trials.make_each():
            reading = rename_reading(read_line(trial, line))
            host = (reading.values or {}).get("host")
            if reading.values and not (isinstance(host, bytes) and find_doubtful_hosts([host])):
                self._decide(candidate, trial)
                return reading
            if reading.values and doubtful is None:
                doubtful = candidate, trial, reading
            readings.append((trial, reading))
        if doubtful is not None:
            self._decide(*doubtful[:2])
            return doubtful[2]
        # A line that records no request decides nothing, since many formats have comments.
        return nearest_of(line, readings)[0]

    def nearest(self, line: bytes, most: int) -> list[LineReading]:
        """Return the reading of a line that fits the format, else the readings that come near it, at least one."""
        first, *others = self.readings(line)[:most]
        return [first] if first.values is not None else [first, *filter(is_near, others)]

    def readings(self, line: bytes) -> list[LineReading]:
        """Return the readings of a line by all formats, the nearest first, without deciding anything."""
        return self._readers.readings(line, self._trials.head or self._sample)

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield remarks on a line that was parsed, without side effects."""
        made: object = self._format
        if isinstance(made, Remarking):
            yield from made.remarks(line)

    def save(self) -> Json:
        """Return the choice, and the state of the chosen format."""
        if self._chosen is None:
            return {"chosen": None, "kept": self._trials.save()}
        memory = None if (made := able(self._format, Remembering)) is None else made.save()
        change = None if self._change is None else self._change.save()
        return {"chosen": self._chosen.name, "kept": {self._chosen.name: memory}, "change": change}

    def load(self, given: Json) -> None:
        """Restore a saved state; a format that this version does not know is forgotten.

        Raises:
            KeyError, TypeError: the state is invalid.
        """
        chosen, kept = given["chosen"], dict(given["kept"])
        self._chosen = self._format = self._change = None
        if chosen is not None:
            self._trials.clear()
        candidate = None if chosen is None else self._candidates.find(chosen)
        if candidate is not None:
            made = candidate.make_for(self._trials.head)
            remind(made, kept.get(chosen))
            self._decide(candidate, made)
            remind(self._change, given.get("change"))
        if self._chosen is None and chosen is None:
            self._trials.load(kept)

    def _read_line(self, line: bytes, chosen: LogFormat) -> LineReading:
        """Return the reading of a line, which may show that the format has changed."""
        reading = rename_reading(read_line(chosen, line))
        assert self._change is not None
        if reading.values is None:
            rival = self._change.note_misfit(line)
            if rival is not None:
                self._turn_to(rival, 1)
        elif reading.values:
            self._change.forget()
        return reading

    def _turn_to(self, rival: Rival, line_no: int) -> None:
        candidate = self._candidates.find(rival.name)
        assert candidate is not None
        self._decide(candidate, rival.made)
        kind = rival.kind if candidate.name == FAMILY else candidate.name
        assert kind is not None
        self._changes.append(FormatChange(line_no, kind))

    def _parse_undecided(self, data: bytes) -> Batch:
        before = Leading()
        fit = self._trials.find_first(data, before)
        if fit is None:
            return before.prepend(Batch(NO_ROWS, np.empty(0, np.int64), 0))
        self._decide(fit.candidate, fit.made)
        batch = self.parse(data[fit.start :])
        self._changes = [replace(change, line_no=change.line_no + before.lines) for change in self._changes]
        return before.prepend(batch)

    def _decide(self, candidate: Candidate, made: LogFormat) -> None:
        refines = bool(candidate.examples) and self._family.parse(b"\n".join(candidate.examples)).malformed_lines == 0
        self._format = FallbackFormat(made, self._family, self._limit) if refines else made
        self._chosen = candidate
        self.promised = self.promised if self._has_rows else promises_of(self._format)
        self._trials.clear()
        self._rivals.give_away(candidate.name)
        self._change = Change(self._rivals, candidate.name, self._limit)

    def _name_kind(self, batch: Batch) -> Batch:
        """Return the batch, with the chosen preset as its kind."""
        if self._chosen is None or self._chosen.name == FAMILY or batch.kind is None:
            return batch
        return replace(batch, kind=self._chosen.name)
