"""A run with --filter says what a run over a log of the matching and the malformed lines would say."""

from dataclasses import replace
from typing import Any, Literal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from http_monitor.errors import FormatError
from tests import engine_strategies, live_scripts
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import objects, replay, settings_of
from tests.live_scripts import US_PER_S, Glance, Script, follow
from tests.reference import engine
from tests.reference.clf import Parsed, parse_log
from tests.reference.engine import Options
from tests.reference.filtering import Tree, holds

FILTERS: dict[str, Tree] = {
    "size_bytes < 100": ("size_bytes", "<", [100]),
    "not size_bytes < 100": ("not", ("size_bytes", "<", [100])),
    'path ~ "a" or host ~ "1$"': ("or", ("path", "~", [b"a"]), ("host", "~", [b"1$"])),
    "size_bytes >= 0": ("size_bytes", ">=", [0]),
    'method == "NOBODY"': ("method", "==", [b"NOBODY"]),
}


def wanted(parsed: Parsed, expression: str) -> set[int]:
    """Return the numbers of the rows that match."""
    columns = ("host", "path", "method", "status", "size_bytes")
    rows = [(row.line_no, {name: getattr(row, name) for name in columns}) for row in parsed.rows]
    return {line_no for line_no, row in rows if holds(FILTERS[expression], row)}


def marked(data: bytes, expression: str) -> Parsed:
    """Return the log as the reference reads it, with the rows that do not match as filtered."""
    parsed = parse_log(data)
    keep = wanted(parsed, expression)
    return replace(
        parsed,
        rows=[row for row in parsed.rows if row.line_no in keep],
        filtered=[row.line_no for row in parsed.rows if row.line_no not in keep],
    )


def reduced(data: bytes, expression: str) -> bytes:
    """Return the log without the rows that do not match."""
    filtered = set(marked(data, expression).filtered)
    lines = [line for line in data.split(b"\n") if line.strip()]
    return b"".join(line + b"\n" for line_no, line in enumerate(lines, start=1) if line_no not in filtered)


def but_for_two_counters(out: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for thing in out:
        if "health" in thing:
            del thing["health"]["lines"], thing["health"]["filtered"]
    return out


def run(files: list[bytes], options: Options, expression: str | None) -> list[dict[str, Any]]:
    told = replay(
        [[data] for data in files],
        settings_of(options, replay=True, filters=() if expression is None else (expression,)),
    ).messages
    return objects(told, options.top)


@settings(max_examples=examples(25), deadline=None)
@given(engine_strategies.cases(), st.sampled_from(list(FILTERS)))
def test_a_filtered_replay_says_what_the_reference_and_the_reduced_log_say(
    case: tuple[list[bytes], Options], expression: str
) -> None:
    files, options = case
    out = run(files, options, expression)
    assert out == engine.replay([marked(data, expression) for data in files], options)
    less = [reduced(data, expression) for data in files]
    # Malformed lines alone would be refused as no log.
    assume(all(parse_log(data).rows or not data for data in less))
    assert but_for_two_counters(out) == but_for_two_counters(run(less, options, None))


@settings(max_examples=examples(25), deadline=None)
@given(live_scripts.scripts(most_lines=15), st.sampled_from(list(FILTERS)), st.sampled_from(("event", "arrival")))
def test_a_filtered_live_run_says_what_a_run_on_the_reduced_log_says(
    script: Script, expression: str, time: Literal["event", "arrival"]
) -> None:
    turns = tuple(
        (wall_us, tuple(Glance(reduced(glance.data, expression), glance.at_end) for glance in glances))
        for wall_us, glances in script.turns
    )
    less = follow(replace(script, turns=turns), time=time)
    assert but_for_two_counters(follow(script, expression, time)) == but_for_two_counters(less)


def test_by_arrival_too_only_what_matches_is_counted_when_it_comes() -> None:
    old = log_line(START_S - 5_000) + b"\n" + log_line(START_S - 5_000, status=500) + b"\n"
    turns = tuple((START_S * US_PER_S + second * US_PER_S, (Glance(old),)) for second in range(3))
    script = Script(Options(), START_S * US_PER_S, False, turns)
    *_, summary = follow(script, "status < 500", "arrival")
    assert (summary["hits"], summary["errors"], summary["first"]) == (3, 0, "2024-01-01T00:00:00Z")
    assert (summary["health"]["lines"], summary["health"]["filtered"], summary["health"]["too_late"]) == (6, 3, 0)


def test_a_log_none_of_whose_lines_matches_is_a_log_all_the_same() -> None:
    log = log_line(START_S) + b"\njunk\n" + log_line(START_S + 1) + b"\n"
    (summary,) = run([log], Options(), 'method == "NOBODY"')
    assert summary["hits"] == 0
    assert (summary["health"]["lines"], summary["health"]["malformed"], summary["health"]["filtered"]) == (3, 1, 2)


def test_a_log_none_of_whose_lines_fits_is_refused_with_a_filter_too() -> None:
    with pytest.raises(FormatError):
        run([b"junk\n"], Options(), "status < 500")
