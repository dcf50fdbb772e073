"""Runs the program: from its arguments to its exit code."""

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, TextIO

from http_monitor.arguments import parse_arguments
from http_monitor.errors import HttpMonitorError, RefusedError
from http_monitor.settings import Settings
from http_monitor.waker import Waker

# Columns and watching cost a third of a second to import: what is not needed for --help comes later.
if TYPE_CHECKING:
    from http_monitor.clock import Clock
    from http_monitor.display.ndjson import NdjsonDisplay
    from http_monitor.display.notices import Notices
    from http_monitor.display.text import Display
    from http_monitor.display.thresholds import Thresholds
    from http_monitor.monitor import HTTPMonitor
    from http_monitor.ports import LogFormat, ReportSink, Source
    from http_monitor.report import Message
    from http_monitor.simulator import SimulatorThread
    from http_monitor.sources.selecting import LiveSelection

EXIT_DONE = 0
_PIPED_WIDTH = 80
_SAMPLE_LINES = 100
_SAMPLE_BYTES = 64 << 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (default: those of the process) and return its exit code."""
    try:
        _check_streams()
        stop = _Stop()
        with stop.handling_signals():
            return _run(parse_arguments(sys.argv[1:] if arguments is None else arguments), stop)
    except HttpMonitorError as error:
        print(f"http_monitor: {error}", file=sys.stderr)  # noqa: T201 - the one line an error is
        return error.exit_code
    except BrokenPipeError:
        # The interpreter flushes stdout at its exit, and must not find the closed pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE


def _check_streams() -> None:
    """Do without a stderr that was closed by who started us, but not without a stdout."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it is for the whole run
    if sys.stdout is None:
        raise RefusedError("standard output: closed")


class _Stop:
    """What SIGINT, SIGTERM and SIGHUP do: ask the monitor to end, as soon as there is one."""

    def __init__(self) -> None:
        self.waker = Waker()
        self._monitor: HTTPMonitor | None = None
        self._requested = False

    @contextmanager
    def handling_signals(self) -> Iterator[None]:
        numbers = [signal.SIGINT, signal.SIGTERM]
        # A terminal that is closed ends the run too, unless nohup said that it must not.
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
            numbers.append(signal.SIGHUP)
        before = [signal.signal(number, self._handle) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def govern(self, monitor: "HTTPMonitor") -> None:
        """Stop this monitor at a signal, also at one that came while the program was starting."""
        self._monitor = monitor
        if self._requested:
            monitor.request_stop()

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del frame
        # Whoever asks twice does not want to wait for the end of a long turn.
        signal.signal(number, signal.SIG_DFL)
        self._requested = True
        if self._monitor is not None:
            self._monitor.request_stop()
        self.waker.wake()


def _run(settings: Settings, stop: _Stop) -> int:
    if settings.format != "auto":
        _log_format(settings)
    selection = _selection(settings)
    paths = _replayed(settings) if selection is None else selection.first()
    # Where the files end now is where they are followed from: what comes while the columns are imported counts.
    beginning = _Beginning(settings, paths)
    from http_monitor.display.notices import Notices

    notices = Notices(sys.stderr, None if settings.replay else beginning.clock.now_us)
    with _simulated_traffic(settings) as traffic:
        if settings.output == "text":
            # Before the columns are imported, so that the program answers at once.
            notices.show(_start(settings, paths))
        return _monitor(settings, paths, selection, beginning, notices, stop, traffic)


class _Beginning:
    """The moment a run begins, and what stands at its paths then."""

    def __init__(self, settings: Settings, paths: list[str]) -> None:
        from http_monitor.clock import ReplayClock, WallClock
        from http_monitor.sources.files import LocalFiles
        from http_monitor.sources.selecting import STDIN

        self.clock: Clock = ReplayClock() if settings.replay else WallClock()
        self.via = _prefix(settings)
        local = not settings.replay and self.via is None
        self.seen = {path: LocalFiles().look(path) for path in paths if local and path != STDIN}
        self.started_us = self.clock.now_us()


def _prefix(settings: Settings) -> list[str] | None:
    """Return the words put before the commands that read, none for this machine; None: no commands read."""
    if settings.via is not None:
        return shlex.split(settings.via)
    return [] if settings.reader == "wc-tail" else None


def _monitor(
    settings: Settings,
    paths: list[str],
    selection: "LiveSelection | None",
    beginning: _Beginning,
    notices: "Notices",
    stop: _Stop,
    traffic: "SimulatorThread | None",
) -> int:
    from http_monitor.alerts import default_alerts
    from http_monitor.cli.state import open_state
    from http_monitor.monitor import HTTPMonitor, Input
    from http_monitor.parser import explain
    from http_monitor.units import US_PER_S

    log_format = _log_format(settings)
    kept = open_state(settings, os.environ)
    try:
        kinds = _kinds(settings, paths, log_format, notices)

        def input_of(source: "Source") -> Input:
            max_ahead_us = settings.max_ahead_s * US_PER_S
            return Input(source, _log_format(settings), max_ahead_us, explain, announced=kinds.get(source.name))

        finder = None
        if selection is None:
            sources = _replay_sources(settings, paths, stop.waker)
        else:
            from http_monitor.cli.inputs import GlobFinder, LiveSources, first_sources

            seen = beginning.seen
            making = LiveSources(settings, beginning.clock, stop.waker.wake, via=beginning.via, seen=seen)
            sources = first_sources(making, paths, kept.resumed, from_start=settings.from_start)
            finder = GlobFinder(selection, making, input_of)
            selection.know(source.name for source in sources)
        inputs = [input_of(source) for source in sources]
        display = _display(settings, notices)
        for notice in kept.notices:
            display.publish(notice)
        monitor = HTTPMonitor(
            settings,
            inputs,
            default_alerts(settings),
            [_Output(display)],
            beginning.clock,
            started_us=beginning.started_us,
            store=kept.store,
            resumed=kept.resumed,
            unreadable=kept.unreadable,
        )
        if traffic is not None:
            monitor.listen_to(traffic.take_notices)
        if finder is not None and selection is not None and selection.has_patterns:
            monitor.look_for_more(finder)
        stop.govern(monitor)
        try:
            monitor.run(stop.waker)
        finally:
            display.close()
            monitor.close_inputs()
    finally:
        if kept.store is not None:
            kept.store.close()
    # Live, an input that fails is a state that was shown.
    failures = [getattr(part, "failure", None) for part in (*(sources if settings.replay else ()), traffic)]
    for failure in failures:
        if failure is not None:
            raise failure
    return EXIT_DONE


def _selection(settings: Settings) -> "LiveSelection | None":
    """Return the paths of a live run; None in a replay."""
    from http_monitor.sources.selecting import LiveSelection

    return None if settings.replay else LiveSelection(settings.files, local=settings.via is None)


def _replayed(settings: Settings) -> list[str]:
    from http_monitor.sources.selecting import check_replay_inputs, expand

    paths = expand(settings.files)
    check_replay_inputs(paths)
    return paths


def _replay_sources(settings: Settings, paths: list[str], waker: Waker) -> "list[Source]":
    from http_monitor.sources.replay import ReplayFile
    from http_monitor.sources.selecting import STDIN
    from http_monitor.sources.stdin import StdinSource

    limit = settings.max_line_bytes
    return [
        StdinSource(waker.wake, block=True, limit=limit) if path == STDIN else ReplayFile(path, limit=limit)
        for path in paths
    ]


def _log_format(settings: Settings) -> "LogFormat":
    from http_monitor.parser import get_format

    return get_format(settings.format, settings.max_line_bytes)


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


def _display(settings: Settings, notices: "Notices") -> "Display | NdjsonDisplay":
    from http_monitor.display.colour import wants_colour
    from http_monitor.display.ndjson import NdjsonDisplay
    from http_monitor.display.text import Display

    if settings.output == "ndjson":
        return NdjsonDisplay(sys.stdout, notices)
    palette = None
    is_tty = sys.stdout.isatty()
    if wants_colour(settings.color, is_tty, os.environ):
        from http_monitor.display.ansi import COLOURS, prepare_console

        prepare_console()
        palette = COLOURS
    return Display(
        sys.stdout,
        notices,
        width=lambda: _width_of(sys.stdout),
        thresholds=_thresholds(settings),
        palette=palette,
        live_status=is_tty and not settings.replay,
    )


def _thresholds(settings: Settings) -> "Thresholds":
    from http_monitor.display.thresholds import Thresholds

    return Thresholds(settings.alert_threshold, settings.alert_error_rate, settings.ddos_threshold)


def _start(settings: Settings, paths: list[str]) -> list[str]:
    """Return what the user is told before anything happens."""
    from http_monitor.display.lines import render_start
    from http_monitor.display.style import style_for

    return render_start(
        paths=paths,
        thresholds=_thresholds(settings),
        interval_s=settings.interval_s,
        window_s=settings.window_s,
        mode="replay" if settings.replay else "live",
        width=_width_of(sys.stderr),
        style=style_for(sys.stderr.encoding),
    )


def _kinds(settings: Settings, paths: list[str], log_format: "LogFormat", notices: "Notices") -> dict[str, str]:
    """Say which format the lines that are there have; return it for each path where some do."""
    from http_monitor.display.lines import render_format
    from http_monitor.display.style import style_for

    if settings.output != "text":
        return {}
    kinds: dict[str, str] = {}
    found: dict[str, None] = {}
    for path in paths if settings.format == "auto" else ():
        lines = _sample(path, settings)
        kind = log_format.parse(lines).kind
        if kind is not None:
            kinds[path] = kind
        if lines and not lines.isspace():
            found[kind or "none that fits the lines so far"] = None
    words = " and ".join(found) or "by the first line that fits"
    shown = f"auto, found {words}" if settings.format == "auto" else settings.format
    notices.show(render_format(shown, _width_of(sys.stderr), style_for(sys.stderr.encoding)))
    return kinds


def _sample(path: str, settings: Settings) -> bytes:
    """Return lines that tell the format of a file: the first of a replay, the last of one that is followed."""
    from http_monitor.sources.files import LocalFiles
    from http_monitor.sources.replay import ReplayFile
    from http_monitor.sources.sample import tail_sample
    from http_monitor.sources.selecting import STDIN

    if path == STDIN or _prefix(settings) is not None:
        return b""  # commands may take their time, and the first line tells as well
    if not settings.replay:
        return b"".join(tail_sample(LocalFiles(), path, _SAMPLE_LINES))
    source = ReplayFile(path, read_bytes=_SAMPLE_BYTES)
    try:
        return source.read().data
    finally:
        source.close()


def _width_of(stream: TextIO) -> int:
    return shutil.get_terminal_size((_PIPED_WIDTH, 24)).columns if stream.isatty() else _PIPED_WIDTH


class _Output:
    """Standard output as a sink: what goes wrong there is the user's to know, not a traceback."""

    def __init__(self, display: "ReportSink") -> None:
        self._display = display

    def publish(self, message: "Message") -> None:
        try:
            self._display.publish(message)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise RefusedError(f"standard output: {error.strerror}") from error
