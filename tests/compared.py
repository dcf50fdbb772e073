"""Runs of two checkouts, and the first difference between what they print."""

import json
import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Self

TIMEOUT_S = 300
"""A run that takes longer is ended, which is a difference even when both do."""
_FRESH_EVERY = 40
"""One case in this number is also run in a process of its own, to check that a fork behaves the same."""
_SHOWN_BEFORE = 2
_SHOWN_BYTES = 200

_SERVER = """
import importlib, json, os, pkgutil, signal, sys
main = os.path.join(sys.argv[1], "main.py")
sys.path[0] = sys.argv[1]
import http_monitor
for module in pkgutil.walk_packages(http_monitor.__path__, "http_monitor."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
requests = os.fdopen(os.dup(0), "rb", buffering=0)
replies = os.dup(1)
for file in (requests.fileno(), replies):
    os.set_inheritable(file, False)
while request := requests.readline():
    folder, out, err, timeout_s, *arguments = json.loads(request)
    child = os.fork()
    if not child:
        requests.close()
        os.close(replies)
        os.chdir(folder)
        for number, path, flags in ((0, os.devnull, os.O_RDONLY), (1, out, os.O_WRONLY), (2, err, os.O_WRONLY)):
            file = os.open(path, flags)
            os.dup2(file, number)
            os.close(file)
        sys.argv[:] = ["main.py", *arguments]
        signal.alarm(timeout_s)
        break
    os.write(replies, b"%d\\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
else:
    sys.exit()
exec(compile(open(main).read(), main, "exec"), {"__name__": "__main__"})
"""
"""Imports all modules once; each run is a fork, which ends as any program does."""
_FRESH = """
import os, sys
main = os.path.join(sys.argv[1], "main.py")
sys.path[0] = sys.argv[1]
sys.argv[:] = ["main.py", *sys.argv[2:]]
exec(compile(open(main).read(), main, "exec"), {"__name__": "__main__"})
"""
"""Runs a checkout by the same name as any other: what it prints has the path that it was started by."""


@dataclass(frozen=True, slots=True)
class Case:
    """What both checkouts are run with."""

    folder: Path
    """They run there; the arguments name files relative to it, so that both print the same names."""
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended, and what it printed."""

    code: int
    """Below zero: the signal that ended it."""
    out: bytes
    err: bytes


@dataclass(frozen=True, slots=True)
class Compared:
    """A case that was run."""

    case: Case
    code: int
    """Of the first checkout."""
    difference: str | None


Difference = Callable[[Outcome, Outcome], str | None]
"""Returns what differs between two runs; None if nothing does that counts."""


def describe_difference(base: Outcome, new: Outcome) -> str | None:
    """Return what differs between two runs, with the first line that does; None if they are equal."""
    said = [] if base.code == new.code else [f"exit code {base.code} became {new.code}"]
    for name, old_bytes, new_bytes in (("stdout", base.out, new.out), ("stderr", base.err, new.err)):
        if old_bytes != new_bytes:
            said.append(f"{name} differs{_first_difference(old_bytes, new_bytes)}")
    if not said and base.code == -signal.SIGALRM:
        said.append(f"neither ended within {TIMEOUT_S} s")
    return "\n".join(said) or None


def _first_difference(old: bytes, new: bytes) -> str:
    """Return the first line that differs of two texts that are not equal, and the lines before it."""
    old_lines, new_lines = old.split(b"\n"), new.split(b"\n")
    pairs = enumerate(zip(old_lines, new_lines, strict=False))
    at = next((no for no, (one, other) in pairs if one != other), min(len(old_lines), len(new_lines)))
    one, other = (lines[at] if at < len(lines) else None for lines in (old_lines, new_lines))
    # A long line is shown from a little before the byte that differs.
    same = next((no for no, (a, b) in enumerate(zip(one or b"", other or b"", strict=False)) if a != b), 0)
    start = max(0, same - _SHOWN_BYTES // 4)
    shown = [f"    {_shown(line, 0)}" for line in old_lines[max(0, at - _SHOWN_BEFORE) : at]]
    for sign, line in (("-", one), ("+", other)):
        shown.append(f"  {sign} {'(no such line)' if line is None else _shown(line, start)}")
    return "\n".join([f" at line {at + 1}{f', from byte {start + 1}' if start else ''}:", *shown])


def _shown(line: bytes, start: int) -> str:
    return repr(line[start : start + _SHOWN_BYTES])[2:-1]


class Checkout:
    """A tree that is run, by forks of one process.

    Args:
        root: Where its `main.py` is.
        python: The interpreter.
        scratch: A folder for what runs print.
    """

    def __init__(self, root: Path, python: str, scratch: Path) -> None:
        self.root = root
        self._python = python
        self._files = [Path(tempfile.mkstemp(dir=scratch)[1]) for _ in range(2)]
        state = tempfile.mkdtemp(dir=scratch)
        hidden = ("NO_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONPATH", "PYTHONUNBUFFERED")
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        self._environment = {**kept, "TZ": "UTC", "PYTHONIOENCODING": "utf-8", "XDG_STATE_HOME": state}
        # What the program sets before it imports its libraries, which here happens before it starts.
        libraries = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
        self._server = subprocess.Popen(
            [python, "-c", _SERVER, str(root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**self._environment, **libraries},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate()

    def run(self, case: Case) -> Outcome:
        """Run a case in a fork.

        Raises:
            RuntimeError: the checkout cannot be imported.
        """
        assert self._server.stdin is not None and self._server.stdout is not None
        for path in self._files:
            path.write_bytes(b"")
        request = [str(case.folder), *map(str, self._files), TIMEOUT_S, *case.arguments]
        try:
            self._server.stdin.write(json.dumps(request).encode() + b"\n")
            self._server.stdin.flush()
            reply = self._server.stdout.readline()
        except BrokenPipeError:
            reply = b""
        if not reply:
            raise RuntimeError(f"{self.root} cannot be imported by {self._python}")
        out, err = (path.read_bytes() for path in self._files)
        return Outcome(int(reply), out, err)

    def run_fresh(self, case: Case) -> Outcome:
        """Run a case in a process of its own."""
        try:
            done = subprocess.run(
                [self._python, "-c", _FRESH, str(self.root), *case.arguments],
                cwd=case.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIMEOUT_S,
            )
        except subprocess.TimeoutExpired as late:
            return Outcome(-signal.SIGALRM, late.stdout or b"", late.stderr or b"")
        return Outcome(done.returncode, done.stdout, done.stderr)

    def command(self, case: Case) -> str:
        """Return the command that repeats a run."""
        words = [self._python, str(self.root / "main.py"), *case.arguments]
        return f"cd {shlex.quote(str(case.folder))} && TZ=UTC {shlex.join(words)}"


def compare_case(
    case: Case, base: Checkout, new: Checkout, describe: Difference = describe_difference, *, fresh: bool = False
) -> Compared:
    """Run a case in both checkouts.

    Args:
        case: The case.
        base: The first checkout.
        new: The second.
        describe: Finds what differs.
        fresh: Whether to run it in processes of their own too, and to see that this makes no difference.
    """
    one, other = base.run(case), new.run(case)
    difference = describe(one, other)
    if difference or fresh:
        alone, other_alone = base.run_fresh(case), new.run_fresh(case)
        again = describe(alone, other_alone)
        if difference and not again:
            difference = f"only in forks, not in processes of their own: {difference}"
        elif not difference and describe_difference(one, alone):
            difference = f"a fork does not run as a process of its own: {describe_difference(one, alone)}"
        else:
            difference = again
    if difference:
        difference += f"\n  base: {base.command(case)}\n  new:  {new.command(case)}"
    return Compared(case, one.code, difference)


def compare_cases(
    cases: Iterable[Case],
    roots: tuple[Path, Path],
    python: str,
    jobs: int,
    scratch: Path,
    describe: Difference = describe_difference,
) -> Iterator[Compared]:
    """Run cases in both checkouts, some at once; yield them in their order."""
    pairs: SimpleQueue[tuple[Checkout, Checkout]] = SimpleQueue()
    made: list[Checkout] = []

    def run(numbered: tuple[int, Case]) -> Compared:
        no, case = numbered
        pair = pairs.get()
        try:
            return compare_case(case, *pair, describe, fresh=no % _FRESH_EVERY == 0)
        finally:
            pairs.put(pair)

    try:
        for _ in range(jobs):
            pair = Checkout(roots[0], python, scratch), Checkout(roots[1], python, scratch)
            made += pair
            pairs.put(pair)
        with ThreadPoolExecutor(jobs) as executor:
            yield from executor.map(run, enumerate(cases))
    finally:
        for checkout in made:
            checkout.__exit__()
