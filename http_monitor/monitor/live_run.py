"""What a live run has beside its turns: its checkpoints, and what is asked once a second."""

from http_monitor.checkpoint.restore import Resumed
from http_monitor.checkpoint.run_state import RunState
from http_monitor.clock import Clock
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.inputs.input import Input
from http_monitor.monitor.discovery import Discovery, Finder
from http_monitor.monitor.falling_behind import FallingBehind, Progress
from http_monitor.monitor.format_drift import FormatDrift
from http_monitor.monitor.live_turns import LiveTurns
from http_monitor.monitor.silence import Silence
from http_monitor.monitor.wrong_clock import WrongClock
from http_monitor.ports.checkpoint import CheckpointStore
from http_monitor.settings import Settings


class LiveRun:
    """The parts of a monitor that only follow a log, made together. Owned by the monitor's thread.

    Args:
        settings: Of the run.
        aggregator: Its engine, its rules registered; nothing has been counted yet.
        inputs: Its inputs; they may change between turns.
        clock: Its clock.
        started_us: When it began.
        store: Where checkpoints go; None: nowhere.
        resumed: What it goes on with; None: it begins.
        unreadable: There was a checkpoint, and nobody can go on from it.
    """

    def __init__(
        self,
        settings: Settings,
        aggregator: MetricsAggregator,
        inputs: list[Input],
        clock: Clock,
        *,
        started_us: int,
        store: CheckpointStore | None,
        resumed: Resumed | None,
        unreadable: bool,
    ) -> None:
        self._inputs = inputs
        self._clock = clock
        kept = RunState(
            settings,
            aggregator,
            inputs,
            clock,
            started_us=started_us,
            store=store,
            resumed=resumed,
            unreadable=unreadable,
        )
        self.keeper = kept.keeper
        """Writes checkpoints; None: there are none."""
        self.turns = LiveTurns(settings, inputs, kept.journal or aggregator, clock, kept.past, kept.since_us)
        self.asides = (
            Silence(inputs, clock),
            FormatDrift(inputs, clock),
            WrongClock(inputs, clock, settings),
            FallingBehind(self._progress, clock),
        )
        """Are asked once a second what there is to say."""

    def discovery(self, finder: Finder) -> Discovery:
        """Return what lets inputs join and go as files come and go; is asked once a second too."""
        return Discovery(self._inputs, finder, self._clock, self.turns)

    def _progress(self) -> Progress:
        turns = self.turns
        return Progress(turns.behind, turns.healths.lag_bytes, turns.lag_s, turns.read_bytes)
