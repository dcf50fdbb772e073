"""What stands above and below the bars: alerts, markers, server errors, times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from http_monitor.dashboard.drawing.cells import Role, cell_len, cut, sentence
from http_monitor.dashboard.drawing.chart_bars import EMPTY, Glyph
from http_monitor.dashboard.drawing.chart_columns import Columns, error_level_of
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.chart_time import label_left, ticks
from http_monitor.units import local, pluralize

ERROR_MARK = "!"
"""On the axis below each column with many server errors, which are then seen without colours too."""
_SOME_ERRORS = "•"
"""On the axis below each other column with server errors."""
_MAX_MARKER_WIDTH = 16
_MIN_TITLE_WIDTH = 8


def event_glyphs(picture: Picture, columns: Columns) -> list[Glyph] | None:
    """Return the row of alerts and markers; None: there are none in the span of the chart."""
    glyphs = [EMPTY] * len(columns)
    bars = _alert_bars(picture, columns)
    for bar in bars:
        role, ground = _roles(is_active=bar.is_active)
        glyphs[bar.places.start : bar.places.stop] = [("━", role, ground)] * len(bar.places)
    markers = [(columns.place_of(marker.at_us), marker.text) for marker in picture.scene.markers]
    shown = [(place, text) for place, text in markers if place is not None]
    for place, _ in shown:
        glyphs[place] = ("▼", "marker", glyphs[place][2])
    for bar in bars:
        _write_title(glyphs, bar)
    for place, text in shown:
        text = cut(sentence(text), _MAX_MARKER_WIDTH)
        if _is_free(glyphs, place + 1, place + 2 + cell_len(text)):
            _put(glyphs, place + 2, text, "marker", None)
        elif _is_free(glyphs, place - 1 - cell_len(text), place):
            _put(glyphs, place - 1 - cell_len(text), text, "marker", None)
    return glyphs if bars or shown else None


def _write_title(glyphs: list[Glyph], bar: "_AlertBar") -> None:
    """Write the title of an alert into its bar, else beside it, as far as there is room."""
    start, stop = bar.places.start, bar.places.stop
    role, ground = _roles(is_active=bar.is_active)
    length = cell_len(bar.title)
    if len(bar.places) > length + 1:
        _put(glyphs, start, f" {bar.title} ", role, ground)
    elif _is_free(glyphs, stop, stop + length + 2):
        _put(glyphs, stop + 1, bar.title, "bad", None)
    elif _is_free(glyphs, start - length - 2, start):
        _put(glyphs, start - length - 1, bar.title, "bad", None)
    elif len(bar.places) > _MIN_TITLE_WIDTH:
        _put(glyphs, start, f" {cut(bar.title, len(bar.places) - 2)} ", role, ground)


def _is_free(glyphs: list[Glyph], start: int, stop: int) -> bool:
    """Return whether nothing is drawn in these columns of the row, and all of them are in it."""
    return start >= 0 and stop <= len(glyphs) and all(glyph is EMPTY for glyph in glyphs[start:stop])


def axis_glyphs(picture: Picture, columns: Columns, *, has_events: bool) -> list[Glyph]:
    """Return the axis, with a mark below each column with server errors.

    Args:
        picture: What is drawn.
        columns: The columns of the chart.
        has_events: Draw alerts and markers on the axis.
    """
    glyphs: list[Glyph] = [("─", "dim", None)] * len(columns)
    for place, _ in ticks(columns.span, columns.step_us, len(columns)):
        glyphs[place] = ("┬", "dim", None)
    for bar in _alert_bars(picture, columns) if has_events else ():
        role, ground = _roles(is_active=bar.is_active)
        glyphs[bar.places.start : bar.places.stop] = [("━", role, ground)] * len(bar.places)
    level = error_level_of(picture)
    for place, point in enumerate(columns.points):
        errors = point.status.get("5xx", 0) if point is not None else 0
        if point is not None and errors:
            ground = glyphs[place][2]
            if 100 * errors > level * point.hits:
                glyphs[place] = (ERROR_MARK, "raised" if ground else "server_error", ground)
            else:
                glyphs[place] = (_SOME_ERRORS, "raised" if ground else "dim", ground)
    for marker in picture.scene.markers if has_events else ():
        place_of_marker = columns.place_of(marker.at_us)
        if place_of_marker is not None:
            glyphs[place_of_marker] = ("▼", "marker", None)
    return glyphs


def label_glyphs(picture: Picture, columns: Columns, glyphs: list[Glyph]) -> list[Glyph]:
    """Return the glyphs with the times of the axis over them, that of the cursor over all others."""
    glyphs = list(glyphs)
    cursor_us = picture.scene.cursor_us
    cursor = None if cursor_us is None else columns.place_of(cursor_us)
    taken = range(0)
    if cursor is not None and cursor_us is not None:
        text = f"{local(cursor_us):%H:%M:%S}"
        left = label_left(cursor, text, len(columns))
        taken = range(left - 1, left + len(text) + 1)
        _put(glyphs, left, text, "cursor", "cursor")
    for place, label in ticks(columns.span, columns.step_us, len(columns)):
        left = label_left(place, label, len(columns))
        if left + len(label) <= taken.start or left >= taken.stop or not taken:
            _put(glyphs, left, label, "dim", None)
    return glyphs


@dataclass(frozen=True, slots=True)
class _AlertBar:
    """The columns of an alert, or of all that are active."""

    places: range
    title: str
    is_active: bool


def _alert_bars(picture: Picture, columns: Columns) -> list[_AlertBar]:
    """Return the alerts in the span of the chart; the active ones, which all last until now, as the last."""
    bars = list(_past_bars(picture, columns))
    if active := picture.facts.active:
        places = columns.places_of(min(episode.start_us for episode in active), columns.span.end_us)
        title = sentence(active[0].raised.title) if len(active) == 1 else pluralize(len(active), "alert")
        bars.append(_AlertBar(places, title, True))
    return [bar for bar in bars if bar.places]


def _past_bars(picture: Picture, columns: Columns) -> Iterator[_AlertBar]:
    """Yield the alerts that are over; those at the same time are one, as there is no room for all titles."""
    past = [episode for episode in picture.facts.episodes if episode.recovered is not None]
    places, titles = range(0), list[str]()
    for episode in sorted(past, key=lambda episode: episode.start_us):
        end_us = episode.recovered.at_us if episode.recovered else 0
        own = columns.places_of(episode.start_us, max(end_us, episode.start_us + 1))
        if own and places and own.start < places.stop:
            places = range(places.start, max(places.stop, own.stop))
        elif own:
            if places:
                yield _past_bar(places, titles)
            places, titles = own, []
        if own:
            titles.append(sentence(episode.raised.title))
    if places:
        yield _past_bar(places, titles)


def _past_bar(places: range, titles: Sequence[str]) -> _AlertBar:
    title = titles[0] if len({*titles}) == 1 else pluralize(len(titles), "alert")
    return _AlertBar(places, title, False)


def _roles(*, is_active: bool) -> tuple[Role, Role | None]:
    return ("raised", "raised") if is_active else ("bad", None)


def _put(glyphs: list[Glyph], at: int, text: str, role: Role, ground: Role | None) -> None:
    """Write text over glyphs, as far as it fits: a wide character takes two, a combining one none."""
    for char in text:
        columns = cell_len(char)
        if at + columns > len(glyphs):
            return
        if columns:
            glyphs[at] = (char, role, ground)
            glyphs[at + 1 : at + columns] = [("", role, ground)] * (columns - 1)
            at += columns
        elif at:
            glyphs[at - 1] = (glyphs[at - 1][0] + char, role, ground)
