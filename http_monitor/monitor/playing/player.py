"""What people ask of a replay while it plays, and where it stands."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from http_monitor.clock import Clock
from http_monitor.monitor.playing.playhead import Playhead

Pace = Literal["×1", "×10", "×100", "max"]
SPEEDS: dict[Pace, int | None] = {"×1": 1, "×10": 10, "×100": 100, "max": None}
"""Seconds of the log in a second; None: as fast as possible."""
FIRST_PACE: Pace = "×10"


@dataclass(frozen=True, slots=True)
class Order:
    """What a replay is to do."""

    pace: Pace = FIRST_PACE
    is_paused: bool = False
    is_jumping: bool = False
    """It goes as fast as possible up to the next raise of an alert, whatever its pace."""

    @property
    def speed(self) -> int | None:
        """Seconds of the log in a second; 0: it stands; None: as fast as possible."""
        if self.is_paused:
            return 0
        return None if self.is_jumping else SPEEDS[self.pace]


class Player:
    """Orders from a screen's thread to the replay's, and the time of the log the other way.

    What both threads change is one frozen value, under a lock. At the end of the log orders do nothing.

    Args:
        wake: Wakes the replay's thread; called by the one that orders.
        clock: Its `running_us` is the time for which the log plays.
    """

    def __init__(self, wake: Callable[[], None], clock: Clock) -> None:
        self._wake = wake
        self.clock = clock
        self._lock = threading.Lock()
        self._order = Order()
        self._playhead: Playhead | None = None
        self._is_finished = False

    @property
    def order(self) -> Order:
        """What the replay is to do now."""
        return self._order

    @property
    def pace(self) -> Pace:
        """The speed, also while it stands or jumps."""
        return self._order.pace

    @property
    def is_paused(self) -> bool:
        """Whether it stands still."""
        return self._order.is_paused

    @property
    def is_jumping(self) -> bool:
        """Whether it looks for the next raise of an alert."""
        return self._order.is_jumping

    @property
    def is_finished(self) -> bool:
        """Whether the end of the log was reached; the summary has been published."""
        return self._is_finished

    @property
    def reached_us(self) -> int | None:
        """The time of the log, which runs on between its lines; None: no line has been read yet."""
        playhead = self._playhead
        return None if playhead is None else playhead.shown_us(self.clock.running_us())

    def play(self, pace: Pace) -> None:
        """Go on at a speed."""
        self._give(Order(pace))

    def pause(self) -> None:
        """Stand still until `play` or `jump`."""
        self._give(Order(self.pace, is_paused=True))

    def jump(self) -> None:
        """Read as fast as possible up to the next raise of an alert, then pause."""
        self._give(Order(self.pace, is_jumping=True))

    def _give(self, order: Order) -> None:
        with self._lock:
            if self._is_finished:
                return
            self._order = order
        self._wake()

    def arrive(self) -> None:
        """Pause after a jump, unless there is another order by now; called by the replay."""
        with self._lock:
            if self._order.is_jumping:
                self._order = Order(self._order.pace, is_paused=True)

    def move(self, playhead: Playhead) -> None:
        """Take over where the replay stands; called by the replay."""
        self._playhead = playhead

    def finish(self) -> None:
        """Take no more orders; called by the replay."""
        with self._lock:
            self._order = Order(self._order.pace)
            self._is_finished = True
