"""Counters of lines and bytes besides the hits: one type, with addition.

A new counter is a field here; then it is summed, kept in checkpoints and written to NDJSON. Counting it and describing
it are up to the code that adds it (docs/EXTENDING.md, *Add a counter*).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

Kind = Literal["lines", "input", "now"]


def _of_lines(*, among: bool = False) -> Any:
    """Return a counter of lines, which the engine keeps; `among`: its lines are counted in another counter too."""
    return field(default=0, metadata={"kind": "lines", "among": among})


def _of_input() -> Any:
    """Return a counter of an input: it outlives its input, and with checkpoints the process."""
    return field(default=0, metadata={"kind": "input"})


@dataclass(frozen=True, slots=True)
class Health:
    """Counters since the start, and the current state. `a + b` is that of both together.

    Fields are in the order of NDJSON; those that NDJSON omits come last.
    """

    lines: int = field(default=0, metadata={"kind": "lines", "among": True})
    """Non-blank lines: the sum of the counters of lines that are not among another counter."""
    accepted: int = _of_lines()
    malformed: int = _of_lines()
    late: int = _of_lines(among=True)
    """Among the accepted: their bucket had closed already."""
    too_late: int = _of_lines(among=True)
    """Among the late: the window had passed, so no alert saw them."""
    ahead: int = _of_lines()
    lag_bytes: int = field(default=0, metadata={"kind": "now"})
    """Bytes known to exist and not read yet."""
    lost_bytes: int = _of_input()
    """Bytes that existed, and vanished before they could be read."""
    rotations: int = _of_input()
    truncations: int = _of_input()
    oversized: int = _of_lines(among=True)
    """Among the malformed: longer than the limit."""
    held: int = _of_lines()
    """Lines that wait for another one to confirm their time (at most ten per file)."""
    filtered: int = _of_lines()
    """Well-formed lines that the filter options exclude."""
    other: int = _of_lines()
    """Well-formed lines that record no finished request."""
    clock_steps: int = _of_input()
    observer_restarts: int = _of_input()
    listener_failures: int = field(default=0, metadata={"kind": "input", "told": "if any"})
    """Listeners of the hub that failed, and were released."""
    lag_s: int = field(default=0, metadata={"kind": "now"})
    """Seconds between the clock and the time of the last line; 0 when caught up, and in a replay."""
    maybe_lost: bool = field(default=False, metadata={"kind": "input"})
    """More than `lost_bytes` may have been lost: written and removed between two checks."""
    nul_bytes: int = _of_input()
    """NUL bytes at the beginning of lines, left by a truncated writer; skipped."""
    incomplete: int = field(default=0, metadata={"kind": "input", "told": "if any"})
    """Lines in parts that were given up before their last part, since memory is bounded; each counts as it is."""
    backfilled: int = _of_lines(among=True)
    """Not among the lines: lines from before the start with which a live run has filled its window."""
    since_us: int | None = field(default=None, metadata={"kind": "now"})
    """Start of the counted time, over restarts; None: the start of this run."""
    lateness_advice_s: int | None = field(default=None, metadata={"kind": "now", "told": False})
    """The --lateness that would have caught nearly all late lines; None if there are none, or if it
    exceeds an hour."""
    waiting_for: str = field(default="", metadata={"kind": "now", "told": False})
    """Reason why nothing can be read now; empty if all is readable."""
    waiting_since_us: int | None = field(default=None, metadata={"kind": "now", "told": False})
    """Wall clock time since which the longest unreadable input has been waiting; None if all is readable."""

    def __add__(self, other: "Health") -> "Health":
        if other is NO_HEALTH:
            return self
        if self is NO_HEALTH:
            return other
        sums = {name: getattr(self, name) + getattr(other, name) for name in _SUMS}
        return Health(
            **sums,
            lag_s=max(self.lag_s, other.lag_s),
            maybe_lost=self.maybe_lost or other.maybe_lost,
            since_us=_least(self.since_us, other.since_us),
            lateness_advice_s=_least(self.lateness_advice_s, other.lateness_advice_s),
            waiting_for="; ".join(words for words in (self.waiting_for, other.waiting_for) if words),
            waiting_since_us=_least(self.waiting_since_us, other.waiting_since_us),
        )

    def __sub__(self, other: "Health") -> "Health":
        """Return the sums without those of a part; fields that are no sums become as in `Health()`."""
        return Health(**{name: getattr(self, name) - getattr(other, name) for name in _SUMS})

    def past(self) -> "Health":
        """Return the counters of an input, without the state that ends with it."""
        return Health(**{name: getattr(self, name) for name in INPUT_COUNTERS})


def _names(*kinds: Kind) -> tuple[str, ...]:
    return tuple(f.name for f in fields(Health) if f.metadata["kind"] in kinds)


LINE_COUNTERS: Final = _names("lines")
FATES_OF_LINES: Final = tuple(f.name for f in fields(Health) if not f.metadata.get("among", True))
"""The fates of a line: each line is in one of these counters."""
INPUT_COUNTERS: Final = _names("input")
TOLD: Final = tuple(f.name for f in fields(Health) if f.metadata.get("told", True))
"""The fields in NDJSON."""
TOLD_IF_ANY: Final = frozenset(f.name for f in fields(Health) if f.metadata.get("told") == "if any")
"""The fields that NDJSON omits while they are zero."""
_SUMS: Final = (*(name for name in LINE_COUNTERS + INPUT_COUNTERS if name != "maybe_lost"), "lag_bytes")
NO_HEALTH: Final = Health()
"""Nothing counted: adding it is free."""


def total(healths: Iterable[Health]) -> Health:
    """Return the sum of healths."""
    return sum(healths, NO_HEALTH)


def _least(one: int | None, other: int | None) -> int | None:
    return min((value for value in (one, other) if value is not None), default=None)
