"""Asks views in a thread of its own, so that keys never wait for an answer."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from http_monitor.dashboard.state.answers import Answers, LinesAnswer, ShownLine, TableAnswer
from http_monitor.dashboard.state.chart_time import chart_span
from http_monitor.dashboard.state.followed_lines import FollowedLines
from http_monitor.dashboard.state.question import AskedChart, AskedTable, Question, lines_key, table_key
from http_monitor.errors import UsageError
from http_monitor.ports.views import FoundLine, Held, LinesQuery, SeriesQuery, TableQuery, Views, ViewSpan

_MAX_SHARE = 0.005
"""At one frame a second, answers that only renew others take at most this part of a core, each part of the screen by
itself: what costs more is renewed less often. Whatever a key press changes is answered at once."""
_DIMENSIONS_US = 5_000_000
"""How often the dimensions that the log has are looked up."""

ReadLines = Callable[[Sequence[FoundLine]], list[ShownLine]]


class Asker:
    """Answers the newest question. `ask`, `start` and `stop` are called in the screen's thread.

    Args:
        views: Answers views.
        read_lines: Reads the lines of rows again.
        answered: Called in the thread with each new state of the answers, and whether another question led to it.
        running_us: Returns a time that never goes back.
        cpu_us: Returns the processor time of the calling thread.
        refresh_per_s: Frames a second.
    """

    def __init__(
        self,
        views: Views,
        read_lines: ReadLines,
        answered: Callable[[Answers, bool], None],
        running_us: Callable[[], int],
        cpu_us: Callable[[], int],
        refresh_per_s: float = 1.0,
    ) -> None:
        self._views = views
        self._read_lines = read_lines
        self._answered = answered
        self._running_us = running_us
        self._cpu_us = cpu_us
        self._share = _MAX_SHARE * max(1.0, refresh_per_s)
        self._changed = threading.Condition()
        self._next: Question | None = None
        self._is_working = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="asker", daemon=True)
        self._answers = Answers()
        self._last: dict[str, object] = {}
        """What each part of the answers was asked last."""
        self._due_us: dict[str, int] = {}
        """When each part is renewed."""
        self._followed = FollowedLines()
        self._is_urgent = False
        """What is being worked out was not asked before."""
        self._is_renewed = False
        """There are answers that the screen does not know yet."""
        self._failure: Exception | None = None

    @property
    def failure(self) -> Exception | None:
        """What ended the thread; None: it runs."""
        return self._failure

    @property
    def is_idle(self) -> bool:
        """Whether the newest question is answered."""
        with self._changed:
            return self._next is None and not self._is_working

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; return when it has."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def ask(self, question: Question) -> None:
        """Answer this question as soon as possible, instead of any before."""
        with self._changed:
            self._next = question
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            while (question := self._wait()) is not None:
                self.answer(question)
        except Exception as error:  # noqa: BLE001 - the screen shows it, and the monitor goes on
            self._failure = error

    def _wait(self) -> Question | None:
        with self._changed:
            self._is_working = False
            self._changed.wait_for(lambda: self._stopping or self._next is not None)
            question, self._next = self._next, None
            self._is_working = True
            return None if self._stopping else question

    def _is_overtaken(self) -> bool:
        with self._changed:
            return self._stopping or self._next is not None

    def answer(self, question: Question) -> None:
        """Answer what has changed and what is due, the table of the keyboard first."""
        try:
            self._answer(question)
        except UsageError as error:
            self._last.clear()
            self._is_urgent = self._answers.filter_fault != str(error)
            self._tell(filter_fault=str(error), tables={}, lines=None, points={})
        self._is_urgent = False
        if self._is_renewed:
            self._is_renewed = False
            self._answered(self._answers, False)

    def _answer(self, question: Question) -> None:
        held = self._views.held()
        now_us = held.upto_us if question.now_us is None else question.now_us
        self._is_urgent = False
        if held.since_us is None or now_us is None:
            self._tell(held=held, filter_fault="")
            return
        span = question.span or ViewSpan(now_us + 1 - question.window_us, now_us + 1)
        self._drop_tables(question)
        for asked in question.tables:
            key = table_key(asked, question)
            self._part(f"table {asked.dimension}", key, lambda asked=asked: self._table(asked, question, span, held))  # type: ignore[misc]
            if self._is_overtaken():
                return
        chart_key = (question.chart, question.filter, question.now_us)
        self._part("chart", chart_key, lambda: self._chart(question, now_us, held))
        if question.lines:
            self._part("lines", lines_key(question), lambda: self._lines(question, span, now_us))
        elif self._answers.lines is not None:
            self._last.pop("lines", None)
            self._followed = FollowedLines()
            self._tell(lines=None)
        self._is_urgent = False
        if self._is_due("dimensions"):
            self._due_us["dimensions"] = self._running_us() + _DIMENSIONS_US
            self._tell(dimensions=self._views.dimensions())

    def _part(self, name: str, key: object, work: Callable[[], None]) -> None:
        """Answer a part of the question, if it is another than before or is to be renewed."""
        self._is_urgent = self._last.get(name) != key
        if not self._is_urgent and not self._is_due(name):
            return
        before_us = self._cpu_us()
        work()
        self._last[name] = key
        self._due_us[name] = self._running_us() + round((self._cpu_us() - before_us) / self._share)

    def _is_due(self, name: str) -> bool:
        return self._running_us() >= self._due_us.get(name, 0)

    def _tell(self, **parts: object) -> None:
        self._answers = replace(self._answers, **parts)  # type: ignore[arg-type]
        self._is_renewed = not self._is_urgent
        if self._is_urgent:
            self._answered(self._answers, True)

    def _drop_tables(self, question: Question) -> None:
        """Forget tables that are not asked for any longer."""
        asked = {table.dimension for table in question.tables}
        gone = self._answers.tables.keys() - asked
        if gone:
            for dimension in gone:
                self._last.pop(f"table {dimension}", None)
            kept = {name: table for name, table in self._answers.tables.items() if name in asked}
            self._answers = replace(self._answers, tables=kept)

    def _table(self, asked: AskedTable, question: Question, span: ViewSpan, held: Held) -> None:
        query = TableQuery(asked.dimension, span, question.filter, asked.order, asked.reverse, asked.limit)
        view = self._views.table(query)
        before = None
        length_us = span.end_us - span.start_us
        if asked.wants_change and held.since_us is not None and held.since_us <= span.start_us - length_us:
            earlier = ViewSpan(span.start_us - length_us, span.start_us)
            rows = self._views.table(TableQuery(asked.dimension, earlier, question.filter, limit=None)).rows
            before = {row.key: row.hits for row in rows}
        tables = {**self._answers.tables, asked.dimension: TableAnswer(view, span, before, table_key(asked, question))}
        self._tell(held=view.held, tables=tables, filter_fault="")

    def _chart(self, question: Question, now_us: int, held: Held) -> None:
        span, step_us = _chart_of(question.chart, now_us)
        view = self._views.series(SeriesQuery(span, step_us, question.filter))
        points = {point.start_us: point for point in view.points}
        self._tell(held=held, chart_span=span, step_us=step_us, points=points, filter_fault="")

    def _lines(self, question: Question, span: ViewSpan, now_us: int) -> None:
        found = self._views.lines(LinesQuery(span, question.filter, question.lines))
        key = (question.filter, question.follows and question.span is None and question.now_us is None)
        texts = self._followed.texts(found.lines, self._read_lines)
        skipped = found.skipped
        if key[1]:
            skipped = self._followed.skipped(key, found.lines, now_us, lambda span: self._count(span, question.filter))
        else:
            self._followed.stop()
        self._tell(lines=LinesAnswer(texts, skipped, span, found.is_whole, lines_key(question)), filter_fault="")

    def _count(self, span: ViewSpan, expression: str | None) -> int:
        return self._views.lines(LinesQuery(span, expression, 0)).skipped


def _chart_of(asked: AskedChart, now_us: int) -> tuple[ViewSpan, int]:
    """Return the span of the chart and the length of its columns."""
    end_us = now_us if asked.span is None else asked.span.end_us - 1
    return chart_span(end_us, asked.zoom_s, asked.columns, asked.bucket_s)
