"""Tries all candidates on the lines of a file, until a line fits one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from http_monitor.codec import integer
from http_monitor.parser.detect.batch_pieces import Leading, pieces, split_lines
from http_monitor.parser.detect.candidates import Candidate, Candidates
from http_monitor.parser.fields.plausible import find_doubtful_hosts, first_hosts
from http_monitor.parser.lines.account import SAMPLE_BYTES, SAMPLES
from http_monitor.ports.log_format import LogFormat, Remembering
from http_monitor.records import Batch, Json, Sample

PATIENCE_LINES = 1_000
"""Number of first lines that all candidates try."""
EVERY_LINES = 500
TRIED_LINES = 20
"""After them, all candidates try this many of each `EVERY_LINES`; the family, which is cheap, and formats with header
lines see all of them. All candidates also try this many lines after a header that a format keeps. So a log that fits at
last is recognised at most 480 lines later."""
_COUNT, _BEHIND_HEADER = "", "#"
"""Keys of the number of lines that fitted nothing, and of those that all candidates must try next, in a saved state; no
candidate has these names."""


@dataclass(frozen=True, slots=True)
class Fit:
    """The candidate chosen by the first line that fits any."""

    candidate: Candidate
    made: LogFormat
    """The format in its state before it read that line."""
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
        self._remembering: dict[str, Remembering] = {}
        self._in_vain = 0
        """Number of lines read so far, blank ones included."""
        self._behind_header = 0
        """Number of lines that all candidates must try next, because they follow a header."""
        self.head = b""
        """The beginning of the file, for formats with header lines; empty if it will be parsed."""

    def clear(self) -> None:
        """Drop the formats, once one has been chosen."""
        self._made, self._in_vain, self._behind_header = [], 0, 0

    def make_each(self) -> Iterator[tuple[Candidate, LogFormat]]:
        """Return each candidate with its format."""
        return zip(self._candidates, self._formats(), strict=True)

    def find_first(self, data: bytes, before: Leading) -> Fit | None:
        """Return the choice made by the first line that fits any candidate; None if there is no such line.

        Args:
            data: Whole lines.
            before: Receives the lines before that one; all lines if there is none.
        """
        start = 0
        while start < len(data):
            lines, all_try = self._next_lines()
            stretch = _first_lines(data, start, lines)
            # The first line of a log usually fits; after many lines that did not, hardly any does.
            for at, piece in pieces(stretch) if self._in_vain < PATIENCE_LINES else [(0, stretch)]:
                fit = self._find(start + at, piece, before) if all_try else self._skim(start, piece, before)
                if fit is not None:
                    return fit
            start += len(stretch)
            self._in_vain += stretch.count(b"\n")
        return None

    def _next_lines(self) -> tuple[int, bool]:
        """Return the number of lines that are read next, and whether all candidates try them."""
        place = self._in_vain - PATIENCE_LINES
        if place < 0:
            return -place, True
        place %= EVERY_LINES
        return (TRIED_LINES - place, True) if place < TRIED_LINES else (EVERY_LINES - place, False)

    def _skim(self, start: int, data: bytes, before: Leading) -> Fit | None:
        """Read lines by the family alone, up to one that fits it or may be a header, which all candidates try."""
        done = 0
        while done < len(data):
            rest = data[done:]
            stop = 0 if self._behind_header else self._skip(rest, before)
            tried = _first_lines(rest, stop, max(1, self._behind_header))
            fit = self._try(start + done + stop, tried, before) if tried else None
            if fit is not None:
                return fit
            done += stop + len(tried)
        return None

    def _skip(self, data: bytes, before: Leading) -> int:
        """Read lines by the family; return the offset of the first that fits it or may be a header."""
        plain = data[: _next_header(data)]
        batch = self._candidates.family.make().parse(plain)
        if not len(batch.line_nos):
            if plain:
                before.add(batch)
            return len(plain)
        stop = _begin_of(plain, int(batch.line_nos[0]), self._candidates.limit)
        if stop:
            before.add(self._candidates.family.make().parse(plain[:stop]))
        return stop

    def _try(self, start: int, lines: bytes, before: Leading) -> Fit | None:
        """Let all candidates read lines: those after a header, or one that may be a header itself."""
        kept = self._memory()
        fit = self._find(start, lines, before)
        self._behind_header = max(0, self._behind_header - lines.count(b"\n"))
        if fit is None and self._memory() != kept:
            self._behind_header = TRIED_LINES
        return fit

    def save(self) -> Json:
        """Return the state of the formats; empty if there is none yet."""
        # Making all formats takes a hundred times as long as saving an input, and a run may have thousands of inputs.
        kept = self._memory() if self._made or self._is_headed else {}
        return {**kept, _COUNT: self._in_vain, _BEHIND_HEADER: self._behind_header} if self._in_vain else kept

    def load(self, kept: Json) -> None:
        """Restore the state of the formats."""
        if not kept:
            self.clear()
            return
        self._in_vain = integer(kept.get(_COUNT, 0), least=0)
        self._behind_header = integer(kept.get(_BEHIND_HEADER, 0), least=0)
        for candidate, made in self.make_each():
            remind(made, kept.get(candidate.name))

    @property
    def _is_headed(self) -> bool:
        """Whether the file may begin with header lines, which some formats store."""
        return self.head.startswith(b"#") or b"\n#" in self.head

    def _memory(self) -> Json:
        self._formats()
        return {name: made.save() for name, made in self._remembering.items()}

    def _formats(self) -> list[LogFormat]:
        if not self._made:
            self._made = [candidate.make_for(self.head) for candidate in self._candidates]
            named = zip(self._candidates, self._made, strict=True)
            self._remembering = {one.name: made for one, made in named if isinstance(made, Remembering)}
        return self._made

    def _find(self, start: int, piece: bytes, before: Leading) -> Fit | None:
        """Return the choice made by the first fitting line of a piece that begins at an offset."""
        kept = self._memory()
        batches = [made.parse(piece) for made in self._formats()]
        # (line, whether its host is doubted, candidate) of the first line that fits each.
        fits = [
            (int(batch.line_nos[0]), bool(find_doubtful_hosts(first_hosts(batch, 1))), index)
            for index, batch in enumerate(batches)
            if len(batch.line_nos)
        ]
        if not fits:
            before.add(_in_vain(batches, piece, self._candidates.limit))
            return None
        line_no, _, index = min(fits)
        leading = piece[: _begin_of(piece, line_no, self._candidates.limit)]
        if line_no > 1:
            before.add(_in_vain([batch.head(line_no - 1) for batch in batches], leading, self._candidates.limit))
        candidate, made = list(self.make_each())[index]
        remind(made, kept.get(candidate.name))
        if leading:
            made.parse(leading)
        return Fit(candidate, made, start + len(leading))


def _in_vain(batches: Sequence[Batch], data: bytes, limit: int) -> Batch:
    """Return the batch of lines that fit no candidate: a line records no request if any candidate says so.

    Args:
        batches: What each candidate made of the lines.
        data: The lines.
        limit: Maximum length of a line in bytes, without its LF.
    """
    batch = min(batches, key=lambda batch: batch.malformed_lines)
    others = {(*batch.other_nos.tolist(),) for batch in batches}
    if len(others) == 1:
        return batch
    other = sorted(set(chain.from_iterable(others)))
    malformed = sorted({*range(1, batch.lines + 1)}.difference(other))[:SAMPLES]
    lines = [line for _, line in split_lines(data, limit)]
    samples = tuple(Sample(no, lines[no - 1][:SAMPLE_BYTES].removesuffix(b"\r")) for no in malformed)
    return replace(batch, other_nos=np.array(other, np.int64), samples=samples)


def _begin_of(data: bytes, line_no: int, limit: int) -> int:
    """Return the offset of a line, given its number among those that are not blank."""
    end, line = split_lines(data, limit)[line_no - 1]
    return max(0, end - 1 - len(line))


def _first_lines(data: bytes, start: int, lines: int) -> bytes:
    """Return that many lines of the data after an offset, or fewer if there are no more."""
    end = start
    for _ in range(lines):
        end = data.find(b"\n", end) + 1
        if not end:
            return data[start:]
    return data[start:end]


def _next_header(data: bytes) -> int | None:
    """Return the offset of the first line that may be a header; None if there is none."""
    if data.startswith(b"#"):
        return 0
    return at + 1 if (at := data.find(b"\n#")) >= 0 else None


def remind(made: object, memory: Json | None) -> None:
    """Restore the state of a format; a state of another version is ignored."""
    if isinstance(made, Remembering) and memory is not None:
        try:
            made.load(memory)
        except (KeyError, TypeError, ValueError):
            return
