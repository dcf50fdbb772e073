"""Draws the lines of the log."""

import os
from collections.abc import Iterator, Mapping, Sequence

from http_monitor.dashboard.drawing.cells import Cell, Row, fit, key, pad, sentence
from http_monitor.dashboard.drawing.lists.line_fields import line_cells, status_mark, status_role
from http_monitor.dashboard.drawing.lists.listing import (
    TITLE_ROWS,
    clip,
    highlight,
    join,
    next_place,
    pattern,
    position,
    rows_of_list,
    shown_place,
    title_row,
)
from http_monitor.dashboard.drawing.numbers import span_words
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.answers import LinesAnswer, ShownLine
from http_monitor.dashboard.state.facts import Facts
from http_monitor.figures import count, moment, pluralize, rough_span, size
from http_monitor.records import LogFile

_BYTES_A_COLUMN = 8
"""More bytes of a line than this for each column do not fit, save for marks that take none."""
_SEARCHED_BYTES = 65_536
"""The part of a line in which a text is searched for."""
_FILE_COLUMNS = 16
_LEAST_WITH_FILES = 80
"""Columns of the panel from which files are named."""
_NO_PATH = "–"


def paint_lines(picture: Picture, width: int, height: int) -> list[Row]:
    """Return the panel of lines: a title, then one row a line."""
    answer, now_us = picture.answers.lines, picture.facts.clock_us
    lines = () if answer is None else answer.lines
    room = max(0, height - TITLE_ROWS)
    place = shown_place(picture.place, len(lines), room)
    said = list(_said(picture, answer))
    rows = [
        title_row(picture, "lines", said, width, position(place, len(lines), room)),
        fit(join(_notes(picture, answer)), width),
    ]
    if not lines:
        return clip([*rows, [_nothing(picture, answer)]], width, height)
    found = pattern(picture.scene.search)
    labels = _labels([line.row.file for line in lines]) if width >= _LEAST_WITH_FILES else {}
    shown = [
        highlight(fit(_line_row(line, labels, now_us, width), width), found)
        for line in lines[place.top : place.top + room]
    ]
    return [*rows, *rows_of_list(picture, shown, place, width)][: max(0, height)]


def row_count(picture: Picture) -> int:
    """Return the number of lines that can be scrolled through."""
    return 0 if picture.answers.lines is None else len(picture.answers.lines.lines)


def line_at(picture: Picture, cursor: int) -> ShownLine | None:
    """Return the line in a row; None: there is none."""
    if picture.answers.lines is None or not 0 <= cursor < row_count(picture):
        return None
    return picture.answers.lines.lines[cursor]


def next_match(picture: Picture, step: int) -> int | None:
    """Return the next row, beyond that of the cursor and round the end, with the text that is searched for.

    Args:
        picture: What is drawn.
        step: 1: downwards; -1: upwards; 0: downwards, and from that of the cursor on.
    """
    lines = () if picture.answers.lines is None else picture.answers.lines.lines
    texts = [shown_text(line, picture.facts.clock_us) for line in lines]
    return next_place(texts, pattern(picture.scene.search), picture.place.cursor, step)


def shown_text(line: ShownLine, now_us: int) -> str:
    """Return the text of a line as it is shown, sanitised."""
    if line.text is not None:
        return key(line.text[:_SEARCHED_BYTES])
    return "".join(cell.text for cell in _known_cells(line, now_us))


def behind(facts: Facts) -> str:
    """Return how far the reading is behind the log; empty: it is not."""
    pulse = facts.pulse
    if pulse is None or not (pulse.lag_s or pulse.lag_bytes):
        return ""
    return f"behind {rough_span(pulse.lag_s) if pulse.lag_s else size(pulse.lag_bytes)}"


def _said(picture: Picture, answer: LinesAnswer | None) -> Iterator[str]:
    if answer is None:
        return
    scene, now_us = picture.scene, picture.facts.clock_us
    yield span_words(answer.span, now_us)
    yield "newest first"
    if scene.is_now:
        still = "standing still" if scene.pinned_us is None else f"standing still at {moment(scene.pinned_us, now_us)}"
        yield "following" if _is_following(picture) else still
    if scene.search:
        yield f"/{sentence(scene.search)}"


def _is_following(picture: Picture) -> bool:
    return picture.scene.is_following and picture.scene.is_now


def _notes(picture: Picture, answer: LinesAnswer | None) -> Iterator[Cell]:
    """Yield what is not among the lines shown, the most important first."""
    if behind(picture.facts):
        yield Cell(behind(picture.facts), "warn")
    if answer is None:
        return
    since_us = picture.answers.held.since_us
    if not answer.is_whole and since_us is not None and since_us > answer.span.start_us:
        yield Cell(f"nothing before {moment(since_us, picture.facts.clock_us)} is held", "warn")
    is_following = _is_following(picture)
    if answer.skipped and is_following:
        yield Cell(f"{pluralize(answer.skipped, 'line')} skipped to keep up", "warn")
    if answer.lines:
        yield Cell(f"{pluralize(len(answer.lines), 'line')}", "dim")
    if answer.skipped and not is_following:
        yield Cell(f"{count(answer.skipped)} more", "plain")


def _nothing(picture: Picture, answer: LinesAnswer | None) -> Cell:
    if picture.answers.filter_fault:
        return Cell(f"the filter cannot be answered: {sentence(picture.answers.filter_fault)}", "bad")
    if answer is None:
        return Cell("no lines are read yet", "dim")
    return Cell("no line of this span passes the filter" if picture.scene.chips else "no line in this span", "dim")


def _line_row(line: ShownLine, labels: Mapping[LogFile | None, str], now_us: int, width: int) -> list[Cell]:
    status = line.row.values.get("status")
    cells = [Cell(f"{status_mark(status)} ", status_role(status))]
    if labels:
        columns = min(_FILE_COLUMNS, max(len(label) for label in labels.values()))
        cells.append(Cell(pad(labels.get(line.row.file, ""), columns) + " ", "dim"))
    if line.text is None:
        return cells + _known_cells(line, now_us)
    return cells + line_cells(line.text, line.row.values, _BYTES_A_COLUMN * width)


def _known_cells(line: ShownLine, now_us: int) -> list[Cell]:
    """Return what is known of a line that cannot be read again, and why it cannot."""
    values = line.row.values
    host, method, path = (values.get(name) for name in ("host", "method", "path"))
    words = [
        moment(line.row.time_us, now_us),
        *(key(value) for value in (host, method) if isinstance(value, bytes) and value),
        key(path) if isinstance(path, bytes) else _NO_PATH,
        str(values.get("status") or "–"),
    ]
    note = [Cell(f"  ({sentence(line.note)})", "warn")] if line.note else []
    return [Cell(" ".join(words), "dim"), *note]


def _labels(files: Sequence[LogFile | None]) -> dict[LogFile | None, str]:
    """Return a short name of each file, sanitised; empty: all lines are of one."""
    sources = {file.source for file in files if file is not None}
    if len(sources) < 2:
        return {}
    for parts in range(1, 1 + max(source.count(os.sep) + 1 for source in sources)):
        names = {source: os.sep.join(source.split(os.sep)[-parts:]) for source in sources}
        if len({*names.values()}) == len(sources):
            break
    return {file: "–" if file is None else sentence(names[file.source]) for file in files}
