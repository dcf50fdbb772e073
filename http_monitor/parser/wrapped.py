"""Reads a log whose lines stand inside those of somebody else: syslog, a container runtime, a log shipper."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.parser.arrays import arrow_of
from http_monitor.parser.auto import AutoFormat, Choice
from http_monitor.parser.change import counted
from http_monitor.parser.joining import joined, pieces, whole_lines
from http_monitor.parser.origins import Origins
from http_monitor.parser.reading import explain, read_line
from http_monitor.parser.remarks import Remarking
from http_monitor.parser.rewrapped import Rewrapped, Turn, doubted
from http_monitor.parser.usual import is_usual
from http_monitor.parser.wellread import is_well_read, row_is_well_read
from http_monitor.ports import (
    Changing,
    FormatChange,
    FoundField,
    Headed,
    Json,
    LineReading,
    LogFormat,
    Remark,
    Remembering,
    Unwrapped,
    Wrapper,
)
from http_monitor.records import SCHEMA, Batch, Int64s
from http_monitor.settings import MAX_LINE_BYTES

Make = Callable[[], LogFormat]
"""Makes the format of the lines that are inside."""
Wrappers = Callable[[], Sequence[Wrapper]]
"""Makes one of each wrapper there is, when they are needed."""
_Kept = tuple[Json | None, dict[str, tuple[Wrapper, Json, Json | None]]]
"""What the format and the trials remembered."""
_NO_LINES: Int64s = np.empty(0, np.int64)


class WrappedFormat:
    """The format of one file whose lines may be wrapped.

    One wrapper is taken off, never a second: what is inside is what a client made the server write. A line without the
    wrapper is read as it is. Without a name, the lines show which it is: a sample, else the first line that any wrapper
    has something for and that then fits, where as it stands it does not, or shows as its host a part of the wrapper.
    That is looked at again where 20 lines in a row show another one.

    A line that does not fit is *other* where lines of other programs have fitted, but none of the same: a log of a
    machine has lines of all its programs.

    Args:
        make: Makes the format of what is inside.
        wrappers: Makes one of each wrapper that may be found.
        limit: The longest line, in bytes without its LF.
        wrapper: The one that the user named.
        finds_out: The lines show which it is.
    """

    def __init__(
        self,
        make: Make,
        wrappers: Wrappers,
        limit: int = MAX_LINE_BYTES,
        *,
        wrapper: Wrapper | None = None,
        finds_out: bool = True,
    ) -> None:
        self._make = make
        self._wrappers = wrappers
        self._limit = limit
        self._inner = make()
        self._wrapper = wrapper
        self._finds_out = finds_out and wrapper is None
        self._decided = not self._finds_out
        self._trials: dict[str, tuple[Wrapper, LogFormat]] = {}
        """What may be around the lines, each with a format for what is inside, while nothing is decided."""
        self._trials_fit = False
        """Some line fitted one of them, when it was tried last."""
        self._origins = Origins()
        self._change: Rewrapped | None = None
        self._told: list[tuple[int, str]] = []
        self._changes: list[FormatChange] = []

    @property
    def name(self) -> str:
        """What the user calls the format of what is inside."""
        return self._inner.name

    @property
    def inner(self) -> LogFormat:
        """Reads what is inside."""
        return self._inner

    @property
    def wrapper(self) -> str | None:
        """The name of the wrapper that is taken off; None: none, or none yet."""
        return None if self._wrapper is None else self._wrapper.name

    @property
    def chosen(self) -> str | None:
        """The name of the preset that the lines inside have; None while that is not known."""
        return self._inner.chosen if isinstance(self._inner, AutoFormat) else self._inner.name

    def learn(self, head: bytes) -> None:
        """Take what the file begins with, where reading begins later in it."""
        if isinstance(self._inner, Headed):
            self._inner.learn(head)

    def choose(self, sample: bytes, head: bytes = b"") -> Choice | None:
        """Choose by a sample what is around the lines and what format they have; as `AutoFormat.choose`."""
        if self._wrapper is not None:
            # Only a sample of what is inside can tell its format.
            sample, head = self._wrapper.unwrap(sample).data, self._wrapper.unwrap(head).data
            self._wrapper.load({})
        plain, choice = self._chosen(sample, head)
        best: tuple[int, Wrapper, LogFormat, Choice | None] | None = None
        if self._finds_out and not self._decided and any(map(_may_be_wrapped_line, sample.split(b"\n"))):
            lines = [line for line in sample.split(b"\n") if line.strip()]
            well = self._well_read(plain, sample)
            for wrapper in self._wrappers():
                if all(wrapper.front(line) is None for line in lines):
                    continue
                made, found = self._chosen(wrapper.unwrap(sample).data, wrapper.unwrap(head).data)
                wrapper.load({})
                fits, every = self._fitting_inside(made, sample, wrapper)
                without = sum(wrapper.front(line) is not None for line in well)
                if fits > max(best[0] if best else 0, without):
                    best = fits, wrapper, made, found
                    if fits == every:
                        break
        if best is not None:
            _, self._wrapper, self._inner, choice = best
            self._decided = True
            self._tell(self._wrapper)
            return choice
        self._inner = plain
        self._decided |= choice is not None
        return choice

    def parse(self, data: bytes) -> Batch:
        """Return the rows of whole lines."""
        return self._parsed(data, 0)

    def _parsed(self, data: bytes, before: int) -> Batch:
        return self._read(data, before) if self._decided else self._undecided(data)

    def parse_last(self, data: bytes) -> Batch:
        """Return the rows of whole lines, and of lines whose last part never came."""
        batch = self.parse(data)
        left = b"" if self._wrapper is None else self._wrapper.end()
        if not left:
            return batch
        return joined([batch, self._parse_inner(left, batch.lines)])

    def take_changes(self) -> Sequence[FormatChange]:
        """Return what the lines inside turned out to be since this was asked the last time."""
        changes, self._changes = self._changes, []
        return changes

    def take_told(self) -> Sequence[tuple[int, str]]:
        """Return what was found around the lines since this was asked the last time."""
        told, self._told = self._told, []
        return told

    def remarks(self, line: bytes) -> Iterator[Remark]:
        """Yield what is to be said of the text in a line that was read."""
        front = None if self._wrapper is None else self._wrapper.front(line)
        if self._wrapper is not None and front is not None:
            memory = self._wrapper.save()
            inside = self._wrapper.peel(line)
            self._wrapper.load(memory)
            line = next((peeled.text for peeled in inside if peeled.text is not None), line)
        if isinstance(self._inner, Remarking):
            yield from self._inner.remarks(line)

    def explain(self, line: bytes) -> str:
        """Return in one short phrase why a line, inside its wrapper or not, does not fit; empty where it does."""
        return explain(line, self._inner)

    def read_line(self, line: bytes) -> LineReading:
        """Return what the format of the file makes of a line; its columns count in the whole of it."""
        if not self._decided:
            self._decide_by(line)
        if self._wrapper is None:
            return read_line(self._inner, line)
        return self._shown(line, self._wrapper, lambda text: [read_line(self._inner, text)])[0]

    def nearest(self, line: bytes, most: int) -> list[LineReading]:
        """Return what the format makes of a line that fits it, else those that come near to it, at least one."""
        inner = self._inner
        if not isinstance(inner, AutoFormat):
            return [self.read_line(line)]
        wrapper = self._wrapper
        if wrapper is None and not self._decided and self._is_wrapped(line + b"\n"):
            wrapper = self._around(line)
        if wrapper is None:
            return inner.nearest(line, most)
        return self._shown(line, wrapper, lambda text: inner.nearest(text, most))

    def _decide_by(self, line: bytes) -> None:
        """Decide by one line, which will be read, if it fits anything."""
        wrapper = self._around(line) if self._is_wrapped(line + b"\n") else None
        if wrapper is not None:
            self._wrapper, self._inner = wrapper, self._trials[wrapper.name][1]
            self._tell(wrapper)
        elif not is_well_read(self._inner, line, ()):
            # What may be inside of it says how others are read.
            for other, made in self._trials.values():
                made.parse(other.unwrap(line + b"\n").data)
            return
        self._decided, self._trials = True, {}

    def save(self) -> Json:
        """Return what was found, the parts of lines that are not complete, and what the format remembers."""
        trials = {} if self._decided else self._trials
        return {
            "decided": self._decided,
            "wrapper": self.wrapper,
            "parts": None if self._wrapper is None else self._wrapper.save(),
            "origins": self._origins.save(),
            "inner": _memory(self._inner),
            "trials": {name: [wrapper.save(), _memory(made)] for name, (wrapper, made) in trials.items()},
            "change": None if self._change is None else self._change.save(),
        }

    def load(self, given: Json) -> None:
        """Go on with what was saved; what was saved with another wrapper named is no use, but for the format.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        decided, name, inner = given["decided"], given["wrapper"], given["inner"]
        origins, trials, change = Origins.load(given["origins"]), dict(given["trials"]), given["change"]
        if not isinstance(decided, bool):
            raise TypeError("no decision")
        self._inner = self._make()
        if not self._finds_out:
            if name == self.wrapper:
                _remind(self._inner, inner)
                self._origins = origins
                if self._wrapper is not None:
                    self._wrapper.load(given["parts"])
            return
        _remind(self._inner, inner)
        self._wrapper = None if name is None else next((one for one in self._wrappers() if one.name == name), None)
        self._decided = decided and (name is None or self._wrapper is not None)
        self._origins, self._trials, self._change = origins, {}, None
        if self._wrapper is not None:
            self._wrapper.load(given["parts"])
        if change is not None:
            self._change = Rewrapped(self._make, self._wrappers, self.wrapper)
            self._change.load(change)
        for wrapper in self._wrappers() if trials else ():
            if wrapper.name in trials:
                parts, memory = trials[wrapper.name]
                wrapper.load(parts)
                made = self._make()
                _remind(made, memory)
                self._trials[wrapper.name] = wrapper, made

    def _chosen(self, sample: bytes, head: bytes) -> tuple[LogFormat, Choice | None]:
        made = self._make()
        if isinstance(made, AutoFormat):
            return made, made.choose(sample, head)
        if head and isinstance(made, Headed):
            made.learn(head)
        return made, None

    def _well_read(self, made: LogFormat, sample: bytes) -> list[bytes]:
        """Return the lines of a sample that fit as they stand, and show a host that is none of a wrapper's.

        Args:
            made: Reads them; what it remembers is as it was then.
            sample: Whole lines.
        """
        memory = _memory(made)
        batch = made.parse(sample)
        _remind(made, memory)
        lines = [line for line in sample.split(b"\n") if len(line) > self._limit or line.strip()]
        kinds = self._wrappers()
        numbered = enumerate(batch.line_nos.tolist())
        return [lines[no - 1] for row, no in numbered if row_is_well_read(batch, row, lines[no - 1], kinds)]

    def _fitting_inside(self, made: LogFormat, sample: bytes, wrapper: Wrapper) -> tuple[int, int]:
        """Return how many lines of a sample have something inside that fits, and how many have something."""
        memory = _memory(made)
        inside = wrapper.unwrap(sample)
        batch = made.parse(inside.data)
        _remind(made, memory)
        wrapper.load({})
        place = _places(batch, inside, self._limit)
        return int(inside.wrapped[place[batch.line_nos - 1]].sum()), batch.lines

    def _parse_inner(self, data: bytes, before: int) -> Batch:
        """Return what the format makes of lines.

        Args:
            data: The lines.
            before: So many of those that are parsed count, and stand before them.
        """
        batch = self._inner.parse(data)
        if isinstance(self._inner, Changing):
            changes = self._inner.take_changes()
            self._changes += [replace(change, line_no=change.line_no + before) for change in changes]
        return batch

    def _read(self, data: bytes, before: int) -> Batch:
        """Return the rows of lines, and find out if something else has come around them."""
        parts: list[Batch] = []
        start = 0
        while start < len(data) or not parts:
            piece = data[start:]
            batch, numbers = self._read_on(piece, before)
            turn = self._look(piece, batch, numbers) if self._finds_out else None
            if turn is None:
                parts.append(batch)
                break
            parts.append(batch.head(turn.lines))
            start += turn.offset
            before += turn.lines
            self._changes = [change for change in self._changes if change.line_no <= before]
            self._wrapper, self._inner, self._change = turn.wrapper, turn.made, None
            if isinstance(turn.made, Changing):
                turn.made.take_changes()
            self._tell(turn.wrapper, before, " from here on")
        return joined(parts)

    def _read_on(self, data: bytes, before: int) -> tuple[Batch, Int64s]:
        """Return the rows of lines, and the numbers of those that may have something else around them."""
        if self._wrapper is None:
            batch = self._parse_inner(data, before)
            return batch, doubted(batch) if self._finds_out else _NO_LINES
        inside = self._wrapper.unwrap(data)
        batch = self._parse_inner(inside.data, before)
        place = _places(batch, inside, self._limit)
        return self._named(batch, inside, place), np.flatnonzero(~inside.wrapped[place]) + 1

    def _look(self, piece: bytes, batch: Batch, numbers: Int64s) -> Turn | None:
        if self._change is None:
            if not len(numbers):
                return None
            self._change = Rewrapped(self._make, self._wrappers, self.wrapper)
        wrapper = self._wrapper
        if wrapper is None:

            def plain_lines() -> Sequence[tuple[int, bytes]]:
                every = counted(piece, self._limit)
                return [every[number - 1] for number in numbers.tolist()]

            return self._change.look(batch, numbers, plain_lines)
        return self._change.look(batch, numbers, lambda: _bare_lines(piece, wrapper, self._limit))

    def _named(self, batch: Batch, inside: Unwrapped, place: Int64s) -> Batch:
        """Return a batch with the sources of its lines, and which are other lines."""
        row = place[batch.line_nos - 1]
        rows = batch.rows
        if inside.sources and len(rows):
            code = inside.source[row]
            keys: Any = pa.DictionaryArray.from_arrays(
                arrow_of(np.maximum(code, 0).astype(np.int32), pa.int32(), code < 0),
                pa.array(inside.sources, pa.binary()),
            )
            rows = rows.set_column(SCHEMA.names.index("source"), SCHEMA.field("source"), keys)
        batch = replace(batch, rows=rows)
        other = self._origins.take(batch, inside, place)
        if not len(other):
            return batch
        samples = tuple(sample for sample in batch.samples if sample.line_no not in other)
        return replace(batch, other_nos=np.union1d(batch.other_nos, other), samples=samples)

    def _undecided(self, data: bytes) -> Batch:
        parts: list[Batch] = []
        for start, piece in pieces(data):
            kept = self._kept() if self._is_wrapped(piece) else None
            batch = self._try(piece)
            if kept is None:
                # What has nothing around it can only show that nothing is.
                parts.append(batch)
                if len(batch.line_nos):
                    return self._followed(parts, data[start + len(piece) :])
                continue
            if not self._trials_fit and not len(batch.line_nos):
                parts.append(batch)
                continue
            self._go_back(kept)
            for line in whole_lines(piece):
                wrapper = self._around(line.removesuffix(b"\n"))
                if wrapper is not None:
                    self._wrapper, self._inner = wrapper, self._trials[wrapper.name][1]
                    self._tell(wrapper, 1 + sum(part.lines for part in parts))
                    return self._followed(parts, data[start:])
                parts.append(self._try(line))
                start += len(line)
                if len(parts[-1].line_nos):
                    return self._followed(parts, data[start:])
        return joined(parts) if parts else self._inner.parse(b"")

    def _followed(self, parts: list[Batch], rest: bytes) -> Batch:
        """Return what is decided now, behind what was read before."""
        self._decided, self._trials = True, {}
        if rest or not parts:
            parts = [*parts, self._parsed(rest, sum(part.lines for part in parts))]
        return joined(parts)

    def _is_wrapped(self, piece: bytes) -> bool:
        """Tell whether there may be something around one of some lines, and have what finds out."""
        if not self._finds_out:
            return False
        lines = [line for line in piece.split(b"\n") if _may_be_wrapped_line(line)]
        for wrapper in self._wrappers() if lines else ():
            if wrapper.name not in self._trials and any(wrapper.front(line) is not None for line in lines):
                self._trials[wrapper.name] = wrapper, self._make()
        return any(wrapper.front(line) is not None for wrapper, _ in self._trials.values() for line in lines)

    def _try(self, piece: bytes) -> Batch:
        """Return what becomes of lines as they stand; what is inside of them has been tried too."""
        self._trials_fit = False
        for wrapper, made in self._trials.values():
            inside = wrapper.unwrap(piece)
            self._trials_fit |= bool(len(made.parse(inside.data).line_nos))
        return self._inner.parse(piece)

    def _around(self, line: bytes) -> Wrapper | None:
        """Return what is around a line that fits without it, and not, or not well, as it stands."""
        fitting = [wrapper for wrapper, _ in self._trials.values() if wrapper.front(line) is not None]
        if not fitting or is_well_read(self._inner, line, fitting):
            return None
        kept = self._kept()
        fits: str | None = None
        for name, (wrapper, made) in self._trials.items():
            if fits is None and wrapper in fitting:
                fits = name if len(made.parse(wrapper.unwrap(line + b"\n").data).line_nos) else None
        self._go_back(kept)
        return None if fits is None else self._trials[fits][0]

    def _kept(self) -> _Kept:
        trials = {name: (wrapper, wrapper.save(), _memory(made)) for name, (wrapper, made) in self._trials.items()}
        return _memory(self._inner), trials

    def _go_back(self, kept: _Kept) -> None:
        memory, trials = kept
        _remind(self._inner, memory)
        for name, (wrapper, parts, remembered) in trials.items():
            wrapper.load(parts)
            _remind(self._trials[name][1], remembered)

    def _tell(self, wrapper: Wrapper, line_no: int = 1, since: str = "") -> None:
        """Say what was found.

        Args:
            wrapper: That.
            line_no: The line that showed it, by its number among those that are parsed.
            since: Where it begins, if that is not the first line.
        """
        self._told.append((line_no, f"{wrapper.words}{since}, taken off (--unwrap none keeps it)"))

    def _shown(
        self, line: bytes, wrapper: Wrapper, read: Callable[[bytes], Sequence[LineReading]]
    ) -> list[LineReading]:
        """Return what is made of the text in a line, its columns as they are in the line."""
        inside = wrapper.peel(line)
        if not inside:
            return list(read(line))
        first = inside[0]
        end = first.places[0] if first.places[0] >= 0 else 0
        marks = [FoundField(wrapper.name, 0, end)]
        source = None
        if first.source is not None:
            source, begin, stop = first.source
            named = FoundField("source", begin, stop)
            # The name may stand in what is in front, or in what is behind.
            cut = (FoundField(wrapper.name, 0, begin), named, FoundField(wrapper.name, stop, end))
            marks = [*cut] if begin < end else [*marks, named]
        front = [mark for mark in marks if mark.start < mark.stop]
        if first.text is None:
            return [LineReading(f"{wrapper.name}, a part of a line", tuple(front), {})]
        shown: list[LineReading] = []
        for reading in read(first.text):
            found = [*front]
            for field in reading.found:
                begin, stop = first.places[field.start], first.places[field.stop]
                if begin >= 0:
                    found.append(FoundField(field.name, begin, stop))
            values = reading.values
            if values and source is not None:
                values = {**values, "source": source}
            column = reading.column
            if column is not None:
                column = 1 + max(0, first.places[min(column - 1, len(first.places) - 1)])
            found.sort(key=lambda field: field.start)
            shown.append(replace(reading, found=tuple(found), values=values, column=column))
        return shown


def _places(batch: Batch, inside: Unwrapped, limit: int) -> Int64s:
    """Return for each line that counts its index among the lines inside."""
    if batch.lines == inside.lines:
        return np.arange(inside.lines)
    lines = inside.data.split(b"\n")
    lines.pop()
    return np.array([index for index, line in enumerate(lines) if len(line) > limit or line.strip()], np.int64)


def _bare_lines(data: bytes, wrapper: Wrapper, limit: int) -> list[tuple[int, bytes]]:
    """Return the lines that a wrapper does not fit, each with where it ends; blank ones are none."""
    bare: list[tuple[int, bytes]] = []
    end = 0
    for line in data.split(b"\n"):
        end += len(line) + 1
        if (len(line) > limit or line.strip()) and wrapper.front(line) is None:
            bare.append((end, line))
    return bare


def _may_be_wrapped_line(line: bytes) -> bool:
    return bool(line) and not is_usual(line.removesuffix(b"\r") + b"\n")


def _memory(made: LogFormat) -> Json | None:
    return made.save() if isinstance(made, Remembering) else None


def _remind(made: LogFormat, memory: Json | None) -> None:
    if isinstance(made, Remembering) and memory is not None:
        made.load(memory)
