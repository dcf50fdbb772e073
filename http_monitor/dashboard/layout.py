"""How the screen is divided."""

from dataclasses import dataclass

MIN_WIDTH, MIN_HEIGHT = 60, 15
_WIDE = 150
"""From here on two more tables stand beside the panel."""
_BAR_HEIGHT = 18
"""From here on the panels are named in a row of their own."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes of the regions, from top to bottom; the footer has one row."""

    header: int
    chart: int
    bar: int
    panel: int
    main_width: int
    """Columns of the panel that has the keyboard."""
    aside_width: int
    """Columns beside it; 0: there is nothing."""


def divide(width: int, height: int, header: int, prompt: int) -> Layout:
    """Return the sizes of regions.

    Args:
        width: Columns of the screen.
        height: Rows of the screen.
        header: Rows that the header takes.
        prompt: Rows that a prompt takes, instead of the footer; 0: there is none.
    """
    bar = 1 if height >= _BAR_HEIGHT else 0
    left = height - header - bar - (prompt or 1)
    chart = max(4, min(height // 4 + 1, 16, left - 5))
    aside = min(80, width * 2 // 5) if width >= _WIDE else 0
    return Layout(header, chart, bar, left - chart, width - aside - (1 if aside else 0), aside)


def asides(panel: str) -> tuple[str, str]:
    """Return the tables that stand beside a panel."""
    first = "endpoint" if panel in ("host", "network") else "host"
    return first, "method" if panel == "status" else "status"
