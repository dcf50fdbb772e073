"""Nothing is imported that a run does not use, layers are kept, and one module alone reads the clock."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from http_monitor.parser import presets
from tests.program import DEADLINE_S, ROOT, environment, lines_at

PACKAGE = ROOT / "http_monitor"
CLOCKS = {
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
}
NEVER = {"asyncio", "textual", "sqlite3", "http.server", "pandas", "crossplane"}
"""For other front ends, or for nobody: not even the libraries that are used bring them along."""
SLOW = {"pyarrow.compute", "numpy.ma", "difflib", "fractions"}
"""What lines of the most usual formats need nothing of, and what takes long to import."""
_THEN_SAY = """
import sys
from http_monitor.cli import main
try:
    main(sys.argv[1:])
finally:
    print("modules:", *sys.modules, file=sys.__stderr__)
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(lines_at([1_700_000_000]))
    return path


def _imported(*arguments: str | Path) -> set[str]:
    """Return the modules that a run with these arguments has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", _THEN_SAY, *map(str, arguments)],
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        timeout=DEADLINE_S,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    *_, said = (line for line in done.stderr.splitlines() if line.startswith("modules: "))
    return set(said.split()[1:])


def test_help_needs_none_of_the_libraries() -> None:
    modules = _imported("--help")

    assert not modules & {"numpy", "pyarrow", "watchdog", "colorama", "apache_log_parser", *NEVER}
    assert not {name for name in modules if name.startswith(("http_monitor.display", "http_monitor.sources"))}


ONLY_LIVE = {
    *(
        f"http_monitor.monitor.{name}"
        for name in ("live_run", "live_turns", "format_drift", "falling_behind", "silence")
    ),
    *(
        "http_monitor.checkpoint.run_state",
        "http_monitor.checkpoint.store",
        "http_monitor.sources.tail.tail",
        "http_monitor.sources.known.position",
        "http_monitor.sources.stdin",
    ),
}


@pytest.mark.parametrize("output", ["text", "ndjson"])
def test_a_replay_needs_columns_but_nothing_that_watches_or_colours(log: Path, output: str) -> None:
    modules = _imported("--replay", "--output", output, "--file", log)

    assert {"numpy", "pyarrow"} <= modules
    assert not modules & {"watchdog", "colorama", "apache_log_parser", "ua_parser", "http_monitor.simulator", *NEVER}
    assert not modules & (ONLY_LIVE | SLOW)
    assert {f"http_monitor.display.{name}" for name in ("text", "ndjson")} & modules == {
        f"http_monitor.display.{output}"
    }


_SAY_FIRST = """
import sys
from http_monitor.cli import main
from http_monitor.display.notices import Notices
show = Notices.show

def show_first(*given):
    print("first with:", *sorted({"numpy", "pyarrow"} & set(sys.modules)), file=sys.__stderr__)
    show(*given)

Notices.show = show_first
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("options", [("--replay",), ("--duration", "1", "--no-state")], ids=" ".join)
def test_where_files_end_is_seen_and_the_first_words_said_before_columns_are_imported(
    log: Path, options: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SAY_FIRST, *options, "--file", log],
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        timeout=DEADLINE_S,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    first, later = (line for line in done.stderr.splitlines() if line.startswith("first with:"))
    assert first.split()[2:] == []
    assert later.split()[2:] == ["numpy", "pyarrow"]


def _presets_in(modules: set[str]) -> set[str]:
    """Return the modules that make one preset each."""
    return {f"{presets.__name__}.{name}" for name in presets.BY_NAME} & modules


def test_lines_of_the_most_usual_formats_need_no_preset(log: Path) -> None:
    assert not _presets_in(_imported("--replay", "--file", log))
    # What was found is looked up for each look at another place.
    assert not _presets_in(_imported("--replay", "--since", "1d", "--file", log))


def test_a_format_by_its_name_needs_that_preset_alone(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(presets.BY_NAME["squid"].examples[0] + b"\n")

    modules = _presets_in(_imported("--replay", "--format", "squid", "--file", path))

    # The variables of nginx are only looked up for a user's own format.
    assert modules - {f"{presets.__name__}.nginx_json"} == {f"{presets.__name__}.squid"}


def test_lines_of_anything_else_are_held_to_every_preset_that_they_may_be_of(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    line = presets.BY_NAME["aiohttp"].examples[0] + b"\n"
    path.write_bytes(line)

    modules = _presets_in(_imported("--replay", "--file", path))

    held = {f"{presets.__name__}.{preset.name}" for preset in presets.presets_for(line)}
    assert held <= modules
    assert 10 < len(held) < len(presets.BY_NAME) - 10


def test_the_rules_for_agents_come_with_the_first_agent(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(lines_at([1_700_000_000]).rstrip(b"\n") + b' "-" "curl/8"\n')

    assert "ua_parser" in _imported("--replay", "--file", path)


def test_what_is_watched_plainly_needs_no_colours(log: Path) -> None:
    modules = _imported("--duration", "1", "--file", log)

    assert modules >= {"watchdog", *ONLY_LIVE} - {"http_monitor.sources.stdin"}
    assert not modules & {"colorama", "apache_log_parser", "ua_parser", "http_monitor.simulator", *NEVER, *SLOW}


def _flood(tmp_path: Path) -> Path:
    """Return a log whose lines raise all alerts, some of them without a path."""
    path = tmp_path / "flood.log"
    first = 1_700_000_000
    lines = lines_at([first + second for second in range(30) for _ in range(40)])
    odd = lines.splitlines(keepends=True)[-1].replace(b"GET /pages/create HTTP/1.0", b"-")
    path.write_bytes(lines.replace(b'" 200 ', b'" 500 ') + odd + lines_at([first + 300]))
    return path


@pytest.mark.parametrize(
    "options",
    [
        ("--replay",),
        ("--replay", "--threads", "1", "--output", "ndjson"),
        ("--replay", "--since", "1d"),
        ("--replay", "--exclude-host", "10.0.0.0/8", "--trust-proxy", "10.0.0.0/8"),
        ("--replay", "--filter", 'section == "/pages" and not agent ~ "curl" and status >= 500'),
        ("--from-start", "--duration", "1"),
    ],
    ids=" ".join,
)
def test_alerts_filters_spans_and_checkpoints_need_nothing_slow(tmp_path: Path, options: tuple[str, ...]) -> None:
    modules = _imported(*options, "--file", _flood(tmp_path))

    assert "http_monitor.breakdown.recent" in modules
    assert not modules & (SLOW | NEVER)


@pytest.mark.parametrize(
    "log",
    [
        b"Nov 14 22:13:20 web nginx: %s\n",
        b"%s 0.123 0.120\n",
        b'{"time":"2026-12-01T08:00:00Z","remote_addr":"192.0.2.1","request":"GET /a HTTP/1.1","status":200}\n',
    ],
    ids=["syslog", "times behind", "json"],
)
def test_lines_of_other_formats_need_no_function_for_each_of_arrow(tmp_path: Path, log: bytes) -> None:
    path = tmp_path / "access.log"
    line = lines_at([1_700_000_000]).rstrip(b"\n") + b' "-" "curl/8"'
    path.write_bytes((log % line if b"%s" in log else log) * 20)

    assert not _imported("--replay", "--file", path) & {"pyarrow.compute", "numpy.ma", *NEVER}


def test_colours_and_a_format_of_its_own_bring_what_they_need(log: Path) -> None:
    modules = _imported("--replay", "--color", "always", "--format", '%h %l %u %t "%r" %>s %b', "--file", log)
    other = _imported("--replay", "--format", '%h %l %u %t "%r" %>s %b %D', "--file", log)

    assert "colorama" in modules
    assert "apache_log_parser" in other
    assert not (modules | other) & {"watchdog", *NEVER}


def test_imports_point_down() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], capture_output=True, cwd=ROOT, timeout=DEADLINE_S, text=True
    )

    assert done.returncode == 0, done.stdout


def _clocks_named(source: str) -> Iterator[str]:
    """Yield what reads a clock or sleeps by it, as attribute or by import."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if node.attr in CLOCKS.get(owner, ()):
                yield f"{owner}.{node.attr}"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (f"time.{alias.name}" for alias in node.names if alias.name in CLOCKS["time"])


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("import time\ntime.sleep(1)", ["time.sleep"]),
        ("import datetime\ndatetime.datetime.now()", ["datetime.now"]),
        ("from time import monotonic as clock", ["time.monotonic"]),
        ("import time\ntime.tzset()\nbatch.time.values()", []),
    ],
)
def test_a_named_clock_is_found(source: str, named: Sequence[str]) -> None:
    assert list(_clocks_named(source)) == named


def test_one_module_alone_reads_the_clock() -> None:
    named = {
        str(path.relative_to(PACKAGE)): set(_clocks_named(path.read_text(encoding="utf-8")))
        for path in PACKAGE.rglob("*.py")
    }

    assert {name: clocks for name, clocks in named.items() if clocks} == {
        "clock.py": {"time.time_ns", "time.monotonic_ns"}
    }
