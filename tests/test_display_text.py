"""What the text display writes, to a terminal and to a pipe."""

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest

from http_monitor.display.notices import Notices
from http_monitor.display.single_lines import render_format, render_start
from http_monitor.display.style import style_for
from http_monitor.display.text import Display
from http_monitor.engine.episode_log import EpisodeLog
from http_monitor.episodes import Episode, Episodes
from http_monitor.health import Health
from http_monitor.report import ActiveAlert, CaughtUp, WindowTotals, WorkDone
from http_monitor.report_tables import LostRequests, SlowEndpoint
from tests.display_samples import (
    CENTRAL_EUROPE,
    RULES,
    START_US,
    alert,
    alerting_report,
    busy_report,
    detailed_report,
    details,
    empty_summary,
    quiet_report,
    shown,
    summary,
    table,
    time_zone,
)
from tests.text_screen import Screen

QUIET = "2026-03-02 10:30:00 – 10:30:10 +0100  no hits since 10:29:43"
ALERT = "High traffic generated an alert - hits = 12.35, triggered at 2026-03-02 10:30:02 +0100\n"


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    with time_zone(CENTRAL_EUROPE):
        yield


def test_an_alert_is_one_line_with_exactly_its_message_and_a_mark_to_search_for() -> None:
    assert Screen().after(alert()) == f"{ALERT}  ALERT\n"


def test_a_raise_is_red_and_a_recovery_green() -> None:
    screen = Screen(ansi=True)

    assert screen.after(alert()).startswith("\x1b[1m\x1b[31mHigh traffic generated")
    assert screen.after(alert("recovered")).startswith("\x1b[1m\x1b[32mHigh traffic alert recovered")


def test_an_alert_is_not_shortened_on_a_narrow_screen() -> None:
    assert Screen(width=40).after(alert()) == f"{ALERT}  ALERT\n"


def test_a_quiet_interval_is_one_line() -> None:
    assert Screen().after(quiet_report()) == (
        "── 2026-03-02 10:30:00 – 10:30:10 +0100  no hits since 10:29:43, average 0.12 /s\n"
    )


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (110, f"── {QUIET}, 2 min average 0.12 /s  stopped before its end"),
        (95, f"── {QUIET}, 2 min average 0.12 /s  stopped"),
        (94, f"── {QUIET}, average 0.12 /s  stopped"),
        (79, "── 10:30:00 – 10:30:10  no hits since 10:29:43, 2 min average 0.12 /s  stopped"),
        (70, "── 10:30:00 – 10:30:10  no hits since 10:29:43, average 0.12 /s"),
        (60, "── 10:30:00 – 10:30:10  no hits since 10:29:43, avg 0.12 /s"),
        (55, "── 10:30:00 – 10:30:10  no hits since 10:29:43"),
        (49, "── 10:30:00 – 10:30:10  no hits since 10:29:43"),
        (40, "── 10:30:10  no hits since 10:29:43"),
        (20, "── 10:30:10  no hits"),
    ],
)
def test_a_quiet_interval_says_no_hits_at_any_width(width: int, expected: str) -> None:
    assert Screen(width=width).after(replace(quiet_report(), partial=True)) == expected + "\n"


@pytest.mark.parametrize(
    ("last_s", "expected"),
    [
        (-86_400, "no hits since 2026-03-01 10:30:00, 2 min"),
        (9, "no hits since 10:30:09, 2 min"),
        # A line of the next interval is here already: the log is not silent.
        (10, "no hits, 2 min"),
        (None, "no hits yet, 2 min"),
    ],
)
def test_a_quiet_interval_says_when_the_last_line_was(last_s: int | None, expected: str) -> None:
    last_us = None if last_s is None else START_US + last_s * 1_000_000
    assert f"  {expected} average" in Screen(width=120).after(replace(quiet_report(), last_us=last_us))


def test_a_window_without_hits_leaves_its_average_to_the_date() -> None:
    report = replace(quiet_report(), window=WindowTotals(120, 0, 0, 0), last_us=START_US - 86_400_000_000)
    assert Screen().after(report) == "── 2026-03-02 10:30:00 – 10:30:10 +0100  no hits since 2026-03-01 10:30:00\n"
    assert Screen(width=110).after(report).endswith("  no hits since 2026-03-01 10:30:00, 2 min average 0.00 /s\n")


def test_an_active_alert_is_wrapped_before_its_host_or_its_time_is_cut() -> None:
    address = b"2001:db8:85a3:8d3:1319:8a2e:370:7348"
    active = (ActiveAlert("traffic", None, START_US), ActiveAlert("ddos", address, START_US - 86_400_000_000))
    report = replace(quiet_report(), active=active)

    assert Screen().after(report).splitlines()[1:] == [
        "  2 alerts active",
        "    traffic since 10:30:00",
        "    ddos 2001:db8:85a3:8d3:1319:8a2e:370:7348 since 2026-03-01 10:30:00",
    ]
    assert Screen(width=40).after(report).splitlines()[1:] == [
        "  2 alerts active",
        "    traffic since 10:30:00",
        "    ddos",
        "    2001:db8:85a3:8d3:1319:8a2e:370:7348",
        "    since 2026-03-01 10:30:00",
    ]


@pytest.mark.parametrize(
    ("width", "before", "after"), [(100, "  last 2 min   ▁", "█  peak 30 /s"), (80, "  2 min  ▁", "█ peak 30 /s")]
)
def test_the_curve_says_what_time_it_shows(width: int, before: str, after: str) -> None:
    (curve,) = (line for line in Screen(width=width).after(busy_report()).splitlines() if "▂▂" in line)

    assert (curve.startswith(before), curve.endswith(after)) == (True, True)


@pytest.mark.parametrize("width", range(40, 251))
def test_the_peak_stands_beside_the_curve_on_every_screen(width: int) -> None:
    (curve,) = (line for line in Screen(width=width).after(busy_report()).splitlines() if "▂▂" in line)

    assert curve.endswith(" peak 30 /s")


def test_what_takes_less_than_a_millisecond_is_not_listed_as_slow() -> None:
    report = detailed_report()
    rows = (SlowEndpoint(b"/a", 2, 2_000), SlowEndpoint(b"/b", 2, 1_999))
    shown = {
        seen: Screen().after(replace(report, details=replace(report.details, slowest=rows[place:])))
        for place, seen in enumerate(("/a", "nothing"))
    }

    assert [line[:6] for line in shown["/a"].splitlines() if line.startswith(("  /a ", "  /b "))] == ["  /a  "]
    assert ["Slowest" in text for text in shown.values()] == [True, False]


def test_a_rate_of_errors_says_that_it_counts_5xx_only() -> None:
    text = Screen().after(replace(busy_report(), status=((404, 1_234),), errors=0))

    assert "  1,234 hits   123.40 /s   12.3 MiB   87 hosts   0.00 % 5xx\n" in text
    assert "   5xx 2.63 % (alert above 5 %)\n" in text
    assert "errors" not in text


def test_a_narrow_table_shows_who_causes_the_errors_in_place_of_the_shares() -> None:
    report = replace(busy_report(), users=table((b"arthur", 410, 0)))
    lines = Screen().after(report).splitlines()

    assert [line[47:] for line in lines if "Hosts" in line] == ["  Hosts  5 of 87     hits     5xx"]
    assert [line[47:] for line in lines if "192.0.2.17" in line] == ["  192.0.2.17          310       9"]
    assert [line[47:] for line in lines if "arthur" in line] == ["  arthur              410  33.2 %"]


def test_health_is_shown_only_when_something_is_not_zero() -> None:
    clean = Screen().after(busy_report())
    lost = Screen().after(replace(busy_report(), health=Health(lines=5, accepted=4, malformed=1)))

    assert "Health" not in clean
    assert "  Health so far  1 malformed\n" in lost


def test_tables_that_the_log_does_not_have_are_not_shown() -> None:
    text = Screen().after(replace(busy_report(), users=quiet_report().users, agents=quiet_report().agents))

    assert "Users" not in text
    assert "Agents" not in text
    assert "Hosts" in text


def test_late_lines_are_said_to_be_in_no_table() -> None:
    assert "  +3 late, not in these tables\n" in Screen().after(replace(quiet_report(), late_hits=3))


def test_a_table_that_was_cut_says_what_is_missing() -> None:
    assert "\n  +12 in keys not kept (±4) " in Screen().after(busy_report())


def test_a_full_interval_and_the_status_line_fit_the_smallest_screen() -> None:
    five = table(*((b"key %d" % number, 9 - number, 0) for number in range(5)))
    report = replace(
        busy_report(),
        status=((200, 1_200), (404, 34)),
        sections=five,
        endpoints=five,
        hosts=five,
        users=five,
        agents=five,
        referers=five,
    )
    lines = Screen(height=23).after(report).splitlines()

    assert (len(lines), max(map(len, lines))) == (23, 80)
    assert len(Screen().after(report).splitlines()) == 24


@pytest.mark.parametrize("height", [12, 23, 39, 100])
def test_a_block_is_never_higher_than_the_screen_and_its_headline_and_alerts_stay(height: int) -> None:
    lines = Screen(height=height).after(alerting_report()).splitlines()
    assert len(lines) <= height
    assert "1,234 hits" in lines[1]
    assert any("alerts active" in line for line in lines)


def test_a_full_interval_with_all_that_a_log_can_say_fits_it_too() -> None:
    five = table(*((b"key %d" % number, 9 - number, 0) for number in range(5)))
    said = replace(details(), vhosts=five)
    report = replace(busy_report(), status=((200, 1_200), (404, 34)), sections=five, endpoints=five, hosts=five)
    lines = Screen(height=23).after(replace(report, users=five, details=said)).splitlines()

    assert (len(lines), max(map(len, lines))) == (23, 80)


def test_one_virtual_host_makes_no_table() -> None:
    one = replace(details(), vhosts=table((b"www.example.org", 1_234, 0)))

    assert "Virtual hosts" in Screen().after(replace(busy_report(), details=details()))
    assert "Virtual hosts" not in Screen().after(replace(busy_report(), details=one))


def test_bots_are_told_only_where_they_need_no_line_more() -> None:
    told = Screen().after(replace(busy_report(), details=details())).splitlines()
    longer = replace(busy_report(), distinct_hosts=1_234_567_890, details=details())

    assert told[1].endswith("2.35 % 5xx   20 % bots")
    assert "bots" not in Screen().after(longer)


def test_two_tables_stand_beside_each_other_on_a_wide_screen() -> None:
    screen = Screen(width=120)

    assert any("Sections" in line and "Endpoints" in line for line in screen.after(busy_report()).splitlines())


@pytest.mark.parametrize(
    ("hits", "code"),
    [(959, "\x1b[32m"), (960, "\x1b[33m"), (1_200, "\x1b[33m"), (1_201, "\x1b[31m")],
)
def test_an_average_is_red_only_above_its_threshold_and_yellow_near_it(hits: int, code: str) -> None:
    report = replace(busy_report(), window=replace(busy_report().window, hits=hits, errors=0))

    assert f"2 min average {code}{hits / 120:.2f} /s\x1b[0m" in Screen(ansi=True).after(report)


def test_the_width_is_asked_for_at_each_rendering() -> None:
    screen = Screen(width=80)
    assert max(map(len, screen.after(busy_report()).splitlines())) == 80

    screen.columns = 120
    assert max(map(len, screen.after(busy_report()).splitlines())) == 120


def test_a_backlog_is_shown_only_where_it_has_alerts() -> None:
    screen = Screen()

    assert screen.after(replace(busy_report(), catch_up=True)) == ""
    assert "catching up" in screen.after(replace(busy_report(), catch_up=True, events=1))
    assert screen.after(CaughtUp(11_520, 1_234_567, 2)) == (
        "Caught up: 3 h 12 min of log, 1,234,567 lines, 2 alerts.\n"
    )


def test_advice_about_late_lines_is_given_once_and_again_in_the_summary() -> None:
    late = replace(busy_report(), health=Health(lines=100, accepted=100, late=50, lateness_advice_s=7))
    screen = Screen()

    assert "  Many lines come late: --lateness 7 would have caught" in screen.after(late)
    assert "--lateness" not in screen.after(late)
    assert "--lateness 60" in screen.after(summary())


def test_a_stream_without_block_characters_gets_ascii() -> None:
    text = shown((busy_report(), summary()), 80, encoding="cp1252").decode("cp1252")

    assert text.isascii()
    assert "  /images        ###  " in text
    assert "-- 2026-03-02 10:30:00 - 10:30:10 +0100 ---" in text


def test_a_summary_of_nothing_says_so() -> None:
    assert Screen().after(empty_summary()) == (
        "── Summary ─────────────────────────────────────────────────────────────────────\n"
        "  No alert was raised.\n"
        "  No line was read.\n"
    )


def test_the_summary_lists_each_episode_with_its_time_peak_and_raises_and_says_what_is_active_once() -> None:
    text = Screen(width=100).after(summary())

    assert (
        "  4 alerts raised, 1 still active.\n"
        "  traffic            2026-03-02 10:30:02 – still active   peak 12.35 /s\n"
        "  ddos 203.0.113.1   2026-03-02 10:30:03 – 10:31:20   1 min 17 s   peak 6.10 /s   3 raises\n"
        "  10,061 lines read, 10,000 counted.\n"
    ) in text


def _flood(
    from_s: int, to_s: int | None, host: bytes | None = b"203.0.113.1", peak: float | None = 6.0, raises: int = 1
) -> Episode:
    end_us = None if to_s is None else START_US + to_s * 1_000_000
    return Episode("ddos", host, START_US + from_s * 1_000_000, end_us, raises, peak, "/s")


def _listed(*episodes: Episode, more: int = 0, more_raises: int = 0, width: int = 80) -> list[str]:
    active = tuple(ActiveAlert(one.name, one.subject, one.start_us) for one in episodes if one.end_us is None)
    raises = sum(one.raises for one in episodes) + more_raises
    told = replace(summary(), alerts=raises, active=active, episodes=Episodes(episodes, more, more_raises))
    lines = Screen(width=width).after(told).splitlines()
    first = next(at for at, line in enumerate(lines) if " raised, " in line)
    return lines[first : next(at for at, line in enumerate(lines) if "lines read" in line)]


def test_where_there_are_many_episodes_the_active_stand_first_then_the_longest_and_the_others_are_counted() -> None:
    ended = [_flood(100 * number, 100 * number + number % 20 + 1, raises=2) for number in range(40)]
    lines = _listed(_flood(7, None), *ended, more=5, more_raises=6)

    assert lines[0] == "  87 alerts raised, 1 still active."
    assert lines[1] == "  ddos 203.0.113.1   2026-03-02 10:30:07 – still active   peak 6.00 /s"
    assert lines[2] == "  ddos 203.0.113.1   2026-03-02 11:01:40 – 11:02:00   20 s   peak 6.00 /s"
    assert lines[3].strip() == "2 raises"
    assert [line.split("   ")[2] for line in lines[2:-3:2]] == [
        f"{length} s" for length in (20, 20, 19, 19, 18, 18, 17, 17, 16)
    ]
    assert [line.strip() for line in lines[-3:]] == [
        "ddos, 31 others    2026-03-02 10:30:00 – 11:28:36   up to 16 s   peak 6.00 /s",
        "62 raises",
        "5 other episodes (6 raises) are not listed.",
    ]


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (WorkDone(9, 0.4149, START_US), "Stopped before the end: at 2026-03-02 10:30:00, 41 % of the log read."),
        (WorkDone(9, 0.9999, START_US), "Stopped before the end: at 2026-03-02 10:30:00, >99 % of the log read."),
        (WorkDone(9, None, START_US), "Stopped before the end: at 2026-03-02 10:30:00."),
        (WorkDone(0, 0.0), "Stopped before the end: before the first line, 0 % of the log read."),
    ],
)
def test_the_summary_of_a_replay_that_was_stopped_says_how_far_it_had_come(done: WorkDone, said: str) -> None:
    text = Screen(width=80).after(replace(summary(), stopped=done))
    assert text.splitlines()[1] == f"  {said}"
    assert "Stopped" not in Screen(width=80).after(summary())


def test_the_summary_says_what_its_tables_of_single_requests_had_no_room_for() -> None:
    text = Screen(width=80).after(replace(summary(), lost=LostRequests(1_234, 75_000_000)))
    lines = text.splitlines()
    errors, slow = (next(at for at, line in enumerate(lines) if line.startswith(f"  {title} ")) for title in TITLES)
    assert lines[slow - 1] == "  +1,234 hits of endpoints not kept"
    assert lines[errors + len(summary().failing) + 1] == lines[slow - 1]
    assert "  +1 min 15 s on endpoints not kept\n" in text
    assert "endpoints not kept" not in Screen(width=80).after(summary())


TITLES = ("Errors", "Slow")


def _flood_of(count: int, *, spread: bool, active: int = 0) -> Episodes:
    """Return the episodes of so many hosts that are over, and of some that are not, as a run keeps them."""
    tracked = EpisodeLog(120_000_000)
    events: list[tuple[Literal["raised", "recovered"], int, int]] = [
        ("raised", number, 100 + number // 10 * spread) for number in range(count)
    ]
    events += [("recovered", number, 300 + number % 50 * spread) for number in range(active, count)]
    for state, number, at_s in sorted(events, key=lambda event: event[2]):
        at_us = START_US + at_s * 1_000_000
        subject = b"198.51.100.%d" % number
        tracked.note(replace(alert(), state=state, name="ddos", subject=subject, at_us=at_us, value=6.0, unit="/s"))
    return tracked.episodes()


def test_hosts_that_flood_together_are_one_line_also_where_there_are_more_than_are_kept() -> None:
    told = replace(summary(), alerts=300, active=(), episodes=_flood_of(300, spread=False))
    assert (
        "  300 alerts raised, none still active.\n"
        "  ddos ×300   2026-03-02 10:31:40 – 10:35:00   3 min 20 s   peak 6.00 /s\n"
        "  10,061 lines read"
    ) in Screen(width=80).after(told)


def test_of_hosts_that_flood_one_after_the_other_the_summary_says_what_all_have_in_common() -> None:
    told = replace(summary(), alerts=300, active=(), episodes=_flood_of(300, spread=True))
    assert (
        "  ddos, 290 others     2026-03-02 10:31:40 – 10:35:49   up to 3 min 58 s\n"
        "                       peak 6.00 /s\n"
        "  10,061 lines read"
    ) in Screen(width=80).after(told)
    told = replace(summary(), alerts=300, active=(), episodes=_flood_of(300, spread=True, active=200))
    assert (
        "  ddos, 290 others    2026-03-02 10:31:41 – 190 still active   up to 3 min 45 s\n"
        "                      peak 6.00 /s\n"
    ) in Screen(width=80).after(told)
    told = replace(summary(), alerts=300, active=(), episodes=_flood_of(300, spread=True, active=300))
    assert "  ddos, 290 others    2026-03-02 10:31:41 – still active   peak 6.00 /s\n" in Screen(width=80).after(told)


def test_ten_episodes_are_in_the_order_of_their_starts_whatever_their_lengths() -> None:
    lines = _listed(*[_flood(100 * number, 100 * number + number + 1) for number in range(10)], width=100)
    assert [line.split("   ")[2] for line in lines[1:]] == [f"{number + 1} s" for number in range(10)]


def test_many_hosts_in_one_episode_are_one_line_with_the_highest_peak_and_the_site_keeps_its_own() -> None:
    hosts = [_flood(3, None, b"192.0.2.%d" % number, peak=6.0 + number) for number in range(30)]
    traffic = Episode("traffic", None, START_US + 2_000_000, START_US + 2_500_000, 1, 11.0, "/s")
    assert _listed(traffic, *hosts) == [
        "  31 alerts raised, 30 still active.",
        "  traffic    2026-03-02 10:30:02 – 10:30:02   0 s   peak 11.00 /s",
        "  ddos ×30   2026-03-02 10:30:03 – still active   peak 35.00 /s",
    ]


def test_ten_hosts_in_one_episode_have_a_line_each() -> None:
    lines = _listed(*[_flood(3, None, b"192.0.2.%d" % number) for number in range(10)])
    assert [line[:16] for line in lines[1:]] == [f"  ddos 192.0.2.{number}" for number in range(10)]


def test_a_peak_that_is_not_known_is_not_shown() -> None:
    assert _listed(_flood(3, None, peak=None))[1] == "  ddos 203.0.113.1   2026-03-02 10:30:03 – still active"


def test_a_long_subject_in_the_summary_has_its_time_beneath() -> None:
    address = b"2001:db8:85a3:8d3:1319:8a2e:370:7348"
    traffic = Episode("traffic", None, START_US + 2_000_000, None, 1, 50.0, "%")
    assert _listed(traffic, _flood(3, 80, address))[1:] == [
        "  traffic   2026-03-02 10:30:02 – still active   peak 50.00 %",
        "  ddos 2001:db8:85a3:8d3:1319:8a2e:370:7348",
        "            2026-03-02 10:30:03 – 10:31:20   1 min 17 s   peak 6.00 /s",
    ]


def test_episodes_in_a_narrow_summary_keep_their_whole_time() -> None:
    assert _listed(_flood(3, 80), width=40)[1:] == [
        "  ddos 203.0.113.1",
        "    2026-03-02 10:30:03 – 10:31:20",
        "    1 min 17 s   peak 6.00 /s",
    ]


def test_a_gone_reader_is_not_hidden() -> None:
    class Gone(io.StringIO):
        def flush(self) -> None:
            raise BrokenPipeError

    display = Display(Gone(), Notices(io.StringIO()), width=lambda: 80)

    with pytest.raises(BrokenPipeError):
        display.publish(alert())


def test_the_start_says_what_is_watched_which_alerts_there_are_and_how_to_stop() -> None:
    lines = render_start(["/var/log/access.log", "-"], RULES, 10, 120, "live", 80, style_for("utf-8"))

    assert lines == [
        "Watching   /var/log/access.log, standard input",
        "Alerts     above 10 hits/s, 5 % 5xx, 5 hits/s of a host, over 2 min",
        "Reports    every 10 s, Ctrl-C stops",
    ]


def test_the_format_is_said_beneath_in_as_many_lines_as_it_needs() -> None:
    style = style_for("utf-8")

    assert render_format("auto, found combined", 80, style) == ["Format     auto, found combined"]
    assert render_format("%h\x1b %u %t", 19, style) == ["Format     %h\\x1b", "           %u %t"]


def test_of_a_long_format_and_a_long_filter_the_ends_are_shown() -> None:
    style, text = style_for("utf-8"), "%h" + "x" * 32_000 + "%b"
    lines = render_format(text, 80, style)
    others = render_start(["-"], RULES, 10, 120, "live", 80, style, text, ["10.0.0.0/8"] * 1_000)

    assert "".join(line[11:] for line in lines) == "%h" + "x" * 198 + "…" + "x" * 197 + "%b"
    assert len(lines) == 6
    # Six lines for the filter, and as many for the networks as they need in whole words.
    assert len(others) == 3 + 6 + 7


def test_many_long_paths_are_shortened_to_one_line() -> None:
    paths = [f"/var/log/a/very/long/way/to/the/logs/of/server/number/{number}.log" for number in range(9)]
    first = render_start(paths, RULES, 10, 120, "replay", 80, style_for("utf-8"))[0]

    assert first == "Replaying  /var/log…er/0.log, /var/log…er/1.log, /var/log…er/2.log and 6 more"


def test_an_estimate_of_hosts_says_how_far_off_it_may_be() -> None:
    hosts = replace(busy_report().hosts, distinct_error=20_062)
    text = Screen().after(replace(busy_report(), distinct_hosts=1_234_567, hosts=hosts))
    assert "1,234,567 ±20,062 hosts" in text


def test_what_is_healthy_is_said_once_and_again_when_it_changes() -> None:
    screen = Screen()
    told = []
    for rotations, other, late in ((0, 0, 0), (2, 5, 1), (2, 5, 1), (3, 5, 1), (3, 0, 0), (3, 5, 0)):
        health = Health(lines=100, accepted=100, rotations=rotations, other=other, late=late)
        text = screen.after(replace(busy_report(), health=health))
        told.append([line for line in text.splitlines() if "Health so far" in line])
    assert told == [
        [],
        ["  Health so far  5 other   1 late   2 rotations"],
        # What may do harm is in every block.
        ["  Health so far  1 late"],
        ["  Health so far  1 late   3 rotations"],
        [],
        ["  Health so far  5 other"],
    ]
