"""The formats that a server's own configuration gives its logs."""

from http_monitor.serverconf.choosing import Origin, find_formats
from http_monitor.serverconf.found import Stopped

__all__ = ["Origin", "Stopped", "find_formats"]
