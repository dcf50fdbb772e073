"""The checkpoint of a run; only a live run has one."""

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
    """None: the run writes no checkpoints."""
    resumed: "Resumed | None" = None
    """None: there was no checkpoint to resume from."""
    notices: "tuple[Notice, ...]" = ()
    unreadable: bool = False
    """A checkpoint existed but could not be used, so an unknown part of the log may be lost."""
