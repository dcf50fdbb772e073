"""The protocol of what shows a run to the user."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from http_monitor.cli.formats import Formats
    from http_monitor.hub.hub import Hub
    from http_monitor.inputs.input import Input
    from http_monitor.monitor.past.read_back import ReadBack
    from http_monitor.monitor.playing.player import Player
    from http_monitor.monitor.run import Run
    from http_monitor.monitor.shown_run import Working
    from http_monitor.ports.sink import ReportSink
    from http_monitor.recent.recent_rows import RecentRows


class Front(Protocol):
    """Shows a run to the user. Its methods are called in the monitor's thread, in this order."""

    def begin(self, paths: list[str]) -> None:
        """Tell what the run is about to do, before what takes long is imported."""
        ...

    def tell_formats(self, formats: "Formats") -> None:
        """Tell the formats that were found."""
        ...

    def sinks(self) -> "list[ReportSink]":
        """Return the listeners of messages."""
        ...

    def join(self, hub: "Hub") -> None:
        """Add the listeners of rows."""
        ...

    def prepare(self, entry: "Input") -> None:
        """Prepare an input, perhaps one that was found later."""
        ...

    @property
    def recent_rows(self) -> "RecentRows | None":
        """The rows that are held, those of before the run too; None: none are."""
        ...

    def begin_read_back(self, read_back: "ReadBack") -> None:
        """Note that the rows of before the run are being read."""
        ...

    def show(self, run: "Working") -> "Run":
        """Return what is driven in place of a run, so that its progress is shown."""
        ...

    @property
    def is_watched(self) -> bool:
        """Whether somebody waits for each read to take a moment only."""
        ...

    @property
    def player(self) -> "Player | None":
        """Plays a replay; None: it is read as fast as possible, and may be parsed in parallel."""
        ...

    def close(self) -> None:
        """End what is shown, before the inputs are closed."""
        ...
