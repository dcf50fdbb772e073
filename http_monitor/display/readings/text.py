"""Renders a format's reading of one line: its fields in colours, and where it stops fitting."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from http_monitor.display.columns import char_columns, columns, shorten
from http_monitor.display.style import Line, Role, Span, Style, add_label, wrap_words
from http_monitor.explanation import FoundField, LineReading, Value
from http_monitor.units import iso_utc_fraction, visible_text

_ROLES: tuple[Role, ...] = ("accent", "good", "warn", "bold")
"""The colours of fields, in turn; red marks what is wrong."""
_INDENT = "  "
_MAX_NAME = 24
_SHOWN_BYTES = 2_000
"""Number of bytes of a line that are shown, around the place where it stops fitting."""


def render_reading(where: str, line: bytes, reading: LineReading, width: int, style: Style) -> list[str]:
    """Return a format's reading of a line, each output line at most `width` columns.

    Args:
        where: The name of the line: ``line 3``.
        line: The line without its LF.
        reading: How the format reads it.
        width: Columns of the terminal.
        style: The style of the stream.
    """
    verdict: Span = ("does not fit ", "bad") if reading.values is None else ("fits ", "good")
    said: Line = [verdict, (style.text(reading.format), "bold")]
    if reading.values is not None and not reading.values:
        said = [("is a header or a comment, and is not counted", "plain")]
    lines: list[Line] = [[(f"{where} ", "bold"), *said], []]
    room = max(1, width - len(_INDENT))
    lines += _render_line(line.removesuffix(b"\r"), reading, room, style)
    rows = list(_rows(line, reading, style))
    if rows:
        lines.append([])
        names = min(_MAX_NAME, max(columns(name) for name, _, _ in rows)) + 2
        for name, text, role in rows:
            lines += _row((name, text, role), names, room, style.glyphs.ellipsis)
    head, *others = lines
    return [style.line(head, width), *(style.line([(_INDENT, "plain"), *other], width) for other in others), ""]


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A line as displayable characters."""

    cells: list[Span]
    """One character each."""
    caret: int | None
    """Index of the cell at which the line stops fitting."""


def _render_line(line: bytes, reading: LineReading, room: int, style: Style) -> list[Line]:
    """Return the line wrapped to the room, with the expectation under the place where it stops fitting."""
    drawing = _cells(line, reading, style)
    lines: list[Line] = []
    start = 0
    while start < len(drawing.cells) or not lines:
        end = _find_end(drawing.cells, start, room)
        lines.append(_merge_spans(drawing.cells[start:end]))
        last = end >= len(drawing.cells)
        # A line that is too short stops fitting after its last character.
        if drawing.caret is not None and (start <= drawing.caret < end or (last and drawing.caret >= start)):
            before = sum(char_columns(text) for text, _ in drawing.cells[start : drawing.caret])
            lines += _caret(before, reading, room, style)
        start = end
    return lines


def _caret(before: int, reading: LineReading, room: int, style: Style) -> list[Line]:
    before = min(before, room - 1)
    words = style.text(f"column {reading.column}: expected {reading.expected}")
    mark: Line = [(" " * before, "plain"), ("^", "bad")]
    if before + 2 + columns(words) <= room:
        return [[*mark, (f" {words}", "bad")]]
    if columns(words) < before:
        return [[(" " * (before - 1 - columns(words)), "plain"), (f"{words} ", "bad"), ("^", "bad")]]
    return [mark, *wrap_words(words, room, "bad")]


def _cells(line: bytes, reading: LineReading, style: Style) -> _Drawing:
    stop_at = None if reading.column is None or reading.values is not None else min(reading.column - 1, len(line))
    first = 0 if len(line) <= _SHOWN_BYTES else max(0, (stop_at or 0) - _SHOWN_BYTES // 2)
    last = min(len(line), first + _SHOWN_BYTES)
    cells: list[Span] = [(char, "dim") for char in style.glyphs.ellipsis] if first else []
    caret = None
    for start, stop, role in _parts(reading.found, first, last, stop_at):
        if start == stop_at:
            caret = len(cells)
        cells += [(char, role) for char in style.key(line[start:stop])]
    if stop_at is not None and caret is None:
        caret = len(cells)
    if last < len(line):
        cells += [(char, "dim") for char in style.glyphs.ellipsis]
    return _Drawing(cells, caret)


def _parts(found: Sequence[FoundField], first: int, last: int, stop_at: int | None) -> Iterator[tuple[int, int, Role]]:
    """Yield (start, stop, colour) of the parts of the line from `first` to `last`, without a gap."""
    edges: list[tuple[int, int, Role]] = []
    at = first
    for index, field in enumerate(found):
        start, stop = max(field.start, at), min(field.stop, last)
        if start < stop:
            edges += [(at, start, "dim"), (start, stop, _ROLES[index % len(_ROLES)])]
            at = stop
    edges.append((at, last, "plain" if stop_at is not None else "dim"))
    for start, stop, role in edges:
        if stop_at is not None and start < stop_at < stop:
            yield start, stop_at, role
            start = stop_at
        if start < stop:
            yield start, stop, role


def _rows(line: bytes, reading: LineReading, style: Style) -> Iterator[tuple[str, str, Role]]:
    """Yield (name, text, colour) of each field, or of each value if the line fits."""
    roles = {field.name: _ROLES[index % len(_ROLES)] for index, field in reversed(list(enumerate(reading.found)))}
    if reading.values is None:
        for index, field in enumerate(reading.found):
            text = style.key(line[field.start : field.stop][:_SHOWN_BYTES])
            yield style.text(field.name), text, _ROLES[index % len(_ROLES)]
        return
    role: Role = "plain"
    for name, value in reading.values.items():
        role = roles.get(name, role)
        yield style.text(name), _format_value(name, value, style), role


def _format_value(name: str, value: Value, style: Style) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return iso_utc_fraction(value) if name == "time" else str(value)
    return style.key(value[:_SHOWN_BYTES])


def _row(row: tuple[str, str, Role], names: int, room: int, ellipsis: str) -> list[Line]:
    name, text, role = row
    shown = shorten(name, names - 2, ellipsis)
    label: Span = (shown + " " * (names - columns(shown)), "dim")
    return add_label(label, wrap_words(text, max(1, room - names), role))


def _find_end(cells: Sequence[Span], start: int, room: int) -> int:
    """Return the index after the cells from `start` on that fit in the room, at least one."""
    used, end = 0, start
    while end < len(cells) and (used + char_columns(cells[end][0]) <= room or end == start):
        used += char_columns(cells[end][0])
        end += 1
    return end


def _merge_spans(cells: Iterable[Span]) -> Line:
    """Return the cells as spans, neighbours of one colour merged."""
    line: Line = []
    for char, role in cells:
        if line and line[-1][1] == role:
            line[-1] = (line[-1][0] + char, role)
        else:
            line.append((char, role))
    return line


def render_formats(formats: Iterable[tuple[str, str, str, bytes]], width: int, style: Style) -> list[str]:
    """Return the list of the named formats.

    Args:
        formats: (name, description, address of its documentation, an example line).
        width: Columns of the terminal; a longer address gets a line of its own, whole.
        style: The style of the stream.
    """
    lines: list[str] = []
    room = max(1, width - len(_INDENT))
    for name, what, source, example in formats:
        label: Span = (f"{visible_text(name)}  ", "bold")
        lines += [style.line(line, width) for line in add_label(label, wrap_words(what, width - columns(label[0])))]
        texts = [*wrap_words(source, room, "accent"), *wrap_words(style.key(example), room, "dim")]
        lines += [style.line([(_INDENT, "plain"), *line], width) for line in texts]
        lines.append("")
    return lines[:-1]
