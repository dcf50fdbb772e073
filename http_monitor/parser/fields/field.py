"""What a field of a log line is: its name, what it means for a row, and how its text is written."""

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
"""`request` is a whole request line, `target` what stands in it between method and protocol, `path` that without its
query. `date` and `clock` are a time in two fields, each `moment` is a piece of one. `size` is what was sent,
`forwarded` X-Forwarded-For."""

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
"""How a text is written. Of a time: ``clf`` (``10/Oct/2000:13:55:36 -0700``, with or without its brackets), ``iso``
(ISO 8601), ``haproxy`` (``06/Feb/2009:12:14:14.655``, with or without the fraction, or a space in place of the first
colon), ``asctime`` (``Fri Feb  6 12:14:14 2009``), ``slashes`` (``2009/02/06 12:14:14.655``, with or without the
fraction, or a dash between the two), ``compact`` (``090206 12:14:14``), ``web`` (``Tue, 10 Oct 2000 20:55:36 GMT``),
``any`` (as it looks), ``strftime`` (as the field's pattern says), ``epoch`` (seconds, decimals or not), ``epoch_ms``,
``epoch_us``, ``epoch_ns``. Of a duration: its unit; decimals and a unit behind it are read, of a list the sum;
``decimal``: seconds where it has a decimal point, else nobody knows; ``unit``: only with a unit of its own; ``nginx``:
that, or seconds with the three decimals that nginx has. Of a host: ``addresses`` (of a list the first). Of a date:
``utc``.
``plain``: anything else."""

PROMISED: Mapping[Role, str] = {"duration": "duration_us", "agent": "agent"}
"""What not every log has, and the column that it becomes; lines of a format that says they have it should."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a format."""

    name: str
    """What the format's own documentation calls it: ``upstream_status``, ``%{Host}i``, ``cs-uri-stem``."""
    role: Role | None = None
    """What of a row it gives; None: it is matched, shown when asked for, and not counted by."""
    writing: Writing = "plain"
    adds_up: bool = False
    """It is one of several durations whose sum is how long the request took, if each of them is given."""
    pattern: str = ""
    """Of writing ``strftime``: as strftime would have it."""
