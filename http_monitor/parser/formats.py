"""The list of log formats, by the names a user gives."""

from http_monitor.errors import UsageError
from http_monitor.parser.family import FamilyFormat
from http_monitor.parser.shape import SHAPES
from http_monitor.ports import LogFormat


def get_format(name: str) -> LogFormat:
    """Return the format a user asked for with --format.

    Args:
        name: A name of the Common Log Format family, or an Apache LogFormat string, known by its ``%``.

    Raises:
        UsageError: no such format.
    """
    if name in SHAPES:
        return FamilyFormat(name)
    raise UsageError(f"--format: got {name!r}, takes {', '.join(SHAPES)} or a LogFormat string")


def explain(line: bytes, fmt: LogFormat) -> str:
    """Return in one short phrase why a line does not fit a format, with the column (from 1); empty when it fits."""
    return fmt.explain(line) if isinstance(fmt, FamilyFormat) else ""
