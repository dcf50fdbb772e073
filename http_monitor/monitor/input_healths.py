"""The total health of all inputs, updated for the inputs that changed."""

from collections.abc import Collection, Iterable

from http_monitor.health import NO_HEALTH, Health
from http_monitor.inputs.input import Input


class InputHealths:
    """The health of each input as last polled. Owned by the monitor's thread."""

    def __init__(self) -> None:
        self._known: dict[Input, Health] = {}
        self._waiting: dict[Input, Health] = {}
        self._uncertain: set[Input] = set()
        self._sums = NO_HEALTH

    @property
    def waiting(self) -> Collection[Input]:
        """The inputs that cannot be read now."""
        return self._waiting.keys()

    @property
    def lag_bytes(self) -> int:
        """Bytes known to exist and not read yet, of all inputs."""
        return self._sums.lag_bytes

    def unreadable(self, inputs: Iterable[Input]) -> Health:
        """Return which of some inputs cannot be read now, in their order, and since when; nothing else of them."""
        if not self._waiting:
            return NO_HEALTH
        found = [self._waiting[entry] for entry in inputs if entry in self._waiting]
        return Health(
            waiting_for="; ".join(health.waiting_for for health in found if health.waiting_for),
            waiting_since_us=min(
                (health.waiting_since_us for health in found if health.waiting_since_us is not None), default=None
            ),
        )

    def of(self, entry: Input) -> Health:
        """Return the last known health of an input."""
        return self._known.get(entry, NO_HEALTH)

    def poll(self, entry: Input) -> None:
        """Update the health of an input that may have changed."""
        self._replace(entry, entry.health())

    def forget(self, entry: Input) -> None:
        """Remove an input."""
        self._replace(entry, NO_HEALTH)
        self._known.pop(entry, None)

    def total(self) -> Health:
        """Return the sum over all inputs."""
        return self._sums + Health(maybe_lost=True) if self._uncertain else self._sums

    def _replace(self, entry: Input, now: Health) -> None:
        before = self.of(entry)
        if now == before:
            return
        # Thousands of inputs may be idle while one is written, so the sum is updated instead of computed anew.
        self._sums += now - before
        self._known[entry] = now
        (self._uncertain.add if now.maybe_lost else self._uncertain.discard)(entry)
        if now.waiting_since_us is None and not now.waiting_for:
            self._waiting.pop(entry, None)
        else:
            self._waiting[entry] = now
