"""Simulated traffic that shows the monitor at work."""

from http_monitor.simulator.assembly import simulator
from http_monitor.simulator.thread import SimulatorThread

__all__ = ["SimulatorThread", "simulator"]
