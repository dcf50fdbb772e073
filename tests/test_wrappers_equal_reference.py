"""Taking wrappers off many lines at once is the same as the slow reading of one line after the other."""

import random
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from http_monitor.choices import UNWRAPS
from http_monitor.parser.formats import get_format
from http_monitor.parser.wrapped.format import WrappedFormat
from http_monitor.unwrap import wrapper
from tests.examples import examples
from tests.parsed_in_pieces import ParsedInPieces
from tests.reference.wrapper_texts import Inside
from tests.reference.wrappers import WRAPPERS, judged
from tests.wrapped_fuzzing import LIMIT, check_wrapped, wrapped_log
from tests.wrapped_lines import WAYS

_HIT = b'192.0.2.7 - - [19/Jan/2026:23:08:15 +0000] "GET /a/b HTTP/1.1" 200 612 "-" "curl/8.5.0"'


def test_the_reference_reads_every_wrapper() -> None:
    assert set(WRAPPERS) == set(UNWRAPS)


@pytest.mark.parametrize("name", sorted(WAYS))
def test_the_reference_finds_what_was_written(name: str) -> None:
    way = WAYS[name]

    (inside,) = WRAPPERS[way.wrapper](way.write(3, _HIT)) or [Inside(b"")]

    assert (inside.text, inside.source, inside.more) == (_HIT, way.source, False)


@pytest.mark.parametrize("name", UNWRAPS)
@settings(max_examples=examples(8))
# A label of logcli that stands in a string which began before it.
@example(seed=3097900)
# Digits and dashes of pm2's length that are no time.
@example(seed=2057930840)
# A number before a bar is the name where no other follows.
@example(seed=3397128458)
@given(seed=st.integers(0, 1 << 30))
def test_lines_are_what_the_reference_says_wherever_they_are_cut(name: str, seed: int) -> None:
    check_wrapped(name, random.Random(seed))


@settings(max_examples=examples(25))
@given(seed=st.integers(0, 1 << 30), name=st.sampled_from(("syslog", "cri", "compose", "docker_json", "otlp")))
def test_lines_count_as_the_reference_says_wherever_they_are_cut(seed: int, name: str) -> None:
    chance = random.Random(seed)
    lines = wrapped_log(name, chance, most=chance.choice((5, 30, 130)))
    made = WrappedFormat(lambda: get_format("combined", LIMIT), lambda: (), LIMIT, wrapper=wrapper(name, LIMIT))
    edges = sorted({0, len(lines), *(chance.randrange(len(lines) + 1) for _ in range(3))})

    pieces = ParsedInPieces(made)
    for start, stop in pairwise(edges):
        pieces.parse(b"".join(line + b"\n" for line in lines[start:stop]))
    pieces.parse(b"", last=True)
    batch = pieces.whole()

    kinds = ["malformed"] * batch.lines
    for numbers, kind in ((batch.line_nos, "hit"), (batch.other_nos, "other")):
        for number in numbers.tolist():
            kinds[number - 1] = kind
    expected = judged(
        name, lines, LIMIT, lambda text: bool(len(get_format("combined", LIMIT).parse(text + b"\n").line_nos))
    )
    assert kinds[: len(expected)] == expected
    # What is left are the parts of lines whose rest has not come.
    assert len(kinds) - len(expected) <= 2
