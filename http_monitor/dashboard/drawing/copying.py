"""The text that is copied from a panel."""

from http_monitor.dashboard.drawing import table
from http_monitor.dashboard.drawing.lists import lines
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.panels import BY_NAME
from http_monitor.units import visible


def copied_text(picture: Picture) -> str:
    """Return the key of the row, or the line, of the cursor, sanitised; empty: there is none."""
    if picture.scene.panel == "lines":
        line = lines.line_at(picture, picture.place.cursor)
        return "" if line is None or line.text is None else visible(line.text)
    row = table.row_at(picture, picture.place.cursor) if BY_NAME[picture.scene.panel].is_table else None
    return "" if row is None else visible(row.key)
