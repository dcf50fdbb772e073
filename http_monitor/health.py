"""Where every line and byte went that is not among the hits: one type, which adds up.

A new counter is a field here, and is then added up, kept in checkpoints and told in NDJSON; what counts it and the
words for it are up to whoever adds it (docs/EXTENDING.md, *Add a counter*).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

Kind = Literal["lines", "input", "now"]


def _of_lines(*, among: bool = False) -> Any:
    """Return a counter of lines, which the engine keeps; some are counted among those of another one."""
    return field(default=0, metadata={"kind": "lines", "among": among})


def _of_input() -> Any:
    """Return a counter of an input: it outlives its input, and the process where there are checkpoints."""
    return field(default=0, metadata={"kind": "input"})


@dataclass(frozen=True, slots=True)
class Health:
    """Counters since the start, and the state now. `a + b` is that of both together.

    The fields are in the order in which NDJSON tells them; those that it does not tell come last.
    """

    lines: int = field(default=0, metadata={"kind": "lines", "among": True})
    """Non-blank lines: the sum of the counters of lines that are not among another one."""
    accepted: int = _of_lines()
    malformed: int = _of_lines()
    late: int = _of_lines(among=True)
    """Among the accepted: their bucket had closed already."""
    too_late: int = _of_lines(among=True)
    """Among the late: the window had passed, and no alert has seen them."""
    ahead: int = _of_lines()
    lag_bytes: int = field(default=0, metadata={"kind": "now"})
    """Bytes known to exist and not read yet."""
    lost_bytes: int = _of_input()
    """Bytes that were seen to exist, and went before they could be read."""
    rotations: int = _of_input()
    truncations: int = _of_input()
    oversized: int = _of_lines(among=True)
    """Among the malformed: longer than the limit."""
    held: int = _of_lines()
    """Lines waiting for another one that agrees with their time (at most ten a file)."""
    filtered: int = _of_lines()
    """Well-formed lines that the user does not want counted."""
    other: int = _of_lines()
    """Well-formed lines that record no finished request."""
    clock_steps: int = _of_input()
    observer_restarts: int = _of_input()
    lag_s: int = field(default=0, metadata={"kind": "now"})
    """So far the time of the last line read is behind the clock; 0 when caught up, and in a replay."""
    maybe_lost: bool = field(default=False, metadata={"kind": "input"})
    """More may have been lost than `lost_bytes` says: written and gone between two looks."""
    nul_bytes: int = _of_input()
    """NUL bytes at the beginning of lines, which a truncated writer leaves; skipped."""
    since_us: int | None = field(default=None, metadata={"kind": "now"})
    """Counted since then, over restarts; None: since the start of this run."""
    lateness_advice_s: int | None = field(default=None, metadata={"kind": "now", "told": False})
    """The --lateness that would have caught nearly all late lines; None without any, or when
    only more than an hour would."""
    waiting_for: str = field(default="", metadata={"kind": "now", "told": False})
    """Why nothing can be read now, in words; empty when all is readable."""
    waiting_since_us: int | None = field(default=None, metadata={"kind": "now", "told": False})
    """When that was first seen, by the wall clock, of the one that waits longest; None when all is readable."""

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
        """Return the sums without those of a part; what is no sum becomes as in `Health()`."""
        return Health(**{name: getattr(self, name) - getattr(other, name) for name in _SUMS})

    def past(self) -> "Health":
        """Return what an input has counted, without the state that goes when it goes."""
        return Health(**{name: getattr(self, name) for name in INPUT_COUNTERS})


def _names(*kinds: Kind) -> tuple[str, ...]:
    return tuple(f.name for f in fields(Health) if f.metadata["kind"] in kinds)


LINE_COUNTERS: Final = _names("lines")
FATES_OF_LINES: Final = tuple(f.name for f in fields(Health) if not f.metadata.get("among", True))
"""What becomes of a line: each line is in one of these."""
INPUT_COUNTERS: Final = _names("input")
TOLD: Final = tuple(f.name for f in fields(Health) if f.metadata.get("told", True))
"""What NDJSON tells."""
_SUMS: Final = (*(name for name in LINE_COUNTERS + INPUT_COUNTERS if name != "maybe_lost"), "lag_bytes")
NO_HEALTH: Final = Health()
"""Nothing was counted: adding it costs nothing."""


def total(healths: Iterable[Health]) -> Health:
    """Return the health of all together."""
    return sum(healths, NO_HEALTH)


def _least(one: int | None, other: int | None) -> int | None:
    return min((value for value in (one, other) if value is not None), default=None)
