"""The options of the dashboard and of views."""

from http_monitor import choices
from http_monitor.arguments import values
from http_monitor.arguments.option import Option, duration, group, switch, text
from http_monitor.settings import Settings

_DEFAULTS = Settings()

VIEW = text(
    "--view",
    "view",
    "count only lines that a filter saved under this name keeps, in the dashboard or in views.toml",
    "NAME",
    "the name of a view",
    "none",
)
DASHBOARD = group(
    "dashboard",
    switch("--dashboard", "dashboard", "show a full screen instead of printing reports; ? shows its keys"),
    duration(("--recent",), "recent_s", "hold the rows of this long for the dashboard's tables, lines and past"),
    Option(
        ("--recent-memory",),
        "recent_memory_bytes",
        "memory for these rows; the oldest are given up where it is not enough",
        values.size,
        "SIZE",
        choices.MEMORY_SIZES,
        f"{_DEFAULTS.recent_memory_bytes >> 20}M",
    ),
    Option(
        ("--refresh",),
        "refresh_per_s",
        "draw the dashboard this often per second; what a key changes is drawn at once",
        values.number,
        "N",
        choices.REFRESHES,
        f"{_DEFAULTS.refresh_per_s:g} per second",
    ),
)
