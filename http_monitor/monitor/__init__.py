"""The monitor: turns of reading, parsing, counting and telling."""

from http_monitor.monitor.discovery import Finder
from http_monitor.monitor.inputs import Input
from http_monitor.monitor.monitor import HTTPMonitor
from http_monitor.monitor.resumed import Resumed, resume

__all__ = ["Finder", "HTTPMonitor", "Input", "Resumed", "resume"]
