"""The amount and kind of traffic in each second of a scenario.

The lengths suit the default thresholds, window and rate: the window is 120 s, so the alert recovers two minutes after
its cause began at the earliest.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from http_monitor.choices import Scenario


@dataclass(frozen=True, slots=True)
class Mix:
    """The traffic of one second."""

    hits: int
    """Lines of ordinary clients."""
    error_ratio: float = 0.0
    """Average share of lines with a status of 5xx."""
    flood_hits: int = 0
    """Lines of one attacker, in addition."""
    attacker: int = 0
    """Number of the attacker."""


_CALM_S = 30
_FEW_ERRORS = 0.01

_SPIKE_CYCLE_S = 180
# Full rate is 20/s, so that the average over 120 s passes 10/s after a good 60 s.
_SPIKE_S = 75

_OUTAGE_CYCLE_S = 180
_OUTAGE_STARTS_S = 10
_OUTAGE_S = 30
_OUTAGE_ERRORS = 0.5

_FLOOD_CYCLE_S = 160
_FLOOD_STARTS_S = 5
# About 19/s for 40 s: a good 6/s of one host over the window, while all together stay below 10/s.
_FLOOD_S = 40


def mix(rng: random.Random, elapsed_s: int, scenario: Scenario, rate: int) -> Mix:
    """Return the traffic of one second of a scenario, 0 to `rate` lines."""
    return _SCENARIOS[scenario](rng, elapsed_s, rate)


def _random(rng: random.Random, elapsed_s: int, rate: int) -> Mix:
    # The lesser of two is a third of the rate on average, well below the alert's threshold.
    return Mix(min(rng.randint(0, rate), rng.randint(0, rate)), _few_errors(elapsed_s))


def _spike(rng: random.Random, elapsed_s: int, rate: int) -> Mix:
    if elapsed_s % _SPIKE_CYCLE_S < _SPIKE_S:
        return Mix(rate - rng.randint(0, rate // 20), _few_errors(elapsed_s))
    return Mix(_trickle(rng, rate))


def _errors(rng: random.Random, elapsed_s: int, rate: int) -> Mix:
    outage = 0 <= elapsed_s % _OUTAGE_CYCLE_S - _OUTAGE_STARTS_S < _OUTAGE_S
    # A third of the rate on average, so that only the error rate raises an alert, not the traffic.
    return Mix(rng.randint(0, max(1, 2 * rate // 3)), _OUTAGE_ERRORS if outage else 0.0)


def _ddos(rng: random.Random, elapsed_s: int, rate: int) -> Mix:
    cycle, second = divmod(elapsed_s, _FLOOD_CYCLE_S)
    hits = _trickle(rng, rate)
    if 0 <= second - _FLOOD_STARTS_S < _FLOOD_S:
        return Mix(hits, _few_errors(elapsed_s), flood_hits=rate - hits, attacker=cycle)
    return Mix(hits)


def _trickle(rng: random.Random, rate: int) -> int:
    return rng.randint(0, max(1, rate // 10))


def _few_errors(elapsed_s: int) -> float:
    # Among the first few lines two errors would raise an alert.
    return _FEW_ERRORS if elapsed_s >= _CALM_S else 0.0


_SCENARIOS: dict[Scenario, Callable[[random.Random, int, int], Mix]] = {
    "random": _random,
    "spike": _spike,
    "errors": _errors,
    "ddos": _ddos,
}
