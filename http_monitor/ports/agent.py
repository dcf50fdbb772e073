"""What tells the families of user agents."""

from collections.abc import Callable

from http_monitor.records import AgentFamily

ClassifyAgent = Callable[[bytes], AgentFamily]
"""Tells the families of an agent; the same agent always has the same."""
