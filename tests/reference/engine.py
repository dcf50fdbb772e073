"""The slow, obvious engine: what a run says about its lines, walked one after the other.

It is the oracle of the counting engine and shares nothing with it: no columns, no grouping, no running sums. A
replay decides every row at its gate first, merges the files line by line, and counts; a live run follows a script
of turns.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from http_monitor.ports import ClassifyAgent
from tests.reference.counter import Counter, Health, Json
from tests.reference.families import family_of
from tests.reference.gate import Gate
from tests.reference.shapes import BadLine, FilteredLine, Options, OtherLine, ParsedLike, RowLike, lines_of

__all__ = ["Json", "Look", "Options", "ParsedLike", "RowLike", "Turn", "live", "replay"]


_NEVER_US = -(1 << 63)
"""Earlier than every line."""


@dataclass(frozen=True)
class _Ahead:
    """A row that the gate of its file did not believe."""


_NoRow = BadLine | FilteredLine | OtherLine
_Decided = RowLike | _NoRow | _Ahead


def replay(files: Sequence[ParsedLike], options: Options, classify: ClassifyAgent = family_of) -> list[Json]:
    """Return the NDJSON objects of a replay, in order: alerts, reports, one summary."""
    counter = Counter(options, "replay", classify)
    now_us: int | None = None
    for line in _merged([_decided(file, options) for file in files]):
        if isinstance(line, _NoRow | _Ahead):
            _count_unaccepted(counter.health, line)
            continue
        before = replace(counter.health)
        counter.count(line)
        now_us = line.time_us if now_us is None else max(now_us, line.time_us)
        counter.close_due(now_us, before)
    counter.end_replay()
    return counter.out


def _decided(file: ParsedLike, options: Options) -> list[_Decided]:
    """Return the lines of a file, in its order, each with what the gate decided about it."""
    gate = Gate(options.max_ahead_us)
    lines = lines_of(file)
    believed: dict[int, bool] = {}
    for line in lines:
        if not isinstance(line, _NoRow):
            for row, accepted in gate.offer(line):
                believed[row.line_no] = accepted
    held = gate.release()
    if held is not None:
        believed[held.line_no] = True
    return [line if isinstance(line, _NoRow) or believed[line.line_no] else _Ahead() for line in lines]


def _merged(files: list[list[_Decided]]) -> list[_Decided]:
    """Return the stable merge by each file's running maximum of the times that its gate let through."""
    keyed: list[tuple[int, int, int, _Decided]] = []
    for file_no, lines in enumerate(files):
        greatest_us = _NEVER_US
        for place, line in enumerate(lines):
            if not isinstance(line, _NoRow | _Ahead):
                greatest_us = max(greatest_us, line.time_us)
            keyed.append((greatest_us, file_no, place, line))
    keyed.sort(key=lambda item: item[:3])
    return [item[3] for item in keyed]


@dataclass(frozen=True)
class Look:
    """What one input gave in one turn."""

    parsed: ParsedLike
    """Whole lines, numbered from 1 within this look."""
    at_end: bool = True
    """No complete line is left unread."""


@dataclass(frozen=True)
class Turn:
    """One turn of a live run."""

    wall_us: int
    looks: Sequence[Look]
    """One for each input, in their order."""


@dataclass
class _Input:
    """Where a live input stands."""

    gate: Gate
    at_end: bool
    position_us: int
    greatest_us: int = _NEVER_US
    behind_held: list[_NoRow] = field(default_factory=list)
    """Lines that are no rows after the held row: they are counted when that row is decided."""


def live(
    turns: Sequence[Turn],
    options: Options,
    *,
    start_us: int,
    inputs: int = 1,
    from_start: bool = False,
    stopped: bool = True,
) -> list[Json]:
    """Return the NDJSON objects of a live run, in order.

    Args:
        turns: The script; the walls do not go back.
        options: The settings.
        start_us: The wall clock when the monitor was made; the turn before the first one, so to speak.
        inputs: How many looks each turn has.
        from_start: What was there before the start is read too.
        stopped: Whether the run is stopped after the last turn: the partial reports and the summary follow.
    """
    run = _Live(options, start_us, inputs, from_start)
    for turn in turns:
        run.turn(turn)
    if stopped:
        run.stop()
    return run.counter.out


class _Live:
    """A live run."""

    def __init__(self, options: Options, start_us: int, inputs: int, from_start: bool) -> None:
        self.counter = Counter(options, "live")
        self._options = options
        self._now_us = _NEVER_US
        self._previous_us = start_us
        self._every_interval = False
        if not from_start:
            self._now_us = start_us
            self.counter.closed_us = start_us // options.bucket_us * options.bucket_us - options.bucket_us
        self._inputs = [_Input(Gate(options.max_ahead_us), not from_start, self._now_us) for _ in range(inputs)]

    def turn(self, turn: Turn) -> None:
        soon = turn.wall_us - self._previous_us < max(self._options.interval_us, 5_000_000)
        caught_up = [soon and i.at_end and look.at_end for i, look in zip(self._inputs, turn.looks, strict=True)]
        self._every_interval = all(caught_up)
        self._previous_us = turn.wall_us
        # Every input has been read before the first row counts: one without lines that count has reached its end.
        for i, look in zip(self._inputs, turn.looks, strict=True):
            idle = i.at_end and look.at_end and look.parsed.lines == len(look.parsed.filtered) + len(look.parsed.other)
            i.position_us = turn.wall_us if idle else min(i.greatest_us, turn.wall_us)
        for i, look, is_caught_up in zip(self._inputs, turn.looks, caught_up, strict=True):
            for line in lines_of(look.parsed):
                if isinstance(line, _NoRow):
                    self._bad_line(i, line)
                elif is_caught_up:
                    self._caught_up_row(i, line, turn.wall_us)
                else:
                    for row, accepted in i.gate.offer(line):
                        self._decide(i, row, accepted, turn.wall_us)
            if look.at_end:
                held = i.gate.release()
                if held is not None:
                    in_time = held.time_us <= turn.wall_us + self._options.max_ahead_us
                    if in_time:
                        i.gate.accept(held)
                    self._decide(i, held, in_time, turn.wall_us)
                i.position_us = turn.wall_us
            i.at_end = look.at_end
        if self._every_interval and self.counter.has_seen_nothing:
            # Where a run from the start finds nothing to catch up with, it goes on like one from the end, so that
            # its intervals are reported although they are empty.
            self._begin_here()
        self._move(self._health_but_for(None))

    def _begin_here(self) -> None:
        now_us = min(i.position_us for i in self._inputs)
        if now_us > self._now_us:
            self.counter.let_close_in_silence(now_us)

    def stop(self) -> None:
        self.counter.health = self._health_but_for(None)
        self.counter.stop(None if self._now_us == _NEVER_US else self._now_us)

    def _bad_line(self, i: _Input, line: _NoRow) -> None:
        if i.gate.held is not None:
            i.behind_held.append(line)
        else:
            _count_unaccepted(self.counter.health, line)

    def _caught_up_row(self, i: _Input, row: RowLike, wall_us: int) -> None:
        in_time = row.time_us <= wall_us + self._options.max_ahead_us
        if in_time:
            i.gate.accept(row)
        self._decide(i, row, in_time, wall_us)

    def _decide(self, i: _Input, row: RowLike, accepted: bool, wall_us: int) -> None:
        if accepted:
            before = self._health_but_for(i)
            self.counter.count(row)
            i.greatest_us = max(i.greatest_us, row.time_us)
            i.position_us = min(i.greatest_us, wall_us)
            self._move(before)
        else:
            _count_unaccepted(self.counter.health, _Ahead())
        for line in i.behind_held:
            _count_unaccepted(self.counter.health, line)
        i.behind_held.clear()

    def _move(self, health: Health) -> None:
        self._now_us = max(self._now_us, min(i.position_us for i in self._inputs))
        self.counter.close_due(self._now_us, health, self._every_interval)

    def _health_but_for(self, own: _Input | None) -> Health:
        """Return the health with what is read and undecided in the inputs other than that one."""
        health = replace(self.counter.health)
        for i in self._inputs:
            if i is not own and i.gate.held is not None:
                health.lines += 1
                health.held += 1
                for line in i.behind_held:
                    _count_unaccepted(health, line)
        return health


def _count_unaccepted(health: Health, line: _NoRow | _Ahead) -> None:
    health.lines += 1
    if isinstance(line, _Ahead):
        health.ahead += 1
    elif isinstance(line, FilteredLine):
        health.filtered += 1
    elif isinstance(line, OtherLine):
        health.other += 1
    else:
        health.malformed += 1
        health.oversized += int(line.oversized)
