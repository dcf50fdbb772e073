"""Describes a field of a format: its name, its role, and the notation of its text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal[
    "time",
    "date",
    "clock",
    "moment",
    "host",
    "ident",
    "user",
    "request",
    "method",
    "target",
    "path",
    "query",
    "protocol",
    "status",
    "size",
    "bytes_in",
    "duration",
    "upstream",
    "vhost",
    "port",
    "referer",
    "agent",
    "cache",
    "tls",
    "request_id",
    "forwarded",
]
"""`request` is a whole request line, `target` its part between method and protocol, `path` the target without its
query. `date` and `clock` are a time in two fields, and each `moment` is a part of one. `size` is the number of bytes
sent, `forwarded` is X-Forwarded-For."""

Writing = Literal[
    "plain",
    "clf",
    "iso",
    "haproxy",
    "asctime",
    "slashes",
    "compact",
    "web",
    "any",
    "strftime",
    "addresses",
    "utc",
    "decimal",
    "epoch",
    "epoch_ms",
    "epoch_us",
    "epoch_ns",
    "any",
    "us",
    "ms",
    "s",
    "ns",
    "unit",
    "nginx",
]
"""The notation of a text.

Of a time: ``clf`` (``10/Oct/2000:13:55:36 -0700``, with or without brackets), ``iso`` (ISO 8601), ``haproxy``
(``06/Feb/2009:12:14:14.655``, with or without a fraction, or with a space for the first colon), ``asctime``
(``Fri Feb  6 12:14:14 2009``), ``slashes`` (``2009/02/06 12:14:14.655``, with or without a fraction, or with a dash
between date and time), ``compact`` (``090206 12:14:14``), ``web`` (``Tue, 10 Oct 2000 20:55:36 GMT``), ``any``
(recognised by its form), ``strftime`` (given by the field's pattern), ``epoch`` (seconds, with or without decimals),
``epoch_ms``, ``epoch_us``, ``epoch_ns``.

Of a duration: its unit, unless the text has one; decimals are accepted, and lists are summed. ``decimal``: seconds if
there is a decimal point, else unknown; ``unit``: only with a unit in the text; ``nginx``: as ``unit``, or seconds with
the three decimals of nginx.

Of a host: ``addresses`` (the first of a list). Of a date: ``utc``. Anything else: ``plain``."""

PROMISED: Mapping[Role, str] = {"duration": "duration_us", "agent": "agent"}
"""Columns that not every log has, with their fields; if a format has the field, its lines should have a value."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a format."""

    name: str
    """Its name in the format's documentation: ``upstream_status``, ``%{Host}i``, ``cs-uri-stem``."""
    role: Role | None = None
    """The part of a row that it provides; None: it is matched and shown by --explain, but not counted."""
    writing: Writing = "plain"
    adds_up: bool = False
    """It is one of several durations whose sum is that of the request, if all are given."""
    pattern: str = ""
    """The pattern of notation ``strftime``."""
