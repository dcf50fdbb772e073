"""The formats that a server's own configuration gives its logs."""

from http_monitor.serverconf.choosing import Origin, find_formats

__all__ = ["Origin", "find_formats"]
