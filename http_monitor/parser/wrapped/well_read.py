"""Checks whether a line that may be wrapped is read well without unwrapping it."""

from collections.abc import Sequence

from http_monitor.explanation import Value
from http_monitor.parser.detect.auto import AutoFormat
from http_monitor.parser.fields.plausible import can_be_host
from http_monitor.parser.lines.explain import read_line
from http_monitor.ports.log_format import LogFormat
from http_monitor.ports.wrapper import Wrapper
from http_monitor.records import Batch

_NONE = (None, b"-", b"")


def is_well_read(plain: LogFormat, line: bytes, wrappers: Sequence[Wrapper]) -> bool:
    """Return whether a line fits the format of unwrapped lines, and its host is not a part of a wrapper.

    Args:
        plain: The format, not decided yet; its state is not changed.
        line: The line without its LF.
        wrappers: The wrappers that may be around it.
    """
    reading = plain.readings(line)[0] if isinstance(plain, AutoFormat) else read_line(plain, line)
    if not reading.values:
        return False
    return _is_well(line, reading.values.get("host"), reading.values.get("vhost"), wrappers)


def row_is_well_read(batch: Batch, row: int, line: bytes, wrappers: Sequence[Wrapper]) -> bool:
    """Return the same for a line that was parsed into a row.

    Args:
        batch: The batch with the line.
        row: Index of its row.
        line: The line without its LF.
        wrappers: The wrappers that may be around it.
    """
    host, vhost = (batch.rows.column(name)[row].as_py() for name in ("host", "vhost"))
    return _is_well(line, host, vhost, wrappers)


def _is_well(line: bytes, host: Value, vhost: Value, wrappers: Sequence[Wrapper]) -> bool:
    fronts = [front for front in (wrapper.front(line) for wrapper in wrappers) if front is not None]
    if fronts and (host in _NONE or not isinstance(host, bytes) or not can_be_host(host)):
        return False
    named = [name for name in (host, vhost) if isinstance(name, bytes) and name]
    # A field that contains the whole prefix also begins before the text.
    return not any(name in front or (front and front in name) for front in fronts for name in named)
