"""The objects of NDJSON, each as one line."""

from http_monitor.display.objects.fields import (
    TABLES,
    Json,
    active_alerts,
    breakdown_of,
    coverage_shares,
    details,
    dumps,
    episode_rows,
    health_counts,
    hits_by_key,
    remainders,
    requests,
    second_utc,
    status_counts,
    stop,
    tables,
    text_or_none,
)
from http_monitor.report import AlertEvent, Notice, Report, Summary
from http_monitor.units import iso_utc, visible_text

SCHEMA = 2
"""Incremented when a key changes its meaning or is removed; keys may be added at any time."""


def report_line(report: Report, top: int | None = None) -> str:
    """Return the object of an interval, without a newline; `top` rows of each table, None: all."""
    partial: Json = {"partial": True} if report.partial else {}
    coverage = report.coverage
    return dumps(
        {
            "type": "report",
            "schema": SCHEMA,
            "seq": report.seq,
            "mode": report.mode,
            "start": second_utc(report.start_us),
            "end": second_utc(report.end_us),
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
            "status": status_counts(report.status),
            "methods": hits_by_key(report.methods),
            **tables(report, TABLES, top),
            "window": {
                "seconds": report.window.seconds,
                "hits": report.window.hits,
                "errors": report.window.errors if report.window.has_status else None,
                "hits_per_s": report.window.hits_per_s,
            },
            "active": active_alerts(report.active),
            "health": health_counts(report.health),
            "coverage": coverage_shares(coverage),
            **requests(report, top),
            **details(report, top),
            **({"distinct_hosts_error": report.hosts.distinct_error} if report.hosts.distinct_error else {}),
            **remainders(report),
        }
    )


def alert_line(event: AlertEvent) -> str:
    """Return the object of an alert, without a newline."""
    return dumps(
        {
            "type": "alert",
            "state": event.state,
            "name": event.name,
            "subject": text_or_none(event.subject),
            "at": second_utc(event.at_us),
            "value": event.value,
            "threshold": event.threshold,
            "hits": event.hits,
            "window_s": event.window_s,
            "unit": event.unit,
            "began": None if event.began_us is None else second_utc(event.began_us),
            "server": None if event.server is None else visible_text(event.server),
            "file": None if event.file is None else visible_text(event.file),
            **breakdown_of(event.breakdown),
            "message": visible_text(event.message),
        }
    )


def summary_line(summary: Summary, top: int | None = None) -> str:
    """Return the object of a whole run, without a newline; `top` rows of each table, None: all."""
    return dumps(
        {
            "type": "summary",
            "schema": SCHEMA,
            "mode": summary.mode,
            "first": None if summary.first_us is None else second_utc(summary.first_us),
            "last": None if summary.last_us is None else second_utc(summary.last_us),
            "hits": summary.hits,
            "bytes": None if summary.coverage.no_size else summary.size_bytes,
            "errors": None if summary.coverage.no_status else summary.errors,
            "status": status_counts(summary.status),
            **tables(summary, ("sections", "endpoints", "hosts"), top),
            "alerts": summary.alerts,
            "active": active_alerts(summary.active),
            "health": health_counts(summary.health),
            "methods": hits_by_key(summary.methods),
            **tables(summary, ("users", "agents", "referers"), top),
            "coverage": coverage_shares(summary.coverage),
            **details(summary, top),
            **episode_rows(summary.episodes),
            **requests(summary, top),
            **remainders(summary),
            **stop(summary),
        }
    )


def notice_line(notice: Notice) -> str:
    """Return the object of a notice, without a newline."""
    return dumps(
        {
            "type": "notice",
            "at": None if notice.at_us is None else iso_utc(notice.at_us),
            "name": notice.name,
            "file": None if notice.file is None else visible_text(notice.file),
            "message": visible_text(notice.text),
        }
    )
