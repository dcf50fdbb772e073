"""What is said where no line of a log has what an option asks of it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from http_monitor.clock import ManualClock
from http_monitor.inputs.input import Input
from http_monitor.inputs.missing_columns import EVERY_LOG
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.ports.log_format import Need
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.harness import ScriptedSource, make_monitor, replay
from tests.live_scripts import TurnSource
from tests.program import run

PLAIN = log_line(START_S) + b"\n"
NAMED = log_line(START_S, tail=b' "-" "curl/8"') + b"\n"
FORWARDED = b'10.0.0.1 - - [14/Nov/2023:22:13:20 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/8" "198.51.100.7"\n'
PROXIES = Settings(replay=True, trusted_proxies=("10.0.0.0/8",))
NO_CLIENT = "0.log: none of its first 20 lines has X-Forwarded-For, so --trust-proxy changes no host"


def warnings(settings: Settings, *chunks: bytes) -> list[str]:
    """Return what a replay warns of."""
    return [notice.text for notice in replay([chunks], settings).notices if notice.level == "warning"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (PROXIES, NO_CLIENT),
        (
            Settings(replay=True, ignore_bots=True),
            "0.log: none of its first 20 lines has a user agent, so --ignore-bots excludes no line",
        ),
        (
            Settings(replay=True, filters=('status > 1 and not (vhost ~ "a" or vhost ~ "b")',)),
            "0.log: none of its first 20 lines has vhost, so no comparison of --filter with vhost is true",
        ),
    ],
)
def test_what_no_line_has_is_said_once_with_what_follows(settings: Settings, words: str) -> None:
    assert warnings(settings, PLAIN * 30, PLAIN * 30) == [words]


def test_each_field_of_a_filter_is_told_of() -> None:
    said = warnings(Settings(replay=True, filters=("duration_us > 1s or upstream_us > 1s",)), PLAIN * 20)
    assert [text.split()[8].rstrip(",") for text in said] == ["duration_us", "upstream_us"]


def test_a_log_that_has_it_is_not_warned_of() -> None:
    bots = Settings(replay=True, ignore_bots=True)
    assert warnings(bots, PLAIN * 19 + NAMED + PLAIN * 30) == []
    assert warnings(replace(PROXIES, format="nginx_main"), FORWARDED * 30) == []
    assert warnings(Settings(replay=True), PLAIN * 30) == []


def test_only_the_first_lines_decide_wherever_they_were_cut() -> None:
    late = PLAIN * 20 + NAMED
    said = ["0.log: none of its first 20 lines has a user agent, so --ignore-bots excludes no line"]
    bots = Settings(replay=True, ignore_bots=True)
    assert warnings(bots, late) == warnings(bots, *late.splitlines(keepends=True)) == said


def test_lines_that_are_filtered_out_are_looked_at_too_and_malformed_ones_are_not() -> None:
    nobody = Settings(replay=True, ignore_bots=True, filters=("status == 999",))
    assert warnings(nobody, NAMED * 20) == []
    assert len(warnings(PROXIES, b"junk\n" + PLAIN * 3)) == 1


def test_a_short_log_is_told_of_at_its_end() -> None:
    assert warnings(PROXIES, PLAIN) == ["0.log: its only line lacks X-Forwarded-For, so --trust-proxy changes no host"]
    assert warnings(PROXIES, PLAIN, PLAIN) == [NO_CLIENT.replace("20", "2")]


def test_a_live_log_is_told_of_after_twenty_lines() -> None:
    source, clock = TurnSource(), ManualClock(START_S * 1_000_000)
    monitor, recorder = make_monitor(replace(PROXIES, replay=False), [source], clock)
    for data in (PLAIN * 19, b"", PLAIN, PLAIN):
        source.following = replace(source.following, data=data)
        monitor.step()
        clock.advance(1)
        told = [notice.text for notice in recorder.notices if notice.level == "warning"]
        assert told == ([] if data in (PLAIN * 19, b"") else [NO_CLIENT.replace("0.log", "turns.log")])


def test_the_program_says_it_beside_the_reports() -> None:
    outcome = run("--replay", "--file", "-", "--trust-proxy", "10.0.0.0/8", stdin=PLAIN * 25)
    words = b"none of its first 20 lines has X-Forwarded-For, so --trust-proxy changes no host"
    assert words in b" ".join(outcome.err.split())


def test_a_key_that_no_object_has_is_no_client(tmp_path: Path) -> None:
    log = tmp_path / "app.json"
    log.write_bytes(b'{"when":"2025-10-10T13:55:36+02:00","who":"192.0.2.7","code":200}\n' * 30)
    said = b"app.json: none of its first 20 lines has a client address, so no flood from a host is noticed"
    for host, is_said in (("nope", True), ("who", False)):
        outcome = run("--replay", "--file", log, "--format", f"json:time=when,host={host},status=code")
        assert (outcome.code, said in b" ".join(outcome.err.split())) == (0, is_said)


def promised(name: str, line: bytes, needs: Sequence[Need] = EVERY_LOG) -> list[tuple[str, str]]:
    """Return the notices of a log of 20 such lines whose format is named."""
    source = ScriptedSource([(line + b"\n") * 20], ends=True)
    look = Input(source, get_format(name), 60_000_000, explain, needs=needs).look()
    notices = [found.notice for found in look.found if found.notice.level == "warning"]
    return [(notice.name, notice.text.partition(": ")[2]) for notice in notices]


NO_AGENT = (
    "none of its first 20 lines has a user agent, so user agents are not known, though its format has a field for them"
)
NO_DURATION = (
    "none of its first 20 lines has a duration, so durations are not known, though its format has a field for them"
)
COMMON = log_line(START_S)
OBJECT = b'{"t":"2023-11-14T22:13:20Z","ip":"192.0.2.7","code":503,"b":12,"r":"GET / HTTP/1.1"'


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("combined", COMMON, [NO_AGENT]),
        ("vhost_combined", b"shop.example:80 " + COMMON, [NO_AGENT]),
        ('%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"', COMMON, [NO_AGENT]),
        ('%h %l %u %t "%r" %>s %b %D', COMMON + b" -", [NO_DURATION]),
        ('%h %l %u %t "%r" %>s %b "%{User-Agent}i" %D', COMMON + b' "-" 12', []),
        (
            "json:time=t,host=ip,status=code,size=b,request=r,duration/ms=d,agent=a",
            OBJECT + b"}",
            [NO_AGENT, NO_DURATION],
        ),
        ("json:time=t,host=ip,status=code,size=b,request=r,duration/ms=d,agent=a", OBJECT + b',"d":1,"a":"x"}', []),
        ("json:time=t,host=ip,status=code,size=b,request=r", OBJECT + b"}", []),
        (
            "json",
            OBJECT.replace(b'"ip"', b'"client_ip"')
            .replace(b'"code"', b'"status"')
            .replace(b'"r"', b'"request"')
            .replace(b'"b"', b'"bytes"')
            + b"}",
            [],
        ),
        ("common", COMMON, []),
        ("auto", COMMON, []),
    ],
)
def test_a_field_that_the_format_promises_and_no_line_has_is_told(name: str, line: bytes, words: list[str]) -> None:
    assert promised(name, line) == [("coverage", text) for text in words]


def test_what_an_option_asks_for_too_is_told_once() -> None:
    asked = Need("duration_us", "duration_us", "no comparison of --filter with duration_us is true")

    assert promised('%h %l %u %t "%r" %>s %b %D', COMMON + b" -", (*EVERY_LOG, asked)) == [
        ("lacking", "none of its first 20 lines has duration_us, so no comparison of --filter with duration_us is true")
    ]
