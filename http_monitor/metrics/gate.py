"""The gate of one input: which lines are too far in the future to be believed (DESIGN §3, Ahead)."""

import base64
from dataclasses import dataclass, replace

import numpy as np

from http_monitor.metrics.rowcodec import decode_rows, encode_rows
from http_monitor.metrics.rows import NEVER_US, Rows
from http_monitor.metrics.running import running_max
from http_monitor.metrics.saving import key_of, moment_of
from http_monitor.ports import Json
from http_monitor.records import Batch, Bools, Int64s


@dataclass(frozen=True, slots=True)
class Pending:
    """Lines that were read and are not passed on yet."""

    held: int = 0
    """1 where a line waits for another one of its time."""
    malformed: int = 0
    """Read after it; likewise the others."""
    oversized: int = 0
    filtered: int = 0
    other: int = 0

    def __add__(self, other: "Pending") -> "Pending":
        """Return what waits at two gates."""
        return Pending(
            self.held + other.held,
            self.malformed + other.malformed,
            self.oversized + other.oversized,
            self.filtered + other.filtered,
            self.other + other.other,
        )


class Gate:
    """Decides, line by line, what is `ahead`; holds at most one line until a second agrees with it.

    Owned by the monitor's thread. The decisions depend on the lines and their order only, not on how they
    were cut into batches.
    """

    def __init__(self, max_ahead_us: int) -> None:
        self._max_ahead_us = max_ahead_us
        self._greatest_us = NEVER_US
        self._held: Rows | None = None

    @property
    def greatest_us(self) -> int:
        """The greatest time let through so far; `NEVER_US` before the first."""
        return self._greatest_us

    def forget_greatest(self) -> None:
        """Measure the lines to come by each other only: the clock was set, and what came before says nothing."""
        self._greatest_us = NEVER_US

    @property
    def pending(self) -> Pending:
        """The lines read but not yet passed on."""
        held = self._held
        if held is None:
            return Pending()
        after = held.malformed_after, held.oversized_after, held.filtered_after, held.other_after
        return Pending(1, *(int(lines[0]) for lines in after))

    def admit(self, batch: Batch, time_us: Int64s, wall_us: int | None) -> list[Rows]:
        """Return the rows whose decision is made, in file order.

        Args:
            batch: what the parser made of the next lines.
            time_us: the time of each of its rows.
            wall_us: the wall clock for an input that is live and caught up; None in replay and catch-up,
                where a line is measured by the lines before and after it.
        """
        rows = _with_gaps(batch, time_us)
        done = [] if wall_us is None else self.release(wall_us)
        if self._held is not None:
            self._held = _followed_by_lead(self._held, rows)
            rows = rows.without_lead()
        if not len(rows):
            return [*done, rows] if rows.has_lead else done
        if wall_us is not None:
            ahead = rows.time_us > wall_us + self._max_ahead_us
            self._raise_greatest(rows.time_us[~ahead])
            return [*done, replace(rows, ahead=ahead)]
        if self._held is not None:
            done.append(self._resolve(int(rows.time_us[0])))
        ahead, last_held = self._decide(rows.time_us)
        rows = replace(rows, ahead=ahead)
        if last_held:
            self._held = rows.part(len(rows) - 1, len(rows))
            if len(rows) == 1:
                self._held = self._held.without_lead()
                # The lines before the held one are in front of it, and can be passed on.
                rows = rows.part(0, 0)
                return [*done, rows] if rows.has_lead else done
            rows = rows.part(0, len(rows) - 1)
        return [*done, rows]

    def release(self, wall_us: int | None) -> list[Rows]:
        """Let the held line go because the end of the input was reached: accepted, unless beyond the wall."""
        held, self._held = self._held, None
        if held is None:
            return []
        if wall_us is not None and held.time_us[0] > wall_us + self._max_ahead_us:
            return [replace(held, ahead=np.ones(1, np.bool_))]
        self._raise_greatest(held.time_us)
        return [held]

    def refuse_held(self) -> list[Rows]:
        """Let the held line go because the user does not want it counted any more."""
        held, self._held = self._held, None
        if held is None:
            return []
        nothing = held.part(0, 0)
        filtered = 1 + int(held.filtered_after[0])
        return [
            replace(
                nothing,
                lead_malformed=int(held.malformed_after[0]),
                lead_oversized=int(held.oversized_after[0]),
                lead_filtered=filtered,
                lead_other=int(held.other_after[0]),
            )
        ]

    def held_batch(self) -> Batch | None:
        """Return the held line as a batch of its own; None where none is held."""
        return None if self._held is None else Batch(self._held.batch, np.ones(1, np.int64), 1)

    def save(self) -> Json:
        """Return it as JSON."""
        held = None if self._held is None else base64.b64encode(encode_rows(self._held)).decode()
        return {"greatest": self._greatest_us, "held": held}

    def load(self, given: Json) -> None:
        """Become what was saved. Raises KeyError, TypeError or ValueError for anything else."""
        self._greatest_us = moment_of(given["greatest"], NEVER_US)
        self._held = None
        if given["held"] is not None:
            held = decode_rows(base64.b64decode(key_of(given["held"]), validate=True))
            if len(held) != 1 or held.has_lead or held.lead_oversized:
                raise ValueError("not one line is held")
            self._held = held

    def _resolve(self, next_us: int) -> Rows:
        held, self._held = self._held, None
        assert held is not None
        if next_us >= held.time_us[0] - self._max_ahead_us:
            self._raise_greatest(held.time_us)
            return held
        return replace(held, ahead=np.ones(1, np.bool_))

    def _raise_greatest(self, time_us: Int64s) -> None:
        if len(time_us):
            self._greatest_us = max(self._greatest_us, int(time_us.max()))

    def _decide(self, time_us: Int64s) -> tuple[Bools, bool]:
        """Return (ahead, whether the last row is held); `greatest_us` moves on."""
        ahead = np.zeros(len(time_us), np.bool_)
        running = running_max(time_us)
        before = np.maximum(np.concatenate(([NEVER_US], running[:-1])), self._greatest_us)
        jumps = np.flatnonzero((before == NEVER_US) | (time_us > before + self._max_ahead_us))
        last = len(time_us) - 1
        inner = jumps[jumps < last]
        if (time_us[inner + 1] >= time_us[inner] - self._max_ahead_us).all():
            # Every jump is confirmed by the line after it, so all lines count and `before` was right.
            held = len(jumps) > 0 and int(jumps[-1]) == last
            self._greatest_us = int(before[last]) if held else max(self._greatest_us, int(running[last]))
            return ahead, held
        return self._decide_slowly(time_us, ahead)

    def _decide_slowly(self, time_us: Int64s, ahead: Bools) -> tuple[Bools, bool]:
        times = time_us.tolist()
        greatest = self._greatest_us
        for index, time in enumerate(times):
            if greatest != NEVER_US and time <= greatest + self._max_ahead_us:
                greatest = max(greatest, time)
            elif index + 1 == len(times):
                self._greatest_us = greatest
                return ahead, True
            elif times[index + 1] >= time - self._max_ahead_us:
                greatest = max(greatest, time)
            else:
                ahead[index] = True
        self._greatest_us = greatest
        return ahead, False


def _with_gaps(batch: Batch, time_us: Int64s) -> Rows:
    count = len(time_us)
    if batch.lines == count:
        # Each line is a row, so there is nothing between them.
        none = np.zeros(count, np.int64)
        return Rows(batch.rows, time_us, np.zeros(count, np.bool_), none, none, none, none)
    edges = np.concatenate((batch.line_nos, [batch.lines + 1]))
    oversized = np.searchsorted(batch.oversized_nos, edges)
    filtered = np.searchsorted(batch.filtered_nos, edges)
    other = np.searchsorted(batch.other_nos, edges)
    filtered_after, other_after = np.diff(filtered), np.diff(other)
    return Rows(
        batch=batch.rows,
        time_us=time_us,
        ahead=np.zeros(count, np.bool_),
        malformed_after=np.diff(edges) - 1 - filtered_after - other_after,
        oversized_after=np.diff(oversized),
        filtered_after=filtered_after,
        other_after=other_after,
        lead_malformed=int(edges[0]) - 1 - int(filtered[0]) - int(other[0]),
        lead_oversized=int(oversized[0]),
        lead_filtered=int(filtered[0]),
        lead_other=int(other[0]),
    )


def _followed_by_lead(held: Rows, rows: Rows) -> Rows:
    return replace(
        held,
        malformed_after=held.malformed_after + rows.lead_malformed,
        oversized_after=held.oversized_after + rows.lead_oversized,
        filtered_after=held.filtered_after + rows.lead_filtered,
        other_after=held.other_after + rows.lead_other,
    )
