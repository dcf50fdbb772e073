"""The parts of settings: their bounds, the words that some of them take, and files as users give them."""

import fnmatch
import re
import shlex
from dataclasses import dataclass
from typing import Literal

from http_monitor.errors import UsageError
from http_monitor.units import visible_text

DEFAULT_LINE_BYTES = 1 << 20
"""Default of --max-line; longer lines are malformed and oversized."""
MAX_LINE_BYTES = 1 << 30
"""Greatest value of --max-line: a line is held in memory as a whole."""
FORMAT_LINES = 1_000
"""Number of first lines that decide whether a replayed file has a known format."""
READ_BYTES = 4 << 20
"""Maximum that a source reads in one turn of a replay; a live source reads a quarter of it."""
MAX_DURATION_S = 3_650 * 86_400
"""Greatest duration: sums of times still fit ten years beyond the last year of a log."""
MAX_BUCKETS = 1_000_000
"""Greatest number of buckets of a window; all are in memory at once."""
MAX_KEYS = 1_000_000
"""Greatest number of keys in a table."""
MAX_TOP = 1_000_000
"""Greatest number of rows shown of a table."""
MAX_COUNT = 1_000_000_000
MAX_PERCENT = 100
"""Greatest threshold in percent; `MAX_COUNT` is that of thresholds in hits or hits per second."""
MAX_TRAFFIC_PER_S = 100_000
"""Greatest rate that the simulator can keep up with, in lines per second."""
MAX_THREADS = 2
"""One thread reads and parses, the other counts."""
MAX_SEED = (1 << 63) - 1
MIN_MEMORY_BYTES, MAX_MEMORY_BYTES = 1 << 20, 64 << 30
"""Bounds of --recent-memory."""
MIN_REFRESH_PER_S, MAX_REFRESH_PER_S = 0.2, 10
"""Bounds of --refresh: a key is shown at once however rarely the rest changes."""

UNWRAPS = (
    *("cri", "docker_json", "journald_json", "loki", "otlp", "filebeat", "gcloud", "fluentd", "kubectl", "compose"),
    *("fly", "heroku", "fastly", "logentries", "syslog", "journald", "logcli", "awslogs", "docker", "digitalocean"),
    *("stern_namespaces", "stern"),
)
"""Names of the wrappers around log lines, the most distinctive first."""

TimeBase = Literal["event", "arrival"]
Output = Literal["text", "ndjson", "lines", "alerts"]
Color = Literal["auto", "always", "never"]
Reader = Literal["direct", "wc-tail"]
Scenario = Literal["random", "spike", "errors", "ddos"]


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file, or a glob, that the user gave a name, or that is reached through a command."""

    key: str
    """Its key in `Settings.files`."""
    path: str
    """Its path, on the machine that the command leads to."""
    server: str | None = None
    """The name of the server that writes it."""
    via: str | None = None
    """Words put before the commands that read it, as a shell would split them; None: it is a file of this machine."""


SIZES = f"a number of bytes from 1 to {MAX_LINE_BYTES >> 30}G, written as 65536, 64K or 1M"
"""The values of --max-line, as every message about it words them."""

MEMORY_SIZES = f"a number of bytes from {MIN_MEMORY_BYTES >> 20}M to {MAX_MEMORY_BYTES >> 30}G, written as 64M or 1G"
"""The values of --recent-memory, likewise."""

REFRESHES = f"a number (frames per second) from {MIN_REFRESH_PER_S} to {MAX_REFRESH_PER_S}"
"""The values of --refresh, likewise."""

SHARES = f"a number (%) from 0 to {MAX_PERCENT}"
"""The values of --alert-recover-at, likewise."""


def durations(least_s: int) -> str:
    """Return the values of an option that takes a time, as every message about it words them."""
    return f"whole seconds from {least_s} s to {MAX_DURATION_S // 86_400} days, written as 90, 90s, 2m, 1h or 1d"


def whole_numbers(least: int, most: int) -> str:
    """Return the values of an option that takes a whole number, as every message about it words them."""
    return f"a whole number from {least} to {most}"


def thresholds(unit: str, most: int) -> str:
    """Return the values of an option that takes a threshold, as every message about it words them."""
    return f"a number ({unit}) greater than 0, at most {most}"


def within(option: str, value: int, least: int, most: int, takes: str, unit: str = "") -> None:
    """Check a number. Raises UsageError if it is not from `least` to `most`, which says what the option takes."""
    if not least <= value <= most:
        raise UsageError(f"{option}: got {value}{unit}, takes {takes}")


def above_zero(option: str, value: float, unit: str, most: int) -> None:
    """Check a threshold. Raises UsageError if it is not above 0 and at most `most`."""
    if not 0 < value <= most:
        raise UsageError(f"{option}: got {value:g}, takes {thresholds(unit, most)}")


def one_of(option: str, value: str, choices: tuple[str, ...]) -> None:
    """Check a word. Raises UsageError if it is none of the choices."""
    if value not in choices:
        raise UsageError(f"{option}: got '{visible_text(value)}', takes {' or '.join(choices)}")


_QUOTED = re.compile(r"""\"(?:[^"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'""", re.DOTALL)


def names_field(expression: str, field: str) -> bool:
    """Return whether an expression of ``--filter`` compares a field with values, outside of quoted texts.

    Whether a line has the field at all (``status != none``) is no such comparison.
    """
    return re.search(rf"\b{field}\b(?!\s*[!=]=\s*none\b)", _QUOTED.sub("", expression)) is not None


def all_of(expressions: tuple[str, ...]) -> str:
    """Return one expression that is true if all are; empty for none."""
    return expressions[0] if len(expressions) == 1 else " and ".join(f"({expression})" for expression in expressions)


def check_command(option: str, command: str) -> None:
    """Check words that a shell would split. Raises UsageError if there is none."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words or not words[0] or "\0" in command:
        raise UsageError(f"{option}: got '{visible_text(command)}', takes a command such as 'ssh web1'")


def server_of(given: tuple[GivenFile, ...], path: str) -> str | None:
    """Return the name of the server that writes a file: that of its path, or of the first glob that leads to it."""
    named = [file for file in given if file.key == path]
    named += [file for file in given if file.via is None and file.server and fnmatch.fnmatchcase(path, file.path)]
    return named[0].server if named else None


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """The part of `settings.Settings` that views and the dashboard depend on; no count depends on any of it."""

    dashboard: bool = False
    """Show a full screen instead of printing reports."""
    recent_s: int = 900
    """Length of the time whose rows are held for views."""
    recent_memory_bytes: int = 64 << 20
    """Memory for these rows; the oldest are given up where it is not enough."""
    refresh_per_s: float = 1.0
    """Frames of the dashboard per second; what a key changes is shown at once."""
    view: str | None = None
    """Name of a saved filter, which applies beside `Settings.filters`."""

    def check_views(self, output: str) -> None:
        """Check each value. Raises UsageError for an invalid one; the text names the option.

        Args:
            output: What is printed.
        """
        if self.dashboard and output != "text":
            raise UsageError(f"--dashboard: got --output {output} too, takes a terminal and --output text")
        within("--recent", self.recent_s, 1, MAX_DURATION_S, durations(1), " s")
        memory, most = self.recent_memory_bytes, MAX_MEMORY_BYTES
        within("--recent-memory", memory, MIN_MEMORY_BYTES, most, MEMORY_SIZES, " bytes")
        # Anything but a number in these bounds, nan included.
        if not MIN_REFRESH_PER_S <= self.refresh_per_s <= MAX_REFRESH_PER_S:
            raise UsageError(f"--refresh: got {self.refresh_per_s:g}, takes {REFRESHES}")
        if self.view is not None and not self.view.strip():
            raise UsageError("--view: got an empty text, takes the name of a view")
