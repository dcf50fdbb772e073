"""A live run: follows inputs by the wall clock, and reports their state once a second."""

from collections.abc import Callable, Sequence

from http_monitor.checkpoint.run_state import RunState
from http_monitor.clock import Clock
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.health import Health
from http_monitor.inputs.input import Input
from http_monitor.monitor.backlog import Backlog
from http_monitor.monitor.deadline import Deadline
from http_monitor.monitor.discovery import Discovery, Finder
from http_monitor.monitor.falling_behind import FallingBehind, Progress
from http_monitor.monitor.format_drift import FormatDrift
from http_monitor.monitor.live_turns import LiveTurns
from http_monitor.monitor.marker import Marker
from http_monitor.monitor.publisher import Publisher
from http_monitor.monitor.pulse import pulse_of
from http_monitor.monitor.silence import Silence
from http_monitor.monitor.wrong_clock import WrongClock
from http_monitor.report import Notice, WorkDone
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S
from http_monitor.waker import Waker

_TURN_S = 0.2
"""Five turns a second are enough; lines that come faster are read together."""
_LARGE_TURN_S = 0.05
"""The same for traffic that one such turn could not read completely."""
_LARGE_TURN_BYTES = 256 << 10
_DRAIN_S = 0.15
"""Time limit for reading at a stop: enough for a live log, not for a backlog, whose rest the checkpoint leaves."""

_LONG_S = 10
"""A backlog of lines older than this usually takes a while."""


class LiveRun:
    """A `monitor.run.Run` that follows logs.

    Args:
        settings: The user's settings.
        engine: Counts, and publishes through `publisher`.
        inputs: The followed inputs; they may change between turns.
        clock: The time.
        publisher: Receives all messages.
        state: The checkpoints of the run, and the state it resumed from.
        marker: Makes the marks of the stream of accepted rows.
    """

    def __init__(
        self,
        settings: Settings,
        engine: MetricsAggregator,
        inputs: list[Input],
        clock: Clock,
        publisher: Publisher,
        state: RunState,
        marker: Marker,
    ) -> None:
        self.interrupted: Callable[[], bool] = lambda: False
        self._settings = settings
        self._engine = engine
        self._inputs = inputs
        self._clock = clock
        self._publisher = publisher
        self._checkpointer = state.checkpointer
        self.turns = LiveTurns(settings, inputs, state.engine, clock, state.past, state.since_us)
        publisher.inputs = self._input_health
        self._backlog = Backlog(engine, self.turns, clock, settings)
        publisher.in_backlog = self._backlog.covers
        self._marker = marker
        self._asides: list[Callable[[], Sequence[Notice]]] = [
            Silence(inputs, clock),
            FormatDrift(inputs, clock),
            WrongClock(inputs, clock, settings),
            FallingBehind(self._progress, clock),
        ]
        """Called once a second for their notices."""
        self._bytes_before = 0
        """Bytes read before the backlog."""
        self._next_pulse_us = state.started_us
        self._touched: dict[Input, None] = {}
        """The inputs that may have had lines since the last pulse."""

    def ask_each_second(self, aside: Callable[[], Sequence[Notice]]) -> None:
        """Publish the notices of a part other than an input once a second."""
        self._asides.append(aside)

    def discover(self, finder: Finder) -> None:
        """Add and remove inputs as files appear and disappear."""
        self._asides.append(Discovery(self._inputs, finder, self._clock, self.turns))

    def after_interval(self, look: Callable[[], None]) -> None:
        """Call this within a turn too, whenever an interval was reported or passed over."""
        self._publisher.after_interval = look

    @property
    def is_behind(self) -> bool:
        """Whether there is a backlog that takes a while."""
        return self.turns.behind and self.turns.lag_s >= _LONG_S

    def work_done(self) -> WorkDone:
        """Return the progress of the run in its backlog."""
        read, now_us = self.turns.read_bytes - self._bytes_before, self._engine.now_us
        share = read / (read + self.turns.healths.lag_bytes) if read else None
        return WorkDone(self._engine.health().lines, share, None if now_us == NEVER_US else now_us)

    def step(self) -> bool:
        """Take one turn; return True when the last input has finished."""
        self._notify(self._checkpointer.before_turn())
        finished = self._turn()
        # After the messages: a kill in between repeats some, and loses none. A stop writes its own at once.
        if not self.interrupted():
            self._notify(self._checkpointer.after_turn())
        return finished

    def _turn(self) -> bool:
        """Take one turn without recording it in the journal; return True when the last input has finished."""
        self.turns.interrupted = self.interrupted
        finished = self.turns.turn()
        if not self.turns.behind:
            self._bytes_before = self.turns.read_bytes
        for entry in self.turns.changed_inputs:
            self._notify([*entry.drain_notices(), *entry.drain_missing()])
            self._touched[entry] = None
        self._notify(self.turns.notices)
        caught_up = self._backlog.after_turn()
        if caught_up is not None:
            self._publisher.publish(caught_up)
        self._pulse()
        self._marker.after_turn()
        self._publisher.settle(self._engine.now_us)
        return finished

    def wait(self, waker: Waker, deadline: Deadline | None) -> None:
        """Wait until an input may have data, or something is due."""
        if self.turns.behind:
            return
        pause_s = min(self._clock.wait_s(self._next_pulse_us), self._checkpointer.due_in_s())
        for entry in self._inputs:
            if not entry.finished:
                pause_s = min(pause_s, entry.source.wants_poll_s())
        if deadline is not None:
            pause_s = min(pause_s, deadline.wait_s())
        if waker.wait(pause_s) and not self.interrupted():
            # A writer is likely to write more at once.
            waker.gather(_LARGE_TURN_S if self.turns.turn_bytes > _LARGE_TURN_BYTES else _TURN_S)

    def drain(self) -> None:
        """Read available lines; a large backlog or a log that keeps growing must not delay the stop."""
        deadline = Deadline(self._clock, _DRAIN_S)
        self.interrupted = lambda: not deadline.wait_s()
        self._asides.clear()  # they examine all inputs, and their results would only matter later
        # The checkpoint is written once, at the end: collecting the positions of thousands of files takes long.
        while not self._turn() and self.turns.behind and deadline.wait_s():
            pass

    def finish(self, *, complete: bool) -> None:
        """Publish the open intervals as partial, and the summary; write a last checkpoint."""
        del complete
        if self.turns.broken_off:
            # Inputs that the last turn did not reach may have grown.
            self.turns.measure_unread()
        self._engine.stop()
        # The summary counts the recorders that failed.
        self._marker.flush()
        self._publisher.publish(self._engine.summary())
        self._notify(self._checkpointer.finish())
        self._publisher.close(self._engine.now_us)

    def health(self) -> Health:
        """Return the counters of every line and byte read so far."""
        return self._engine.health() + self.turns.health()

    def _input_health(self) -> Health:
        """Return the health of the inputs, with those that cannot be read now."""
        return self.turns.health() + self.turns.healths.unreadable(self._inputs)

    def close(self) -> None:
        """Close the sources of all inputs, including those added later, and stop the recorders."""
        for entry in self._inputs:
            entry.source.close()
        self._publisher.close(self._engine.now_us)

    def _progress(self) -> Progress:
        turns = self.turns
        return Progress(turns.behind, turns.healths.lag_bytes, turns.lag_s, turns.read_bytes)

    def _notify(self, notices: Sequence[Notice]) -> None:
        if notices:
            self._publisher.notify(notices, self._engine.now_us)

    def _pulse(self) -> None:
        now_us = self._clock.now_us()
        # A pulse more than a second away was planned by a clock that has been set back.
        if now_us < self._next_pulse_us <= now_us + US_PER_S:
            return
        self._next_pulse_us = now_us - now_us % US_PER_S + US_PER_S
        touched, self._touched = self._touched, {}
        for entry in touched:
            notice = entry.notice_if_nothing_fits()
            if notice is not None:
                self._notify([notice])
        for aside in self._asides:
            self._notify(aside())
        self._publisher.publish(pulse_of(self._engine, self.turns, self._inputs, self._settings, now_us))
