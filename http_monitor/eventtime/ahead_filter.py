"""Filters one input's lines that are too far in the future to be believed (docs/ARCHITECTURE.md, "Time")."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from http_monitor.codec import check_list, fields_of, integer, key_of, moment_of
from http_monitor.eventtime.admission import Admission
from http_monitor.eventtime.row_codec import decode_rows, encode_rows
from http_monitor.eventtime.rows import (
    AHEAD,
    FATES,
    FILTERED,
    HELD,
    MALFORMED,
    NEVER_US,
    NO_LINES,
    OTHER,
    OVERSIZED,
    Rows,
)
from http_monitor.eventtime.running_max import running_max
from http_monitor.records import Batch, Int64s, Json

NEXT_LINES = 10
"""Number of well-formed lines that may confirm a held one."""
_FIRST_ROWS, _GROWTH = 1_024, 8
"""Number of rows examined together at first, and the factor by which it grows."""


@dataclass(slots=True)
class _Held:
    """A line that waits to be confirmed by another one."""

    index: int
    """Index among the rows being admitted; below 0 for a row of an earlier batch."""
    time_us: int
    ordinal: int
    """Index among the well-formed lines being admitted, from 0."""
    rows: Rows | None = None
    """The line itself, if it is of an earlier batch."""


class AheadFilter:
    """Decides, line by line, which lines are `ahead`; holds lines until one of the next ten confirms them.

    Owned by the monitor's thread. The decisions depend on the lines and their order only, not on how they were cut into
    batches.
    """

    def __init__(self, max_ahead_us: int) -> None:
        self._max_ahead_us = max_ahead_us
        self._greatest_us = NEVER_US
        self._last_us = NEVER_US
        """Time of the last line passed; `NEVER_US` before the first."""
        self._held: list[_Held] = []
        """In file order; ordinals count back from the next line, so that -1 is the last line seen."""

    @property
    def greatest_us(self) -> int:
        """The greatest time passed so far; `NEVER_US` before the first."""
        return self._greatest_us

    @property
    def held(self) -> int:
        """Number of held lines."""
        return len(self._held)

    def forget_greatest(self) -> None:
        """Compare later lines with each other only: the clock was set, so earlier times mean nothing."""
        self._greatest_us = self._last_us = NEVER_US

    def admit(self, batch: Batch, time_us: Int64s, wall_us: int | None) -> list[Rows]:
        """Return the rows accepted now, in the order of acceptance, with the fates of other lines.

        Args:
            batch: the next lines, parsed.
            time_us: the time of each of its rows.
            wall_us: the wall clock for an input that is live and caught up; None in replay and catch-up,
                where a line is measured by the lines before and after it.
        """
        between = _between(batch)
        if wall_us is not None:
            released = self.release(wall_us)
            return [*released, *self._add_lead_time(self._admit_by_wall(batch, time_us, between, wall_us))]
        if not self._held:
            first = self._next_ahead(time_us, 0)
            if first == len(time_us):
                return self._add_lead_time(_pass_unchanged(batch, time_us, between))
        else:
            first = 0
        return self._add_lead_time(self._examine(batch, time_us, between, first))

    def release(self, wall_us: int | None) -> list[Rows]:
        """Release the held lines at the end of the input: accept them, unless they are beyond the wall clock."""
        held, self._held = self._held, []
        if not held:
            return []
        given = Admission(None, None, [_rows_of(line) for line in held])
        refused = 0
        for line in held:
            if wall_us is not None and line.time_us > wall_us + self._max_ahead_us:
                refused += 1
            else:
                given.release(line.index)
                self._greatest_us = max(self._greatest_us, line.time_us)
        given.change(AHEAD, refused)
        given.change(HELD, -refused)
        return self._add_lead_time(given.rows())

    def drop_held(self, refused: Sequence[bool]) -> list[Rows]:
        """Drop held lines that the new filter options exclude.

        Args:
            refused: for each line of `held_batches`, whether to drop it.
        """
        kept = [line for line, goes in zip(self._held, refused, strict=True) if not goes]
        gone = len(self._held) - len(kept)
        if not gone:
            return []
        nothing = _rows_of(self._held[0]).part(0, 0)
        self._held = kept
        for index, line in enumerate(kept):
            line.index = index - len(kept)
        lead = list(NO_LINES)
        lead[FILTERED], lead[HELD] = gone, -gone
        return [Rows(nothing.batch, nothing.time_us, lead=tuple(lead))]

    def held_batches(self) -> list[Batch]:
        """Return each held line as a batch of its own, in file order."""
        return [Batch(_rows_of(line).batch, np.ones(1, np.int64), 1) for line in self._held]

    def held_rows(self) -> list[Rows]:
        """Return the held lines, in file order."""
        return [_rows_of(line) for line in self._held]

    def save(self) -> Json:
        """Return the state as JSON."""
        held = [
            {"row": base64.b64encode(encode_rows(_rows_of(line))).decode(), "passed": -1 - line.ordinal}
            for line in self._held
        ]
        return {"greatest": self._greatest_us, "last": self._last_us, "held": held}

    def load(self, given: Json) -> None:
        """Restore a saved state. Raises KeyError, TypeError or ValueError for anything else."""
        self._greatest_us = moment_of(given["greatest"], NEVER_US)
        self._last_us = moment_of(given["last"], NEVER_US)
        saved = [fields_of(line) for line in check_list(given["held"])]
        held: list[_Held] = []
        for index, line in enumerate(saved):
            rows = decode_rows(base64.b64decode(key_of(line["row"]), validate=True))
            passed = integer(line["passed"], 0, NEXT_LINES - 1)
            if len(rows) != 1 or rows.has_lead or rows.after is not None or rows.looks is not None:
                raise ValueError("not one line is held")
            if held and -1 - passed <= held[-1].ordinal:
                raise ValueError("lines are held that are not in order")
            held.append(_Held(index - len(saved), int(rows.time_us[0]), -1 - passed, rows))
        self._held = held

    def _add_lead_time(self, parts: list[Rows]) -> list[Rows]:
        """Return rows that pass, with the time of the row before them."""
        if parts and parts[0].has_lead:
            parts[0] = replace(parts[0], lead_us=self._last_us)
        if parts and len(parts[-1]):
            self._last_us = int(parts[-1].time_us[-1])
        return parts

    def _admit_by_wall(self, batch: Batch, time_us: Int64s, between: Int64s | None, wall_us: int) -> list[Rows]:
        ahead = time_us > wall_us + self._max_ahead_us
        accepted = time_us if not ahead.any() else time_us[~ahead]
        if len(accepted):
            self._greatest_us = max(self._greatest_us, int(accepted.max()))
        if len(accepted) == len(time_us):
            return _pass_unchanged(batch, time_us, between)
        given = Admission(batch.rows, time_us, [], batch.offsets)
        edges = [*np.flatnonzero(ahead).tolist(), len(time_us)]
        start = 0
        for edge in edges:
            given.accept(start, edge)
            if edge < len(time_us):
                given.pass_over(edge)
                given.change(AHEAD, 1)
            start = edge + 1
        return given.rows(between)

    def _examine(self, batch: Batch, time_us: Int64s, between: Int64s | None, first: int) -> list[Rows]:
        """Examine rows one by one, because one of them or an earlier one is held.

        Args:
            batch: the parsed rows.
            time_us: their times.
            between: as `_between` returns it.
            first: index of the first row to examine; those before it are accepted.
        """
        given = Admission(batch.rows, time_us, [_rows_of(line) for line in self._held], batch.offsets)
        others = None if between is None or not between[OTHER].any() else np.cumsum(between[OTHER])
        held, count = self._held, len(time_us)
        given.accept(0, first)
        at = first
        while at < count:
            ordinal = at if others is None else at + int(others[at])
            held = _still_waiting(held, ordinal, given)
            if not held:
                until = self._next_ahead(time_us, at)
                given.accept(at, until)
                at = until
                if at == count:
                    break
                ordinal = at if others is None else at + int(others[at])
            now_us = int(time_us[at])
            released = 0
            for line in held:
                if now_us >= line.time_us - self._max_ahead_us:
                    given.release(line.index)
                    released += 1
                    self._greatest_us = max(self._greatest_us, line.time_us)
            if released:
                held = [line for line in held if now_us < line.time_us - self._max_ahead_us]
            if self._greatest_us == NEVER_US or now_us > self._greatest_us + self._max_ahead_us:
                given.pass_over(at)
                given.change(HELD, 1)
                held = [*held, _Held(at, now_us, ordinal)]
            else:
                given.accept(at, at + 1, behind=released)
                self._greatest_us = max(self._greatest_us, now_us)
            at += 1
        total = count if others is None else count + int(others[-1])
        held = _still_waiting(held, total, given)
        self._held = [
            _Held(place - len(held), line.time_us, line.ordinal - total, given.row(line.index))
            for place, line in enumerate(held)
        ]
        return given.rows(between)

    def _next_ahead(self, time_us: Int64s, at: int) -> int:
        """Return the first row from `at` on that is far ahead of the rows before it; the end if there is none."""
        if self._greatest_us == NEVER_US:
            return at
        count, size = len(time_us), _FIRST_ROWS
        while at < count:
            some = time_us[at : at + size]
            running = running_max(some)
            before = np.maximum(np.concatenate(([self._greatest_us], running[:-1])), self._greatest_us)
            jumps = np.flatnonzero(some > before + self._max_ahead_us)
            if len(jumps):
                self._greatest_us = int(before[jumps[0]])
                return at + int(jumps[0])
            self._greatest_us = max(self._greatest_us, int(running[-1]))
            at += size
            size *= _GROWTH
        return count


def _still_waiting(held: list[_Held], ordinal: int, given: Admission) -> list[_Held]:
    """Return the held lines that fewer than ten well-formed lines have followed before the one of that ordinal."""
    if not held or held[0].ordinal + NEXT_LINES >= ordinal:
        return held
    waiting = [line for line in held if line.ordinal + NEXT_LINES >= ordinal]
    given.change(AHEAD, len(held) - len(waiting))
    given.change(HELD, len(waiting) - len(held))
    return waiting


def _rows_of(line: _Held) -> Rows:
    assert line.rows is not None
    return line.rows


def _between(batch: Batch) -> Int64s | None:
    """Return the number of lines of each of `FATES` before the first row and after each, shape (fates, 1 + rows)."""
    count = len(batch.line_nos)
    if batch.lines == count:
        return None
    edges = np.concatenate(([0], batch.line_nos, [batch.lines + 1]))
    found = np.zeros((len(FATES), count + 1), np.int64)
    for fate, numbers in (
        (OVERSIZED, batch.oversized_nos),
        (FILTERED, batch.filtered_nos),
        (OTHER, batch.other_nos),
    ):
        if len(numbers):
            found[fate] = np.diff(np.searchsorted(numbers, edges))
    found[MALFORMED] = np.diff(edges) - 1 - found[FILTERED] - found[OTHER]
    return found


def _pass_unchanged(batch: Batch, time_us: Int64s, between: Int64s | None) -> list[Rows]:
    if between is None:
        return [Rows(batch.rows, time_us, offsets=batch.offsets)] if len(time_us) else []
    lead, after = between[:, 0], between[:, 1:]
    rows = Rows(batch.rows, time_us, after if after.any() else None, tuple(lead.tolist()), offsets=batch.offsets)
    return [rows] if len(rows) or rows.has_lead else []
