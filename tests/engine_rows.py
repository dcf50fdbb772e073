"""Rows by the second and what came of them, in the few words that hand-worked examples need."""

from dataclasses import dataclass, replace
from typing import Any

from http_monitor.units import iso_utc, local_time
from tests.reference.clf import Parsed, Row
from tests.reference.engine import Json, Options

US_PER_S = 1_000_000
QUIET = Options(alert_threshold=1e9, alert_error_rate=1e9, ddos_threshold=1e9)
"""The defaults, with rules that never fire."""
SHORT = Options(window_s=20, alert_threshold=1e9, alert_error_rate=1e9, ddos_threshold=1e9)
"""The same with a window of 20 s."""
TEN = Options(window_s=10, alert_threshold=0.5, alert_error_rate=1e9, ddos_threshold=1e9)
"""A window of 10 s, and an alert above 5 hits in it."""
FAR_S = 4_070_908_800
"""The year 2099."""


@dataclass(frozen=True)
class Bad:
    """A malformed line."""

    oversized: bool = False


def row(
    time_s: float,
    host: bytes = b"h",
    status: int = 200,
    size: int | None = 0,
    path: bytes = b"/p",
    method: bytes = b"GET",
    user: bytes | None = None,
    referer: bytes | None = None,
    agent: bytes | None = None,
) -> Row:
    """Return a row that `log` gives its line number."""
    return Row(
        line_no=0,
        time_us=round(time_s * US_PER_S),
        host=host,
        section=path,
        path=path,
        method=method,
        user=user,
        referer=referer,
        agent=agent,
        status=status,
        size_bytes=size,
    )


def log(*lines: Row | Bad | float) -> Parsed:
    """Return these lines as a log; a number is a plain row at that second."""
    rows: list[Row] = []
    bad: dict[int, Bad] = {}
    for line_no, line in enumerate(lines, start=1):
        if isinstance(line, Bad):
            bad[line_no] = line
        else:
            rows.append(replace(line if isinstance(line, Row) else row(line), line_no=line_no))
    return Parsed(rows, len(lines), list(bad), [no for no, line in bad.items() if line.oversized], None)


def at(time_s: int) -> str:
    """Return the time as the output writes it."""
    return iso_utc(time_s * US_PER_S)


def of_type(kind: str, out: list[Json]) -> list[Json]:
    """Return the objects of that type."""
    return [thing for thing in out if thing["type"] == kind]


def alerts(out: list[Json]) -> list[tuple[str, str, str | None, str]]:
    """Return (name, state, subject, at) of each alert event."""
    return [(thing["name"], thing["state"], thing["subject"], thing["at"]) for thing in of_type("alert", out)]


def spans(out: list[Json]) -> list[tuple[str, int, int]]:
    """Return (start, hits, late hits) of each report."""
    return [(thing["start"], thing["hits"], thing["late_hits"]) for thing in of_type("report", out)]


def health(lines: int, **counts: int) -> dict[str, Any]:
    """Return the health of a number of lines: accepted, unless another counter has them."""
    names = ("malformed", "late", "too_late", "ahead", "held", "lag_bytes", "lost_bytes")
    zeros = dict.fromkeys((*names, "rotations", "truncations", "oversized", "filtered", "other", "backfilled"), 0)
    input_health = sum(counts.get(name, 0) for name in ("malformed", "filtered", "other", "ahead", "held"))
    return {"lines": lines, "accepted": lines - input_health, **zeros, **counts}


def summary(out: list[Json]) -> Json:
    assert [thing["type"] for thing in out].count("summary") == 1
    assert out[-1]["type"] == "summary"
    return out[-1]


def local(time_s: int) -> str:
    return local_time(time_s * US_PER_S)
