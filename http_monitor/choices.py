"""What settings are made of: their bounds, the words that some of them take, and files as users give them."""

import re
from dataclasses import dataclass
from typing import Literal

from http_monitor.errors import UsageError
from http_monitor.units import visible_text

MAX_LINE_BYTES = 1 << 20
"""A longer line is malformed and oversized, unless the user says otherwise."""
MOST_LINE_BYTES = 1 << 30
"""No limit of a line is greater: so much of it is in memory."""
FORMAT_LINES = 1_000
"""So many first lines decide whether a replayed file has a known format."""
READ_BYTES = 4 << 20
"""What a source reads in one turn, at the most, in a replay; a live one reads a quarter of it."""
MAX_DURATION_S = 3_650 * 86_400
"""No duration is longer: ten years beyond the last year of a log still fit every sum of times."""
MAX_BUCKETS = 1_000_000
"""So many buckets a window has at the most; they are in memory all at once."""
MAX_KEYS = 1_000_000
"""The most keys a table can be told to hold."""
MAX_TOP = 1_000_000
"""The most rows a table can be told to show."""
MAX_COUNT = 1_000_000_000
MAX_PERCENT = 100
"""No threshold is greater, be it hits, hits per second or percent."""
MAX_TRAFFIC_PER_S = 100_000
"""The simulator can keep up with so many lines a second."""
MAX_THREADS = 2
"""One reads and parses, the other counts."""
MAX_SEED = (1 << 63) - 1

UNWRAPS = (
    *("cri", "docker_json", "journald_json", "loki", "otlp", "filebeat", "gcloud", "fluentd", "kubectl", "compose"),
    *("fly", "heroku", "fastly", "logentries", "syslog", "journald", "logcli", "awslogs", "docker", "digitalocean"),
    *("stern_namespaces", "stern"),
)
"""What may stand around the lines of a log; the earlier say more surely that they do."""

TimeBase = Literal["event", "arrival"]
Output = Literal["text", "ndjson", "lines", "alerts"]
Color = Literal["auto", "always", "never"]
Reader = Literal["direct", "wc-tail"]
Scenario = Literal["random", "spike", "errors", "ddos"]


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file, or a glob, that the user gave a name, or that is reached through a command."""

    key: str
    """What `Settings.files` has for it."""
    path: str
    """Where it is, on the machine that the command leads to."""
    server: str | None = None
    """The name of who writes it."""
    via: str | None = None
    """Words put before the commands that read it, as a shell would split them; None: it is a file of this machine."""


def within(option: str, value: int, least: int, most: int, unit: str) -> None:
    """Check a number. Raises UsageError if it is not from `least` to `most`."""
    if not least <= value <= most:
        raise UsageError(f"{option}: got {value}{unit}, takes {least}{unit} to {most}{unit}")


def one_of(option: str, value: str, choices: tuple[str, ...]) -> None:
    """Check a word. Raises UsageError if it is none of the choices."""
    if value not in choices:
        raise UsageError(f"{option}: got '{visible_text(value)}', takes {' or '.join(choices)}")


_QUOTED = re.compile(r"""\"(?:[^"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'""", re.DOTALL)


def names_field(expression: str, field: str) -> bool:
    """Tell whether an expression of ``--filter`` names a field, outside of quoted texts."""
    return re.search(rf"\b{field}\b", _QUOTED.sub("", expression)) is not None


def all_of(expressions: tuple[str, ...]) -> str:
    """Return one expression that is true where all are; empty for none."""
    return expressions[0] if len(expressions) == 1 else " and ".join(f"({expression})" for expression in expressions)
