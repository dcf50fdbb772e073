"""A turn of a live run: reads the clock, then every input, counts, and only then advances now.

Now is defined in docs/ARCHITECTURE.md, "Time".
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from http_monitor.checkpoint.journal import CountingEngine
from http_monitor.checkpoint.past_health import PastHealth
from http_monitor.clock import END_OF_TIME_US, Clock
from http_monitor.eventtime.rows import NEVER_US, Rows, greatest_of, times_of
from http_monitor.health import Health
from http_monitor.inputs.input import Input
from http_monitor.monitor.input_healths import InputHealths
from http_monitor.ports.ability import able
from http_monitor.ports.source import UNCHANGED, Chunk, Measuring
from http_monitor.records import UNTIMED_US, Batch
from http_monitor.report import Notice
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S

STALL_S = 5
"""Seconds without a turn (or an interval, if longer) after which unread lines are a backlog."""

_TOGETHER = 32
"""Inputs read before their lines are counted: a stop waits for these, and memory holds their lines."""
_BYTES_TOGETHER = 4 << 20
"""No more inputs are read once they have this many bytes of lines."""
_OFFSETS = 100
"""Number of an input's lines whose offset from the clock is recorded."""


class LiveTurns:
    """Follows inputs by the wall clock; works off a backlog in the backlog's own time."""

    def __init__(
        self,
        settings: Settings,
        inputs: Sequence[Input],
        aggregator: CountingEngine,
        clock: Clock,
        past: PastHealth | None = None,
        since_us: int | None = None,
    ) -> None:
        """Start before the first turn.

        Args:
            settings: the user's settings.
            inputs: the inputs to read; they may change between turns.
            aggregator: counts the rows.
            clock: the time.
            past: health of earlier runs, to add to that of the inputs.
            since_us: start of counting, over restarts.
        """
        self._inputs = inputs
        self._aggregator = aggregator
        self._clock = clock
        self._past = PastHealth() if past is None else past
        self._since_us = since_us
        self._stall_us = max(settings.interval_s, STALL_S) * US_PER_S
        self._window_us = settings.window_s * US_PER_S
        self._by_arrival = settings.time == "arrival"
        self._is_first = True
        self._wall_us = clock.now_us()
        self.catching_up = False
        """The last turn found lines unread, left lines unread, or came after a stall."""
        self.stalled = False
        """The last turn came so long after the one before that the lines in between are a backlog."""
        self.lag_s = 0
        """Seconds between the clock and the time of the last line, at the end of the last turn; 0 if caught up."""
        self.read_bytes = 0
        """Bytes of lines read in all turns."""
        self.turn_bytes = 0
        """Bytes of lines read in the last turn."""
        self.notices: list[Notice] = []
        """Notices of the inputs in the last turn."""
        self.interrupted: Callable[[], bool] = lambda: False
        """Called between two inputs: whether to end the turn before the others are read."""
        self.broken_off = False
        """Whether the last turn ended before all inputs were read."""
        self.healths = InputHealths()
        """Health of the inputs."""
        self._total: Health | None = None
        """Total health, valid while lines are counted and it cannot change."""
        self._looked: list[Input] = []
        self._unread: set[Input] = set()
        """Inputs with complete lines left unread."""
        self._returned: set[Input] = set()
        """Inputs that can be read again, until their end is reached: their lines may be of any age."""
        for entry in inputs:
            # When reading from the start, existing lines are a backlog.
            entry.at_end = not (settings.from_start or entry.resumed)
            if not entry.at_end:
                self._unread.add(entry)

    @property
    def changed_inputs(self) -> Sequence[Input]:
        """The inputs that may have changed in the last turn."""
        return self._looked

    @property
    def behind(self) -> bool:
        """Whether complete lines are left unread, so that the next turn should follow at once."""
        return bool(self._unread)

    def turn(self) -> bool:
        """Take one turn; return True when the last input has finished."""
        wall_us = self._clock.now_us()
        stalled = self.stalled = wall_us - self._wall_us >= self._stall_us
        if wall_us < self._aggregator.now_us - self._window_us:
            self._total = self.health()
            self._aggregator.restart_at(wall_us)
            self._total = None
            for entry in self._inputs:
                entry.ahead_filter.forget_greatest()
                entry.stirred = True
        self._wall_us = wall_us
        self._looked, self.notices = [], []
        self.turn_bytes = 0
        self.catching_up = stalled or self.behind
        reading = self._read()
        least_us = END_OF_TIME_US
        while True:
            chunks, is_last = _take_some(reading)
            # Unread inputs may have any position, so now must not advance before the last one.
            most_us = wall_us if is_last and not self.broken_off else min(wall_us, self._aggregator.now_us)
            least_us = min(least_us, self._count_chunks(chunks, min(most_us, least_us), stalled=stalled))
            if is_last:
                break
        self._is_first = False
        self.read_bytes += self.turn_bytes
        self.lag_s = self._lag_s(self._wall_us)
        if not self.broken_off:
            self._total = self._health_of_all()
            self._aggregator.advance(min(wall_us, least_us))
        self._total = None
        return all(entry.finished for entry in self._inputs)

    def _count_chunks(self, chunks: Sequence[tuple[Input, Chunk]], wall_us: int, *, stalled: bool) -> int:
        """Count the chunks of some inputs.

        Args:
            chunks: The inputs with their chunks.
            wall_us: Upper limit of now.
            stalled: Whether lines that came meanwhile are a backlog.

        Returns:
            The smallest position of these inputs.
        """
        looks = [
            (entry, chunk, entry.parse(chunk.data, last=chunk.finished, stretches=chunk.stretches))
            for entry, chunk in chunks
        ]
        self._looked += [entry for entry, _ in chunks]
        self.turn_bytes += sum(len(chunk.data) for _, chunk in chunks)
        self.notices += [notice for _, chunk in chunks for notice in chunk.notices]
        self.catching_up |= any(not (entry.at_end and chunk.at_end) for entry, chunk in chunks)
        self._aggregator.catch_up(self.catching_up)
        for entry, _ in chunks:
            if entry in self.healths.waiting:
                self._returned.add(entry)
            self.healths.poll(entry)
        self._total = self._health_of_all()
        # Of the inputs that were read; the others are still at the wall clock.
        positions = np.array(
            [
                self._wall_us if entry.at_end and chunk.at_end and not batch.counted else entry.ahead_filter.greatest_us
                for entry, chunk, batch in looks
            ],
            np.int64,
        )
        for number, (entry, chunk, batch) in enumerate(looks):
            positions[number] = END_OF_TIME_US
            caught_up = entry.at_end and chunk.at_end and not stalled
            self._count(entry, chunk, batch, self._wall_us, caught_up, min(wall_us, int(positions.min())))
            entry.finished = chunk.finished
            positions[number] = _position(entry, self._wall_us)
        self._total = None
        return int(positions.min(initial=END_OF_TIME_US))

    def _read(self) -> Iterator[tuple[Input, Chunk]]:
        """Yield the chunks of inputs; skip inputs without changes."""
        self.broken_off = False
        for entry in self._inputs:
            if entry.finished:
                continue
            if self.interrupted():
                self.broken_off = True
                return
            chunk = entry.source.read()
            if chunk is UNCHANGED and entry.at_end and not entry.resumed:
                continue
            entry.stirred = True
            yield entry, chunk

    def health(self) -> Health:
        """Return the health known to inputs and clock, including that of earlier runs."""
        if self._total is None:
            for entry in self._inputs:
                self.healths.poll(entry)
            return self._health_of_all()
        return self._total

    def _health_of_all(self) -> Health:
        now = Health(lag_s=self.lag_s, clock_steps=self._clock.steps, since_us=self._since_us)
        return self.healths.total() + self._past.health + now

    def measure_unread(self) -> None:
        """Let inputs find out how much is left to read, without reading it."""
        for entry in self._inputs:
            source: Measuring | None = able(entry.source, Measuring)
            if source is not None and not entry.finished:
                source.measure()

    def retire(self, entry: Input) -> None:
        """Keep the counters of a removed input; accept the lines it holds, as at the end of a file."""
        greatest_us = entry.ahead_filter.greatest_us
        self._add(entry.ahead_filter.release(self._clock.now_us()), greatest_us, self._clock.now_us())
        self.healths.forget(entry)
        self._past.retire(entry.health())
        self._unread.discard(entry)
        self._returned.discard(entry)

    def miss_files(self) -> None:
        """Record that files appeared and disappeared that belong to no input."""
        self._past.retire(Health(maybe_lost=True))

    def _lag_s(self, wall_us: int) -> int:
        behind = [entry.ahead_filter.greatest_us for entry in self._unread]
        oldest_us = min((time_us for time_us in behind if time_us != NEVER_US), default=wall_us)
        return max(0, wall_us - oldest_us) // US_PER_S

    def _count(self, entry: Input, chunk: Chunk, batch: Batch, wall_us: int, caught_up: bool, cap_us: int) -> None:
        if batch.lines:
            times_us = times_of(batch)
            # Lines written between the runs have no time of arrival.
            by_arrival = self._by_arrival and not entry.resumed
            untimed = times_us == UNTIMED_US
            if untimed.any():
                times_us = np.where(untimed, 0 if entry.resumed else wall_us, times_us)
                by_arrival = by_arrival or (not entry.resumed and bool(untimed.all()))
            if by_arrival:
                times_us = np.full(len(times_us), wall_us, np.int64)
            # The lines that the first turn finds may have waited for as long as the program took to start.
            is_new = not (self._is_first or entry in self._returned)
            if caught_up and not by_arrival and is_new and len(entry.offsets_us) < _OFFSETS:
                entry.offsets_us += (times_us[: _OFFSETS - len(entry.offsets_us)] - wall_us).tolist()
            greatest_us = entry.ahead_filter.greatest_us
            measured = wall_us if caught_up or by_arrival else None
            self._add(entry.ahead_filter.admit(batch, times_us, measured), greatest_us, cap_us)
        entry.at_end = chunk.at_end
        (self._unread.discard if entry.at_end else self._unread.add)(entry)
        if chunk.at_end:
            self._returned.discard(entry)
            entry.resumed = False
            greatest_us = entry.ahead_filter.greatest_us
            self._add(entry.ahead_filter.release(wall_us), greatest_us, cap_us)

    def _add(self, parts: list[Rows], greatest_us: int, cap_us: int) -> None:
        if not parts:
            return
        for rows in parts:
            self._aggregator.add(rows, greatest_us=greatest_us, cap_us=cap_us)
            greatest_us = max(greatest_us, greatest_of(rows.time_us))


def _take_some(reading: Iterator[tuple[Input, Chunk]]) -> tuple[list[tuple[Input, Chunk]], bool]:
    """Return the next inputs with their chunks, as many as are counted together, and whether these are the last."""
    taken, size_bytes = list[tuple[Input, Chunk]](), 0
    for entry, chunk in reading:
        taken.append((entry, chunk))
        size_bytes += len(chunk.data)
        if len(taken) == _TOGETHER or size_bytes >= _BYTES_TOGETHER:
            return taken, False
    return taken, True


def _position(entry: Input, wall_us: int) -> int:
    if entry.finished:
        return END_OF_TIME_US
    return wall_us if entry.at_end else entry.ahead_filter.greatest_us
