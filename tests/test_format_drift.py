"""What is said of a log whose lines stop to fit."""

import json
from dataclasses import replace

import pytest

from http_monitor.clock import ManualClock
from http_monitor.inputs.input import Input
from http_monitor.monitor.format_drift import FormatDrift
from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.detect.suggest import explain_and_suggest
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.explain import explain
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.harness import make_monitor
from tests.live_scripts import TurnSource
from tests.toy_formats import COMMON

SQUID = b"1760097336.520     12 192.0.2.7 TCP_HIT/200 2326 GET http://x.example/a - HIER_NONE/- text/html\n"
CHANGED = "turns.log: the format has changed from common to squid, which is read from here on"

GOOD = log_line(START_S) + b"\n"
BAD = b'{"\x1b[2J": 1}\n'
WORDS = (
    "turns.log: {} do not fit the format common, has it changed? line {}, "
    r'column 12: no time in [ ] after host, ident and user: {{"\x1b[2J": 1}}'
)


class _Watch:
    def __init__(self) -> None:
        self.entry = Input(TurnSource(), get_format("auto"), 0, explain)
        self.clock = ManualClock()
        self.inputs = [self.entry]
        self.drift = FormatDrift(self.inputs, self.clock)

    def second(self, data: bytes = b"") -> list[str]:
        """Read lines, and return what is said a second later."""
        if data:
            self.entry.parse(data)
        self.clock.advance(1)
        return [notice.text for notice in self.drift()]

    def seconds(self, number: int, data: bytes = b"") -> list[str]:
        return [text for _ in range(number) for text in self.second(data)]


def test_a_log_with_more_than_one_percent_of_misfits_is_reported_once_with_the_first_of_them() -> None:
    watch = _Watch()
    assert watch.seconds(10, GOOD * 10) == []
    assert watch.second(BAD + GOOD) == []
    assert watch.second(BAD * 4) == [WORDS.format("5 of the 106 lines of the last minute (4.7 %)", 101)]
    assert watch.seconds(100, BAD) == []


def test_it_is_said_again_only_after_the_lines_fitted_again_which_is_said_too() -> None:
    watch = _Watch()
    watch.second(GOOD)
    assert watch.second(BAD * 5) == [WORDS.format("5 of the 6 lines of the last minute (83.3 %)", 2)]
    again = "turns.log: its lines fit the format common again"
    assert watch.seconds(58, GOOD) == []
    assert watch.seconds(20, GOOD) == [again]
    assert watch.second(BAD * 5) == [WORDS.format("5 of the 64 lines of the last minute (7.8 %)", 85)]


@pytest.mark.parametrize(("good", "told"), [(495, False), (494, True)])
def test_one_percent_exactly_is_not_yet_too_many(good: int, told: bool) -> None:
    assert bool(_Watch().second(GOOD * good + BAD * 5)) is told


def test_a_few_odd_lines_in_a_quiet_log_are_no_change_of_format() -> None:
    watch = _Watch()
    assert watch.seconds(300, GOOD) == []
    assert watch.second(BAD * 4) == []
    assert watch.seconds(60) == []


def test_a_log_that_falls_silent_has_not_recovered() -> None:
    watch = _Watch()
    assert len(watch.second(GOOD + BAD * 9)) == 1
    assert watch.seconds(200) == []
    assert watch.second(GOOD) == ["turns.log: its lines fit the format common again"]


def test_a_log_in_which_nothing_ever_fitted_has_another_message() -> None:
    assert _Watch().seconds(3, BAD * 100) == []


def test_what_an_earlier_run_counted_is_not_of_this_minute() -> None:
    entry = Input(TurnSource(), get_format("auto"), 0, explain)
    entry.parse(GOOD + BAD * 50)
    drift = FormatDrift([entry], ManualClock())
    assert drift() == []


def test_an_input_that_joins_is_looked_at_from_its_first_line() -> None:
    watch = _Watch()
    joined = Input(TurnSource(), get_format("auto"), 0, explain)
    joined.parse(GOOD + BAD * 5)
    watch.inputs.append(joined)
    assert len(watch.second()) == 1


def test_a_live_run_tells_of_a_changed_format() -> None:
    source = TurnSource()
    clock = ManualClock(START_S * 1_000_000)
    monitor, recorder = make_monitor(Settings(interval_s=60), [source], clock)
    for data in (GOOD, BAD * 5, b"", b""):
        source.following = replace(source.following, data=data)
        monitor.step()
        clock.advance(1)
    warnings = [notice.text for notice in recorder.notices if notice.level == "warning"]
    assert warnings == [WORDS.format("5 of the 6 lines of the last minute (83.3 %)", 2)]


def test_the_memory_of_another_format_is_left_alone() -> None:
    entry = Input(TurnSource(), get_format("auto"), 0, explain)
    entry.parse(COMMON)
    saved = entry.save()
    assert saved["format"] == {"name": "auto", "kept": None, "found": "common"}
    other = Input(TurnSource(), get_format("common"), 0, explain)
    other.load({**saved, "format": {"name": "w3c", "kept": {"fields": []}}})
    assert other.lines == 1


def test_a_file_that_changes_its_format_is_read_on_and_that_is_all_that_is_said() -> None:
    source, clock = TurnSource(), ManualClock(START_S * 1_000_000)
    monitor, recorder = make_monitor(Settings(interval_s=60), [source], clock, make_format=lambda name: auto_format())
    for data in (GOOD * 30, SQUID * 25, SQUID, b"", SQUID * 5 + BAD * 5, b"", b""):
        source.following = replace(source.following, data=data)
        monitor.step()
        clock.advance(1)
    told = [notice.text for notice in recorder.notices]
    assert told[:2] == ["turns.log: format common, as its first line shows", CHANGED]
    share = "5 of the 11 lines of the last minute (45.5 %) do not fit the format squid, has it changed?"
    assert f"{share} line 62, column 1: expected " in told[2]
    assert len(told) == 3
    assert monitor.health().malformed == 20 + 5


def test_what_the_lines_were_found_to_be_is_known_after_a_restart() -> None:
    entry = Input(TurnSource(), auto_format(), 0, explain)
    entry.parse(GOOD)
    entry.parse(SQUID * 30)
    other = Input(TurnSource(), auto_format(), 0, explain)
    other.load(json.loads(json.dumps(entry.save())))
    other.parse(SQUID)
    assert (other.format_name, other.rows, other.drain_notices()) == ("squid", 12, [])
    assert [notice.text for notice in entry.drain_notices()] == [
        "turns.log: format common, as its first line shows",
        CHANGED,
    ]
    assert entry.drain_notices() == []


def test_of_a_line_that_does_not_fit_it_is_said_which_format_would() -> None:
    traefik = get_format("traefik_json")
    fits_other = "column 1: expected a JSON object (it fits common)"
    assert explain_and_suggest(GOOD.strip(), traefik) == fits_other
    assert explain_and_suggest(b"junk", traefik) == "column 1: expected a JSON object"
    assert "(it fits" not in explain_and_suggest(b"x" * (1 << 20) + b"x", traefik)


def test_lines_that_are_filtered_out_fit_all_the_same() -> None:
    filtered = Settings(interval_s=60, filters=("status == 999",))
    source, clock = TurnSource(), ManualClock(START_S * 1_000_000)
    monitor, recorder = make_monitor(filtered, [source], clock)
    for data in (GOOD * 30, GOOD * 30, b""):
        source.following = replace(source.following, data=data)
        monitor.step()
        clock.advance(1)
    assert [notice.text for notice in recorder.notices if notice.level == "warning"] == []
    assert (monitor.health().filtered, monitor.health().malformed) == (60, 0)
