"""What is known of the checkpoint of a run, which only a live one has."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from http_monitor.checkpoint.restore import Resumed
    from http_monitor.ports.checkpoint import CheckpointStore
    from http_monitor.report import Notice


@dataclass(frozen=True, slots=True)
class Session:
    """The checkpoint of a run."""

    store: "CheckpointStore | None" = None
    """None: none is written."""
    resumed: "Resumed | None" = None
    """None: there was none to go on with."""
    notices: "tuple[Notice, ...]" = ()
    unreadable: bool = False
    """There was one that nobody can go on from: nobody knows how much of the log it would have had read."""
