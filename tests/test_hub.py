"""Who listens: a screen that is slow loses frames and no alert, a recorder that is slow loses nothing."""

import io
import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from http_monitor.alerts import default_alerts
from http_monitor.cli.displays import add_chart, make_display
from http_monitor.clock import ManualClock, ReplayClock
from http_monitor.counting.frame import Frame
from http_monitor.counting.row_frame import AcceptedRows
from http_monitor.display.notices import Notices
from http_monitor.display.style import style_for
from http_monitor.display.text import Display
from http_monitor.engine import row_stream
from http_monitor.errors import InputError
from http_monitor.eventtime.rows import Rows
from http_monitor.hub.every_mailbox import EveryMailbox
from http_monitor.hub.hub import Hub
from http_monitor.hub.latest_mailbox import LatestMailbox
from http_monitor.ports.source import Chunk
from http_monitor.ports.stream import RowFrame
from http_monitor.records import Bools, Int64s
from http_monitor.report import AlertEvent, CaughtUp, Mark, Message, Notice, Pulse, Report, Resumption
from http_monitor.report_tables import Breakdown
from http_monitor.settings import Settings
from http_monitor.waker import Waker
from tests.checkpointed import Life
from tests.display_samples import quiet_report
from tests.engine_strategies import log_line
from tests.harness import START_US, Recorder, ScriptedSource, live_of, make_inputs, put_together

_DEADLINE_S = 30.0


def _report(seq: int) -> Report:
    return replace(quiet_report(), seq=seq)


def _event(at_s: int) -> AlertEvent:
    return AlertEvent("raised", "traffic", None, at_s * 1_000_000, 12.0, 10.0, 1_440, 120, "High traffic", "hits = 12")


def test_a_slow_screen_misses_reports_and_never_an_alert() -> None:
    screen = LatestMailbox()
    hub = Hub()
    hub.join(screen)
    for number in range(100):
        hub.publish(_report(number))
        if number % 10 == 0:
            hub.publish(_event(number))
    newest = screen.drain()
    assert newest.report is not None
    assert newest.report.seq == 99
    assert [event.at_us // 1_000_000 for event in newest.events] == [*range(0, 100, 10)]
    assert newest.events_dropped == 0
    assert screen.drain() == replace(newest, events=())


def test_an_unread_screen_keeps_the_newest_events_and_counts_the_others() -> None:
    woken: list[None] = []
    screen = LatestMailbox(max_events=3, wake=lambda: woken.append(None))
    for number in range(5):
        screen.publish(_event(number))
    screen.publish(Notice("told elsewhere"))
    newest = screen.drain()
    assert [event.at_us // 1_000_000 for event in newest.events] == [2, 3, 4]
    assert newest.events_dropped == 2
    assert [notice.text for notice in newest.notices if isinstance(notice, Notice)] == ["told elsewhere"]
    assert len(woken) == 6
    assert (newest.report, newest.pulse, newest.summary) == (None, None, None)


def test_an_unread_screen_keeps_the_newest_notices_and_counts_the_others() -> None:
    screen = LatestMailbox(max_notices=2)
    for text in ("first", "second"):
        screen.publish(Notice(text))
    screen.publish(CaughtUp(60, 5, 0))
    newest = screen.drain()
    assert newest.notices == (Notice("second"), CaughtUp(60, 5, 0))
    assert newest.notices_dropped == 1
    assert screen.drain() == replace(newest, notices=())


class _Slow:
    """A recorder that takes nothing until it is let."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.taken: list[Message | Mark | RowFrame] = []
        self.flushed = 0

    def begin(self, resumption: Resumption | None) -> None:
        assert self.go.wait(_DEADLINE_S)

    def frame(self, frame: RowFrame) -> None:
        self.taken.append(frame)

    def mark(self, mark: Mark) -> None:
        self.taken.append(mark)

    def publish(self, message: Message) -> None:
        self.taken.append(message)

    def flush(self) -> None:
        self.flushed += 1


def test_a_slow_recorder_makes_the_publisher_wait_and_gets_everything() -> None:
    slow = _Slow()
    hub = Hub()
    hub.record(EveryMailbox("history", slow, max_items=2))
    hub.begin(None)
    published: list[int] = []

    def publish() -> None:
        for number in range(10):
            hub.publish(_report(number))
            published.append(number)
        hub.close()

    thread = threading.Thread(target=publish)
    thread.start()
    # Two wait in the box, and the publisher waits with the third.
    while len(published) < 2:
        thread.join(0.001)
    assert published == [0, 1]
    slow.go.set()
    thread.join(_DEADLINE_S)
    assert not thread.is_alive()
    assert [taken.seq for taken in slow.taken if isinstance(taken, Report)] == [*range(10)]
    assert slow.flushed == 1


def test_a_flush_waits_until_everything_before_it_was_kept() -> None:
    slow = _Slow()
    box = EveryMailbox("history", slow)
    box.begin(None)
    box.publish(_report(1))
    slow.go.set()
    assert box.flush(7)
    assert ([type(taken) for taken in slow.taken], slow.flushed) == ([Report], 1)
    box.close()


class _Failing(_Slow):
    def publish(self, message: Message) -> None:
        raise OSError("disk\x1b[2J full")


def test_a_recorder_that_fails_is_reported_and_released_and_the_monitor_keeps_running() -> None:
    failing, recorder = _Failing(), Recorder()
    failing.go.set()
    hub = Hub([recorder])
    hub.record(EveryMailbox("history", failing))
    clock = ManualClock(START_US)
    run = Settings()
    source = ScriptedSource([log_line(START_US // 1_000_000) + b"\n"], ends=False)
    monitor = put_together(run, make_inputs(run, [source]), [], hub, clock)
    for _ in range(3):
        monitor.step()
        hub.flush(1)
        clock.advance(1)
    told = [notice for notice in recorder.messages if isinstance(notice, Notice) and notice.name == "listener"]
    assert [notice.text for notice in told] == [
        "history: failed (OSError: disk\\x1b[2J full), and was released; the monitor keeps running"
    ]
    assert len([message for message in recorder.messages if isinstance(message, Pulse)]) == 3
    assert not hub.wants_rows
    monitor.close(finished=False)
    assert recorder.summary.health.listener_failures == 1


def test_a_recorder_that_failed_is_counted_over_restarts() -> None:
    failing = _Failing()
    failing.go.set()
    life = Life(Settings(window_s=6, interval_s=3), make_box=lambda: EveryMailbox("history", failing))
    for runs in (1, 2):
        monitor = life.begin()
        life.clock.advance(1)
        life.content.extend(log_line(life.clock.now_us() // 1_000_000) + b"\n")
        monitor.step()
        monitor.close(finished=False)
        assert life.runs[-1].summary.health.listener_failures == runs


def test_a_recorder_that_fails_in_a_replay_is_told_of_too() -> None:
    failing, recorder = _Failing(), Recorder()
    failing.go.set()
    hub = Hub([recorder])
    hub.record(EveryMailbox("history", failing))
    run = Settings(replay=True)
    source = ScriptedSource([log_line(START_US // 1_000_000) + b"\n"], ends=True)
    monitor = put_together(run, make_inputs(run, [source]), [], hub, ReplayClock())
    monitor.run(Waker())
    monitor.close_inputs()
    told = [notice.text for notice in recorder.messages if isinstance(notice, Notice) and notice.name == "listener"]
    assert told == ["history: failed (OSError: disk\\x1b[2J full), and was released; the monitor keeps running"]
    assert recorder.summary.health.listener_failures == 1


class _Unkept(_Slow):
    def flush(self) -> None:
        raise OSError("disk full")


def test_a_recorder_that_cannot_keep_the_end_of_a_run_is_told_of() -> None:
    unkept = _Unkept()
    unkept.go.set()
    hub = Hub()
    hub.record(EveryMailbox("history", unkept))
    hub.begin(None)
    (notice,) = hub.close()
    assert notice.text == "history: failed (OSError: disk full), and was released; the monitor keeps running"
    # No listener is left that could make a publisher wait.
    hub.publish(_report(1))
    hub.flush(1)
    assert hub.close() == []


class _Rows:
    """A listener of rows that may raise."""

    def __init__(self, at_frame: int | None = None, at_mark: int | None = None, *, of_fails: bool = False) -> None:
        self._at_frame, self._at_mark, self._of_fails = at_frame, at_mark, of_fails
        self.hits: list[int] = []
        self.marks: list[int] = []
        self.asked = 0

    def frame(self, frame: RowFrame) -> None:
        self.hits.append(frame.batch.num_rows)
        if len(self.hits) == self._at_frame:
            raise ValueError("bad\x1b[2J row")

    def mark(self, mark: Mark) -> None:
        self.marks.append(mark.number)
        if len(self.marks) == self._at_mark:
            raise ValueError("bad\x1b[2J mark")

    def begin_behind(self, time_us: int) -> None:
        pass

    def of(self, event: AlertEvent) -> Breakdown | None:
        self.asked += 1
        if self._of_fails:
            raise ValueError("bad\x1b[2J alert")
        return Breakdown(1, (), is_whole=True)


def _lines(number: int, hits: int) -> bytes:
    return (log_line(START_US // 1_000_000 + number) + b"\n") * hits


@pytest.mark.parametrize(
    ("failing", "word"), [(_Rows(at_frame=2), "row"), (_Rows(at_mark=2), "mark"), (_Rows(of_fails=True), "alert")]
)
def test_a_listener_of_rows_that_raises_is_released_and_the_others_get_everything(failing: _Rows, word: str) -> None:
    recorder, other = Recorder(), _Rows()
    hub = Hub([recorder])
    hub.join_stream(failing, "rows")
    hub.join_stream(other)
    clock = ManualClock(START_US)
    run = Settings(window_s=4, interval_s=2, lateness_s=0, alert_threshold=0.5)
    source = ScriptedSource([], ends=False)
    monitor = put_together(run, make_inputs(run, [source]), default_alerts(run), hub, clock, breakdown=failing)
    for number in range(4):
        source.write(_lines(number, number + 1))
        monitor.step()
        clock.advance(1)
    monitor.close(finished=False)
    told = [notice for notice in recorder.notices if notice.name == "listener"]
    assert [notice.text for notice in told] == [
        f"rows: failed (ValueError: bad\\x1b[2J {word}), and was released; the monitor keeps running"
    ]
    assert told[0].level == "warning"
    assert (sum(other.hits), other.marks) == (10, [1, 2, 3, 4])
    assert {"row": (failing.hits, failing.marks) == ([1, 2], [1]), "mark": failing.marks == [1, 2], "alert": True}[word]
    assert (hub.listens(failing), hub.listens(other), hub.failures) == (False, True, 1)
    assert (recorder.summary.hits, recorder.summary.health.listener_failures) == (10, 1)
    assert sum(report.hits for report in recorder.reports) == 10


def test_no_frame_or_offset_is_made_once_its_listeners_are_released(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    wanting: list[bool] = []

    class Counted(AcceptedRows):
        def __init__(self, rows: Rows, frame: Frame, bucket_us: Int64s, late: Bools) -> None:
            made.append(len(rows))
            super().__init__(rows, frame, bucket_us, late)

    monkeypatch.setattr(row_stream, "AcceptedRows", Counted)
    with_marks, without, recorder = _Rows(at_mark=2), _Rows(at_frame=4), Recorder()
    hub = Hub([recorder])
    hub.join_stream(with_marks)
    hub.join_rows(without)
    clock = ManualClock(START_US)
    run = Settings(window_s=4, interval_s=2, lateness_s=0)
    source = ScriptedSource([], ends=False)
    monitor = put_together(run, make_inputs(run, [source]), [], hub, clock)
    for number in range(5):
        source.write(_lines(number, number + 1))
        monitor.step()
        wanting.append(live_of(monitor)._engine.wants_offsets)
        clock.advance(1)
    monitor.close(finished=False)
    assert (with_marks.hits, without.hits) == ([1, 2], [1, 2, 1, 2])
    assert (made, wanting) == ([1, 2, 3], [True, False, False, False, False])
    assert (recorder.summary.hits, recorder.summary.health.listener_failures) == (15, 2)


def test_nothing_is_told_by_a_breakdown_that_lacks_rows() -> None:
    failing, recorder = _Rows(at_frame=1), Recorder()
    hub = Hub([recorder])
    hub.join_stream(failing)
    run = Settings(replay=True, window_s=4, interval_s=2, lateness_s=0, alert_threshold=0.5)
    source = ScriptedSource([_lines(0, 9) + _lines(9, 1)], ends=True)
    monitor = put_together(run, make_inputs(run, [source]), default_alerts(run), hub, ReplayClock(), breakdown=failing)
    monitor.run(Waker())
    monitor.close_inputs()
    assert [(event.state, event.breakdown) for event in recorder.events if event.name == "traffic"] == [
        ("raised", None),
        ("recovered", None),
    ]
    assert failing.asked == 0
    assert [notice.text for notice in recorder.notices if notice.name == "listener"] == [
        "a listener of rows: failed (ValueError: bad\\x1b[2J row), and was released; the monitor keeps running"
    ]
    assert recorder.summary.health.listener_failures == 1


def test_no_chart_is_drawn_of_rows_that_were_not_counted_to_the_end() -> None:
    display = make_display(Settings(replay=True), Notices(io.StringIO()))
    assert isinstance(display, Display)
    hub = Hub()
    add_chart(display, hub)
    frame: Any = SimpleNamespace(time_us=np.arange(START_US, START_US + 600_000_000, 30_000_000))
    hub.frame(frame)
    assert display.chart is not None
    assert len(display.chart.render(80, style_for("utf-8"))) > 3
    wrong: Any = SimpleNamespace(time_us=None)
    hub.frame(wrong)
    assert display.chart.render(80, style_for("utf-8")) == []
    (notice,) = hub.remove_failed()
    assert notice.text.startswith("chart: failed (TypeError: ")


def test_what_a_test_asserts_in_a_listener_fails_the_test() -> None:
    class Asserting(_Rows):
        def mark(self, mark: Mark) -> None:
            raise AssertionError("no mark was expected")

    hub = Hub()
    hub.join_stream(Asserting())
    hub.mark(Mark(1, None, {}))
    with pytest.raises(AssertionError, match="no mark was expected"):
        hub.remove_failed()


def test_a_run_that_ends_by_an_error_stops_its_recorders_too() -> None:
    class Broken(ScriptedSource):
        def read(self) -> Chunk:
            raise InputError("test.log: it broke")

    slow = _Slow()
    slow.go.set()
    hub = Hub([Recorder()])
    hub.record(EveryMailbox("history", slow))
    run = Settings(replay=True)
    monitor = put_together(run, make_inputs(run, [Broken([], ends=True)]), [], hub, ReplayClock())
    with pytest.raises(InputError):
        monitor.step()
    monitor.close_inputs()
    assert slow.flushed == 1


def test_a_listener_is_called_in_the_order_in_which_it_joined() -> None:
    order: list[str] = []

    class Named:
        def __init__(self, name: str) -> None:
            self._name = name

        def publish(self, message: Message) -> None:
            order.append(self._name)

    hub = Hub([Named("text")])
    hub.join(Named("checkpointer"))
    hub.publish(Notice("anything"))
    assert order == ["text", "checkpointer"]
