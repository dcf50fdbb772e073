"""Makes what a run shows itself with."""

import sys
from typing import TYPE_CHECKING

from http_monitor.cli.streams import palette_of, width_of
from http_monitor.settings import Settings

if TYPE_CHECKING:
    from http_monitor.display.ndjson import NdjsonDisplay
    from http_monitor.display.notices import Notices
    from http_monitor.display.text import Display
    from http_monitor.display.thresholds import Thresholds


def display_of(settings: Settings, notices: "Notices") -> "Display | NdjsonDisplay":
    """Return the display that was chosen."""
    if settings.output == "ndjson":
        from http_monitor.display.ndjson import NdjsonDisplay

        return NdjsonDisplay(sys.stdout, notices, tells_all=not settings.replay)
    from http_monitor.display.text import Display

    return Display(
        sys.stdout,
        notices,
        width=lambda: width_of(sys.stdout),
        thresholds=_thresholds(settings),
        palette=palette_of(settings),
        live_status=sys.stdout.isatty() and not settings.replay,
    )


def _thresholds(settings: Settings) -> "Thresholds":
    from http_monitor.display.thresholds import Thresholds

    return Thresholds(settings.alert_threshold, settings.alert_error_rate, settings.ddos_threshold)


def start_of(settings: Settings, paths: list[str]) -> list[str]:
    """Return what the user is told before anything happens."""
    from http_monitor.display.single_lines import render_start
    from http_monitor.display.style import style_for

    return render_start(
        paths=paths,
        thresholds=_thresholds(settings),
        interval_s=settings.interval_s,
        window_s=settings.window_s,
        mode="replay" if settings.replay else "live",
        width=width_of(sys.stderr),
        style=style_for(sys.stderr.encoding),
    )
