"""Detects from a directory's events that files appeared and disappeared at a path between two looks."""

from http_monitor.units import US_PER_S

_LATE_US = 2 * US_PER_S
"""Maximum delay of the event of a new file, in time observed by looks."""
_PAUSE_US = US_PER_S
"""Maximum time counted between two looks: a process that gets no time to look may not receive events either."""


class UnseenFiles:
    """Compares the number of files made at a path with the number found there.

    Events may be delayed or lost, so too few of them prove nothing.
    """

    def __init__(self) -> None:
        self._counts: tuple[int, int] | None = None
        self._changed_us = self._since_us = 0
        self._looked_us: int | None = None
        """The running clock at the last look."""
        self._awake_us = 0
        """The time observed so far."""
        self._ahead: int | None = None
        """Lower bound of the files found minus those made, if none was missed; None: not known."""

    def look(self, made: int | None, found: int | None, now_us: int) -> bool:
        """Return whether files were missed that were not reported before.

        Args:
            made: Number of files reported as made before the look; None: not known.
            found: Number of files found up to that look; None: there may be one that cannot be opened.
            now_us: The running clock.
        """
        if self._looked_us is not None:
            self._awake_us += min(now_us - self._looked_us, _PAUSE_US)
        self._looked_us, now_us = now_us, self._awake_us
        if made is None or found is None:
            self._counts = self._ahead = None
            return False
        if self._counts != (made, found):
            self._counts, self._changed_us = (made, found), now_us
        ahead = found - made
        if self._ahead is None:
            self._ahead, self._since_us = ahead, now_us
        if ahead < self._ahead:
            self._ahead = ahead
            # A file that existed at the start may have been made just before, and be reported only now.
            return now_us - self._since_us >= _LATE_US
        # A file found first is reported soon; once events are at rest, all were reported or are lost.
        if now_us - self._changed_us >= _LATE_US:
            self._ahead = ahead
        return False
