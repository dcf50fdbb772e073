"""Health that no source carries on by itself: of earlier runs, and of inputs that have gone."""

from dataclasses import asdict, dataclass, fields
from typing import Self

from http_monitor.codec import integer
from http_monitor.ports.source import SourceHealth
from http_monitor.records import Json


@dataclass(slots=True)
class PastHealth:
    """Counters to be added to those of the sources. Owned by the monitor's thread."""

    lost_bytes: int = 0
    maybe_lost: bool = False
    nul_bytes: int = 0
    rotations: int = 0
    truncations: int = 0
    observer_restarts: int = 0
    clock_steps: int = 0

    def take(self, health: SourceHealth) -> None:
        """Carry on what a source has counted that goes."""
        self.maybe_lost = self.maybe_lost or health.maybe_lost
        self.lost_bytes += health.lost_bytes
        self.nul_bytes += health.nul_bytes
        self.rotations += health.rotations
        self.truncations += health.truncations
        self.observer_restarts += health.observer_restarts

    def save(self, *, observer_restarts: int, clock_steps: int) -> Json:
        """Return it as JSON, with what sources and clock do not carry over a restart themselves."""
        return asdict(self) | {
            "observer_restarts": self.observer_restarts + observer_restarts,
            "clock_steps": self.clock_steps + clock_steps,
        }

    @classmethod
    def load(cls, given: Json) -> Self:
        """Return what was saved. Raises KeyError, TypeError or ValueError for anything else."""
        made = cls(**{field.name: given[field.name] for field in fields(cls)})
        for field in fields(cls):
            if field.name != "maybe_lost":
                integer(getattr(made, field.name), least=0)
        if not isinstance(made.maybe_lost, bool):
            raise TypeError("neither true nor false")
        return made
