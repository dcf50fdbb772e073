"""The gate that a file's rows pass before they are counted, so that one line of the year 2099 stops no clock."""

from dataclasses import dataclass

from tests.reference.shapes import RowLike

NEXT_LINES = 10
"""Number of well-formed lines that may confirm a held one."""


@dataclass
class LockedFolder:
    """A row that waits for another one of its time."""

    row: RowLike
    passed: int = 0
    """Well-formed lines of its file that were looked at since."""


@dataclass(frozen=True)
class Offered:
    """What is decided by looking at a line."""

    released: list[RowLike]
    """They are accepted before the line, in this order."""
    is_held: bool
    """The line waits itself; else it is accepted."""
    ahead: int
    """Number of lines that were not confirmed."""


class AheadFilter:
    """Holds rows of one file that are far ahead until one of the next well-formed ones confirms them."""

    def __init__(self, max_ahead_us: int) -> None:
        self.held: list[LockedFolder] = []
        self._max_ahead_us = max_ahead_us
        self._greatest_us: int | None = None

    def offer(self, row: RowLike) -> Offered:
        """Look at the next row."""
        confirmed = [h.row for h in self.held if row.time_us >= h.row.time_us - self._max_ahead_us]
        self.held = [h for h in self.held if row.time_us < h.row.time_us - self._max_ahead_us]
        for released in confirmed:
            self.accept(released)
        is_held = self._greatest_us is None or row.time_us > self._greatest_us + self._max_ahead_us
        if not is_held:
            self.accept(row)
        ahead = self.let_pass()
        if is_held:
            self.held.append(LockedFolder(row))
        return Offered(confirmed, is_held, ahead)

    def let_pass(self) -> int:
        """Look at a well-formed line that confirms nothing; return how many have waited in vain."""
        for h in self.held:
            h.passed += 1
        waiting = [h for h in self.held if h.passed < NEXT_LINES]
        in_vain = len(self.held) - len(waiting)
        self.held = waiting
        return in_vain

    def release(self) -> list[RowLike]:
        """Return the held rows, in file order, and hold them no longer: the file has ended."""
        rows = [h.row for h in self.held]
        self.held = []
        return rows

    def accept(self, row: RowLike) -> None:
        """Know the time of a row that is accepted from this file."""
        if self._greatest_us is None or row.time_us > self._greatest_us:
            self._greatest_us = row.time_us
