"""Limits the tables of a message to their first rows."""

from dataclasses import replace
from typing import Any, TypeVar

from http_monitor.report import Report, Summary
from http_monitor.report_tables import Details, SlowRequests, Table

Told = TypeVar("Told", Report, Summary)
_TABLES = ("sections", "endpoints", "hosts", "users", "agents", "referers")
_TABLES_OF_DETAILS = ("vhosts", "browsers", "systems", "sources", "servers")


def first_rows(message: Told, count: int | None) -> Told:
    """Return a report or summary with at most `count` rows in each table; None: all rows."""
    if count is None:
        return message
    tables: dict[str, Any] = {name: _cut(getattr(message, name), count) for name in _TABLES}
    return replace(
        message,
        **tables,
        details=_cut_details(message.details, count),
        failing=tuple(message.failing[:count]),
        slow=SlowRequests(message.slow.by_time[:count], message.slow.by_p95[:count]),
    )


def _cut_details(details: Details, count: int) -> Details:
    tables: dict[str, Any] = {name: _cut(getattr(details, name), count) for name in _TABLES_OF_DETAILS}
    return replace(details, **tables, slowest=tuple(details.slowest[:count]), networks=details.networks[:count])


def _cut(table: Table, count: int) -> Table:
    if not table.rows:
        return table
    # Materialised once, since a display iterates over the rows several times.
    return Table(table.rows[:count], table.distinct, table.remainder, table.distinct_error)
