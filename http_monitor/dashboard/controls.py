"""What the screen may ask of the run. All of it may be called in the screen's thread."""

from collections.abc import Sequence
from typing import Literal, Protocol

from http_monitor.dashboard.state.answers import ShownLine
from http_monitor.dashboard.state.facts import Facts
from http_monitor.ports.views import FoundLine

Pace = Literal["×1", "×10", "×100", "max"]
PACES: tuple[Pace, ...] = ("×1", "×10", "×100", "max")
"""Speeds of a replay; ``max`` reads as fast as possible."""


class Player(Protocol):
    """Plays a replay."""

    @property
    def pace(self) -> Pace:
        """The speed."""
        ...

    @property
    def is_paused(self) -> bool:
        """Whether it stands still."""
        ...

    @property
    def is_jumping(self) -> bool:
        """Whether it reads on to the next alert."""
        ...

    @property
    def is_finished(self) -> bool:
        """Whether the end of the log was reached, so that it takes no more orders."""
        ...

    def play(self, pace: Pace) -> None:
        """Go on at a speed."""
        ...

    def pause(self) -> None:
        """Stand still until `play`."""
        ...

    def jump(self) -> None:
        """Read as fast as possible up to the next raise of an alert, then pause."""
        ...


class Run(Protocol):
    """The run that the screen shows."""

    @property
    def player(self) -> Player | None:
        """Plays a replay; None: the run is live."""
        ...

    def facts(self) -> Facts:
        """Return what is known now; cheap, called for each frame."""
        ...

    def read_lines(self, rows: Sequence[FoundLine]) -> list[ShownLine]:
        """Read the lines of rows again. Called in one thread, not the screen's."""
        ...

    def check_filter(self, expression: str) -> None:
        """Raise UsageError for a malformed expression; its text names the column."""
        ...

    def stop(self) -> None:
        """Ask the run to end; its thread then ends soon."""
        ...

    @property
    def is_ended(self) -> bool:
        """Whether the thread of the run has ended, by itself, by a signal or by an error."""
        ...
