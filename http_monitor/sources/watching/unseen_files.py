"""Tells by what a directory reports that files came and went at a path at which nobody has looked meanwhile."""

from http_monitor.units import US_PER_S

_LATE_US = 2 * US_PER_S
"""So late, at the most, it is reported that a file was made."""


class UnseenFiles:
    """Compares how many files were made at a path with how many were found there.

    A report may be late, and may never come: that too few were made shows nothing.
    """

    def __init__(self) -> None:
        self._counts: tuple[int, int] | None = None
        self._changed_us = self._since_us = 0
        self._ahead: int | None = None
        """At least so many more are found than made, unless some were not found; None: that is not known."""

    def look(self, made: int | None, found: int | None, now_us: int) -> bool:
        """Tell whether there were files that nobody found, of which it has not been told.

        Args:
            made: So many were reported before the path was looked at; None: that is not known.
            found: So many had been found after that look; None: there may be one that cannot be opened.
            now_us: The running clock.
        """
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
            # What was there when that began may have been made just before, and be reported now.
            return now_us - self._since_us >= _LATE_US
        # What was found first is reported soon; what is at rest was all reported, or is never.
        if now_us - self._changed_us >= _LATE_US:
            self._ahead = ahead
        return False
