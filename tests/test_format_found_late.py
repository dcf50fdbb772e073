"""A log that fits nothing for long is tried now and then only, and recognised all the same."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.parser.detect.auto import AutoFormat, auto_format
from http_monitor.parser.detect.candidates import FAMILY
from http_monitor.parser.detect.trials import EVERY_LINES, PATIENCE_LINES, TRIED_LINES
from tests import toy_formats as toys
from tests.examples import examples
from tests.toy_formats import COMMON, HEADER, OTHER, PIPED, TIMED, UNDER_HEADER

_LIMIT = 200
_JUNK = OTHER + b"\n"


def _auto() -> AutoFormat:
    return AutoFormat(toys.PRESETS, _LIMIT)


def _first_row(made: AutoFormat, data: bytes) -> int | None:
    """Return the number of the first line that fits, from 1."""
    numbers = made.parse(data).line_nos
    return int(numbers[0]) if len(numbers) else None


def _first_tried(line: int) -> int:
    """Return the first line from this one on, by its index, that all formats try."""
    place = line - PATIENCE_LINES
    if place < 0 or place % EVERY_LINES < TRIED_LINES:
        return line
    return line - place % EVERY_LINES + EVERY_LINES


@pytest.mark.parametrize("junk", [0, 1, 999, 1_000, 1_019, 1_020, 1_021, 1_499, 1_500, 1_519, 1_520, 7_777])
def test_a_log_is_recognised_at_most_480_lines_later(junk: int) -> None:
    at = _first_tried(junk)
    assert at - junk <= EVERY_LINES - TRIED_LINES
    made = _auto()
    assert _first_row(made, _JUNK * junk + (PIPED + b"\n") * (at - junk + 5)) == at + 1
    assert made.chosen == "piped"


@pytest.mark.parametrize("junk", [1_100, 1_499, 7_777])
def test_the_family_and_header_lines_are_seen_at_once(junk: int) -> None:
    made = _auto()
    assert _first_row(made, _JUNK * junk + COMMON + b"\n") == junk + 1
    assert made.chosen == FAMILY
    # All try the line: one that reads it too, and comes before the family, is chosen.
    made = auto_format()
    line = b'192.0.2.7 - - [30/Nov/2026:20:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "x" 12 0.004 [a] []'
    line += b" 192.0.2.9:80 1 0.004 200 0123456789abcdef0123456789abcdef"
    alone = auto_format()
    alone.parse(line + b"\n")
    made.parse(_JUNK * junk + line + b"\n")
    assert made.chosen == alone.chosen == "ingress_nginx"
    # All try the lines behind a header that a format keeps.
    made = _auto()
    data = _JUNK * junk + HEADER + b"\n" + (UNDER_HEADER + b"\n") * 2
    assert _first_row(made, data) == junk + 2
    assert made.chosen == "sheet"


_runs = st.lists(
    st.tuples(
        st.sampled_from((OTHER, OTHER, b"", HEADER, PIPED, TIMED, COMMON, b"x" * (_LIMIT + 1))),
        st.sampled_from((1, 2, 19, 300, 480)),
    ),
    max_size=6,
)


@settings(max_examples=examples(40), deadline=None)
@given(_runs, st.lists(st.integers(0, 3_000), max_size=8), st.booleans())
def test_it_makes_no_difference_how_the_lines_are_cut(
    runs: list[tuple[bytes, int]], cuts: list[int], is_saved: bool
) -> None:
    lines = [OTHER] * (PATIENCE_LINES + 5) + [line for line, count in runs for _ in range(count)]
    whole = _auto()
    batch = whole.parse(b"".join(line + b"\n" for line in lines))
    made, rows, others, before = _auto(), list[int](), list[int](), 0
    edges = sorted({0, len(lines), *(cut for cut in cuts if cut < len(lines))})
    for start, stop in pairwise(edges):
        part = made.parse(b"".join(line + b"\n" for line in lines[start:stop]))
        rows += (part.line_nos + before).tolist()
        others += (part.other_nos + before).tolist()
        before += part.lines
        if is_saved:
            state = made.save()
            made = _auto()
            made.load(state)
    assert (made.chosen, before) == (whole.chosen, batch.lines)
    assert (rows, others) == (batch.line_nos.tolist(), batch.other_nos.tolist())
