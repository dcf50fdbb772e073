"""Runs the monitor, from the settings to the end of the run."""

import os
import sys
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from http_monitor.alerts import default_alerts
from http_monitor.breakdown.recent import KEPT_IN_REPLAY, KEPT_LIVE, RecentRequests
from http_monitor.checkpoint.session import Session
from http_monitor.cli.agent_classifier import family_of
from http_monitor.cli.beginning import Beginning, Paths
from http_monitor.cli.formats import Formats
from http_monitor.cli.fronts.front import Front
from http_monitor.cli.matching_lines import LineWriter, MatchingLines
from http_monitor.cli.replay_inputs import read_ahead, replay_sources
from http_monitor.cli.row_selection import selection_of
from http_monitor.cli.run import engine_maker, live_run, paced_replay, replay_run
from http_monitor.cli.signals import Stop
from http_monitor.cli.startup_tuning import end_imports, open_many_files
from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.inputs.look import LookAtLines
from http_monitor.inputs.missing_columns import EVERY_LOG
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.monitor.replay_run import ReplayRun
from http_monitor.parser.detect.suggest import explain_and_suggest
from http_monitor.parser.lines.remarks import Remarks
from http_monitor.ports.source import Source
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S

if TYPE_CHECKING:
    from http_monitor.checkpoint.restore import MakeEngine
    from http_monitor.cli.before_run.window_fill import WindowFill
    from http_monitor.cli.live_span import LiveSpan
    from http_monitor.cli.replay_span import ReplaySpan
    from http_monitor.filtering import RowSelection
    from http_monitor.inputs.look import Select
    from http_monitor.monitor.past.read_back import ReadBack
    from http_monitor.simulator import SimulatorThread


class Monitoring:
    """Builds a run and drives it to its end.

    Args:
        settings: The settings of the run.
        formats: Chooses the format of each file.
        paths: The paths of the run.
        beginning: The state in which the run begins.
        front: Shows the run.
        select: Removes lines that are not to be counted; None: all are counted.
        stop: Ends the run at a signal.
    """

    def __init__(
        self,
        settings: Settings,
        formats: Formats,
        paths: Paths,
        beginning: Beginning,
        front: Front,
        select: "RowSelection | None",
        stop: Stop,
    ) -> None:
        self._settings = settings
        self._formats = formats
        self._paths = paths
        self._beginning = beginning
        self._front = front
        self._select = select
        self._stop = stop
        self._recent = RecentRequests(KEPT_IN_REPLAY if settings.replay else KEPT_LIVE)
        self._read_back: ReadBack | None = None
        self._lines = LineWriter(sys.stdout) if settings.output == "lines" else None
        asks_status = any("status" in expression for expression in settings.filters)
        given = {"--trust-proxy": bool(settings.trusted_proxies), "--filter": asks_status}
        self._remarks = Remarks([name for name, is_given in given.items() if is_given])

    def run(self, traffic: "SimulatorThread | None") -> None:
        """Monitor until the end.

        Args:
            traffic: Writes the log; None if a real server does.

        Raises:
            HttpMonitorError: An input of a replay, or the simulated traffic, failed.
        """
        _choose_allocator()
        make_engine = engine_maker(default_alerts, family_of)
        session = self._session(make_engine)
        try:
            inputs = self._run_with(session, make_engine, traffic)
        finally:
            if session.store is not None:
                session.store.close()
        # In a live run an input that fails is only a state, which was shown.
        for part in (*inputs, traffic):
            if part is not None and part.failure is not None:
                raise part.failure

    def _run_with(self, session: Session, make_engine: "MakeEngine", traffic: "SimulatorThread | None") -> list[Input]:
        settings = self._settings
        self._formats.look(self._paths.first, None if session.resumed is None else session.resumed.inputs)
        front = self._front
        front.tell_formats(self._formats)
        hub = Hub(front.sinks())
        hub.join_rows(self._recent, "breakdown of alerts")
        front.join(hub)
        if settings.replay:
            span = self._replay_span()
            watched, paced = front.is_watched, front.player is not None
            sources = replay_sources(
                settings, self._paths.first, self._stop.waker, span, is_watched=watched, is_paced=paced
            )
            inputs = [
                self._input_of(source, None if span is None else span.selection(source.name, self._select))
                for source in sources
            ]
            self._publish_notices(hub, session)
            for notice in () if span is None else span.notices():
                hub.publish(notice)
            run = front.show(self._make_replay(inputs, hub))
            monitor = HTTPMonitor(run, self._beginning.clock, settings.duration_s)
        else:
            inputs, monitor = self._make_live(hub, session, make_engine, traffic)
        self._stop.attach(monitor)
        end_imports()
        try:
            monitor.run(self._stop.waker)
        finally:
            if self._read_back is not None:
                self._read_back.stop()
            front.close()
            monitor.close_inputs()
        return inputs

    def _make_replay(self, inputs: list[Input], hub: Hub) -> ReplayRun:
        settings, alerts, player = self._settings, default_alerts(self._settings), self._front.player
        if player is not None:
            return paced_replay(settings, inputs, hub, alerts, player, family_of, self._recent)
        ahead = read_ahead(settings, inputs)
        return replay_run(settings, inputs, hub, alerts, family_of, ahead, self._recent)

    def _make_live(
        self, hub: Hub, session: Session, make_engine: "MakeEngine", traffic: "SimulatorThread | None"
    ) -> tuple[list[Input], HTTPMonitor]:
        from http_monitor.cli.inputs import GlobFinder, LiveSources, first_sources

        open_many_files()
        settings, paths, beginning = self._settings, self._paths, self._beginning
        assert paths.selection is not None
        span = self._live_span()
        if beginning.span.since_us is not None:
            # The existing lines are a backlog, from the beginning of the span.
            settings = replace(settings, from_start=True)
        wake, wants = self._stop.waker.wake, paths.selection.wants
        making = LiveSources(settings, beginning.clock, wake, seen=beginning.seen, wants=wants)
        sources = first_sources(making, paths.first, session.resumed, from_start=settings.from_start, span=span)
        paths.selection.know(source.name for source in sources)

        def input_of(source: Source) -> Input:
            return self._input_of(source, None if span is None else span.selection(source.name, self._select))

        inputs = [input_of(source) for source in sources]
        self._publish_notices(hub, session)
        for notice in () if span is None else span.notices(beginning.started_us):
            hub.publish(notice)
        filler = self._backfill(session)
        begun_us = beginning.started_us
        read_back = self._make_read_back(session)
        run = live_run(
            *(settings, inputs, hub, beginning.clock, session, make_engine, begun_us, filler),
            breakdown=self._recent,
            shows_backlog=settings.output == "ndjson",
        )
        if filler is not None and filler.notice is not None:
            hub.publish(filler.notice)
        if traffic is not None:
            run.ask_each_second(traffic.drain_notices)
        if paths.selection.has_patterns:
            run.discover(GlobFinder(paths.selection, making, input_of))
        if read_back is not None:
            # The run has all its rows behind those that are read now.
            read_back.start()
            run.ask_each_second(read_back.drain_notices)
            self._front.begin_read_back(read_back)
            self._read_back = read_back
        shown = self._front.show(run)
        return inputs, HTTPMonitor(shown, beginning.clock, settings.duration_s, beginning.span.until_us)

    def _replay_span(self) -> "ReplaySpan | None":
        """Return the part of a replay that counts; None: all of it does."""
        if self._settings.since is None and self._settings.until is None:
            return None
        from http_monitor.cli.replay_span import ReplaySpan

        return ReplaySpan(self._settings, self._paths.first, self._formats, self._stop.is_requested)

    def _backfill(self, session: Session) -> "WindowFill | None":
        """Return what fills the window of a live run; None: it resumes, or begins empty."""
        settings = self._settings
        reads_back = settings.from_start or settings.since is not None or settings.time == "arrival"
        if settings.no_backfill or reads_back or session.resumed is not None or settings.give_me_traffic:
            return None
        from http_monitor.cli.before_run.window_fill import WindowFill

        return WindowFill(settings, self._beginning, self._formats, self._select, self._stop.is_requested)

    def _make_read_back(self, session: Session) -> "ReadBack | None":
        """Return what reads the rows of before the run for those who hold rows; None: nothing does."""
        rows = self._front.recent_rows
        if rows is None:
            return None
        from http_monitor.cli.before_run.read_back import make_read_back

        settings = self._settings
        return make_read_back(
            *(settings, self._beginning, self._paths.first, self._formats, self._select, session, rows),
            settings.recent_s * US_PER_S,
        )

    def _live_span(self) -> "LiveSpan | None":
        """Return the part of its logs that a live run counts; None: all that it reads."""
        if not self._beginning.span.is_bounded:
            return None
        from http_monitor.cli.live_span import LiveSpan

        return LiveSpan(self._settings, self._beginning.span, self._formats, self._paths.first)

    def _session(self, make_engine: "MakeEngine") -> Session:
        """Return the checkpoint session; only a live run has a checkpoint."""
        if self._settings.replay or self._settings.no_state:
            return Session()
        from http_monitor.checkpoint.open import open_state

        return open_state(self._settings, os.environ, self._paths.first, make_engine)

    def _publish_notices(self, hub: Hub, session: Session) -> None:
        for notice in (*self._paths.notices, *session.notices):
            hub.publish(notice)

    def _input_of(self, source: Source, select: "Select | None" = None) -> Input:
        """Return the input of a source; the selection of its lines is the common one, unless it has its own."""
        kind = self._formats.kind_of(source.name)
        select = selection_of(self._settings, source.name, select or self._select)
        remarks: LookAtLines = self._remarks.of_file().check
        if self._lines is not None:
            matching = MatchingLines(self._lines, remarks, select)
            select, remarks = matching.select, matching.look
        entry = Input(
            source,
            self._formats.of(source.name),
            self._settings.max_ahead_s * US_PER_S,
            explain_and_suggest,
            announced=kind,
            select=select,
            needs=(*EVERY_LOG, *(() if self._select is None else self._select.needs)),
            remarks=remarks,
        )
        self._front.prepare(entry)
        return entry


def _choose_allocator() -> None:
    """Let Arrow use the allocator that returns most memory to the system, if this build has it."""
    import pyarrow as pa

    with suppress(NotImplementedError):
        pa.set_memory_pool(pa.jemalloc_memory_pool())
