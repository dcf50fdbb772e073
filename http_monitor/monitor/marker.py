"""Makes the marks of the stream of accepted rows."""

from collections.abc import Callable, Iterable, Mapping

from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.ports.ability import able
from http_monitor.ports.source import Piped, Resumable
from http_monitor.report import Mark


class Marker:
    """Makes a mark, if anything listens for marks, after each turn that counted rows or closed buckets.

    Owned by the monitor's thread.

    Only between turns have all rows read from the inputs been counted, so that the positions of the inputs and the
    rows passed to a listener agree.

    Args:
        hub: Receives the marks.
        engine: Counts the rows.
        positions: Returns the positions of the inputs between turns.
        number: Number of the last mark of the run that this one resumes; 0 if there was none.
    """

    def __init__(
        self, hub: Hub, engine: MetricsAggregator, positions: Callable[[], Mapping[str, object]], number: int = 0
    ) -> None:
        self._hub = hub
        self._engine = engine
        self._positions = positions
        self.number = number
        """Number of the last mark."""
        self._before: tuple[int, int | None] = engine.health().accepted, engine.watermark_us

    @property
    def listener_failures(self) -> int:
        """Number of listeners that failed in this run."""
        return self._hub.failures

    def after_turn(self) -> None:
        """Make a mark if anything changed."""
        if not self._hub.wants_marks:
            return
        here = self._engine.health().accepted, self._engine.watermark_us
        if here == self._before:
            return
        self._before = here
        self.number += 1
        self._hub.mark(Mark(self.number, self._engine.watermark_us, self._positions()))

    def flush(self) -> None:
        """Wait until every recorder has flushed everything up to the last mark."""
        self._hub.flush(self.number)


def positions_of(inputs: Iterable[Input]) -> dict[str, object]:
    """Return the positions of the inputs of a live run whose sources have one."""
    positions: dict[str, object] = {}
    for entry in inputs:
        if able(entry.source, Resumable) is not None:
            # A state is made only for an input that changed; asking each source takes 30 µs.
            positions[entry.source.name] = entry.save()["position"]
        elif (piped := able(entry.source, Piped)) is not None:
            positions[entry.source.name] = piped.read_position()
    return positions
