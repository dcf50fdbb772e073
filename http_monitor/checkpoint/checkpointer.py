"""Decides when a checkpoint is written, and handles failed writes."""

import json
import math
from collections.abc import Callable, Iterator

from http_monitor.checkpoint.input_states import since
from http_monitor.checkpoint.journal import JournalledEngine
from http_monitor.clock import Clock
from http_monitor.ports.checkpoint import CheckpointStore
from http_monitor.records import Json
from http_monitor.report import AlertEvent, Message, Notice, Report
from http_monitor.units import US_PER_S

MAX_APPENDED_BYTES = 8 << 20
"""Size of the journal that triggers the next snapshot; twice the snapshot's size if that is more."""
_EVERY_US = US_PER_S
_RETRY_US = 10 * US_PER_S


class NoCheckpointer:
    """The checkpointer of a run that keeps no state."""

    has_written = True
    """Nothing is to be written."""

    def publish(self, message: Message) -> None:
        """Ignore the message."""

    def before_turn(self) -> list[Notice]:
        """Write nothing."""
        return []

    def after_turn(self) -> list[Notice]:
        """Write nothing."""
        return []

    def due_in_s(self) -> float:
        """Return infinity: nothing waits to be written."""
        return math.inf

    def finish(self) -> list[Notice]:
        """Write nothing."""
        return []


class Checkpointer:
    """Writes after messages are published: at once after an alert, otherwise a second after the last write.

    So a kill between the two repeats messages and loses none. Owned by the monitor's thread.

    Args:
        store: The storage of checkpoints.
        clock: Measures the time since the last write.
        engine: The engine whose state is kept.
        state: Yields the parts of a snapshot, given the positions of the inputs.
        inputs: Returns the positions of the inputs, which are stored with each increment.
        flush: Waits until recorders have flushed everything that the checkpoint is about to claim.
    """

    def __init__(
        self,
        store: CheckpointStore,
        clock: Clock,
        engine: JournalledEngine,
        state: Callable[[Json], Iterator[Json]],
        inputs: Callable[[], Json],
        flush: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._engine = engine
        self._state = state
        self._inputs = inputs
        self._flush = flush
        self._written_us: int | None = None
        self._written: Json | None = None
        """The positions of the inputs as last written; None: there is no snapshot to append to."""
        self._appended_bytes = 0
        self._most_appended_bytes = MAX_APPENDED_BYTES
        self._failed_us: int | None = None
        self._urgent = False
        self._told = False

    @property
    def has_written(self) -> bool:
        """Whether anything was written in this run, or could not be."""
        return self._written_us is not None or self._failed_us is not None

    def publish(self, message: Message) -> None:
        """Note that a message was published: listeners that joined earlier have received it."""
        self._urgent |= isinstance(message, AlertEvent)
        self._told |= isinstance(message, Report)

    def before_turn(self) -> list[Notice]:
        """Write the positions at which reading begins, before the first read; return notices for the user."""
        return [] if self.has_written else self._snapshot(self._clock.running_us())

    def after_turn(self) -> list[Notice]:
        """Write a checkpoint if one is due; return notices for the user."""
        now_us = self._clock.running_us()
        if self._failed_us is not None:
            return self._snapshot(now_us) if now_us - self._failed_us >= _RETRY_US else []
        if self._written is None:
            return self._snapshot(now_us)
        waited = self._written_us is None or now_us - self._written_us >= _EVERY_US
        if not (waited or self._urgent):
            return []
        inputs = self._inputs()
        if not (self._engine.has_rows or self._told or self._urgent or inputs != self._written):
            self._written_us = now_us
            return []
        if self._engine.overflown or self._appended_bytes > self._most_appended_bytes:
            return self._snapshot(now_us)
        return self._append(now_us, inputs)

    def due_in_s(self) -> float:
        """Return the seconds until `after_turn` has something to write; infinite if nothing waits."""
        waiting = self._engine.has_rows or self._told
        if self._failed_us is not None or self._written_us is None or not waiting:
            return math.inf
        return max(0.0, (self._written_us + _EVERY_US - self._clock.running_us()) / US_PER_S)

    def finish(self) -> list[Notice]:
        """Write a last checkpoint."""
        return self._snapshot(self._clock.running_us())

    def _append(self, now_us: int, inputs: Json) -> list[Notice]:
        self._flush()
        increment = self._engine.drain({"inputs": inputs if self._written is None else since(self._written, inputs)})
        try:
            self._store.append(increment)
        except FileNotFoundError:
            return self._recreate(now_us)
        except OSError as error:
            return self._fail(error, now_us)
        self._appended_bytes += len(increment)
        self._note_written(now_us, inputs)
        return []

    def _recreate(self, now_us: int) -> list[Notice]:
        """Write a snapshot if the checkpoint on disk was deleted."""
        notices = self._snapshot(now_us)
        if self._failed_us is not None:
            return notices
        return [Notice("checkpoint: it was deleted while it was in use, writing it again", "warning", "checkpoint")]

    def _snapshot(self, now_us: int) -> list[Notice]:
        # This comes before the counters are read, because a recorder may fail in it.
        self._flush()
        inputs = self._inputs()
        self._engine.forget()
        snapshot_bytes = 0

        def lines() -> Iterator[bytes]:
            nonlocal snapshot_bytes
            for part in self._state(inputs):
                line = json.dumps(part).encode() + b"\n"
                snapshot_bytes += len(line)
                yield line

        try:
            self._store.snapshot(lines())
        except OSError as error:
            return self._fail(error, now_us)
        failed, self._failed_us = self._failed_us, None
        self._appended_bytes = 0
        self._most_appended_bytes = max(MAX_APPENDED_BYTES, 2 * snapshot_bytes)
        self._note_written(now_us, inputs)
        return [] if failed is None else [Notice("checkpoint: written again", "info", "checkpoint")]

    def _note_written(self, now_us: int, inputs: Json) -> None:
        self._written_us, self._written = now_us, inputs
        self._urgent = self._told = False

    def _fail(self, error: OSError, now_us: int) -> list[Notice]:
        first = self._failed_us is None
        self._failed_us, self._written = now_us, None
        if not first:
            return []
        reason = error.strerror or type(error).__name__
        words = f"checkpoint: cannot be written ({reason}), trying again; after a restart, new lines count twice"
        return [Notice(words, "warning", "checkpoint")]
