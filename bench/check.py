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
    input_health = sum(health[name] for name in ("malformed", "too_late", "ahead", "held"))
    found: dict[str, tuple[object, object]] = {
        "lines": (health["lines"], facts.lines),
        "accepted lines and all others": (health["accepted"] + input_health, facts.lines),
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
    """Return a sentence if the hits of all reports are not the lines of the log, or hosts are not about as many."""
    hits = sum(report["hits"] + report["late_hits"] for report in reports)
    wrong = [] if hits == facts.lines else [f"hits of all reports: got {hits}, expected {facts.lines}"]
    estimated = [report for report in reports if "distinct_hosts_error" in report]
    # Only where each line has a host of its own is a table of hosts cut. The error holds for 95 of 100.
    off = [abs(report["distinct_hosts"] - report["hits"]) > report["distinct_hosts_error"] for report in estimated]
    if sum(off) > 1 + len(off) // 10:
        wrong.append(f"distinct hosts: {sum(off)} of {len(off)} estimates are further off than they say")
    return wrong


def wrong_bounds(things: Sequence[Json]) -> list[str]:
    """Return a sentence for every row of a table in which its only hit is not within the error bound.

    Args:
        things: The output for a log in which every line has keys of its own.
    """
    wrong = []
    for thing in things:
        for name, rest in thing.get("remainders", {}).items():
            rows = thing[name]
            if any(not row["hits"] <= 1 <= row["hits"] + rest["error_bound"] for row in rows):
                wrong.append(f"{name}: a row beyond the error bound {rest['error_bound']}")
            if rest["hits"] + len(rows) > thing["hits"]:
                wrong.append(f"{name}: more was cut than there was")
    return wrong
