"""One JSON object a line, for programs."""

import io
import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TextIO

from http_monitor.display.health import advice
from http_monitor.display.notices import Notices
from http_monitor.display.single_lines import caught_up
from http_monitor.health import TOLD, Health
from http_monitor.report import ActiveAlert, AlertEvent, Breakdown, CaughtUp, Message, Notice, Pulse, Report, Summary
from http_monitor.report_tables import Coverage, Durations, Table
from http_monitor.units import iso_utc, visible, visible_text

SCHEMA = 2
"""Grows when a key changes its meaning or goes; more keys may come at any time."""
_ALWAYS_TOLD = {"unwrap"}
"""Notices that are no warnings, and without which the figures of a replay could be taken for those of other lines."""
_CLOCK = {"ahead", "late"}
"""Notices that say by how much times are off, and what to type: more than a report can."""

# The moments at which alerts were raised are told again in each report.
_iso_utc = lru_cache(maxsize=1_024)(iso_utc)

_Json = dict[str, object]
_COVERED = ("status", "host", "endpoint", "size", "duration", "agent")
_TABLES = ("sections", "endpoints", "hosts", "users", "agents", "referers")


def report_line(report: Report, top: int | None = None) -> str:
    """Return the object of an interval, without a newline; `top` rows of each table, None: all."""
    partial: _Json = {"partial": True} if report.partial else {}
    coverage = report.coverage
    return _dumps(
        {
            "type": "report",
            "schema": SCHEMA,
            "seq": report.seq,
            "mode": report.mode,
            "start": _iso_utc(report.start_us),
            "end": _iso_utc(report.end_us),
            **partial,
            "hits": report.hits,
            "late_hits": report.late_hits,
            "late_bytes": None if report.late_coverage.no_size else report.late_bytes,
            "late_errors": None if report.late_coverage.no_status else report.late_errors,
            "bytes": None if coverage.no_size else report.size_bytes,
            "hits_per_s": report.hits_per_s,
            "errors": None if coverage.no_status else report.errors,
            "error_rate": None if coverage.no_status else report.error_rate,
            "distinct_hosts": report.distinct_hosts,
            "status": _status(report.status),
            "methods": _hits_by_key(report.methods),
            **_tables(report, _TABLES, top),
            "window": {
                "seconds": report.window.seconds,
                "hits": report.window.hits,
                "errors": report.window.errors if report.window.has_status else None,
                "hits_per_s": report.window.hits_per_s,
            },
            "active": _active(report.active),
            "health": _health(report.health),
            "coverage": _coverage(coverage),
            **_details(report, top),
            **({"distinct_hosts_error": report.hosts.distinct_error} if report.hosts.distinct_error else {}),
            **_remainders(report),
        }
    )


def alert_line(event: AlertEvent) -> str:
    """Return the object of an alert, without a newline."""
    return _dumps(
        {
            "type": "alert",
            "state": event.state,
            "name": event.name,
            "subject": _subject(event.subject),
            "at": _iso_utc(event.at_us),
            "value": event.value,
            "threshold": event.threshold,
            "hits": event.hits,
            "window_s": event.window_s,
            "unit": event.unit,
            "began": None if event.began_us is None else _iso_utc(event.began_us),
            "server": None if event.server is None else visible_text(event.server),
            "file": None if event.file is None else visible_text(event.file),
            **_breakdown(event.breakdown),
            "message": visible_text(event.message),
        }
    )


def _breakdown(breakdown: Breakdown | None) -> _Json:
    if breakdown is None:
        return {}
    shares = [
        {"dimension": share.dimension, "key": _subject(share.key), "hits": share.hits} for share in breakdown.shares
    ]
    return {"breakdown": {"hits": breakdown.hits, "whole": breakdown.is_whole, "shares": shares}}


def summary_line(summary: Summary, top: int | None = None) -> str:
    """Return the object of a whole run, without a newline; `top` rows of each table, None: all."""
    return _dumps(
        {
            "type": "summary",
            "schema": SCHEMA,
            "mode": summary.mode,
            "first": None if summary.first_us is None else _iso_utc(summary.first_us),
            "last": None if summary.last_us is None else _iso_utc(summary.last_us),
            "hits": summary.hits,
            "bytes": None if summary.coverage.no_size else summary.size_bytes,
            "errors": None if summary.coverage.no_status else summary.errors,
            "status": _status(summary.status),
            **_tables(summary, ("sections", "endpoints", "hosts"), top),
            "alerts": summary.alerts,
            "active": _active(summary.active),
            "health": _health(summary.health),
            "methods": _hits_by_key(summary.methods),
            **_tables(summary, ("users", "agents", "referers"), top),
            "coverage": _coverage(summary.coverage),
            **_details(summary, top),
            **_remainders(summary),
        }
    )


def notice_line(notice: Notice) -> str:
    """Return the object of a notice, without a newline."""
    return _dumps(
        {
            "type": "notice",
            "at": None if notice.at_us is None else iso_utc(notice.at_us),
            "name": notice.name,
            "file": None if notice.file is None else visible_text(notice.file),
            "message": visible_text(notice.text),
        }
    )


class NdjsonDisplay:
    """A `ReportSink` for programs: each message is one write. Owned by the thread that publishes.

    Args:
        stream: Takes the objects; it becomes UTF-8 with LF.
        notices: Takes the sentences of notices, for people.
        top: How many rows of a table are told; None: all.
        tells_all: Whether what is no warning is told too; a program that reads a replay has no use for it.
    """

    def __init__(self, stream: TextIO, notices: Notices, top: int | None = None, *, tells_all: bool = True) -> None:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="strict", newline="\n")
        self._stream = stream
        self._notices = notices
        self._top = top
        self._tells_all = tells_all
        self._advised = ""
        self._clock_told = False
        """By how much the times of an input are off has been told."""

    def publish(self, message: Message) -> None:
        """Write one message. Raises BrokenPipeError when the reader of the stream is gone."""
        match message:
            case Report():
                self._write(report_line(message, self._top))
                self._advise(message)
            case AlertEvent():
                self._write(alert_line(message))
            case Summary():
                self._write(summary_line(message, self._top))
            case Notice():
                self._tell(message)
            case CaughtUp():
                self._tell(Notice(caught_up(message), name="caught-up", at_us=message.at_us))
            case Pulse():
                pass

    def close(self) -> None:
        """Do nothing: every message was written whole."""

    def _tell(self, notice: Notice) -> None:
        self._clock_told |= notice.name in _CLOCK
        if self._tells_all or notice.level == "warning" or notice.name in _ALWAYS_TOLD:
            self._write(notice_line(notice))
            self._notices.say(notice.text)

    def _advise(self, report: Report) -> None:
        """Tell what the text says under a report, when that has become something else."""
        say = advice(report.health, report.mode)
        if say and say != self._advised and not self._clock_told:
            self._tell(Notice(say, "warning", "times", at_us=report.end_us))
        self._advised = say

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()


def _dumps(value: _Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _status(status: Sequence[tuple[int, int]]) -> dict[str, int]:
    return {str(code): hits for code, hits in status}


def _hits_by_key(counts: Sequence[tuple[bytes, int]]) -> dict[str, int]:
    return {visible(key): hits for key, hits in counts}


def _tables(totals: Report | Summary, names: Iterable[str], top: int | None) -> _Json:
    return {name: _rows(getattr(totals, name), totals.coverage, top) for name in names}


def _rows(table: Table, coverage: Coverage, top: int | None) -> list[_Json]:
    no_size, no_status = coverage.no_size, coverage.no_status
    return [
        {
            "key": visible(row.key),
            "hits": row.hits,
            "bytes": None if no_size else row.size_bytes,
            "errors": None if no_status else row.errors,
        }
        for row in table.rows[:top]
    ]


def _coverage(coverage: Coverage) -> dict[str, float | None]:
    lines = coverage.lines
    return {name: getattr(coverage, name) / lines if lines else None for name in _COVERED}


def _details(totals: Report | Summary, top: int | None) -> _Json:
    details, kinds = totals.details, totals.details.kinds
    return {
        "vhosts": _rows(details.vhosts, totals.coverage, top),
        "duration_us": _durations(details.duration),
        "upstream_us": _durations(details.upstream),
        "slowest": [
            {"key": visible(row.key), "hits": row.hits, "mean_us": row.mean_us} for row in details.slowest[:top]
        ],
        "bytes_in": details.bytes_in,
        "cache": _hits_by_key(details.cache),
        "tls": _hits_by_key(details.tls),
        "browsers": _rows(details.browsers, totals.coverage, top),
        "systems": _rows(details.systems, totals.coverage, top),
        "agent_kinds": {
            "person": kinds.person,
            "bot": kinds.bot,
            "library": kinds.library,
            "unknown": kinds.unknown,
        },
        "sources": _rows(details.sources, totals.coverage, top),
    }


def _durations(durations: Durations | None) -> _Json | None:
    if durations is None:
        return None
    return {"hits": durations.hits, "p50": durations.p50_us, "p95": durations.p95_us, "p99": durations.p99_us}


def _remainders(totals: Report | Summary) -> _Json:
    tables: dict[str, Table] = {name: getattr(totals, name) for name in _TABLES}
    tables |= {"vhosts": totals.details.vhosts, "sources": totals.details.sources}
    cut = {
        name: {
            "hits": table.remainder.hits,
            "bytes": None if totals.coverage.no_size else table.remainder.size_bytes,
            "errors": None if totals.coverage.no_status else table.remainder.errors,
            "error_bound": table.remainder.error_bound,
        }
        for name, table in tables.items()
        if table.remainder.hits
    }
    return {"remainders": cut} if cut else {}


def _active(active: Sequence[ActiveAlert]) -> list[_Json]:
    return [
        {"name": alert.name, "subject": _subject(alert.subject), "since": _iso_utc(alert.since_us)} for alert in active
    ]


def _subject(subject: bytes | None) -> str | None:
    return None if subject is None else visible(subject)


def _health(health: Health) -> _Json:
    # `getattr` by a list of names, so that a new counter is told as soon as it is there.
    told: _Json = {name: getattr(health, name) for name in TOLD if name != "since_us"}
    told["since"] = None if health.since_us is None else _iso_utc(health.since_us)
    return told
