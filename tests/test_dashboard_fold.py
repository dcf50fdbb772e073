"""What the dashboard knows of a run: its messages folded, in any order they may come in."""

import math
from dataclasses import replace

import pytest

from http_monitor.dashboard.state.facts import Episode, Facts, Phase
from http_monitor.dashboard.state.fold import EARLIER, MAX_EPISODES, MAX_NOTICES, fold, phase_of
from http_monitor.report import ActiveAlert, AlertEvent, CaughtUp, Message, Notice, Pulse, Report
from tests.display_samples import START_US, quiet_report

FACTS = Facts("access.log")
PULSE = Pulse(START_US, 5.0, 4.5, 10.0, START_US + 11_000_000, 0, 0)


def event(state: str, at_s: int, subject: bytes | None = None, name: str = "ddos") -> AlertEvent:
    made = AlertEvent("raised", name, subject, at_s * 1_000_000, 12.0, 5.0, 1_440, 120, "Flood", "hits = 12", "/s")
    return made if state == "raised" else replace(made, state="recovered", value=1.0)


def report(end_s: int, *active: ActiveAlert) -> Report:
    return replace(quiet_report(), end_us=end_s * 1_000_000, active=active)


def told(facts: Facts) -> list[tuple[int, int | None]]:
    """Return the seconds at which the alerts were raised and recovered."""
    return [
        (one.raised.at_us // 1_000_000, None if one.recovered is None else one.recovered.at_us // 1_000_000)
        for one in facts.episodes
    ]


def test_a_recovery_ends_the_episode_of_its_rule_and_subject_only() -> None:
    events = [event("raised", 10, b"a"), event("raised", 11, b"b"), event("raised", 12, b"a", "other")]
    facts = fold(FACTS, [*events, event("recovered", 20, b"a")])
    assert told(facts) == [(12, None), (11, None), (10, 20)]
    assert [episode.raised.subject for episode in facts.active] == [b"a", b"b"]


def test_an_alert_that_is_raised_again_is_another_episode() -> None:
    states = ("raised", "recovered", "raised", "recovered", "raised")
    facts = fold(FACTS, [event(state, at_s) for at_s, state in enumerate(states)])
    assert told(facts) == [(4, None), (2, 3), (0, 1)]


def test_the_folding_is_the_same_however_the_messages_are_cut() -> None:
    messages: list[Message] = [
        event("raised", 1),
        PULSE,
        Notice("first"),
        event("recovered", 2),
        report(10),
        Notice("second"),
    ]
    facts = FACTS
    for message in messages:
        facts = fold(facts, [message])
    assert facts == fold(FACTS, messages)
    assert [notice.text for notice in facts.notices] == ["second", "first"]
    assert (facts.pulse, facts.report) == (PULSE, report(10))


def test_an_alert_that_an_earlier_run_raised_is_shown_without_figures_that_are_not_known() -> None:
    facts = fold(FACTS, [report(100, ActiveAlert("traffic", None, 50_000_000))])
    (episode,) = facts.active
    assert (episode.raised.at_us, episode.raised.reading) == (50_000_000, EARLIER)
    assert math.isnan(episode.raised.value)
    assert math.isnan(episode.raised.threshold)
    assert told(fold(facts, [report(110, ActiveAlert("traffic", None, 50_000_000))])) == [(50, None)]
    assert told(fold(facts, [event("recovered", 120, None, "traffic")])) == [(50, 120)]


def test_now_goes_on_while_nothing_comes_unless_lines_are_still_to_be_read() -> None:
    pulse = replace(PULSE, now_us=100_000_000)
    assert replace(FACTS, now_us=40_000_000, pulse=pulse).reached_us == 98_000_000
    assert replace(FACTS, now_us=99_000_000, pulse=pulse).reached_us == 99_000_000
    for stays in (
        {"pulse": None},
        {"pulse": replace(pulse, lag_s=3)},
        {"pulse": replace(pulse, lag_bytes=9)},
        {"is_replay": True},
    ):
        assert replace(replace(FACTS, now_us=40_000_000, pulse=pulse), **stays).reached_us == 40_000_000
    assert replace(FACTS, pulse=pulse).reached_us == 98_000_000
    assert FACTS.reached_us is None


def test_a_recovery_without_its_raise_is_an_episode_with_the_figures_it_has() -> None:
    (episode,) = fold(FACTS, [event("recovered", 7, b"a")]).episodes
    assert episode.recovered == event("recovered", 7, b"a")
    assert (episode.raised.title, episode.raised.threshold, episode.raised.window_s) == ("Flood", 5.0, 120)
    assert math.isnan(episode.raised.value)


def test_an_older_report_brings_no_alert_back_that_has_recovered_since() -> None:
    events = [event("raised", 5), event("recovered", 12)]
    assert told(fold(FACTS, [*events, report(10, ActiveAlert("ddos", None, 5_000_000))])) == [(5, 12)]


def test_an_alert_whose_recovery_was_dropped_is_not_active_for_ever() -> None:
    raised = fold(FACTS, [event("raised", 5, b"a"), event("raised", 15, b"b")])
    facts = fold(raised, [report(10)], dropped=7)
    assert (told(facts), facts.events_dropped) == ([(15, None)], 8)


def test_episodes_are_bounded_and_those_left_out_are_counted_active_ones_last() -> None:
    facts = fold(FACTS, [event("raised", 0, b"active")])
    for at_s in range(1, MAX_EPISODES + 3):
        facts = fold(facts, [event("raised", at_s, b"x"), event("recovered", at_s, b"x")])
    assert len(facts.episodes) == MAX_EPISODES
    assert facts.events_dropped == 2 * 3
    assert told(facts)[-1] == (0, None)
    assert told(facts)[-2] == (4, 4)


def test_notices_are_bounded_the_newest_first() -> None:
    facts = fold(FACTS, [Notice(str(number)) for number in range(MAX_NOTICES + 5)])
    assert len(facts.notices) == MAX_NOTICES
    assert (facts.notices[0].text, facts.notices[-1].text) == (str(MAX_NOTICES + 4), "5")


def test_the_end_of_a_backlog_is_a_notice() -> None:
    (notice,) = fold(FACTS, [CaughtUp(3_600, 12_345, 1, 7)]).notices
    assert notice == Notice("caught up: 1 h of log, 12,345 lines, 1 alert", name="caught-up", at_us=7)


@pytest.mark.parametrize(
    ("facts", "ended", "paused", "phase"),
    [
        (FACTS, False, False, "starting"),
        (replace(FACTS, pulse=PULSE), False, False, "live"),
        (replace(FACTS, pulse=replace(PULSE, lag_s=40)), False, False, "catching up"),
        (
            replace(FACTS, pulse=replace(PULSE, waiting_for="x is missing", window_hits_per_s=0.0)),
            False,
            False,
            "waiting",
        ),
        # Other files are read.
        (replace(FACTS, pulse=replace(PULSE, waiting_for="x is missing")), False, False, "live"),
        (replace(FACTS, pulse=PULSE), True, False, "finished"),
        (replace(FACTS, pulse=PULSE, failure="disk full"), True, False, "failed"),
        (replace(FACTS, is_replay=True), False, False, "starting"),
        (replace(FACTS, is_replay=True, now_us=5), False, False, "playing"),
        (replace(FACTS, is_replay=True, now_us=5), False, True, "paused"),
        (replace(FACTS, is_replay=True, now_us=5), True, True, "finished"),
    ],
)
def test_the_phase_is_said_by_what_is_known(facts: Facts, ended: bool, paused: bool, phase: Phase) -> None:
    assert phase_of(facts, is_ended=ended, is_paused=paused) == phase


def test_an_episode_begins_when_its_rise_did() -> None:
    assert Episode(replace(event("raised", 9), began_us=4_000_000)).start_us == 4_000_000
