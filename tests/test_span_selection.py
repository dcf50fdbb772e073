"""Lines outside of a span are filtered out, whatever the cuts, and an input ends some lines behind the span."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.clock import ReplayClock
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.inputs.span_selection import ENOUGH_ROWS, SpanSelection
from http_monitor.moments import Span
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.records import Batch
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S
from tests import engine_strategies
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import Recorder, ScriptedSource, put_together
from tests.others import WithOthers, parse_with_others
from tests.reference.shapes import BadLine, FilteredLine, OtherLine, lines_of


def span(since_s: int | None, until_s: int | None) -> Span:
    return Span(*(None if at_s is None else (START_S + at_s) * US_PER_S for at_s in (since_s, until_s)))


def _pieces(data: bytes, chance: random.Random) -> list[bytes]:
    pieces = [b""]
    for line in data.splitlines(keepends=True):
        if chance.random() < 0.3:
            pieces.append(b"")
        pieces[-1] += line
    return pieces


_LOGS = st.one_of(engine_strategies.logs(40), engine_strategies.held_logs())
_TIMES = st.none() | st.integers(-3, 60)


@settings(max_examples=examples(150), deadline=None)
@given(_LOGS, _TIMES, _TIMES, st.booleans(), st.integers(0, 1 << 20))
def test_what_counts_does_not_depend_on_the_cuts(
    data: bytes, since_s: int | None, until_s: int | None, begins_outside: bool, seed: int
) -> None:
    data = b"\n".join(line for line in data.split(b"\n") if line.strip(b" \t\r")) + b"\n"
    chosen = span(since_s, until_s)
    wanted: list[str] = []
    outside = begins_outside
    for line in lines_of(parse_with_others(data)):
        if isinstance(line, OtherLine):
            wanted.append("other")
        elif isinstance(line, BadLine):
            wanted.append("filtered" if outside else "malformed")
        else:
            assert not isinstance(line, FilteredLine)
            is_late = chosen.until_us is not None and line.time_us >= chosen.until_us
            outside = is_late or (chosen.since_us is not None and line.time_us < chosen.since_us)
            wanted.append("filtered" if outside else "row")
    selection, log_format = SpanSelection(chosen, begins_outside=begins_outside), WithOthers("auto")
    found = [fate for piece in _pieces(data, random.Random(seed)) for fate in fates(selection(log_format.parse(piece)))]
    assert found == wanted


def fates(batch: Batch) -> list[str]:
    found = ["malformed"] * batch.lines
    for name, numbers in (("row", batch.line_nos), ("filtered", batch.filtered_nos), ("other", batch.other_nos)):
        for number in numbers.tolist():
            found[number - 1] = name
    assert len(batch.rows) == len(batch.line_nos)
    assert all(found[number - 1] == "malformed" for number in batch.oversized_nos.tolist())
    assert all(found[sample.line_no - 1] == "malformed" for sample in batch.samples)
    return found


def test_lines_that_others_take_out_are_filtered_too() -> None:
    def errors_only(batch: Batch) -> Batch:
        kept = [index for index, status in enumerate(batch.rows.column("status").to_pylist()) if (status or 0) >= 500]
        others = [index for index in range(len(batch.rows)) if index not in kept]
        return Batch(batch.rows.take(kept), batch.line_nos[kept], batch.lines, filtered_nos=batch.line_nos[others])

    lines = [log_line(START_S + second, status=500 + second % 2 * -300) for second in range(6)]
    batch = SpanSelection(span(2, 5), errors_only)(get_format("auto").parse(b"\n".join(lines) + b"\n"))
    assert batch.line_nos.tolist() == [3, 5]
    assert batch.filtered_nos.tolist() == [1, 2, 4, 6]


def replay_in_span(chunks: list[bytes], chosen: Span, margin_us: int | None) -> Recorder:
    """Replay one input up to where it ends behind a span."""
    chosen_settings = Settings(replay=True)
    source = ScriptedSource(chunks, ends=True)
    entry = Input(source, get_format("auto"), 60 * US_PER_S, explain, select=SpanSelection(chosen, margin_us=margin_us))
    recorder = Recorder()
    monitor = put_together(chosen_settings, [entry], [], _hub(recorder), ReplayClock())
    while not monitor.step():
        pass
    monitor.close(finished=True)
    monitor.close_inputs()
    return recorder


def _hub(recorder: Recorder) -> Hub:
    return Hub([recorder])


@pytest.mark.parametrize("cut", [1, 7, 1_000, 5_000])
def test_a_stream_ends_some_lines_behind_the_span(cut: int) -> None:
    lines = [log_line(START_S + second) + b"\n" for second in range(5_000)]
    chunks = [b"".join(lines[at : at + cut]) for at in range(0, len(lines), cut)]
    health = replay_in_span(chunks, span(100, 200), 60 * US_PER_S).summary.health
    assert health.accepted == 100
    # Of the margin of a minute each line may be of the span.
    assert health.lines == 200 + 60 + ENOUGH_ROWS
    assert health.filtered == health.lines - 100


def test_a_few_lines_of_a_later_time_end_nothing() -> None:
    late = b"".join(log_line(START_S + 9_000) + b"\n" for _ in range(ENOUGH_ROWS - 1))
    data = log_line(START_S + 150) + b"\n"
    assert replay_in_span([late, data, late, data], span(100, 200), 0).summary.hits == 2
    enough = log_line(START_S + 9_000) + b"\n"
    assert replay_in_span([late, enough, data], span(100, 200), 0).summary.hits == 0


def test_a_file_out_of_order_never_ends_early() -> None:
    late = b"".join(log_line(START_S + 9_000) + b"\n" for _ in range(ENOUGH_ROWS + 5))
    assert replay_in_span([late, log_line(START_S + 150) + b"\n"], span(100, 200), None).summary.hits == 1
