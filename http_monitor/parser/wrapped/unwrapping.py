"""Reads lines of which it is known what stands around them, or that nothing does."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.parser.chunks.arrays import arrow_of
from http_monitor.parser.detect.batch_pieces import joined, with_begins
from http_monitor.parser.detect.format_change import counted
from http_monitor.parser.wrapped.change import Rewrapped, Turn, doubted
from http_monitor.parser.wrapped.held_lines import Held
from http_monitor.parser.wrapped.origins import Origins
from http_monitor.parser.wrapped.trials import Make, Wrappers, memory_of, remind
from http_monitor.ports.log_format import Changing, FormatChange
from http_monitor.ports.wrapper import Unwrapped, Wrapper
from http_monitor.records import SCHEMA, Batch, Int64s, Json

_NO_LINES: Int64s = np.empty(0, np.int64)


class Unwrapping:
    """Takes one wrapper off and has a format read what is inside; sees where something else comes around the lines.

    Args:
        make: Makes the format of what is inside.
        wrappers: Makes one of each wrapper that may come.
        limit: The longest line, in bytes without its LF.
        wrapper: The one that is taken off, until another comes.
        turns: Another may come.
    """

    def __init__(self, make: Make, wrappers: Wrappers, limit: int, wrapper: Wrapper | None, *, turns: bool) -> None:
        self._make = make
        self._wrappers = wrappers
        self._limit = limit
        self._turns = turns
        self._change: Rewrapped | None = None
        self.inner = make()
        """Reads what is inside."""
        self.wrapper = wrapper
        """What is taken off; None: nothing."""
        self.origins = Origins()
        self.told: list[tuple[int, str]] = []
        """What was found around the lines, with the number of the line that showed it."""
        self.changes: list[FormatChange] = []
        """What the lines inside turned out to be."""

    @property
    def name(self) -> str | None:
        """The name of the wrapper."""
        return None if self.wrapper is None else self.wrapper.name

    def parse_inner(self, data: bytes, before: int) -> Batch:
        """Return what the format makes of lines.

        Args:
            data: The lines.
            before: So many of those that are parsed count, and stand before them.
        """
        batch = self.inner.parse(data)
        if isinstance(self.inner, Changing):
            changes = self.inner.drain_changes()
            self.changes += [replace(change, line_no=change.line_no + before) for change in changes]
        return batch

    def read(self, data: bytes, before: int, at: int) -> Batch:
        """Return the rows of lines, and find out if something else has come around them.

        Args:
            data: The lines.
            before: So many of those that are parsed count, and stand before them.
            at: Where they begin in all data.
        """
        parts: list[Batch] = []
        start = 0
        while start < len(data) or not parts:
            piece = data[start:]
            batch, numbers = self._read_on(piece, before, at + start)
            turn = self._look(piece, batch, numbers, at + start) if self._turns else None
            if turn is None:
                parts.append(with_begins(batch, piece, at + start) if parts else batch)
                break
            parts.append(with_begins(batch, piece, at + start).head(turn.lines))
            start += turn.offset
            before += turn.lines
            self.changes = [change for change in self.changes if change.line_no <= before]
            self.wrapper, self.inner, self._change = turn.wrapper, turn.made, None
            if isinstance(turn.made, Changing):
                turn.made.drain_changes()
            self.tell(turn.wrapper, before, " from here on")
        return joined(parts)

    def read_again(self, held: Held, before: int, *, fits: bool, is_found: bool) -> Batch:
        """Return the rows of the first lines, which were held.

        Args:
            held: They.
            before: So many lines stand before them.
            fits: One of them fits.
            is_found: One of them has shown what is around them.
        """
        found = self.wrapper if is_found else None
        if found is None:
            remind(self.inner, held.memory)
        else:
            self.inner = self._make()
        if self.wrapper is not None:
            self.wrapper.load({} if found is not None or held.parts is None else held.parts)
        self.origins.judges_earlier = fits
        told, self.told = self.told, []
        batch = with_begins(self.read(held.data, before, held.at), held.data, held.at)
        if found is not None:
            self.tell(found, before + (int(batch.line_nos[0]) if len(batch.line_nos) else 1))
            self.told.sort()
        self.told = [*told, *self.told]
        return batch

    def tell(self, wrapper: Wrapper, line_no: int = 1, since: str = "") -> None:
        """Say what was found.

        Args:
            wrapper: That.
            line_no: The line that showed it, by its number among those that are parsed.
            since: Where it begins, if that is not the first line.
        """
        self.told.append((line_no, f"{wrapper.words}{since}, taken off (--unwrap none keeps it)"))

    def fits_inside(self, data: bytes, at: int) -> bool:
        """Tell whether one of some lines, which begin there, fits without what is taken off, or nothing is."""
        if self.wrapper is None:
            return True
        return bool(len(self.inner.parse(self.wrapper.unwrap(data, at).data).line_nos))

    def text_in(self, line: bytes) -> bytes:
        """Return the text in a line, which is the line itself where nothing is around it; nothing is remembered."""
        if self.wrapper is None or self.wrapper.front(line) is None:
            return line
        memory = self.wrapper.save()
        inside = self.wrapper.peel(line)
        self.wrapper.load(memory)
        return next((peeled.text for peeled in inside if peeled.text is not None), line)

    def begun(self) -> list[int]:
        """Return where the lines begin of which a part is remembered."""
        change = [] if self._change is None else self._change.begun()
        return change if self.wrapper is None else [*change, *self.wrapper.begun()]

    def end(self, before: int) -> Batch | None:
        """Return the rows of the lines whose last part never came; None if there are none.

        Args:
            before: So many lines of those that are parsed count, and stand before them.
        """
        begun = np.array(() if self.wrapper is None else self.wrapper.begun(), np.int64)
        left = b"" if self.wrapper is None else self.wrapper.end()
        if not left:
            return None
        batch = self.parse_inner(left, before)
        # What is left of a line may be blank.
        stops = np.cumsum([len(line) + 1 for line in left.split(b"\n")])
        return replace(batch, begins=begun[np.searchsorted(stops, batch.line_begins(left), "right")])

    def save(self) -> Json:
        """Return what it remembers."""
        return {
            "wrapper": self.name,
            "parts": None if self.wrapper is None else self.wrapper.save(),
            "origins": self.origins.save(),
            "inner": memory_of(self.inner),
            "change": None if self._change is None else self._change.save(),
        }

    def load(self, given: Json) -> bool:
        """Become what was saved; tell whether it is of use: with another wrapper named it is not.

        Raises:
            KeyError, TypeError, ValueError: it is no such state.
        """
        name, inner, change = given["wrapper"], given["inner"], given["change"]
        origins = Origins.load(given["origins"])
        self.inner = self._make()
        if self._turns:
            self.wrapper = None if name is None else next((one for one in self._wrappers() if one.name == name), None)
        if name != self.name:
            if self._turns:
                remind(self.inner, inner)
            return False
        remind(self.inner, inner)
        self.origins, self._change = origins, None
        if self.wrapper is not None:
            self.wrapper.load(given["parts"])
        if change is not None and self._turns:
            self._change = Rewrapped(self._make, self._wrappers, self.name)
            self._change.load(change)
        return True

    def _read_on(self, data: bytes, before: int, at: int) -> tuple[Batch, Int64s]:
        """Return the rows of lines, and the numbers of those that may have something else around them."""
        if self.wrapper is None:
            batch = self.parse_inner(data, before)
            return batch, doubted(batch) if self._turns else _NO_LINES
        inside = self.wrapper.unwrap(data, at)
        batch = self.parse_inner(inside.data, before)
        place = places(batch, inside, self._limit)
        return self._named(batch, inside, place), np.flatnonzero(~inside.wrapped[place]) + 1

    def _look(self, piece: bytes, batch: Batch, numbers: Int64s, at: int) -> Turn | None:
        if self._change is None:
            if not len(numbers):
                return None
            self._change = Rewrapped(self._make, self._wrappers, self.name)
        wrapper = self.wrapper
        if wrapper is None:

            def plain_lines() -> Sequence[tuple[int, bytes]]:
                every = counted(piece, self._limit)
                return [every[number - 1] for number in numbers.tolist()]

            return self._change.look(batch, numbers, plain_lines, at)
        return self._change.look(batch, numbers, lambda: _bare_lines(piece, wrapper, self._limit), at)

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
        batch = replace(batch, rows=rows, begins=inside.begin if batch.lines == inside.lines else inside.begin[place])
        other = self.origins.take(batch, inside, place)
        if not len(other):
            return batch
        samples = tuple(sample for sample in batch.samples if sample.line_no not in other)
        return replace(batch, other_nos=np.union1d(batch.other_nos, other), samples=samples)


def places(batch: Batch, inside: Unwrapped, limit: int) -> Int64s:
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
