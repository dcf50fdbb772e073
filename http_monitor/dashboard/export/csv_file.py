r"""Writes tables, lines and alerts as CSV (RFC 4180: commas, CRLF, quotes doubled).

Every text is quoted, so that a spreadsheet that separates by semicolons does not find a cell within one. A text that
begins with ``=``, ``+``, ``-`` or ``@`` (or with their wide forms, a tab or a carriage return) would be a formula
there, which could send away what the sheet contains: it gets a leading ``'``. Controls are escaped as on the screen,
so a tab is ``\x09``. What cannot be known is empty.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from http_monitor.dashboard.state.answers import LinesAnswer, TableAnswer
from http_monitor.dashboard.state.facts import Episode
from http_monitor.units import US_PER_S, iso_utc_fraction, visible, visible_text

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

Field = str | int | float | None


def text_of(table: TableAnswer) -> str:
    """Return a table; ``hits_before`` are those of the span of equal length before."""
    before = table.before
    return _csv(
        ("key", "hits", "hits_before", "bytes", "errors", "p50_s", "p95_s"),
        (
            (
                _guarded(visible(row.key)),
                row.hits,
                None if before is None else before.get(row.key, 0),
                row.size_bytes if table.knows_bytes else None,
                row.errors if table.knows_errors else None,
                _seconds(row.p50_us),
                _seconds(row.p95_us),
            )
            for row in table.view.rows
        ),
    )


def text_of_lines(answer: LinesAnswer) -> str:
    """Return lines with the places where they stand, as shown: newest first; a line that is not there is empty."""
    return _csv(
        ("time", "file", "offset", "line"),
        (
            (
                iso_utc_fraction(line.row.time_us),
                None if line.row.file is None else _guarded(visible_text(line.row.file.path)),
                line.row.offset if line.row.offset >= 0 else None,
                None if line.text is None else _guarded(visible(line.text)),
            )
            for line in answer.lines
        ),
    )


def text_of_alerts(episodes: Sequence[Episode]) -> str:
    """Return alerts, newest first; those that are active have not recovered."""
    return _csv(
        ("name", "subject", "began", "raised", "recovered", "value", "threshold", "unit", "hits"),
        (
            (
                _guarded(visible_text(raised.name)),
                None if raised.subject is None else _guarded(visible(raised.subject)),
                _time(raised.began_us),
                _time(raised.at_us),
                None if episode.recovered is None else _time(episode.recovered.at_us),
                episode.value,
                episode.threshold,
                raised.unit,
                episode.hits,
            )
            for episode, raised in ((episode, episode.raised) for episode in episodes)
        ),
    )


def _csv(header: Sequence[str], rows: Iterable[Sequence[Field]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return written.getvalue()


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _time(at_us: int | None) -> str | None:
    return None if at_us is None else iso_utc_fraction(at_us)


def _seconds(us: int | None) -> float | None:
    return None if us is None else us / US_PER_S
