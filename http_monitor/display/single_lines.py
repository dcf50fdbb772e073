"""Renders single lines: an alert, the end of a catch-up, the start of a run, the status line."""

from collections.abc import Sequence

from http_monitor import figures
from http_monitor.display.columns import columns, shorten
from http_monitor.display.health import behind
from http_monitor.display.style import Line, Role, Style, add_label, fit, wrap_words
from http_monitor.report import CaughtUp, Mode, Pulse, Rule

_MAX_PATHS = 3
_LABEL = 11
_MAX_COLUMNS = 400
"""Maximum columns of user input quoted in a banner: a format, an expression, networks."""


def describe_catch_up(done: CaughtUp) -> str:
    """Return a sentence: the length of the backlog, its lines and its alerts."""
    return f"Caught up: {figures.backlog(done.span_s, done.lines, done.alerts)}."


def render_caught_up(done: CaughtUp, width: int, style: Style) -> str:
    """Return that sentence as one line of at most `width` columns."""
    return style.line([(describe_catch_up(done), "bold")], width)


def render_start(
    paths: Sequence[str],
    rules: Sequence[Rule],
    interval_s: int | None,
    window_s: int,
    mode: Mode,
    width: int,
    style: Style,
    filter_text: str = "",
    trusted_proxies: Sequence[str] = (),
) -> list[str]:
    """Return the description of a run that starts, each line at most `width` columns.

    Args:
        paths: the inputs as the user named them; ``-`` is standard input.
        rules: the rules for traffic, error rate, and traffic of a host.
        interval_s: seconds between reports; None: only intervals with alert events are reported.
        window_s: seconds of the sliding window.
        mode: whether new lines are followed or files are replayed.
        width: columns of the terminal.
        style: the style of the stream.
        filter_text: the expression that selects the lines that count; empty: all lines count.
        trusted_proxies: the networks whose X-Forwarded-For is believed.
    """
    label = "Watching" if mode == "live" else "Replaying"
    words = {"traffic": "{} hits/s", "error-rate": "{} % 5xx", "ddos": "{} hits/s of a host"}
    above = ", ".join(words[rule.name].format(figures.level(rule.threshold)) for rule in rules)
    every = "with alerts, then a summary (all: --interval 10s)"
    if interval_s is not None:
        every = f"every {figures.exact_span(interval_s)}"
    rows: list[tuple[str, str]] = [
        (label, _paths(paths, width - _LABEL, style)),
        ("Alerts", f"above {above}, over {figures.exact_span(window_s)}"),
        ("Reports", f"{every}, Ctrl-C stops"),
    ]
    if filter_text:
        rows.insert(1, ("Filter", style.text(filter_text)))
    if trusted_proxies:
        rows.insert(1, ("Clients", f"behind {style.text(', '.join(trusted_proxies))}, by X-Forwarded-For"))
    return [line for label, text in rows for line in _render_labelled(label, text, width, style)]


def render_format(log_format: str, width: int, style: Style) -> list[str]:
    """Return the format of the lines, or how it is detected, each line at most `width` columns."""
    return _render_labelled("Format", style.text(log_format), width, style)


def _render_labelled(label: str, text: str, width: int, style: Style) -> list[str]:
    words = wrap_words(shorten(text, _MAX_COLUMNS, style.glyphs.ellipsis), max(1, width - _LABEL))
    return [style.line(line, width) for line in add_label((label.ljust(_LABEL), "dim"), words)]


def render_status(pulse: Pulse, width: int, style: Style) -> Line:
    """Return the status line in at most `width` columns, the most important part first."""
    seconds = max(0, -((pulse.now_us - pulse.next_report_us) // 1_000_000))
    threshold = pulse.threshold_per_s
    line: Line = []
    if pulse.waiting_for:
        since = ""
        if pulse.waiting_since_us is not None:
            since = f" since {figures.moment(pulse.waiting_since_us, pulse.now_us)}"
        line += [(f"waiting: {style.text(pulse.waiting_for)}{since}", "warn"), (f" {style.glyphs.between} ", "dim")]
    if pulse.active:
        line += [(f"{figures.pluralize(pulse.active, 'alert')} active", "raised"), (f" {style.glyphs.between} ", "dim")]
    above: Role = "bad" if pulse.window_hits_per_s > threshold else "good"
    line += [
        (f"now {figures.rate(pulse.hits_per_s)}", "plain"),
        (f" {style.glyphs.between} ", "dim"),
        ("average ", "plain"),
        (f"{pulse.window_hits_per_s:,.2f}", above),
        (f" of {figures.level(threshold)} /s", "plain"),
        (f" {style.glyphs.between} ", "dim"),
        (f"next report in {seconds:,} s", "plain"),
    ]
    if pulse.lag_bytes or pulse.lag_s:
        line += [(f" {style.glyphs.between} ", "dim"), (behind(pulse.lag_bytes, pulse.lag_s), "warn")]
    return fit(line, width, style.glyphs.ellipsis)


def _paths(paths: Sequence[str], width: int, style: Style) -> str:
    names = ["standard input" if path == "-" else style.text(path) for path in paths]
    more = f" and {len(names) - _MAX_PATHS:,} more" if len(names) > _MAX_PATHS else ""
    shown = names[:_MAX_PATHS]
    room = max(8, (width - len(more)) // max(1, len(shown)) - 2)
    full = ", ".join(shown) + more
    if columns(full) <= width:
        return full
    return ", ".join(shorten(name, room, style.glyphs.ellipsis) for name in shown) + more
