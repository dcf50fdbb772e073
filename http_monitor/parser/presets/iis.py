"""The W3C extended log format as written by IIS."""

from http_monitor.parser.presets.preset import Preset
from http_monitor.parser.w3c.columns import Dialect
from http_monitor.parser.w3c.format import W3cFormat

_DIALECT = Dialect(
    None,
    (
        *("date", "time", "s-ip", "cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username", "c-ip"),
        *("cs(User-Agent)", "cs(Referer)", "sc-status", "sc-substatus", "sc-win32-status", "time-taken"),
    ),
    frozenset({15}),
)

PRESET = Preset(
    "iis",
    "IIS, and other logs with a #Fields line (W3C extended)",
    "https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging",
    (
        b"#Software: Microsoft Internet Information Services 10.0",
        b"#Fields: " + " ".join(_DIALECT.usual).encode(),
        b"2025-10-10 11:55:36 198.51.100.1 GET /basket/add item=7 443 - 192.0.2.7 "
        b"Mozilla/5.0+(Windows+NT+10.0) https://shop.example/ 200 0 0 31",
    ),
    lambda limit: W3cFormat("iis", _DIALECT, limit),
)
