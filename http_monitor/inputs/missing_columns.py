"""Detects that a log's lines lack a column that an option needs."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

from http_monitor.ports.log_format import LogFormat, Need, Promising
from http_monitor.records import LACKS_AGENT, LACKS_SIZE, Batch

SAMPLE_ROWS = 20
"""Number of lines without it that are enough for a notice."""
STATUS = Need("status", "a status", "errors are not known, and error-rate cannot be judged")
CLIENT = Need("host", "a client address", "no flood from a host is noticed, and ddos cannot be judged")
EVERY_LOG = (
    STATUS,
    CLIENT,
    Need("path", "a path", "sections and endpoints are not known"),
    Need("size_bytes", "a size", "bytes are not known"),
)
"""Columns that the figures of every report, and alerts, need of every log."""
PROMISED = {
    "duration_us": Need("duration_us", "a duration", "durations are not known, though its format has a field for them"),
    "agent": Need("lacks", "a user agent", "user agents are not known, though its format has a field for them"),
}
"""Columns that a format may say its lines have."""
_NOBODY = {b"-"}


class MissingColumns:
    """Examines the first well-formed lines of one log. Owned by the thread that parses.

    Args:
        needs: The columns that options need.
    """

    def __init__(self, needs: Iterable[Need]) -> None:
        self._needs = list(needs)
        self._asked = frozenset(need for need in self._needs if need not in EVERY_LOG)
        self._rows = 0

    def look(self, batch: Batch, fmt: LogFormat) -> int | None:
        """Examine the next lines, before any of them is filtered out.

        Args:
            batch: The lines.
            fmt: Their format; it may say that they have columns.

        Returns:
            The number of the line that completes the sample; None if it is not among these lines.
        """
        part = batch.rows.slice(0, SAMPLE_ROWS - self._rows) if self._needs else batch.rows
        if not self._needs or not len(part):
            return None
        if not self._rows and isinstance(fmt, Promising):
            self._needs += [PROMISED[name] for name in sorted(fmt.promised - {need.column for need in self._needs})]
        self._rows += len(part)
        self._needs = [need for need in self._needs if _is_absent(need.column, part)]
        return int(batch.line_nos[len(part) - 1]) if self._rows == SAMPLE_ROWS else None

    def describe_missing(self, *, ended: bool) -> Iterator[tuple[str, str]]:
        """Yield, once, each column that no line has, as the name of a notice and in words.

        Before the sample is complete only at the end.

        Args:
            ended: The log will have no more lines.
        """
        if self._rows and (ended or self._rows >= SAMPLE_ROWS):
            lines = "its only line lacks" if self._rows == 1 else f"none of its first {self._rows} lines has"
            for need in self._needs:
                name = "lacking" if need in self._asked else "coverage"
                yield name, f"{lines} {need.what}, so {need.consequence}"
            self._needs = []


def _is_absent(name: str, rows: pa.RecordBatch) -> bool:
    """Return whether a column has no value in any row; a size that is ``-`` counts as a value."""
    values = rows.column(name).to_pylist()
    match name:
        case "status":
            return not any(values)
        case "host":
            return set(values) == _NOBODY
        case "size_bytes":
            return all((lacks or 0) & LACKS_SIZE for lacks in rows.column("lacks").to_pylist())
        case "lacks":
            return all((lacks or 0) & LACKS_AGENT for lacks in values)
        case _:
            return all(value is None for value in values)
