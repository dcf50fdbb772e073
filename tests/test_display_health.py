"""Health counters in words, and when advice is given."""

import json
from dataclasses import replace
from typing import Any

import pytest

from http_monitor.display.health import advice, sentences, short_words
from http_monitor.display.health_changes import HARMLESS
from http_monitor.display.objects.lines import report_line
from http_monitor.health import TOLD, Health
from http_monitor.report import Mode
from tests.display_samples import START_US, quiet_report, time_zone

# `maybe_lost` and `since_us` are no numbers; that all the others are shown is checked one by one.
COUNTERS = sorted({*TOLD} - {"lines", "accepted", "maybe_lost", "since_us"})


def test_nothing_is_said_when_every_counter_is_zero() -> None:
    assert short_words(Health(lines=10, accepted=10)) == []
    assert sentences(Health(lines=10, accepted=10)) == []


@pytest.mark.parametrize("name", COUNTERS)
def test_every_counter_that_is_not_zero_is_shown_once_in_both_wordings(name: str) -> None:
    changes: dict[str, Any] = {name: 3}
    health = replace(Health(lines=5, accepted=1), **changes)

    # A notice at the start tells of it; it would be the same word under every report.
    wordings = [sentences] if name == "backfilled" else [short_words, sentences]
    for words in wordings:
        assert len(words(health)) == 1
        assert "3" in words(health)[0][0]


def test_every_counter_is_in_the_ndjson() -> None:
    # Advice is words for people; `since_us` is a time there.
    keys = ["since" if name == "since_us" else name for name in TOLD]
    value = json.loads(report_line(replace(quiet_report(), health=Health(listener_failures=2, incomplete=4))))
    assert sorted(value["health"]) == sorted(keys)
    assert (value["health"]["listener_failures"], value["health"]["incomplete"]) == (2, 4)
    value = json.loads(report_line(replace(quiet_report(), health=Health())))
    assert {*keys} - {*value["health"]} == {"listener_failures", "incomplete"}


def test_what_is_harmless_is_said_without_a_warning_and_nothing_else_is() -> None:
    changes: list[dict[str, Any]] = [{name: 3} for name in COUNTERS]
    plain = {
        name
        for name, change in zip(COUNTERS, changes, strict=True)
        for _, role in short_words(replace(Health(), **change))
        if role == "plain"
    }
    assert plain == {*HARMLESS}


def test_unknowable_losses_are_reported() -> None:
    assert short_words(Health(maybe_lost=True)) == [("perhaps lines lost", "bad")]
    assert short_words(Health(lost_bytes=2_048, maybe_lost=True)) == [("2.0 KiB lost, perhaps more", "bad")]
    assert [text for text, _ in sentences(Health(lost_bytes=2_048, maybe_lost=True))] == [
        "2.0 KiB were lost before they could be read.",
        "Lines may have been written and removed between two reads; that cannot be known.",
    ]


def test_how_far_behind_is_in_bytes_and_seconds() -> None:
    assert short_words(Health(lag_bytes=1_500, lag_s=75)) == [("1.5 KiB, 1 min 15 s behind", "warn")]
    assert sentences(Health(lag_bytes=1_500, lag_s=75))[0][0] == (
        "Some lines are not read yet (1.5 KiB, 1 min 15 s behind)."
    )


def test_what_cannot_be_read_is_named_with_its_time_and_of_many_three_are() -> None:
    health = Health(waiting_for="/a\x1b.log is missing", waiting_since_us=START_US)
    with time_zone("UTC0"):
        assert short_words(health, START_US + 1) == [("waiting: /a\\x1b.log is missing since 09:30:00", "warn")]
        assert sentences(health) == [("Not read at the end: /a\\x1b.log is missing since 2026-03-02 09:30:00.", "warn")]
    many = Health(waiting_for="; ".join(f"{number} is gone" for number in range(1_003)))
    assert short_words(many)[0][0] == "waiting: 0 is gone; 1 is gone; 2 is gone and 1,000 more"
    long = Health(waiting_for=f"/{'a' * 5_000} cannot be read (File name too long)")
    assert short_words(long)[0][0] == f"waiting: /{'a' * 58}...{'a' * 22} cannot be read (File name too long)"


def test_one_line_is_singular() -> None:
    assert sentences(Health(malformed=1))[0][0] == "1 line fits no format (malformed)."


def test_lateness_that_would_have_caught_them_is_named_when_many_lines_are_late() -> None:
    health = Health(lines=1_000, accepted=1_000, late=11, too_late=5, lateness_advice_s=60)

    assert advice(health, "live") == "Many lines come late: --lateness 60 (1 min) would have caught nearly all of them."


@pytest.mark.parametrize(
    ("lines", "late", "too_late"),
    [
        (1_000, 10, 0),  # exactly 1 %
        (100, 9, 4),  # fewer than ten
    ],
)
def test_no_advice_for_a_few_late_lines(lines: int, late: int, too_late: int) -> None:
    health = Health(lines=lines, accepted=lines, late=late, too_late=too_late, lateness_advice_s=60)

    assert advice(health, "live") == ""


def test_lines_that_are_hours_late_get_no_number() -> None:
    health = Health(lines=100, accepted=100, late=50, too_late=50)

    assert "no --lateness up to 1 h" in advice(health, "live")


def test_many_lines_ahead_of_a_live_clock_make_one_doubt_the_clocks() -> None:
    assert advice(Health(lines=1_000, accepted=989, ahead=11), "live") == (
        "Many lines are ahead of this machine's clock: is the server's clock or time zone right? "
        "--time arrival counts them as they come."
    )


@pytest.mark.parametrize(
    ("lines", "ahead", "mode"),
    [
        (1_100, 11, "live"),  # exactly 1 %
        (10, 10, "live"),  # not more than ten
        (100, 50, "replay"),  # no clock to be ahead of
    ],
)
def test_no_doubt_about_the_clocks_for_a_few_lines_ahead_or_in_a_replay(lines: int, ahead: int, mode: Mode) -> None:
    assert advice(Health(lines=lines, accepted=lines - ahead, ahead=ahead), mode) == ""
