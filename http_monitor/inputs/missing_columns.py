"""Notices that the lines of a log lack what an option asks of them."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from http_monitor.ports.log_format import Need
from http_monitor.records import LACKS_SIZE, Batch

ENOUGH_ROWS = 20
"""So many lines without it are enough to say so."""
STATUS = Need("status", "a status", "errors are not known, and error-rate cannot be judged")
CLIENT = Need("host", "a client address", "nobody's flood is noticed, and ddos cannot be judged")
EVERY_LOG = (
    STATUS,
    CLIENT,
    Need("path", "a path", "sections and endpoints are not known"),
    Need("size_bytes", "a size", "bytes are not known"),
)
"""What figures of every report, and alerts, ask of the lines of every log."""
_NOBODY = {b"-"}


class MissingColumns:
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
        self._needs = [need for need in self._needs if _is_absent(need.column, part)]
        return int(batch.line_nos[len(part) - 1]) if self._rows == ENOUGH_ROWS else None

    def tell(self, *, ended: bool) -> Iterator[tuple[Need, str]]:
        """Yield, once, what no line has, in words; after fewer lines only where no more will come.

        Args:
            ended: The log will have no more lines.
        """
        if self._rows and (ended or self._rows >= ENOUGH_ROWS):
            lines = "its only line lacks" if self._rows == 1 else f"none of its first {self._rows} lines has"
            for need in self._needs:
                yield need, f"{lines} {need.what}, so {need.consequence}"
            self._needs = []


def _is_absent(name: str, rows: pa.RecordBatch) -> bool:
    """Tell whether no row has anything in a column; a size that is ``-`` is there."""
    values = rows.column(name).to_pylist()
    match name:
        case "status":
            return not any(values)
        case "host":
            return set(values) == _NOBODY
        case "size_bytes":
            return all((lacks or 0) & LACKS_SIZE for lacks in rows.column("lacks").to_pylist())
        case _:
            return all(value is None for value in values)
