"""A start leaves out what no run needs, and nothing of that lasts."""

import ctypes
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from http_monitor.cli.startup_tuning import (
    begin_imports,
    end_imports,
    keep_numpy_single_threaded,
    share_freed_memory,
)
from tests.program import DEADLINE_S, ROOT, environment, lines_at

_THEN_SAY = """
import gc, os, sys
from http_monitor.cli import program

def say(when):
    print(when, "collects:", gc.isenabled(), "frozen:", gc.get_freeze_count() > 0, file=sys.stderr)

begin_exit = program.begin_exit
program.begin_exit = lambda: (say("in the run"), begin_exit())
program.main()
say("at its end")
print("threads:", os.environ["OPENBLAS_NUM_THREADS"], file=sys.stderr)
"""


@pytest.fixture
def garbage() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


@pytest.mark.usefixtures("garbage")
def test_garbage_is_looked_for_again_but_not_among_what_was_imported() -> None:
    begin_imports()
    assert not gc.isenabled()
    end_imports()
    assert gc.isenabled()
    assert gc.get_freeze_count()


@pytest.mark.usefixtures("garbage")
def test_objects_of_the_caller_are_not_kept_from_the_collector() -> None:
    end_imports()
    assert gc.isenabled()
    assert not gc.get_freeze_count()


def test_linear_algebra_has_one_thread_whatever_was_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    keep_numpy_single_threaded()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"


@pytest.mark.parametrize("options", [("--replay",), ("--explain",), ("--duration", "1")], ids=" ".join)
def test_a_run_looks_for_garbage_until_it_ends(tmp_path: Path, options: tuple[str, ...]) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(lines_at([1_700_000_000]))

    done = subprocess.run(
        [sys.executable, "-c", _THEN_SAY, *options, "--file", path],
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        timeout=DEADLINE_S,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-3:] == [
        "in the run collects: True frozen: True",
        "at its end collects: False frozen: True",
        "threads: 1",
    ]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({}, [(-8, 1), (-3, 1 << 20), (-1, 4 << 20)]), ({"MALLOC_ARENA_MAX": "2"}, [])],
    ids=["without variables", "with one of the C library"],
)
def test_the_threads_of_a_dashboard_share_their_memory_unless_the_environment_says_how(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: list[tuple[int, int]]
) -> None:
    for name in [name for name in os.environ if name.startswith("MALLOC_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    said: list[tuple[int, int]] = []
    library = SimpleNamespace(mallopt=lambda parameter, value: said.append((parameter, value)))
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: library)
    share_freed_memory()
    assert said == expected
