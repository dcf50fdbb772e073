"""What is aimed at, beside what was measured."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One goal."""

    work: str
    goal: str
    measured: str
    met: bool


def at_least(work: str, least: float, measured: float, unit: str) -> Row:
    """Return the row of a goal that is met from some value on."""
    return Row(work, f"at least {least:g} {unit}", f"{measured:.2f}", measured >= least)


def at_most(work: str, most: float, measured: float, unit: str) -> Row:
    """Return the row of a goal that is met up to some value."""
    return Row(work, f"at most {most:g} {unit}", f"{measured:.2f}", measured <= most)


def shown(rows: Iterable[Row]) -> list[str]:
    """Return a table."""
    lines = [f"{'goal':64}{'':28}{'measured':>10}"]
    lines += [f"{row.work:64}{row.goal:28}{row.measured:>10}{'' if row.met else '  missed'}" for row in rows]
    return lines
