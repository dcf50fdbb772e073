"""Tables that are asked for again count only what is new, and say the same as if all were counted."""

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.ports.views import TableQuery, ViewSpan
from http_monitor.recent import chapter_sums
from http_monitor.recent.piece import PackedPiece, Piece
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.remembered import PieceSums, RememberedSums
from http_monitor.recent.views import RecentViews
from tests.examples import examples
from tests.recent import START_US, US_PER_S, frames_of, made_rows
from tests.reference import views as reference
from tests.reference.views import Accepted

EVER = ViewSpan(0, 1 << 60)
PLENTY = 1 << 26


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(0, 1 << 30), st.sampled_from((3_000, 20_000, 1 << 22)), st.sampled_from((20, 900)))
def test_tables_asked_for_while_rows_come_are_those_of_views_that_remember_nothing(
    seed: int, max_bytes: int, recent_s: int
) -> None:
    chance = random.Random(seed)
    rows = RecentRows(recent_s * US_PER_S, PLENTY, 16)
    asked = RecentViews(rows, reference.family_of)
    asked._remembered = RememberedSums(max_bytes)
    made = made_rows(seed, 200, (0, US_PER_S))
    for frame in frames_of(made, sorted(chance.sample(range(200), 12))):
        rows.frame(frame)
        for _ in range(3):
            start_us = chance.choice((0, START_US + chance.randrange(100) * US_PER_S))
            query = TableQuery(
                chance.choice(("endpoint", "host", "status", "network", "agent_family")),
                ViewSpan(start_us, chance.choice((1 << 60, start_us + 60 * US_PER_S))),
                chance.choice((None, None, "status >= 500", 'host == "10.0.0.1"', "duration > 200us")),
                chance.choice(("hits", "p95", "bytes")),
                limit=chance.choice((3, None)),
            )
            found, expected = asked.table(query), RecentViews(rows, reference.family_of).table(query)
            # What is derived from texts takes memory from then on.
            assert replace(found, held=expected.held) == expected
            assert asked._remembered.nbytes <= max_bytes


def test_a_table_asked_for_a_third_time_unpacks_no_piece_that_is_wholly_of_its_span(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = RecentRows(900 * US_PER_S, PLENTY, 16)
    made = [Accepted(row.time_us, {**row.values, "size_bytes": 7}) for row in made_rows(1, 64, (US_PER_S,))]
    for frame in frames_of(made, [16, 32, 48]):
        rows.frame(frame)
    asked = RecentViews(rows)
    counted: list[None] = []
    monkeypatch.setattr(chapter_sums, "_sum_piece", _noting(chapter_sums._sum_piece, counted))
    query = TableQuery("host", EVER, "status >= 200")
    first = asked.table(query)
    assert not counted
    assert asked.table(query).rows == first.rows
    assert len(counted) == 4
    assert asked.table(query).rows == first.rows
    assert len(counted) == 4
    for _ in range(3):
        asked.table(TableQuery("host", EVER))
    assert len(counted) == 8


def test_what_is_known_of_a_piece_is_forgotten_with_it() -> None:
    rows = RecentRows(20 * US_PER_S, PLENTY, 4)
    asked = RecentViews(rows)
    for frame in frames_of(made_rows(1, 200, (US_PER_S,)), list(range(4, 200, 4))):
        rows.frame(frame)
        asked.table(TableQuery("host", EVER))
    pieces = {piece for chapter in rows.snapshot().chapters for piece in chapter.pieces}
    assert {piece for piece, _, _ in asked._remembered._entries} <= pieces


def test_a_question_about_much_does_not_push_out_what_it_has_just_remembered() -> None:
    remembered = RememberedSums(3 * _sums(100).nbytes)
    pieces = [_piece() for _ in range(5)]
    asking = remembered.asking(pieces, "host", None)
    for piece in pieces:
        asking.keep(piece, _sums(100))
    again = remembered.asking(pieces, "host", None)
    assert [again.find(piece) is not None for piece in pieces] == [True, True, True, False, False]
    other = remembered.asking(pieces, "path", None)
    other.keep(pieces[0], _sums(100))
    assert other.find(pieces[0]) is not None
    assert remembered.nbytes == 3 * _sums(100).nbytes


def _noting(work: Any, noted: list[None]) -> Any:
    def noting(*given: Any) -> Any:
        noted.append(None)
        return work(*given)

    return noting


def _piece() -> Piece:
    return PackedPiece([Piece({"time": np.arange(3), "file": np.zeros(3, np.int64), "offset": np.arange(3)})])


def _sums(count: int) -> PieceSums:
    column = np.ones(count, np.int8)
    return PieceSums(column, column, column, column, count, 3, 3, None)
