"""The fields that objects of NDJSON share: tables, coverage, details, health."""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache

from http_monitor.episodes import Episodes
from http_monitor.health import TOLD, TOLD_IF_ANY, Health
from http_monitor.report import ActiveAlert, Report, Summary
from http_monitor.report_tables import Breakdown, Coverage, Durations, FailingEndpoint, KeyCount, SlowRow, Table
from http_monitor.units import US_PER_S, iso_utc, visible

# Each report repeats the moments at which alerts were raised, so their texts are cached.
second_utc = lru_cache(maxsize=1_024)(iso_utc)

Json = dict[str, object]
TABLES = ("sections", "endpoints", "hosts", "users", "agents", "referers")
"""Tables that every report and summary has."""
_COVERED = ("status", "host", "endpoint", "size", "duration", "agent")


def dumps(value: Json) -> str:
    """Return an object as one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def status_counts(status: Sequence[tuple[int, int]]) -> dict[str, int]:
    """Return hits by status."""
    return {str(code): hits for code, hits in status}


def hits_by_key(counts: Sequence[tuple[bytes, int]]) -> dict[str, int]:
    """Return hits by key."""
    return {visible(key): hits for key, hits in counts}


def tables(totals: Report | Summary, names: Iterable[str], top: int | None) -> Json:
    """Return the named tables, `top` rows of each."""
    return {name: rows(getattr(totals, name), totals.coverage, top) for name in names}


def rows(table: Table, coverage: Coverage, top: int | None) -> list[Json]:
    """Return the first rows of a table."""
    return key_counts(table.rows[:top], coverage)


def requests(totals: Report | Summary, top: int | None) -> Json:
    """Return the failing endpoints, the slow ones, and the networks of the clients."""
    return {
        "failing": [_failing_row(row) for row in totals.failing[:top]],
        "slow": [_slow_row(row) for row in totals.slow.first(top)],
        "networks": key_counts(totals.details.networks[:top], totals.coverage),
    }


def _failing_row(row: FailingEndpoint) -> Json:
    """Return an endpoint that failed."""
    return {
        "key": text_or_none(row.key),
        "method": text_or_none(row.method),
        "status": row.status,
        "hits": row.hits,
        "first": iso_utc(row.first_us),
        "host": visible(row.host),
    }


def _slow_row(row: SlowRow) -> Json:
    """Return an endpoint that took long, in seconds."""
    return {
        "key": visible(row.key),
        "hits": row.hits,
        "total_s": row.total_us / US_PER_S,
        "p95_s": row.p95_us / US_PER_S,
    }


def key_counts(rows: Sequence[KeyCount], coverage: Coverage) -> list[Json]:
    """Return counts by key; bytes and errors are null where no line has them."""
    no_size, no_status = coverage.no_size, coverage.no_status
    return [
        {
            "key": visible(row.key),
            "hits": row.hits,
            "bytes": None if no_size else row.size_bytes,
            "errors": None if no_status else row.errors,
        }
        for row in rows
    ]


def coverage_shares(coverage: Coverage) -> dict[str, float | None]:
    """Return the share of the lines that has each field; null without lines."""
    lines = coverage.lines
    return {name: getattr(coverage, name) / lines if lines else None for name in _COVERED}


def details(totals: Report | Summary, top: int | None) -> Json:
    """Return the fields that only some logs have."""
    details, kinds = totals.details, totals.details.kinds
    return {
        "vhosts": rows(details.vhosts, totals.coverage, top),
        "duration_us": durations(details.duration),
        "upstream_us": durations(details.upstream),
        "slowest": [
            {"key": visible(row.key), "hits": row.hits, "mean_us": row.mean_us} for row in details.slowest[:top]
        ],
        "bytes_in": details.bytes_in,
        "cache": hits_by_key(details.cache),
        "tls": hits_by_key(details.tls),
        "browsers": rows(details.browsers, totals.coverage, top),
        "systems": rows(details.systems, totals.coverage, top),
        "agent_kinds": {
            "person": kinds.person,
            "bot": kinds.bot,
            "library": kinds.library,
            "unknown": kinds.unknown,
        },
        "servers": rows(details.servers, totals.coverage, top),
        "sources": rows(details.sources, totals.coverage, top),
    }


def durations(durations: Durations | None) -> Json | None:
    """Return quantiles; None where no request has a duration."""
    if durations is None:
        return None
    return {"hits": durations.hits, "p50": durations.p50_us, "p95": durations.p95_us, "p99": durations.p99_us}


def remainders(totals: Report | Summary) -> Json:
    """Return the remainders of bounded tables that were cut."""
    tables: dict[str, Table] = {name: getattr(totals, name) for name in TABLES}
    tables |= {"vhosts": totals.details.vhosts, "sources": totals.details.sources, "servers": totals.details.servers}
    cut: Json = {
        name: {
            "hits": table.remainder.hits,
            "bytes": None if totals.coverage.no_size else table.remainder.size_bytes,
            "errors": None if totals.coverage.no_status else table.remainder.errors,
            "error_bound": table.remainder.error_bound,
        }
        for name, table in tables.items()
        if table.remainder.hits
    }
    if isinstance(totals, Summary):
        lost = totals.lost
        cut |= {"failing": {"hits": lost.failures}} if lost.failures else {}
        cut |= {"slow": {"total_s": lost.spent_us / US_PER_S}} if lost.spent_us else {}
    return {"remainders": cut} if cut else {}


def stop(summary: Summary) -> Json:
    """Return how far a replay had come, if it was stopped before its end."""
    done = summary.stopped
    if done is None:
        return {}
    at = None if done.reached_us is None else second_utc(done.reached_us)
    return {"stopped": {"at": at, "share": None if done.share is None else round(done.share, 4)}}


def active_alerts(active: Sequence[ActiveAlert]) -> list[Json]:
    """Return the alerts that are raised."""
    return [
        {"name": alert.name, "subject": text_or_none(alert.subject), "since": second_utc(alert.since_us)}
        for alert in active
    ]


def episode_rows(episodes: Episodes) -> Json:
    """Return the episodes, and the number of the others."""
    return {
        "episodes": [
            {
                "name": episode.name,
                "subject": text_or_none(episode.subject),
                "start": second_utc(episode.start_us),
                "end": None if episode.end_us is None else second_utc(episode.end_us),
                "length_s": None if episode.length_us is None else episode.length_us // US_PER_S,
                "raises": episode.raises,
                "peak": episode.peak,
                "unit": episode.unit,
            }
            for episode in episodes.rows
        ],
        "more_episodes": {"episodes": episodes.more, "raises": episodes.more_raises},
    }


def text_or_none(subject: bytes | None) -> str | None:
    """Return a key as text; None for none."""
    return None if subject is None else visible(subject)


def health_counts(health: Health) -> Json:
    """Return the counters."""
    # Counters are read by name, so that a new one is written without a change here.
    told: Json = {name: getattr(health, name) for name in TOLD if name != "since_us"}
    for name in TOLD_IF_ANY:
        if not told[name]:
            del told[name]
    told["since"] = None if health.since_us is None else second_utc(health.since_us)
    return told


def breakdown_of(breakdown: Breakdown | None) -> Json:
    """Return the breakdown of an alert's requests, as a field of the alert."""
    if breakdown is None:
        return {}
    shares = [
        {"dimension": share.dimension, "key": text_or_none(share.key), "hits": share.hits} for share in breakdown.shares
    ]
    return {"breakdown": {"hits": breakdown.hits, "whole": breakdown.is_whole, "shares": shares}}
