"""The obstacle to reading a path, since when it exists, and the notices about its beginning and end."""

from http_monitor.clock import Clock
from http_monitor.health import NO_HEALTH, Health
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.tail.file_chain import FileChain
from http_monitor.units import visible_text


class Waiting:
    """What a tail waits for.

    Args:
        path: The path as the user gave it.
        clock: Tells since when it waits.
    """

    def __init__(self, path: str, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self.obstacle: Obstacle | None = None
        """The obstacle at the last look; None: there was none."""
        self._since_us = 0
        self._welcome = "readable again"

    def welcome_as_new(self) -> None:
        """Record that nothing was at the path when it was announced, so that a file that appears is new."""
        self._welcome = "found, reading it from its start"

    def meet(self, chain: FileChain, met: Obstacle | None) -> None:
        """Store the present obstacle, and notify the user if it has changed."""
        if met is None:
            if self.obstacle is not None:
                self.obstacle = None
                chain.notify(self._welcome, "readable")
            self._welcome = "readable again"
        elif met != self.obstacle:
            if self.obstacle is None:
                self._since_us = self._clock.now_us()
            self.obstacle = met
            chain.notify(met.notice, "unreadable", warning=True)

    def health(self) -> Health:
        """Return the obstacle as part of the health of the tail."""
        if self.obstacle is None:
            return NO_HEALTH
        words = f"{visible_text(self._path)} {self.obstacle.state}"
        return Health(waiting_for=words, waiting_since_us=self._since_us)
