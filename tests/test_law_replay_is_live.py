"""A log gives the same alerts at the same seconds whether it is replayed, followed, or read after a stall."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.report import AlertEvent
from tests import engine_strategies, strategies
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import live, replay, settings_of
from tests.reference.clf import parse_line
from tests.reference.engine import Options

US_PER_S = 1_000_000
FIVE_MINUTES_S = 300

Second = tuple[int, bytes]
"""A second, with the lines of it."""


def in_order(lines: list[bytes]) -> list[Second]:
    """Return the lines that fit, by their time, without those written at a time that is skipped."""
    whole = [line.removesuffix(b"\n") for line in lines]
    timed = [(row.time_us // US_PER_S, line + b"\n") for line in whole if (row := parse_line(line))]
    timed = sorted(item for item in timed if item[0] < START_S + 10**7)
    return [(second, b"".join(line for _, line in group)) for second, group in groupby(timed, lambda item: item[0])]


def replayed(seconds: list[Second], options: Options) -> tuple[list[AlertEvent], int]:
    """Return the events of a replay, and when the last bucket of it closed."""
    recorder = replay([[lines for _, lines in seconds]], settings_of(options, replay=True))
    last_us = seconds[-1][0] * US_PER_S if seconds else 0
    return _of_no_file(recorder.events), last_us // options.bucket_us * options.bucket_us + options.bucket_us


def walls(seconds: list[Second]) -> Iterator[Second]:
    """Yield the seconds of a clock that a reader looks at, with what has been written by then."""
    before = seconds[0][0] if seconds else 0
    for second, lines in seconds:
        # In a long silence a reader still looks now and then.
        yield from ((idle, b"") for idle in range(before + 1, min(second, before + 20)))
        yield second, lines
        before = second
    yield from ((idle, b"") for idle in range(before + 1, before + 30))


def followed(seconds: list[Second], options: Options, stall_at: int | None = None) -> list[AlertEvent]:
    """Return the events of a reader that is there from the first second, and may sleep for five minutes once."""
    start_s = seconds[0][0] if seconds else START_S
    monitor, recorder, source, clock = live(settings_of(options), start_s * US_PER_S)
    asleep_until = None if stall_at is None else start_s + stall_at + FIVE_MINUTES_S
    for second, lines in walls(seconds):
        clock.set(second * US_PER_S + 400_000)
        if lines:
            source.write(lines)
        if asleep_until is None or not start_s + (stall_at or 0) <= second < asleep_until:
            monitor.step()
    clock.advance(FIVE_MINUTES_S)
    while source.pending:
        monitor.step()
    monitor.step()
    return _of_no_file(recorder.events)


def _of_no_file(events: list[AlertEvent]) -> list[AlertEvent]:
    """Return events without the names of files, which differ."""
    return [replace(event, file=None) for event in events]


orders = st.one_of(
    strategies.timed_lines(max_steps=20).map(in_order),
    engine_strategies.logs().map(lambda data: in_order(data.splitlines(keepends=True))),
)


@settings(max_examples=examples(30), deadline=None)
@given(orders, engine_strategies.options())
def test_a_log_that_is_followed_raises_and_recovers_at_the_seconds_of_its_replay(
    seconds: list[Second], options: Options
) -> None:
    events, last_close_us = replayed(seconds, options)
    assert [event for event in followed(seconds, options) if event.at_us <= last_close_us] == events


@settings(max_examples=examples(30), deadline=None)
@given(orders, engine_strategies.options(), st.integers(0, 60))
def test_a_reader_that_stalled_for_five_minutes_finds_the_same_seconds(
    seconds: list[Second], options: Options, stall_at: int
) -> None:
    events, last_close_us = replayed(seconds, options)
    assert [event for event in followed(seconds, options, stall_at) if event.at_us <= last_close_us] == events


@settings(max_examples=examples(40), deadline=None)
@given(
    st.one_of(strategies.timed_logs(), engine_strategies.logs())
    .filter(engine_strategies.has_known_format)
    .flatmap(strategies.line_cuts),
    engine_strategies.options(),
)
def test_a_backlog_from_the_start_gives_the_same_seconds(chunks: list[bytes], options: Options) -> None:
    # In any order, and with lines far ahead: a backlog is a replay until it is caught up.
    events = _of_no_file(replay([chunks], settings_of(options, replay=True)).events)
    monitor, recorder, source, _ = live(settings_of(options, from_start=True), (START_S + 2**32) * US_PER_S)
    # Live, a last line without its LF is a line that is still being written.
    source.write(*chunks, b"\n")
    while source.pending:
        monitor.step()
    assert _of_no_file(recorder.events)[: len(events)] == events


def test_a_flood_during_a_stall_is_told_at_its_own_second_and_not_at_the_wake_up() -> None:
    options = Options()
    quiet = [(START_S + second, log_line(START_S + second) + b"\n") for second in range(0, 400, 5)]
    flood = (START_S + 102, (log_line(START_S + 102, b"flooder") + b"\n") * 1_300)
    seconds = sorted([*quiet, flood])
    events, _ = replayed(seconds, options)
    told = [(event.state, event.name, event.subject, event.at_us // US_PER_S - START_S) for event in events]
    assert told == [
        ("raised", "traffic", None, 103),
        ("raised", "ddos", b"flooder", 103),
        ("recovered", "traffic", None, 223),
        ("recovered", "ddos", b"flooder", 223),
    ]
    assert followed(seconds, options) == events
    assert followed(seconds, options, stall_at=60) == events
