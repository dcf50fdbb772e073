"""A replay that people watch plays, pauses and jumps, and says what any other replay says."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.cli.run import paced_replay, replay_run
from http_monitor.clock import ManualClock
from http_monitor.dashboard import controls
from http_monitor.errors import HttpMonitorError
from http_monitor.hub.hub import Hub
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.monitor.playing.paced_replay import PacedReplay
from http_monitor.monitor.playing.player import SPEEDS, Pace, Player
from http_monitor.monitor.playing.playhead import Playhead
from http_monitor.monitor.run import Run
from http_monitor.ports.source import Source
from http_monitor.ports.stream import RowFrame
from http_monitor.recent.recent_rows import RecentRows
from http_monitor.recent.views import RecentViews
from http_monitor.report import Message, Report, Summary
from http_monitor.settings import Settings
from http_monitor.sources.replay import ReplayFile
from http_monitor.units import US_PER_S
from http_monitor.waker import Waker
from tests import engine_strategies, strategies
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import Recorder, ScriptedSource, make_inputs, ndjson, settings_of
from tests.located import Rows
from tests.reference.engine import Options
from tests.reference.families import family_of
from tests.stream_folds import Fold

START_US = START_S * US_PER_S
Deed = Callable[["Show"], object]
"""What somebody does while a log plays."""


class Viewer(Waker):
    """Whoever waits on this waker waits no time: the clock moves, and a viewer does what he had planned for then.

    When nothing is planned any more and the replay stands still, he lets it read to its end.
    """

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock
        self.show: Show
        self.plan: list[tuple[float, Deed]] = []
        """(seconds after the deed before, deed)."""
        self.waits: list[tuple[float, float]] = []
        """(seconds played when it began, seconds it was to last)."""

    def wait(self, timeout_s: float) -> bool:
        assert timeout_s > 0
        if super().wait(0.0):
            return True
        self.waits.append((self.show.played_s, timeout_s))
        if not self.plan and self.show.player.is_paused:
            self.plan.append((0.0, lambda show: show.player.play("max")))
        if self.plan and self.plan[0][0] <= timeout_s:
            after_s, deed = self.plan.pop(0)
            self._clock.advance(after_s)
            deed(self.show)
            return super().wait(0.0)
        self._clock.advance(timeout_s)
        if self.plan:
            after_s, deed = self.plan[0]
            self.plan[0] = (after_s - timeout_s, deed)
        return False


@dataclass
class Counted:
    """A listener that notes when each row was counted."""

    clock: ManualClock
    rows: list[tuple[float, int]] = field(default_factory=list)

    def frame(self, frame: RowFrame) -> None:
        played_s = self.clock.running_us() / US_PER_S
        self.rows += [(played_s, time_us // US_PER_S - START_S) for time_us in frame.time_us.tolist()]


@dataclass
class Show:
    """A log that plays, and all that is known of it."""

    clock: ManualClock
    player: Player
    run: PacedReplay
    monitor: HTTPMonitor
    hub: Hub
    viewer: Viewer
    recorder: Recorder
    counted: list[tuple[float, int]]
    """(seconds played, time of a row in seconds after `START_S`)."""

    @property
    def played_s(self) -> float:
        return self.clock.running_us() / US_PER_S

    @property
    def reached_s(self) -> float | None:
        reached_us = self.player.reached_us
        return None if reached_us is None else (reached_us - START_US) / US_PER_S

    @property
    def rows(self) -> int:
        return self.run.health().accepted

    def play(self, *plan: tuple[float, Deed]) -> "Show":
        """Let it play to its end, while somebody does what is planned."""
        self.viewer.plan = list(plan)
        try:
            self.monitor.run(self.viewer)
        finally:
            self.monitor.close_inputs()
        return self


def _show(sources: Sequence[Source], run: Settings, *listeners: Any) -> Show:
    clock, recorder = ManualClock(), Recorder()
    hub = Hub([recorder])
    viewer = Viewer(clock)
    player = Player(viewer.wake, clock)
    for listener in listeners:
        hub.join_stream(listener)
        if hasattr(listener, "publish"):
            hub.join(listener)
    counted = Counted(clock)
    hub.join_rows(counted)
    paced = paced_replay(run, make_inputs(run, sources), hub, default_alerts(run), player, family_of)
    viewer.show = Show(clock, player, paced, HTTPMonitor(paced, clock), hub, viewer, recorder, counted.rows)
    return viewer.show


def _unpaced(sources: Sequence[Source], run: Settings, *listeners: Any) -> Recorder:
    recorder = Recorder()
    hub = Hub([recorder])
    for listener in listeners:
        hub.join_stream(listener)
        hub.join(listener)
    plain: Run = replay_run(run, make_inputs(run, sources), hub, default_alerts(run), family_of)
    while not plain.step():
        pass
    plain.finish(complete=True)
    plain.close()
    return recorder


def _log(*seconds: int) -> bytes:
    return b"".join(log_line(START_S + second) + b"\n" for second in seconds)


def _show_log(data: bytes, **chosen: Any) -> Show:
    return _show([ScriptedSource([data], ends=True)], Settings(replay=True, **chosen))


def _deeds(draw: st.DrawFn) -> list[tuple[float, Deed]]:
    paces: list[Pace] = list(SPEEDS)
    plan: list[tuple[float, Deed]] = []
    for _ in range(draw(st.integers(0, 8))):
        after_s = draw(st.sampled_from((0.0, 0.01, 0.3, 0.5, 1.0, 2.5, 9.0)))
        what = draw(st.sampled_from(("play", "play", "pause", "jump")))
        pace = draw(st.sampled_from(paces))
        deeds: dict[str, Deed] = {
            "play": lambda show, pace=pace: show.player.play(pace),  # type: ignore[misc]
            "pause": lambda show: show.player.pause(),
            "jump": lambda show: show.player.jump(),
        }
        plan.append((after_s, deeds[what]))
    return plan


@st.composite
def _cases(draw: st.DrawFn) -> tuple[list[bytes], list[list[bytes]], Options, list[tuple[float, Deed]]]:
    """Return logs, each with its chunks, options, and what somebody does while they play."""
    log = st.one_of(engine_strategies.logs(), engine_strategies.many_key_logs(), engine_strategies.held_logs())
    files = draw(st.one_of(st.lists(log, min_size=1, max_size=1), st.lists(log, min_size=2, max_size=3)))
    pieces = [draw(strategies.line_cuts(data, 30)) for data in files]
    return files, pieces, draw(engine_strategies.options(max_keys=(1, 2, 1_000))), _deeds(draw)


def _scripted(files: Sequence[Sequence[bytes]]) -> list[ScriptedSource]:
    return [ScriptedSource(chunks, ends=True, name=f"{number}.log") for number, chunks in enumerate(files)]


@settings(max_examples=examples(60), deadline=None)
@given(_cases())
def test_whatever_a_viewer_does_the_messages_and_the_rows_are_those_of_any_replay(
    case: tuple[list[bytes], list[list[bytes]], Options, list[tuple[float, Deed]]],
) -> None:
    files, pieces, options, plan = case
    chosen = settings_of(options, replay=True)
    fold, expected_fold = Fold(options.bucket_us), Fold(options.bucket_us)
    expected = _unpaced(_scripted([[data] for data in files]), chosen, expected_fold)
    show = _show(_scripted(pieces), chosen, fold).play(*plan)
    assert show.recorder.messages == expected.messages
    assert ndjson(show.recorder.messages) == ndjson(expected.messages)
    assert fold.order == expected_fold.order
    assert (fold.hits, fold.sizes, fold.errors) == (expected_fold.hits, expected_fold.sizes, expected_fold.errors)
    assert show.player.is_finished
    # Nobody looks at the clock more often than twenty times a second, but when somebody orders something.
    begun = [at_s for at_s, _ in show.viewer.waits]
    assert len(begun) <= 20 * show.played_s + 2 * len(plan) + 3


@settings(max_examples=examples(20), deadline=None)
@given(st.data(), st.lists(engine_strategies.logs(), min_size=1, max_size=2), st.integers(1, 300))
def test_the_marks_of_a_log_that_plays_stand_behind_the_rows_that_were_counted(
    data: st.DataObject, logs: list[bytes], read_bytes: int
) -> None:
    plan = data.draw(st.composite(_deeds)())
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.log" for number in range(len(logs))]
        for path, log in zip(paths, logs, strict=True):
            path.write_bytes(log)
        rows = Rows()
        _show([ReplayFile(str(path), read_bytes=read_bytes) for path in paths], Settings(replay=True), rows).play(*plan)
        rows.check_marks(may_be_held=True)


def test_a_log_plays_ten_times_as_fast_as_it_was_written_unless_told_otherwise() -> None:
    show = _show_log(_log(0, 5, 10, 12, 30, 31)).play()
    assert show.counted == [(0.0, 0), (0.5, 5), (1.0, 10), (1.2, 12), (3.0, 30), (3.1, 31)]


@pytest.mark.parametrize(
    ("pace", "counted_s"),
    [("×1", [0.0, 7.0, 9.0]), ("×10", [0.0, 0.7, 0.9]), ("×100", [0.0, 0.07, 0.12]), ("max", [0.0, 0.0, 0.0])],
)
def test_a_pace_is_the_seconds_of_the_log_in_a_second(pace: Pace, counted_s: list[float]) -> None:
    show = _show_log(_log(0, 7, 9))
    show.player.play(pace)
    show.play()
    assert [time_s for _, time_s in show.counted] == [0, 7, 9]
    # It counts twenty times a second at most.
    assert [at_s for at_s, _ in show.counted] == pytest.approx(counted_s)


def test_a_batch_is_cut_at_the_time_that_has_come() -> None:
    rows: list[int] = []
    show = _show_log(_log(*(second for second in range(101) for _ in range(50))))
    show.player.play("×100")
    show.play((0.52, lambda show: rows.append(show.rows)))
    # They were counted at 0.50.
    assert rows == [51 * 50]
    assert show.played_s == pytest.approx(1.02)
    assert [at_s for at_s, _ in show.viewer.waits[-3:]] == pytest.approx([0.87, 0.92, 0.97])


def test_a_line_out_of_order_counts_with_the_one_before_it() -> None:
    show = _show_log(_log(0, 20, 3, 21)).play()
    assert show.counted == [(0.0, 0), (2.0, 20), (2.0, 3), (2.1, 21)]


def test_lines_of_several_files_play_as_one_log() -> None:
    first, second = _log(0, 20, 40), _log(10, 15, 35, 36)
    show = _show(_scripted([[first], [second]]), Settings(replay=True)).play()
    assert [time_s for _, time_s in show.counted] == [0, 10, 15, 20, 35, 36, 40]
    assert [at_s for at_s, _ in show.counted] == pytest.approx([0.0, 1.0, 1.5, 2.0, 3.5, 3.6, 4.0])


def test_of_a_stretch_without_lines_that_takes_longer_than_ten_seconds_one_is_left() -> None:
    # 100 s at ×10 are ten seconds, and not longer.
    show = _show_log(_log(0, 100, 201, 100_000)).play()
    assert show.counted == [(0.0, 0), (10.0, 100), (11.0, 201), (12.0, 100_000)]


def test_a_slower_pace_makes_the_rest_of_a_stretch_too_long() -> None:
    show = _show_log(_log(0, 90)).play((1.0, lambda show: show.player.play("×1")))
    assert show.counted == [(0.0, 0), (2.0, 90)]


def test_paused_nothing_is_counted_and_no_time_of_the_log_passes() -> None:
    seen: list[tuple[float | None, int]] = []

    def look(show: Show) -> None:
        seen.append((show.reached_s, show.rows))

    show = _show_log(_log(0, 5, 10, 15)).play(
        (0.7, lambda show: show.player.pause()),
        (0.0, look),
        (5_000.0, look),
        (0.0, lambda show: show.player.play("×10")),
    )
    assert seen == [(7.0, 2), (7.0, 2)]
    assert [at_s for at_s, _ in show.counted] == pytest.approx([0.0, 0.5, 5_001.0, 5_001.5])


def test_the_time_of_the_log_runs_between_its_lines_and_not_beyond_them() -> None:
    seen: list[float | None] = []
    show = _show_log(_log(0, 50, 60))
    assert show.player.reached_us is None
    show.play(*[(1.0, lambda show: seen.append(show.reached_s)) for _ in range(6)])
    assert seen == pytest.approx([10.0, 20.0, 30.0, 40.0, 50.0, 60.0])
    assert show.reached_s == 60.0


def test_after_a_stop_of_the_process_the_log_goes_on_where_it_was() -> None:
    seconds = range(0, 90, 5)
    show = _show_log(_log(*seconds)).play((1.0, lambda show: show.clock.advance(3_600)))
    assert [time_s for _, time_s in show.counted] == list(seconds)
    ats = [at_s for at_s, _ in show.counted]
    assert ats[:3] == pytest.approx([0.0, 0.5, 3_601.0])
    assert ats[3:] == pytest.approx([3_601.0 + 0.5 * number for number in range(1, len(ats) - 2)])


def _raising_log(begin_s: int) -> bytes:
    """Return a log of a line in a second, and from a time on twenty."""
    return _log(*(second for second in range(begin_s + 200) for _ in range(20 if second >= begin_s else 1)))


def _raised_at(show: Show) -> list[float]:
    return [(event.at_us - START_US) / US_PER_S for event in show.recorder.events if event.state == "raised"]


def test_a_jump_stops_behind_the_close_that_raises_an_alert() -> None:
    chosen = {"lateness_s": 0, "window_s": 10, "interval_s": 10, "ddos_threshold": 1_000.0}
    stood: list[tuple[list[float], float | None, bool]] = []

    def look(show: Show) -> None:
        stood.append((_raised_at(show), show.reached_s, show.player.is_paused))

    show = _show_log(_raising_log(500), **chosen)
    show.player.jump()
    show.play((60.0, look), (0.0, lambda show: show.player.jump()))
    (raised_s,) = _raised_at(show)
    ((raised, reached_s, is_paused),) = stood
    assert (raised, is_paused) == ([raised_s], True)
    assert reached_s is not None
    # Few rows make a slice of up to ten seconds.
    assert raised_s <= reached_s < raised_s + 10
    assert not show.player.is_jumping


def test_where_rows_are_many_a_jump_stops_in_the_bucket_that_follows_the_raise() -> None:
    seconds = [second for second in range(30) for _ in range(3_000 if second >= 10 else 2_000)]
    show = _show_log(_log(*seconds), lateness_s=0, window_s=10, alert_threshold=2_500.0, ddos_threshold=1e6)
    show.player.jump()
    stood: list[tuple[float | None, int]] = []
    show.play((1.0, lambda show: stood.append((show.reached_s, show.rows))))
    (raised_s,) = _raised_at(show)
    assert stood == [(raised_s, sum(second <= raised_s for second in seconds))]


def test_a_jump_takes_shorter_parts_once_rows_are_many() -> None:
    rates = [1] * 60 + [700] * 20 + [900] * 10
    seconds = [second for second, rate in enumerate(rates) for _ in range(rate)]
    show = _show_log(_log(*seconds), lateness_s=0, window_s=10, alert_threshold=750.0, ddos_threshold=1e6)
    show.player.jump()
    stood: list[float | None] = []
    show.play((1.0, lambda show: stood.append(show.reached_s)))
    assert _raised_at(show) == [83.0]
    # Ten seconds at once would end at 84.
    assert stood == [83.0]


def test_a_jump_goes_on_to_the_next_alert_and_at_last_to_the_end() -> None:
    quiet, busy = range(0, 60), range(60, 120)
    seconds = [
        s + 120 * n for n in range(3) for part, rate in ((quiet, 1), (busy, 20)) for s in part for _ in range(rate)
    ]
    show = _show_log(_log(*seconds), lateness_s=0, window_s=10, interval_s=10, ddos_threshold=1_000.0)
    stops: list[int] = []

    def look_and_jump(show: Show) -> None:
        stops.append(len(_raised_at(show)))
        assert show.player.is_paused
        show.player.jump()

    show.player.jump()
    show.play(*[(1.0, look_and_jump)] * 3)
    assert stops == [1, 2, 3]
    assert show.player.is_finished
    assert show.played_s == 3.0


def test_an_order_during_a_jump_ends_it() -> None:
    show = _show_log(_raising_log(300), lateness_s=0, window_s=10, interval_s=10, ddos_threshold=1_000.0)

    class Impatient:
        def publish(self, message: Message) -> None:
            if isinstance(message, Report) and message.seq == 3:
                show.player.play("×100")

    show.hub.join(Impatient())
    show.player.jump()
    show.play()
    # Nobody pauses at the raise.
    assert len(_raised_at(show)) == 1
    assert show.viewer.plan == []
    assert show.played_s == pytest.approx((499 - 35) / 100, abs=0.2)


@pytest.mark.parametrize("stands", [True, False])
def test_a_stop_ends_it_at_once_also_while_it_stands(stands: bool) -> None:
    def stop(show: Show) -> None:
        show.monitor.request_stop()
        show.viewer.hurry()

    plan: list[tuple[float, Deed]] = [(1.0, lambda show: show.player.pause())] if stands else []
    show = _show_log(_log(*range(100))).play(*plan, (1.0, stop))
    summary = show.recorder.summary
    assert (summary.hits, show.played_s) == ((11, 2.0) if stands else (11, 1.0))
    assert summary.stopped is not None
    assert summary.stopped.lines == 11
    assert not show.player.is_finished


def test_at_the_end_orders_do_nothing_and_views_still_answer() -> None:
    recent = RecentRows(900 * US_PER_S, 1 << 20)
    show = _show([ScriptedSource([_log(0, 1, 2)], ends=True)], Settings(replay=True), recent).play()
    assert isinstance(show.recorder.messages[-1], Summary)
    assert show.player.is_finished
    show.player.pause()
    show.player.jump()
    show.player.play("×1")
    assert (show.player.pace, show.player.is_paused, show.player.is_jumping) == ("×10", False, False)
    held = RecentViews(recent).held()
    assert (held.rows, held.upto_us) == (3, START_US + 2 * US_PER_S)


def test_a_log_without_lines_is_finished_at_once() -> None:
    show = _show_log(b"").play()
    assert show.player.is_finished
    assert show.player.reached_us is None
    assert show.viewer.waits == []


def test_an_order_before_it_begins_is_obeyed() -> None:
    show = _show_log(_log(0, 1))
    show.player.pause()
    rows: list[int] = []
    show.play((5.0, lambda show: rows.append(show.rows)), (0.0, lambda show: show.player.play("×1")))
    assert rows == [0]
    assert show.counted == [(5.0, 0), (6.0, 1)]


def test_a_log_of_no_known_format_ends_it_as_any_replay() -> None:
    show = _show_log(b"junk\n" * 3)
    with pytest.raises(HttpMonitorError):
        show.play()
    assert not show.player.is_finished


def test_an_order_wakes_the_replay_and_at_the_end_it_does_not() -> None:
    clock, waker = ManualClock(), Waker()
    player = Player(waker.wake, clock)
    orders: list[Callable[[], None]] = [player.pause, player.jump, lambda: player.play("max")]
    for order in orders:
        assert not waker.wait(0.0)
        order()
        assert waker.wait(0.0)
    player.finish()
    for order in orders:
        order()
        assert not waker.wait(0.0)


def test_what_is_shown_does_not_pass_a_row_that_counting_has_not_come_to() -> None:
    head = Playhead(START_US, 0, 10, START_US + 5_000_000)
    assert head.limit_us(1_000_000) == START_US + 10_000_000
    assert head.shown_us(1_000_000) == START_US + 5_000_000
    assert head.at_speed(0, 1_000_000) == Playhead(START_US + 5_000_000, 1_000_000, 0, START_US + 5_000_000)


def test_the_screen_knows_its_player() -> None:
    clock = ManualClock()
    player: controls.Player = Player(Waker().wake, clock)
    assert tuple(SPEEDS) == controls.PACES
    assert player.pace == "×10"
