"""Reads logs whose lines are wrapped by another program: syslog, a container runtime, a log shipper."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.codec import integer
from http_monitor.explanation import LineReading
from http_monitor.parser.detect.auto import AutoFormat, Choice
from http_monitor.parser.detect.batch_pieces import join_batches, pieces, with_begins
from http_monitor.parser.wrapped.choice import choose_around, choose_format
from http_monitor.parser.wrapped.held_lines import Held
from http_monitor.parser.wrapped.single_lines import SingleLines
from http_monitor.parser.wrapped.timing import Timing
from http_monitor.parser.wrapped.trials import Make, Makes, Trials, Wrappers, remind
from http_monitor.parser.wrapped.unwrapping import Unwrapping
from http_monitor.parser.wrapped.well_read import is_well_read
from http_monitor.ports.log_format import FormatChange, Headed, LogFormat, Remark
from http_monitor.ports.wrapper import Wrapper
from http_monitor.records import NO_ROWS, Batch, Int64s, Json

_NO_LINES: Int64s = np.empty(0, np.int64)
_NOTHING = Batch(rows=NO_ROWS, line_nos=_NO_LINES, lines=0)


class WrappedFormat:
    """The format of one file whose lines may be wrapped.

    Only one wrapper is removed, never a second, since a client decides what the server writes inside. A line without
    the wrapper is read as it is. Without a name, the lines show the wrapper: a sample, or else the first line that fits
    once a wrapper is removed, and that does not fit as it is, or only with a part of the wrapper as its host. The
    choice changes if 20 consecutive lines show another wrapper. A line that does not fit is *other* if lines of other
    programs have fitted, but none of its own program. A line without a time gets the time of its wrapper.

    Args:
        make: Makes the format of unwrapped lines.
        wrappers: Makes one of each wrapper that may be detected.
        limit: The longest line, in bytes without its LF.
        wrapper: The wrapper that the user named.
        finds_out: The wrapper is detected from the lines.
        make_inside: Makes the format of inner lines, which need no time; None: `make` does.
        timing: Determines times that are not in the lines themselves.
    """

    def __init__(
        self,
        make: Make,
        wrappers: Wrappers,
        limit: int = DEFAULT_LINE_BYTES,
        *,
        wrapper: Wrapper | None = None,
        finds_out: bool = True,
        make_inside: Make | None = None,
        timing: Timing | None = None,
    ) -> None:
        self._makes = Makes(make, make_inside or make)
        self._timing = timing or Timing()
        self._wrappers = wrappers
        self._limit = limit
        self._finds_out = finds_out and wrapper is None
        self._now = Unwrapping(self._makes, wrappers, limit, wrapper, turns=self._finds_out, timing=self._timing)
        self._single = SingleLines(self._now, self._timing)
        self._decided = not self._finds_out
        self._trials = Trials(self._makes.inside, wrappers, limit, self._timing)
        self._held = Held() if wrapper is not None else None
        """The first lines, until one fits; None if none of them may be wrapped so far, or if they were released."""
        self._has_held = self._decided
        """The first lines that may be wrapped were released."""
        self._at = 0
        """Number of bytes parsed so far."""

    @property
    def name(self) -> str:
        """Name of the inner format for the user."""
        return self._now.inner.name

    @property
    def inner(self) -> LogFormat:
        """The format of the inner lines."""
        return self._now.inner

    @property
    def promised(self) -> frozenset[str]:
        """The columns that lines of the inner format have."""
        return self._now.promised

    @property
    def wrapper(self) -> str | None:
        """Name of the wrapper that is removed; None: there is none, or none was found yet."""
        return None if self._now.wrapper is None else self._now.wrapper.name

    @property
    def chosen(self) -> str | None:
        """Name of the preset of the inner lines; None while it is not known."""
        return self._now.inner.chosen if isinstance(self._now.inner, AutoFormat) else self._now.inner.name

    def learn(self, head: bytes) -> None:
        """Learn from the beginning of the file, if reading begins later."""
        if isinstance(self._now.inner, Headed):
            self._now.inner.learn(head)

    def choose(self, sample: bytes, head: bytes = b"") -> Choice | None:
        """Choose wrapper and inner format by a sample, like `AutoFormat.choose`."""
        if self._now.wrapper is not None:
            # Only inner lines can show their format.
            sample, head = self._now.wrapper.unwrap(sample).data, self._now.wrapper.unwrap(head).data
            self._now.wrapper.load({})
        if self._finds_out and not self._decided:
            found = choose_around(self._makes, self._wrappers, self._limit, sample, head)
        else:
            found = choose_format(self._makes.bare if self._now.wrapper is None else self._makes.inside, sample, head)
        self._now.inner = found.made
        if found.wrapper is not None:
            self._decide()
            self._held = Held()
            self._now.wrapper = found.wrapper
            self._now.notify(found.wrapper)
        elif found.choice is not None and not self._decided:
            self._decide()
        return found.choice

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines."""
        return self._count_parsed(data, self._parse(data, 0, self._at))

    def _parse(self, data: bytes, before: int, at: int, *, last: bool = False) -> Batch:
        """Return the rows of lines; if they are the last ones, also those of held lines."""
        if self._held is not None:
            return self._wait(self._held, data, before, at, last=last)
        return self._now.read(data, before, at) if self._decided else self._parse_undecided(data, before, at, last=last)

    def parse_last(self, data: bytes) -> Batch:
        """Return the rows of whole lines, and of lines whose last part is missing."""
        batch = self._parse(data, 0, self._at, last=True)
        left = self._now.end(batch.lines)
        if left is not None:
            batch = join_batches([with_begins(batch, data, self._at), left])
        return self._count_parsed(data, batch)

    def _count_parsed(self, data: bytes, batch: Batch) -> Batch:
        """Return a batch with the offsets of its lines in the data, and count the data as parsed."""
        at = self._at
        self._at += len(data)
        return batch if batch.begins is None else replace(batch, begins=batch.begins - at)

    def find_held_back(self) -> Sequence[int]:
        """Return the start of each incomplete line, in bytes before the end of the data parsed last."""
        held = () if self._held is None else self._held.begins()
        begun = (*self._now.find_begun(), *self._trials.find_begun(), *held)
        return [self._at - begin for begin in begun]

    def drain_changes(self) -> Sequence[FormatChange]:
        """Return the changes of the inner format since the last call."""
        changes, self._now.changes = self._now.changes, []
        return changes

    def drain_messages(self) -> Sequence[tuple[int, str]]:
        """Return messages about detected wrappers since the last call."""
        told, self._now.told = self._now.told, []
        return told

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield remarks on the inner text of a line that was parsed."""
        return self._single.remarks(line)

    def explain(self, line: bytes) -> str:
        """Return in one short phrase why a line, inside its wrapper or not, does not fit; empty if it fits."""
        return self._single.explain(line)

    def read_line(self, line: bytes) -> LineReading:
        """Return the reading of a line, with its columns counted in the whole line."""
        if not self._decided:
            self._decide_by(line)
        return self._single.read(line)

    def nearest(self, line: bytes, most: int) -> list[LineReading]:
        """Return the reading of a line that fits, else the readings that come near it, at least one."""
        inner = self._now.inner
        if not isinstance(inner, AutoFormat):
            return [self.read_line(line)]
        wrapper = self._now.wrapper
        if wrapper is None and not self._decided and self._may_wrap(line):
            around = self._trials.around(inner, line)
            wrapper = None if around is None else around[0]
        if wrapper is None:
            return inner.nearest(line, most)
        return self._single.explain_inner(line, wrapper, lambda text: inner.nearest(text, most))

    def _may_wrap(self, line: bytes) -> bool:
        return self._finds_out and self._trials.may_wrap((line,))

    def _decide_by(self, line: bytes) -> None:
        """Decide by a line that is about to be read."""
        found = self._trials.around(self._now.inner, line) if self._may_wrap(line) else None
        if found is not None:
            self._now.wrapper, self._now.inner = found
            self._now.notify(self._now.wrapper)
        elif not is_well_read(self._now.inner, line, ()):
            # Its inner line may determine how others are read.
            self._trials.try_inside(line)
            return
        self._decide()

    def save(self) -> Json:
        """Return the choice, the incomplete lines, and the state of the inner format."""
        return self._now.save() | {
            "at": self._at,
            "decided": self._decided,
            "trials": self._trials.save(),
            "held": None if self._held is None else self._held.save(),
            "has_held": self._has_held,
        }

    def load(self, given: Json) -> None:
        """Restore a saved state; if another wrapper was named then, only the inner format is restored.

        Raises:
            KeyError, TypeError, ValueError: the state is invalid.
        """
        decided, held = given["decided"], given.get("held")
        has_held = given.get("has_held", decided)
        if not isinstance(decided, bool) or not isinstance(has_held, bool):
            raise TypeError("no decision")
        self._at = integer(given["at"], 0)
        is_same = self._now.load(given)
        self._held, self._has_held = None if held is None else Held.load(held), has_held
        if self._finds_out:
            self._decided = decided and is_same
            self._trials.load(given["trials"])
        elif self._held is not None and not is_same:
            self._held.begun = False

    def _parse_undecided(self, data: bytes, before: int, at: int, *, last: bool) -> Batch:
        """Return the rows of lines that begin before the wrapper is decided.

        Args:
            data: The lines.
            before: Number of non-blank lines parsed before them.
            at: Their offset in all data.
            last: No more lines follow.
        """
        parts: list[Batch] = []
        for start, piece in pieces(data):
            if not self._has_held:
                first = self._trials.first_wrapped(piece)
                plain = piece if first is None else piece[:first]
                if plain:
                    parts.append(self._timing.read_bare(self._now.inner, plain, self._limit, at + start))
                stop = start + len(plain)
                if plain and len(parts[-1].line_nos):
                    return self._next(parts, data[stop:], before, at + stop, last=last)
                if first is not None:
                    self._held = Held()
                    return self._next(parts, data[stop:], before, at + stop, last=last, known=False)
                continue
            done, found = self._trials.decide(self._now.inner, piece, at + start, parts)
            if found is not None:
                self._now.wrapper, self._now.inner = found
                self._now.notify(found[0], 1 + sum(part.lines for part in parts))
            if done is not None:
                return self._next(parts, data[start + done :], before, at + start + done, last=last)
        return join_batches(parts) if parts else self._now.inner.parse(b"")

    def _next(self, parts: list[Batch], rest: bytes, before: int, at: int, *, last: bool, known: bool = True) -> Batch:
        """Return the rows of the parts and of the rest that follows them."""
        if known:
            self._decide()
        if rest or last or not parts:
            batch = self._parse(rest, before + sum(part.lines for part in parts), at, last=last)
            parts = [*parts, with_begins(batch, rest, at)]
        return join_batches(parts)

    def _decide(self) -> None:
        self._decided, self._held, self._has_held = True, None, True
        self._trials.forget()

    def _wait(self, held: Held, data: bytes, before: int, at: int, *, last: bool) -> Batch:
        """Hold lines until one fits or the limit is reached; then return the rows of all held lines."""
        held.begin(self._now.inner, self._now.wrapper, at)
        new = data[: held.room(data)]
        was_decided = self._decided
        if was_decided:
            fits = bool(new) and self._now.fits_inside(new, at)
        else:
            fits, wrapper = self._trials.find_fitting(self._now.inner, new, at)
            self._decided, self._now.wrapper = fits, wrapper
        held.add(new)
        if not (fits or held.full or last):
            return _NOTHING
        self._held, self._has_held = None, True
        if self._decided:
            batch = self._now.read_again(held, before, fits=fits, is_found=not was_decided)
        else:
            plain = self._makes.bare()
            remind(plain, held.memory)
            batch = self._timing.read_bare(plain, held.data, self._limit, held.at)
        rest = data[len(new) :]
        return self._next([batch], rest, before, at + len(new), last=False, known=self._decided)
