"""Health that no source keeps: that of earlier runs, and of removed inputs."""

from typing import Self

from http_monitor.codec import decode_counters, encode_counters
from http_monitor.health import NO_HEALTH, Health
from http_monitor.records import Json


class PastHealth:
    """Health to add to that of the inputs. Owned by the monitor's thread."""

    def __init__(self, health: Health = NO_HEALTH) -> None:
        self.health = health

    def retire(self, health: Health) -> None:
        """Keep the counters of a source that is removed."""
        self.health += health.past()

    def save(self, of_run: Health) -> Json:
        """Return the health as JSON, with the counters of this run that nothing else keeps over a restart."""
        return encode_counters(self.health + of_run)

    @classmethod
    def load(cls, given: Json) -> Self:
        """Return a saved health. Raises TypeError or ValueError for anything else."""
        return cls(decode_counters(given))
