"""The episodes of a run, as the summary lists them."""

from collections.abc import Sequence
from dataclasses import dataclass

from http_monitor.display import figures
from http_monitor.display.alerts.storm import MAX_LINES
from http_monitor.display.columns import columns, shorten
from http_monitor.display.style import Line, Style, line_columns, wrap, wrap_words
from http_monitor.episodes import Episode, Episodes

_LISTED = 10
# An IPv6 address fits.
_MAX_SUBJECT = 39
_GAP = 3
_INDENT = 2


@dataclass(frozen=True, slots=True)
class _Row:
    """An episode, or those of many hosts that began and ended together."""

    episode: Episode
    """The one with the highest peak."""
    hosts: int
    raises: int

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Return a key that sorts what is active first, the oldest before the others, then the longest."""
        length_us = self.episode.length_us
        return length_us is not None, -(length_us or 0), self.episode.start_us


def render_episodes(episodes: Episodes, width: int, style: Style) -> list[Line]:
    """Return a line for each episode; where there are many, for what is active and for the longest ones.

    Args:
        episodes: Those of the run.
        width: Columns of a line; an episode that does not fit is wrapped.
        style: The style of the stream.
    """
    rows = _merge_alike(episodes.rows)
    listed = _choose(rows)
    whens = [_when(row.episode, style) for row in listed]
    rest = (
        2 * _GAP + max(map(columns, whens), default=0) + max((columns(_span(row.episode)) for row in listed), default=0)
    )
    names = [_name(row, width, style) for row in listed]
    name_columns = max((columns(name) for name in names if columns(name) + rest <= width), default=0)
    lines: list[Line] = []
    for row, name, when in zip(listed, names, whens, strict=True):
        head: Line = [(name, "bad" if row.episode.end_us is None else "bold")]
        at = name_columns + _GAP if name_columns else _INDENT
        facts = _facts([when, _span(row.episode), _peak(row), _raises(row)], width - at)
        if columns(name) <= name_columns:
            head.append((" " * (at - columns(name)), "plain"))
            head += facts.pop(0)
        lines.append(head)
        lines += [[(" " * at, "plain"), *line] for line in facts]
    return [*lines, *_count_rest(episodes, listed, width)]


def _count_rest(episodes: Episodes, listed: Sequence[_Row], width: int) -> list[Line]:
    hidden = len(episodes.rows) - sum(row.hosts for row in listed)
    missing = episodes.more + hidden
    if not missing:
        return []
    raises = episodes.more_raises + sum(episode.raises for episode in episodes.rows) - sum(row.raises for row in listed)
    of = "" if raises == missing else f" ({figures.pluralize(raises, 'raise')})"
    are = "is" if missing == 1 else "are"
    return wrap_words(f"{figures.pluralize(missing, 'other episode')}{of} {are} not listed.", width, "dim")


def _merge_alike(episodes: Sequence[Episode]) -> list[_Row]:
    """Return the episodes with one in the place of many hosts' that began, and ended, at the same moment."""
    groups: dict[tuple[str, int, int | None], list[Episode]] = {}
    for episode in episodes:
        if episode.subject is not None:
            groups.setdefault((episode.name, episode.start_us, episode.end_us), []).append(episode)
    made: list[_Row] = []
    for episode in episodes:
        key = episode.name, episode.start_us, episode.end_us
        group = groups.get(key, []) if episode.subject is not None else []
        if len(group) <= MAX_LINES:
            made.append(_Row(episode, 1, episode.raises))
        elif episode is group[0]:
            highest = max(group, key=lambda one: -1.0 if one.peak is None else one.peak)
            made.append(_Row(highest, len(group), sum(one.raises for one in group)))
    return made


def _choose(rows: Sequence[_Row]) -> list[_Row]:
    """Return those of the site and those of hosts, at most ten of each: all in their order, or the longest first."""
    of_site = [row for row in rows if row.episode.subject is None]
    of_hosts = [row for row in rows if row.episode.subject is not None]
    if len(of_site) <= _LISTED and len(of_hosts) <= _LISTED:
        return [*rows]
    chosen = [row for kind in (of_site, of_hosts) for row in sorted(kind, key=lambda row: row.rank)[:_LISTED]]
    return sorted(chosen, key=lambda row: row.rank)


def _name(row: _Row, width: int, style: Style) -> str:
    episode = row.episode
    name = style.text(episode.name)
    if episode.subject is None:
        return name
    if row.hosts > 1:
        return f"{name} {style.glyphs.times}{row.hosts:,}"
    room = max(1, min(_MAX_SUBJECT, width - columns(name) - 1))
    return f"{name} {shorten(style.key(episode.subject), room, style.glyphs.ellipsis)}"


def _when(episode: Episode, style: Style) -> str:
    begin = figures.date_time(episode.start_us)
    end = "still active" if episode.end_us is None else figures.moment(episode.end_us, episode.start_us)
    return f"{begin} {style.glyphs.dash} {end}"


def _span(episode: Episode) -> str:
    return "" if episode.length_us is None else figures.rough_span(episode.length_us // 1_000_000)


def _peak(row: _Row) -> str:
    peak = row.episode.peak
    if peak is None:
        return ""
    return f"peak {figures.percent(peak) if row.episode.unit == '%' else figures.rate(peak)}"


def _raises(row: _Row) -> str:
    return "" if row.raises == row.hosts else figures.pluralize(row.raises, "raise")


def _facts(facts: Sequence[str], width: int) -> list[Line]:
    pieces: list[Line] = [[(text, "plain")] for text in facts if text]
    if any(line_columns(piece) > width for piece in pieces):
        return wrap_words(" ".join(text for text in facts if text), max(1, width))
    return wrap(pieces, width)
