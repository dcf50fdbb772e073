"""Renders what only some logs contain: durations, kinds of agents, cache, TLS, bytes received."""

from collections.abc import Sequence

from http_monitor import figures
from http_monitor.display.columns import shorten
from http_monitor.display.style import Line, Style, add_label, wrap
from http_monitor.report_tables import AgentKinds, Details, Durations

_DURATIONS = "Durations  "
_AGENTS = "Agents  "
_ALSO = "Also  "
_MAX_VALUE = 20
_MAX_VALUES = 5


def render_durations(details: Details, width: int) -> list[Line]:
    """Return the quantiles of the durations, then of the upstream durations, which begin a new line if needed."""
    own, upstream = _quantiles(details.duration, ""), _quantiles(details.upstream, "upstream ")
    beside = width - len(_DURATIONS)
    lines = wrap([*own, *_set_off(upstream)], beside, "  ")
    if len(lines) > 1 and own and upstream:
        lines = wrap(own, beside, "  ") + wrap(upstream, beside, "  ")
    return add_label((_DURATIONS, "dim"), lines)


def render_kinds(kinds: AgentKinds, width: int) -> list[Line]:
    """Return the shares of the hits of people, bots and libraries; no line if all agents are unknown."""
    if not kinds.known:
        return []
    counts = {"people": kinds.person, "bots": kinds.bot, "libraries": kinds.library, "unknown": kinds.unknown}
    shares = zip(figures.parts([*counts.values()]), counts.items(), strict=True)
    pieces: list[Line] = [[(share, "bold"), (f" {word}", "plain")] for share, (word, count) in shares if count]
    return add_label((_AGENTS, "dim"), wrap(pieces, width - len(_AGENTS), "  "))


def bots(kinds: AgentKinds) -> Line:
    """Return the share of the bots, for screens too narrow for all kinds; empty without bots."""
    if not kinds.bot:
        return []
    return [(figures.part(kinds.bot, kinds.known + kinds.unknown), "bold"), (" bots", "plain")]


def render_more(details: Details, width: int, style: Style) -> list[Line]:
    """Return bytes received, and the hits by cache status and TLS version, at most the five largest of each."""
    pieces: list[Line] = []
    if details.bytes_in is not None:
        pieces.append([(figures.size(details.bytes_in), "bold"), (" received", "plain")])
    pieces += [_values(name, counts, style) for name, counts in (("cache", details.cache), ("TLS", details.tls))]
    return add_label((_ALSO, "dim"), wrap([piece for piece in pieces if piece], width - len(_ALSO)))


def _quantiles(durations: Durations | None, label: str) -> list[Line]:
    if durations is None:
        return []
    values = (("p50", durations.p50_us), ("p95", durations.p95_us), ("p99", durations.p99_us))
    pieces: list[Line] = [[(f"{name} ", "dim"), (figures.duration(value), "bold")] for name, value in values]
    if label:
        pieces[0].insert(0, (label, "plain"))
    return pieces


def _set_off(pieces: list[Line]) -> list[Line]:
    """Return the pieces with more space before the first."""
    return [[(" ", "plain"), *piece] if number == 0 else piece for number, piece in enumerate(pieces)]


def _values(name: str, counts: Sequence[tuple[bytes, int]], style: Style) -> Line:
    if not counts:
        return []
    largest = sorted(counts, key=lambda entry: (-entry[1], entry[0]))
    line: Line = [(name, "plain")]
    for value, hits in largest[:_MAX_VALUES]:
        shown = shorten(style.key(value), _MAX_VALUE, style.glyphs.ellipsis) or '""'
        line += [(f" {shown} ", "bold"), (f"{style.glyphs.times}{figures.count(hits)}", "plain")]
    rest = len(largest) - _MAX_VALUES
    return [*line, (f" +{rest:,} more", "dim")] if rest > 0 else line
