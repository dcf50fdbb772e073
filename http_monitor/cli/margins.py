"""How far the lines of a log may be out of order when a time is searched for."""

from http_monitor.inputs.seeking.search import Bound
from http_monitor.parser.fields.zones import LOCAL, find_zone
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S

_MIN_S = 60
_NEAR_S = 6 * 3_600


def window_before(settings: Settings, began_us: int) -> Bound:
    """Return the beginning of the window at the start of a live run."""
    since_us = began_us - (settings.window_s + settings.bucket_size_s) * US_PER_S
    bound = Margins(settings).bound(since_us)
    assert bound is not None
    return bound


class Margins:
    """The margins of a run.

    Args:
        settings: The settings of the run.
    """

    def __init__(self, settings: Settings) -> None:
        self._zone = LOCAL if settings.log_timezone is None else find_zone(settings.log_timezone)
        self.least_us = max(_MIN_S, settings.bucket_waits_s) * US_PER_S
        """The margin at any time: a minute, or --lateness if that is longer."""

    def bound(self, at_us: int | None) -> Bound | None:
        """Return a bound of a span, with its margin; None if there is no bound.

        At a change of the clocks, a local time may be read as another hour if the previous line is not known.
        """
        if at_us is None:
            return None
        at_s = at_us // US_PER_S
        change_s = abs(self._zone.offset_s(at_s + _NEAR_S) - self._zone.offset_s(at_s - _NEAR_S))
        return Bound(at_us, self.least_us + 2 * change_s * US_PER_S)
