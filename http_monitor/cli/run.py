"""Builds a run from its engine, inputs, listeners and checkpoints."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.hub.hub import Hub
from http_monitor.monitor.alert_details import AlertDetails, BreaksDown
from http_monitor.monitor.held_messages import HeldNotices
from http_monitor.monitor.marker import Marker, positions_of
from http_monitor.monitor.publisher import Publisher
from http_monitor.monitor.replay_run import ReplayRun
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S

if TYPE_CHECKING:
    from http_monitor.checkpoint.restore import MakeEngine
    from http_monitor.checkpoint.session import Session
    from http_monitor.clock import Clock
    from http_monitor.inputs.input import Input
    from http_monitor.inputs.readahead.protocol import ReadAhead
    from http_monitor.monitor.live_run import LiveRun
    from http_monitor.monitor.playing.paced_replay import PacedReplay
    from http_monitor.monitor.playing.player import Player
    from http_monitor.ports.agent import ClassifyAgent
    from http_monitor.ports.alert import Alert
    from http_monitor.report import Message


def engine_maker(
    make_alerts: "Callable[[Settings], Iterable[Alert]]", classify: "ClassifyAgent | None" = None
) -> "MakeEngine":
    """Return a maker of engines for live runs, which publish nothing until they are given a publisher.

    Args:
        make_alerts: Makes the rules for settings.
        classify: Returns the families of user agents; None: reports omit them.
    """

    def make_engine(settings: Settings) -> MetricsAggregator:
        engine = MetricsAggregator(settings, "live", _discard, classify=classify)
        for alert in make_alerts(settings):
            engine.register(alert)
        return engine

    return make_engine


def live_run(
    settings: Settings,
    inputs: "list[Input]",
    hub: Hub,
    clock: "Clock",
    session: "Session",
    make_engine: "MakeEngine",
    started_us: int | None = None,
    backfill: "Callable[[MetricsAggregator], None] | None" = None,
    breakdown: "BreaksDown | None" = None,
    *,
    shows_backlog: bool = True,
) -> "LiveRun":
    """Return a run that follows logs.

    Args:
        settings: The settings of the run.
        inputs: The followed inputs; their sources are at the positions of the resumed run.
        hub: Receives all messages; the checkpointer joins it as the last listener.
        clock: The clock of the run.
        session: The store of checkpoints, and the state that the run resumes from.
        make_engine: Makes the engine of the run.
        started_us: The start of the run as shown to the user; None: now.
        breakdown: Describes the requests of an alert; a listener of the hub's stream.
        backfill: Fills the window of an engine that begins at the ends of its logs; None: it begins empty, or resumes.
        shows_backlog: Whether any listener wants the reports of a backlog in which no alert was raised or recovered.
    """
    from http_monitor.checkpoint.run_state import RunState
    from http_monitor.monitor.live_run import LiveRun

    started_us = clock.now_us() if started_us is None else started_us
    if session.resumed is not None:
        engine = session.resumed.engine_for(settings, make_engine)
        if breakdown is not None:
            breakdown.begin_behind(engine.now_us)
    else:
        engine = make_engine(settings)
        if not settings.from_start:
            engine.begin_at(started_us)
    publisher = Publisher(hub)
    publisher.complete = AlertDetails(inputs, settings.server_of, hub, breakdown).complete
    engine.publish_to(publisher.publish)
    if not shows_backlog:
        engine.pass_backlog_over(publisher.pass_over, lambda end_us: publisher.in_backlog(end_us))
    resumption = None if session.resumed is None else session.resumed.resumption
    if hub.wants_rows:
        hub.begin(resumption)
        engine.stream_to(hub)
    if backfill is not None:
        backfill(engine)
    # The stream must be attached first: resuming may release held lines of removed files, which are rows of it too.
    marker = Marker(hub, engine, lambda: positions_of(inputs), 0 if resumption is None else resumption.mark_number or 0)
    state = RunState(settings, engine, inputs, clock, session, started_us, marker)
    run = LiveRun(settings, engine, inputs, clock, publisher, state, marker)
    hub.join(state.checkpointer)
    return run


def replay_run(
    settings: Settings,
    inputs: "Sequence[Input]",
    hub: Hub,
    alerts: "Iterable[Alert]",
    classify: "ClassifyAgent | None" = None,
    ahead: "ReadAhead | None" = None,
    breakdown: "BreaksDown | None" = None,
) -> ReplayRun:
    """Return a run that reads files to their ends.

    Args:
        settings: The settings of the run.
        inputs: The files.
        hub: Receives all messages.
        alerts: The rules.
        classify: Returns the families of user agents; None: reports omit them.
        ahead: Reads and parses in parallel; None: nothing does.
        breakdown: Describes the requests of an alert; a listener of the hub's stream.
    """
    return ReplayRun(inputs, *_replay_parts(settings, inputs, hub, alerts, classify, breakdown), ahead)


def paced_replay(
    settings: Settings,
    inputs: "Sequence[Input]",
    hub: Hub,
    alerts: "Iterable[Alert]",
    player: "Player",
    classify: "ClassifyAgent | None" = None,
    breakdown: "BreaksDown | None" = None,
) -> "PacedReplay":
    """Return a run that reads files to their ends as people order it, without reading ahead.

    Args:
        settings: The settings of the run.
        inputs: The files.
        hub: Receives all messages.
        alerts: The rules.
        player: Passes on the orders.
        classify: Returns the families of user agents; None: reports omit them.
        breakdown: Describes the requests of an alert; a listener of the hub's stream.
    """
    from http_monitor.monitor.playing.paced_replay import PacedReplay

    parts = _replay_parts(settings, inputs, hub, alerts, classify, breakdown)
    return PacedReplay(inputs, *parts, settings, player)


def _replay_parts(
    settings: Settings,
    inputs: "Sequence[Input]",
    hub: Hub,
    alerts: "Iterable[Alert]",
    classify: "ClassifyAgent | None",
    breakdown: "BreaksDown | None",
) -> tuple[MetricsAggregator, Publisher, HeldNotices]:
    held = HeldNotices(settings.bucket_waits_s * US_PER_S)
    publisher = Publisher(hub, held)
    publisher.complete = AlertDetails(inputs, settings.server_of, hub, breakdown).complete
    pass_over = None if settings.every_interval else publisher.pass_over
    engine = MetricsAggregator(settings, "replay", publisher.publish, classify=classify, pass_over=pass_over)
    for alert in alerts:
        engine.register(alert)
    if hub.wants_rows:
        hub.begin(None)
        engine.stream_to(hub)
        for entry in inputs:
            entry.locator.at_once = hub.wants_marks
    return engine, publisher, held


def _discard(message: "Message") -> None:
    del message
