"""Where a replay at a pace stands in its log, as its clock runs."""

from dataclasses import dataclass, replace

from http_monitor.units import US_PER_S

LONGEST_IDLE_US = 10 * US_PER_S
"""Longer stretches without lines, in time of the wall clock, are shortened."""
SHORT_IDLE_US = US_PER_S
"""What is left of them."""
MOST_BEHIND_US = US_PER_S
"""What counting is behind by more than this, in time of the wall clock, is not made up for."""


@dataclass(frozen=True, slots=True)
class Playhead:
    """A time of the log at a time of a clock that only increases, and what becomes of it."""

    time_us: int
    """The time of the log."""
    since_us: int
    """When the clock showed it."""
    speed: int | None
    """Seconds of the log in a second; 0: it stands; None: as fast as possible."""
    next_us: int
    """Time of the next row to be counted, which people do not see it pass; that of the last one if there is none."""

    def limit_us(self, running_us: int) -> int:
        """Return the time up to which rows may be counted, unless it goes as fast as possible."""
        return self.time_us + (self.speed or 0) * (running_us - self.since_us)

    def shown_us(self, running_us: int) -> int:
        """Return the time of the log."""
        return min(self.next_us, self.limit_us(running_us))

    def wait_us(self, running_us: int) -> int:
        """Return the time until the next row may be counted; it must not stand."""
        if self.speed is None:
            return 0
        # Rounded up, so that the row is due then.
        return max(0, -((self.limit_us(running_us) - self.next_us) // self.speed))

    def at_speed(self, speed: int | None, running_us: int) -> "Playhead":
        """Go on from here at another speed."""
        return self if speed == self.speed else Playhead(self.shown_us(running_us), running_us, speed, self.next_us)

    def before(self, next_us: int, running_us: int) -> "Playhead":
        """Go on in front of the next row; a long way before it is shortened, and one behind it too.

        So nobody waits an hour for the next line, and after a stop of the process or a dense stretch that took long to
        count the log is not rushed through.
        """
        head = replace(self, next_us=next_us)
        if not head.speed:
            return head
        ahead_us = next_us - head.limit_us(running_us)
        if ahead_us > LONGEST_IDLE_US * head.speed:
            return replace(head, time_us=next_us - SHORT_IDLE_US * head.speed, since_us=running_us)
        if -ahead_us > MOST_BEHIND_US * head.speed:
            return replace(head, time_us=next_us, since_us=running_us)
        return head

    def reached(self, time_us: int, next_us: int | None, running_us: int) -> "Playhead":
        """Go on after counting rows.

        Args:
            time_us: The greatest time counted.
            next_us: Time of the next row; None: not known, or there is none.
            running_us: What the clock shows.
        """
        head = replace(self, next_us=time_us if next_us is None else next_us)
        return replace(head, time_us=time_us, since_us=running_us) if head.speed is None else head
