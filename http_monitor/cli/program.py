"""Runs the program: from its arguments to its exit code."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from http_monitor.arguments import parse_arguments
from http_monitor.checkpoint.session import Session
from http_monitor.cli.displays import display_of, start_of
from http_monitor.cli.formats import Formats
from http_monitor.cli.replay_inputs import read_ahead, replay_sources
from http_monitor.cli.signals import Stop
from http_monitor.cli.startup_tuning import be_one_thread, begin_exit, begin_imports, end_imports, spare_threads
from http_monitor.cli.streams import Output, complain, let_go_of_streams, refusal, written_whole
from http_monitor.errors import HttpMonitorError, RefusedError, lacks_memory
from http_monitor.settings import Settings

# Columns and watching cost a third of a second to import: what is not needed for --help comes later.
if TYPE_CHECKING:
    from http_monitor.clock import Clock
    from http_monitor.display.notices import Notices
    from http_monitor.filtering import RowSelection
    from http_monitor.ports.source import Source
    from http_monitor.report import Notice
    from http_monitor.simulator import SimulatorThread
    from http_monitor.sources.files.access import FileStatus
    from http_monitor.sources.files.regular_file import Obstacle
    from http_monitor.sources.path_selection import LiveSelection

EXIT_DONE = 0
EXIT_NO_MEMORY = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (default: those of the process) and return its exit code."""
    try:
        _check_streams()
        spare_threads()
        if arguments is None:  # else the process, and its garbage, is somebody else's too
            begin_imports()
        stop = Stop()
        with stop.handling_signals(), stop.where_a_thread_lacks_memory():
            code = _run(_settings(sys.argv[1:] if arguments is None else arguments), stop)
        if stop.lacks_memory:
            raise MemoryError
        return code
    except HttpMonitorError as error:
        complain(str(error))
        return error.exit_code
    except BrokenPipeError:
        return EXIT_DONE
    except Exception as error:
        if not lacks_memory(error):
            raise
        complain("there is too little memory, or the limit of it is too low")
        if arguments is None:
            # Libraries that could not be loaded to their end may crash when they are unloaded.
            let_go_of_streams()
            os._exit(EXIT_NO_MEMORY)
        return EXIT_NO_MEMORY
    finally:
        if arguments is None:
            let_go_of_streams()
            begin_exit()


def _settings(arguments: Sequence[str]) -> Settings:
    """Return what the arguments ask for; answers to ``-h`` and ``--version`` go to stdout, and end the program."""
    try:
        return parse_arguments(arguments)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise refusal(error) from error


def _check_streams() -> None:
    """Do without a stderr that was closed by who started us, but not without a stdout."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it is for the whole run
    if sys.stdout is None:
        raise RefusedError("standard output: closed")
    sys.stdout = written_whole(sys.stdout)


def _run(settings: Settings, stop: Stop) -> int:
    if settings.list_formats:
        from http_monitor.cli.explain import list_formats

        return list_formats(settings)
    select = _row_selection(settings)
    if settings.replay:
        be_one_thread()
    formats = Formats(settings, local=_prefix(settings) is None)
    selection = None if settings.explain is not None else _selection(settings)
    paths, repeated = _read_to_the_end(settings) if selection is None else (selection.first(), [])
    formats.check(paths, stop.requested)
    if stop.requested() and settings.format_from is not None:
        return EXIT_DONE
    if formats.timeless:
        settings = replace(settings, time="arrival")
    if settings.explain is not None:
        from http_monitor.cli.explain import explain

        end_imports()
        for notice in repeated:
            complain(notice.text)
        return explain(settings, formats, paths, stop.requested)
    # Where the files end now is where they are followed from: what comes while the columns are imported counts.
    beginning = _Beginning(settings, paths, repeated)
    from http_monitor.display.notices import Notices

    notices = Notices(sys.stderr, None if settings.replay else beginning.clock.now_us)
    with _simulated_traffic(settings) as traffic:
        if settings.output == "text":
            # Before the columns are imported, so that the program answers at once.
            notices.show(start_of(settings, paths))
        return _monitor(settings, paths, formats, selection, select, beginning, notices, stop, traffic)


class _Beginning:
    """The moment a run begins, and what stands at its paths then; with what is to be said before anything else."""

    def __init__(self, settings: Settings, paths: list[str], notices: "list[Notice]") -> None:
        from http_monitor.clock import ReplayClock, WallClock

        self.clock: Clock = ReplayClock() if settings.replay else WallClock()
        self.via = _prefix(settings)
        self.seen = {} if settings.replay or self.via is not None else _seen(paths)
        self.started_us = self.clock.now_us()
        self.notices = notices


def _seen(paths: list[str]) -> "dict[str, FileStatus | Obstacle]":
    """Return what stands at each path now."""
    from http_monitor.sources.files.access import LocalFiles
    from http_monitor.sources.path_selection import STDIN
    from http_monitor.sources.tail.start import seen_at

    files = LocalFiles()
    return {path: seen_at(files, path) for path in paths if path != STDIN}


def _prefix(settings: Settings) -> list[str] | None:
    """Return the words put before the commands that read, none for this machine; None: no commands read."""
    if settings.via is not None:
        import shlex

        return shlex.split(settings.via)
    return [] if settings.reader == "wc-tail" else None


def _monitor(
    settings: Settings,
    paths: list[str],
    formats: Formats,
    selection: "LiveSelection | None",
    select: "RowSelection | None",
    beginning: _Beginning,
    notices: "Notices",
    stop: Stop,
    traffic: "SimulatorThread | None",
) -> int:
    from http_monitor.alerts import default_alerts
    from http_monitor.cli.agent_classifier import family_of
    from http_monitor.inputs.missing_columns import EVERY_LOG
    from http_monitor.monitor import HTTPMonitor, Input
    from http_monitor.parser.detect.auto import explain_and_suggest
    from http_monitor.parser.lines.remarks import Remarks
    from http_monitor.units import US_PER_S

    _choose_allocator()
    kept = _kept(settings, paths)
    try:
        formats.look(paths, None if kept.resumed is None else kept.resumed.inputs)
        if settings.output == "text":
            notices.show(formats.banner())

        remarks = Remarks(["--trust-proxy"] if settings.trusted_proxies else [])

        def input_of(source: "Source") -> Input:
            max_ahead_us = settings.max_ahead_s * US_PER_S
            kind = formats.kind_of(source.name)
            needs = (*EVERY_LOG, *(() if select is None else select.needs))
            made = formats.of(source.name)
            return Input(
                source,
                made,
                max_ahead_us,
                explain_and_suggest,
                announced=kind,
                select=select,
                needs=needs,
                remarks=remarks.of_file().look,
            )

        finder = None
        if selection is None:
            sources = replay_sources(settings, paths, stop.waker)
        else:
            from http_monitor.cli.inputs import GlobFinder, LiveSources, first_sources

            seen = beginning.seen
            making = LiveSources(settings, beginning.clock, stop.waker.wake, via=beginning.via, seen=seen)
            sources = first_sources(making, paths, kept.resumed, from_start=settings.from_start)
            finder = GlobFinder(selection, making, input_of)
            selection.know(source.name for source in sources)
        inputs = [input_of(source) for source in sources]
        display = display_of(settings, notices)
        for notice in (*beginning.notices, *kept.notices):
            display.publish(notice)
        monitor = HTTPMonitor(
            settings,
            inputs,
            default_alerts(settings),
            [Output(display)],
            beginning.clock,
            started_us=beginning.started_us,
            store=kept.store,
            resumed=kept.resumed,
            classify=family_of,
            unreadable=kept.unreadable,
            ahead=read_ahead(settings, inputs),
        )
        if traffic is not None:
            monitor.listen_to(traffic.take_notices)
        if finder is not None and selection is not None and selection.has_patterns:
            monitor.look_for_more(finder)
        stop.govern(monitor)
        end_imports()
        try:
            monitor.run(stop.waker)
        finally:
            display.close()
            monitor.close_inputs()
    finally:
        if kept.store is not None:
            kept.store.close()
    # Live, an input that fails is a state that was shown.
    failures = [part.failure for part in (*inputs, traffic) if part is not None]
    for failure in failures:
        if failure is not None:
            raise failure
    return EXIT_DONE


def _selection(settings: Settings) -> "LiveSelection | None":
    """Return the paths of a live run; None in a replay."""
    from http_monitor.sources.path_selection import LiveSelection

    return None if settings.replay else LiveSelection(settings.files, local=settings.via is None)


def _read_to_the_end(settings: Settings) -> "tuple[list[str], list[Notice]]":
    """Return the paths of a replay, or of lines to explain, each of which can be read; and what to say of them."""
    if settings.explain:
        return list(settings.files), []
    from http_monitor.report import Notice
    from http_monitor.sources.archive_twins import without_twins
    from http_monitor.sources.path_selection import check_replay_inputs, expand, without_repeats
    from http_monitor.units import visible_text

    paths, repeats = without_repeats(expand(settings.files))
    notices = [
        Notice(
            f"{visible_text(path)} is the same file as {visible_text(owner)}, and is read once",
            "warning",
            "same-file",
            path,
        )
        for path, owner in repeats
    ]
    check_replay_inputs(paths)
    paths, twins = without_twins(paths)
    for path, owner in twins:
        complain(f"{visible_text(path)} holds what {visible_text(owner)} has, and is not read")
    return paths, notices


def _kept(settings: Settings, paths: list[str]) -> Session:
    """Return the checkpoint of a run."""
    if settings.replay or settings.no_state:
        return Session()
    from http_monitor.checkpoint.open import open_state

    return open_state(settings, os.environ, paths)


def _choose_allocator() -> None:
    """Let Arrow use the allocator that gives most memory back, where this build of it has that one."""
    import pyarrow as pa

    with suppress(NotImplementedError):
        pa.set_memory_pool(pa.jemalloc_memory_pool())


def _row_selection(settings: Settings) -> "RowSelection | None":
    """Return what takes out lines that are not to be counted; None where all are."""
    chosen = (settings.filter, settings.exclude_hosts, settings.ignore_bots, settings.trusted_proxies)
    if not any(chosen):
        return None
    from http_monitor.filtering import selection_for

    return selection_for(settings, _is_bot)


def _is_bot(agent: bytes) -> bool:
    # Its rules take long to load, and only some runs need them.
    from http_monitor.agents import is_bot

    return is_bot(agent)


@contextmanager
def _simulated_traffic(settings: Settings) -> "Iterator[SimulatorThread | None]":
    if not settings.give_me_traffic:
        yield None
        return
    from http_monitor.clock import WallClock
    from http_monitor.simulator import simulator

    traffic = simulator(settings, WallClock(), os.environ)
    traffic.start()
    try:
        yield traffic
    finally:
        traffic.stop()
