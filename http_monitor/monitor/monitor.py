"""The monitor's loop: turns, what is told between them, and the end."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from http_monitor.clock import Clock
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.errors import HttpMonitorError
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.health import Health
from http_monitor.inputs.input import Input
from http_monitor.inputs.readahead.protocol import ReadAhead
from http_monitor.monitor.deadline import Deadline
from http_monitor.monitor.held_messages import HeldNotices
from http_monitor.monitor.replay_turns import ReplayTurns
from http_monitor.ports.agent import ClassifyAgent
from http_monitor.ports.alert import Alert
from http_monitor.ports.checkpoint import CheckpointStore
from http_monitor.ports.sink import BucketSink, ReportSink, Settling
from http_monitor.report import CaughtUp, Message, Notice, Pulse, Report, Summary
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S
from http_monitor.waker import Waker

if TYPE_CHECKING:
    from http_monitor.checkpoint.checkpointer import Checkpointer
    from http_monitor.checkpoint.restore import Resumed
    from http_monitor.monitor.discovery import Finder
    from http_monitor.monitor.live_run import LiveRun
    from http_monitor.monitor.live_turns import LiveTurns

_FOLLOWING = "http_monitor.monitor.live_run"
"""Is imported by live runs only: a replay would wait for what it does not use."""
_TURN_S = 0.2
"""Five turns a second are plenty: what comes faster is read together."""
_LARGE_TURN_S = 0.05
"""Likewise where lines come so fast that more would not be read in one turn."""
_LARGE_TURN_BYTES = 256 << 10
_DRAIN_S = 0.5
"""So long a stop goes on reading: enough for what a live log has, not for the backlog of a year."""


class HTTPMonitor:
    """Follows or replays inputs, and tells sinks what it finds.

    One thread owns it and everything below it: sources, parser, aggregator, alerts. In a replay another thread, or
    another process, may own what reads and parses (`ReadAhead`). `step` is one turn and does not wait, but for a moment
    in such a replay; `run` takes turns until it is stopped or nothing can come any more.
    """

    def __init__(
        self,
        settings: Settings,
        inputs: Sequence[Input],
        alerts: Sequence[Alert],
        sinks: Sequence[ReportSink],
        clock: Clock,
        bucket_sinks: Sequence[BucketSink] = (),
        started_us: int | None = None,
        store: CheckpointStore | None = None,
        resumed: "Resumed | None" = None,
        classify: ClassifyAgent | None = None,
        unreadable: bool = False,
        ahead: ReadAhead | None = None,
    ) -> None:
        """Put together.

        Args:
            settings: what the user chose.
            inputs: what is read.
            alerts: the rules.
            sinks: take every message.
            clock: the time.
            bucket_sinks: take closed buckets.
            started_us: when the user was told that it begins; None: just now.
            store: where a live run leaves what another can go on with; None: nowhere.
            resumed: what such a run goes on with; the sources of its inputs have been made for that.
            classify: tells the families of user agents; None: reports do not have them.
            unreadable: there was a checkpoint, and nobody can go on from it.
            ahead: in a replay, reads and parses beside the counting; the results are the same. It is closed with the
                inputs.
        """
        self._settings = settings
        self._inputs = list(inputs)
        self._sinks = tuple(sinks)
        self._clock = clock
        self._started_us = clock.now_us() if started_us is None else started_us
        self._aggregator = MetricsAggregator(
            settings,
            "replay" if settings.replay else "live",
            self.publish,
            start_us=None if settings.replay or settings.from_start or resumed else self._started_us,
            bucket_sinks=bucket_sinks,
            classify=classify,
        )
        for alert in alerts:
            self._aggregator.register(alert)
        self._following: LiveRun | None = None
        if not settings.replay:
            self._following = import_module(_FOLLOWING).LiveRun(
                settings,
                self._aggregator,
                self._inputs,
                clock,
                started_us=self._started_us,
                store=store,
                resumed=resumed,
                unreadable=unreadable,
            )
        self._live: LiveTurns | None = None if self._following is None else self._following.turns
        self._keeper: Checkpointer | None = None if self._following is None else self._following.keeper
        self._ahead = ahead
        self._waiting = HeldNotices(settings.bucket_waits_s * US_PER_S)
        self._turns = self._live or ReplayTurns(self._inputs, self._aggregator, self._waiting, ahead)
        self._stopping = False
        self._asides: list[Callable[[], Sequence[Notice]]] = []
        if self._following is not None:
            self._asides += self._following.asides
        self._next_pulse_us = self._started_us
        self._touched: dict[Input, None] = {}
        """The inputs that may have had lines since the last pulse."""
        self._before_backlog = self._aggregator.now_us, 0, 0

    def health(self) -> Health:
        """Return where every line read so far went; a replay's lines that wait for other files come later."""
        return self._aggregator.health() + self._turns.health()

    def publish(self, message: Message) -> None:
        """Hand a message to every sink, in order; what a replay has shown until then goes before it.

        The engine knows what became of lines, the turns what became of inputs: reports tell both.
        """
        if isinstance(message, Report | Summary):
            health = message.health + self._turns.health()
            message = message if health is message.health else replace(message, health=health)
        for notice in self._waiting.before(message):
            self._hand_out(notice)
        self._hand_out(message)

    def _hand_out(self, message: Message) -> None:
        for sink in self._sinks:
            sink.publish(message)
        if self._keeper is not None:
            self._keeper.note(message)

    def listen_to(self, aside: Callable[[], Sequence[Notice]]) -> None:
        """Pass on, once a second, what somebody beside the inputs has to say."""
        self._asides.append(aside)

    def look_for_more(self, finder: "Finder") -> None:
        """Let inputs join a live run, and go, as files come and go."""
        assert self._following is not None
        self._asides.append(self._following.discovery(finder))

    def request_stop(self) -> None:
        """Let `run` end after the turn it is in; may be called by a signal handler."""
        self._stopping = True

    def step(self) -> bool:
        """Take one turn; return True when nothing can come any more."""
        if self._keeper is not None:
            self._say(self._keeper.before_turn())
        try:
            finished = self._turns.turn()
        except HttpMonitorError:
            # What was found of the other files is no less true.
            for notice in self._waiting.rest():
                self._hand_out(notice)
            raise
        if self._live is not None:
            self._tell_of_inputs(self._live)
            self._tell_of_backlog(self._live)
            self._pulse(self._live)
        for sink in self._sinks:
            if isinstance(sink, Settling):
                sink.settle()
        if self._keeper is not None:
            # After the messages: a kill in between repeats some, and loses none.
            self._say(self._keeper.after_turn())
        return finished

    def run(self, waker: Waker) -> None:
        """Take turns until the end or a stop, then say what is left to say."""
        duration_s = self._settings.duration_s
        deadline = None if duration_s is None else Deadline(self._clock, duration_s)
        finished = False
        if self._live is not None:
            self._live.interrupted = lambda: self._stopping
        while not (finished or self._stopping):
            finished = self.step()
            if deadline is not None and not deadline.wait_s():
                break
            if self._live is not None and not finished and not self._live.behind:
                self._wait(waker, deadline)
        if self._live is not None and not finished:
            self._drain(self._live)
        self.close(finished=finished)

    def close(self, *, finished: bool) -> None:
        """Publish the last reports and the summary.

        Args:
            finished: the end of a replay was reached, as against a stop at any moment.
        """
        if finished and self._live is None:
            self._aggregator.finish()
        else:
            self._aggregator.stop()
        self.publish(self._aggregator.summary())
        if self._keeper is not None:
            self._say(self._keeper.finish())

    def close_inputs(self) -> None:
        """Let go of the sources of all inputs, those that joined too."""
        if self._ahead is not None:
            self._ahead.close()
        for entry in self._inputs:
            entry.source.close()

    def _drain(self, live: "LiveTurns") -> None:
        """Read what is there at a stop; a large backlog, or a log that grows all the while, must not hold it up."""
        deadline = Deadline(self._clock, _DRAIN_S)
        live.interrupted = lambda: not deadline.wait_s()
        while not self.step() and live.behind and deadline.wait_s():
            pass

    def _wait(self, waker: Waker, deadline: Deadline | None) -> None:
        pause_s = self._clock.wait_s(self._next_pulse_us)
        for entry in self._inputs:
            if not entry.finished:
                pause_s = min(pause_s, entry.source.wants_poll_s())
        if deadline is not None:
            pause_s = min(pause_s, deadline.wait_s())
        if self._keeper is not None:
            pause_s = min(pause_s, self._keeper.wants_s())
        if waker.wait(pause_s) and not self._stopping:
            # Whoever writes is likely to write more at once.
            is_large = self._live is not None and self._live.turn_bytes > _LARGE_TURN_BYTES
            waker.gather(_LARGE_TURN_S if is_large else _TURN_S)

    def _say(self, notices: Sequence[Notice]) -> None:
        now_us = self._aggregator.now_us
        for notice in notices:
            self.publish(notice.at(None if now_us == NEVER_US else now_us))

    def _tell_of_inputs(self, live: "LiveTurns") -> None:
        for entry in live.looked:
            self._say([*entry.take_notices(), *entry.take_lacks()])
            self._touched[entry] = None
        self._say(live.notices)

    def _tell_of_backlog(self, live: "LiveTurns") -> None:
        """Remember where a backlog began; say how large it was when it has been worked off."""
        counts = self._aggregator.health()
        here = self._aggregator.now_us, counts.lines, self._aggregator.tracker.raises
        if not live.catching_up:
            self._before_backlog = here
        elif not live.behind:
            since_us, lines, raises = self._before_backlog
            self._before_backlog = here
            if counts.lines > lines:
                # Now has gone on to the wall clock, which an old log may have ended long before.
                end_us = min(here[0], self._aggregator.last_us)
                span_s = max(0, end_us - max(since_us, self._aggregator.first_us)) // US_PER_S
                self.publish(CaughtUp(span_s, counts.lines - lines, here[2] - raises, at_us=here[0]))

    def _pulse(self, live: "LiveTurns") -> None:
        now_us = self._clock.now_us()
        # A pulse further away than a second was planned by a clock that has been set back.
        if now_us < self._next_pulse_us <= now_us + US_PER_S:
            return
        self._next_pulse_us = now_us - now_us % US_PER_S + US_PER_S
        touched, self._touched = self._touched, {}
        for entry in touched:
            notice: Notice | None = entry.notice_if_nothing_fits()
            if notice is not None:
                self._say([notice])
        for aside in self._asides:
            self._say(aside())
        window = self._aggregator.window
        waiting = [live.healths.of(entry) for entry in self._inputs] if live.healths.waiting else []
        self.publish(
            Pulse(
                now_us=now_us,
                hits_per_s=window.last_bucket_hits() / self._settings.bucket_size_s,
                window_hits_per_s=window.hits / window.seconds,
                threshold_per_s=self._settings.alert_threshold,
                next_report_us=self._aggregator.next_report_us(),
                active=len(self._aggregator.tracker.active()),
                lag_bytes=live.healths.lag_bytes if live.behind else 0,
                lag_s=live.lag_s,
                waiting_for="; ".join(health.waiting_for for health in waiting if health.waiting_for),
                waiting_since_us=min(
                    (health.waiting_since_us for health in waiting if health.waiting_since_us is not None), default=None
                ),
            )
        )
