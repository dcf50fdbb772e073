"""Adds details to alert events that the engine does not know: the source of their rows, and their breakdown."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from http_monitor.hub.hub import Hub
from http_monitor.inputs.input import Input
from http_monitor.report import AlertEvent
from http_monitor.report_tables import Breakdown


class BreaksDown(Protocol):
    """Breaks down the requests of an alert."""

    def begin_behind(self, time_us: int) -> None:
        """Note that rows up to a time are in the window although they were not received."""
        ...

    def of(self, event: AlertEvent) -> Breakdown | None:
        """Return the breakdown of an alert; None if there is none."""
        ...


class AlertDetails:
    """Adds file, server and breakdown to events. Owned by the monitor's thread.

    Args:
        inputs: The inputs read, which may change between turns.
        server_of: Returns the name that the user gave to the server of a file; None: it has none.
        hub: Passes accepted rows to the breakdown.
        breakdown: Breaks down the requests of an alert, as long as it listens; None: alerts have no breakdown.
    """

    def __init__(
        self, inputs: Sequence[Input], server_of: Callable[[str], str | None], hub: Hub, breakdown: BreaksDown | None
    ) -> None:
        self._inputs = inputs
        self._server_of = server_of
        self._hub = hub
        self._breakdown = breakdown

    def complete(self, event: AlertEvent) -> AlertEvent:
        """Return the event with all details; file and server are None if there are several."""
        files = {entry.source.name for entry in self._inputs}
        servers = {self._server_of(file) for file in files}
        return replace(
            event,
            file=files.pop() if len(files) == 1 else None,
            server=servers.pop() if len(servers) == 1 else None,
            breakdown=self._break_down(event),
        )

    def _break_down(self, event: AlertEvent) -> Breakdown | None:
        # A listener that failed lacks the rows since then.
        if self._breakdown is None or not self._hub.listens(self._breakdown):
            return None
        try:
            return self._breakdown.of(event)
        except Exception as error:  # noqa: BLE001 - a listener that fails must not end the monitor
            self._hub.release(self._breakdown, error)
            return None
