"""The episodes of a run, as the summary lists them."""

from collections.abc import Sequence
from dataclasses import dataclass

from http_monitor import figures
from http_monitor.display.alerts.storm import MAX_LINES
from http_monitor.display.columns import columns, shorten
from http_monitor.display.style import Line, Style, line_columns, wrap, wrap_words
from http_monitor.episodes import Episode, Episodes, EpisodeSums, add_up, sums_of
from http_monitor.units import US_PER_S

_LISTED = 10
# An IPv6 address fits.
_MAX_SUBJECT = 39
_GAP = 3
_INDENT = 2


@dataclass(frozen=True, slots=True)
class _Row:
    """An episode, or those of many hosts that began and ended together."""

    episode: Episode
    """The first of them."""
    sums: EpisodeSums

    @property
    def rank(self) -> tuple[bool, int, int]:
        """Return a sort key: active episodes first, the oldest before the others, then the longest."""
        length_us = self.episode.length_us
        return length_us is not None, -(length_us or 0), self.episode.start_us


def render_episodes(episodes: Episodes, width: int, style: Style) -> list[Line]:
    """Return a line for each episode; if there are many, only for the active and the longest ones.

    Args:
        episodes: The episodes of the run.
        width: Columns of a line; an episode that does not fit is wrapped.
        style: The style of the stream.
    """
    rows, unnamed = _merge_alike(episodes)
    listed = _choose(rows)
    others = add_up([*unnamed, *(row.sums for row in rows if row not in listed)])
    table = [
        (_name(row, width, style), row.episode.end_us is None, _describe_episode(row.episode, row, style))
        for row in listed
    ]
    table += [(_name_of_others(sums, style), bool(sums.active), _describe_others(sums, style)) for sums in others]
    rest = 2 * _GAP + sum(max((columns(facts[at]) for _, _, facts in table), default=0) for at in (0, 1))
    name_columns = max((columns(name) for name, _, _ in table if columns(name) + rest <= width), default=0)
    lines: list[Line] = []
    for name, is_active, told in table:
        head: Line = [(name, "bad" if is_active else "bold")]
        at = name_columns + _GAP if name_columns else _INDENT
        facts = _facts(told, width - at)
        if columns(name) <= name_columns:
            head.append((" " * (at - columns(name)), "plain"))
            head += facts.pop(0)
        lines.append(head)
        lines += [[(" " * at, "plain"), *line] for line in facts]
    return [*lines, *_count_unknown(episodes, width)]


def _count_unknown(episodes: Episodes, width: int) -> list[Line]:
    """Return a sentence about the episodes that were only counted."""
    unknown = episodes.more - sum(sums.episodes for sums in episodes.rest)
    if not unknown:
        return []
    raises = episodes.more_raises - sum(sums.raises for sums in episodes.rest)
    of = "" if raises == unknown else f" ({figures.pluralize(raises, 'raise')})"
    are = "is" if unknown == 1 else "are"
    return wrap_words(f"{figures.pluralize(unknown, 'other episode')}{of} {are} not listed.", width, "dim")


def _merge_alike(episodes: Episodes) -> tuple[list[_Row], list[EpisodeSums]]:
    """Return the rows, one for episodes of many hosts that began and ended together, and the sums of the others."""
    groups: dict[tuple[str, int, int | None], list[Episode]] = {}
    for episode in episodes.rows:
        if episode.subject is not None:
            groups.setdefault((episode.name, episode.start_us, episode.end_us), []).append(episode)
    unnamed = {sums.name: sums for sums in episodes.rest}
    made: list[_Row] = []
    for episode in episodes.rows:
        key = episode.name, episode.start_us, episode.end_us
        group = groups.get(key, []) if episode.subject is not None else []
        if len(group) <= MAX_LINES:
            made.append(_Row(episode, sums_of(episode)))
        elif episode is group[0]:
            (sums,) = add_up(map(sums_of, group))
            more = unnamed.get(episode.name)
            if more is not None and more.span == sums.span:
                sums = sums.plus(unnamed.pop(episode.name))
            made.append(_Row(episode, sums))
    return made, [*unnamed.values()]


def _choose(rows: Sequence[_Row]) -> list[_Row]:
    """Return the episodes of the site and of hosts, at most ten of each: all in their order, or the longest first."""
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
    if row.sums.episodes > 1:
        return f"{name} {style.glyphs.times}{row.sums.episodes:,}"
    room = max(1, min(_MAX_SUBJECT, width - columns(name) - 1))
    return f"{name} {shorten(style.key(episode.subject), room, style.glyphs.ellipsis)}"


def _when(episode: Episode, style: Style) -> str:
    begin = figures.date_time(episode.start_us)
    end = "still active" if episode.end_us is None else figures.moment(episode.end_us, episode.start_us)
    return f"{begin} {style.glyphs.dash} {end}"


def _describe_episode(episode: Episode, row: _Row, style: Style) -> list[str]:
    length = "" if episode.length_us is None else figures.rough_span(episode.length_us // US_PER_S)
    return [_when(episode, style), length, _peak(row.sums), _raises(row.sums)]


def _name_of_others(sums: EpisodeSums, style: Style) -> str:
    return f"{style.text(sums.name)}, {figures.pluralize(sums.episodes, 'other')}"


def _describe_others(sums: EpisodeSums, style: Style) -> list[str]:
    end = "still active"
    if sums.end_us is not None and not sums.active:
        end = figures.moment(sums.end_us, sums.start_us)
    elif sums.active < sums.episodes:
        end = f"{sums.active:,} still active"
    longest = f"up to {figures.rough_span(sums.longest_us // US_PER_S)}" if sums.active < sums.episodes else ""
    return [f"{figures.date_time(sums.start_us)} {style.glyphs.dash} {end}", longest, _peak(sums), _raises(sums)]


def _peak(sums: EpisodeSums) -> str:
    if sums.peak is None:
        return ""
    return f"peak {figures.percent(sums.peak) if sums.unit == '%' else figures.rate(sums.peak)}"


def _raises(sums: EpisodeSums) -> str:
    return "" if sums.raises == sums.episodes else figures.pluralize(sums.raises, "raise")


def _facts(facts: Sequence[str], width: int) -> list[Line]:
    pieces: list[Line] = [[(text, "plain")] for text in facts if text]
    if any(line_columns(piece) > width for piece in pieces):
        return wrap_words(" ".join(text for text in facts if text), max(1, width))
    return wrap(pieces, width)
