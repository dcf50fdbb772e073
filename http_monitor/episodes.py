"""The alerts of a run as episodes, which its summary lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Episode:
    """An alert of one subject from its raise to its recovery; what had recovered for less than a window goes on."""

    name: str
    """The rule."""
    subject: bytes | None
    start_us: int
    """`at` of the first raise."""
    end_us: int | None
    """`at` of the last recovery; None: it is still active."""
    raises: int
    peak: float | None
    """The greatest value at a close at which it was raised; None: not known, for a part of it."""
    unit: str
    """Of the peak: ``/s`` or ``%``."""

    @property
    def length_us(self) -> int | None:
        """Time from its start to its end; None while it is active. The clock may have been set back meanwhile."""
        return None if self.end_us is None else max(0, self.end_us - self.start_us)


@dataclass(frozen=True, slots=True)
class Episodes:
    """All episodes of a run: the longest ones one by one, the others as sums."""

    rows: tuple[Episode, ...] = ()
    """In the order of their starts."""
    more: int = 0
    """Number of episodes that are not among the rows."""
    more_raises: int = 0
    """Number of raises in those."""
