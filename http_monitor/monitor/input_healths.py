"""The health of all inputs together, kept up by those that were looked at."""

from collections.abc import Collection
from dataclasses import replace

from http_monitor.checkpoint.past_health import PastHealth
from http_monitor.inputs.input import Input
from http_monitor.ports.source import SourceHealth

_NOTHING = SourceHealth()


class InputHealths:
    """Knows the health of each input as it was at the last look that found a change. Owned by the monitor's thread."""

    def __init__(self) -> None:
        self._known: dict[Input, SourceHealth] = {}
        self._waiting: dict[Input, SourceHealth] = {}
        self._uncertain: set[Input] = set()
        self._total = PastHealth()
        self.lag_bytes = 0
        """Of all together."""

    @property
    def waiting(self) -> Collection[Input]:
        """The inputs that cannot be read now."""
        return self._waiting.keys()

    def of(self, entry: Input) -> SourceHealth:
        """Return what is known of one input."""
        return self._known.get(entry, _NOTHING)

    def look(self, entry: Input) -> None:
        """Ask an input that may have changed."""
        self._replace(entry, entry.source.health())

    def forget(self, entry: Input) -> None:
        """Learn that an input has gone."""
        self._replace(entry, _NOTHING)
        self._known.pop(entry, None)

    def added_to(self, carried: PastHealth) -> PastHealth:
        """Return these and others together."""
        total = self._total
        return replace(
            carried,
            lost_bytes=carried.lost_bytes + total.lost_bytes,
            maybe_lost=carried.maybe_lost or bool(self._uncertain),
            nul_bytes=carried.nul_bytes + total.nul_bytes,
            rotations=carried.rotations + total.rotations,
            truncations=carried.truncations + total.truncations,
            observer_restarts=carried.observer_restarts + total.observer_restarts,
        )

    def _replace(self, entry: Input, now: SourceHealth) -> None:
        before = self.of(entry)
        if now == before:
            return
        total = self._total
        total.lost_bytes += now.lost_bytes - before.lost_bytes
        total.nul_bytes += now.nul_bytes - before.nul_bytes
        total.rotations += now.rotations - before.rotations
        total.truncations += now.truncations - before.truncations
        total.observer_restarts += now.observer_restarts - before.observer_restarts
        self.lag_bytes += now.lag_bytes - before.lag_bytes
        self._known[entry] = now
        (self._uncertain.add if now.maybe_lost else self._uncertain.discard)(entry)
        if now.waiting_since_us is None and not now.waiting_for:
            self._waiting.pop(entry, None)
        else:
            self._waiting[entry] = now
