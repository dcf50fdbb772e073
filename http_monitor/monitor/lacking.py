"""Notices that the lines of a log lack what an option asks of them."""

from collections.abc import Iterable, Iterator

from http_monitor.ports import Need
from http_monitor.records import Batch

ENOUGH_ROWS = 20
"""So many lines without it are enough to say so."""
CLIENT = Need("host", "a client address", "nobody's flood is noticed")
"""What the `ddos` alert asks of the lines of every log."""
_NOBODY = {b"-"}


class Lacking:
    """Looks at the first lines of one log that fit its format. Owned by the thread that parses.

    Args:
        needs: What options ask of the lines.
    """

    def __init__(self, needs: Iterable[Need]) -> None:
        self._needs = list(needs)
        self._rows = 0

    def look(self, batch: Batch) -> int | None:
        """Take the next lines, before any of them is filtered out.

        Returns:
            The number of the line with which enough of them are known; None where that is not among these.
        """
        part = batch.rows.slice(0, ENOUGH_ROWS - self._rows) if self._needs else batch.rows
        if not self._needs or not len(part):
            return None
        self._rows += len(part)
        columns = dict(zip(part.schema.names, part.columns, strict=True))
        # A host is never null.
        self._needs = [
            need
            for need in self._needs
            if columns[need.column].null_count == len(part) or set(columns[need.column].to_pylist()) == _NOBODY
        ]
        return int(batch.line_nos[len(part) - 1]) if self._rows == ENOUGH_ROWS else None

    def tell(self, *, ended: bool) -> Iterator[str]:
        """Yield, once, what no line has; after fewer lines only where no more will come.

        Args:
            ended: The log will have no more lines.
        """
        if self._rows and (ended or self._rows >= ENOUGH_ROWS):
            lines = "its only line lacks" if self._rows == 1 else f"none of its first {self._rows} lines has"
            for need in self._needs:
                yield f"{lines} {need.what}, so {need.consequence}"
            self._needs = []
