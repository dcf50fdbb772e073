"""The slow, obvious engine: what a run says about its lines, walked one after the other.

It is the oracle of the counting engine and shares nothing with it: no columns, no grouping, no running sums. A
replay decides every row at its gate first, merges the files line by line, and counts; a live run follows a script
of turns.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace

from http_monitor.ports.agent import ClassifyAgent
from tests.reference.counter import Counter, Health, Json
from tests.reference.families import family_of
from tests.reference.gate import AheadFilter
from tests.reference.shapes import BadLine, FilteredLine, Options, OtherLine, ParsedLike, RowLike, lines_of

__all__ = ["Json", "Look", "Options", "ParsedLike", "RowLike", "Turn", "live", "replay"]


_NEVER_US = -(1 << 63)
"""Earlier than every line."""

_NoRow = BadLine | FilteredLine | OtherLine


@dataclass(frozen=True)
class _Accepted:
    """A row is accepted: when it is looked at, or later where it was held until then."""

    row: RowLike
    was_held: bool


@dataclass(frozen=True)
class _Held:
    """A row is looked at, and waits."""


@dataclass(frozen=True)
class _Ahead:
    """Held rows have waited in vain."""

    count: int


@dataclass(frozen=True)
class _Event:
    """What happens to a line of a file."""

    file_no: int
    look: int
    """Which look at the file decided it: there is one at each line, and one at the end."""
    what: _NoRow | _Accepted | _Held | _Ahead
    greatest_us: int
    """The greatest time accepted from the file, with this event."""


def replay(files: Sequence[ParsedLike], options: Options, classify: ClassifyAgent = family_of) -> list[Json]:
    """Return the NDJSON objects of a replay, in order: alerts, reports, one summary."""
    return _replayed(files, options, classify).out


def accepted_in_replay(files: Sequence[ParsedLike], options: Options) -> list[tuple[RowLike, bool]]:
    """Return every accepted row of a replay in order, with whether it was late."""
    return _replayed(files, options, family_of).accepted


def _replayed(files: Sequence[ParsedLike], options: Options, classify: ClassifyAgent) -> Counter:
    counter = Counter(options, "replay", classify)
    now_us: int | None = None
    # Of each file: its share of the health, that share before the look that goes on, and which look that is.
    shares = [Health() for _ in files]
    before_look = [Health() for _ in files]
    look_of = [-1 for _ in files]
    last_us: list[int | None] = [None for _ in files]
    """The time of the line accepted last from each."""
    for event in _merged([_events(no, file, options) for no, file in enumerate(files)]):
        own = event.file_no
        if look_of[own] != event.look:
            look_of[own] = event.look
            before_look[own] = replace(shares[own])
        total_before = replace(counter.health)
        if isinstance(event.what, _Accepted):
            told = _sum([before_look[own], *(share for no, share in enumerate(shares) if no != own)])
            counter.count(event.what.row, event.what.was_held)
            last_us[own] = event.what.row.time_us
            now_us = event.what.row.time_us if now_us is None else max(now_us, event.what.row.time_us)
            counter.close_due(now_us, told)
        else:
            _count_unaccepted(counter.health, event.what)
            if isinstance(event.what, BadLine):
                counter.count_malformed(last_us[own])
        for name, value in asdict(counter.health).items():
            setattr(shares[own], name, getattr(shares[own], name) + value - getattr(total_before, name))
    counter.end_replay()
    return counter


def _sum(shares: Sequence[Health]) -> Health:
    return Health(**{f.name: sum(getattr(share, f.name) for share in shares) for f in fields(Health)})


def _events(file_no: int, file: ParsedLike, options: Options) -> list[_Event]:
    """Return what happens to the lines of a file, look by look."""
    gate = AheadFilter(options.max_ahead_us)
    events: list[_Event] = []
    greatest_us = _NEVER_US

    def note(look: int, what: _NoRow | _Accepted | _Held | _Ahead) -> None:
        nonlocal greatest_us
        if isinstance(what, _Accepted):
            greatest_us = max(greatest_us, what.row.time_us)
        events.append(_Event(file_no, look, what, greatest_us))

    lines = [*lines_of(file)]
    for look, line in enumerate(lines):
        if isinstance(line, _NoRow):
            note(look, line)
            if isinstance(line, OtherLine):
                note(look, _Ahead(gate.let_pass()))
        else:
            offered = gate.offer(line)
            for row in offered.released:
                note(look, _Accepted(row, was_held=True))
            note(look, _Held() if offered.is_held else _Accepted(line, was_held=False))
            note(look, _Ahead(offered.ahead))
    for row in gate.release():
        note(len(lines), _Accepted(row, was_held=True))
    return events


def _merged(files: list[list[_Event]]) -> list[_Event]:
    """Return the stable merge by each file's running maximum of accepted times."""
    return sorted((event for events in files for event in events), key=lambda event: event.greatest_us)


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

    gate: AheadFilter
    at_end: bool
    position_us: int
    greatest_us: int = _NEVER_US
    last_us: int | None = None
    """The time of the line accepted last."""


def live(
    turns: Sequence[Turn],
    options: Options,
    *,
    start_us: int,
    inputs: int = 1,
    from_start: bool = False,
    stopped: bool = True,
    backfilled: Sequence[ParsedLike] = (),
) -> list[Json]:
    """Return the NDJSON objects of a live run, in order.

    Args:
        turns: The script; the walls do not go back.
        options: The settings.
        start_us: The wall clock when the monitor was made; the turn before the first one, so to speak.
        inputs: How many looks each turn has.
        from_start: What was there before the start is read too.
        stopped: Whether the run is stopped after the last turn: the partial reports and the summary follow.
        backfilled: What each input had before the start, with which the window is filled.
    """
    run = _Live(options, start_us, inputs, from_start)
    for parsed in backfilled:
        run.backfill(parsed, start_us)
    if backfilled:
        run.counter.end_backfill()
    for turn in turns:
        run.turn(turn)
    if stopped:
        run.stop()
    return run.counter.out


def accepted_live(
    turns: Sequence[Turn], options: Options, *, start_us: int, inputs: int = 1, from_start: bool = False
) -> list[tuple[RowLike, bool]]:
    """Return every accepted row of a live run in order, with whether it was late."""
    run = _Live(options, start_us, inputs, from_start)
    for turn in turns:
        run.turn(turn)
    return run.counter.accepted


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
            self.counter.known_us = self.counter.closed_us + options.bucket_us
        self._inputs = [_Input(AheadFilter(options.max_ahead_us), not from_start, self._now_us) for _ in range(inputs)]

    def backfill(self, parsed: ParsedLike, wall_us: int) -> None:
        """Fill the window with lines of before the start, as far as the clock believes their times."""
        last_us = None
        for line in lines_of(parsed):
            if isinstance(line, BadLine):
                self.counter.count_malformed(last_us)
            elif not isinstance(line, _NoRow) and line.time_us <= wall_us + self._options.max_ahead_us:
                self.counter.backfill(line)
                last_us = line.time_us

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
                    _count_unaccepted(self.counter.health, line)
                    if isinstance(line, BadLine):
                        self.counter.count_malformed(i.last_us)
                    if isinstance(line, OtherLine):
                        _count_unaccepted(self.counter.health, _Ahead(i.gate.let_pass()))
                elif is_caught_up:
                    self._caught_up_row(i, line, turn.wall_us)
                else:
                    self._backlog_row(i, line, turn.wall_us)
            if look.at_end:
                self._release(i, turn.wall_us)
                i.position_us = turn.wall_us
            i.at_end = look.at_end
        if self._every_interval and self.counter.has_seen_nothing:
            # Where a run from the start finds nothing to catch up with, it goes on like one from the end, so that
            # its intervals are reported although they are empty.
            self._begin_here()
        self._move(self.counter.health)

    def _begin_here(self) -> None:
        now_us = min(i.position_us for i in self._inputs)
        if now_us > self._now_us:
            self.counter.let_close_in_silence(now_us)

    def stop(self) -> None:
        self.counter.stop(None if self._now_us == _NEVER_US else self._now_us)

    def _caught_up_row(self, i: _Input, row: RowLike, wall_us: int) -> None:
        if row.time_us <= wall_us + self._options.max_ahead_us:
            i.gate.accept(row)
            self._accept(i, row, wall_us, replace(self.counter.health), was_held=False)
        else:
            self.counter.health.lines += 1
            self.counter.health.ahead += 1

    def _backlog_row(self, i: _Input, row: RowLike, wall_us: int) -> None:
        before = replace(self.counter.health)
        offered = i.gate.offer(row)
        for released in offered.released:
            self._accept(i, released, wall_us, before, was_held=True)
        if offered.is_held:
            _count_unaccepted(self.counter.health, _Held())
        else:
            self._accept(i, row, wall_us, before, was_held=False)
        _count_unaccepted(self.counter.health, _Ahead(offered.ahead))

    def _release(self, i: _Input, wall_us: int) -> None:
        """The backlog has ended: the wall clock judges what waits."""
        before = replace(self.counter.health)
        held = i.gate.release()
        for row in held:
            if row.time_us <= wall_us + self._options.max_ahead_us:
                i.gate.accept(row)
                self._accept(i, row, wall_us, before, was_held=True)
        refused = [row for row in held if row.time_us > wall_us + self._options.max_ahead_us]
        _count_unaccepted(self.counter.health, _Ahead(len(refused)))

    def _accept(self, i: _Input, row: RowLike, wall_us: int, before: Health, *, was_held: bool) -> None:
        self.counter.count(row, was_held)
        i.greatest_us = max(i.greatest_us, row.time_us)
        i.last_us = row.time_us
        i.position_us = min(i.greatest_us, wall_us)
        self._move(before)

    def _move(self, health: Health) -> None:
        self._now_us = max(self._now_us, min(i.position_us for i in self._inputs))
        self.counter.close_due(self._now_us, health, self._every_interval)


def _count_unaccepted(health: Health, what: _NoRow | _Held | _Ahead) -> None:
    if isinstance(what, _Ahead):
        health.ahead += what.count
        health.held -= what.count
        return
    health.lines += 1
    if isinstance(what, _Held):
        health.held += 1
    elif isinstance(what, FilteredLine):
        health.filtered += 1
    elif isinstance(what, OtherLine):
        health.other += 1
    else:
        health.malformed += 1
        health.oversized += int(what.oversized)
