"""The seam: what the stream of accepted rows gives a fold is what the slow reference counts, whatever happens."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.clock import ManualClock, ReplayClock
from http_monitor.hub.every_mailbox import EveryMailbox
from http_monitor.hub.hub import Hub
from http_monitor.inputs.line_places import Locator
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.ports.source import Chunk, Source, Stretch
from http_monitor.ports.stream import RowFrame
from http_monitor.records import LogFile, RowOffsets
from http_monitor.report import Mark, Message, Notice, Resumption
from http_monitor.settings import Settings
from tests import engine_strategies, live_scripts
from tests.checkpointed import Fate, Killed, Life
from tests.engine_strategies import log_line
from tests.examples import examples, exhaustive, part_of
from tests.harness import Recorder, ScriptedSource, make_inputs, put_together, settings_of
from tests.live_scripts import Script, TurnSource
from tests.reference.clf import parse_log
from tests.reference.engine import Look, Options, Turn, accepted_in_replay, accepted_live
from tests.stream_folds import Fold, expected_sums


def _monitor(run: Settings, sources: Sequence[Source], clock: ManualClock | ReplayClock, hub: Hub) -> HTTPMonitor:
    return put_together(run, make_inputs(run, sources), default_alerts(run), hub, clock)


def _replayed(files: Sequence[Sequence[bytes]], options: Options) -> Fold:
    """Return what the stream of a replay gives; each file is read in its pieces."""
    fold = Fold(options.bucket_us)
    hub = Hub([fold])
    hub.join_stream(fold)
    sources = [ScriptedSource(pieces, ends=True, name=f"{number}.log") for number, pieces in enumerate(files)]
    monitor = _monitor(settings_of(options, replay=True), sources, ReplayClock(), hub)
    while not monitor.step():
        pass
    monitor.close(finished=True)
    return fold


def _pieces(data: bytes, cuts: Sequence[float]) -> list[bytes]:
    places = sorted({int(cut * len(data)) for cut in cuts} | {0, len(data)})
    return [data[start:stop] for start, stop in itertools.pairwise(places)] or [b""]


@settings(max_examples=examples(30), deadline=None)
@given(engine_strategies.cases(), st.lists(st.floats(0, 1), max_size=4))
def test_a_fold_of_a_replay_has_what_the_reference_counts(case: tuple[list[bytes], Options], cuts: list[float]) -> None:
    files, options = case
    fold = _replayed([_pieces(data, cuts) for data in files], options)
    accepted = accepted_in_replay([parse_log(data) for data in files], options)
    assert fold.rows == [(row.time_us, late) for row, late in accepted]
    assert (fold.hits, fold.sizes, fold.errors) == expected_sums((row for row, _ in accepted), options.bucket_us)


@settings(max_examples=examples(20), deadline=None)
@given(engine_strategies.cases(), st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_rows_and_messages_come_in_an_order_that_no_cut_changes(
    case: tuple[list[bytes], Options], cuts: list[float]
) -> None:
    files, options = case
    whole = _replayed([[data] for data in files], options)
    assert _replayed([_pieces(data, cuts) for data in files], options).order == whole.order


@settings(max_examples=examples(30), deadline=None)
@given(live_scripts.scripts())
def test_a_fold_of_a_live_run_has_what_the_reference_counts(script: Script) -> None:
    fold = Fold(script.options.bucket_us)
    hub = Hub([fold])
    hub.join_stream(fold)
    clock = ManualClock(script.start_us)
    sources = [TurnSource() for _ in range(script.inputs)]
    monitor = _monitor(settings_of(script.options, from_start=script.from_start), sources, clock, hub)
    for wall_us, glances in script.turns:
        clock.set(wall_us)
        for source, glance in zip(sources, glances, strict=True):
            source.following = glance
        monitor.step()
    turns = [
        Turn(wall_us, [Look(parse_log(glance.data), glance.at_end) for glance in glances])
        for wall_us, glances in script.turns
    ]
    accepted = accepted_live(
        turns, script.options, start_us=script.start_us, inputs=script.inputs, from_start=script.from_start
    )
    assert fold.rows == [(row.time_us, late) for row, late in accepted]
    assert (fold.hits, fold.sizes, fold.errors) == expected_sums((row for row, _ in accepted), script.options.bucket_us)


Hits = Counter[tuple[int, bytes, bool]]
"""Hits by second, host, and whether they were late."""


@dataclass
class Shelf:
    """What a recorder has kept outlives the process; what waits to be flushed does not."""

    pieces: list[tuple[int, Hits]] = field(default_factory=list)
    """(number of the mark behind it, hits); 0 if marks have been numbered anew since."""
    begun: list[Resumption | None] = field(default_factory=list)
    marks: dict[int, Mark] = field(default_factory=dict)


class Keeper:
    """A recorder that keeps hits by second and host, and drops what comes again."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._number = 0
        self._waiting: list[tuple[int, Hits]] = []

    def begin(self, resumption: Resumption | None) -> None:
        self._shelf.begun.append(resumption)
        if resumption is None or resumption.mark_number is None:
            self._shelf.pieces = [(0, hits) for _, hits in self._shelf.pieces]
            self._shelf.marks.clear()
        else:
            self._number = resumption.mark_number
            self._shelf.pieces = [piece for piece in self._shelf.pieces if piece[0] <= self._number]

    def frame(self, frame: RowFrame) -> None:
        hits: Hits = Counter()
        for late in (False, True):
            sums = frame.sums(1_000_000, late=late)
            for index, start_us in enumerate(sums.starts_us.tolist()):
                by_host = sums.by_key("hosts", index)
                for host, count in zip(by_host.names(), by_host.hits.tolist(), strict=True):
                    hits[start_us // 1_000_000, host, late] += count
        self._waiting.append((self._number + 1, hits))

    def mark(self, mark: Mark) -> None:
        assert mark.number == self._number + 1
        self._number = mark.number
        self._shelf.marks[mark.number] = mark

    def publish(self, message: Message) -> None:
        pass

    def flush(self) -> None:
        self._shelf.pieces += self._waiting
        self._waiting = []


_RUN = Settings(window_s=6, interval_s=3, alert_threshold=2.0)
_RATES = (1, 0, 6, 6, 0, 1, 0, 0, 5, 0, 0, 2)


_LATE_S = 4
"""Seconds after its time at which the sixth line of a second is written."""


def _lived(
    fate: Fate, second: Fate | None = None, life: Life | None = None, shelf: Shelf | None = None
) -> tuple[Hits, Shelf]:
    """Run through all seconds, killed once or twice; return (hits written, what was kept).

    Args:
        fate: When it is killed.
        second: When it is killed again.
        life: A life to go on with; None: a new one.
        shelf: What its recorder has kept.
    """
    shelf = shelf or Shelf()
    life = life or Life(_RUN)
    life.make_box = lambda: EveryMailbox("history", Keeper(shelf))
    written: Hits = Counter()
    fates = iter((fate, second))
    monitor = life.begin(next(fates))
    for rate in _RATES:
        life.clock.advance(1)
        now_s = life.clock.now_us() // 1_000_000
        for number in range(rate):
            late = number == 5
            time_s = now_s - _LATE_S if late else now_s
            life.content.extend(log_line(time_s, b"h%d" % number) + b"\n")
            written[time_s, b"h%d" % number, late] += 1
        while True:
            try:
                monitor.step()
                break
            except Killed:
                monitor = life.begin(next(fates, None))
    life.clock.advance(30)
    while True:
        try:
            monitor.step()
            monitor.close(finished=False)
            break
        except Killed:
            monitor = life.begin(next(fates, None))
    return +written, shelf


@exhaustive
def test_a_recorder_has_every_line_once_wherever_the_run_is_killed() -> None:
    fate = Fate()
    written, shelf = _lived(fate)
    assert sum((hits for _, hits in shelf.pieces), Counter()) == written
    assert shelf.begun == [None]
    for at in part_of(range(1, fate.points + 1), 25):
        written, shelf = _lived(Fate(at))
        assert sum((hits for _, hits in shelf.pieces), Counter()) == written, at
        first, second = shelf.begun
        assert first is None
        # Each turn in which a byte was read counted a row, so nothing was read behind the last mark.
        if second is not None and second.mark_number:
            assert second.positions == shelf.marks[second.mark_number].positions, at


@settings(max_examples=examples(10), deadline=None)
@given(st.integers(1, 150), st.integers(1, 150))
def test_a_recorder_has_every_line_once_after_two_kills(first: int, second: int) -> None:
    written, shelf = _lived(Fate(first), Fate(second))
    assert sum((hits for _, hits in shelf.pieces), Counter()) == written


def test_a_recorder_keeps_what_it_has_where_only_the_positions_of_another_run_are_taken() -> None:
    life, shelf = Life(_RUN), Shelf()
    before, _ = _lived(Fate(), life=life, shelf=shelf)
    life.of_another_run = True
    after, _ = _lived(Fate(), life=life, shelf=shelf)
    assert sum((hits for _, hits in shelf.pieces), Counter()) == before + after
    assert (sum(before.values()), sum(after.values())) == (21, 21)
    # The log has been read to its end when the other run stops.
    first, second = shelf.begun
    position = {life.name: {"offset": len(life.content) // 2}}
    assert (first, second) == (None, Resumption(None, position))
    assert min(shelf.marks) == 1


class LocatedSource(ScriptedSource):
    """Says where its lines stand."""

    def read(self) -> Chunk:
        chunk = super().read()
        return replace(chunk, stretches=(Stretch(0, LogFile(self.name, self.name, None), 0),) if chunk.data else ())


def test_a_run_without_listeners_makes_no_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_: object) -> None:
        raise AssertionError("a frame was made")

    monkeypatch.setattr("http_monitor.engine.row_stream.AcceptedRows", made)
    recorder = Recorder()
    source = ScriptedSource([log_line(1_700_000_000) + b"\n"], ends=True)
    monitor = _monitor(Settings(replay=True), [source], ReplayClock(), Hub([recorder]))
    while not monitor.step():
        pass
    assert monitor.health().accepted == 1


def test_marks_and_offsets_are_made_only_for_those_who_listen_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_: object) -> None:
        raise AssertionError("something was made that nobody asked for")

    offsets = Locator.offsets

    def made_live_only(self: Locator, data: bytes, stretches: Sequence[Stretch], *rest: Any) -> RowOffsets | None:
        assert not (replay and stretches)
        return offsets(self, data, stretches, *rest)

    class Frames:
        hits = 0

        def frame(self, frame: RowFrame) -> None:
            assert frame.offsets.offset.tolist() == [-1] * frame.batch.num_rows
            self.hits += frame.batch.num_rows

    monkeypatch.setattr("http_monitor.monitor.marker.Mark", made)
    # The place of a line that is held belongs to the state of a live run.
    monkeypatch.setattr("http_monitor.inputs.input.Locator.offsets", made_live_only)
    for replay in (True, False):
        frames, hub = Frames(), Hub()
        hub.join_rows(frames)
        source = LocatedSource([log_line(1_700_000_000) + b"\n"], ends=replay)
        clock = ReplayClock() if replay else ManualClock(1_700_000_000_000_000)
        monitor = _monitor(Settings(replay=replay, from_start=not replay), [source], clock, hub)
        for _ in range(3):
            monitor.step()
        assert (frames.hits, hub.failures) == (1, 0)


def test_a_message_comes_behind_the_row_that_brings_it_about() -> None:
    options = replace(Options(), lateness_s=0)
    log = b"".join(log_line(1_700_000_000 + second) + b"\n" for second in (0, 5, 1, 10, 11, 9))
    order = _replayed([[log]], options).order
    told = [what if isinstance(what, tuple) else type(what).__name__ for what in order if not isinstance(what, Notice)]
    at = 1_700_000_000_000_000
    assert told == [
        (at, False),
        (at + 5_000_000, False),
        (at + 1_000_000, True),
        (at + 10_000_000, False),
        "Report",
        (at + 11_000_000, False),
        (at + 9_000_000, True),
        "Report",
        "Summary",
    ]
