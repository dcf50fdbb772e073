"""Draws the panel that has the keyboard, whichever it is."""

from http_monitor.dashboard.drawing import table
from http_monitor.dashboard.drawing.cells import Row
from http_monitor.dashboard.drawing.lists import alert, alerts, health, line, lines
from http_monitor.dashboard.drawing.picture import Picture


def paint_panel(picture: Picture, width: int, height: int) -> list[Row]:
    """Return the rows of the panel of the scene."""
    scene = picture.scene
    match scene.panel:
        case "lines" if scene.open_line is not None:
            return line.paint_line(picture, width, height)
        case "lines":
            return lines.paint_lines(picture, width, height)
        case "alerts" if scene.open_alert is not None:
            return alert.paint_alert(picture, width, height)
        case "alerts":
            return alerts.paint_alerts(picture, width, height)
        case "health":
            return health.paint_health(picture, width, height)
        case _:
            return table.paint_table(picture, width, height)


def open_rows(picture: Picture, width: int) -> int:
    """Return the number of rows of the line or alert that is open, without its title."""
    return line.line_rows(picture, width) if picture.scene.panel == "lines" else alert.alert_rows(picture, width)


def row_count(picture: Picture, width: int) -> int:
    """Return the number of rows that the cursor can be moved to, in a panel of some columns."""
    match picture.scene.panel:
        case "lines":
            return lines.row_count(picture)
        case "alerts":
            return alerts.row_count(picture)
        case "health":
            return health.row_count(picture, width)
        case _:
            return table.row_count(picture)


def next_match(picture: Picture, step: int) -> int | None:
    """Return the next row that matches the search in a direction; None: no row does."""
    match picture.scene.panel:
        case "lines":
            return lines.next_match(picture, step)
        case "alerts":
            return alerts.next_match(picture, step)
        case "health":
            return None
        case _:
            return table.next_match(picture, step)
