"""Tries all candidates on the lines of a file, until a line fits one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from http_monitor.parser.detect.batch_pieces import Leading, pieces, whole_lines
from http_monitor.parser.detect.candidates import Candidate, Candidates
from http_monitor.parser.fields.plausible import doubted, first_hosts
from http_monitor.ports.log_format import LogFormat, Remembering
from http_monitor.records import Batch, Json


@dataclass(frozen=True, slots=True)
class Fit:
    """The candidate chosen by the first line that fits any."""

    candidate: Candidate
    made: LogFormat
    """The format in its state before it read that line's piece."""
    start: int
    """Offset at which it must begin to parse."""


class Trials:
    """One format of each candidate, made on first use.

    Args:
        candidates: The candidates.
    """

    def __init__(self, candidates: Candidates) -> None:
        self._candidates = candidates
        self._made: list[LogFormat] = []
        self.head = b""
        """The beginning of the file, for formats with header lines; empty if it will be parsed."""

    def clear(self) -> None:
        """Drop the formats, once one has been chosen."""
        self._made = []

    def named(self) -> Iterator[tuple[Candidate, LogFormat]]:
        """Return each candidate with its format."""
        return zip(self._candidates, self._formats(), strict=True)

    def find_first(self, data: bytes, before: Leading) -> Fit | None:
        """Return the choice made by the first line that fits any candidate; None if there is no such line.

        Args:
            data: Whole lines.
            before: Receives the lines before that one; all lines if there is none.
        """
        for start, piece in pieces(data):
            kept = self._memory()
            batches = [made.parse(piece) for made in self._formats()]
            if len({(*batch.other_nos,) for batch in batches}) > 1 and piece.count(b"\n", 0, -1):
                # Formats disagree on which lines record no request, so each line must be judged by itself.
                self.load(kept)
                fit = self._find_in_lines(start, piece, before)
            else:
                fit = self._find(batches, kept, before, start)
            if fit is not None:
                return fit
        return None

    def save(self) -> Json:
        """Return the state of the formats; empty if there is none yet."""
        # Making all formats takes a hundred times as long as saving an input, and a run may have thousands of inputs.
        return self._memory() if self._made or self._is_headed else {}

    def load(self, kept: Json) -> None:
        """Restore the state of the formats."""
        if not kept:
            self.clear()
            return
        for candidate, made in self.named():
            remind(made, kept.get(candidate.name))

    @property
    def _is_headed(self) -> bool:
        """Whether the file may begin with header lines, which some formats store."""
        return self.head.startswith(b"#") or b"\n#" in self.head

    def _memory(self) -> Json:
        return {candidate.name: made.save() for candidate, made in self.named() if isinstance(made, Remembering)}

    def _formats(self) -> list[LogFormat]:
        if not self._made:
            self._made = [candidate.make_for(self.head) for candidate in self._candidates]
        return self._made

    def _find(self, batches: Sequence[Batch], kept: Json, before: Leading, start: int) -> Fit | None:
        """Return the choice made by the first line that fits any candidate; without one, add all lines to `before`."""
        fitting = [
            (int(batch.line_nos[0]), bool(doubted(first_hosts(batch, 1))), index)
            for index, batch in enumerate(batches)
            if len(batch.line_nos)
        ]
        if not fitting:
            before.add(min(batches, key=lambda batch: batch.malformed_lines))
            return None
        self.load(kept)
        *_, index = min(fitting)
        return Fit(*list(self.named())[index], start)

    def _find_in_lines(self, start: int, piece: bytes, before: Leading) -> Fit | None:
        for line in whole_lines(piece):
            kept = self._memory()
            fit = self._find([made.parse(line) for made in self._formats()], kept, before, start)
            if fit is not None:
                return fit
            start += len(line)
        return None


def remind(made: object, memory: Json | None) -> None:
    """Restore the state of a format; a state of another version is ignored."""
    if isinstance(made, Remembering) and memory is not None:
        try:
            made.load(memory)
        except (KeyError, TypeError, ValueError):
            return
