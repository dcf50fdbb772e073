"""Draws one line of the log whole, with its fields."""

from collections.abc import Iterator, Mapping

from http_monitor.dashboard.drawing.cells import Cell, Role, Row, cut, key, sentence
from http_monitor.dashboard.drawing.lists.line_fields import line_cells, status_role
from http_monitor.dashboard.drawing.lists.lines import line_at, row_count
from http_monitor.dashboard.drawing.lists.listing import clip, paint_document, title_row
from http_monitor.dashboard.drawing.lists.wrapping import wrap
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.answers import ShownLine
from http_monitor.figures import duration, moment
from http_monitor.records import LogFile
from http_monitor.units import local_time

_WHOLE_BYTES = 65_536
"""The part of a line that is shown; a longer one is not read by people."""
_NAMES: Mapping[str, str] = {
    **{name: name for name in ("host", "user", "method")},
    **{"path": "endpoint", "section": "section", "status": "status", "size_bytes": "size"},
    **{"duration_us": "duration", "upstream_us": "upstream", "bytes_in": "received"},
    **{name: name for name in ("referer", "agent", "vhost", "cache", "tls", "forwarded", "source", "server")},
}
"""The columns of a row in the order shown, and what they are called."""
_ROLES: Mapping[str, Role] = {
    "host": "field_host",
    "method": "field_method",
    "path": "field_path",
    "agent": "field_agent",
    "user": "accent",
    "vhost": "field_host",
}
_LABEL_COLUMNS = 10


def paint_line(picture: Picture, width: int, height: int) -> list[Row]:
    """Return the panel of the line that is open: its text, its fields, and where it stands.

    Args:
        picture: What is drawn; `Scene.open_line` is the place of the line.
        width: Columns.
        height: Rows.
    """
    place = picture.scene.open_line or 0
    line = line_at(picture, place)
    if line is None:
        return clip([title_row(picture, "lines", ["this line is no longer shown"], width)], width, height)
    said = [
        f"{place + 1:,} of {row_count(picture):,}",
        moment(line.row.time_us, picture.facts.clock_us),
        "Esc closes",
    ]
    title = title_row(picture, "lines", said, width)
    return paint_document(title, _body(line, width), picture.scene.open_top, width, height)


def line_rows(picture: Picture, width: int) -> int:
    """Return the number of rows of the line that is open, without its title."""
    line = line_at(picture, picture.scene.open_line or 0)
    return 0 if line is None else len(_body(line, width))


def _body(line: ShownLine, width: int) -> list[Row]:
    text = line.text
    if text is None:
        rows: list[Row] = [[Cell(sentence(line.note) or "the line is not there", "warn")]]
    else:
        rows = [*wrap(line_cells(text, line.row.values, _WHOLE_BYTES), width)]
        if len(text) > _WHOLE_BYTES:
            rows.append([Cell(f"… {len(text) - _WHOLE_BYTES:,} more bytes", "warn")])
    fields = [_field("time", local_time(line.row.time_us), "field_time", width), *_fields(line, width)]
    return [*rows, [], *fields, _field("stands at", _standing(line.row.file, line.row.offset), "plain", width)]


def _fields(line: ShownLine, width: int) -> Iterator[Row]:
    for column, name in _NAMES.items():
        value = line.row.values.get(column)
        if column == "status":
            yield _field(name, str(value or "–"), status_role(value), width)
        elif value is not None:
            yield _field(name, _shown(column, value, width), _ROLES.get(column, "plain"), width)


def _shown(column: str, value: bytes | int, width: int) -> str:
    if isinstance(value, bytes):
        # What lies beyond is cut, and stands in the line above.
        return key(value[: 8 * width])
    if column.endswith("_us"):
        return duration(value)
    return f"{value:,} B"


def _standing(file: LogFile | None, offset: int) -> str:
    if file is None:
        return "–"
    return sentence(file.path) + (f": {offset}" if offset >= 0 else "")


def _field(name: str, text: str, role: Role, width: int) -> Row:
    return [Cell(f"{name:<{_LABEL_COLUMNS}}", "dim"), Cell(cut(text, width - _LABEL_COLUMNS), role)]
