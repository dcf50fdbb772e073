"""Makes the display of a run."""

import sys
from typing import TYPE_CHECKING

from http_monitor.cli.streams import choose_palette, width_of
from http_monitor.settings import Settings

if TYPE_CHECKING:
    from http_monitor.display.ndjson import NdjsonDisplay
    from http_monitor.display.notices import Notices
    from http_monitor.display.text import Display


def make_display(settings: Settings, notices: "Notices") -> "Display | NdjsonDisplay":
    """Return the display for the settings."""
    if settings.output == "ndjson":
        from http_monitor.display.ndjson import NdjsonDisplay

        return NdjsonDisplay(sys.stdout, notices, settings.top, tells_all=not settings.replay)
    from http_monitor.display.text import Display

    return Display(
        sys.stdout,
        notices,
        width=lambda: width_of(sys.stdout),
        top=settings.top,
        palette=choose_palette(settings),
        live_status=sys.stdout.isatty() and not settings.replay,
    )


def describe_start(settings: Settings, paths: list[str]) -> list[str]:
    """Return the lines that tell the user what the run is about to do."""
    from http_monitor.display.single_lines import render_start
    from http_monitor.display.style import style_for
    from http_monitor.report import Rule

    # The rules themselves need pyarrow, which is imported later.
    rules = [
        Rule("traffic", settings.alert_threshold, "/s"),
        Rule("error-rate", settings.alert_error_rate, "%"),
        Rule("ddos", settings.ddos_threshold, "/s"),
    ]
    return render_start(
        paths=paths,
        rules=rules,
        interval_s=settings.interval_s,
        window_s=settings.window_s,
        mode="replay" if settings.replay else "live",
        width=width_of(sys.stderr),
        style=style_for(sys.stderr.encoding),
    )
