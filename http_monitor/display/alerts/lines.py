"""An alert as text: its message, a description of its requests, and the command that shows them."""

import shlex
import string
from collections.abc import Sequence
from dataclasses import replace

from http_monitor import figures
from http_monitor.display.alerts.detail_limit import DetailLimit
from http_monitor.display.alerts.storm import Told, by_value, storm_message
from http_monitor.display.alerts.telling import shorten_telling
from http_monitor.display.columns import columns
from http_monitor.display.style import Role, Style, wrap_words
from http_monitor.report import AlertEvent
from http_monitor.report_tables import Breakdown, Share
from http_monitor.units import US_PER_S

MARK = "ALERT"
"""Begins the lines under each raise, so that they can be searched for in the scrollback."""
_INDENT = "  "
_KEYS = (40, 32, 24)
"""Maximum columns of a key, tried in this order."""
_SHORT_KEYS = tuple(range(20, 7, -1))
"""Tried before a dimension that many requests share is dropped."""
_FEW = 0.1
"""A dimension with a smaller share is dropped before keys become that short."""
_WHOLE = {"method": 9, "host": 15}
"""Minimum columns of a key: PROPPATCH, and an IPv4 address, since a part of one identifies no host."""
_LINES = 2
"""Lines about the requests of an alert; with the command there are three."""
_PLAIN = frozenset(string.ascii_letters + string.punctuation + " ") - {"'", "\\"}
"""Characters that need no escape; digits are not among them, since they would be read as part of an escape before
them."""
_WORDS = {"host": "from ", "agent": "agent ", "status": "status "}
_NOTHING = {"endpoint": "without a path", "host": "without a host", "agent": "without an agent"}


def render_alerts(
    told: Told, width: int, style: Style, limit: DetailLimit, command: str = "", *, breaks: bool = False
) -> list[str]:
    """Return the messages of alerts: one for all that share a line."""
    lines: list[str] = []
    for events in told:
        if len(events) > 1:
            lines += _render_storm(events, width, style, limit, command, breaks=breaks)
            continue
        (event,) = events
        is_detailed = event.state != "raised" or limit.allows(event)
        lines += render_alert(event, width, style, command, breaks=breaks, is_detailed=is_detailed)
    return lines


def render_alert(
    event: AlertEvent, width: int, style: Style, command: str = "", *, breaks: bool = False, is_detailed: bool = True
) -> list[str]:
    """Return the message of an alert; below that of a raise, up to two lines about its requests, then the command.

    Args:
        event: The alert.
        width: Columns of a line; a command is not broken, so that it can be copied.
        style: Of the stream.
        command: Starts this program on the same input; empty: no command is shown.
        breaks: Break the message at words, for a terminal; in a file it stays whole, so that it can be searched for.
        is_detailed: Describe the requests of a raise; otherwise only say when it began.
    """
    role: Role = "raised" if event.state == "raised" else "recovered"
    lines = _paint(event.message, role, width, style, breaks=breaks)
    if event.state != "raised":
        return lines
    if not is_detailed:
        return lines + _mark(_wrap_pieces([_began(event)], _room(width)), width, style)
    return lines + _detail(event, width, style, command)


def _detail(event: AlertEvent, width: int, style: Style, command: str, subject: str = "") -> list[str]:
    """Return what stands under a raise; `subject`: whose requests they are, if the message does not say that."""
    lines = _mark(_describe_requests(event, _room(width), style, subject), width, style)
    if command and event.breakdown is not None:
        lines.append(style.paint(f"{_INDENT}{_more(event, command, style)}", "dim"))
    return lines


def _describe_requests(event: AlertEvent, room: int, style: Style, subject: str) -> list[str]:
    """Return the lines that describe the requests: at most two if a line has 51 columns.

    If they do not fit, all keys are shortened, then lines may break within a piece too, and then the dimension with the
    smallest share is dropped.
    """
    began = [subject + _began(event)] if _began(event) else []
    breakdown = event.breakdown
    if breakdown is None:
        return _wrap_pieces(began, room) or [""]
    while breakdown.shares:
        least = min(breakdown.shares, key=lambda share: share.hits)
        lines = _fit(began, breakdown, _KEYS, room, style)
        if lines is None and least.hits >= _FEW * breakdown.hits:
            lines = _fit(began, breakdown, _SHORT_KEYS, room, style)
        if lines is not None:
            return lines
        breakdown = replace(breakdown, shares=tuple(share for share in breakdown.shares if share is not least))
    return _wrap_pieces(began + _shares(breakdown, 0, style), room)


def _fit(
    began: list[str], breakdown: Breakdown, key_columns: Sequence[int], room: int, style: Style
) -> list[str] | None:
    """Return all pieces in two lines, with keys as long as possible; None: they take more lines."""
    for wrap_them in (_wrap_pieces, _wrap_closely):
        for max_key in key_columns:
            lines = wrap_them(began + _shares(breakdown, max_key, style), room)
            if len(lines) <= _LINES:
                return lines
    return None


def _began(event: AlertEvent) -> str:
    if event.began_us is not None:
        return f"began about {figures.moment(event.began_us, event.at_us)}"
    if event.breakdown is None:
        return ""
    # The rise fills the window, or what is known of it.
    return f"began by {figures.moment(_first_us(event), event.at_us)}"


def _first_us(event: AlertEvent) -> int:
    """Return the time from which the requests of an alert were examined."""
    looked_us = event.at_us - event.window_s * US_PER_S if event.looked_us is None else event.looked_us
    return looked_us if event.began_us is None else event.began_us


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


def _wrap_closely(pieces: Sequence[str], room: int) -> list[str]:
    """Return the pieces with commas between them, broken at any space."""
    return ["".join(part for part, _ in line) for line in wrap_words(", ".join(pieces), room)]


def _render_storm(
    events: Sequence[AlertEvent], width: int, style: Style, limit: DetailLimit, command: str, *, breaks: bool
) -> list[str]:
    """Return the message of many alerts of one rule and moment, and what the requests of the greatest are."""
    first = by_value(events)[0]
    role: Role = "raised" if first.state == "raised" else "recovered"
    lines = _paint(storm_message(events), role, width, style, breaks=breaks)
    if first.state != "raised":
        return lines
    if not limit.allows(first):
        return lines + _mark([""], width, style)
    return lines + _detail(first, width, style, command, "the first ")


def filter_of(event: AlertEvent) -> str:
    """Return the expression for ``--filter`` that selects the requests of an alert; empty: all of them."""
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


def _mark(told: Sequence[str], width: int, style: Style) -> list[str]:
    mark = f"{_INDENT}{MARK}"
    starts = (mark, " " * len(mark))
    return [style.line([(f"{starts[min(at, 1)]}{_INDENT}{line}", "dim")], width) for at, line in enumerate(told)]


def _shares(breakdown: Breakdown, max_key: int, style: Style) -> list[str]:
    of = f"of {figures.pluralize(breakdown.hits, 'request')}"
    if not breakdown.is_whole:
        of = f"of the last {figures.pluralize(breakdown.hits, 'request')}"
    shares = [_share(share, breakdown.hits, max_key, style) for share in breakdown.shares]
    return [f"{of}: {shares[0]}", *shares[1:]] if shares else [of]


def _share(share: Share, hits: int, max_key: int, style: Style) -> str:
    part = figures.part(share.hits, hits)
    if share.key is None:
        return f"{part} {_NOTHING.get(share.dimension, f'without a {share.dimension}')}"
    room = max(max_key, _WHOLE.get(share.dimension, 0))
    key = shorten_telling(share.dimension, style.key(share.key), room, style.glyphs.ellipsis)
    return f"{part} {_WORDS.get(share.dimension, '')}{key}"


def _more(event: AlertEvent, command: str, style: Style) -> str:
    """Return the command that shows the requests, as one line that a shell takes as it stands."""
    words = [*shlex.split(command), "--since", figures.date_time(_first_us(event))]
    expression = filter_of(event)
    if expression:
        words += ["--filter", expression]
    return " ".join(_quote_word(word, style) for word in [*words, "--output", "lines"])


def _quote_word(word: str, style: Style) -> str:
    quoted = shlex.quote(word)
    if style.text(quoted) == quoted:
        return quoted
    # The stream cannot show the name of the file; within these quotes, a shell knows escapes.
    raw = word.encode("utf-8", "surrogateescape")
    return "$'" + "".join(chr(byte) if chr(byte) in _PLAIN else f"\\x{byte:02x}" for byte in raw) + "'"
