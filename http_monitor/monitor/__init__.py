"""The monitor: turns of reading, parsing, counting and telling."""

from http_monitor.inputs.input import Input
from http_monitor.monitor.monitor import HTTPMonitor

__all__ = ["HTTPMonitor", "Input"]
