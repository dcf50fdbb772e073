"""The levels of the alerts, which the report itself does not carry."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What averages are compared with."""

    hits_per_s: float
    error_rate: float
    """Percent."""
    host_hits_per_s: float
