"""Connects a live run to its checkpoints: resumes it, and provides the state to write."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from http_monitor.checkpoint.checkpointer import MAX_APPENDED_BYTES, Checkpointer, NoCheckpointer
from http_monitor.checkpoint.journal import CountingEngine, JournalledEngine
from http_monitor.checkpoint.past_health import PastHealth
from http_monitor.checkpoint.restore import VERSION, Resumed, settings_to_keep
from http_monitor.checkpoint.session import Session
from http_monitor.clock import Clock
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.health import Health
from http_monitor.inputs.input import Input
from http_monitor.ports.ability import able
from http_monitor.ports.source import Resumable
from http_monitor.records import Json
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S

_TRUSTING = "--trust-proxy"
_SELECTING = {"--filter", "--exclude-host", "--ignore-bots", _TRUSTING}
"""The options that decide which lines count."""


class Marks(Protocol):
    """The part of the stream's marks that a checkpoint uses."""

    @property
    def number(self) -> int:
        """Number of the last mark."""
        ...

    @property
    def listener_failures(self) -> int:
        """Number of listeners that failed in this run."""
        ...

    def flush(self) -> None:
        """Wait until every recorder has flushed everything up to the last mark."""
        ...


class RunState:
    """The state of a live run, in the form that a checkpoint has. Owned by the monitor's thread.

    Args:
        settings: Settings of the run.
        engine: Its engine, with its rules registered; already restored, or new.
        inputs: Its inputs.
        clock: Its clock.
        session: The storage of checkpoints, and the state to resume from.
        started_us: Start time of the run.
        marks: The marks of the stream of accepted rows; a checkpoint keeps the number of the last one.
    """

    def __init__(
        self,
        settings: Settings,
        engine: MetricsAggregator,
        inputs: Sequence[Input],
        clock: Clock,
        session: Session,
        started_us: int,
        marks: Marks,
    ) -> None:
        self._settings = settings
        self._engine = engine
        self._inputs = inputs
        self._clock = clock
        self.started_us = started_us
        self.past = PastHealth(Health(maybe_lost=session.unreadable))
        """Health to add to that of the inputs."""
        self.since_us: int | None = None
        """Start of the counted time; None: the start of this run."""
        self._marks = marks
        if session.resumed is not None:
            self._resume(session.resumed)
        self.engine: CountingEngine = engine
        """The engine for live turns to use."""
        self.checkpointer: Checkpointer | NoCheckpointer = NoCheckpointer()
        if session.store is not None:
            self.engine = journal = JournalledEngine(engine, MAX_APPENDED_BYTES)
            self.checkpointer = Checkpointer(
                session.store, clock, journal, self._state, self._inputs_state, marks.flush
            )

    def _resume(self, resumed: Resumed) -> None:
        self.since_us = resumed.since_us
        self.past = resumed.past
        gone = dict(resumed.inputs)
        for entry in self._inputs:
            state = gone.pop(entry.source.name, None)
            if state is not None:
                entry.load(state)
                self._drop_held(entry.ahead_filter, resumed)
            else:
                # The file appeared between the runs, and is read from its start.
                entry.resumed = able(entry.source, Resumable) is not None
        for state in gone.values():
            self._release(state, resumed)

    def _drop_held(self, ahead_filter: AheadFilter, resumed: Resumed) -> None:
        """Drop held lines that the new filter options exclude.

        A held line keeps no raw client address, so other trusted proxies exclude it too.
        """
        if not _SELECTING & {*resumed.changed}:
            return
        select = next((entry.select for entry in self._inputs), None)
        refused = [
            _TRUSTING in resumed.changed or (select is not None and bool(select(held).filtered_nos.size))
            for held in ahead_filter.held_batches()
        ]
        for rows in ahead_filter.drop_held(refused):
            self._engine.add(rows, greatest_us=ahead_filter.greatest_us, cap_us=self._clock.now_us())

    def _release(self, state: Json, resumed: Resumed) -> None:
        """Count the held lines of an input that no longer exists, as at the end of a file."""
        ahead_filter = AheadFilter(self._settings.max_ahead_s * US_PER_S)
        ahead_filter.load(state["gate"])
        self._drop_held(ahead_filter, resumed)
        greatest_us = ahead_filter.greatest_us
        for rows in ahead_filter.release(None):
            self._engine.add(rows, greatest_us=greatest_us, cap_us=self._clock.now_us())

    def _state(self, inputs: Json) -> Iterator[Json]:
        """Yield the parts of a snapshot, which `restore.resume` reads."""
        yield {
            "version": VERSION,
            "settings": settings_to_keep(self._settings),
            "since": self.started_us if self.since_us is None else self.since_us,
            "inputs": inputs,
        }
        yield from self._engine.save()

    def _inputs_state(self) -> Json:
        healths = [entry.source.health() for entry in self._inputs]
        return {
            "files": {entry.source.name: entry.save() for entry in self._inputs},
            "mark": self._marks.number,
            "carried": self.past.save(
                Health(
                    observer_restarts=sum(health.observer_restarts for health in healths),
                    clock_steps=self._clock.steps,
                    listener_failures=self._marks.listener_failures,
                )
            ),
        }
