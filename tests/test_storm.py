"""Many alerts of one rule at one moment in one line of text."""

import io

from http_monitor.display.alerts.storm import storm_message
from http_monitor.display.notices import Notices
from http_monitor.display.text import Display
from http_monitor.report import AlertEvent
from tests.display_samples import START_US, time_zone


def event(number: int, value: float = 6.0, state: str = "raised") -> AlertEvent:
    return AlertEvent(
        state="raised" if state == "raised" else "recovered",
        name="ddos",
        subject=b"192.0.2.%d" % number,
        at_us=START_US,
        value=value,
        threshold=5.0,
        hits=720,
        window_s=120,
        title=f"Flood from 192.0.2.{number}",
        reading=f"hits = {value:.2f}",
    )


def shown(*events: AlertEvent) -> list[str]:
    out = io.StringIO()
    display = Display(out, Notices(io.StringIO()), width=lambda: 80)
    for one in events:
        display.publish(one)
    display.settle()
    # Each raise is followed by the mark.
    return [line for line in out.getvalue().splitlines() if line != "  ALERT"]


def test_ten_alerts_have_a_line_each_and_eleven_one() -> None:
    with time_zone("UTC0"):
        assert shown(*map(event, range(10))) == [event(number).message for number in range(10)]
        subjects = ", ".join(f"192.0.2.{number}" for number in (0, 1, 10, 2, 3, 4, 5, 6, 7, 8))
        assert shown(*map(event, range(11))) == [f"11 alerts ddos - {subjects}, triggered at 2026-03-02 09:30:00 +0000"]


def test_the_greatest_stand_first_and_recoveries_are_a_line_of_their_own() -> None:
    events = [event(number, 6.0 + (number == 7), "recovered") for number in range(11)]
    with time_zone("UTC0"):
        assert storm_message(events).startswith("11 alerts ddos - 192.0.2.7, 192.0.2.0, ")
        assert storm_message(events).endswith(", recovered at 2026-03-02 09:30:00 +0000")
        assert len(shown(*map(event, range(11)), *events)) == 2


def test_nothing_is_kept_longer_than_the_next_message() -> None:
    assert len(shown(event(1), event(2, state="recovered"), event(3))) == 3
