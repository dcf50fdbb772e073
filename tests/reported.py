"""Reads the cases of ../shared/data/reports: what outsiders met, explained in this process as the program would."""

import io
import json
import shlex
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from http_monitor.arguments import parse_arguments
from http_monitor.cli import explain as doctor
from http_monitor.cli.formats import Formats
from http_monitor.errors import HttpMonitorError

REPORTS = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "reports"
needs_reports = pytest.mark.skipif(not REPORTS.is_dir(), reason="../shared/data/reports is not here")

Json = dict[str, Any]
_PROGRAM = ["python", "main.py"]


@dataclass(frozen=True)
class Reported:
    """One case; what is right is for the test to say."""

    folder: Path
    command: str
    """As it was reported; `$CASE` is the folder."""

    @property
    def arguments(self) -> list[str]:
        """Of the program, where the command is nothing but a run of it."""
        words = shlex.split(self.command)
        assert words[:2] == _PROGRAM, f"{self.folder.name}: another command than the program"
        return [word.replace("$CASE", str(self.folder)) for word in words[2:]]

    @property
    def log(self) -> bytes:
        """What the file holds."""
        return (self.folder / "access.log").read_bytes()

    def explained(self, *more: str) -> "Explained":
        """Return what the program says of the lines, with more arguments behind those of the command."""
        return explain([*self.arguments, *more])


@dataclass(frozen=True)
class Explained:
    """What `--explain --output ndjson` answers."""

    lines: list[Json]
    """One object for each line."""
    told: str
    """What went to standard error, and the message with which the program ended, if it did."""
    code: int

    @property
    def fields(self) -> list[Json | None]:
        """The fields of each line, None for one that fits nothing."""
        return [line["fields"] for line in self.lines]


def reported(name: str) -> Reported:
    """Return the case whose folder has this name, or whose number this is (``"030"``)."""
    (folder,) = (path for path in REPORTS.iterdir() if path.name == name or path.name.startswith(f"{name}-"))
    return Reported(folder, (folder / "cmd").read_text().strip())


def explain(arguments: Sequence[str]) -> Explained:
    """Return what a run with `--explain --output ndjson` among its arguments would answer, without a process."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            settings = parse_arguments(arguments)
            formats = Formats(settings)
            formats.check(settings.files)
            code = doctor.explain(settings, formats, settings.files, lambda: False, lambda path: None)
        except HttpMonitorError as error:
            err.write(str(error))
            code = error.exit_code
    return Explained([json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), code)
