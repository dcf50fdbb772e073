"""``journalctl -o json``, with the line as MESSAGE, which is a list of bytes if it is not plain text.

https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format
"""

from collections.abc import Iterator
from typing import Any

from http_monitor.unwrap.json_lines import exploder
from http_monitor.unwrap.json_stage import json_stage
from http_monitor.unwrap.stage import mask_digits
from http_monitor.unwrap.wrapping import Inner, Kind

_SOURCES = ("CONTAINER_NAME", "_HOSTNAME")
_ORIGINS = ("SYSLOG_IDENTIFIER", "_COMM")
_LF = b"\n"


# Any: decoded JSON of unknown content.
def _decode_list(entry: Any) -> Iterator[Inner]:
    """Yield the text of an entry whose message is a list of bytes."""
    if not isinstance(entry["__REALTIME_TIMESTAMP"], str) or not isinstance(entry["MESSAGE"], list):
        raise TypeError("no entry with a list of bytes")
    text = bytes(entry["MESSAGE"])
    said = {
        name: entry[name].encode("utf-8", "replace")
        for name in (*_SOURCES, *_ORIGINS)
        if isinstance(entry.get(name), str)
    }
    source = next((said[name] for name in _SOURCES if name in said), None)
    origins = [mask_digits(said[name]) for name in _ORIGINS if name in said]
    time = entry["__REALTIME_TIMESTAMP"].encode("utf-8", "replace")
    yield Inner(text.removesuffix(_LF).replace(_LF, rb"\n"), source, b"\0".join(origins), time)


KIND = Kind(
    "journald_json",
    "the journal's JSON around each line",
    (
        json_stage(
            ("MESSAGE",),
            sources=_SOURCES,
            origins=_ORIGINS,
            needs=("__REALTIME_TIMESTAMP", "MESSAGE"),
            times=("__REALTIME_TIMESTAMP",),
        ),
    ),
    explode=exploder(b'"MESSAGE"', _decode_list),
)
