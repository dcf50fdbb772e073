"""Writes tables, lines and alerts as JSON, in the shapes in which the API answers."""

import json
from collections.abc import Sequence

from http_monitor.dashboard.state.answers import LinesAnswer, TableAnswer
from http_monitor.dashboard.state.facts import Episode
from http_monitor.units import US_PER_S, iso_utc_fraction, visible, visible_text


def text_of(table: TableAnswer, dimension: str, expression: str | None) -> str:
    """Return a table.

    Args:
        table: The table.
        dimension: What it is by.
        expression: The filter of its rows; None: there is none.
    """
    view, span = table.view, table.span
    return _json(
        {
            "dimension": dimension,
            "span": {"start": iso_utc_fraction(span.start_us), "end": iso_utc_fraction(span.end_us)},
            "complete": view.is_whole,
            "filter": None if expression is None else visible_text(expression),
            "total": {
                "hits": view.total.hits,
                "bytes": view.total.size_bytes if table.knows_bytes else None,
                "errors": view.total.errors if table.knows_errors else None,
            },
            "rows": [
                {
                    "key": visible(row.key),
                    "hits": row.hits,
                    "bytes": row.size_bytes if table.knows_bytes else None,
                    "errors": row.errors if table.knows_errors else None,
                    "p50_s": _seconds(row.p50_us),
                    "p95_s": _seconds(row.p95_us),
                }
                for row in view.rows
            ],
            "more": view.keys - len(view.rows),
        }
    )


def text_of_lines(answer: LinesAnswer) -> str:
    """Return lines with the places where they stand, newest first; a line that is not there is null."""
    return _json(
        {
            "lines": [
                {
                    "time": iso_utc_fraction(line.row.time_us),
                    "file": None if line.row.file is None else visible_text(line.row.file.path),
                    "offset": line.row.offset if line.row.offset >= 0 else None,
                    "line": None if line.text is None else visible(line.text),
                }
                for line in answer.lines
            ],
            "skipped": answer.skipped,
        }
    )


def text_of_alerts(episodes: Sequence[Episode]) -> str:
    """Return alerts, newest first."""
    return _json({"alerts": [_alert(episode) for episode in episodes]})


def _alert(episode: Episode) -> dict[str, object]:
    raised, recovered = episode.raised, episode.recovered
    return {
        "name": visible_text(raised.name),
        "subject": None if raised.subject is None else visible(raised.subject),
        "began": None if raised.began_us is None else iso_utc_fraction(raised.began_us),
        "raised": iso_utc_fraction(raised.at_us),
        "recovered": None if recovered is None else iso_utc_fraction(recovered.at_us),
        "value": episode.value,
        "threshold": episode.threshold,
        "unit": raised.unit,
        "hits": episode.hits,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def _seconds(us: int | None) -> float | None:
    return None if us is None else us / US_PER_S
