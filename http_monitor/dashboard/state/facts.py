"""What is known of the run, apart from the rows."""

import math
from dataclasses import dataclass
from typing import Literal

from http_monitor.report import AlertEvent, Notice, Pulse, Report, Summary
from http_monitor.units import US_PER_S

Phase = Literal["starting", "waiting", "catching up", "live", "playing", "paused", "finished", "failed"]

_COMING_US = 2 * US_PER_S
"""How long the rows of a time may be on their way; else the last column of the chart would flicker."""


@dataclass(frozen=True, slots=True)
class Episode:
    """An alert, from its raise to its recovery."""

    raised: AlertEvent
    recovered: AlertEvent | None = None
    """None: it is active."""

    @property
    def start_us(self) -> int:
        """When it began, as far as known, else when it was raised."""
        return self.raised.began_us or self.raised.at_us

    @property
    def value(self) -> float | None:
        """The value when it was raised; None: an earlier run has raised it, and it is not known here."""
        return None if math.isnan(self.raised.value) else self.raised.value

    @property
    def threshold(self) -> float | None:
        """The value above which it was raised; None: not known likewise."""
        return None if math.isnan(self.raised.threshold) else self.raised.threshold

    @property
    def hits(self) -> int | None:
        """The hits of the window when it was raised; None: not known likewise."""
        return None if self.value is None else self.raised.hits


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the run."""

    title: str
    """The files or servers, sanitised."""
    format: str = ""
    """Name of the format; empty: not known yet."""
    window_s: int = 120
    recent_s: int = 900
    """Seconds of rows that are to be held."""
    is_replay: bool = False
    phase: Phase = "starting"
    pace: str = ""
    """Speed of a replay: ``×10``, ``max``; empty: live."""
    clock_us: int = 0
    """The wall clock, in a replay the time of the log."""
    now_us: int | None = None
    """The greatest time accepted; None: there was no row."""
    report: Report | None = None
    pulse: Pulse | None = None
    summary: Summary | None = None
    episodes: tuple[Episode, ...] = ()
    """All alerts of the run, the newest raise first."""
    events_dropped: int = 0
    """Alert events that are not in `episodes`, for lack of room."""
    notices: tuple[Notice, ...] = ()
    """The last ones, newest first."""
    reading_back_to_us: int | None = None
    """The time down to which rows of before the start are being read back; None: nothing is being read."""
    failure: str = ""
    """Why the run ended early; empty: it did not."""

    @property
    def reached_us(self) -> int | None:
        """The end of what is shown at now: what has not come by then does not come, but for late rows.

        Of a replay that is the greatest time accepted. A live run that has read all goes on while nothing comes, so
        that it is seen that nothing does. None: not known.
        """
        pulse = self.pulse
        if self.is_replay or pulse is None or pulse.lag_s or pulse.lag_bytes:
            return self.now_us
        # All rows may be from before the run.
        return max(self.now_us or 0, pulse.now_us - _COMING_US)

    @property
    def active(self) -> tuple[Episode, ...]:
        """The alerts that have not recovered."""
        return tuple(episode for episode in self.episodes if episode.recovered is None)
