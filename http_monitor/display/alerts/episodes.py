"""The alerts of a run, each from its raise to its recovery, as the summary lists them."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from http_monitor.display import figures
from http_monitor.display.alerts.storm import MAX_LINES
from http_monitor.display.columns import columns, shorten
from http_monitor.display.style import Line, Style, line_columns, wrap, wrap_words
from http_monitor.report import ActiveAlert, AlertEvent

KEPT = 20
_LISTED = 10
# An IPv6 address fits.
_MAX_SUBJECT = 39
_GAP = 3
_INDENT = 2


@dataclass(frozen=True, slots=True)
class Episode:
    """An alert from its raise to its recovery."""

    name: str
    subject: bytes | None
    from_us: int
    to_us: int | None = None
    """`at` of its recovery; None while it is active."""
    count: int = 1
    """How many alerts of several hosts, raised together and likewise ended together, are told as this one."""


class Episodes:
    """The last alerts that were raised; owned by the display.

    Those of the whole site are kept apart: a flood from many hosts must not take them out of the summary.
    """

    def __init__(self) -> None:
        self._of_site: deque[Episode] = deque(maxlen=KEPT)
        self._of_hosts: deque[Episode] = deque(maxlen=KEPT)

    def note(self, event: AlertEvent) -> None:
        """Remember a raise, or the end of one that is remembered."""
        last = self._of_site if event.subject is None else self._of_hosts
        if event.state == "raised":
            last.append(Episode(event.name, event.subject, event.at_us))
            return
        for index, episode in enumerate(last):
            if episode.to_us is None and (episode.name, episode.subject) == (event.name, event.subject):
                last[index] = replace(episode, to_us=event.at_us)

    def and_active(self, active: Sequence[ActiveAlert]) -> list[Episode]:
        """Return what is remembered and what is active, in the order of the raises."""
        last = (*self._of_site, *self._of_hosts)
        known = {(episode.name, episode.subject) for episode in last if episode.to_us is None}
        forgotten = [Episode(a.name, a.subject, a.since_us) for a in active if (a.name, a.subject) not in known]
        return sorted((*forgotten, *last), key=lambda episode: episode.from_us)


def render_episodes(episodes: Sequence[Episode], raised: int, width: int, style: Style) -> list[Line]:
    """Return a line for each of the last alerts, of those of the whole site, and of those that are still active.

    Args:
        episodes: in the order of the raises.
        raised: number of alerts of the whole run.
        width: columns of a line; an alert that does not fit is wrap.
        style: the style of the stream.
    """
    listed = _listed(_together(episodes))
    whens = [_when(episode, style) for episode in listed]
    spans = [_span(episode) for episode in listed]
    rest = 2 * _GAP + max(map(columns, whens), default=0) + max(map(columns, spans), default=0)
    names = [_name(episode, width, style) for episode in listed]
    name_columns = max((columns(name) for name in names if columns(name) + rest <= width), default=0)
    lines: list[Line] = []
    for episode, name, when, span in zip(listed, names, whens, spans, strict=True):
        head: Line = [(name, "bad" if episode.to_us is None else "bold")]
        at = name_columns + _GAP if name_columns else _INDENT
        time = _time(when, span, width - at)
        if columns(name) <= name_columns:
            head.append((" " * (at - columns(name)), "plain"))
            head += time.pop(0)
        lines.append(head)
        lines += [[(" " * at, "plain"), *line] for line in time]
    missing = raised - sum(episode.count for episode in listed)
    if missing > 0:
        are = "is" if missing == 1 else "are"
        lines += wrap_words(f"{figures.pluralize(missing, 'earlier alert')} {are} not listed.", width, "dim")
    return lines


def _together(episodes: Sequence[Episode]) -> list[Episode]:
    """Return the alerts with one in the place of many hosts' that were raised, and ended, at the same moment."""
    groups: dict[tuple[str, int, int | None], list[Episode]] = {}
    for episode in episodes:
        if episode.subject is not None:
            groups.setdefault((episode.name, episode.from_us, episode.to_us), []).append(episode)
    made: list[Episode] = []
    for episode in episodes:
        group = groups.get((episode.name, episode.from_us, episode.to_us), []) if episode.subject is not None else []
        if len(group) <= MAX_LINES:
            made.append(episode)
        elif episode is group[0]:
            made.append(replace(episode, count=len(group)))
    return made


def _listed(episodes: Sequence[Episode]) -> list[Episode]:
    """Return the last alerts of the site, and of the hosts the last ones and others that are still active."""
    of_site = [episode for episode in episodes if episode.subject is None][-_LISTED:]
    of_hosts = [episode for episode in episodes if episode.subject is not None]
    active = [episode for episode in of_hosts[:-_LISTED] if episode.to_us is None][-_LISTED:]
    return sorted((*of_site, *active, *of_hosts[-_LISTED:]), key=lambda episode: episode.from_us)


def _name(episode: Episode, width: int, style: Style) -> str:
    name = style.text(episode.name)
    if episode.subject is None:
        return name
    if episode.count > 1:
        return f"{name} {style.glyphs.times}{episode.count:,}"
    room = max(1, min(_MAX_SUBJECT, width - columns(name) - 1))
    return f"{name} {shorten(style.key(episode.subject), room, style.glyphs.ellipsis)}"


def _when(episode: Episode, style: Style) -> str:
    begin = figures.date_time(episode.from_us)
    end = "still active" if episode.to_us is None else figures.moment(episode.to_us, episode.from_us)
    return f"{begin} {style.glyphs.dash} {end}"


def _span(episode: Episode) -> str:
    if episode.to_us is None:
        return ""
    return figures.rough_span(max(0, episode.to_us - episode.from_us) // 1_000_000)


def _time(when: str, span: str, width: int) -> list[Line]:
    pieces: list[Line] = [[(text, "plain")] for text in (when, span) if text]
    if any(line_columns(piece) > width for piece in pieces):
        return wrap_words(f"{when} {span}".rstrip(), max(1, width))
    return wrap(pieces, width)
