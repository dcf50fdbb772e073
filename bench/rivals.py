"""The programs that http_monitor is measured against, each with the command that does the nearest thing."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.logs import OUT, Log

_SQL = str(Path(__file__).with_name("rival_duckdb.py"))
# Sections, statuses and hosts counted over the whole log, without a look at the time.
_AWK = r"""
{ path = $7; sub(/[?].*/, "", path); split(path, part, "/"); sections["/" part[2]]++; codes[$9]++; hosts[$1]++ }
END { for (key in sections) print key, sections[key]; for (key in codes) print key, codes[key]
      for (key in hosts) print key, hosts[key] }
"""

# What ngxtop calls common has one field more, and it counts nothing of a log that does not have it.
_NGXTOP_COMMON = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent'

Command = list[str]


@dataclass(frozen=True, slots=True)
class Rival:
    """A program to compare with."""

    name: str
    version: Callable[[], str | None]
    """Returns what it says of itself; None where it is not installed."""
    command: Callable[[Log], Command | None]
    """Returns what it is called with for a log; None where that log is nothing for it."""


def _says(program: str, *arguments: str) -> Callable[[], str | None]:
    def version() -> str | None:
        path = found(program)
        if path is None:
            return None
        run = subprocess.run([path, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return ((run.stdout or run.stderr).splitlines() or [program])[0].strip()

    return version


def found(program: str) -> str | None:
    """Return where a program is; None where it is not installed."""
    return shutil.which(program) or shutil.which(program, path=os.path.dirname(sys.executable))


def path_of(program: str) -> str:
    """Return where a program is, or its name."""
    return found(program) or program


def _is_text(log: Log) -> bool:
    return log.path.suffix == ".log"


def _goaccess(log: Log) -> Command | None:
    if not _is_text(log):
        return None
    form = "COMBINED" if "combined" in log.name else "COMMON"
    command = [path_of("goaccess"), str(log.path), f"--log-format={form}", "--no-global-config", "--no-progress"]
    return [*command, "-o", str(OUT / "goaccess.json")]


def _ngxtop(log: Log) -> Command | None:
    if not _is_text(log):
        return None
    form = "combined" if "combined" in log.name else _NGXTOP_COMMON
    return [sys.executable, path_of("ngxtop"), "--no-follow", "-l", str(log.path), "-f", form]


def _awk(program: str) -> Callable[[Log], Command | None]:
    return lambda log: [path_of(program), _AWK, str(log.path)] if _is_text(log) else None


def _duckdb(log: Log) -> Command | None:
    return [sys.executable, _SQL, str(log.path)] if _is_text(log) else None


RIVALS = (
    Rival("goaccess", _says("goaccess", "--version"), _goaccess),
    Rival("ngxtop", _says("ngxtop", "--version"), _ngxtop),
    Rival("gawk, counts only", _says("gawk", "--version"), _awk("gawk")),
    Rival("mawk, counts only", _says("mawk", "-W", "version"), _awk("mawk")),
    Rival(
        "DuckDB, SQL",
        lambda: "DuckDB" if importlib.util.find_spec("duckdb") else None,
        _duckdb,
    ),
    Rival("wc -l", _says("wc", "--version"), lambda log: [path_of("wc"), "-l", str(log.path)]),
    Rival(
        "zcat", _says("zcat", "--version"), lambda log: None if _is_text(log) else ["/bin/sh", "-c", f"zcat {log.path}"]
    ),
)
"""In the order in which they run and are shown."""
