"""Turns of live runs, drawn at random, for the engine and for its slow reference alike."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from http_monitor.clock import ManualClock
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.eventtime.rows import Rows, times_of
from http_monitor.health import Health
from http_monitor.parser.formats import get_format
from http_monitor.ports.log_format import LogFormat
from http_monitor.ports.source import Chunk
from http_monitor.settings import Settings
from tests import engine_strategies
from tests.engine_strategies import START_S
from tests.harness import Json, live_of, make_monitor, objects, settings_of
from tests.reference.clf import Parsed, parse_log
from tests.reference.engine import Look, Options, Turn, live

US_PER_S = 1_000_000


@dataclass(frozen=True)
class Glance:
    """What one input gives in one turn."""

    data: bytes
    """Whole lines."""
    at_end: bool = True


@dataclass(frozen=True)
class Script:
    """A live run."""

    options: Options
    start_us: int
    from_start: bool
    turns: tuple[tuple[int, tuple[Glance, ...]], ...]
    """(wall clock, a glance for each input)."""

    @property
    def inputs(self) -> int:
        return len(self.turns[0][1])


class TurnSource:
    """Gives at each look what it was told to give next, and is at its end when it was told nothing."""

    def __init__(self) -> None:
        self.following = Glance(b"")

    @property
    def name(self) -> str:
        return "turns.log"

    def read(self) -> Chunk:
        glance, self.following = self.following, Glance(b"")
        return Chunk(glance.data, at_end=glance.at_end)

    def health(self) -> Health:
        return Health()

    def wants_poll_s(self) -> float:
        return 1.0

    def close(self) -> None:
        pass


def follow(
    script: Script,
    expression: str | None = None,
    time: Literal["event", "arrival"] = "event",
    make_format: Callable[[str], LogFormat] = get_format,
    before: Sequence[Sequence[bytes]] = (),
) -> list[Json]:
    """Return what the program says about a script, and is told to stop after it.

    Args:
        script: It.
        expression: The filter.
        time: What decides the bucket of a line.
        make_format: Makes the formats.
        before: Pieces of logs of before the start, with which the window is filled.
    """
    clock = ManualClock(script.start_us)
    sources = [TurnSource() for _ in range(script.inputs)]
    filters = () if expression is None else (expression,)
    settings: Settings = settings_of(script.options, from_start=script.from_start, filters=filters, time=time)
    monitor, recorder = make_monitor(settings, sources, clock, make_format=make_format)
    if before:
        parts = (rows for pieces in before for rows in rows_before(pieces, settings, script.start_us, make_format))
        live_of(monitor)._engine.backfill(parts)
    for wall_us, glances in script.turns:
        clock.set(wall_us)
        for source, glance in zip(sources, glances, strict=True):
            source.following = glance
        monitor.step()
    monitor.close(finished=False)
    return objects(recorder.messages, script.options.top)


def rows_before(
    pieces: Iterable[bytes],
    settings: Settings,
    start_us: int,
    make_format: Callable[[str], LogFormat] = get_format,
) -> Iterator[Rows]:
    """Yield the rows of a log of before the start that the clock believes."""
    log_format, ahead_filter = make_format(settings.format), AheadFilter(settings.max_ahead_s * US_PER_S)
    for batch in map(log_format.parse, pieces):
        yield from ahead_filter.admit(batch, times_of(batch), start_us)


def expected(script: Script, parse: Callable[[bytes], Parsed] = parse_log, before: Sequence[bytes] = ()) -> list[Json]:
    """Return what the slow reference says about a script, and logs of before it."""
    turns = [
        Turn(wall_us, [Look(parse(glance.data), glance.at_end) for glance in glances])
        for wall_us, glances in script.turns
    ]
    return live(
        turns,
        script.options,
        start_us=script.start_us,
        inputs=script.inputs,
        from_start=script.from_start,
        backfilled=[parse(data) for data in before],
    )


@st.composite
def scripts(
    draw: st.DrawFn, most_inputs: int = 2, most_lines: int = 30, logs: st.SearchStrategy[bytes] | None = None
) -> Script:
    """Return a run of small logs: read as they are written, with stalls, or as a backlog in pieces."""
    options = draw(engine_strategies.options())
    some = engine_strategies.logs(most_lines) if logs is None else logs
    files = draw(st.lists(some, min_size=1, max_size=most_inputs))
    chance = random.Random(draw(st.integers(min_value=0, max_value=1 << 20)))
    pieces = [_pieces(data, chance) for data in files]
    start_us = START_S * US_PER_S + chance.choice((-1_500_000, 0, 0, 3_200_000, 15_000_000, 1_000_000_000))
    wall_us = start_us
    turns: list[tuple[int, tuple[Glance, ...]]] = []
    for number in range(max(len(found) for found in pieces) + chance.randrange(4)):
        given = [found[number] if number < len(found) else b"" for found in pieces]
        wall_us += chance.choice((0, 100_000, 500_000, 1_000_000, 1_000_000, 2_000_000, 5_000_000, 13_000_000))
        if chance.random() < 0.7:
            # A reader that keeps up sees lines at their time, or a moment later.
            wall_us = max([wall_us, *(time_us + chance.choice((0, 300_000)) for time_us in _near(given, wall_us))])
        turns.append((wall_us, tuple(Glance(data, chance.random() < 0.8) for data in given)))
    return Script(options, start_us, draw(st.booleans()), tuple(turns))


def _pieces(data: bytes, chance: random.Random) -> list[bytes]:
    pieces = [b""]
    for line in data.splitlines(keepends=True):
        if chance.random() < 0.4:
            pieces.append(b"")
        # Blank lines are no lines; a look that gives nothing else is one that gives nothing.
        if not line.isspace():
            pieces[-1] += line if line.endswith(b"\n") else line + b"\n"
    return pieces


def _near(pieces: Sequence[bytes], wall_us: int) -> list[int]:
    return [row.time_us for data in pieces for row in parse_log(data).rows if row.time_us < wall_us + 2_000_000_000]
