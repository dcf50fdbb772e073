"""Draws the health of the reading: what became of lines and bytes, what the lines say, what is held."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from http_monitor.dashboard.drawing.cells import Cell, Role, Row, cell_len, cut, fit, pad, pad_left, sentence, spread
from http_monitor.dashboard.drawing.lists.lines import behind
from http_monitor.dashboard.drawing.lists.listing import (
    TITLE_ROWS,
    join,
    position,
    rows_of_list,
    shown_place,
    title_row,
)
from http_monitor.dashboard.drawing.lists.wrapping import wrap_words
from http_monitor.dashboard.drawing.numbers import UNKNOWN, bytes_of, percent_of
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.facts import Facts
from http_monitor.figures import count, moment, pluralize, rough_span
from http_monitor.health import Health
from http_monitor.ports.views import Held
from http_monitor.report import Notice
from http_monitor.report_tables import Coverage

_TWO_COLUMNS, _THREE_COLUMNS = 84, 140
"""Columns of the panel from which blocks stand side by side."""
_GAP = 3
_LABEL_COLUMNS = 13
_VALUE_COLUMNS = 9
_NOTICES = 20
_QUOTING = ("malformed", "nothing-fits")
"""The names of notices that quote the first malformed line."""
_NOT_QUOTED = (
    "No malformed line is quoted yet: a notice does that when there are many. --explain shows where one stops fitting."
)
_FIELDS = ("status", "host", "endpoint", "size", "duration", "agent")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A line of a block."""

    label: str
    value: str
    remark: str = ""
    """What it means; left out where room lacks."""
    role: Role = "plain"


@dataclass(frozen=True, slots=True)
class _Block:
    """Figures under a heading."""

    title: str
    figures: tuple[_Figure, ...]


def paint_health(picture: Picture, width: int, height: int) -> list[Row]:
    """Return the panel of health: blocks of figures, then the last notices; the cursor scrolls."""
    body, room = _body(picture, width), max(0, height - TITLE_ROWS)
    place = shown_place(picture.place, len(body), room)
    said = list(_said(picture.facts))
    rows = [
        title_row(picture, "health", said, width, position(place, len(body), room)),
        fit(join(_verdict(picture.facts)), width),
    ]
    return [*rows, *rows_of_list(picture, body[place.top : place.top + room], place, width)][: max(0, height)]


def row_count(picture: Picture, width: int) -> int:
    """Return the number of rows that can be scrolled through; on a narrow screen they are more."""
    return len(_body(picture, width))


def _said(facts: Facts) -> Iterator[str]:
    if facts.report is not None:
        yield f"at {moment(facts.report.end_us, facts.clock_us)}"
        since_us = facts.report.health.since_us
        if since_us is not None:
            yield f"counted since {moment(since_us, facts.clock_us)}"
    else:
        yield "no report yet"


def _verdict(facts: Facts) -> Iterator[Cell]:
    """Yield what is wrong, the worst first, or that nothing is."""
    health = None if facts.report is None else facts.report.health
    wrong: list[Cell] = []
    if facts.failure:
        wrong.append(Cell(f"the run ended early: {sentence(facts.failure)}", "bad"))
    if health is not None and health.lost_bytes:
        wrong.append(Cell(f"{bytes_of(health.lost_bytes)} lost", "bad"))
    if health is not None and health.maybe_lost:
        wrong.append(Cell("perhaps lines lost", "bad"))
    if health is not None and health.listener_failures:
        wrong.append(Cell(pluralize(health.listener_failures, "failed listener"), "bad"))
    if facts.pulse is not None and facts.pulse.waiting_for:
        wrong.append(Cell(f"waiting: {sentence(facts.pulse.waiting_for)}", "warn"))
    if behind(facts):
        wrong.append(Cell(behind(facts), "warn"))
    if health is not None and health.malformed:
        wrong.append(Cell(f"{count(health.malformed)} malformed", "warn"))
    if health is not None and health.too_late:
        wrong.append(Cell(f"{count(health.too_late)} too late", "warn"))
    if wrong:
        yield from wrong
    elif health is None:
        yield Cell("nothing is known yet", "dim")
    else:
        yield Cell("all is read, nothing is lost, every line fits", "good")


def _body(picture: Picture, width: int) -> list[Row]:
    facts = picture.facts
    report = facts.report
    health = None if report is None else report.health
    lines, reading = _lines_block(health), _reading_block(facts, health)
    coverage, held = _coverage_block(None if report is None else report.coverage), _held_block(picture)
    if width >= _THREE_COLUMNS:
        columns: list[list[_Block]] = [[lines], [reading], [coverage, held]]
    elif width >= _TWO_COLUMNS:
        columns = [[lines, coverage], [reading, held]]
    else:
        columns = [[lines, reading, coverage, held]]
    each = (width - _GAP * (len(columns) - 1)) // len(columns)
    parts = [_column(blocks, each) for blocks in columns]
    rows: list[Row] = [_side_by_side(row, each) for row in zip_longest(*parts, fillvalue=())]
    return [*rows, *_waiting(facts, width), *_notices(facts, width)]


def _column(blocks: Sequence[_Block], width: int) -> list[Row]:
    rows: list[Row] = []
    for block in blocks:
        if rows:
            rows.append([])
        rows.append([Cell(cut(block.title, width), "title")])
        # A long number is not cut, it moves the remarks.
        value = max(_VALUE_COLUMNS, *(cell_len(figure.value) for figure in block.figures))
        remark = max(cell_len(figure.remark) for figure in block.figures)
        has_remarks = _LABEL_COLUMNS + value + 2 + remark <= width
        for figure in block.figures:
            row = [Cell(pad(figure.label, _LABEL_COLUMNS), "dim"), Cell(pad_left(figure.value, value), figure.role)]
            if has_remarks and figure.remark:
                row.append(Cell(f"  {figure.remark}", "dim"))
            rows.append(fit(row, width))
    return rows


def _side_by_side(rows: Sequence[Row], width: int) -> Row:
    cells: list[Cell] = []
    for at, row in enumerate(rows):
        cells += spread(row, [], width) if at < len(rows) - 1 else row
        if at < len(rows) - 1:
            cells.append(Cell(" " * _GAP))
    return cells


def _lines_block(health: Health | None) -> _Block:
    """Return what became of the lines."""

    def of(label: str, name: str, remark: str, role: Role = "plain") -> _Figure:
        if health is None:
            return _Figure(label, UNKNOWN)
        number: int = getattr(health, name)
        return _Figure(label, count(number), remark, role if number else "plain")

    return _Block(
        "Lines",
        (
            of("lines", "lines", ""),
            of("accepted", "accepted", "counted as hits", "good"),
            of("malformed", "malformed", "fit no format", "warn"),
            of("  oversized", "oversized", "too long", "warn"),
            of("filtered out", "filtered", "by --filter"),
            of("other", "other", "no finished request"),
            of("late", "late", "after the close", "warn"),
            of("  too late", "too_late", "seen by no alert", "warn"),
            of("ahead", "ahead", "in the future", "warn"),
            of("held", "held", "wait for their time"),
            of("incomplete", "incomplete", "parts given up", "warn"),
            of("backfilled", "backfilled", "before the start"),
        ),
    )


def _reading_block(facts: Facts, health: Health | None) -> _Block:
    """Return what happened to files, machine and listeners."""

    def of(label: str, name: str, remark: str, role: Role = "warn") -> _Figure:
        if health is None:
            return _Figure(label, UNKNOWN)
        number: int = getattr(health, name)
        shown = bytes_of(number) if name.endswith("bytes") else count(number)
        return _Figure(label, shown, remark, role if number else "plain")

    now = facts.pulse or health
    lag_bytes, lag_s = (None, None) if now is None else (now.lag_bytes, now.lag_s)
    maybe = UNKNOWN if health is None else "yes" if health.maybe_lost else "no"
    return _Block(
        "Reading",
        (
            _Figure("behind", UNKNOWN if lag_s is None else rough_span(lag_s), "", "warn" if lag_s else "plain"),
            _Figure("not read yet", UNKNOWN if lag_bytes is None else bytes_of(lag_bytes)),
            of("lost", "lost_bytes", "vanished unread", "bad"),
            _Figure("maybe lost", maybe, "between two reads", "bad" if health and health.maybe_lost else "plain"),
            of("rotations", "rotations", "", "plain"),
            of("truncations", "truncations", ""),
            of("NUL skipped", "nul_bytes", "at line starts", "plain"),
            of("restarts", "observer_restarts", "of the file observer"),
            of("clock steps", "clock_steps", "of this machine"),
            of("listeners", "listener_failures", "failed, and released", "bad"),
        ),
    )


def _coverage_block(coverage: Coverage | None) -> _Block:
    """Return which share of the lines of the last report has the fields that figures depend on."""
    figures = []
    for name in _FIELDS:
        if coverage is None or not coverage.lines:
            figures.append(_Figure(name, UNKNOWN))
            continue
        there: int = getattr(coverage, name)
        remark = "" if there else "no line has it"
        figures.append(_Figure(name, percent_of(there, coverage.lines), remark))
    lines = 0 if coverage is None else coverage.lines
    return _Block(f"Coverage of the last {lines:,} lines" if lines else "Coverage", tuple(figures))


def _held_block(picture: Picture) -> _Block:
    """Return what the views can be asked about."""
    held: Held = picture.answers.held
    now_us = picture.facts.clock_us
    since = UNKNOWN if held.since_us is None else moment(held.since_us, now_us)
    back_us = picture.facts.reading_back_to_us
    reading = [] if back_us is None else [_Figure("reading back", moment(back_us, now_us), "still to come", "accent")]
    return _Block(
        "Recent rows",
        (
            _Figure("since", since, "nothing before" if held.since_us is not None else ""),
            *reading,
            _Figure("rows", count(held.rows)),
            _Figure("memory", bytes_of(held.nbytes)),
            _Figure("left out", count(held.left_out), "no memory for them", "warn" if held.left_out else "plain"),
        ),
    )


def _waiting(facts: Facts, width: int) -> Iterator[Row]:
    """Yield why inputs cannot be read."""
    now = facts.pulse or (None if facts.report is None else facts.report.health)
    if now is None or not now.waiting_for:
        return
    since = "" if now.waiting_since_us is None else f", since {moment(now.waiting_since_us, facts.clock_us)}"
    yield []
    for line in wrap_words(f"waiting: {sentence(now.waiting_for)}{since}", width, 2):
        yield [Cell(line, "warn")]


def _notices(facts: Facts, width: int) -> Iterator[Row]:
    """Yield the last notices, those about malformed lines first, which quote the first such line."""
    yield []
    yield [Cell("Last notices", "title")]
    is_quoted = any(notice.name in _QUOTING for notice in facts.notices)
    if facts.report is not None and facts.report.health.malformed and not is_quoted:
        yield from ([Cell(line, "dim")] for line in wrap_words(_NOT_QUOTED, width))
    elif not facts.notices:
        yield [Cell("none", "dim")]
    latest = facts.notices[:_NOTICES]
    for notice in sorted(latest, key=lambda notice: notice.name not in _QUOTING):
        yield from _notice(notice, facts, width)
    if len(facts.notices) > _NOTICES:
        yield [Cell(f"{len(facts.notices) - _NOTICES:,} older ones", "dim")]


def _notice(notice: Notice, facts: Facts, width: int) -> Iterator[Row]:
    at = "" if notice.at_us is None else f"{moment(notice.at_us, facts.clock_us)} "
    mark = "! " if notice.level == "warning" else "  "
    role: Role = "warn" if notice.level == "warning" else "plain"
    for number, line in enumerate(wrap_words(f"{at}{sentence(notice.text)}", max(1, width - 2), 2)):
        yield [Cell("  " if number else mark, role), Cell(line, role)]
