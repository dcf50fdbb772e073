"""An alert as text: its message, what its requests are, and the command that shows them."""

import shlex
from collections.abc import Sequence

from http_monitor.display import figures
from http_monitor.display.alerts.detail_limit import DetailLimit
from http_monitor.display.alerts.storm import Told, storm_message
from http_monitor.display.columns import columns, shorten
from http_monitor.display.style import Role, Style, wrap_words
from http_monitor.report import AlertEvent
from http_monitor.report_tables import Breakdown, Share
from http_monitor.units import US_PER_S, ratio

MARK = "ALERT"
"""Stands under each raise, to be searched for in what has scrolled away."""
_INDENT = "  "
_KEYS = (40, 32, 24, 16)
"""Maximum columns of a key, tried in this order."""
_LINES = 2
"""Lines on the requests of an alert, where keys of the least length fit into them."""
_WORDS = {"host": "from ", "agent": "agent ", "status": "status "}
_NOTHING = {"endpoint": "without a path", "host": "without a host", "agent": "without an agent"}


def render_alerts(
    told: Told, width: int, style: Style, limit: DetailLimit, command: str = "", *, breaks: bool = False
) -> list[str]:
    """Return the messages of alerts: one for all that are told together."""
    lines: list[str] = []
    for events in told:
        if len(events) > 1:
            lines += render_storm(events, width, style, breaks=breaks)
            continue
        (event,) = events
        is_detailed = event.state != "raised" or limit.allows(event)
        lines += render_alert(event, width, style, command, breaks=breaks, is_detailed=is_detailed)
    return lines


def render_alert(
    event: AlertEvent, width: int, style: Style, command: str = "", *, breaks: bool = False, is_detailed: bool = True
) -> list[str]:
    """Return the message of an alert, and under a raise some lines on its requests, up to three on most screens.

    Args:
        event: The alert.
        width: Columns of a line; a command is not broken, so that it can be copied.
        style: Of the stream.
        command: What starts this program on the same input; empty: no command is shown.
        breaks: Break the message at words, for a terminal; what searches a file wants it whole.
        is_detailed: Say what the requests of a raise are; otherwise only when it began.
    """
    role: Role = "raised" if event.state == "raised" else "recovered"
    lines = _paint(event.message, role, width, style, breaks=breaks)
    if event.state != "raised":
        return lines
    if not is_detailed:
        began = _began(event)
        return lines + _mark([began] if began else [], width, style)
    lines += _mark(_pieces(event, width, style), width, style)
    if command and event.breakdown is not None:
        lines.append(style.paint(f"{_INDENT}{style.text(_more(event, command))}", "dim"))
    return lines


def _pieces(event: AlertEvent, width: int, style: Style) -> list[str]:
    """Return what is said of the requests, its keys shortened as far as two lines, or else as few as need be, want."""
    began = _began(event)
    drafts: list[list[str]] = []
    for most_key in _KEYS:
        told = [] if event.breakdown is None else _shares(event.breakdown, most_key, style)
        drafts.append([began, *told] if began else told)
    return min(drafts, key=lambda pieces: max(_LINES, len(_wrap_pieces(pieces, _room(width)))))


def _began(event: AlertEvent) -> str:
    if event.began_us is not None:
        return f"began about {figures.moment(event.began_us, event.at_us)}"
    if event.breakdown is None:
        return ""
    # The rise fills the window.
    return f"began by {figures.moment(_first_us(event), event.at_us)}"


def _first_us(event: AlertEvent) -> int:
    """Return the time from which on the requests of an alert were looked at."""
    return event.at_us - event.window_s * US_PER_S if event.began_us is None else event.began_us


def _room(width: int) -> int:
    return max(1, width - len(_INDENT) - len(MARK) - len(_INDENT))


def _wrap_pieces(pieces: Sequence[str], room: int) -> list[str]:
    """Return the pieces with commas between them, broken between them or, if one is longer than a line, at words."""
    lines: list[str] = []
    for number, piece in enumerate(pieces):
        said = piece + ("," if number < len(pieces) - 1 else "")
        if lines and columns(lines[-1]) + 1 + columns(said) <= room:
            lines[-1] += f" {said}"
        else:
            lines += ["".join(part for part, _ in line) for line in wrap_words(said, room)]
    return lines


def render_storm(events: Sequence[AlertEvent], width: int, style: Style, *, breaks: bool = False) -> list[str]:
    """Return the message of many alerts of one rule and moment, broken at words where that is wanted."""
    role: Role = "raised" if events[0].state == "raised" else "recovered"
    lines = _paint(storm_message(events), role, width, style, breaks=breaks)
    return lines + (_mark([], width, style) if events[0].state == "raised" else [])


def filter_of(event: AlertEvent) -> str:
    """Return the expression for ``--filter`` that is true of the requests of an alert; empty: all are its requests."""
    if event.name == "error-rate":
        return "status >= 500"
    return "" if event.subject is None else f"host == {quote(event.subject)}"


def quote(key: bytes) -> str:
    r"""Return log text as an expression quotes it, each byte that is not plain as ``\xhh``."""
    plain = "".join(chr(byte) if 32 <= byte < 127 and byte not in b"\"\\'" else f"\\x{byte:02x}" for byte in key)
    return f'"{plain}"'


def _paint(message: str, role: Role, width: int, style: Style, *, breaks: bool) -> list[str]:
    text = style.text(message)
    if not breaks:
        return [style.paint(text, role)]
    return [style.paint("".join(part for part, _ in line), role) for line in wrap_words(text, width)]


def _mark(pieces: Sequence[str], width: int, style: Style) -> list[str]:
    mark = f"{_INDENT}{MARK}"
    told = _wrap_pieces(pieces, _room(width)) or [""]
    starts = (mark, " " * len(mark))
    return [style.line([(f"{starts[min(at, 1)]}{_INDENT}{line}", "dim")], width) for at, line in enumerate(told)]


def _shares(breakdown: Breakdown, most_key: int, style: Style) -> list[str]:
    of = f"of {figures.pluralize(breakdown.hits, 'request')}" + ("" if breakdown.is_whole else ", the last ones")
    shares = [_share(share, breakdown.hits, most_key, style) for share in breakdown.shares]
    return [f"{of}: {shares[0]}", *shares[1:]] if shares else [of]


def _share(share: Share, hits: int, most_key: int, style: Style) -> str:
    part = f"{ratio(100 * share.hits, hits):.0f} %"
    if share.key is None:
        return f"{part} {_NOTHING.get(share.dimension, f'without a {share.dimension}')}"
    return f"{part} {_WORDS.get(share.dimension, '')}{shorten(style.key(share.key), most_key, style.glyphs.ellipsis)}"


def _more(event: AlertEvent, command: str) -> str:
    words = [command, f"--since {shlex.quote(figures.date_time(_first_us(event)))}"]
    expression = filter_of(event)
    if expression:
        words.append(f"--filter {shlex.quote(expression)}")
    return " ".join([*words, "--output lines"])
