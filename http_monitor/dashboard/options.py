"""What the user has set for the screen."""

from dataclasses import dataclass
from pathlib import Path

from http_monitor.units import US_PER_S


@dataclass(frozen=True, slots=True)
class AppOptions:
    """What the user has set for the screen."""

    refresh_per_s: float = 1.0
    """Frames per second; what a key changes is painted at once."""
    is_mouse_on: bool = False
    directory: Path = Path()
    """Where exports are written."""
    views_path: Path | None = None
    """The file of saved filters; None: there is no place for one."""
    theme: str = "dark"
    recent_s: int = 900
    """Length of the time whose rows are held."""
    window_s: int = 120
    """Length of the window, for which tables answer at now."""
    bucket_s: int = 1
    """Length of the shortest column of the chart."""

    @property
    def window_us(self) -> int:
        """Length of the window."""
        return self.window_s * US_PER_S
