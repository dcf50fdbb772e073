"""Every view of the recent rows is what a slow count over the same rows finds."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.ports.views import (
    DIMENSIONS,
    LinesQuery,
    Order,
    SeriesQuery,
    TableQuery,
    ViewSpan,
)
from http_monitor.recent import sums
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.views import RecentViews
from tests import test_filtering
from tests.examples import examples
from tests.recent import AMOUNTS, START_US, US_PER_S, frames_of, made_rows, place_of, text_of, values_of
from tests.reference import views as reference
from tests.reference.filtering import Tree, Value
from tests.reference.views import Accepted
from tests.test_filtering import written

PLENTY = 1 << 26


@dataclass(frozen=True)
class Case:
    """Rows, how they come, and how many are held."""

    rows: list[Accepted]
    cuts: list[int]
    recent_s: int
    max_bytes: int
    piece_rows: int

    def views(self) -> tuple[RecentRows, RecentViews]:
        rows = RecentRows(self.recent_s * US_PER_S, self.max_bytes, self.piece_rows)
        for frame in frames_of(self.rows, self.cuts):
            rows.frame(frame)
            assert rows.held().nbytes <= self.max_bytes
        return rows, RecentViews(rows, reference.family_of)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    count = draw(st.sampled_from((1, 2, 5, 12, 40, 120)))
    steps = draw(st.sampled_from(((0,), (0, US_PER_S), (0, 1_000, 999_000), (0, 1, 137_731), (0, 9 * US_PER_S))))
    return Case(
        made_rows(draw(st.integers(0, 1 << 30)), count, steps),
        draw(st.lists(st.integers(0, count), max_size=8)),
        draw(st.sampled_from((1, 20, 900))),
        draw(st.sampled_from((PLENTY, PLENTY, 60_000, 30_000, 20_000, 2_000))),
        draw(st.sampled_from((1, 3, 16, 1_000))),
    )


def spans(case: Case) -> st.SearchStrategy[ViewSpan]:
    """Return spans that are likely to cut the rows, also at the very time of one."""
    of_rows = st.builds(
        lambda row, step_us: row.time_us + step_us, st.sampled_from(case.rows), st.sampled_from((0, 0, 1, -1))
    )
    moment = (
        st.integers(-5, 300).map(lambda step: START_US + step * US_PER_S)
        | of_rows
        | st.sampled_from((START_US - (1 << 50), START_US + (1 << 50), START_US + 1, START_US + 137_731))
    )
    return st.builds(ViewSpan, moment, moment)


_TEXTS = (
    *("host", "section", "endpoint", "path", "method", "user", "agent", "agent_family", "referer", "referer_host"),
    *("vhost", "cache", "tls", "forwarded", "source", "server"),
)
_NUMBERS = ("status", "size", "size_bytes", "bytes_in", "duration", "duration_us", "upstream", "upstream_us")
_BY_ALIAS = {"endpoint": "path", "size": "size_bytes", "duration": "duration_us", "upstream": "upstream_us"}
_WORDS = (
    *test_filtering.WORDS,
    b"/",
    b"(none)",
    b"-",
    b"@GE",
    b"get",
    b"10.0.0.1",
    b"[2001:db8::1]",
    *test_filtering.REFERERS,
)
_NETWORKS = ("10.0.0.0/15", "10.0.0.0/24", "10.0.0.1", "2001:db8::/32", "2001:db8::/48")


def trees() -> st.SearchStrategy[Tree | None]:
    """Return trees that compare any field under any of its names, seldom none. By chance: all are as likely."""
    return st.integers(0, 1 << 30).map(lambda seed: _some_tree(random.Random(seed), 3) if seed % 8 else None)


def _some_tree(chance: random.Random, most_deep: int) -> Tree:
    if most_deep and chance.random() < 0.4:
        if chance.random() < 0.3:
            return "not", _some_tree(chance, most_deep - 1)
        return chance.choice(("and", "or")), _some_tree(chance, most_deep - 1), _some_tree(chance, most_deep - 1)
    field = chance.choice((*_TEXTS, *_NUMBERS, "network"))
    if chance.random() < 0.2:
        return field, chance.choice(("==", "!=")), [None]
    if field not in _NUMBERS and field != "network" and chance.random() < 0.2:
        return field, chance.choice(("~", "!~")), [chance.choice(test_filtering.PATTERNS)]
    if field in _NUMBERS and chance.random() < 0.5:
        return field, chance.choice(("<", "<=", ">", ">=")), [chance.choice(AMOUNTS[:-1])]
    if field in _NUMBERS:
        values: Sequence[Any] = (*AMOUNTS[:-1], 503, 404, 99)
    else:
        values = _NETWORKS if field == "network" else (*_WORDS, *_NETWORKS) if field == "host" else _WORDS
    if chance.random() < 0.5:
        return field, chance.choice(("in", "not in")), chance.choices(values, k=chance.randint(1, 4))
    return field, chance.choice(("==", "!=")), [chance.choice(values)]


def _meant(tree: Tree) -> Tree:
    """Return a tree with the names of columns."""
    if tree[0] in ("and", "or", "not"):
        return (tree[0], *(_meant(part) for part in tree[1:] if isinstance(part, tuple)))
    return (_BY_ALIAS.get(str(tree[0]), tree[0]), *tree[1:])


def _chosen(case: Case, views: RecentViews, tree: Tree | None, span: ViewSpan) -> list[Accepted]:
    since_us = views.held().since_us
    if since_us is None:
        return []
    meant = None if tree is None else _meant(tree)
    rows = [Accepted(row.time_us, {**row.values, "agent_family": _family_of(row)}) for row in case.rows]
    found = reference.chosen(rows, meant, max(since_us, span.start_us), span.end_us)
    number_of = {id(row): number for number, row in enumerate(rows)}
    return [case.rows[number_of[id(row)]] for row in found]


def _family_of(row: Accepted) -> bytes | None:
    agent = row.values["agent"]
    assert not isinstance(agent, int)
    return None if agent is None else reference.family_of(agent)


def _is_whole(views: RecentViews, span: ViewSpan) -> bool:
    since_us = views.held().since_us
    return since_us is not None and since_us <= span.start_us


@settings(max_examples=examples(150), deadline=None)
@given(cases(), st.data())
def test_a_table_is_what_the_reference_counts(case: Case, data: st.DataObject) -> None:
    _, views = case.views()
    for _ in range(3):
        tree, span = data.draw(trees()), data.draw(spans(case))
        dimension, order = data.draw(st.sampled_from(DIMENSIONS)), data.draw(st.sampled_from(get_args(Order)))
        reverse, limit = data.draw(st.booleans()), data.draw(st.sampled_from((None, 0, 1, 2, 5)))
        query = TableQuery(dimension, span, _text_of(tree), order, reverse, limit)
        found = views.table(query)
        rows = _chosen(case, views, tree, span)
        expected = reference.table(rows, dimension, order, reverse)
        assert [values_of(row) for row in found.rows] == expected[:limit]
        assert found.keys == len(expected)
        assert values_of(found.total) == reference.total(rows)
        assert found.is_whole == _is_whole(views, span)


@pytest.mark.parametrize("field", [*_TEXTS, *_NUMBERS, "network"])
def test_what_is_absent_and_what_is_not_are_all_rows(field: str) -> None:
    case = Case(made_rows(5, 120, (0, US_PER_S)), [30], 900, PLENTY, 16)
    ever = ViewSpan(0, 1 << 60)
    _, views = case.views()
    counted = []
    for operator in ("==", "!="):
        tree: Tree = (field, operator, [None])
        expected = len(_chosen(case, views, tree, ever))
        assert views.table(TableQuery("host", ever, written(tree))).total.hits == expected
        counted.append(expected)
    assert all(counted)
    assert sum(counted) == len(case.rows)


def _timed(durations: Sequence[int | None]) -> list[Accepted]:
    """Return rows that differ in their durations, and have them as sizes too."""
    (some,) = made_rows(1, 1, (0,))
    return [
        Accepted(START_US + US_PER_S * number, {**some.values, "duration_us": duration, "size_bytes": duration})
        for number, duration in enumerate(durations)
    ]


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "==", "!="])
@pytest.mark.parametrize("limit", [0, 100, 200_000, 1 << 40])
def test_a_duration_is_compared_exactly_also_within_the_bucket_of_the_limit(operator: str, limit: int) -> None:
    near = [limit + step for step in (-1_000, -2, -1, 0, 1, 2, 1_000)]
    case = Case(_timed([*near, None, -1, 0, 1 << 50]), [3], 900, PLENTY, 5)
    tree: Tree = ("duration_us", operator, [limit])
    found = case.views()[1].lines(LinesQuery(ViewSpan(0, 1 << 60), f"duration_us {operator} {limit}"))
    expected = reference.lines(reference.chosen(case.rows, tree, 0, 1 << 60))
    assert [line.values["duration_us"] for line in found.lines] == [row.values["duration_us"] for row in expected]


@pytest.mark.parametrize("greatest", [125, 126, 127, 128, 1 << 40])
def test_quantiles_of_all_rows_are_right_whatever_the_greatest_duration(greatest: int) -> None:
    case = Case(_timed([0, 3, None, greatest]), [2], 900, PLENTY, 4)
    table = case.views()[1].table(TableQuery("status", ViewSpan(0, 1 << 60)))
    assert values_of(table.total) == reference.total(case.rows)


@pytest.mark.parametrize("name", ["duration_us", "size_bytes"])
def test_a_number_that_all_rows_of_a_frame_lack_is_absent_in_a_piece_with_others(name: str) -> None:
    case = Case(_timed([None, None, 7, 0]), [2], 900, PLENTY, 4)
    rows, views = case.views()
    assert [len(chapter.pieces) for chapter in rows.snapshot().chapters] == [1]
    lines = views.lines(LinesQuery(ViewSpan(0, 1 << 60))).lines
    assert [line.values[name] for line in lines] == [0, 7, None, None]
    table = views.table(TableQuery("host", ViewSpan(0, 1 << 60), f"{name} == none"))
    assert table.total.hits == 2


@pytest.mark.parametrize("order", ["hits", "p50", "p95"])
def test_quantiles_of_many_keys_are_sorted_and_still_those_of_the_reference(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sums, "_MAX_DENSE", 1)
    case = Case(made_rows(5, 200, (0, US_PER_S)), [50, 120], 900, PLENTY, 16)
    _, views = case.views()
    span = ViewSpan(START_US - 900 * US_PER_S, START_US + 900 * US_PER_S)
    found = views.table(TableQuery("endpoint", span, order=order, limit=3))
    assert [values_of(row) for row in found.rows] == reference.table(case.rows, "endpoint", order, False)[:3]
    assert values_of(found.total) == reference.total(case.rows)


@settings(max_examples=examples(100), deadline=None)
@given(cases(), trees(), st.data(), st.sampled_from((1, 1_000, US_PER_S, 10 * US_PER_S, 1 << 45)))
def test_a_series_is_what_the_reference_counts(
    case: Case, tree: Tree | None, data: st.DataObject, step_us: int
) -> None:
    _, views = case.views()
    span = data.draw(spans(case))
    found = views.series(SeriesQuery(span, step_us, _text_of(tree)))
    assert [values_of(point) for point in found.points] == reference.series(_chosen(case, views, tree, span), step_us)


@settings(max_examples=examples(100), deadline=None)
@given(cases(), trees(), st.data(), st.sampled_from((0, 1, 3, 1_000)))
def test_the_lines_are_the_newest_that_match(case: Case, tree: Tree | None, data: st.DataObject, limit: int) -> None:
    _, views = case.views()
    span = data.draw(spans(case))
    found = views.lines(LinesQuery(span, _text_of(tree), limit))
    number_of = {id(row): number for number, row in enumerate(case.rows)}
    expected = reference.lines(_chosen(case, views, tree, span))
    assert [_told(line.time_us, line.values, (line.file, line.offset), line.text) for line in found.lines] == [
        _told(row.time_us, row.values, place_of(number_of[id(row)]), text_of(number_of[id(row)]))
        for row in expected[:limit]
    ]
    assert found.skipped == len(expected) - len(expected[:limit])


def _text_of(tree: Tree | None) -> str | None:
    return None if tree is None else written(tree)


def _told(time_us: int, values: Mapping[str, Value], place: Any, text: bytes | None) -> Any:
    return time_us, sorted(values.items()), place, text


@settings(max_examples=examples(100), deadline=None)
@given(cases())
def test_what_is_held_is_told(case: Case) -> None:
    rows, _ = case.views()
    held = rows.held()
    upto_us = max(row.time_us for row in case.rows)
    least_us = max(upto_us - case.recent_s * US_PER_S, min(row.time_us for row in case.rows))
    assert held.upto_us == upto_us
    if case.max_bytes == PLENTY:
        assert (held.since_us, held.left_out) == (least_us, 0)
    elif held.since_us is None or held.since_us > least_us:
        assert held.left_out > 0
    else:
        assert held.since_us == least_us
    kept = sum(held.since_us is not None and row.time_us >= held.since_us for row in case.rows)
    assert kept <= held.rows <= len(case.rows)
