"""Reads lines whose wrapper is known, or that are known to be unwrapped."""

from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from http_monitor.arrow import arrow_of
from http_monitor.parser.detect.batch_pieces import join_batches, split_lines, with_begins
from http_monitor.parser.lines.promises import promises_of
from http_monitor.parser.wrapped.change import Rewrapped, Turn, bare_lines, find_doubts
from http_monitor.parser.wrapped.given_up import GivenUp, numbers_given_up
from http_monitor.parser.wrapped.held_lines import Held
from http_monitor.parser.wrapped.origins import Origins
from http_monitor.parser.wrapped.places import places
from http_monitor.parser.wrapped.stamps import StampReader
from http_monitor.parser.wrapped.timing import Timing, find_untimed, try_inside, with_stamps
from http_monitor.parser.wrapped.trials import Makes, Wrappers, memory_of, remind
from http_monitor.ports.log_format import Changing, FormatChange
from http_monitor.ports.wrapper import Unwrapped, Wrapper
from http_monitor.records import SCHEMA, Batch, Int64s, Json

_NO_LINES: Int64s = np.empty(0, np.int64)


class Unwrapping:
    """Removes a wrapper and parses the inner lines; detects when the wrapper changes.

    Args:
        makes: Make the format of the lines.
        wrappers: Makes one of each possible wrapper.
        limit: The longest line, in bytes without its LF.
        wrapper: The wrapper that is removed until another one is detected.
        turns: Whether another wrapper may follow.
        timing: Determines times that are not in the lines themselves.
    """

    def __init__(
        self,
        makes: Makes,
        wrappers: Wrappers,
        limit: int,
        wrapper: Wrapper | None,
        *,
        turns: bool,
        timing: Timing,
    ) -> None:
        self._makes = makes
        self._timing = timing
        self._stamps: StampReader | None = None
        """Reads the times in wrappers; set once a line without a time was found."""
        self._wrappers = wrappers
        self._limit = limit
        self._turns = turns
        self._change: Rewrapped | None = None
        self.inner = makes.bare() if wrapper is None else makes.inside()
        """Reads the inner lines."""
        self.wrapper = wrapper
        """The wrapper that is removed; None if there is none."""
        self.origins = Origins()
        self.told: list[tuple[int, str]] = []
        """Messages about detected wrappers, each with the number of the line that showed it."""
        self.changes: list[FormatChange] = []
        """The detected kind of the inner lines."""
        self._given_up = GivenUp()
        self._promised: frozenset[str] | None = None
        """The columns that lines of the first row's format have; None: there was no row."""

    @property
    def promised(self) -> frozenset[str]:
        """The columns that lines of the first row's format have."""
        return promises_of(self.inner) if self._promised is None else self._promised

    @property
    def name(self) -> str | None:
        """Name of the wrapper."""
        return None if self.wrapper is None else self.wrapper.name

    def parse_inner(self, data: bytes, before: int) -> Batch:
        """Return the batch that the inner format makes of lines.

        Args:
            data: The lines.
            before: Number of non-blank lines parsed before them.
        """
        batch = self.inner.parse(data)
        if isinstance(self.inner, Changing):
            changes = self.inner.drain_changes()
            self.changes += [replace(change, line_no=change.line_no + before) for change in changes]
        return batch

    def read(self, data: bytes, before: int, at: int) -> Batch:
        """Return the rows of lines, and notice when their wrapper changes.

        Args:
            data: The lines.
            before: Number of non-blank lines parsed before them.
            at: Their offset in all data.
        """
        parts: list[Batch] = []
        start = 0
        while start < len(data) or not parts:
            piece = data[start:]
            batch, numbers = self._read_on(piece, before, at + start)
            turn = self._look(piece, batch, numbers, at + start) if self._turns else None
            if parts or turn is not None:
                batch = with_begins(batch, piece, at + start)
            parts.append(batch if turn is None else batch.head(turn.lines))
            if self._promised is None and len(parts[-1].line_nos):
                self._promised = promises_of(self.inner)
            if turn is None:
                break
            start += turn.offset
            before += turn.lines
            self.changes = [change for change in self.changes if change.line_no <= before]
            self.wrapper, self.inner, self._change, self._stamps = turn.wrapper, turn.made, None, None
            self._given_up = GivenUp()
            if isinstance(turn.made, Changing):
                turn.made.drain_changes()
            self.notify(turn.wrapper, before, " from here on")
        return join_batches(parts)

    def read_again(self, held: Held, before: int, *, fits: bool, is_found: bool) -> Batch:
        """Return the rows of the first lines, which were held.

        Args:
            held: The held lines.
            before: Number of lines before them.
            fits: One of them fits.
            is_found: One of them has shown the wrapper.
        """
        found = self.wrapper if is_found else None
        if found is None:
            remind(self.inner, held.memory)
        else:
            self.inner = self._makes.inside()
        if self.wrapper is not None:
            self.wrapper.load({} if found is not None or held.parts is None else held.parts)
        self.origins.judges_earlier = fits
        told, self.told = self.told, []
        batch = with_begins(self.read(held.data, before, held.at), held.data, held.at)
        if found is not None:
            later, self.told = self.told, []
            self.notify(found, before + (int(batch.line_nos[0]) if len(batch.line_nos) else 1))
            self.told = sorted([*self.told, *later], key=itemgetter(0))
        self.told = [*told, *self.told]
        return batch

    def notify(self, wrapper: Wrapper, line_no: int = 1, since: str = "") -> None:
        """Add a message about a detected wrapper.

        Args:
            wrapper: The wrapper.
            line_no: Number of the line that showed it, among those parsed.
            since: Words on where it begins, if that is not the first line.
        """
        self.told.append((line_no, f"{wrapper.words}{since}, removed (--unwrap none keeps it)"))

    def fits_inside(self, data: bytes, at: int) -> bool:
        """Return whether one of some lines, which begin there, fits inside the wrapper; True without a wrapper."""
        if self.wrapper is None:
            return True
        return bool(try_inside(self.inner, self.wrapper, data, self._limit, at)[0])

    def find_begun(self) -> list[int]:
        """Return the offsets of the incomplete lines."""
        change = [] if self._change is None else self._change.find_begun()
        return change if self.wrapper is None else [*change, *self.wrapper.find_begun()]

    def end(self, before: int) -> Batch | None:
        """Return the rows of the lines whose last part is missing; None if there are none.

        Args:
            before: Number of non-blank lines parsed before them.
        """
        left = None if self.wrapper is None else self.wrapper.end()
        if self.wrapper is None or left is None or not left.lines:
            return None
        batch = self.parse_inner(left.data, before)
        # The rest of a line may be blank.
        place = places(batch, left, self._limit)
        batch = replace(batch, begins=left.begin[place])
        return self._add_times(batch, left, place, self.wrapper, before)

    def save(self) -> Json:
        """Return the state as JSON."""
        return {
            "wrapper": self.name,
            "parts": None if self.wrapper is None else self.wrapper.save(),
            "origins": self.origins.save(),
            "inner": memory_of(self.inner),
            "stamps": None if self._stamps is None else self._stamps.save(),
            "given_up": self._given_up.save(),
            "change": None if self._change is None else self._change.save(),
        }

    def load(self, given: Json) -> bool:
        """Restore a saved state; return False if it is of another wrapper, when one was named.

        Raises:
            KeyError, TypeError, ValueError: the state is invalid.
        """
        name, inner, change = given["wrapper"], given["inner"], given["change"]
        origins, stamps = Origins.load(given["origins"]), given.get("stamps")
        if self._turns:
            self.wrapper = None if name is None else next((one for one in self._wrappers() if one.name == name), None)
        self.inner = self._makes.bare() if self.wrapper is None else self._makes.inside()
        if name != self.name:
            if self._turns:
                remind(self.inner, inner)
            return False
        remind(self.inner, inner)
        self.origins, self._change, self._stamps = origins, None, None
        self._given_up = GivenUp.load(given.get("given_up", 0))
        if self.wrapper is not None:
            self.wrapper.load(given["parts"])
            if stamps is not None:
                self._stamps = self._timing.reader(self.wrapper)
                self._stamps.load(stamps)
        if change is not None and self._turns:
            self._change = Rewrapped(self._makes.inside, self._wrappers, self.name, self._limit)
            self._change.load(change)
        return True

    def _read_on(self, data: bytes, before: int, at: int) -> tuple[Batch, Int64s]:
        """Return the rows of lines, and the numbers of those that may have another wrapper."""
        if self.wrapper is None:
            batch = self._timing.require_times(self.parse_inner(data, before), data, self._limit)
            return batch, find_doubts(batch) if self._turns else _NO_LINES
        inside = self.wrapper.unwrap(data, at)
        batch = self.parse_inner(inside.data, before)
        place = places(batch, inside, self._limit)
        batch = self._add_times(batch, inside, place, self.wrapper, before)
        if inside.given_up:
            batch = replace(batch, incomplete_nos=numbers_given_up(inside, place))
            self.told += self._given_up.add(batch.incomplete_nos, before)
        return self._add_origins(batch, inside, place), np.flatnonzero(~inside.wrapped[place]) + 1

    def time_of(self, stamp: bytes, wrapper: Wrapper) -> int | None:
        """Return the instant of a time in a wrapper; None if it is no time."""
        return (self._stamps or self._timing.reader(wrapper)).instant(stamp)

    def _add_times(self, batch: Batch, inside: Unwrapped, place: Int64s, wrapper: Wrapper, before: int) -> Batch:
        """Return rows with the times of their wrappers, if they have none of their own."""
        untimed = find_untimed(batch)
        if untimed is None:
            return batch
        is_first = self._stamps is None
        reader = self._stamps = self._stamps or self._timing.reader(wrapper)
        batch = with_stamps(batch, untimed, inside, place, reader)
        left = find_untimed(batch)
        if is_first:
            shown = np.flatnonzero(untimed if left is None else untimed & ~left)
            if len(shown):
                words = f"the lines have no time, so the time around them counts{reader.words}"
                self.told.append((before + int(batch.line_nos[shown[0]]), words))
            else:
                self._stamps = None
        return batch if left is None else self._timing.require_times(batch, inside.data, self._limit)

    def _look(self, piece: bytes, batch: Batch, numbers: Int64s, at: int) -> Turn | None:
        if self._change is None:
            if not len(numbers):
                return None
            self._change = Rewrapped(self._makes.inside, self._wrappers, self.name, self._limit)
        wrapper = self.wrapper
        if wrapper is None:

            def plain_lines() -> Sequence[tuple[int, bytes]]:
                every = split_lines(piece, self._limit)
                return [every[number - 1] for number in numbers.tolist()]

            return self._change.look(batch, numbers, plain_lines, at)
        return self._change.look(batch, numbers, lambda: bare_lines(piece, wrapper, self._limit), at)

    def _add_origins(self, batch: Batch, inside: Unwrapped, place: Int64s) -> Batch:
        """Return the batch with the sources of its lines, and with its other lines."""
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
