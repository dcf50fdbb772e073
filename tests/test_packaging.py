"""What is installed: the core alone does its work, and names what it lacks."""

import configparser
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.program import ROOT
from tests.servers import CI
from tests.terminal import Terminal

_LINE = '203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "GET /basket HTTP/1.1" 200 7\n'
_WITHOUT_TEXTUAL = """
import sys
sys.modules["textual"] = None
from http_monitor.cli import main
sys.exit(main())
"""


def _listed(section: str, option: str) -> list[str]:
    """Return the requirements that an option of setup.cfg lists."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return config[section][option].split("\n")[1:]


def _extras() -> dict[str, list[str]]:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    return {name: _listed("options.extras_require", name) for name in config["options.extras_require"]}


def test_a_checkout_can_do_everything_the_core_and_all_extras() -> None:
    core, extras = _listed("options", "install_requires"), _extras()
    everything = {requirement for name, listed in extras.items() if name != "all" for requirement in listed}
    assert {*extras["all"]} == everything
    assert not everything & {*core}
    required = (ROOT / "requirements.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert required == sorted([*core, *everything])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what a wheel installs."""
    if find_spec("wheel") is None:
        if CI in os.environ:
            pytest.fail("the package wheel is not installed")
        pytest.skip("the package wheel is not installed")
    made, installed = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("installed")
    source = tmp_path_factory.mktemp("source")
    # The build writes beside the sources.
    for name in ("setup.cfg", "pyproject.toml", "requirements.txt", "README.md", "LICENSE", "http_monitor"):
        (source / name).symlink_to(ROOT / name)
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(made),
        str(source),
    ]
    subprocess.run(build, check=True, capture_output=True)
    (found,) = made.glob("*.whl")
    with zipfile.ZipFile(found) as archive:
        archive.extractall(installed)
    return installed


def _environment(wheel: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(wheel), "TERM": "xterm-256color"}


def test_a_wheel_asks_for_the_core_and_for_nothing_of_its_extras(wheel: Path) -> None:
    (metadata,) = wheel.glob("*.dist-info/METADATA")
    required = [line[len("Requires-Dist: ") :] for line in metadata.read_text().splitlines() if "Requires-Dist" in line]
    plain = {line.replace(" ", "").replace("(", "").replace(")", "") for line in required if "extra ==" not in line}
    assert plain == {*_listed("options", "install_requires")}
    assert {line.partition(";")[0].strip()[:7] for line in required if "extra ==" in line} == {"textual"}


def test_a_wheel_without_extras_runs_text_mode(wheel: Path, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(_LINE)
    ended = subprocess.run(
        [sys.executable, "-c", _WITHOUT_TEXTUAL, "--replay", log],
        cwd=tmp_path,
        env=_environment(wheel),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "1 line read, 1 counted." in ended.stdout


def test_a_wheel_without_extras_says_in_one_line_what_the_dashboard_needs(wheel: Path, tmp_path: Path) -> None:
    starts = ("-c", _WITHOUT_TEXTUAL)
    with Terminal(80, "--dashboard", starts=starts, env={"PYTHONPATH": str(wheel)}, cwd=tmp_path) as terminal:
        assert terminal.wait() == 2
    assert terminal.raw == (
        "http_monitor: --dashboard: Textual is not installed, pip install 'http-monitor[dashboard]' installs it\r\n"
    )
