"""What an incident looks like on terminals of four sizes, through the whole program."""

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


def golden_files() -> dict[Path, bytes]:
    """Return the screens as they are now, by the paths of their golden files."""
    return {golden_path(*size): screen(*size).encode() for size in SIZES}


def as_installed(text: str) -> str:
    """Return an output as that of the installed program, whose commands name no path of this checkout."""
    return text.replace(f"python {MAIN}", "http-monitor")


def screen(columns: int, lines: int, env: Mapping[str, str] | None = None) -> str:
    """Return what the alerts of tonight and the last block are on a terminal of this size."""
    with tempfile.TemporaryDirectory() as folder:
        write_tonight(Path(folder))
        with Terminal(columns, *COMMAND, lines=lines, env=env, cwd=Path(folder)) as terminal:
            code = terminal.wait()
    assert code == 0, terminal.raw
    shown = left(terminal.raw)
    raised = [at for at, line in enumerate(shown) if "generated an alert" in line]
    alerts = [line for at in raised for line in paragraph(shown[at:])]
    end = next(at for at, line in enumerate(shown) if line.startswith("── Summary"))
    last = max(at for at, line in enumerate(shown[:end]) if line.startswith("── "))
    return as_installed("".join(f"{line}\n" for line in [*alerts, *shown[last:end]]))


def paragraph(lines: Iterable[str]) -> list[str]:
    """Return an alert with what stands under it, up to its command."""
    told = list(takewhile(lambda line: not line.endswith("--output lines"), lines))
    return [*told, list(lines)[len(told)]]
