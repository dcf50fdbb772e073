"""The simulated traffic of a demonstration."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from http_monitor.settings import Settings

if TYPE_CHECKING:
    from http_monitor.simulator import SimulatorThread


@contextmanager
def simulate_traffic(settings: Settings) -> "Iterator[SimulatorThread | None]":
    """Run the simulator inside the context and yield it; None without simulated traffic."""
    if not settings.give_me_traffic:
        yield None
        return
    from http_monitor.clock import WallClock
    from http_monitor.simulator import simulator

    traffic = simulator(settings, WallClock(), os.environ)
    traffic.start()
    try:
        yield traffic
    finally:
        traffic.stop()
