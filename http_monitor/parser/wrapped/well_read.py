"""Tells whether a line that may be wrapped is read well as it stands."""

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
    """Tell whether a line fits a format, which has not been decided, and shows a host that is none of a wrapper's.

    Args:
        plain: The format; it remembers nothing of the line.
        line: Without its LF.
        wrappers: What may be around it.
    """
    reading = plain.readings(line)[0] if isinstance(plain, AutoFormat) else read_line(plain, line)
    if not reading.values:
        return False
    return _is_well(line, reading.values.get("host"), reading.values.get("vhost"), wrappers)


def row_is_well_read(batch: Batch, row: int, line: bytes, wrappers: Sequence[Wrapper]) -> bool:
    """Tell likewise of a line that is a row.

    Args:
        batch: What a format made of it and others.
        row: Of the batch.
        line: Without its LF.
        wrappers: What may be around it.
    """
    host, vhost = (batch.rows.column(name)[row].as_py() for name in ("host", "vhost"))
    return _is_well(line, host, vhost, wrappers)


def _is_well(line: bytes, host: Value, vhost: Value, wrappers: Sequence[Wrapper]) -> bool:
    fronts = [front for front in (wrapper.front(line) for wrapper in wrappers) if front is not None]
    if fronts and (host in _NONE or not isinstance(host, bytes) or not can_be_host(host)):
        return False
    named = [name for name in (host, vhost) if isinstance(name, bytes) and name]
    # A field that has the whole front in it begins before the text, too.
    return not any(name in front or (front and front in name) for front in fronts for name in named)
