"""Describes the lines of an input that do not fit its format."""

import numpy as np

from http_monitor.choices import FORMAT_LINES
from http_monitor.inputs.look import Explain
from http_monitor.ports.log_format import LogFormat
from http_monitor.records import Batch, Sample
from http_monitor.units import visible

_SHOWN_BYTES = 120


class Misfits:
    """Keeps the first malformed line for a notice.

    Args:
        explain: Explains why a line does not fit.
    """

    def __init__(self, explain: Explain) -> None:
        self._explain = explain
        self._first: Sample | None = None
        self._recent: Sample | None = None

    def note(self, bad: Sample) -> None:
        """Store a malformed line, if it is the first since `drain`."""
        self._first = self._first or bad
        self._recent = self._recent or bad

    def drain(self) -> Sample | None:
        """Return the first malformed line since the last call."""
        bad, self._recent = self._recent, None
        return bad

    def words_for(self, bad: Sample, fmt: LogFormat) -> str:
        """Return words for a malformed line: its number, where it stops fitting, and the line itself, cut."""
        shown = visible(bad.raw[:_SHOWN_BYTES]) + ("…" if len(bad.raw) > _SHOWN_BYTES else "")
        return f"line {bad.line_no}, {self._explain(bad.raw, fmt)}: {shown}"

    def nothing_fits(self, lines: int, wanted: str, fmt: LogFormat) -> str:
        """Return the message that none of the first lines fits.

        Args:
            lines: The number of lines.
            wanted: The expected format, in words.
            fmt: The expected format.
        """
        subject = "its first line does not fit" if lines == 1 else f"none of its first {lines:,} lines fits"
        text = f"{subject} {wanted}"
        if self._first is not None:
            text += f"; {self.words_for(self._first, fmt)}"
        advice = "--format takes a LogFormat or log_format string, --format-from the server's configuration"
        return f"{text} (is this an access log? {advice})"


def only_others(lines: int) -> str:
    """Return the message that none of a number of lines records a request, though all of them fit."""
    subject = "its only line records no" if lines == 1 else f"none of its {lines:,} lines records a"
    return f"{subject} finished request (is this an access log?)"


def lines_without_row(batch: Batch, lines: int, rows: int, others: int, *, ended: bool) -> int:
    """Return the number of first lines if none of them fits; 0 if one does, or if it is not known yet.

    Args:
        batch: The last batch parsed.
        lines: Number of lines so far, including the batch, as in the next two.
        rows: Number of lines that fit.
        others: Number of lines that fit but record no request, and prove nothing.
        ended: Whether there are no more lines.
    """
    others_before = others - len(batch.other_nos)
    if rows - batch.well_formed > others_before:
        return 0
    counted = lines - others
    first_no = batch.first_request
    if first_no is not None:
        others_between = int(np.searchsorted(batch.other_nos, first_no))
        if lines - batch.lines - others_before + first_no - others_between <= FORMAT_LINES:
            return 0
    elif counted < FORMAT_LINES and not ended:
        return 0
    return min(counted, FORMAT_LINES)
