"""Compares what the program says of a log with what is known of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.logs import Facts

Json = Mapping[str, Any]


def wrong_summary(summary: Json, facts: Facts) -> list[str]:
    """Return a sentence for everything in a summary that is not as it must be.

    Args:
        summary: The object that `--output ndjson` ends with.
        facts: Of the log.
    """
    health = summary["health"]
    elsewhere = sum(health[name] for name in ("malformed", "too_late", "ahead", "held"))
    found: dict[str, tuple[object, object]] = {
        "lines": (health["lines"], facts.lines),
        "accepted lines and all others": (health["accepted"] + elsewhere, facts.lines),
        "hits": (summary["hits"], facts.lines),
        "bytes": (summary["bytes"], facts.size_bytes),
        "errors": (summary["errors"], facts.errors),
        "hits by status": (sum(summary["status"].values()), facts.lines),
    }
    for table, known in (("sections", facts.sections), ("hosts", facts.hosts)):
        if known:
            found[table] = ([(row["key"], row["hits"]) for row in summary[table]], known)
    return [f"{name}: got {got}, expected {want}" for name, (got, want) in found.items() if got != want]


def wrong_reports(reports: Sequence[Json], facts: Facts) -> list[str]:
    """Return a sentence if the hits of all reports are not the lines of the log."""
    hits = sum(report["hits"] + report["late_hits"] for report in reports)
    return [] if hits == facts.lines else [f"hits of all reports: got {hits}, expected {facts.lines}"]
