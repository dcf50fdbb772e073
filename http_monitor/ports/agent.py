"""The protocol for classifying user agents."""

from collections.abc import Callable

from http_monitor.records import AgentFamily

ClassifyAgent = Callable[[bytes], AgentFamily]
"""Returns the families of an agent; equal agents have equal families."""
