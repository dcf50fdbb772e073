"""Health that no source keeps: that of earlier runs, and of removed inputs."""

from typing import Self

from http_monitor.codec import flag, integer
from http_monitor.health import INPUT_COUNTERS, NO_HEALTH, Health
from http_monitor.records import Json


class PastHealth:
    """Health to add to that of the inputs. Owned by the monitor's thread."""

    def __init__(self, health: Health = NO_HEALTH) -> None:
        self.health = health

    def retire(self, health: Health) -> None:
        """Keep the counters of a source that is removed."""
        self.health += health.past()

    def save(self, *, observer_restarts: int, clock_steps: int) -> Json:
        """Return the health as JSON, with the counters that sources and clock do not keep over a restart."""
        health = self.health + Health(observer_restarts=observer_restarts, clock_steps=clock_steps)
        return counters_of(health)

    @classmethod
    def load(cls, given: Json) -> Self:
        """Return a saved health. Raises TypeError or ValueError for anything else."""
        return cls(health_with(given))


def counters_of(health: Health) -> Json:
    """Return the counters of inputs as a JSON object."""
    return {name: getattr(health, name) for name in INPUT_COUNTERS}


def health_with(given: Json) -> Health:
    """Return a health with the counters of a JSON object; missing counters are 0.

    Raises:
        TypeError, ValueError: a value is no counter.
    """
    there = [name for name in INPUT_COUNTERS if name in given]
    values: Json = {name: flag(given[name]) if name == "maybe_lost" else integer(given[name], 0) for name in there}
    return Health(**values)
