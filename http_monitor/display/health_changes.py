"""Chooses the health that a block shows: harmless counters are shown once."""

from dataclasses import replace
from typing import Any

from http_monitor.health import NO_HEALTH, Health

HARMLESS = ("filtered", "other", "held", "nul_bytes", "rotations")
"""Counters of what works as intended."""


class HealthChanges:
    """Remembers which counters earlier blocks have shown. Owned by the display."""

    def __init__(self) -> None:
        self._said = NO_HEALTH

    def drop_said(self, health: Health) -> Health:
        """Return the health for the next block, without harmless counters that have not changed since then."""
        said, self._said = self._said, health
        same: dict[str, Any] = {name: 0 for name in HARMLESS if getattr(health, name) == getattr(said, name)}
        return replace(health, **same)
