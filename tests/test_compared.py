"""Two checkouts are compared byte by byte: what differs is told, with the commands that repeat it."""

import sys
from pathlib import Path

import pytest

from tests.compared import (
    TIMEOUT_S,
    Case,
    Checkout,
    Compared,
    Outcome,
    compare_case,
    compare_cases,
    describe_difference,
)
from tests.random_cases import draw_runs

PRINTS = """
import os, sys
print(sys.argv, os.getcwd(), sys.stdin.read(), flush=True)
print("warned", file=sys.stderr)
sys.exit(3)
"""


def make_tree(root: Path, main: str) -> Path:
    (root / "http_monitor").mkdir(parents=True)
    (root / "http_monitor" / "__init__.py").touch()
    (root / "main.py").write_text(main)
    return root


def compare_trees(folder: Path, base: str, new: str) -> list[Compared]:
    roots = make_tree(folder / "base", base), make_tree(folder / "new", new)
    scratch = folder / "scratch"
    scratch.mkdir()
    cases = [Case(folder, ("--file", f"{no} x.log")) for no in range(3)]
    found = list(compare_cases(cases, roots, sys.executable, 2, scratch))
    assert [compared.case for compared in found] == cases
    return found


def test_equal_runs_have_no_difference() -> None:
    assert describe_difference(Outcome(0, b"a\n", b"b\n"), Outcome(0, b"a\n", b"b\n")) is None


def test_the_first_line_that_differs_is_shown_behind_those_before_it() -> None:
    base, new = Outcome(0, b"one\ntwo\nthree\nfour\n", b""), Outcome(0, b"one\ntwo\nthree\n4\n", b"")

    assert describe_difference(base, new) == "stdout differs at line 4:\n    two\n    three\n  - four\n  + 4"


def test_a_line_that_only_one_has_and_a_lacking_line_end_are_differences() -> None:
    assert describe_difference(Outcome(0, b"a", b""), Outcome(0, b"a\nb", b"")) == (
        "stdout differs at line 2:\n    a\n  - (no such line)\n  + b"
    )
    assert describe_difference(Outcome(0, b"a", b""), Outcome(0, b"a\n", b"")) == (
        "stdout differs at line 2:\n    a\n  - (no such line)\n  + "
    )


def test_a_long_line_is_shown_from_before_the_byte_that_differs() -> None:
    said = describe_difference(Outcome(0, b"", b"x" * 1_000 + b"\xff"), Outcome(0, b"", b"x" * 1_000 + b"\x1b"))

    assert said == f"stderr differs at line 1, from byte 951:\n  - {'x' * 50}\\xff\n  + {'x' * 50}\\x1b"


def test_the_exit_code_and_both_outputs_are_told_of() -> None:
    said = describe_difference(Outcome(0, b"a", b"a"), Outcome(2, b"b", b"b"))

    assert said is not None
    assert said.splitlines()[0] == "exit code 0 became 2"
    assert "stdout differs" in said and "stderr differs" in said


def test_two_runs_without_an_end_are_not_equal() -> None:
    assert describe_difference(Outcome(-14, b"", b""), Outcome(-14, b"", b"")) == f"neither ended within {TIMEOUT_S} s"


def test_trees_that_print_the_same_are_equal_wherever_they_are(tmp_path: Path) -> None:
    assert [(it.code, it.difference) for it in compare_trees(tmp_path, PRINTS, PRINTS)] == [(3, None)] * 3


@pytest.mark.parametrize(
    ("words", "other", "said"),
    [
        ("print(sys.argv", "print(1, sys.argv", "stdout differs at line 1:"),
        ("warned", "warnt", "stderr differs at line 1:"),
        ("sys.exit(3)", "sys.exit(4)", "exit code 3 became 4"),
        ("sys.exit(3)", "os.kill(os.getpid(), 9)", "exit code 3 became -9"),
        ("sys.exit(3)", "raise ValueError", "exit code 3 became 1"),
    ],
)
def test_trees_that_differ_are_told_with_what_repeats_it(tmp_path: Path, words: str, other: str, said: str) -> None:
    for compared in compare_trees(tmp_path, PRINTS, PRINTS.replace(words, other)):
        assert compared.difference is not None
        assert compared.difference.startswith(said)
        *_, base, new = compared.difference.splitlines()
        name = compared.case.arguments[1]
        main = f"{sys.executable} {tmp_path}/%s/main.py --file '{name}'"
        assert (base, new) == tuple(
            f"  {front}cd {tmp_path} && TZ=UTC {main % tree}" for front, tree in (("base: ", "base"), ("new:  ", "new"))
        )


def test_a_run_that_is_another_one_in_a_fork_is_told(tmp_path: Path) -> None:
    forked = "import sys\nprint('http_monitor' in sys.modules)\n"
    root = make_tree(tmp_path / "tree", forked)
    with Checkout(root, sys.executable, tmp_path) as base, Checkout(root, sys.executable, tmp_path) as new:
        compared = compare_case(Case(tmp_path, ()), base, new, fresh=True)

    assert compared.difference is not None
    assert compared.difference.startswith("a fork does not run as a process of its own: stdout differs")


def test_a_tree_that_cannot_be_imported_is_an_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root = make_tree(tmp_path / "tree", "")
    (root / "http_monitor" / "broken.py").write_text("import no_such_module")
    with Checkout(root, sys.executable, tmp_path) as tree, pytest.raises(RuntimeError, match="cannot be imported"):
        tree.run(Case(tmp_path, ()))
    assert "no_such_module" in capfd.readouterr().err


def test_a_seed_draws_the_same_logs_and_options_however_many_there_are(tmp_path: Path) -> None:
    def drawn(name: str, indices: list[int]) -> dict[str, object]:
        folder = tmp_path / name
        folder.mkdir()
        arguments = {index: [case.arguments for case in draw_runs(index, 7, folder)] for index in indices}
        inside = folder / f"case{indices[-1]}"
        return {"runs": arguments[indices[-1]]} | {path.name: path.read_bytes() for path in inside.iterdir()}

    assert drawn("one", [0, 1, 4]) == drawn("other", [4])
