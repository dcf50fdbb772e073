"""Runs the simulator in a thread beside the monitor."""

import threading

from http_monitor.clock import Clock
from http_monitor.errors import RefusedError
from http_monitor.report import Notice
from http_monitor.simulator.traffic import TrafficWriter

_LONGEST_WAIT_S = 0.5
"""Longest sleep, so that a step of the clock is noticed."""


class SimulatorThread:
    """A thread that owns a `TrafficWriter` from `start` to `stop`."""

    def __init__(self, writer: TrafficWriter, clock: Clock) -> None:
        """Drive `writer` by `clock`."""
        self._writer = writer
        self._clock = clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self._failure: RefusedError | None = None
        self._told = False

    @property
    def failure(self) -> RefusedError | None:
        """The error that ended it; None while it runs and after a stop."""
        return self._failure

    def start(self) -> None:
        """Open the file, then start the thread.

        Raises:
            RefusedError: the file must not be written, or cannot be; no thread was started.
        """
        self._writer.file.open()
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close the file; does nothing when it has ended."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def drain_notices(self) -> tuple[Notice, ...]:
        """Return new notices for the user."""
        notices = self._writer.file.drain_notices()
        if self._failure is not None and not self._told:
            self._told = True
            notices = (*notices, Notice(f"no more simulated traffic: {self._failure}", "warning", "simulator"))
        return notices

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                next_us = self._writer.step(self._clock.now_us())
                self._stopping.wait(min(self._clock.wait_s(next_us), _LONGEST_WAIT_S))
        except RefusedError as failure:
            self._failure = failure
        finally:
            self._writer.file.close()
