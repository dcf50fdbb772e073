"""A file whose lines become those of another format."""

import json
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.parser.detect.auto import AutoFormat, auto_format
from http_monitor.parser.detect.candidates import FAMILY
from http_monitor.parser.detect.format_change import ENOUGH_LINES
from http_monitor.parser.presets import BY_NAME, PRESETS
from http_monitor.ports.log_format import FormatChange
from tests.examples import examples, exhaustive, part_of
from tests.test_format_detection import auto, outcome, said_slowly, some_lines
from tests.toy_formats import COMMON, HEADER, OTHER, PIPED, TIMED, UNDER_HEADER

rows = st.lists(
    st.tuples(st.sampled_from((COMMON, PIPED, UNDER_HEADER, HEADER, OTHER, TIMED)), st.integers(1, 9)), max_size=6
).map(lambda parts: list(chain.from_iterable(repeat(line, times) for line, times in parts)))
logs = st.tuples(rows, some_lines, rows).map(lambda parts: [*parts[0], *parts[1], *parts[2]])


@pytest.fixture(autouse=True, scope="module")
def _few_lines_are_enough() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("http_monitor.parser.detect.format_change.ENOUGH_LINES", 3)
        patch.setattr("http_monitor.parser.detect.auto._PIECE_BYTES", 300)
        yield


def through_json(state: Any) -> Any:
    return json.loads(json.dumps(state))


@settings(max_examples=examples(120), deadline=None)
@given(logs, st.data())
def test_where_a_file_changes_does_not_depend_on_where_it_was_cut_nor_on_restarts(
    lines: list[bytes], data: st.DataObject
) -> None:
    found = auto()
    parts: list[bytes] = [b""]
    batches = []
    for line in lines:
        parts[-1] += line + b"\n"
        if data.draw(st.booleans(), "cut"):
            parts.append(b"")
    for part in parts:
        batches.append(found.parse(part))
        if data.draw(st.booleans(), "restart"):
            state, found = through_json(found.save()), auto()
            found.load(state)
    expected = said_slowly(lines, 3)
    assert outcome(batches) == expected
    assert outcome([auto().parse(b"".join(parts))]) == expected


@settings(max_examples=examples(50), deadline=None)
@given(logs)
def test_line_by_line_the_same_lines_fit(lines: list[bytes]) -> None:
    batches, singly = auto(), auto()
    for line in lines:
        if line.strip() and len(line) < 200:
            fits = bool(singly.read_line(line.removesuffix(b"\r")).values)
            assert bool(len(batches.parse(line + b"\n").line_nos)) is fits
    assert batches.chosen == singly.chosen


def lines_read(found: AutoFormat, *lines: bytes) -> list[bool]:
    return [len(found.parse(line + b"\n").line_nos) > 0 for line in lines]


def test_three_lines_in_a_row_of_another_format_are_enough_and_stay_malformed() -> None:
    found = auto()
    assert lines_read(found, COMMON, *[PIPED] * 5, COMMON) == [True, False, False, False, True, True, False]
    assert (found.chosen, found.drain_changes(), found.drain_changes()) == ("piped", [FormatChange(1, "piped")], [])


def test_a_line_that_fits_or_one_that_fits_nothing_in_between_shows_no_change() -> None:
    found = auto()
    assert not any(lines_read(found, COMMON, PIPED, PIPED, COMMON, PIPED, PIPED, OTHER, PIPED, PIPED)[4:])
    assert (found.chosen, found.drain_changes()) == (FAMILY, [])


def test_after_lines_of_nothing_it_is_looked_again_each_time_twice_as_far() -> None:
    for junk, read_at in ((3, 6), (4, 12), (9, 12), (10, 24)):
        found = auto()
        fits = lines_read(found, COMMON, *[OTHER] * junk, *[PIPED] * 30)
        assert fits.index(True, 1) - 1 == read_at, junk


def test_a_header_among_the_lines_is_known_to_the_format_that_reads_them() -> None:
    found = auto()
    assert lines_read(found, COMMON, HEADER, *[UNDER_HEADER] * 3)[1:] == [False, False, False, True]
    assert found.chosen == "sheet"
    assert lines_read(auto(), COMMON, *[HEADER] * 4) == [True, False, False, False, False]


def test_of_the_family_what_it_changed_to_is_called_what_its_lines_are() -> None:
    found = auto()
    found.parse(PIPED + b"\n" + (COMMON + b' "-" "curl/8"\n') * 4)
    assert (found.chosen, found.drain_changes()) == (FAMILY, [FormatChange(4, "combined")])


def test_a_state_without_or_with_another_memory_of_it_is_resumed() -> None:
    found = auto()
    found.parse(COMMON + b"\n" + PIPED + b"\n" + PIPED + b"\n")
    state = through_json(found.save())
    for change in (None, {"row": -1, "rivals": {}}, {"row": 2, "rivals": {"piped": {"kind": 3, "kept": None}}}, 5):
        other = auto()
        other.load({**state, "change": change})
        assert lines_read(other, PIPED, PIPED, PIPED, PIPED) == [False, False, False, True]
    other = auto()
    other.load({**state, "change": {"row": 2, "rivals": {"gone": {"kind": "x", "kept": None}}}})
    assert not other.parse(PIPED + b"\n").rows
    other.load(state)
    assert lines_read(other, PIPED, PIPED) == [False, True]


_CHANGES = [
    (after.name, before) for after in PRESETS if after.detected for before in ("combined", "traefik_json", "iis")
]


@exhaustive
@pytest.mark.parametrize(("after", "before"), part_of(_CHANGES, len(_CHANGES) // 3))
def test_every_format_that_is_detected_is_also_changed_to(before: str, after: str) -> None:
    found = auto_format()
    first = b"".join(line + b"\n" for line in BY_NAME[before].examples)
    found.choose(first)
    examples = BY_NAME[after].examples
    second = b"".join(line + b"\n" for line in examples) + (examples[-1] + b"\n") * 60
    batch = found.parse(first + second)
    # What is of the family too is read at once.
    assert batch.malformed_lines in (0, 3)
    assert batch.line_nos[-57:].tolist() == list(range(batch.lines - 56, batch.lines + 1))


def test_twenty_lines_are_enough() -> None:
    assert ENOUGH_LINES == 20
