"""Makes the display of a run."""

import os
import shlex
import sys
from typing import TYPE_CHECKING

from http_monitor.cli.streams import Output, choose_palette, height_of, width_of
from http_monitor.settings import Settings

if TYPE_CHECKING:
    from http_monitor.choices import GivenFile
    from http_monitor.display.alerts.only import AlertsDisplay
    from http_monitor.display.ndjson import NdjsonDisplay
    from http_monitor.display.notices import Notices
    from http_monitor.display.progress import ProgressLine
    from http_monitor.display.text import Display
    from http_monitor.hub.hub import Hub
    from http_monitor.ports.sink import ReportSink


def make_display(settings: Settings, notices: "Notices") -> "Display | NdjsonDisplay | AlertsDisplay":
    """Return the display for the settings."""
    if settings.output == "ndjson":
        from http_monitor.display.ndjson import NdjsonDisplay

        return NdjsonDisplay(sys.stdout, notices, settings.top, tells_all=not settings.replay)
    from http_monitor.display.alerts.detail_limit import DetailLimit

    display = _text_display(settings, notices)
    display.limit = DetailLimit(settings.interval_s)
    return display


def _text_display(settings: Settings, notices: "Notices") -> "Display | AlertsDisplay":
    if settings.output in ("lines", "alerts"):
        from http_monitor.display.alerts.only import AlertsDisplay

        if settings.output == "lines":
            # Standard output has the lines of the log.
            return AlertsDisplay(sys.stderr, notices, width=lambda: width_of(sys.stderr))
        return AlertsDisplay(
            sys.stdout,
            notices,
            width=lambda: width_of(sys.stdout),
            palette=choose_palette(settings),
            command=command_of(settings),
        )
    from http_monitor.display.text import Display

    return Display(
        sys.stdout,
        notices,
        width=lambda: width_of(sys.stdout),
        # One line is left for the status.
        height=(lambda: height_of(sys.stdout) - 1) if sys.stdout.isatty() else None,
        top=settings.top,
        palette=choose_palette(settings),
        live_status=sys.stdout.isatty() and not settings.replay,
        command=command_of(settings),
    )


def add_chart(display: "Display | NdjsonDisplay | AlertsDisplay", hub: "Hub") -> None:
    """Let a display that draws one draw a chart of all rows."""
    from http_monitor.display.text import Display

    if isinstance(display, Display):
        from http_monitor.counting.hits_over_time import HitsOverTime
        from http_monitor.display.chart import Chart
        from http_monitor.report_tables import TimeSlots

        hits = HitsOverTime()
        hub.join_rows(hits, "chart")
        # A listener that failed lacks rows, so nothing is drawn.
        display.chart = Chart(
            lambda: hits.slots() if hub.listens(hits) else TimeSlots(1), plain=os.environ.get("TERM") == "dumb"
        )


def progress_line(settings: Settings) -> "ProgressLine | None":
    """Return the progress line; None: it cannot be seen, or it would appear between the lines of a log."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    if sys.stdout.isatty() and (settings.output == "lines" or settings.explain is not None):
        return None
    from http_monitor.clock import WallClock
    from http_monitor.display.progress import ProgressLine

    return ProgressLine(sys.stderr, WallClock().running_us, lambda: width_of(sys.stderr))


def sinks_of(
    display: "Display | NdjsonDisplay | AlertsDisplay", line: "ProgressLine | None", *, is_beside: bool = True
) -> "list[ReportSink]":
    """Return the listeners that write: the display, preceded by one that clears the progress line.

    Args:
        display: The display.
        line: The progress line; None: there is none.
        is_beside: The display writes to the terminal that the line is on.
    """
    if line is None:
        return [Output(display)]
    from http_monitor.display.progress import ClearedFor
    from http_monitor.display.text import Display

    if isinstance(display, Display):
        display.is_covered = lambda: line.is_shown
    return [ClearedFor(line, is_beside=is_beside), Output(display)]


def command_of(settings: Settings) -> str:
    """Return the command that starts this program on the same files, as it was started; empty for standard input."""
    if "-" in settings.files:
        return ""
    words = _program(sys.argv[0] if sys.argv else "")
    # A second run leaves the checkpoint of the first alone.
    words.append("--replay" if settings.replay else "--no-state")
    for file in settings.files:
        given = settings.given_file(file)
        via = None if given is None else given.via
        words += [*(["--via", via] if via else []), "--file", _as_given(file, given)]
    words += _selection(settings)
    return " ".join(map(shlex.quote, words))


def _program(started: str) -> list[str]:
    """Return the command that starts this program, as it was started."""
    folder, name = os.path.split(started)
    # Another interpreter may lack what this one has installed, or `python` may not exist.
    interpreter = sys.orig_argv[0] if sys.orig_argv else sys.executable
    if name == "__main__.py":
        return [interpreter, "-m", "http_monitor"]
    if name.endswith(".py"):
        return [interpreter, started]
    # It may be installed outside of the shell's search path, as in an environment that is not activated.
    hidden = name.startswith("http-monitor") and folder and os.path.abspath(folder) not in os.get_exec_path()
    return [started if hidden else "http-monitor"]


def _selection(settings: Settings) -> list[str]:
    """Return the options that decide how lines are read and which count."""
    words = [] if settings.format == "auto" else ["--format", settings.format]
    words += [] if settings.unwrap == "auto" else ["--unwrap", settings.unwrap]
    given = {
        "--format-from": settings.format_from,
        "--log-time": settings.log_time,
        "--log-timezone": settings.log_timezone,
        # A live run refuses an end that has passed.
        "--until": settings.until.text if settings.until is not None and settings.replay else None,
    }
    words += [word for option, value in given.items() if value is not None for word in (option, value)]
    repeated = {
        "--trust-proxy": settings.trusted_proxies,
        "--exclude-host": settings.exclude_hosts,
        "--filter": settings.filters,
    }
    words += [word for option, values in repeated.items() for value in values for word in (option, value)]
    return words + ["--ignore-bots"] * settings.ignore_bots


def _as_given(file: str, given: "GivenFile | None") -> str:
    if given is None:
        return file
    return given.path if given.server is None else f"{given.server}={given.path}"


def describe_start(settings: Settings, paths: list[str]) -> list[str]:
    """Return the lines that tell the user what the run is about to do."""
    from http_monitor.display.single_lines import render_start
    from http_monitor.display.style import style_for
    from http_monitor.report import Rule

    # The rules themselves need pyarrow, which is imported later.
    rules = [Rule("traffic", settings.alert_threshold, "/s")]
    if not settings.filters_status:
        rules.append(Rule("error-rate", settings.alert_error_rate, "%"))
    rules.append(Rule("ddos", settings.ddos_threshold, "/s"))
    return render_start(
        paths=paths,
        rules=rules,
        interval_s=settings.interval_s if settings.every_interval else None,
        window_s=settings.window_s,
        mode="replay" if settings.replay else "live",
        width=width_of(sys.stderr),
        style=style_for(sys.stderr.encoding),
        filter_text=settings.filter,
        trusted_proxies=settings.trusted_proxies,
    )
