"""A replay that people watch: it plays at a pace, pauses, and jumps to the next alert."""

from collections.abc import Sequence

from http_monitor.clock import END_OF_TIME_US
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.inputs.input import Input
from http_monitor.monitor.deadline import Deadline
from http_monitor.monitor.held_messages import HeldNotices
from http_monitor.monitor.playing.player import Player
from http_monitor.monitor.playing.playhead import Playhead
from http_monitor.monitor.publisher import Publisher
from http_monitor.monitor.replay_run import ReplayRun
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S
from http_monitor.waker import Waker

_LEAST_WAIT_US = US_PER_S // 20
"""Between two turns that count all that is due: a person sees no more."""
_LONGEST_WAIT_S = 3_600.0
_LONGEST_SLICE_US = 10 * US_PER_S
_FEW_ROWS, _MANY_ROWS = 200, 2_000
"""Counting fewer rows at once takes as long as counting so many."""


class PacedReplay(ReplayRun):
    """A replay that counts a row when the log's time has come to it; its messages are those of any other replay.

    The log's time is that of its first accepted row and then runs at the pace, while it is played. A row's time is the
    greatest one accepted from its file so far. A stretch without rows that would take more than 10 s is shortened to
    one second. Nothing is read ahead.

    A jump stops after the first raise, and after the rows that were counted at once with the one that brought it
    about: those of one bucket, or of up to 10 s of the log where rows are few.

    Args:
        inputs: The files.
        engine: Counts them, and publishes through `publisher`.
        publisher: Receives all messages.
        held: Notices about lines that now has not reached yet; shared with `publisher`.
        settings: The lengths of buckets.
        player: What it is to do; has the clock.
    """

    def __init__(
        self,
        inputs: Sequence[Input],
        engine: MetricsAggregator,
        publisher: Publisher,
        held: HeldNotices,
        settings: Settings,
        player: Player,
    ) -> None:
        super().__init__(inputs, engine, publisher, held)
        self._player = player
        self._clock = player.clock
        self._bucket_us = settings.bucket_size_s * US_PER_S
        self._closes_at_us = settings.bucket_waits_s * US_PER_S
        self._slice_buckets = 1
        self._head: Playhead | None = None
        """Where it stands; None: no row is known yet."""
        self._counted_us = 0
        """When rows were last counted, by the clock."""
        self._limit_us = -END_OF_TIME_US
        """Rows up to this time were due then."""

    def step(self) -> bool:
        """Read, or count what is due; return True when everything has been counted."""
        order, now_us = self._player.order, self._clock.running_us()
        if order.is_paused:
            if self._head is not None:
                self._move(self._head.at_speed(0, now_us))
            return False
        next_us = self._turns.next_us
        if next_us is None:
            return self._take(END_OF_TIME_US)
        head = self._head or Playhead(next_us, now_us, order.speed, next_us)
        head = head.at_speed(order.speed, now_us).before(next_us, now_us)
        self._move(head)
        if head.speed is not None:
            self._limit_us = head.limit_us(now_us)
        else:
            self._limit_us = self._slice_end_us(next_us) if order.is_jumping else END_OF_TIME_US
        if self._limit_us >= next_us:
            self._counted_us = now_us
            self._count(head, now_us)
        return False

    def wait(self, waker: Waker, deadline: Deadline | None) -> None:
        """Wait until the next row is due, or somebody orders something."""
        order = self._player.order
        longest_s = _LONGEST_WAIT_S if deadline is None else deadline.wait_s()
        if order.is_paused:
            waker.wait(longest_s)
            return
        next_us, head = self._turns.next_us, self._head
        if next_us is None or head is None or head.speed != order.speed or next_us <= self._limit_us:
            return
        now_us = self._clock.running_us()
        head = head.before(next_us, now_us)
        self._move(head)
        if head.speed is not None:
            wait_us = max(head.wait_us(now_us), self._counted_us + _LEAST_WAIT_US - now_us)
            if wait_us > 0:
                waker.wait(min(wait_us / US_PER_S, longest_s))

    def finish(self, *, complete: bool) -> None:
        """Publish the last reports and the summary; at the end of the log the player takes no more orders."""
        super().finish(complete=complete)
        if complete:
            self._player.finish()

    def _count(self, head: Playhead, now_us: int) -> None:
        """Count the rows that are due."""
        raises, accepted = self._engine.tracker.raises, self._engine.health().accepted
        self._take(self._limit_us)
        self._move(head.reached(self._engine.now_us, self._turns.next_us, now_us))
        self._fit_slice(self._engine.health().accepted - accepted)
        if self._engine.tracker.raises > raises:
            self._player.arrive()

    def _move(self, head: Playhead) -> None:
        self._head = head
        self._player.move(head)

    def _slice_end_us(self, next_us: int) -> int:
        """Return the end of what is counted at once in a jump; its first row closes a bucket, if any of them does."""
        start_us = (next_us - self._closes_at_us) // self._bucket_us * self._bucket_us + self._closes_at_us
        return start_us + self._slice_buckets * self._bucket_us - 1

    def _fit_slice(self, rows: int) -> None:
        """Choose the length of the next slice by the number of rows in the last one."""
        if rows < _FEW_ROWS:
            longest = max(1, _LONGEST_SLICE_US // self._bucket_us)
            self._slice_buckets = min(2 * self._slice_buckets, longest)
        elif rows > _MANY_ROWS:
            self._slice_buckets = max(1, self._slice_buckets // 2)
