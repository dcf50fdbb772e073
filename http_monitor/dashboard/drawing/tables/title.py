"""The title of a table, with its totals, and why a table has no rows."""

from http_monitor.dashboard.drawing.cells import Cell, Role, Row, sentence, spread, width_of
from http_monitor.dashboard.drawing.numbers import UNKNOWN, bytes_of, duration_of, percent_of, short_count, span_words
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.answers import TableAnswer
from http_monitor.dashboard.state.panels import BY_NAME
from http_monitor.figures import exact_span, moment, pluralize, rough_span
from http_monitor.ports.views import Order, TableView, ViewSpan
from http_monitor.units import US_PER_S

_NAME, _NOTE, _SPAN, _KEYS, _ORDER, _HITS, _ERRORS, _P95, _BYTES, _P50, _WITHOUT = range(11)
"""The parts of a title: the greatest gives way first where there is no room. Name and note stay."""
_MOST_ADDED = 200
"""So many rows are added up at each paint."""

_Parts = dict[int, list[Cell]]
"""In the order in which they are shown."""


def paint_title(picture: Picture, width: int, position: str) -> Row:
    """Return the title line of the table in the panel.

    Args:
        picture: What is shown.
        width: Columns of the line.
        position: The place in the rows, ``12/1,234``; empty: all are shown.
    """
    answer = picture.answers.tables.get(picture.scene.panel)
    right = [Cell(position, "dim")] if position else []
    room = width - width_of(right) - bool(right)
    left = _name(picture)
    notes = ("",) if answer is None else _notes(answer.view, answer.span)
    # That rows are missing is said before all else, in as many words as there is room for beside the span.
    for note in notes:
        parts: _Parts = {} if answer is None else _parts(picture, answer, note)
        least = _NOTE if note is notes[-1] else _SPAN
        # The position says how many keys there are, too.
        giving_way = sorted(parts, key=lambda part: (part == _KEYS and bool(position), part))
        left = _joined(picture, parts)
        while width_of(left) > room and giving_way and giving_way[-1] > least:
            del parts[giving_way.pop()]
            left = _joined(picture, parts)
        if width_of(left) <= room:
            break
    return spread(left, right, width)


def arrow(order: Order, *, is_turned_round: bool) -> str:
    """Return the sign of an order: keys ascend, numbers descend."""
    return "↑" if (order == "key") != is_turned_round else "↓"


def why_empty(picture: Picture) -> list[Row]:
    """Return why the table in the panel has no rows, and what to do about it."""
    answers, facts, scene = picture.answers, picture.facts, picture.scene
    waiting = "" if facts.pulse is None else facts.pulse.waiting_for
    answer = answers.tables.get(scene.panel)
    held = answers.held if answer is None else answer.view.held
    if answers.filter_fault:
        return [[Cell(f"The filter cannot be answered: {sentence(answers.filter_fault)}", "warn")], _BACKSPACE]
    if answer is not None and answer.view.total.hits:
        return _said(f"None of the {pluralize(answer.view.total.hits, 'hit')} has a key in this table.")
    if held.since_us is None:
        if waiting:
            return _said(f"Waiting: {sentence(waiting)}.", "Rows appear with the first line.")
        return _said("Nothing is held yet.", "Rows appear with the first line.")
    if answer is None:
        return _said("Counting …")
    if held.since_us >= answer.span.end_us:
        return _said(
            f"Nothing of this span is held: it ends before {moment(held.since_us, _now_us(picture))}.", _ESCAPE
        )
    if scene.filter is not None:
        return [*_said("No line of this span matches the filter."), _BACKSPACE]
    # All rows may be from before the run.
    last_us = facts.now_us or held.upto_us
    last = f"The last line is of {moment(last_us, facts.clock_us)}." if last_us else ""
    return _said("There are no lines in this span.", last)


def _said(text: str, hint: str = "") -> list[Row]:
    return [[Cell(text)], *([[Cell(hint, "dim")]] if hint else [])]


_BACKSPACE: Row = [Cell("Backspace takes off the last filter.", "dim")]
_ESCAPE = "Esc returns to now."


def _name(picture: Picture) -> list[Cell]:
    panel = BY_NAME[picture.scene.panel]
    name = Cell(panel.title, "bold" if picture.is_dimmed else "title")
    digit = [Cell(f"{panel.digit} ", "dim" if picture.is_dimmed else "key")] if panel.digit else []
    return [*digit, name]


def _joined(picture: Picture, parts: _Parts) -> list[Cell]:
    cells = _name(picture)
    for part in parts.values():
        cells += [Cell(" · ", "dim"), *part]
    return cells


def _parts(picture: Picture, answer: TableAnswer, note: str) -> _Parts:
    view, total = answer.view, answer.view.total
    order, is_turned_round = picture.scene.sorting(picture.scene.panel)
    parts: _Parts = {}
    if view.rows:
        parts[_KEYS] = [Cell(pluralize(view.keys, "key"), "dim")]
        sign = arrow(order, is_turned_round=is_turned_round)
        parts[_ORDER] = [Cell(f"by {order} ", "dim"), Cell(sign, "accent")]
    is_window = _is_window(picture, answer.span)
    if not (note and is_window):
        parts[_SPAN] = [Cell(_span(picture, answer.span, is_window), "dim")]
    if note:
        parts[_NOTE] = [Cell(note)]
    if total.hits:
        parts[_HITS] = _figure(short_count(total.hits), "hit" if total.hits == 1 else "hits")
        parts |= _totals(answer)
        if without := _without_key(view):
            parts[_WITHOUT] = _figure(short_count(without), "without a key")
    return parts


def _totals(answer: TableAnswer) -> _Parts:
    total = answer.view.total
    parts: _Parts = {_ERRORS: [Cell(f"errors {UNKNOWN}", "dim")]}
    if answer.knows_errors:
        role: Role = "warn" if total.errors else "plain"
        share = f" {percent_of(total.errors, total.hits)}" if total.errors else ""
        word = "error" if total.errors == 1 else "errors"
        parts[_ERRORS] = [Cell(short_count(total.errors), role), Cell(f" {word}{share}", "dim")]
    parts[_BYTES] = [Cell(bytes_of(total.size_bytes) if answer.knows_bytes else f"bytes {UNKNOWN}", "dim")]
    if total.p50_us is not None:
        parts[_P50] = [Cell("p50 ", "dim"), Cell(duration_of(total.p50_us))]
        parts[_P95] = [Cell("p95 ", "dim"), Cell(duration_of(total.p95_us))]
    return parts


def _figure(number: str, word: str) -> list[Cell]:
    return [Cell(number), Cell(f" {word}", "dim")]


def _without_key(view: TableView) -> int:
    """Return the hits that are in no row; 0 if that is not known."""
    if len(view.rows) < view.keys or view.keys > _MOST_ADDED:
        return 0
    return view.total.hits - sum(row.hits for row in view.rows)


def _is_window(picture: Picture, span: ViewSpan) -> bool:
    """Return whether it is the window that is shown: an answer for the past may still stand here at now."""
    return picture.scene.is_now and span.end_us - span.start_us == picture.facts.window_s * US_PER_S


def _span(picture: Picture, span: ViewSpan, is_window: bool) -> str:
    if is_window:
        return f"window {exact_span(picture.facts.window_s)}"
    return span_words(span, _now_us(picture))


def _now_us(picture: Picture) -> int:
    facts = picture.facts
    return facts.clock_us if facts.now_us is None else facts.now_us


def _notes(view: TableView, span: ViewSpan) -> tuple[str, ...]:
    """Return that a part of a span is not held, in many words and in few."""
    since_us = view.held.since_us
    if view.is_whole or since_us is None or since_us >= span.end_us:
        return ("",)
    last = rough_span((span.end_us - since_us + US_PER_S // 2) // US_PER_S)
    return f"of the last {last}: nothing before is held", f"only {last} held"
