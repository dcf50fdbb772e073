"""The same log with the same options gives the same bytes, in this process or in another."""

import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings

from http_monitor.settings import Settings
from tests import engine_strategies
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import ndjson, replay, settings_of
from tests.reference.engine import Options

MAIN = Path(__file__).resolve().parents[1] / "main.py"


@settings(max_examples=examples(20), deadline=None)
@given(engine_strategies.many_key_cases())
def test_a_replay_twice_is_the_same_bytes(case: tuple[list[bytes], Options]) -> None:
    files, options = case
    chosen = settings_of(options, replay=True)
    first, second = (ndjson(replay([[data] for data in files], chosen).messages) for _ in range(2))
    assert first == second


def log_of_equals() -> bytes:
    """Return a log in which every key of a table has as many hits as the others, and many hosts flood at once."""
    lines = []
    for second in range(30):
        for number in range(40):
            name = b"%d" % (number * 7919 % 40)
            request = b"M%b /s%b/p%b HTTP/1.1" % (bytes([65 + number % 26]), name, name)
            tail = b' "http://r%b/" "agent %b"' % (name, name)
            lines.append(log_line(START_S + second, b"h" + name, b"u" + name, request, 200 + number, name, tail))
    return b"\n".join(lines) + b"\n"


def test_the_program_prints_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    log = tmp_path / "equals.log"
    log.write_bytes(log_of_equals())
    options = ["--replay", "--file", str(log), "--output", "ndjson", "--ddos-threshold", "0.1", "--max-keys", "3"]
    printed = []
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "TZ": "UTC", "PATH": ""}
        done = subprocess.run(
            [sys.executable, str(MAIN), *options], env=environment, capture_output=True, check=True, timeout=60
        )
        printed.append(done.stdout)
    assert printed[0].count(b'"name":"ddos"') > 10
    assert printed[0] == printed[1]


def test_alerts_of_several_hosts_at_once_come_in_the_order_of_their_bytes() -> None:
    hosts = [b"zed", b"\xff", b"B", b"a", b"10.0.0.9", b"10.0.0.10"]
    lines = [log_line(START_S, host) for host in hosts for _ in range(3)]
    lines += [log_line(START_S + 60, b"late riser")] * 3 + [log_line(START_S + 119 + 1, b"C")] * 3
    chosen = Settings(replay=True, ddos_threshold=2 / 120, alert_threshold=1_000)
    events = replay([[b"\n".join(lines) + b"\n"]], chosen).events
    first = [event.subject for event in events if event.at_us == (START_S + 1) * 1_000_000]
    assert first == [b"10.0.0.10", b"10.0.0.9", b"B", b"a", b"zed", b"\xff"]
    # When the first bucket leaves, one host raises among those that recover.
    last = [(event.state[:2], event.subject) for event in events if event.at_us == (START_S + 121) * 1_000_000]
    assert last == [
        ("re", b"10.0.0.10"),
        ("re", b"10.0.0.9"),
        ("re", b"B"),
        ("ra", b"C"),
        ("re", b"a"),
        ("re", b"zed"),
        ("re", b"\xff"),
    ]
