"""The line that shows how far long work is: when it appears, what it says, and that nothing is left of it."""

import gzip
import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from http_monitor.cli.displays import progress_line, sinks_of
from http_monitor.cli.replay_inputs import replay_sources
from http_monitor.clock import ManualClock, ReplayClock
from http_monitor.display.notices import Notices
from http_monitor.display.objects.fields import second_utc, stop
from http_monitor.display.progress import ClearedFor, ProgressLine, render_progress
from http_monitor.display.style import style_for
from http_monitor.display.text import Display
from http_monitor.hub.hub import Hub
from http_monitor.inputs.counted_share import CountedShare
from http_monitor.monitor.replay_run import ReplayRun
from http_monitor.monitor.shown_run import ShownRun
from http_monitor.report import CaughtUp, Notice, Pulse, WorkDone
from http_monitor.settings import Settings
from http_monitor.sources.replay import ReplayFile
from http_monitor.waker import Waker
from tests.display_samples import alert
from tests.harness import Recorder, ScriptedSource, live, live_of, make_inputs, put_together
from tests.program import lines_at, run
from tests.terminal import Terminal, drawn, left

START_S = 1_772_409_600
SAID = "Reading 25 %   30 s to go   1,000 lines/s   at 2026-03-02 00:00:07"
ERASE = "\r\x1b[K"


class Screen(io.StringIO):
    """A terminal in memory, with the clock of who writes to it."""

    def __init__(self, width: int = 100) -> None:
        super().__init__()
        self.clock = ManualClock()
        self.line = ProgressLine(self, self.clock.running_us, lambda: width)

    def isatty(self) -> bool:
        return True

    def drain(self) -> str:
        """Return what was written since the last call."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text

    def after(self, seconds: float, done: WorkDone) -> str:
        """Return what is written at a turn that comes so much later."""
        self.clock.advance(seconds)
        self.line.update(lambda: done)
        return self.drain()


def done(lines: int, share: float | None = 0.25) -> WorkDone:
    return WorkDone(lines, share, (START_S + 7) * 1_000_000)


def test_the_line_comes_after_a_second_and_changes_twice_a_second() -> None:
    screen = Screen()
    assert screen.after(0, done(0, 0.0)) == ""
    assert screen.after(0.999, done(999)) == ""
    assert screen.after(0.001, done(1_000)).startswith("\rReading 25 %   3 s to go   1,000 lines/s   at 2026-03-02 ")
    assert screen.after(0.499, done(1_500)) == ""
    assert screen.after(0.001, done(1_500)).startswith("\rReading 25 %   4 s to go   1,000 lines/s   at 2026-03-02 ")


def test_nothing_is_asked_between_two_states() -> None:
    screen = Screen()
    screen.line.update(lambda: done(0))
    screen.clock.advance(0.9)
    screen.line.update(lambda: pytest.fail("asked too early"))


def test_work_of_less_than_a_second_has_no_line_and_the_next_work_begins_anew() -> None:
    screen = Screen()
    assert screen.after(0, done(0)) + screen.after(0.9, done(900)) == ""
    screen.line.end()
    assert screen.after(5, done(900)) + screen.after(0.9, done(1_000)) == ""
    # 600 lines in 2 s.
    assert " 300 lines/s " in screen.after(1.1, done(1_500))


def test_the_line_is_taken_away_before_anything_else_is_written() -> None:
    screen = Screen()
    hub = Hub([ClearedFor(screen.line), Display(screen, Notices(screen), width=lambda: 100)])
    screen.after(0, done(0))
    assert screen.after(1, done(10)).endswith("\x1b[K")
    hub.publish(Notice("heard"))
    assert screen.drain() == ERASE + "http_monitor: heard\n"
    hub.publish(CaughtUp(3_600, 10, 0))
    assert not screen.drain().startswith("\r")
    screen.after(1, done(20))
    screen.line.end()
    assert screen.drain() == ERASE
    screen.line.end()
    assert screen.drain() == ""


def test_a_status_line_gives_way_to_it() -> None:
    screen = Screen()
    display = Display(screen, Notices(screen), width=lambda: 100, live_status=True)
    display.is_covered = lambda: screen.line.is_shown
    hub = Hub([ClearedFor(screen.line), display])
    pulse = Pulse(START_S * 1_000_000, 1.0, 1.0, 10.0, (START_S + 9) * 1_000_000, 0, 0)
    screen.after(0, done(0))
    assert screen.after(1, done(10)) != ""
    hub.publish(pulse)
    assert screen.drain() == ""
    screen.line.end()
    hub.publish(pulse)
    assert screen.drain().startswith(ERASE + "now 1.00 /s")


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (len(SAID), SAID),
        (len(SAID) - 1, "Reading 25 %   30 s to go   1,000 lines/s"),
        (30, "Reading 25 %   30 s to go"),
        (12, "Reading 25 %"),
        (5, "Readi"),
    ],
)
def test_a_narrow_terminal_shows_what_matters_most(width: int, text: str) -> None:
    assert render_progress(done(10_000), 10_000, 10_000_000, width, style_for("utf-8")) == text


def test_what_is_not_known_is_left_out() -> None:
    style = style_for("utf-8")
    assert render_progress(WorkDone(5_000), 4_000, 2_000_000, 99, style) == "Reading   5,000 lines   2,000 lines/s"
    assert render_progress(WorkDone(0, 0.0), 0, 1_000_000, 99, style) == "Reading 0 %   0 lines/s"
    assert render_progress(WorkDone(9, 0.9999), 9, 1_000_000, 99, style) == "Reading 99 %   1 s to go   9 lines/s"


LINES = lines_at(range(START_S, START_S + 40_000))


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
def test_the_share_is_that_of_the_bytes_of_all_files(tmp_path: Path, compressed: bool) -> None:
    paths = [tmp_path / "a.log", tmp_path / "b.log"]
    halves = LINES[: len(LINES) // 20], lines_at(range(START_S + 100_000, START_S + 140_000))
    for path, half in zip(paths, halves, strict=True):
        path.write_bytes(gzip.compress(half) if compressed else half)
    sizes = [path.stat().st_size for path in paths]
    chosen = Settings(replay=True)
    sources = [ReplayFile(str(path), read_bytes=1 << 16) for path in paths]
    monitor = put_together(chosen, make_inputs(chosen, sources), [], Hub([Recorder()]), ReplayClock())
    replay = monitor._run
    assert isinstance(replay, ReplayRun)
    assert replay.work_done() == WorkDone(0, 0.0, None)
    shares, reads = [], [0.0]
    while not replay.step():
        unread = sum(size - source._offset for size, source in zip(sizes, sources, strict=True) if source._begun)
        unread += sum(size for size, source in zip(sizes, sources, strict=True) if not source._begun)
        share = replay.work_done().share
        assert share is not None
        reads.append(1 - unread / sum(sizes))
        # What was read last is perhaps not counted yet.
        assert reads[-1] - 2 * max(b - a for a, b in pairwise(reads)) <= share <= reads[-1] + 1e-12
        shares.append(share)
    assert shares == sorted(shares)
    assert len(set(shares)) > 5
    assert replay.work_done() == WorkDone(42_000, 1.0, (START_S + 139_999) * 1_000_000)
    monitor.close_inputs()


def test_lines_that_were_read_at_once_are_a_growing_share_while_they_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(LINES)
    chosen = Settings(replay=True)
    source = ReplayFile(str(path), read_bytes=2 * len(LINES))
    monitor = put_together(chosen, make_inputs(chosen, [source]), [], Hub([Recorder()]), ReplayClock())
    run, shares = monitor._run, [0.0]
    assert isinstance(run, ReplayRun)
    run.after_interval(lambda: shares.append(run.work_done().share or 0.0))
    while not monitor.step():
        pass
    # Rows are added in pieces of 10,000 at most.
    assert all(0 <= after - before < 0.26 for before, after in pairwise([*shares, 1.0]))
    assert run.work_done().share == 1.0
    monitor.close(finished=True)


def test_the_counted_share_never_falls_and_a_look_without_rows_counts_as_read() -> None:
    share = CountedShare()
    assert share.of(0) == 0.0
    share.read(100, 0.25, 0)
    share.read(0, 0.5, 0)
    share.read(400, 0.75, 0)
    share.read(0, 1.0, 0)
    assert [share.of(counted) for counted in (0, 50, 99, 100, 200, 300, 500)] == [
        *(0.0, 0.125, 0.2475, 0.5, 0.5625, 0.625, 1.0)
    ]


def test_a_replay_that_is_stopped_says_in_its_summary_how_far_it_had_come(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(LINES)
    chosen = Settings(replay=True)
    recorder = Recorder()
    source = ReplayFile(str(path), read_bytes=1 << 16)
    monitor = put_together(chosen, make_inputs(chosen, [source]), [], Hub([recorder]), ReplayClock())
    for _ in range(20):
        assert not monitor.step()
    assert isinstance(monitor._run, ReplayRun)
    done = monitor._run.work_done()
    monitor.close(finished=False)
    assert recorder.summary.stopped == done
    assert source._offset / len(LINES) - 0.03 < (done.share or 0) <= source._offset / len(LINES) < 1
    assert done.reached_us == recorder.summary.last_us
    assert stop(recorder.summary) == {
        "stopped": {"at": second_utc(done.reached_us or 0), "share": round(done.share or 0, 4)}
    }
    monitor.close_inputs()


def test_a_replay_that_reached_its_end_and_a_live_run_say_nothing_of_it(tmp_path: Path) -> None:
    chosen = Settings(replay=True)
    recorder = Recorder()
    source = ScriptedSource([LINES[:8_000]], ends=True)
    monitor = put_together(chosen, make_inputs(chosen, [source]), [], Hub([recorder]), ReplayClock())
    while not monitor.step():
        pass
    monitor.close(finished=True)
    assert recorder.summary.stopped is None
    assert stop(recorder.summary) == {}
    running, recorder, _, _ = live(Settings(no_state=True))
    running.close(finished=False)
    assert recorder.summary.stopped is None


def test_standard_input_has_no_share() -> None:
    chosen = Settings(replay=True)
    source = ScriptedSource([LINES[:8_000]], ends=True, name="-")
    monitor = put_together(chosen, make_inputs(chosen, [source]), [], Hub([Recorder()]), ReplayClock())
    assert isinstance(monitor._run, ReplayRun)
    monitor.step()
    assert monitor._run.work_done().share is None


def test_a_live_run_shows_a_backlog_of_old_lines_until_it_is_worked_off() -> None:
    chosen = Settings(from_start=True, no_state=True)
    monitor, _, source, clock = live(chosen, (START_S + 100_000) * 1_000_000)
    screen = Screen()
    running = live_of(monitor)
    shown = ShownRun(running, screen.line)
    source.write(LINES[:8_000], LINES[8_000:16_000])
    before = running.is_behind
    said = ""
    for _ in range(4):
        shown.step()
        said += str(running.is_behind)
        clock.advance(2)
        screen.clock.advance(2)
    assert not before
    assert said.startswith("True")
    assert said.endswith("False")


def test_within_a_turn_the_line_changes_whenever_it_is_time_to(tmp_path: Path) -> None:
    """One turn counts all lines; between two intervals, of which each takes a second here, the line is renewed."""
    screen = Screen()
    chosen = Settings(replay=True, every_interval=False)
    source = ScriptedSource([LINES[:40_000]], ends=True)
    monitor = put_together(chosen, make_inputs(chosen, [source]), [], Hub([Recorder()]), ReplayClock())
    run = monitor._run
    assert isinstance(run, ReplayRun)
    shown = ShownRun(run, screen.line)
    show = run._publisher.after_interval

    def second_later() -> None:
        screen.clock.advance(1)
        show()

    run.after_interval(second_later)
    states = []
    while not shown.step():
        states.append(screen.drain().count("Reading"))
    # All 50 intervals but those that wait for late lines are counted in one turn.
    assert max(states) > 40


@pytest.mark.parametrize("every", [True, False], ids=["shown", "passed over"])
def test_an_interval_renews_the_line_whether_it_is_reported_or_not(every: bool) -> None:
    chosen = Settings(replay=True, every_interval=every)
    source = ScriptedSource([LINES[:8_000]], ends=True)
    monitor = put_together(chosen, make_inputs(chosen, [source]), [], Hub([Recorder()]), ReplayClock())
    assert isinstance(monitor._run, ReplayRun)
    calls: list[int] = []
    monitor._run.after_interval(lambda: calls.append(1))
    while not monitor.step():
        pass
    monitor.close(finished=True)
    assert len(calls) == (LINES[:8_000].count(b"\n") - 1) // 10 + 1


def test_what_is_held_back_is_not_written_into_the_line() -> None:
    screen = Screen()
    display = Display(screen, Notices(screen), width=lambda: 100)
    hub = Hub(sinks_of(display, screen.line))
    screen.after(0, done(0))
    hub.publish(replace(alert(), subject=b"192.0.2.1"))
    # It might be one of a storm.
    assert screen.drain() == ""
    assert "Reading" in screen.after(1, done(10))
    hub.settle()
    assert screen.drain().startswith(ERASE + "High traffic generated an alert")
    assert "Reading" in screen.after(1, done(10))
    hub.settle()
    assert screen.drain() == ""


def test_what_goes_to_a_file_leaves_the_line_alone() -> None:
    screen, out = Screen(), io.StringIO()
    hub = Hub(sinks_of(Display(out, Notices(screen), width=lambda: 100), screen.line, is_beside=False))
    screen.after(0, done(0))
    assert "Reading" in screen.after(1, done(10))
    hub.publish(CaughtUp(3_600, 10, 0))
    hub.settle()
    assert screen.drain() == ""
    assert out.getvalue().startswith("Caught up")
    hub.publish(Notice("heard"))
    assert screen.drain() == ERASE + "http_monitor: heard\n"


@pytest.mark.parametrize(("threads", "read_bytes"), [(1, 1 << 20), (2, 4 << 20)])
def test_what_nothing_reads_ahead_is_read_in_smaller_pieces_where_somebody_watches(
    tmp_path: Path, threads: int, read_bytes: int
) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(LINES)
    chosen = Settings(replay=True, files=(str(path),), threads=threads)
    for is_watched, most in ((True, read_bytes), (False, 4 << 20)):
        (source,) = replay_sources(chosen, [str(path)], Waker(), is_watched=is_watched)
        assert isinstance(source, ReplayFile)
        assert source._read_bytes == most
        source.close()


def test_a_run_that_is_shown_does_what_the_run_does() -> None:
    monitor, recorder, _, _ = live(Settings(no_state=True))
    screen = Screen()
    shown = ShownRun(live_of(monitor), screen.line)
    asked = lambda: True  # noqa: E731
    shown.interrupted = asked
    assert live_of(monitor).interrupted is asked is shown.interrupted
    assert shown.step() is False
    assert shown.health() == live_of(monitor).health()
    shown.drain()
    shown.finish(complete=False)
    shown.close()
    assert recorder.summary.hits == 0
    assert screen.drain() == ""


def test_a_signal_takes_the_line_away_before_what_is_there_is_read() -> None:
    monitor, _, _, _ = live(Settings(no_state=True))
    screen = Screen()
    shown = ShownRun(live_of(monitor), screen.line)
    screen.after(0, done(0))
    assert screen.after(1, done(1)) != ""
    shown.drain()
    assert screen.drain() == ERASE
    shown.close()


def test_every_display_of_a_run_has_the_line_taken_away_first() -> None:
    screen = Screen()
    display = Display(screen, Notices(screen), width=lambda: 100)
    hub = Hub(sinks_of(display, screen.line))
    screen.after(0, done(0))
    assert screen.after(1, done(1)) != ""
    assert display.is_covered()
    hub.publish(Notice("heard"))
    assert screen.drain() == ERASE + "http_monitor: heard\n"
    assert not display.is_covered()
    assert len(sinks_of(display, None)) == 1


def test_it_appears_on_a_terminal_and_nothing_is_left_of_it_after_ctrl_c() -> None:
    with Terminal(80, "--replay", "--file", "-") as terminal:
        terminal.having("Reading   0 lines   0 lines/s")
        terminal.press_ctrl_c()
        assert terminal.wait() == 0
    assert [line for line in drawn(terminal.raw) if line.startswith("Reading")]
    shown = left(terminal.raw)
    assert not [line for line in shown if "Reading" in line or "^C" in line]
    assert "── Summary " in "\n".join(shown)
    assert "  Stopped before the end: before the first line." in shown


@pytest.mark.parametrize("output", ["text", "ndjson", "alerts"])
def test_a_dumb_terminal_and_lines_on_the_screen_have_none(output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr("sys.stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    assert progress_line(Settings(replay=True, output=output)) is not None  # type: ignore[arg-type]
    assert progress_line(Settings(replay=True, output="lines")) is None
    assert progress_line(Settings(explain="")) is None
    monkeypatch.setenv("TERM", "dumb")
    assert progress_line(Settings(replay=True)) is None


def test_explaining_into_a_file_shows_it_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", Screen())
    monkeypatch.setattr("sys.stdout", io.StringIO())
    monkeypatch.setenv("TERM", "xterm")
    assert progress_line(Settings(explain="")) is not None
    assert progress_line(Settings(replay=True, output="lines")) is not None


def test_in_a_pipe_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", io.StringIO())
    monkeypatch.setenv("TERM", "xterm")
    for output in (Screen(), io.StringIO()):
        monkeypatch.setattr("sys.stdout", output)
        assert progress_line(Settings(replay=True)) is None


@pytest.mark.parametrize("mode", [("--replay",), ("--explain", "--output", "ndjson")])
def test_what_is_piped_has_no_trace_of_it(mode: tuple[str, ...]) -> None:
    outcome = run(*mode, "--file", "-", stdin=LINES[:800], env={"TERM": "xterm"})
    assert outcome.code == 0
    assert b"Reading" not in outcome.out + outcome.err
    assert b"\r" not in outcome.out + outcome.err
