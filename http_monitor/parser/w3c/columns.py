"""Gives the meaning of the columns of a W3C log by their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.fields.row_builder import Meaning
from http_monitor.parser.w3c.separated import SeparatedReader

# Names in lower case. The servers differ only in the unit of time-taken, which a dialect gives.
_ROLES: Mapping[str, Role] = {
    "date": "date",
    "time": "clock",
    "date-local": "date",
    "time-local": "clock",
    "c-ip": "host",
    "c-dns": "host",
    "cs-username": "user",
    "cs-method": "method",
    "cs-uri": "target",
    "cs-uri-stem": "path",
    "cs-uri-path": "path",
    "cs-uri-query": "query",
    "cs-version": "protocol",
    "cs-protocol-version": "protocol",
    "sc-status": "status",
    "sc-bytes": "size",
    "bytes": "size",
    "cs-bytes": "bytes_in",
    "time-taken": "duration",
    "cs-host": "vhost",
    "cs(host)": "vhost",
    "x-host-header": "vhost",
    "s-port": "port",
    "cs(referer)": "referer",
    "cs(user-agent)": "agent",
    "x-edge-result-type": "cache",
    "x-edge-request-id": "request_id",
    "ssl-protocol": "tls",
    "x-forwarded-for": "forwarded",
    "cs(x-forwarded-for)": "forwarded",
}
# CloudFront logs its own domain as cs(Host), and the requested one as x-host-header.
_ASKED_FOR, _OWN_DOMAIN = "x-host-header", "cs(host)"
_LOCAL = ("date-local", "time-local")
_ONLY_IIS = {"sc-win32-status", "sc-substatus", "s-sitename", "s-computername"}
_SOFTWARE: tuple[tuple[str, Writing], ...] = (
    ("microsoft", "ms"),
    ("internet information", "ms"),
    ("weblogic", "s"),
    ("oracle", "s"),
    ("tomcat", "s"),
    ("catalina", "s"),
    ("amazon", "s"),
    ("cloudfront", "s"),
)
"""Texts in `#Software`, with the unit of `time-taken`."""


_QUOTING = ("tomcat", "catalina")
"""Texts in `#Software` of servers that write headers in quotes, and each quote in them twice."""


class Server(NamedTuple):
    """What a `#Software` line shows about the lines after it."""

    unit: Writing | None = None
    """Unit of `time-taken`; None if it is not known."""
    quotes: bool = False
    """Whether a column may be in quotes, with blanks in it."""


def parse_software(line: str) -> Server:
    """Return what is known of the server in a `#Software` line."""
    line = line.lower()
    unit = next((unit for name, unit in _SOFTWARE if name in line), None)
    return Server(unit, any(name in line for name in _QUOTING))


def unit_of_columns(names: Sequence[str]) -> Writing:
    """Return the unit that the columns imply; if they imply none, only a decimal point in a line does."""
    return "ms" if _ONLY_IIS & {name.lower() for name in names} else "decimal"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The conventions of one server that the format leaves open."""

    time_taken: Writing | None
    """Unit of ``time-taken``; None if servers differ, so that the header or the lines must show it."""
    usual: tuple[str, ...]
    """Names of the columns that the server writes by default."""
    usual_counts: frozenset[int]
    """How many of these may be in a line of a file whose `#Fields` line is not known."""
    mark: str = ""
    """A column that this server always writes, and no other does; empty: any columns are accepted."""


class W3cColumns:
    """The meaning of the columns of a file."""

    def __init__(self, names: tuple[str, ...], time_taken: Writing, kind: str, *, utc: bool = True) -> None:
        """Take the names, and the server's conventions.

        Args:
            names: Names of the columns.
            time_taken: Unit of that column.
            kind: Kind of batches of such lines.
            utc: Dates and times are in UTC, unless their names say that they are local.
        """
        self.time_taken = time_taken
        asked_for = any(name.lower() == _ASKED_FOR for name in names)
        self.names = names
        # If both are logged, the time in UTC counts.
        needless = {f"{name.lower()}-local" for name in names}
        self.fields = tuple(
            Field(name) if name.lower() in needless else _field(name, time_taken, asked_for, utc=utc) for name in names
        )
        self.meaning = Meaning(self.fields, kind)
        self.has_time = self.meaning.has("date") and self.meaning.has("clock")
        self._reader: SeparatedReader | None = None

    @property
    def reader(self) -> SeparatedReader:
        """The reader for many lines at once."""
        if self._reader is None:
            self._reader = SeparatedReader(self.fields)
        return self._reader


def _field(name: str, time_taken: Writing, asked_for: bool, *, utc: bool) -> Field:
    role = None if asked_for and name.lower() == _OWN_DOMAIN else _ROLES.get(name.lower())
    if role == "date" and utc and name.lower() not in _LOCAL:
        return Field(name, role, "utc")
    return Field(name, role, time_taken if role == "duration" else "plain")
