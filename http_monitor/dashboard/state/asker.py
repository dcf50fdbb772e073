"""Asks views in a thread of its own, so that keys never wait for an answer."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from http_monitor.dashboard.state.answers import Answers, LinesAnswer, ShownLine, TableAnswer
from http_monitor.dashboard.state.chips import fault_of
from http_monitor.dashboard.state.followed_lines import FollowedLines
from http_monitor.dashboard.state.question import AskedTable, Question, lines_key, table_key
from http_monitor.dashboard.state.renewed_chart import RenewedChart
from http_monitor.errors import UsageError
from http_monitor.ports.views import FoundLine, Held, LinesQuery, TableQuery, Views, ViewSpan

_SHARES = {"main": 0.004, "beside": 0.0015, "change": 0.0008, "chart": 0.0012, "lines": 0.004}
"""At one frame a second, answers that only renew others take at most these parts of a core: what costs more is renewed
less often. Whatever a key press changes is answered at once."""
_MORE = 0.6
"""At more frames a second, they take this power of their number as much."""
_MOST_US = 5_000_000
"""No part is older than this, whatever it costs, but for the change."""
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
        self._more = max(1.0, refresh_per_s) ** _MORE
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
        self._charted = RenewedChart(views, running_us, cpu_us)
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
            self._is_urgent = self._answers.filter_fault != fault_of(error)
            self._tell(filter_fault=fault_of(error), tables={}, lines=None, points={})
        self._is_urgent = False
        if self._is_renewed:
            self._is_renewed = False
            self._answered(self._answers, False)

    def _answer(self, question: Question) -> None:
        held = self._views.held()
        now_us = question.now_us
        if now_us is None and held.upto_us is not None:
            now_us = max(held.upto_us, question.reached_us or 0)
        self._is_urgent = False
        if held.since_us is None or now_us is None:
            self._tell(held=held, filter_fault="")
            return
        if self._answers.filter_fault:
            self._answers = replace(self._answers, filter_fault="")
        span = question.span or ViewSpan(now_us + 1 - question.window_us, now_us + 1)
        self._drop_tables(question)
        for asked in question.tables:
            name, share = f"table {asked.dimension}", _SHARES["main" if asked is question.tables[0] else "beside"]
            self._part(name, table_key(asked, question), share, partial(self._table, asked, question, span))
            if self._is_overtaken():
                return
        chart_key = (question.chart, question.filter, question.now_us)
        self._part("chart", chart_key, _SHARES["chart"], partial(self._chart, question, now_us, held))
        for asked in question.tables:
            if asked.wants_change and not self._is_overtaken():
                key = table_key(asked, question)
                self._part("change", key, _SHARES["change"], partial(self._change, asked, question, held))
        if question.lines:
            self._part("lines", lines_key(question), _SHARES["lines"], partial(self._lines, question, span, now_us))
        elif self._answers.lines is not None:
            self._last.pop("lines", None)
            self._followed = FollowedLines()
            self._tell(lines=None)
        self._is_urgent = False
        if self._is_due("dimensions"):
            self._due_us["dimensions"] = self._running_us() + _DIMENSIONS_US
            self._tell(dimensions=self._views.dimensions())

    def _part(self, name: str, key: object, share: float, work: Callable[[], None]) -> None:
        """Answer a part of the question, if it is another than before or is to be renewed.

        Args:
            name: Of the part.
            key: What it depends on, but for new rows.
            share: The part of a core that renewing it may take.
            work: Answers it.
        """
        self._is_urgent = self._last.get(name) != key
        if not self._is_urgent and not self._is_due(name):
            return
        before_us = self._cpu_us()
        work()
        self._last[name] = key
        wait_us = self._wait_us(self._cpu_us() - before_us, share)
        self._due_us[name] = self._running_us() + (wait_us if name == "change" else min(wait_us, _MOST_US))

    def _wait_us(self, cost_us: int, share: float) -> int:
        return int(cost_us / (share * self._more))

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

    def _table(self, asked: AskedTable, question: Question, span: ViewSpan) -> None:
        query = TableQuery(asked.dimension, span, question.filter, asked.order, asked.reverse, asked.limit)
        view, key = self._views.table(query), table_key(asked, question)
        known = self._answers.tables.get(asked.dimension)
        # What the change is measured against is asked for less often.
        before = known.before if known is not None and known.key == key else None
        self._tell(held=view.held, tables=self._with_table(asked.dimension, TableAnswer(view, span, before, key)))

    def _change(self, asked: AskedTable, question: Question, held: Held) -> None:
        answer = self._answers.tables[asked.dimension]
        span = answer.span
        length_us = span.end_us - span.start_us
        before = None
        if held.since_us is not None and held.since_us <= span.start_us - length_us:
            earlier = ViewSpan(span.start_us - length_us, span.start_us)
            keys = frozenset(row.key for row in answer.view.rows)
            query = TableQuery(asked.dimension, earlier, question.filter, limit=None, keys=keys)
            before = {row.key: row.hits for row in self._views.table(query).rows}
        self._tell(tables=self._with_table(asked.dimension, replace(answer, before=before)))

    def _with_table(self, dimension: str, answer: TableAnswer) -> dict[str, TableAnswer]:
        return {**self._answers.tables, dimension: answer}

    def _chart(self, question: Question, now_us: int, held: Held) -> None:
        chart = self._charted.ask(question.chart, question.filter, now_us, held)
        self._tell(held=held, chart_span=chart.span, step_us=chart.step_us, points=chart.points)

    def _lines(self, question: Question, span: ViewSpan, now_us: int) -> None:
        found = self._views.lines(LinesQuery(span, question.filter, question.lines))
        key = (question.filter, question.follows and question.span is None and question.now_us is None)
        texts = self._followed.texts(found.lines, self._read_lines)
        skipped = found.skipped
        if key[1]:
            skipped = self._followed.skipped(key, found.lines, now_us, lambda span: self._count(span, question.filter))
        else:
            self._followed.stop()
        self._tell(lines=LinesAnswer(texts, skipped, span, found.is_whole, lines_key(question)))

    def _count(self, span: ViewSpan, expression: str | None) -> int:
        return self._views.lines(LinesQuery(span, expression, 0)).skipped
