"""Unreadable lines raise alerts like floods and errors."""

from dataclasses import replace

import pytest

from http_monitor.clock import ManualClock
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.harness import Json, Recorder, make_monitor, run_replay
from tests.live_scripts import Glance, TurnSource
from tests.reference.clf import parse_log
from tests.reference.engine import replay
from tests.reference.shapes import Options

US_PER_S = 1_000_000
_OPTIONS = Options(
    window_s=10,
    lateness_s=0,
    alert_threshold=1e9,
    alert_error_rate=100.0,
    ddos_threshold=1e9,
    alert_malformed=25.0,
    alert_min_hits=4,
)
_BAD = b"junk"


def _log(*lines: int | bytes) -> bytes:
    """Return a log: a number is a line of that second, bytes are a line as it stands."""
    return b"".join((log_line(START_S + line) if isinstance(line, int) else line) + b"\n" for line in lines)


def _alerts(*files: bytes, options: Options = _OPTIONS) -> list[tuple[str, str, int, float]]:
    """Return (name, state, second, value) of each alert event, as the program and its slow reference say alike."""
    said = run_replay(files, options)
    assert said == replay([parse_log(data) for data in files], options)
    events: list[Json] = [thing for thing in said if thing["type"] == "alert"]
    return [(e["name"], e["state"], int(e["at"][17:19]) + 60 * int(e["at"][14:16]), e["value"]) for e in events]


def test_it_is_raised_and_recovers_in_its_own_words() -> None:
    raised, recovered = (
        thing for thing in run_replay([_log(0, 0, 0, _BAD, _BAD, 1, 11)], _OPTIONS) if thing["type"] == "alert"
    )
    message = "Many unreadable lines generated an alert - malformed = 40.00 %, triggered at 2024-01-01 00:00:01 +0000"
    assert raised["message"] == message
    assert (raised["name"], raised["subject"], raised["value"], raised["threshold"]) == ("malformed", None, 40.0, 25.0)
    # Hits are those of the window, as with the other alerts.
    assert (raised["hits"], raised["window_s"]) == (3, 10)
    message = "Many unreadable lines alert recovered - malformed = 0.00 %, recovered at 2024-01-01 00:00:11 +0000"
    assert (recovered["message"], recovered["hits"]) == (message, 1)


@pytest.mark.parametrize(
    ("lines", "events"),
    [
        # The line before the bad ones is of second 5, so they are in the window until then.
        ((0, 0, 0, 5, _BAD, _BAD, 6, 30), [("raised", 6, 100 * 2 / 6), ("recovered", 16, 0.0)]),
        # At the threshold nothing changes.
        ((0, 0, 0, _BAD, 1, 30), []),
        # Three lines are too few to speak of a share.
        ((0, _BAD, _BAD, 1, 30), []),
        # Nothing was accepted before them: they are in no bucket.
        ((_BAD, _BAD, _BAD, _BAD, 0, 0, 0, 1, 30), []),
        # Behind a late line they count in its second, which has closed; what was judged is not judged again.
        ((0, 0, 0, 3, 1, _BAD, _BAD, _BAD, 4, 30), [("raised", 4, 37.5), ("recovered", 12, 0.0)]),
        # Behind a line that is too late they are in no window.
        ((0, 0, 0, 20, 20, 20, 21, 2, _BAD, _BAD, _BAD, _BAD, 22, 40), []),
    ],
)
def test_a_malformed_line_counts_in_the_bucket_of_the_line_accepted_before_it(
    lines: tuple[int | bytes, ...], events: list[tuple[str, int, float]]
) -> None:
    found = _alerts(_log(*lines))
    assert found == [("malformed", *event) for event in events]


def test_behind_a_held_line_it_counts_with_the_last_that_was_accepted() -> None:
    far = 3_000
    lines: list[int | bytes] = [0, 0, 0, far, _BAD, _BAD, 1, *[1] * 10, 2, 30]
    assert [event[:3] for event in _alerts(_log(*lines), options=replace(_OPTIONS, alert_malformed=30.0))] == [
        ("malformed", "raised", 1),
        ("malformed", "recovered", 2),
    ]


def test_each_file_has_its_own_last_line() -> None:
    first, second = _log(0, 0, _BAD, _BAD, 40), _log(20, 20, 20, 20, _BAD, 40)
    # Of the first file in second 0, of the second in second 20, where they are a fifth.
    assert _alerts(first, second) == [("malformed", "raised", 1, 50.0), ("malformed", "recovered", 11, 0.0)]


def test_it_is_the_fourth_and_recovers_at_the_share_that_is_asked_for() -> None:
    options = replace(_OPTIONS, alert_threshold=0.1, alert_error_rate=1.0, ddos_threshold=0.1, alert_recover_at=0.0)
    failing = [log_line(START_S, status=500)] * 4
    found = _alerts(_log(*failing, _BAD, _BAD, 1, 8, 30), options=options)
    assert [name for name, state, *_ in found if state == "raised"] == ["traffic", "error-rate", "ddos", "malformed"]
    assert ("malformed", "recovered", 11, 0.0) in found


def test_without_the_option_they_are_not_counted() -> None:
    assert _alerts(_log(0, 0, 0, 0, *[_BAD] * 50, 30), options=replace(_OPTIONS, alert_malformed=None)) == []


def _followed(*, clock_goes_back: bool) -> Recorder:
    source, clock = TurnSource(), ManualClock(START_S * US_PER_S)
    settings = Settings(window_s=10, alert_threshold=1e9, ddos_threshold=1e9, alert_malformed=25.0, alert_min_hits=4)
    monitor, recorder = make_monitor(settings, [source], clock)
    source.following = Glance(_log(0, 0, 0, 0))
    monitor.step()
    if clock_goes_back:
        clock.set((START_S - 40) * US_PER_S)
        monitor.step()
    source.following = Glance(_log(*[_BAD] * 9))
    for _ in range(30):
        monitor.step()
        clock.advance(1)
    monitor.close(finished=False)
    return recorder


def test_where_the_clock_was_set_back_no_line_before_it_has_a_bucket() -> None:
    assert [event.name for event in _followed(clock_goes_back=False).events] == ["malformed", "malformed"]
    assert _followed(clock_goes_back=True).events == []
