"""What the dashboard is started with."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppOptions:
    """What the dashboard is started with."""

    running_us: Callable[[], int]
    """Returns a time that never goes back."""
    cpu_us: Callable[[], int]
    """Returns the processor time of the calling thread."""
    refresh_per_s: float = 1.0
    """Frames a second; a key is painted at once."""
    directory: str = ""
    """Where exports are written by default; empty: the working directory."""
    views_path: str | None = None
    """The file of named filters; None: they cannot be kept."""
    window_s: int = 120
    bucket_s: int = 1
    chips: tuple[str, ...] = ()
    """Filters of the screen at the start."""
    on_first_paint: Callable[[], None] = lambda: None
    """Called when the first picture was painted: what takes long begins then."""
