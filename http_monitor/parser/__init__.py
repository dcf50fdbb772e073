"""From bytes to columns: the log formats."""

from http_monitor.parser.auto import AutoFormat, auto_format, explain_and_suggest
from http_monitor.parser.formats import get_format
from http_monitor.parser.reading import explain, read_line

__all__ = ["AutoFormat", "auto_format", "explain", "explain_and_suggest", "get_format", "read_line"]
