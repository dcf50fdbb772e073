"""From bytes to columns: the log formats."""

from http_monitor.parser.formats import explain, get_format

__all__ = ["explain", "get_format"]
