"""What the dashboard asks of views, and when; which lines count as skipped."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from http_monitor.dashboard.state.answers import Answers, ShownLine
from http_monitor.dashboard.state.asker import Asker
from http_monitor.dashboard.state.followed_lines import FollowedLines
from http_monitor.dashboard.state.question import AskedChart, AskedTable, Question
from http_monitor.errors import UsageError
from http_monitor.ports.views import (
    FoundLine,
    Held,
    LinesQuery,
    LinesView,
    SeriesQuery,
    SeriesView,
    TableQuery,
    TableView,
    Totals,
    ViewRow,
    ViewSpan,
)

S = 1_000_000
NOW_US = 1_700_000_000 * S
WINDOW_US = 120 * S
TABLE = AskedTable("endpoint", "hits", False, 100, True)
QUESTION = Question(None, None, WINDOW_US, AskedChart(None, 900, 100, 1), (TABLE,), 0, True)


HELD = Held(NOW_US - 900 * S, NOW_US, 10, 0, 100)


@dataclass
class FakeViews:
    """Answers anything with one row, and remembers what it was asked."""

    held_now: Held = HELD
    cpu_us: int = 0
    now_us: int = 0
    costs_us: int = 1_000
    asked: list[object] = field(default_factory=list)
    is_refusing: bool = False

    def held(self) -> Held:
        return self.held_now

    def dimensions(self) -> frozenset[str]:
        return frozenset({"endpoint", "user"})

    def table(self, query: TableQuery) -> TableView:
        if self.is_refusing:
            raise UsageError("column 3: what")
        self._note(query)
        return TableView(self.held_now, True, Totals(7), (ViewRow(b"/a", 7, 0, 0, None, None),), 1)

    def series(self, query: SeriesQuery) -> SeriesView:
        self._note(query)
        return SeriesView(self.held_now, True, ())

    def lines(self, query: LinesQuery) -> LinesView:
        self._note(query)
        return LinesView(self.held_now, True, (), 0)

    def _note(self, query: object) -> None:
        self.asked.append(query)
        self.cpu_us += self.costs_us


def asker_of(views: FakeViews, told: list[tuple[Answers, bool]]) -> Asker:
    return Asker(
        views,
        lambda rows: [ShownLine(row, b"text") for row in rows],
        lambda answers, is_urgent: told.append((answers, is_urgent)),
        lambda: views.now_us,
        lambda: views.cpu_us,
    )


def test_at_now_a_table_is_asked_for_the_window_and_its_change_for_the_span_before() -> None:
    views, told = FakeViews(), list[tuple[Answers, bool]]()
    asker_of(views, told).answer(QUESTION)
    now, _, before = views.asked[:3]
    span = ViewSpan(NOW_US + 1 - WINDOW_US, NOW_US + 1)
    assert now == TableQuery("endpoint", span, None, "hits", False, 100)
    earlier = ViewSpan(span.start_us - WINDOW_US, span.start_us)
    assert before == TableQuery("endpoint", earlier, None, limit=None, keys=frozenset({b"/a"}))
    assert told[0][1]
    assert told[0][0].tables["endpoint"].before is None
    assert told[-1][0].tables["endpoint"].before == {b"/a": 7}
    assert told[-1][0].dimensions == frozenset({"endpoint", "user"})
    assert not told[-1][1]


def test_where_nothing_comes_any_more_now_goes_on_for_tables_and_the_chart() -> None:
    views = FakeViews()
    asker = asker_of(views, [])
    quiet = replace(QUESTION, reached_us=NOW_US + 300 * S)
    asker.answer(quiet)
    table, series = views.asked[:2]
    assert isinstance(table, TableQuery)
    assert table.span == ViewSpan(NOW_US + 300 * S + 1 - WINDOW_US, NOW_US + 300 * S + 1)
    assert isinstance(series, SeriesQuery)
    assert series.span.end_us > NOW_US + 300 * S
    # Rows that come late for the clock are seen all the same.
    views.asked.clear()
    views.now_us += 5 * S
    views.held_now = replace(HELD, upto_us=NOW_US + 20 * S)
    asker.answer(replace(quiet, reached_us=NOW_US + 310 * S))
    (again,) = (query for query in views.asked if isinstance(query, SeriesQuery))
    assert again.span.start_us <= NOW_US < again.span.end_us
    views.asked.clear()
    asker.answer(replace(QUESTION, reached_us=NOW_US - 9 * S, window_us=60 * S))
    assert isinstance(views.asked[0], TableQuery)
    assert views.asked[0].span.end_us == NOW_US + 20 * S + 1


def test_no_change_is_told_where_the_span_before_is_not_held_whole() -> None:
    views, told = FakeViews(Held(NOW_US - 239 * S, NOW_US, 10, 0, 100)), list[tuple[Answers, bool]]()
    asker_of(views, told).answer(QUESTION)
    assert told[-1][0].tables["endpoint"].before is None
    assert [type(query) for query in views.asked] == [TableQuery, SeriesQuery]


def test_what_costs_much_is_renewed_seldom_and_what_a_key_changes_is_answered_at_once() -> None:
    views, told = FakeViews(costs_us=4_800), list[tuple[Answers, bool]]()
    asker = asker_of(views, told)
    asker.answer(QUESTION)
    count = len(views.asked)
    # 4.8 ms are 0.4 percent of 1.2 s, 0.12 percent of 4 s, and 0.08 percent of 6 s.
    for now_us, kinds in (
        (1_199_999, []),
        (1_200_000, [TableQuery]),
        (4_000_000, [TableQuery, SeriesQuery]),
        (6_000_000, [TableQuery, TableQuery]),
    ):
        views.now_us = now_us
        asker.answer(QUESTION)
        assert [type(query) for query in views.asked[count:]] == kinds
        count = len(views.asked)
    told.clear()
    asker.answer(replace(QUESTION, filter="status == 404"))
    assert [type(query) for query in views.asked[count:]] == [TableQuery, SeriesQuery, TableQuery]
    assert [is_urgent for _, is_urgent in told] == [True, True, True]


def test_nothing_but_the_change_is_older_than_five_seconds() -> None:
    views = FakeViews(costs_us=1_000_000)
    asker = asker_of(views, [])
    asker.answer(QUESTION)
    count = len(views.asked)
    views.now_us = 5_000_000
    asker.answer(QUESTION)
    assert [type(query) for query in views.asked[count:]] == [TableQuery, SeriesQuery]


def test_only_the_last_columns_of_the_chart_are_asked_for_again_until_older_rows_come() -> None:
    views = FakeViews()
    asker = asker_of(views, [])

    def spans() -> list[tuple[int, int]]:
        views.now_us += 5_000_000
        asker.answer(QUESTION)
        found = [query.span for query in views.asked if isinstance(query, SeriesQuery)]
        views.asked.clear()
        return [((span.start_us - NOW_US) // S, (span.end_us - NOW_US) // S) for span in found]

    assert spans() == [(-990, 10)]
    views.held_now = replace(HELD, upto_us=NOW_US + 10 * S)
    assert spans() == [(-10, 20)]
    views.held_now = replace(HELD, upto_us=NOW_US + 20 * S, since_us=NOW_US - 1_000 * S)
    assert spans() == [(-970, 30)]


def test_a_selected_span_is_asked_for_as_it_is() -> None:
    views = FakeViews()
    span = ViewSpan(NOW_US - 50 * S, NOW_US - 40 * S)
    asker_of(views, []).answer(replace(QUESTION, span=span, lines=30))
    assert views.asked[0] == TableQuery("endpoint", span, None, "hits", False, 100)
    assert LinesQuery(span, None, 30) in views.asked


def test_a_filter_that_cannot_be_answered_is_a_fault_until_it_is_another() -> None:
    views, told = FakeViews(is_refusing=True), list[tuple[Answers, bool]]()
    asker = asker_of(views, told)
    asker.answer(replace(QUESTION, filter="x"))
    assert (told[-1][0].filter_fault, told[-1][1]) == ("column 3: what", True)
    views.is_refusing = False
    asker.answer(QUESTION)
    assert told[-1][0].filter_fault == ""


def test_nothing_is_asked_while_nothing_is_held() -> None:
    views, told = FakeViews(Held(None, None, 0, 0, 0)), list[tuple[Answers, bool]]()
    asker_of(views, told).answer(QUESTION)
    assert views.asked == []
    assert told[-1][0].held.since_us is None


def test_the_thread_answers_the_newest_question_and_ends() -> None:
    views, told = FakeViews(), list[tuple[Answers, bool]]()
    asker = asker_of(views, told)
    asker.ask(replace(QUESTION, filter="old"))
    asker.ask(QUESTION)
    asker.start()
    while not told:
        asker.ask(QUESTION)
    asker.stop()
    assert all(query.filter is None for query in views.asked if isinstance(query, TableQuery))
    assert asker.failure is None


def line_of(number: int, time_us: int) -> FoundLine:
    return FoundLine(time_us, None, number, None, {})


@given(
    st.lists(st.lists(st.integers(0, 5), max_size=8), min_size=1, max_size=12),
    st.integers(1, 6),
    st.integers(0, 40),
)
def test_every_line_that_came_since_following_began_was_shown_or_is_skipped(
    turns: Sequence[Sequence[int]], limit: int, stretch: int
) -> None:
    """Lines come up to five seconds late; at each turn the newest are shown."""
    rows = [line_of(0, NOW_US)]
    followed = FollowedLines()
    now_us = NOW_US
    shown: set[int] = set()

    def newest() -> list[FoundLine]:
        return sorted(rows, key=lambda row: (-row.time_us, -row.offset))[:limit]

    def count(span: ViewSpan) -> int:
        return sum(span.start_us <= row.time_us < span.end_us for row in rows)

    assert followed.skipped("key", newest(), now_us, count) == 0
    for late in turns:
        now_us += stretch * S + 1
        rows += [line_of(len(rows) + number, max(NOW_US + 1, now_us - back * S)) for number, back in enumerate(late)]
        now_us = max(row.time_us for row in rows)
        lines = newest()
        shown |= {row.offset for row in lines if row.time_us > NOW_US}
        assert followed.skipped("key", lines, now_us, count) == len(rows) - 1 - len(shown)


def test_texts_of_lines_shown_before_are_not_read_again() -> None:
    read: list[int] = []

    def reader(rows: Sequence[FoundLine]) -> list[ShownLine]:
        read.extend(row.offset for row in rows)
        return [ShownLine(row, b"%d" % row.offset) for row in rows]

    followed = FollowedLines()
    followed.texts([line_of(1, 5), line_of(2, 6)], reader)
    texts = followed.texts([line_of(2, 6), line_of(3, 7)], reader)
    assert ([shown.text for shown in texts], read) == ([b"2", b"3"], [1, 2, 3])
