"""Says what the columns of a W3C log mean, by their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from http_monitor.parser.fields.field import Field, Role, Writing
from http_monitor.parser.fields.row_builder import Meaning
from http_monitor.parser.w3c.separated import SeparatedReader

# By the names in lower case. Where the two servers differ it is in the unit of time-taken, which a dialect says.
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
# CloudFront logs its own domain as cs(Host), and what the client asked for as x-host-header.
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
"""What `#Software` may say, and the unit of `time-taken` then."""


_QUOTING = ("tomcat", "catalina")
"""Those that write headers in quotes, with each quote in them twice."""


class Server(NamedTuple):
    """What a `#Software` line says of the lines after it."""

    unit: Writing | None = None
    """Of `time-taken`; None: it is not known."""
    quotes: bool = False
    """A column may be in quotes, and blanks in it."""


def server_named(line: str) -> Server:
    """Return what is known of the server that a `#Software` line names."""
    line = line.lower()
    unit = next((unit for name, unit in _SOFTWARE if name in line), None)
    return Server(unit, any(name in line for name in _QUOTING))


def unit_of_columns(names: Sequence[str]) -> Writing:
    """Return the unit that columns show by themselves; where they show none, only a decimal point in a line does."""
    return "ms" if _ONLY_IIS & {name.lower() for name in names} else "decimal"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one server does where the format leaves it open."""

    time_taken: Writing | None
    """The unit of ``time-taken``; None: there are servers of both, so the header, or the lines, have to show it."""
    usual: tuple[str, ...]
    """The columns that the server writes where it was told nothing, by their names."""
    usual_counts: frozenset[int]
    """How many of these, from the first, stand in a line of a file whose `#Fields` line nobody has seen."""
    mark: str = ""
    """A column that only this server writes, and always; empty: any columns will do."""


class W3cColumns:
    """What the columns of a file mean."""

    def __init__(self, names: tuple[str, ...], time_taken: Writing, kind: str, *, utc: bool = True) -> None:
        """Take the names, and how this server writes.

        Args:
            names: Of the columns.
            time_taken: The unit of that column.
            kind: What a batch of such lines is called.
            utc: Dates and times are of UTC, but for those that call themselves local.
        """
        self.time_taken = time_taken
        asked_for = any(name.lower() == _ASKED_FOR for name in names)
        self.names = names
        # Where both are logged, the time of UTC counts.
        needless = {f"{name.lower()}-local" for name in names}
        self.fields = tuple(
            Field(name) if name.lower() in needless else _field(name, time_taken, asked_for, utc=utc) for name in names
        )
        self.meaning = Meaning(self.fields, kind)
        self.has_time = self.meaning.has("date") and self.meaning.has("clock")
        self._reader: SeparatedReader | None = None

    @property
    def reader(self) -> SeparatedReader:
        """What reads many of their lines at once."""
        if self._reader is None:
            self._reader = SeparatedReader(self.fields)
        return self._reader


def _field(name: str, time_taken: Writing, asked_for: bool, *, utc: bool) -> Field:
    role = None if asked_for and name.lower() == _OWN_DOMAIN else _ROLES.get(name.lower())
    if role == "date" and utc and name.lower() not in _LOCAL:
        return Field(name, role, "utc")
    return Field(name, role, time_taken if role == "duration" else "plain")
