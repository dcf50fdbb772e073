"""The composition root: the only module that knows concrete classes, and what each way to end exits with."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

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

EXIT_DONE = 0
_PIPED_WIDTH = 80
_SAMPLE_LINES = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (default: those of the process) and return its exit code."""
    try:
        settings = parse_arguments(sys.argv[1:] if arguments is None else arguments)
        stop = _Stop()
        with stop.handling_signals():
            return _run(settings, stop)
    except HttpMonitorError as error:
        print(f"http_monitor: {error}", file=sys.stderr)  # noqa: T201 - the one line an error is
        return error.exit_code
    except BrokenPipeError:
        # The interpreter flushes stdout at its exit, and must not find the closed pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE


class _Stop:
    """What SIGINT and SIGTERM do: ask the monitor to end, or leave at once while there is none."""

    def __init__(self) -> None:
        self.waker = Waker()
        self.monitor: HTTPMonitor | None = None

    @contextmanager
    def handling_signals(self) -> Iterator[None]:
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, self._handle) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.monitor is None:
            raise SystemExit(EXIT_DONE)
        # Whoever asks twice does not want to wait for the end of a long turn.
        signal.signal(number, signal.SIG_DFL)
        self.monitor.request_stop()
        self.waker.wake()


def _run(settings: Settings, stop: _Stop) -> int:
    from http_monitor.alerts import default_alerts
    from http_monitor.clock import ReplayClock, WallClock
    from http_monitor.display.notices import Notices
    from http_monitor.monitor import HTTPMonitor, Input
    from http_monitor.parser import explain, get_format
    from http_monitor.units import US_PER_S

    log_format = get_format(settings.format)
    clock: Clock = ReplayClock() if settings.replay else WallClock()
    notices = Notices(sys.stderr)
    with _simulated_traffic(settings) as traffic:
        sources = (
            _replay_sources(settings, stop.waker) if settings.replay else _live_sources(settings, clock, stop.waker)
        )
        inputs = [Input(source, log_format, settings.max_ahead_s * US_PER_S, explain) for source in sources]
        display = _display(settings, notices)
        if settings.output == "text":
            notices.show(_start(settings, sources, log_format))
        monitor = HTTPMonitor(settings, inputs, default_alerts(settings), [_Output(display)], clock)
        if traffic is not None:
            monitor.listen_to(traffic.take_notices)
        stop.monitor = monitor
        try:
            monitor.run(stop.waker)
        finally:
            display.close()
            for source in sources:
                source.close()
    failures = [getattr(part, "failure", None) for part in (*sources, traffic)]
    for failure in failures:
        if failure is not None:
            raise failure
    return EXIT_DONE


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


def _live_sources(settings: Settings, clock: "Clock", waker: Waker) -> "list[Source]":
    from http_monitor.sources.observer import FileObserver, Watcher
    from http_monitor.sources.selecting import STDIN, expand
    from http_monitor.sources.stdin import StdinSource
    from http_monitor.sources.tail import FileTail

    watcher = Watcher(waker.wake, clock)
    return [
        StdinSource(waker.wake, block=False)
        if path == STDIN
        else FileObserver(FileTail(path, from_start=settings.from_start), watcher)
        for path in expand(settings.files, replay=False)
    ]


def _replay_sources(settings: Settings, waker: Waker) -> "list[Source]":
    from http_monitor.sources.replay import ReplayFile
    from http_monitor.sources.selecting import STDIN, check_replay_inputs, expand
    from http_monitor.sources.stdin import StdinSource

    paths = expand(settings.files, replay=True)
    check_replay_inputs(paths)
    return [StdinSource(waker.wake, block=True) if path == STDIN else ReplayFile(path) for path in paths]


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
        width=lambda: shutil.get_terminal_size((_PIPED_WIDTH, 24)).columns if is_tty else _PIPED_WIDTH,
        thresholds=_thresholds(settings),
        palette=palette,
        live_status=is_tty and not settings.replay,
    )


def _thresholds(settings: Settings) -> "Thresholds":
    from http_monitor.display.thresholds import Thresholds

    return Thresholds(settings.alert_threshold, settings.alert_error_rate, settings.ddos_threshold)


def _start(settings: Settings, sources: "list[Source]", log_format: "LogFormat") -> list[str]:
    """Return what the user is told before anything happens."""
    from http_monitor.display.lines import render_start
    from http_monitor.display.style import style_for

    columns = shutil.get_terminal_size((_PIPED_WIDTH, 24)).columns if sys.stderr.isatty() else _PIPED_WIDTH
    return render_start(
        paths=[source.name for source in sources],
        log_format=_format_found(settings, sources, log_format),
        thresholds=_thresholds(settings),
        interval_s=settings.interval_s,
        window_s=settings.window_s,
        mode="replay" if settings.replay else "live",
        width=columns,
        style=style_for(sys.stderr.encoding),
    )


def _format_found(settings: Settings, sources: "list[Source]", log_format: "LogFormat") -> str:
    """Return the format by name, or by what the last lines of the files show."""
    from http_monitor.sources.tail import tail_sample

    if settings.format != "auto":
        return settings.format
    kinds: dict[str, None] = {}
    for source in sources:
        lines = tail_sample(source.name, _SAMPLE_LINES) if source.name != "-" else []
        kind = log_format.parse(b"".join(lines)).kind
        if kind is not None:
            kinds[kind] = None
        elif any(not line.isspace() for line in lines):
            kinds["none that fits the lines so far"] = None
    return f"auto, found {' and '.join(kinds)}" if kinds else "auto, found by the first line that fits"


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
