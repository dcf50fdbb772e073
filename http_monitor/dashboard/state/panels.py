"""The panels: tables by dimension, lines, alerts, health."""

from collections.abc import Collection
from dataclasses import dataclass

from http_monitor.ports.views import DIMENSIONS


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of the screen."""

    name: str
    """A dimension of views, ``lines``, ``alerts`` or ``health``."""
    title: str
    digit: str = ""
    """The key that shows it; empty: it is reached by Tab and the palette."""

    @property
    def is_table(self) -> bool:
        """Whether it is a table of a dimension."""
        return self.name in DIMENSIONS


PANELS: tuple[Panel, ...] = (
    Panel("endpoint", "Endpoints", "1"),
    Panel("section", "Sections", "2"),
    Panel("host", "Hosts", "3"),
    Panel("network", "Networks", "4"),
    Panel("status", "Status", "5"),
    Panel("method", "Methods", "6"),
    Panel("agent_family", "Agents", "7"),
    Panel("lines", "Lines", "8"),
    Panel("alerts", "Alerts", "9"),
    Panel("agent", "User agents"),
    Panel("user", "Users"),
    Panel("referer_host", "Referring hosts"),
    Panel("referer", "Referers"),
    Panel("vhost", "Virtual hosts"),
    Panel("server", "Servers"),
    Panel("source", "Sources"),
    Panel("cache", "Cache"),
    Panel("tls", "TLS"),
    Panel("health", "Health", "0"),
)
"""In the order of Tab."""
BY_NAME = {panel.name: panel for panel in PANELS}
BY_DIGIT = {panel.digit: panel for panel in PANELS if panel.digit}
ALWAYS = frozenset({"endpoint", "section", "host", "network", "status", "method", "lines", "alerts", "health"})
"""The panels that are there whatever the log has."""


def panels_of(dimensions: Collection[str], current: str) -> tuple[Panel, ...]:
    """Return the panels that can be shown.

    Args:
        dimensions: Those for which any row has a key.
        current: The panel that is shown now, which stays.
    """
    return tuple(panel for panel in PANELS if panel.name in ALWAYS or panel.name in dimensions or panel.name == current)
