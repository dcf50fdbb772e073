"""What hinders the reading of a path, since when, and the words for its begin and its end."""

from http_monitor.clock import Clock
from http_monitor.health import NO_HEALTH, Health
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.units import visible_text


class Waiting:
    """What a tail waits for.

    Args:
        path: As it was given.
        clock: Tells since when it waits.
    """

    def __init__(self, path: str, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self.obstacle: Obstacle | None = None
        """What hindered the last look; None: nothing did."""
        self._since_us = 0
        self._welcome = "readable again"

    def welcome_as_new(self) -> None:
        """Learn that nothing had stood at the path when it was announced: what comes is new."""
        self._welcome = "found, reading it from its start"

    def meet(self, chain: FileChain, met: Obstacle | None) -> None:
        """Take note of what hinders now, and say so when that changes."""
        if met is None:
            if self.obstacle is not None:
                self.obstacle = None
                chain.say(self._welcome, "readable")
            self._welcome = "readable again"
        elif met != self.obstacle:
            if self.obstacle is None:
                self._since_us = self._clock.now_us()
            self.obstacle = met
            chain.say(met.notice, "unreadable", warning=True)

    def health(self) -> Health:
        """Return it as part of the health of the tail."""
        if self.obstacle is None:
            return NO_HEALTH
        words = f"{visible_text(self._path)} {self.obstacle.state}"
        return Health(waiting_for=words, waiting_since_us=self._since_us)
