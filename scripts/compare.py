"""Run two checkouts on the same logs, and compare what they print byte by byte.

Usage: python scripts/compare.py BASE NEW [--common] [--ignore NAME]... [--random N] [--seed N] [--bench] [--jobs N]
       [--quick] [--python PATH]

Replays the logs of ../shared/data, random logs with random options and, with --bench, the logs of the benchmarks, each
as text and as NDJSON, with one and with two threads. Output, errors and exit code must be equal. Prints what differs
with the commands that repeat it, and exits with 1 then.

With --common the checkouts may have much between them: only NDJSON is compared, by the types and keys that BASE
writes; what NEW adds to it, text and errors are left out. Prints the path of each value that differs, in how many runs
it does, and the first of them; --ignore leaves out a type or key that changed on purpose.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import logs
from tests.compared import Case, compare_cases, describe_difference
from tests.compared_objects import ChangeCounts
from tests.random_cases import draw_runs

ROOT = Path(__file__).resolve().parents[1]
_NO_LOGS = (".py", ".sh", ".md", ".conf", ".want.ndjson", "/cmd", "/want")
_MAX_SHOWN = 20
_PROGRESS_S = 10


def main() -> int:
    """Compare; return the exit code."""
    given = _parse_arguments()
    seed = random.randrange(1 << 32) if given.seed is None else given.seed
    python = given.python or _find_python(given.base)
    print(f"base {given.base}, new {given.new}, seed {seed}, python {python}", flush=True)
    scratch = Path(tempfile.mkdtemp(prefix="compare-"))
    changes = ChangeCounts(frozenset(given.ignore))
    differences = _compare(given, seed, python, scratch, changes)
    for line in changes.lines():
        print(line)
    if differences:
        print(f"the random logs are kept in {scratch}")
    else:
        shutil.rmtree(scratch)
    return 1 if differences else 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="compare what two checkouts print", allow_abbrev=False)
    parser.add_argument("base", type=_checkout, help="the checkout that is right")
    parser.add_argument("new", type=_checkout, help="the checkout to compare with it")
    parser.add_argument("--common", action="store_true", help="compare the types and keys that both write, of NDJSON")
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="NAME", help="with --common: no such type or key"
    )
    parser.add_argument("--random", type=int, default=None, help="how many random logs (default 200, quick 16)")
    parser.add_argument("--seed", type=int, default=None, help="the same random logs again")
    parser.add_argument("--bench", action="store_true", help="the logs of the benchmarks too")
    parser.add_argument("--jobs", type=int, default=2, help="how many runs at once (default %(default)s)")
    parser.add_argument("--quick", action="store_true", help="an eighth of the logs")
    parser.add_argument("--python", help="the interpreter (default that of BASE/.venv, else this one)")
    given = parser.parse_args()
    if given.ignore and not given.common:
        parser.error("--ignore goes with --common")
    if given.jobs < 1:
        parser.error("--jobs takes 1 or more")
    if given.random is None:
        given.random = 16 if given.quick else 200
    return given


def _checkout(text: str) -> Path:
    path = Path(text).resolve()
    if not (path / "main.py").is_file():
        raise argparse.ArgumentTypeError(f"there is no main.py in {text}")
    return path


def _find_python(base: Path) -> str:
    python = base / ".venv" / "bin" / "python"
    return str(python) if python.exists() else sys.executable


def _compare(given: argparse.Namespace, seed: int, python: str, scratch: Path, changes: ChangeCounts) -> int:
    """Run all cases; return how many differ."""
    codes: Counter[int] = Counter()
    differences = 0
    printed = time.perf_counter()
    cases = _find_cases(given, seed, scratch)
    if given.common:
        cases = [case for case in cases if "ndjson" in case.arguments]
    describe = changes.describe if given.common else describe_difference
    for compared in compare_cases(cases, (given.base, given.new), python, given.jobs, scratch, describe):
        codes[compared.code] += 1
        if compared.difference:
            differences += 1
            if given.common:
                changes.add(compared.difference)
            if differences <= _MAX_SHOWN:
                print(f"DIFFERENT: {compared.difference}", flush=True)
        elif time.perf_counter() - printed > _PROGRESS_S:
            printed = time.perf_counter()
            print(f"{codes.total():,} runs, {differences:,} differ", flush=True)
    ends = ", ".join(f"{count:,} × {code}" for code, count in sorted(codes.items()))
    print(f"{codes.total() - differences:,} runs equal, {differences:,} differ; exit codes: {ends}")
    return differences


def _find_cases(given: argparse.Namespace, seed: int, scratch: Path) -> list[Case]:
    cases = [*_find_data_cases([given.base, given.new, ROOT], quick=given.quick)]
    print(f"{len(cases):,} runs of ../shared/data", flush=True)
    drawn = [case for index in range(given.random) for case in draw_runs(index, seed, scratch)]
    print(f"{len(drawn):,} runs of {given.random:,} random logs", flush=True)
    made = [*_make_bench_cases(20_000 if given.quick else 200_000)] if given.bench else []
    if made:
        print(f"{len(made):,} runs of bench logs", flush=True)
    return [*cases, *drawn, *made]


def _replays(folder: Path, name: str) -> Iterator[Case]:
    for output in ("text", "ndjson"):
        for threads in ("1", "2"):
            yield Case(folder, ("--replay", "--file", name, "--output", output, "--threads", threads))


def _find_data_cases(checkouts: list[Path], *, quick: bool) -> Iterator[Case]:
    """Yield the runs of all that is a log in the data beside the first checkout that has some."""
    found = [root.parent / "shared" / "data" for root in checkouts]
    folder = next((path.resolve() for path in found if path.is_dir()), None)
    if folder is None:
        print("../shared/data, the real logs, is not here: they are left out")
        return
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    names = [name for name in names if not name.endswith(_NO_LOGS)]
    for name in names[:: 8 if quick else 1]:
        yield from _replays(folder, name)
        yield Case(folder, ("--explain", "--file", name, "--output", "ndjson"))
    yield from _replays(folder, "logs/nginx_daily/access.log-2025*")


def _make_bench_cases(lines: int) -> Iterator[Case]:
    for name in logs.KINDS:
        log = logs.make(name, lines)
        yield from _replays(log.path.parent, log.path.name)


if __name__ == "__main__":
    sys.exit(main())
