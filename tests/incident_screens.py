"""What an incident looks like on terminals of four sizes, through the whole program."""

import shlex
import sys
import tempfile
from collections.abc import Iterable, Mapping
from itertools import takewhile
from pathlib import Path

from tests.display_samples import GOLDEN
from tests.incident import write_tonight
from tests.program import MAIN
from tests.terminal import Terminal, left

SIZES = ((80, 24), (80, 40), (140, 45), (200, 60))
"""(columns, lines)."""
COMMAND = ("--replay", "--interval", "10s", "access.log")


def golden_path(columns: int, lines: int) -> Path:
    return GOLDEN / "incident" / f"{columns}x{lines}.txt"


def summary_path(columns: int, lines: int) -> Path:
    return GOLDEN / "incident" / f"summary-{columns}x{lines}.txt"


def golden_files() -> dict[Path, bytes]:
    """Return the screens as they are now, by the paths of their golden files."""
    blocks = {golden_path(*size): screen(*size).encode() for size in SIZES}
    return blocks | {summary_path(*size): summary_screen(*size).encode() for size in SIZES}


def as_installed(text: str) -> str:
    """Return an output as that of the installed program, whose commands name no path of this checkout."""
    return text.replace(shlex.join((sys.executable, str(MAIN))), "http-monitor")


def screen(columns: int, lines: int, env: Mapping[str, str] | None = None) -> str:
    """Return what the alerts of tonight and the last block are on a terminal of this size."""
    shown = _left(columns, lines, COMMAND, env)
    raised = [at for at, line in enumerate(shown) if "generated an alert" in line]
    alerts = [line for at in raised for line in paragraph(shown[at:])]
    end = next(at for at, line in enumerate(shown) if line.startswith("── Summary"))
    last = max(at for at, line in enumerate(shown[:end]) if line.startswith("── "))
    return as_installed("".join(f"{line}\n" for line in [*alerts, *shown[last:end]]))


def summary_screen(columns: int, lines: int) -> str:
    """Return the summary of tonight on a terminal of this size, with what has scrolled away."""
    shown = _left(columns, lines, ("--replay", "access.log"))
    begin = next(at for at, line in enumerate(shown) if line.startswith("── Summary"))
    return "".join(f"{line}\n" for line in shown[begin:]).rstrip("\n") + "\n"


def _left(columns: int, lines: int, command: Iterable[str], env: Mapping[str, str] | None = None) -> list[str]:
    """Return the lines that a run beside the log of tonight leaves on a terminal."""
    with tempfile.TemporaryDirectory() as folder:
        write_tonight(Path(folder))
        with Terminal(columns, *command, lines=lines, env=env, cwd=Path(folder)) as terminal:
            code = terminal.wait()
    assert code == 0, terminal.raw
    return left(terminal.raw)


def paragraph(lines: Iterable[str]) -> list[str]:
    """Return an alert with what stands under it, up to its command."""
    told = list(takewhile(lambda line: not line.endswith("--output lines"), lines))
    return [*told, list(lines)[len(told)]]
