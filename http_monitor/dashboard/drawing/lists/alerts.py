"""Draws the alerts of the run, the active ones on top."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from http_monitor.dashboard.drawing.cells import Cell, Role, Row, cell_len, fit, pad, sentence, spread
from http_monitor.dashboard.drawing.lists.listing import (
    TITLE_ROWS,
    clip,
    highlight,
    next_place,
    pattern,
    position,
    rows_of_list,
    shown_place,
    title_row,
)
from http_monitor.dashboard.drawing.numbers import UNKNOWN
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.facts import Episode, Facts
from http_monitor.figures import exact_span, level, moment, pluralize, rough_span
from http_monitor.ports.views import ViewSpan
from http_monitor.units import US_PER_S

_GAP = "  "
_TITLE_COLUMNS = 24
"""A longer title is cut before another column is left out."""


def paint_alerts(picture: Picture, width: int, height: int) -> list[Row]:
    """Return the panel of alerts: a title, then one row an alert, the active ones first."""
    facts, room = picture.facts, max(0, height - TITLE_ROWS)
    shown = in_order(facts)
    place = shown_place(picture.place, len(shown), room)
    active = len(facts.active)
    said = [f"{active:,} active", f"{len(shown) - active:,} past"] if shown else []
    title = title_row(picture, "alerts", said, width, position(place, len(shown), room))
    dropped = (
        [Cell(f"{pluralize(facts.events_dropped, 'alert event')} left out", "warn")] if facts.events_dropped else []
    )
    if not shown:
        return clip([title, dropped, *_no_alerts(facts)], width, height)
    layout = _layout([_words(episode, facts.clock_us) for episode in shown], width)
    found = pattern(picture.scene.search)
    lines = [
        highlight(fit(_alert_row(episode, facts.clock_us, layout), width), found)
        for episode in shown[place.top : place.top + room]
    ]
    heading = spread(_headings(layout), dropped, width)
    return [title, heading, *rows_of_list(picture, lines, place, width)][: max(0, height)]


def row_count(picture: Picture) -> int:
    """Return the number of alerts that can be scrolled through."""
    return len(picture.facts.episodes)


def episode_at(picture: Picture, cursor: int) -> Episode | None:
    """Return the alert in a row; None: there is none."""
    shown = in_order(picture.facts)
    return shown[cursor] if 0 <= cursor < len(shown) else None


def place_of(facts: Facts, episode: Episode) -> int | None:
    """Return the row of an alert, whether it has recovered meanwhile or not; None: it is left out by now."""
    raises = [shown.raised for shown in in_order(facts)]
    return raises.index(episode.raised) if episode.raised in raises else None


def next_match(picture: Picture, step: int) -> int | None:
    """Return the next row, beyond that of the cursor and round the end, with the text that is searched for."""
    texts = [_words(episode, picture.facts.clock_us).title for episode in in_order(picture.facts)]
    return next_place(texts, pattern(picture.scene.search), picture.place.cursor, step)


def in_order(facts: Facts) -> tuple[Episode, ...]:
    """Return the alerts in the order shown."""
    return (*facts.active, *(episode for episode in facts.episodes if episode.recovered is not None))


def span_of(episode: Episode, now_us: int, window_us: int) -> ViewSpan:
    """Return the span that stands for an alert: from a window before it began, to its recovery or now.

    Args:
        episode: The alert.
        now_us: The greatest time accepted.
        window_us: Length of the window.
    """
    start_us = episode.start_us - window_us
    end_us = now_us + 1 if episode.recovered is None else episode.recovered.at_us
    return ViewSpan(start_us, max(end_us, start_us + 1))


def value_words(value: float | None, threshold: float | None, unit: str) -> str:
    """Return ``2,000.00 > 1,000 /s``; a figure that is not known is ``–``, and nothing is compared with it."""
    if value is None or threshold is None:
        known = UNKNOWN if value is None else f"{value:,.2f}"
        bound = "" if threshold is None else f" (limit {level(threshold)})"
        # A unit alone says nothing.
        return known + bound if known == UNKNOWN and not bound else f"{known}{bound} {sentence(unit)}".rstrip(" ")
    beyond = "=" if value == threshold else "<" if value < threshold else ">"
    return f"{value:,.2f} {beyond} {level(threshold)} {sentence(unit)}".rstrip(" ")


def state_of(episode: Episode) -> tuple[str, Role]:
    """Return the mark of an alert, and its role."""
    return ("!", "raised") if episode.recovered is None else ("·", "dim")


@dataclass(frozen=True, slots=True)
class _Words:
    """What is said about an alert, by column."""

    title: str
    when: str
    brief_when: str
    """Without the duration."""
    value: str
    began: str


@dataclass(frozen=True, slots=True)
class _Layout:
    """Widths of the columns; 0: it is left out."""

    title: int
    when: int
    value: int
    began: int
    is_brief: bool


def _words(episode: Episode, now_us: int) -> _Words:
    raised, recovered = episode.raised, episode.recovered
    start = moment(raised.at_us, now_us)
    if recovered is None:
        when, until_us = f"since {start}", now_us
    else:
        when, until_us = f"{start} – {moment(recovered.at_us, raised.at_us)}", recovered.at_us
    lasted = rough_span(max(0, until_us - raised.at_us) // US_PER_S)
    began = "" if raised.began_us is None else f"began about {moment(raised.began_us, now_us)}"
    value = value_words(episode.value, episode.threshold, raised.unit)
    return _Words(sentence(raised.title), f"{when} ({lasted})", when, value, began)


def _layout(told: Sequence[_Words], width: int) -> _Layout:
    """Return the columns that fit: what is least needed is left out first."""
    title, when, brief, value, began = (
        max(cell_len(text) for text in column)
        for column in zip(*((w.title, w.when, w.brief_when, w.value, w.began) for w in told), strict=True)
    )
    layouts = (
        _Layout(title, when, value, began, False),
        _Layout(title, when, value, 0, False),
        _Layout(title, brief, value, 0, True),
        _Layout(title, brief, 0, 0, True),
    )
    for layout in layouts:
        room = width - 2 - sum(len(_GAP) + columns for columns in (layout.when, layout.value, layout.began) if columns)
        if room >= min(title, _TITLE_COLUMNS):
            return _Layout(min(title, room), layout.when, layout.value, layout.began, layout.is_brief)
    return _Layout(max(1, width - 2), 0, 0, 0, True)


def _headings(layout: _Layout) -> list[Cell]:
    named = (("alert", layout.title), ("raised", layout.when), ("value", layout.value), ("", layout.began))
    return [Cell("  " + _GAP.join(pad(name, columns) for name, columns in named if columns).rstrip(" "), "dim")]


def _alert_row(episode: Episode, now_us: int, layout: _Layout) -> Row:
    words = _words(episode, now_us)
    mark, role = state_of(episode)
    is_active = episode.recovered is None
    title = pad(words.title, layout.title)
    cells = [Cell(f"{mark} {title}", role, role)] if is_active else [Cell(f"{mark} ", role), Cell(title)]
    when = words.brief_when if layout.is_brief else words.when
    for text, columns, shown in (
        (when, layout.when, "plain"),
        (words.value, layout.value, "plain"),
        (words.began, layout.began, "dim"),
    ):
        if columns:
            cells.append(Cell(_GAP + pad(text, columns), "dim" if shown == "dim" or not is_active else "plain"))
    return cells


def _no_alerts(facts: Facts) -> Iterator[Row]:
    yield [Cell("no alerts so far", "good")]
    rules = () if facts.report is None else facts.report.rules
    if not rules:
        return
    yield []
    yield [Cell(f"judged over the last {exact_span(facts.window_s)}:", "dim")]
    columns = max(cell_len(sentence(rule.name)) for rule in rules)
    for rule in rules:
        unit = sentence(rule.unit)
        yield [
            Cell("  " + pad(sentence(rule.name), columns)),
            Cell(f"  above {level(rule.threshold)} {unit}".rstrip(" "), "dim"),
        ]
