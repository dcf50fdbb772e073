"""Whether output is coloured, and what colour costs."""

import subprocess
import sys
from typing import Literal

import pytest

from http_monitor.cli.streams import wants_colour


@pytest.mark.parametrize(
    ("mode", "is_tty", "environ", "expected"),
    [
        ("auto", True, {"TERM": "xterm"}, True),
        ("auto", True, {}, True),
        ("auto", False, {"TERM": "xterm"}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("always", False, {"NO_COLOR": "1", "TERM": "dumb"}, True),
        ("never", True, {"TERM": "xterm"}, False),
    ],
)
def test_colour_is_decided_by_the_option_then_the_environment_then_the_stream(
    mode: Literal["auto", "always", "never"], is_tty: bool, environ: dict[str, str], expected: bool
) -> None:
    assert wants_colour(mode, is_tty, environ) is expected


def test_plain_output_does_not_import_colorama() -> None:
    code = (
        "import sys\n"
        "import http_monitor.display.text, http_monitor.display.ndjson, http_monitor.cli.streams\n"
        "sys.exit('colorama' in sys.modules)\n"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
