"""Slow, obvious reader of logs in the W3C extended format."""

from tests.reference.values import NoFit, Row, iso_us, row_of

_ROLES = {
    **{"c-ip": "host", "c-dns": "host", "cs-username": "user", "cs-method": "method", "cs-uri": "target"},
    **{"cs-uri-stem": "path", "cs-uri-query": "query", "sc-status": "status", "sc-bytes": "size"},
    **{"cs-uri-path": "path", "bytes": "size"},
    **{"cs-bytes": "bytes_in", "time-taken": "duration", "cs-host": "vhost", "cs(host)": "vhost"},
    **{"x-host-header": "vhost", "cs(referer)": "referer", "cs(user-agent)": "agent", "ssl-protocol": "tls"},
    **{"x-edge-result-type": "cache", "x-forwarded-for": "forwarded", "cs(x-forwarded-for)": "forwarded"},
}

_OF_MS = ("microsoft", "internet information")
_OF_S = ("weblogic", "oracle", "tomcat", "catalina", "amazon", "cloudfront")
_ONLY_IIS = ("sc-win32-status", "sc-substatus", "s-sitename", "s-computername")


def _unquoted(line: bytes) -> list[bytes]:
    """Return the columns of a line, of which each may be in quotes, those in it twice."""
    mark = next((line[at : at + 1] for at in range(len(line)) if line[at] in b" \t"), b" ")
    columns: list[bytes] = []
    at = 0
    while True:
        text, end = b"", at + 1
        while line[at : at + 1] == b'"' and end < len(line):
            if line[end : end + 2] == b'""':
                text, end = text + b'"', end + 2
            elif line[end : end + 1] == b'"':
                break
            else:
                text, end = text + line[end : end + 1], end + 1
        quoted = line[at : at + 1] == b'"' and line[end : end + 1] == b'"' and line[end + 1 : end + 2] in (mark, b"")
        if not quoted:
            end = line.find(mark, at)
            end = len(line) if end < 0 else end
            text = line[at:end]
        end += quoted
        columns.append(text)
        if end >= len(line):
            return columns
        at = end + 1


class W3cReader:
    """The columns of one file, as its latest #Fields line names them.

    Args:
        usual: What the server writes where there is no such line.
        counts: How many of these a line may have then.
        unit: Of time-taken; None: what #Software says, or columns that only IIS has, or a decimal point.
        mark: A column that has to be there.
    """

    def __init__(self, usual: tuple[str, ...], counts: frozenset[int], unit: str | None, mark: str) -> None:
        self._usual = usual
        self._counts = counts
        self._unit = unit
        self._mark = mark
        self._names: list[str] | None = None
        self._software = ""

    def read(self, line: bytes) -> Row | None:
        """Return the row of a line, None for a comment. Raises NoFit."""
        if line.startswith(b"#"):
            named = line[8:].decode("utf-8", "backslashreplace").split()
            if line[:8].lower() == b"#fields:" and 0 < len(named) <= 256:
                self._names = named
            if line[:10].lower() == b"#software:":
                self._software = line[10:].decode("latin-1").lower()
            return None
        line = line.strip(b" \t")
        columns = line.split(b"\t") if b"\t" in line else line.split(b" ")
        if b'"' in line and any(server in self._software for server in ("tomcat", "catalina")):
            columns = _unquoted(line)
        names = self._names
        if names is None and len(columns) in self._counts:
            names = list(self._usual[: len(columns)])
        if names is None or len(names) != len(columns) or (self._mark and self._mark not in names):
            raise NoFit
        lower = [name.lower() for name in names]
        texts: dict[str, bytes] = {}
        dashes: dict[str, bytes] = {}
        for name, text in zip(lower, columns, strict=True):
            role = None if name == "cs(host)" and "x-host-header" in lower else _ROLES.get(name)
            nothing = (b"", b"-", b"0", b"000", b"-1") if role == "status" else (b"", b"-")
            if role in ("size", "agent") and text == b"-":
                dashes[role] = text
            if role is not None and role not in texts and text not in nothing:
                texts[role] = text
        return row_of(dashes | texts, self._time_us(lower, columns), {"duration": self._unit or self._shown(lower)})

    def _shown(self, names: list[str]) -> str:
        for unit, servers in (("ms", _OF_MS), ("s", _OF_S)):
            if any(server in self._software for server in servers):
                return unit
        return "ms" if any(name in names for name in _ONLY_IIS) else "decimal"

    def _time_us(self, names: list[str], columns: list[bytes]) -> int:
        wanted = [name if name in names else f"{name}-local" for name in ("date", "time")]
        if not all(name in names for name in wanted):
            raise NoFit
        date, clock = (
            next(
                (
                    text
                    for column, text in zip(names, columns, strict=True)
                    if column == name and text not in (b"", b"-")
                ),
                b"",
            )
            for name in wanted
        )
        return iso_us((date + b"T" + clock).removeprefix(b"[").removesuffix(b"]"))
