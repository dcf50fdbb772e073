"""Rows of before the run, put in front of the others in any blocks at any time, are in views as if held from the first.

No view has rows of a time of which some are not read yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.ports.views import DIMENSIONS, LinesQuery, Order, SeriesQuery, TableQuery, ViewSpan
from http_monitor.recent.columns import NewRows
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.views import RecentViews
from tests.examples import examples
from tests.recent import START_US, US_PER_S, frame_of, made_rows, place_of, values_of
from tests.reference import views as reference
from tests.reference.views import Accepted
from tests.test_filtering import trees, written

EVER = ViewSpan(START_US - (1 << 50), START_US + (1 << 50))
PLENTY = 1 << 26


@dataclass
class _Log:
    """A log of which some rows were there before the run."""

    rows: list[Accepted]
    unread: int
    """Number of its first rows that are not read back."""
    size: int
    """Rows of a block."""

    def last_us(self) -> int:
        """Return the greatest time of rows that are not read."""
        return max((row.time_us for row in self.rows[: self.unread]), default=START_US - (1 << 50))


class _Story:
    """Rows as they come, and what a slow count knows of them."""

    def __init__(self, rows: RecentRows, logs: Sequence[_Log], live: list[Accepted], number_of: dict[int, int]) -> None:
        self.rows = rows
        self.views = RecentViews(rows, reference.family_of)
        self._logs = logs
        self._live = live
        self._came = 0
        self._read: list[Accepted] = []
        self._number_of = number_of
        self.is_refused = False
        rows.begin_behind(max(log.last_us() for log in logs))

    def come(self, count: int) -> None:
        """Let some rows of the run come."""
        some = self._live[self._came : self._came + count]
        if some:
            self.rows.frame(frame_of(some, self._number_of[id(some[0])]))
            self._came += len(some)

    def read_back(self) -> bool:
        """Read a block of the log that is read the least far back; return whether there was any."""
        log = max(self._logs, key=_Log.last_us)
        if self.is_refused or not log.unread:
            return False
        some = log.rows[max(0, log.unread - log.size) : log.unread]
        log.unread -= len(some)
        cut = len(some) // 3
        parts = [part for part in (some[:cut], some[cut:]) if part]
        frames = [frame_of(part, self._number_of[id(part[0])]) for part in parts]
        new = [NewRows(frame.batch, frame.time_us, frame.offsets) for frame in frames]
        before = self.rows.held()
        self.is_refused = not self.rows.fill_back(new, max(each.last_us() for each in self._logs) + 1)
        self._read = some + self._read
        if self.is_refused:
            assert self.rows.held().left_out >= before.left_out
        return True

    def counted(self) -> list[Accepted]:
        """Return every row that came before the run or in it, in the order in which they are held."""
        unread = [row for log in self._logs for row in log.rows[: log.unread]]
        return unread + self._read + self._live[: self._came]

    @property
    def unread_us(self) -> int:
        return max(log.last_us() for log in self._logs)


@st.composite
def stories(draw: st.DrawFn, memory: Sequence[int] = (PLENTY, PLENTY, 60_000, 30_000, 20_000, 2_000)) -> _Story:
    count = draw(st.sampled_from((2, 5, 12, 40, 120)))
    steps = draw(st.sampled_from(((0,), (0, US_PER_S), (0, 1, 137_731), (0, 9 * US_PER_S))))
    every = made_rows(draw(st.integers(0, 1 << 30)), count, steps)
    begun = draw(st.integers(0, count))
    # Places in files are those of rows by number, so each log has its rows in one go.
    cut = draw(st.integers(0, begun)) if draw(st.booleans()) else begun
    sizes = st.sampled_from((1, 3, 17, 1_000))
    logs = [
        _Log(every[:cut], cut, draw(sizes)),
        _Log(every[cut:begun], begun - cut, draw(sizes)),
    ]
    recent_s, piece_rows = draw(st.sampled_from((1, 20, 900))), draw(st.sampled_from((1, 3, 16, 1_000)))
    rows = RecentRows(recent_s * US_PER_S, draw(st.sampled_from(memory)), piece_rows)
    return _Story(rows, logs, every[begun:], {id(row): number for number, row in enumerate(every)})


@settings(max_examples=examples(150), deadline=None)
@given(stories(), st.data())
def test_views_are_what_the_reference_counts_from_the_time_on_that_is_held(story: _Story, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 25))):
        if not (data.draw(st.booleans()) and story.read_back()):
            story.come(data.draw(st.sampled_from((1, 5, 40))))
        if data.draw(st.integers(0, 3)) == 0:
            _check(story, data)
    _check(story, data)


def _check(story: _Story, data: st.DataObject) -> None:
    held = story.rows.held()
    every = story.counted()
    since_us = held.since_us
    if since_us is not None:
        assert since_us > story.unread_us
        assert held.upto_us is not None
        assert since_us <= held.upto_us
    tree = data.draw(st.none() | trees())
    text = None if tree is None else written(tree)
    rows = [] if since_us is None else reference.chosen(every, tree, since_us, EVER.end_us)
    dimension, order = data.draw(st.sampled_from(DIMENSIONS)), data.draw(st.sampled_from(get_args(Order)))
    table = story.views.table(TableQuery(dimension, EVER, text, order, limit=None))
    assert [values_of(row) for row in table.rows] == reference.table(rows, dimension, order, False)
    assert values_of(table.total) == reference.total(rows)
    series = story.views.series(SeriesQuery(EVER, 10 * US_PER_S, text))
    assert [values_of(point) for point in series.points] == reference.series(rows, 10 * US_PER_S)
    lines = story.views.lines(LinesQuery(EVER, text, 1_000))
    expected = reference.lines(rows)
    assert [(line.time_us, line.file, line.offset) for line in lines.lines] == [
        (row.time_us, *place_of(story._number_of[id(row)])) for row in expected
    ]


@settings(max_examples=examples(60), deadline=None)
@given(stories((PLENTY,)), st.data())
def test_a_log_that_is_read_back_wholly_is_held_as_if_the_run_had_counted_it(
    story: _Story, data: st.DataObject
) -> None:
    story.come(data.draw(st.sampled_from((0, 1, 7))))
    while story.read_back():
        story.come(data.draw(st.sampled_from((0, 1, 7))))
    story.come(1_000)
    story.rows.end_back()
    held, every = story.rows.held(), story.counted()
    upto_us = max(row.time_us for row in every)
    assert not story.is_refused
    assert (held.upto_us, held.left_out) == (upto_us, 0)
    recent_us = story.rows._recent_us
    assert held.since_us is not None
    since_us = max(upto_us - recent_us, min(row.time_us for row in every))
    # Rows that are older than what is held when they are read are never held, and no time of theirs is told.
    assert since_us <= held.since_us <= min(row.time_us for row in every if row.time_us >= since_us)
    assert story.views.table(TableQuery("host", EVER)).total.hits == sum(row.time_us >= since_us for row in every)


@settings(max_examples=examples(60), deadline=None)
@given(stories((60_000, 30_000, 20_000)), st.data())
def test_rows_of_before_never_make_the_rows_of_the_run_go(story: _Story, data: st.DataObject) -> None:
    story.come(1_000)
    before = story.rows.held()
    while story.read_back():
        held = story.rows.held()
        assert held.nbytes <= story.rows._max_bytes
        if before.since_us is not None:
            assert held.since_us is not None
            assert held.since_us <= before.since_us
    assert story.rows.held().rows >= before.rows or before.left_out
    if story.is_refused:
        assert not story.rows.fill_back([], START_US - (1 << 50)) or story.rows._gone_us < story.rows._unread_us


def test_lines_of_one_time_are_in_the_order_of_their_file_however_they_are_read() -> None:
    every = made_rows(1, 12, (0,))
    every = [Accepted(START_US, row.values) for row in every]
    rows = RecentRows(US_PER_S, PLENTY, 5)
    rows.begin_behind(START_US)
    rows.frame(frame_of(every[10:], 10))
    for start, stop in ((8, 10), (6, 8), (3, 6), (1, 3), (0, 1)):
        frame = frame_of(every[start:stop], start)
        assert rows.fill_back([NewRows(frame.batch, frame.time_us, frame.offsets)], START_US + (start > 0))
    lines = RecentViews(rows).lines(LinesQuery(EVER)).lines
    assert [(line.file, line.offset) for line in lines] == [place_of(number) for number in reversed(range(12))]
