"""The slow, obvious count behind a view: row by row, over all rows that were ever accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.reference.details import middle_of_bucket, nearest_rank
from tests.reference.filtering import Tree, Value, holds, host_of_url
from tests.reference.requests import network_of

Json = dict[str, Any]
_COLUMN = {"endpoint": "path"}


@dataclass(frozen=True)
class Accepted:
    """A row."""

    time_us: int
    values: Mapping[str, Value]
    """By the names of the columns."""


def chosen(rows: Sequence[Accepted], tree: Tree | None, start_us: int, end_us: int) -> list[Accepted]:
    """Return the rows of a span that pass a filter."""
    return [row for row in rows if start_us <= row.time_us < end_us and (tree is None or holds(tree, row.values))]


def family_of(agent: bytes) -> bytes | None:
    """Return a family that has nothing to do with the world."""
    return agent[:2] or None


def key_of(row: Accepted, dimension: str) -> bytes | None:
    """Return what a row is counted by."""
    if dimension == "status":
        return str(row.values["status"]).encode() if row.values["status"] else None
    of = {"network": "host", "agent_family": "agent", "referer_host": "referer"}.get(dimension)
    value = row.values[of or _COLUMN.get(dimension, dimension)]
    if value is None:
        return None
    assert isinstance(value, bytes)
    made = {"network": network_of, "agent_family": family_of, "referer_host": host_of_url}.get(dimension)
    return value if made is None else made(value)


def sums(rows: Sequence[Accepted]) -> Json:
    """Return the sums of some rows."""
    durations = [duration for row in rows if isinstance(duration := row.values["duration_us"], int) and duration >= 0]
    found: Json = {
        "hits": len(rows),
        "size_bytes": sum(int(row.values["size_bytes"] or 0) for row in rows),
        "errors": sum(500 <= int(row.values["status"] or 0) <= 599 for row in rows),
    }
    for percent in (50, 95):
        known = middle_of_bucket(nearest_rank(durations, percent)) if durations else None
        found[f"p{percent}_us"] = known
    return found


def total(rows: Sequence[Accepted]) -> Json:
    """Return the sums of all rows of a view."""
    return sums(rows) | {
        "with_status": sum(bool(row.values["status"]) for row in rows),
        "with_size": sum(row.values["lacks"] not in (1, 3) for row in rows),
    }


def table(rows: Sequence[Accepted], dimension: str, order: str, reverse: bool) -> list[Json]:
    """Return the sums of each key, in order."""
    by_key: dict[bytes, list[Accepted]] = {}
    for row in rows:
        key = key_of(row, dimension)
        if key is not None:
            by_key.setdefault(key, []).append(row)
    found = [{"key": key} | sums(some) for key, some in by_key.items()]
    name = {"bytes": "size_bytes", "p50": "p50_us", "p95": "p95_us"}.get(order, order)

    def place(entry: Json) -> tuple[int, bytes]:
        value = 0 if order == "key" else entry[name]
        return (1 if value is None else -value), entry["key"]

    return sorted(found, key=place, reverse=reverse)


def series(rows: Sequence[Accepted], step_us: int) -> list[Json]:
    """Return the sums of each step that has a row."""
    steps: dict[int, list[Accepted]] = {}
    for row in rows:
        steps.setdefault(row.time_us // step_us * step_us, []).append(row)
    points = []
    for start_us, some in sorted(steps.items()):
        status: dict[str, int] = {}
        for row in some:
            first = int(row.values["status"] or 0) // 100
            name = f"{first}xx" if 1 <= first <= 5 else "none"
            status[name] = status.get(name, 0) + 1
        of = sums(some)
        points.append({"start_us": start_us, "status": status} | {name: of[name] for name in list(of)[:3]})
    return points


def lines(rows: Sequence[Accepted]) -> list[Accepted]:
    """Return the rows, newest first, of equal times the last accepted one."""
    return [row for _, row in sorted(enumerate(rows), key=lambda entry: (entry[1].time_us, entry[0]), reverse=True)]
