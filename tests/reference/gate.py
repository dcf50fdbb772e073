"""The gate that a file's rows pass before they are counted, so that one line of the year 2099 stops no clock."""

from tests.reference.shapes import RowLike


class Gate:
    """Holds at most one row, of one file, until the next well-formed one says whether to believe it (DESIGN §3)."""

    def __init__(self, max_ahead_us: int) -> None:
        self.held: RowLike | None = None
        self._max_ahead_us = max_ahead_us
        self._greatest_us: int | None = None

    def offer(self, row: RowLike) -> list[tuple[RowLike, bool]]:
        """Take the next row; return the rows that are decided by it, in order, each with whether it is accepted."""
        decided: list[tuple[RowLike, bool]] = []
        held = self.held
        if held is not None:
            believed = row.time_us >= held.time_us - self._max_ahead_us
            decided.append((held, believed))
            self.held = None
            if believed:
                self.accept(held)
        if self._greatest_us is None or row.time_us > self._greatest_us + self._max_ahead_us:
            self.held = row
        else:
            self.accept(row)
            decided.append((row, True))
        return decided

    def release(self) -> RowLike | None:
        """Return the held row, if there is one, and hold it no longer: the file has ended."""
        held = self.held
        self.held = None
        return held

    def accept(self, row: RowLike) -> None:
        """Know the time of a row that is accepted from this file."""
        if self._greatest_us is None or row.time_us > self._greatest_us:
            self._greatest_us = row.time_us
