"""The run that monitors: from its settings to its exit code."""

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from http_monitor.alerts import default_alerts
from http_monitor.checkpoint.session import Session
from http_monitor.cli.agent_classifier import family_of
from http_monitor.cli.beginning import Beginning, Paths
from http_monitor.cli.displays import display_of
from http_monitor.cli.formats import Formats
from http_monitor.cli.replay_inputs import read_ahead, replay_sources
from http_monitor.cli.run import engine_maker, live_run, replay_run
from http_monitor.cli.signals import Stop
from http_monitor.cli.startup_tuning import end_imports
from http_monitor.cli.streams import Output
from http_monitor.display.notices import Notices
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.inputs.missing_columns import EVERY_LOG
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.parser.detect.suggest import explain_and_suggest
from http_monitor.parser.lines.remarks import Remarks
from http_monitor.ports.source import Source
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S

if TYPE_CHECKING:
    from http_monitor.checkpoint.restore import MakeEngine
    from http_monitor.filtering import RowSelection
    from http_monitor.simulator import SimulatorThread


class Monitoring:
    """Builds a run and drives it to its end.

    Args:
        settings: What the user chose.
        formats: The format of each file.
        paths: What is read.
        beginning: The moment it begins.
        notices: Shows what is not data.
        select: Takes out lines that are not to be counted; None: all are.
        stop: Ends it at a signal.
    """

    def __init__(
        self,
        settings: Settings,
        formats: Formats,
        paths: Paths,
        beginning: Beginning,
        notices: Notices,
        select: "RowSelection | None",
        stop: Stop,
    ) -> None:
        self._settings = settings
        self._formats = formats
        self._paths = paths
        self._beginning = beginning
        self._notices = notices
        self._select = select
        self._stop = stop
        given = {"--trust-proxy": bool(settings.trusted_proxies), "--filter": settings.filter is not None}
        self._remarks = Remarks([name for name, is_given in given.items() if is_given])

    def run(self, traffic: "SimulatorThread | None") -> None:
        """Monitor until the end.

        Args:
            traffic: Writes the log; None: somebody else does.

        Raises:
            HttpMonitorError: An input of a replay, or the traffic, failed.
        """
        _choose_allocator()
        make_engine = engine_maker(default_alerts, family_of)
        session = self._session(make_engine)
        try:
            inputs = self._run_with(session, make_engine, traffic)
        finally:
            if session.store is not None:
                session.store.close()
        # Live, an input that fails is a state that was shown.
        for part in (*inputs, traffic):
            if part is not None and part.failure is not None:
                raise part.failure

    def _run_with(self, session: Session, make_engine: "MakeEngine", traffic: "SimulatorThread | None") -> list[Input]:
        settings = self._settings
        self._formats.look(self._paths.first, None if session.resumed is None else session.resumed.inputs)
        if settings.output == "text":
            self._notices.show(self._formats.banner())
        display = display_of(settings, self._notices)
        hub = Hub([Output(display)])
        if settings.replay:
            sources = replay_sources(settings, self._paths.first, self._stop.waker)
            inputs = [self._input_of(source) for source in sources]
            self._tell(hub, session)
            run = replay_run(settings, inputs, hub, default_alerts(settings), family_of, read_ahead(settings, inputs))
            monitor = HTTPMonitor(run, self._beginning.clock, settings.duration_s)
        else:
            inputs, monitor = self._live(hub, session, make_engine, traffic)
        self._stop.govern(monitor)
        end_imports()
        try:
            monitor.run(self._stop.waker)
        finally:
            display.close()
            monitor.close_inputs()
        return inputs

    def _live(
        self, hub: Hub, session: Session, make_engine: "MakeEngine", traffic: "SimulatorThread | None"
    ) -> tuple[list[Input], HTTPMonitor]:
        from http_monitor.cli.inputs import GlobFinder, LiveSources, first_sources

        settings, paths, beginning = self._settings, self._paths, self._beginning
        assert paths.selection is not None
        making = LiveSources(settings, beginning.clock, self._stop.waker.wake, via=paths.via, seen=beginning.seen)
        sources = first_sources(making, paths.first, session.resumed, from_start=settings.from_start)
        paths.selection.know(source.name for source in sources)
        inputs = [self._input_of(source) for source in sources]
        self._tell(hub, session)
        run = live_run(settings, inputs, hub, beginning.clock, session, make_engine, beginning.started_us)
        if traffic is not None:
            run.ask_each_second(traffic.drain_notices)
        if paths.selection.has_patterns:
            run.discover(GlobFinder(paths.selection, making, self._input_of))
        return inputs, HTTPMonitor(run, beginning.clock, settings.duration_s)

    def _session(self, make_engine: "MakeEngine") -> Session:
        """Return the checkpoint of the run, which only a live one has."""
        if self._settings.replay or self._settings.no_state:
            return Session()
        from http_monitor.checkpoint.open import open_state

        return open_state(self._settings, os.environ, self._paths.first, make_engine)

    def _tell(self, hub: Hub, session: Session) -> None:
        for notice in (*self._paths.notices, *session.notices):
            hub.publish(notice)

    def _input_of(self, source: Source) -> Input:
        kind = self._formats.kind_of(source.name)
        return Input(
            source,
            self._formats.of(source.name),
            self._settings.max_ahead_s * US_PER_S,
            explain_and_suggest,
            announced=kind,
            select=self._select,
            needs=(*EVERY_LOG, *(() if self._select is None else self._select.needs)),
            remarks=self._remarks.of_file().look,
        )


def _choose_allocator() -> None:
    """Let Arrow use the allocator that gives most memory back, where this build of it has that one."""
    import pyarrow as pa

    with suppress(NotImplementedError):
        pa.set_memory_pool(pa.jemalloc_memory_pool())
