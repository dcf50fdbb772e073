"""Draws one alert with its details."""

from collections.abc import Iterator

from http_monitor.dashboard.drawing.cells import Cell, Role, Row, cell_len, cut, key, pad, pad_left, sentence, width_of
from http_monitor.dashboard.drawing.lists.alerts import episode_at, row_count, span_of, state_of, value_words
from http_monitor.dashboard.drawing.lists.listing import clip, paint_document, title_row
from http_monitor.dashboard.drawing.lists.value_chart import paint_values
from http_monitor.dashboard.drawing.numbers import UNKNOWN, percent_of
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.facts import Episode, Facts
from http_monitor.figures import moment, pluralize, rough_span
from http_monitor.report_tables import Breakdown, Share
from http_monitor.units import US_PER_S

NOT_EXPLAINED = "x: explanations of a span are not there yet"
_LABEL_COLUMNS = 11
_DIMENSION_COLUMNS = 10
_BAR_COLUMNS = 12
_LEAST_WITH_BAR = 70
"""Columns of the panel from which shares have a bar."""
_NONE = {"endpoint": "without a path", "host": "without a host", "agent": "without an agent"}


def paint_alert(picture: Picture, width: int, height: int) -> list[Row]:
    """Return the panel of the alert that is open: its times, value, contributors, and the value over time.

    Args:
        picture: What is drawn; `Scene.open_alert` is the place of the alert.
        width: Columns.
        height: Rows.
    """
    place = picture.scene.open_alert or 0
    episode = episode_at(picture, place)
    if episode is None:
        return clip([title_row(picture, "alerts", ["this alert is no longer there"], width)], width, height)
    title = title_row(picture, "alerts", [f"{place + 1:,} of {row_count(picture):,}", "Esc closes"], width)
    return paint_document(title, _body(picture, episode, width), picture.scene.open_top, width, height)


def alert_rows(picture: Picture, width: int) -> int:
    """Return the number of rows of the alert that is open, without its title."""
    place = picture.scene.open_alert or 0
    episode = episode_at(picture, place) if row_count(picture) else None
    return 0 if episode is None else len(_body(picture, episode, width))


def _body(picture: Picture, episode: Episode, width: int) -> list[Row]:
    facts = picture.facts
    rows = [*_times(episode, facts, width), *_values(episode, facts, width)]
    breakdown = episode.raised.breakdown
    if breakdown is not None and breakdown.shares:
        rows += [[], *_contributors(breakdown, width)]
    span = span_of(episode, facts.reached_us or facts.clock_us, facts.window_s * US_PER_S)
    chart = paint_values(picture.answers, span, episode, facts.clock_us, width)
    return [*rows, [], *chart, [], [Cell(cut(NOT_EXPLAINED, width), "dim")]]


def _times(episode: Episode, facts: Facts, width: int) -> Iterator[Row]:
    raised, recovered, now_us = episode.raised, episode.recovered, facts.clock_us
    mark, role = state_of(episode)
    state = "active" if recovered is None else "recovered"
    text = cut(f"{mark} {sentence(raised.title)}", width)
    title = Cell(text, role, role) if recovered is None else Cell(text, "bold")
    yield [title, Cell(f"  {state}", "dim")]
    yield _field("raised", f"{moment(raised.at_us, now_us)}, {_ago(now_us - raised.at_us)}", width)
    if raised.began_us is not None:
        yield _field("began about", f"{moment(raised.began_us, now_us)}", width)
    else:
        looked_us = raised.looked_us
        first_us = raised.at_us - raised.window_s * US_PER_S if looked_us is None else looked_us
        yield _field("began by", f"{moment(first_us, now_us)}", width)
    if recovered is not None:
        lasted = rough_span(max(0, recovered.at_us - raised.at_us) // US_PER_S)
        yield _field("recovered", f"{moment(recovered.at_us, now_us)}, after {lasted}", width)


def _values(episode: Episode, facts: Facts, width: int) -> Iterator[Row]:
    raised = episode.raised
    yield _field("value", value_words(episode.value, episode.threshold, raised.unit) + " when raised", width)
    if episode.recovered is None:
        now = _value_now(raised.name, facts)
        if now is not None:
            yield _field("now", value_words(now, episode.threshold, raised.unit), width)
    hits = UNKNOWN if episode.hits is None else f"{episode.hits:,} in {rough_span(raised.window_s)}"
    yield _field("hits", hits, width)
    if raised.subject is not None:
        yield _field("subject", key(raised.subject), width)
    for name, text in (("server", raised.server), ("file", raised.file)):
        if text is not None:
            yield _field(name, sentence(text), width)


def _value_now(name: str, facts: Facts) -> float | None:
    """Return the present value of a rule about all hits; None: it is not known here."""
    if name == "traffic" and facts.pulse is not None:
        return facts.pulse.window_hits_per_s
    if name == "error-rate" and facts.report is not None and facts.report.window.has_status:
        return facts.report.window.error_rate
    return None


def _contributors(breakdown: Breakdown, width: int) -> Iterator[Row]:
    whole = "" if breakdown.is_whole else "the last "
    yield [Cell(cut(f"most of {whole}{pluralize(breakdown.hits, 'request')}", width), "title")]
    for share in breakdown.shares:
        yield _share(share, breakdown.hits, width)


def _share(share: Share, hits: int, width: int) -> Row:
    text = _NONE.get(share.dimension, f"without a {share.dimension}") if share.key is None else key(share.key)
    cells = [
        Cell(f"{sentence(share.dimension):<{_DIMENSION_COLUMNS}}", "dim"),
        Cell(pad_left(percent_of(share.hits, hits), 7)),
    ]
    if width >= _LEAST_WITH_BAR:
        full = round(_BAR_COLUMNS * share.hits / max(1, hits))
        cells.append(Cell("  " + "█" * full, "accent"))
        cells.append(Cell("░" * (_BAR_COLUMNS - full), "dim"))
    cells.append(Cell("  "))
    cells.append(Cell(cut(text, max(0, width - width_of(cells)))))
    return cells


def _field(name: str, text: str, width: int, role: Role = "plain") -> Row:
    columns = max(_LABEL_COLUMNS, cell_len(name)) + 2
    return [Cell(pad(name, columns), "dim"), Cell(cut(text, width - columns), role)]


def _ago(us: int) -> str:
    return f"{rough_span(us // US_PER_S)} ago" if us >= 0 else "ahead of the clock"
