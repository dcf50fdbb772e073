"""Alerts with their beginning and end, as the summary lists them."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

from http_monitor.display import figures
from http_monitor.display.columns import columns, shorten
from http_monitor.display.style import Line, Style, line_columns, wrapped, wrapped_words
from http_monitor.report import ActiveAlert, AlertEvent

KEPT = 20
_LISTED = 10
# An IPv6 address fits.
_SUBJECT_MOST = 39
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


class Episodes:
    """The last alerts that were raised; owned by the display."""

    def __init__(self) -> None:
        self._last: deque[Episode] = deque(maxlen=KEPT)

    def note(self, event: AlertEvent) -> None:
        """Remember a raise, or the end of one that is remembered."""
        if event.state == "raised":
            self._last.append(Episode(event.name, event.subject, event.at_us))
            return
        for index, episode in enumerate(self._last):
            if episode.to_us is None and (episode.name, episode.subject) == (event.name, event.subject):
                self._last[index] = replace(episode, to_us=event.at_us)

    def and_active(self, active: Sequence[ActiveAlert]) -> list[Episode]:
        """Return what is remembered and what is active, in the order of the raises."""
        known = {(episode.name, episode.subject) for episode in self._last if episode.to_us is None}
        forgotten = [Episode(a.name, a.subject, a.since_us) for a in active if (a.name, a.subject) not in known]
        return sorted((*forgotten, *self._last), key=lambda episode: episode.from_us)


def render_episodes(episodes: Sequence[Episode], raised: int, width: int, style: Style) -> list[Line]:
    """Return a line for each of the last alerts, and of the earlier ones that are still active.

    Args:
        episodes: in the order of the raises.
        raised: alerts of the whole run.
        width: columns of a line; an alert that needs more takes two or three lines.
        style: the characters of the stream.
    """
    active = [episode for episode in episodes[:-_LISTED] if episode.to_us is None]
    listed = [*active[-_LISTED:], *episodes[-_LISTED:]]
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
    missing = raised - len(listed)
    if missing > 0:
        are = "is" if missing == 1 else "are"
        lines += wrapped_words(f"{figures.counted(missing, 'earlier alert')} {are} not listed.", width, "dim")
    return lines


def _name(episode: Episode, width: int, style: Style) -> str:
    name = style.text(episode.name)
    if episode.subject is None:
        return name
    room = max(1, min(_SUBJECT_MOST, width - columns(name) - 1))
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
        return wrapped_words(f"{when} {span}".rstrip(), max(1, width))
    return wrapped(pieces, width)
