"""Where the notices of a replay stand among its reports: with the lines that show it, wherever the input was cut."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.parser.detect.auto import auto_format
from http_monitor.settings import Settings
from tests import strategies
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import ndjson, replay

CHOSEN = Settings(replay=True, lateness_s=1, trusted_proxies=("10.0.0.0/8",))


def common(second: int) -> bytes:
    return log_line(START_S + second) + b"\n"


def squid(second: int) -> bytes:
    return b"%d.520     12 192.0.2.7 TCP_HIT/200 26 GET http://x.example/a - HIER_NONE/- text/html\n" % (
        START_S + second
    )


def junk(second: int) -> bytes:
    return b"junk of %d\n" % second


def told(files: Sequence[Sequence[bytes]]) -> str:
    return ndjson(replay(files, CHOSEN, make_format=lambda name: auto_format()).messages)


def short(line: str) -> tuple[Any, ...]:
    value: dict[str, Any] = json.loads(line)
    if value["type"] == "notice":
        return value["at"], value["name"], value["file"]
    return value["type"], value.get("end")


@st.composite
def changing_logs(draw: st.DrawFn) -> bytes:
    """Return a log that is of one format, then of another, at a pace that jumps."""
    second, lines = draw(st.integers(0, 40)), [common(0)]
    for make in draw(st.lists(st.sampled_from((common, squid, junk)), min_size=1, max_size=4)):
        for _ in range(draw(st.sampled_from((1, 19, 20, 25, 45)))):
            second += draw(st.sampled_from((0, 0, 0, 1, 5, -3)))
            lines.append(make(second))
        second += draw(st.sampled_from((0, 11, 400)))
    return b"".join(lines)


@st.composite
def cut_logs(draw: st.DrawFn) -> tuple[list[bytes], list[list[bytes]]]:
    """Return logs, each with its chunks."""
    files = draw(st.lists(changing_logs(), min_size=1, max_size=2))
    return files, [draw(st.one_of(strategies.cuts(data, 8), strategies.line_cuts(data, 20))) for data in files]


@settings(max_examples=examples(40), deadline=None)
@given(cut_logs())
def test_notices_of_a_replay_stand_where_their_lines_are_wherever_it_is_cut(
    case: tuple[list[bytes], list[list[bytes]]],
) -> None:
    files, pieces = case
    assert told(pieces) == told([[data] for data in files])


def test_a_change_of_format_is_told_with_the_time_of_its_line() -> None:
    # Squid's lines of the seconds 60 to 79 show it, and stay malformed: now is what the common ones made it.
    lines = [*map(common, range(60)), *map(squid, range(60, 100)), *map(squid, range(300, 305))]
    whole = told([[b"".join(lines)]])
    assert told([lines]) == whole
    day = "2024-01-01T00:0"
    assert [short(line) for line in whole.splitlines()] == [
        (None, "format", "0.log"),
        ("report", f"{day}0:10Z"),
        (f"{day}0:19Z", "lacking", "0.log"),
        ("report", f"{day}0:20Z"),
        ("report", f"{day}0:30Z"),
        ("report", f"{day}0:40Z"),
        ("report", f"{day}0:50Z"),
        (f"{day}0:59Z", "format-changed", "0.log"),
        ("report", f"{day}1:00Z"),
        ("report", f"{day}1:30Z"),
        ("report", f"{day}1:40Z"),
        ("report", f"{day}5:10Z"),
        # The 20 lines that showed the change.
        (f"{day}5:04Z", "malformed", None),
        ("summary", None),
    ]


def test_two_changes_in_one_chunk_are_both_told_and_each_is_of_its_own_line() -> None:
    lines = [*map(common, range(30)), *map(squid, range(30, 60)), *map(common, range(60, 90))]
    said = [json.loads(line) for line in told([[b"".join(lines)]]).splitlines()]
    changes = [(value["at"], value["message"]) for value in said if value.get("name") == "format-changed"]
    assert changes == [
        ("2024-01-01T00:00:29Z", "0.log: the format has changed from common to squid, which is read from here on"),
        ("2024-01-01T00:00:59Z", "0.log: the format has changed from squid to common, which is read from here on"),
    ]


def test_what_shows_before_the_first_report_of_any_file_has_no_time_and_goes_first() -> None:
    files = [list(map(common, range(25))), list(map(squid, range(1_000, 1_025)))]
    first = [short(line) for line in told(files).splitlines()][:2]
    assert first == [(None, "format", "0.log"), (None, "format", "1.log")]
