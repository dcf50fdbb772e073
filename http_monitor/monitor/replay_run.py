"""A replay: reads files to their ends as one merged log, in event time."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from http_monitor.clock import END_OF_TIME_US
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.errors import HttpMonitorError
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.health import Health
from http_monitor.inputs.input import Input
from http_monitor.inputs.readahead.protocol import ReadAhead
from http_monitor.monitor.deadline import Deadline
from http_monitor.monitor.held_messages import HeldNotices
from http_monitor.monitor.marker import Marker
from http_monitor.monitor.publisher import Publisher
from http_monitor.monitor.replay_turns import ReplayTurns
from http_monitor.report import WorkDone
from http_monitor.waker import Waker


class ReplayRun:
    """A `monitor.run.Run` that never waits, except for reading ahead.

    Args:
        inputs: The files.
        engine: Counts them, and publishes through `publisher`.
        publisher: Receives all messages.
        held: Notices about lines that now has not reached yet; shared with `publisher`.
        ahead: Reads and parses in parallel with the counting, with the same results; closed with the inputs. None:
                each chunk is parsed when it is needed.
    """

    def __init__(
        self,
        inputs: Sequence[Input],
        engine: MetricsAggregator,
        publisher: Publisher,
        held: HeldNotices,
        ahead: ReadAhead | None = None,
    ) -> None:
        self.interrupted: Callable[[], bool] = lambda: False
        self._inputs = inputs
        self._engine = engine
        self._publisher = publisher
        self._ahead = ahead
        self._turns = ReplayTurns(inputs, engine, held, ahead)
        publisher.inputs = self._turns.health
        self._marker = Marker(publisher.hub, engine, self._turns.positions)

    def after_interval(self, look: Callable[[], None]) -> None:
        """Call this within a turn too, whenever an interval was reported or passed over."""
        self._publisher.after_interval = look

    @property
    def is_behind(self) -> bool:
        """Whether there is anything to read, as there is until the end."""
        return True

    def work_done(self) -> WorkDone:
        """Return the progress of the run."""
        now_us = self._engine.now_us
        return WorkDone(self._engine.health().lines, self._turns.share, None if now_us == NEVER_US else now_us)

    def step(self) -> bool:
        """Read or count once; return True when everything has been counted."""
        return self._take(END_OF_TIME_US)

    def _take(self, limit_us: int) -> bool:
        try:
            finished = self._turns.turn(limit_us)
        except HttpMonitorError:
            # Notices about lines of the other files are still true.
            self._publisher.notify_rest()
            raise
        self._marker.after_turn()
        self._publisher.settle(self._engine.now_us)
        return finished

    def wait(self, waker: Waker, deadline: Deadline | None) -> None:
        """Return at once: all data is available."""
        del waker, deadline

    def drain(self) -> None:
        """Read nothing: unread lines do not belong to this run."""

    def finish(self, *, complete: bool) -> None:
        """Publish the last reports and the summary."""
        (self._engine.finish if complete else self._engine.stop)()
        self._marker.after_turn()
        # The summary counts the recorders that failed.
        self._marker.flush()
        summary = self._engine.summary()
        self._publisher.publish(summary if complete else replace(summary, stopped=self.work_done()))
        self._publisher.close(self._engine.now_us)

    def health(self) -> Health:
        """Return the counters of every line and byte counted so far."""
        return self._engine.health() + self._turns.health()

    def close(self) -> None:
        """Close the sources, and stop the recorders."""
        if self._ahead is not None:
            self._ahead.close()
        for entry in self._inputs:
            entry.source.close()
        self._publisher.close(self._engine.now_us)
