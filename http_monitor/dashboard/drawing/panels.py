"""Draws the panel that has the keyboard, whichever it is."""

from dataclasses import replace

from http_monitor.dashboard.drawing import table
from http_monitor.dashboard.drawing.cells import Row
from http_monitor.dashboard.drawing.lists import alert, alerts, health, line, lines
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.scene import Scene


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


def scroll(picture: Picture, step: int, width: int, height: int) -> Scene:
    """Return the scene with the line or alert that is open scrolled by some rows, as far as it goes."""
    scene = picture.scene
    rows = line.line_rows(picture, width) if scene.panel == "lines" else alert.alert_rows(picture, width)
    most = max(0, rows - max(0, height - 1))
    return replace(scene, open_top=max(0, min(scene.open_top + step, most)))


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
