"""Suggests another format for a line that does not fit."""

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.lines.explain import explain, read_line, utf16_words
from http_monitor.parser.presets import BY_NAME, TIMELESS
from http_monitor.ports.log_format import LogFormat


def explain_and_suggest(line: bytes, fmt: LogFormat) -> str:
    """Return a phrase on why a line does not fit a format, and which named format it fits."""
    utf16 = utf16_words(line)
    if utf16:
        return utf16
    nearest = auto_format().readings(line)[0] if len(line) <= DEFAULT_LINE_BYTES else None
    fits = f" (it fits {nearest.format})" if nearest and nearest.values else _suggest_timeless(line)
    return explain(line, fmt) + fits


def _suggest_timeless(line: bytes) -> str:
    """Return a phrase on which format without times a line fits, since such a format must be named by the user."""
    for name in TIMELESS:
        if len(line) <= DEFAULT_LINE_BYTES and read_line(BY_NAME[name].make(DEFAULT_LINE_BYTES), line).values:
            return f" (it fits {name}, whose lines have no time: live, --format {name} counts them when they arrive)"
    return ""
