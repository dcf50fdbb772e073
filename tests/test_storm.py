"""Many alerts of one rule at one moment in one line of text."""

import io
import json
from dataclasses import replace

from http_monitor.display.alerts.detail_limit import DetailLimit
from http_monitor.display.alerts.only import AlertsDisplay
from http_monitor.display.alerts.storm import storm_message
from http_monitor.display.notices import Notices
from http_monitor.display.text import Display
from http_monitor.report import AlertEvent
from http_monitor.report_tables import Breakdown, Share
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S
from tests.display_samples import START_US, time_zone
from tests.engine_strategies import START_S, log_line
from tests.harness import ndjson, replay


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


def test_raises_and_recoveries_that_alternate_at_one_close_are_two_lines() -> None:
    # The rule gives its hosts in order, whatever becomes of each.
    events = [event(number, state="recovered" if number % 2 else "raised") for number in range(10, 34)]
    with time_zone("UTC0"):
        raised, recovered = shown(*events)
    assert raised.startswith("12 alerts ddos - 192.0.2.10, 192.0.2.12, ")
    assert raised.endswith(", triggered at 2026-03-02 09:30:00 +0000")
    assert recovered.startswith("12 alerts ddos - 192.0.2.11, 192.0.2.13, ")
    assert recovered.endswith(", recovered at 2026-03-02 09:30:00 +0000")


def test_a_few_recoveries_among_many_raises_keep_their_lines_in_the_order_of_the_hosts() -> None:
    events = [event(number, state="recovered" if number in (10, 15) else "raised") for number in range(10, 34)]
    lines = shown(*events)
    assert [line[:30] for line in lines] == [
        events[0].message[:30],
        "22 alerts ddos - 192.0.2.11, 1",
        events[5].message[:30],
    ]


def test_a_storm_of_a_whole_log_is_a_line_at_its_raise_and_one_at_its_recovery_and_ndjson_has_all() -> None:
    hosts = [b"192.0.2.%d" % number for number in range(12)]
    lines = [log_line(START_S + 2, host) for host in hosts for _ in range(12)]
    data = b"\n".join([*lines, log_line(START_S + 60)])
    options = Settings(replay=True, window_s=10, alert_threshold=1e6, alert_error_rate=100.0, ddos_threshold=1.0)
    events = replay([[data]], options).events
    assert [(thing.state, thing.subject) for thing in events] == [
        (state, host) for state in ("raised", "recovered") for host in sorted(hosts)
    ]
    raised, recovered = shown(*events)
    first = "12 alerts ddos - 192.0.2.0, 192.0.2.1, 192.0.2.10, 192.0.2.11, 192.0.2.2, "
    assert (raised[: len(first)], recovered[: len(first)]) == (first, first)
    assert [json.loads(line)["state"] for line in ndjson(events).splitlines()] == ["raised"] * 12 + ["recovered"] * 12


def test_under_a_storm_stands_what_the_requests_of_the_first_are() -> None:
    about = Breakdown(720, (Share("method", b"HEAD", 720), Share("endpoint", b"/search", 700)), is_whole=True)
    events = [
        replace(event(number, 6.0 + (number == 7)), breakdown=about, began_us=START_US - 9) for number in range(11)
    ]
    out = io.StringIO()
    display = AlertsDisplay(out, Notices(io.StringIO()), width=lambda: 80, command="http-monitor --file a.log")
    with time_zone("UTC0"):
        for one in events:
            display.publish(one)
        display.close()
    assert out.getvalue().splitlines()[1:] == [
        "  ALERT  the first began about 09:29:59, of 720 requests: 100 % HEAD,",
        "         97 % /search",
        "  http-monitor --file a.log --since '2026-03-02 09:29:59' --filter 'host == \"192.0.2.7\"' --output lines",
    ]


def test_of_raises_that_follow_each_other_ten_within_an_interval_say_what_their_requests_are() -> None:
    limit = DetailLimit(interval_s=10)
    # Two a second: the first ten; none until an interval has passed since the first, then two for two.
    allowed = [limit.allows(replace(event(0), at_us=START_US + at * US_PER_S // 2)) for at in range(30)]
    assert allowed == ([True] * 10 + [False] * 10) + [True] * 10
    assert limit.allows(replace(event(0), name="traffic", at_us=START_US + 14 * US_PER_S))
    # The clock was set back.
    assert limit.allows(replace(event(0), at_us=START_US))


def test_a_flood_that_spreads_says_of_ten_hosts_what_they_ask_for_and_ndjson_of_all() -> None:
    lines = [
        log_line(START_S + second, b"192.0.2.%d" % number)
        for second in range(24)
        for number in range(16)
        for _ in range(3 * (second >= number // 2))
    ]
    options = Settings(replay=True, window_s=10, alert_threshold=1e6, alert_error_rate=100.0, ddos_threshold=1.0)
    about = Breakdown(12, (Share("endpoint", b"/", 12),), is_whole=True)
    told = replay([[b"\n".join(lines)]], options).events
    events = [replace(one, breakdown=about) for one in told if one.state == "raised"]
    assert len({one.at_us for one in events}) == 8
    assert [json.loads(line)["breakdown"]["hits"] for line in ndjson(events).splitlines()] == [12] * 16
    out = io.StringIO()
    display = AlertsDisplay(out, Notices(io.StringIO()), width=lambda: 80, command="x")
    display.limit = DetailLimit(options.interval_s)
    for one in events:
        display.publish(one)
    display.close()
    text = out.getvalue()
    with time_zone("UTC0"):
        began = [line for line in text.splitlines() if line.startswith("  ALERT  ")]
    assert [("requests" in line) for line in began] == [True] * 10 + [False] * 6
    assert began[-1] == "  ALERT  began about 00:00:07"
    assert text.count("Flood from") == 16
    assert text.count("--output lines") == 10
