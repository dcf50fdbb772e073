"""The recent rows while they are asked: bounds, threads, and what they say of themselves."""

import threading
from collections.abc import Iterator

import pytest

from http_monitor.errors import UsageError
from http_monitor.ports.views import (
    LinesQuery,
    LinesView,
    SeriesQuery,
    SeriesView,
    TableQuery,
    TableView,
    ViewSpan,
)
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.views import RecentViews
from http_monitor.records import SCHEMA
from tests.recent import frame_of
from tests.reference.views import Accepted

US_PER_S = 1_000_000
START_US = 1_700_000_000 * US_PER_S
EVER = ViewSpan(0, 1 << 60)
PLENTY = 1 << 26
_ABSENT = dict.fromkeys(field.name for field in SCHEMA if field.name != "time")


def row(second: int, host: bytes = b"h", path: bytes = b"/", size: int = 1) -> Accepted:
    values = {**_ABSENT, "host": host, "section": b"/", "path": path, "status": 200, "size_bytes": size}
    return Accepted(START_US + second * US_PER_S, values)


def test_views_of_one_thread_are_whole_while_another_adds_rows() -> None:
    rows = RecentRows(900 * US_PER_S, PLENTY, 40)
    views = RecentViews(rows)
    frames = [frame_of([row(number, b"h%d" % each) for each in range(7)]) for number in range(150)]
    is_done = threading.Event()
    seen: list[tuple[TableView, SeriesView, LinesView]] = []

    def ask() -> None:
        while True:
            was_done = is_done.is_set()
            table = views.table(TableQuery("host", EVER, 'path == "/"'))
            seen.append((table, views.series(SeriesQuery(EVER, US_PER_S)), views.lines(LinesQuery(EVER, None, 2))))
            if was_done:
                return

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    for frame in frames:
        rows.frame(frame)
    is_done.set()
    for thread in asking:
        thread.join()
    for table, series, lines in seen:
        assert sum(found.hits for found in table.rows) == table.total.hits == table.held.rows
        assert {found.hits for found in table.rows} <= {table.total.hits // 7}
        assert {point.hits for point in series.points} <= {7}
        assert [line.values["host"] for line in lines.lines] == [b"h6", b"h5"][: len(lines.lines)]
        assert lines.skipped % 7 == (5 if lines.lines else 0)
    assert max(table.total.hits for table, _, _ in seen) == 150 * 7


def _attacks() -> Iterator[tuple[str, list[Accepted]]]:
    yield "new paths", [row(number // 50, path=b"/%d" % number * 40) for number in range(2_000)]
    yield "new hosts", [row(number // 50, host=b"2001:db8::%x" % number) for number in range(2_000)]
    yield "long paths", [row(number, path=b"/%d" % number + b"x" * 2_000) for number in range(200)]
    yield "great sizes", [row(number, size=(1 << 62) - number) for number in range(500)]


@pytest.mark.parametrize(("attack", "found"), list(_attacks()))
def test_memory_depends_on_the_limit_and_never_on_the_traffic(attack: str, found: list[Accepted]) -> None:
    rows = RecentRows(900 * US_PER_S, 100_000, 128)
    for number in range(0, len(found), 10):
        rows.frame(frame_of(found[number : number + 10]))
        held = rows.held()
        assert held.nbytes <= 100_000
    assert held.rows > 0
    assert held.since_us is not None
    kept = [each for each in found if each.time_us >= held.since_us]
    total = RecentViews(rows).table(TableQuery("endpoint", EVER)).total
    assert (total.hits, total.size_bytes) == (len(kept), sum(int(each.values["size_bytes"] or 0) for each in kept))


def test_rows_that_are_too_old_are_not_in_views_even_while_they_are_held() -> None:
    rows = RecentRows(10 * US_PER_S, PLENTY)
    for second in (0, 5, 12):
        rows.frame(frame_of([row(second)]))
    views = RecentViews(rows)
    view = views.table(TableQuery("host", EVER))
    assert (view.held.since_us, view.held.upto_us) == (START_US + 2 * US_PER_S, START_US + 12 * US_PER_S)
    assert (view.total.hits, view.is_whole) == (2, False)
    assert views.table(TableQuery("host", ViewSpan(START_US + 2 * US_PER_S, 1 << 60))).is_whole


def test_a_late_row_does_not_make_many_small_pieces() -> None:
    rows = RecentRows(900 * US_PER_S, PLENTY)
    for second in range(40):
        rows.frame(frame_of([row(second), row(second - 800)]))
        rows.held()
    (chapter,) = rows.snapshot().chapters
    assert len(chapter.pieces) == 40
    rows.frame(frame_of([row(100)]))
    (chapter,) = rows.snapshot().chapters
    assert [piece.count for piece in chapter.pieces] == [81]


def test_a_chapter_whose_rows_were_all_too_late_is_not_kept_beside_the_next() -> None:
    least = RecentRows(US_PER_S, PLENTY).held().nbytes
    rows = RecentRows(US_PER_S, least + 300, 1)
    for second in (400, 0):
        rows.frame(frame_of([row(second)]))
        assert rows.held().nbytes == least


def test_what_was_counted_before_the_run_resumed_is_not_passed_off_as_held() -> None:
    rows = RecentRows(900 * US_PER_S, PLENTY)
    rows.begin_behind(START_US)
    rows.frame(frame_of([row(-3), row(1), row(2)]))
    view = RecentViews(rows).table(TableQuery("host", ViewSpan(START_US - 10, 1 << 60)))
    assert (view.held.since_us, view.total.hits, view.is_whole) == (START_US + 1, 2, False)


def test_nothing_is_held_before_the_first_row() -> None:
    views = RecentViews(RecentRows(900 * US_PER_S, PLENTY))
    view = views.table(TableQuery("host", EVER))
    assert (view.held.since_us, view.held.upto_us, view.held.rows, view.rows, view.is_whole) == (
        None,
        None,
        0,
        (),
        False,
    )
    assert views.series(SeriesQuery(EVER, 1)).points == ()
    assert views.lines(LinesQuery(EVER)).lines == ()


def test_a_limit_below_0_or_a_step_below_1_is_refused() -> None:
    views = RecentViews(RecentRows(900 * US_PER_S, PLENTY))
    for ask in (
        lambda: views.table(TableQuery("host", EVER, limit=-1)),
        lambda: views.lines(LinesQuery(EVER, limit=-1)),
        lambda: views.series(SeriesQuery(EVER, 0)),
    ):
        with pytest.raises(ValueError):
            ask()


def test_a_view_that_makes_no_sense_is_refused_in_one_line() -> None:
    views = RecentViews(RecentRows(900 * US_PER_S, PLENTY))
    for query, error in (
        (TableQuery("hosts", EVER), "got 'hosts', takes a dimension: endpoint, section, host"),
        (TableQuery("host", EVER, "status ="), "--filter: column 8: got '=', expected == for a comparison"),
        (TableQuery("host", EVER, 'path ~ "("'), '--filter: column 8: got "(", expected a regular expression of RE2'),
    ):
        with pytest.raises(UsageError) as raised:
            views.table(query)
        assert str(raised.value).startswith(error)
        assert "\n" not in str(raised.value)
