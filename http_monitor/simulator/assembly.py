"""Builds a simulator from the settings."""

from collections.abc import Mapping

from http_monitor.clock import Clock
from http_monitor.settings import Settings
from http_monitor.simulator.memory import Memory, state_path
from http_monitor.simulator.thread import SimulatorThread
from http_monitor.simulator.traffic import TrafficWriter
from http_monitor.simulator.writer import FileWriter


def simulator(settings: Settings, clock: Clock, environ: Mapping[str, str]) -> SimulatorThread:
    """Return the simulator for the settings, not yet started; `environ` gives the place of its memory."""
    file = FileWriter(settings.files[0], settings.traffic_append, Memory(state_path(environ)))
    writer = TrafficWriter(file, settings.traffic_scenario, settings.traffic_rate, settings.seed)
    return SimulatorThread(writer, clock)
