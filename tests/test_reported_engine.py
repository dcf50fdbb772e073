"""What outsiders met with the times of their logs: the cases of ../shared/data/reports, by a manual clock."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from http_monitor.cli.formats import Formats
from http_monitor.clock import ManualClock
from http_monitor.parser.fields.zones import LOCAL
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder, make_monitor
from tests.live_scripts import Glance, TurnSource

_SECONDS = 25


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let this machine be in a zone, for the time of a test."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        _moved()

    yield move
    monkeypatch.undo()
    _moved()


def _moved() -> None:
    """Forget the zone before: a process has one for as long as it lives."""
    time.tzset()
    LOCAL.offset_s.cache_clear()


def _haproxy(zone: str, ahead_s: int = 0) -> Callable[[int], bytes]:
    """Return what makes the line of a second, as HAProxy behind syslog writes it: local time, no zone."""

    def line(second: int) -> bytes:
        at = datetime.fromtimestamp(START_S + second + ahead_s, UTC).astimezone(ZoneInfo(zone))
        return (
            f"{at:%b %d %H:%M:%S} lb haproxy[1]: 192.0.2.{second + 1}:54522 [{at:%d/%b/%Y:%H:%M:%S}.250] fe~ be/srv"
            f' 0/0/0/5/5 200 1148 - - ---- 7/7/3/3/0 0/0 "GET /a HTTP/1.1"'
        ).encode()

    return line


def _common(ahead_s: int, zone_minutes: int = 0) -> Callable[[int], bytes]:
    """Return what makes the line of a second, with the zone that it names."""
    return lambda second: log_line(START_S + second + ahead_s, b"192.0.2.1", zone_minutes=zone_minutes)


def _followed(line: Callable[[int], bytes], zone: str | None = None) -> Recorder:
    """Follow a line a second, each read some time of a second after it was written, as the program would."""
    formats = Formats(Settings(log_timezone=zone), is_local=lambda path: False)
    formats.check(["turns.log"])
    source, clock = TurnSource(), ManualClock(START_S * 1_000_000)
    monitor, recorder = make_monitor(Settings(), [source], clock, make_format=lambda _: formats.of("turns.log"))
    for second in range(_SECONDS):
        clock.set((START_S + second) * 1_000_000 + 500_000)
        source.following = Glance(line(second) + b"\n")
        monitor.step()
    monitor.close(finished=False)
    return recorder


def _told(recorder: Recorder) -> list[str]:
    return [notice.text for notice in recorder.notices if notice.name in ("ahead", "late", "old")]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"])
def test_071_072_times_of_this_machine_without_a_zone_count(zone: str, here: Callable[[str], None]) -> None:
    here(zone)
    recorder = _followed(_haproxy(zone))
    health = recorder.summary.health
    assert (recorder.summary.hits, health.ahead, health.too_late) == (_SECONDS, 0, 0)
    assert recorder.summary.first_us == START_S * 1_000_000 + 250_000
    assert _told(recorder) == []


@pytest.mark.parametrize(
    ("zone", "distance", "counted"),
    [
        ("Europe/Berlin", "1 h ahead of", 0),
        ("America/New_York", "5 h behind", _SECONDS),
        ("Asia/Kathmandu", "5 h 45 min ahead of", 0),
    ],
)
def test_those_of_another_machine_are_told_of_and_count_in_the_zone_that_is_named(
    zone: str, distance: str, counted: int, here: Callable[[str], None]
) -> None:
    here("UTC")
    recorder = _followed(_haproxy(zone))
    (text,) = _told(recorder)
    assert f"nearly all lines come {distance} this machine's clock, which looks like another time zone: if" in text
    assert "set it by --log-timezone (" in text
    health = recorder.summary.health
    # Late ones are in the totals, whatever their age; those ahead are in no window that comes soon.
    assert (health.accepted, health.ahead, health.lines) == (counted, _SECONDS - counted, _SECONDS)
    named = _followed(_haproxy(zone), zone)
    assert (named.summary.hits, _told(named)) == (_SECONDS, [])


@pytest.mark.parametrize(
    ("ahead_s", "words"),
    [
        (180, "3 min ahead of this machine's clock: the server's clock looks fast, or this one slow"),
        (-180, "3 min behind this machine's clock: the server's clock looks slow, or this one fast"),
        (86_400, "1 d ahead of this machine's clock: the server's clock looks fast"),
    ],
)
def test_073_a_clock_that_is_wrong_is_told_of_within_twenty_seconds(ahead_s: int, words: str) -> None:
    recorder = _followed(_common(ahead_s))
    (text,) = _told(recorder)
    assert f"nearly all lines come {words}" in text
    assert "--time arrival counts its lines as they come" in text
    (at,) = [n for n, message in enumerate(recorder.messages) if message in recorder.notices and text == message.text]
    reports = [message for message in recorder.messages[:at] if message in recorder.reports]
    # A report is made every ten seconds.
    assert len(reports) <= 2


@pytest.mark.parametrize("zone_minutes", [0, 60, -300])
def test_lines_that_name_a_zone_are_not_said_to_have_been_read_as_another(
    zone_minutes: int, here: Callable[[str], None]
) -> None:
    here("Europe/Berlin")
    (text,) = _told(_followed(_common(3_600, zone_minutes)))
    assert "as UTC" not in text
    assert "(this machine's zone is 1 h ahead of UTC)" in text
    assert "if they have one, the server's zone or clock is wrong" in text


def test_lines_that_name_their_zone_are_on_time_wherever_they_are_read(here: Callable[[str], None]) -> None:
    here("America/New_York")
    recorder = _followed(_common(0, 330))
    assert (recorder.summary.hits, _told(recorder)) == (_SECONDS, [])


def test_an_offset_that_is_none_of_a_zone_is_a_clock(here: Callable[[str], None]) -> None:
    here("UTC")
    (text,) = _told(_followed(_common(int(timedelta(hours=1, minutes=7).total_seconds()))))
    assert "1 h 7 min ahead of this machine's clock: the server's clock looks fast" in text
