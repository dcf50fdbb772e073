"""Finds the log formats in a server's own configuration."""

from http_monitor.serverconf.choosing import Origin, find_formats
from http_monitor.serverconf.found import Stopped

__all__ = ["Origin", "Stopped", "find_formats"]
