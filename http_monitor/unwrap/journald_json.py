"""``journalctl -o json``: the text of an entry under MESSAGE, a list of its bytes where it is not plain.

https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format
"""

import json
from collections.abc import Sequence

from http_monitor.unwrap.jsonstage import json_stage
from http_monitor.unwrap.stage import masked
from http_monitor.unwrap.wrapping import Inner, Kind

_SOURCES = ("CONTAINER_NAME", "_HOSTNAME")
_ORIGINS = ("SYSLOG_IDENTIFIER", "_COMM")
_LF = b"\n"


def _listed(line: bytes) -> Sequence[Inner] | None:
    """Return the text of an entry that is a list of bytes."""
    if b'"MESSAGE"' not in line:
        return None
    try:
        entry = json.loads(line.decode("utf-8", "surrogateescape"), strict=False)
        if not isinstance(entry["__REALTIME_TIMESTAMP"], str):
            return None
        text = bytes(entry["MESSAGE"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    source, origins = None, []
    for name in (*_SOURCES, *_ORIGINS):
        said = entry.get(name)
        if not isinstance(said, str):
            continue
        if name in _ORIGINS:
            origins.append(masked(said.encode("utf-8", "replace")))
        elif source is None:
            source = said.encode("utf-8", "replace")
    return [Inner(text.removesuffix(_LF).replace(_LF, rb"\n"), source, b"\0".join(origins))]


KIND = Kind(
    "journald_json",
    "the journal's JSON around each line",
    (json_stage(("MESSAGE",), sources=_SOURCES, origins=_ORIGINS, needs=("__REALTIME_TIMESTAMP", "MESSAGE")),),
    explode=_listed,
)
