"""The episodes of a summary: what they join, what they keep where there are many, and that a restart keeps them."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.engine.episode_log import MAX_KEPT, EpisodeLog
from http_monitor.episodes import EpisodeSums
from http_monitor.report import AlertEvent
from tests.engine_rows import TEN, at, log, row, summary
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import Json, run_replay
from tests.reference.clf import parse_log
from tests.reference.engine import replay as reference_replay
from tests.reference.episodes import Episodes as SlowEpisodes

_US_PER_S = 1_000_000


def episode(start_s: int, end_s: int | None, raises: int, peak: float, **more: object) -> Json:
    length_s = None if end_s is None else end_s - start_s
    end = None if end_s is None else at(end_s)
    told = {"name": "traffic", "subject": None, "start": at(start_s), "end": end, "length_s": length_s}
    return {**told, "raises": raises, "peak": peak, "unit": "/s", **more}


def test_an_episode_says_when_it_was_how_high_it_rose_and_how_often_it_was_raised() -> None:
    out = summary(reference_replay([log(*[100] * 6, *[103] * 3, 130)], TEN))
    # Six hits from 101 on, nine from 104, three from 111: below five.
    assert out["episodes"] == [episode(101, 111, 1, 0.9)]
    assert out["more_episodes"] == {"episodes": 0, "raises": 0}


@pytest.mark.parametrize(("second_s", "starts"), [(119, [101]), (120, [101, 121])])
def test_what_recovered_for_less_than_a_window_is_one_episode(second_s: int, starts: list[int]) -> None:
    # Recovered at 111, raised again at 120 or 121: nine seconds are less than the window of ten, ten are not.
    out = summary(reference_replay([log(*[100] * 6, *[second_s] * 7, 150)], TEN))
    assert [one["start"] for one in out["episodes"]] == [at(start_s) for start_s in starts]
    assert sum(one["raises"] for one in out["episodes"]) == out["alerts"] == 2
    assert out["episodes"][-1]["peak"] == 0.7


def test_what_still_goes_on_has_no_end() -> None:
    out = summary(reference_replay([log(*[100] * 6, 105)], TEN))
    assert out["episodes"] == [episode(101, None, 1, 0.7)]


def test_the_peak_of_a_rate_of_errors_is_found_where_good_requests_leave_the_window() -> None:
    options = replace(TEN, alert_threshold=1e9, alert_error_rate=10.0, alert_min_hits=1)
    rows = [*[row(100)] * 5, *[row(104, status=500)] * 5, row(112, status=500), row(140)]
    out = summary(reference_replay([log(*rows)], options))
    assert out["episodes"] == [episode(105, 123, 1, 100.0, name="error-rate", unit="%")]


_SPARSE = st.lists(st.tuples(st.sampled_from((0, 0, 1, 1, 1, 2, 2, 3, 9)), st.booleans()), min_size=30, max_size=120)


@settings(max_examples=examples(60), deadline=None)
@given(_SPARSE, st.sampled_from((0.4, 0.5, 1.0)), st.sampled_from((0, 0, 3)), st.sampled_from((100.0, 60.0)))
def test_a_sparse_log_has_the_episodes_of_the_slow_engine(
    steps: list[tuple[int, bool]], threshold: float, for_s: int, recover_at: float
) -> None:
    # Long enough that the closes that change nothing are passed over.
    lines, time_s = [], START_S
    for step_s, fails in steps:
        time_s += step_s
        lines.append(log_line(time_s, b"h%d" % (step_s % 2), status=500 if fails else 200))
    options = replace(TEN, alert_threshold=threshold, ddos_threshold=threshold / 2, alert_error_rate=30.0)
    options = replace(options, alert_min_hits=2, alert_for_s=for_s, alert_recover_at=recover_at)
    data = b"\n".join(lines)
    said = summary(run_replay([data], options))
    slow = summary(reference_replay([parse_log(data)], options))
    assert said["episodes"] == slow["episodes"]
    assert sum(one["raises"] for one in said["episodes"]) == said["alerts"]


_HOSTS = (None, None, b"a", b"b", b"c", b"d")


def _event(state: str, subject: bytes | None, at_s: int, value: float = 1.0) -> AlertEvent:
    return AlertEvent(
        state="raised" if state == "raised" else "recovered",
        name="traffic" if subject is None else "ddos",
        subject=subject,
        at_us=at_s * _US_PER_S,
        value=value,
        threshold=0.5,
        hits=1,
        window_s=10,
        title="",
        reading="",
        unit="/s",
    )


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from(_HOSTS), st.integers(1, 9)), max_size=80),
    st.integers(1, 4),
    st.sets(st.integers(0, 79), max_size=4),
)
def test_the_longest_are_kept_and_the_others_are_sums(
    steps: list[tuple[int, bytes | None, int]], most: int, saves: set[int]
) -> None:
    tracked, slow = EpisodeLog(10 * _US_PER_S, most), SlowEpisodes(10 * _US_PER_S, most)
    now_s, active = 0, set[bytes | None]()
    for number, (step_s, subject, value) in enumerate(steps):
        now_s += step_s
        name, now_us = "traffic" if subject is None else "ddos", now_s * _US_PER_S
        if number in saves:
            state = json.loads(json.dumps(tracked.save()))
            tracked = EpisodeLog(10 * _US_PER_S, most)
            tracked.load(state, [("traffic" if one is None else "ddos", one) for one in active])
            assert tracked.save() == state
        if subject not in active:
            active.add(subject)
            tracked.note(_event("raised", subject, now_s, float(value)))
            slow.raised(name, subject, now_us)
            slow.is_at(name, subject, float(value))
        elif value > 4:
            tracked.see(name, subject, float(value))
            slow.is_at(name, subject, float(value))
        else:
            active.remove(subject)
            tracked.note(_event("recovered", subject, now_s, float(value)))
            slow.recovered(name, subject, now_us)
    episodes, told = tracked.episodes(), slow.told()
    assert [(one.name, one.subject, one.start_us, one.end_us, one.raises, one.peak) for one in episodes.rows] == [
        (
            one["name"],
            None if one["subject"] is None else one["subject"].encode(),
            *(None if one[key] is None else _seconds(one[key]) * _US_PER_S for key in ("start", "end")),
            one["raises"],
            one["peak"],
        )
        for one in told["episodes"]
    ]
    assert {"episodes": episodes.more, "raises": episodes.more_raises} == told["more_episodes"]
    everything = SlowEpisodes(10 * _US_PER_S, 10**6)
    everything._of = slow._of
    rows = {(one["name"], one["subject"], one["start"]): one for one in everything.told()["episodes"]}
    for one in told["episodes"]:
        del rows[one["name"], one["subject"], one["start"]]
    assert {sums.name for sums in episodes.rest} == {one["name"] for one in rows.values()}
    for sums in episodes.rest:
        others = [one for one in rows.values() if one["name"] == sums.name]
        starts = sorted(_seconds(one["start"]) for one in others)
        ends = sorted(_seconds(one["end"]) for one in others if one["end"] is not None)
        assert sums == EpisodeSums(
            name=sums.name,
            unit="/s",
            episodes=len(others),
            raises=sum(one["raises"] for one in others),
            start_us=starts[0] * _US_PER_S,
            last_start_us=starts[-1] * _US_PER_S,
            first_end_us=ends[0] * _US_PER_S if ends else None,
            end_us=ends[-1] * _US_PER_S if ends else None,
            active=len(others) - len(ends),
            longest_us=max((one["length_s"] or 0) * _US_PER_S for one in others),
            peak=max(one["peak"] for one in others),
        )


def _seconds(text: str) -> int:
    return next(second for second in range(1_000) if at(second) == text)


def test_many_floods_from_single_hosts_leave_room_for_the_site_and_are_counted() -> None:
    tracked = EpisodeLog(10 * _US_PER_S)
    tracked.note(_event("raised", None, 0))
    tracked.note(_event("recovered", None, 1))
    for number in range(1_000):
        tracked.note(_event("raised", b"h%d" % number, 100))
    for number in range(1_000):
        tracked.note(_event("recovered", b"h%d" % number, 200 + number))
    tracked.note(_event("raised", b"last", 5_000))
    episodes = tracked.episodes()
    assert [one.subject for one in episodes.rows[:3]] == [None, b"h901", b"h902"]
    assert (len(episodes.rows), episodes.rows[-1].subject) == (1 + MAX_KEPT, b"last")
    assert (episodes.more, episodes.more_raises) == (901, 901)
    # What is over is kept no longer than it may go on.
    assert len(json.dumps(tracked.save())) < 100 * MAX_KEPT


def test_a_checkpoint_of_before_there_were_episodes_has_those_that_are_active_without_a_peak() -> None:
    tracked = EpisodeLog(10 * _US_PER_S)
    tracked.begin([("traffic", None, 7 * _US_PER_S, "/s")], raises=5)
    tracked.see("traffic", None, 9.0)
    (one,) = tracked.episodes().rows
    assert (one.start_us, one.end_us, one.raises, one.peak) == (7 * _US_PER_S, None, 1, None)
    assert (tracked.episodes().more, tracked.episodes().more_raises) == (4, 4)


def test_what_was_active_when_the_window_was_lost_is_only_counted() -> None:
    tracked = EpisodeLog(10 * _US_PER_S)
    for subject in (b"a", b"b"):
        tracked.note(_event("raised", subject, 5))
    tracked.note(_event("recovered", b"b", 8))
    after = EpisodeLog(10 * _US_PER_S)
    after.load(tracked.save(), [])
    assert [one.subject for one in after.episodes().rows] == [b"b"]
    assert (after.episodes().more, after.episodes().more_raises) == (1, 1)


def test_a_clock_that_was_set_back_joins_nothing() -> None:
    tracked = EpisodeLog(10 * _US_PER_S)
    for start_s in (500, 100):
        tracked.note(_event("raised", None, start_s))
        tracked.note(_event("recovered", None, start_s + 5))
    assert [one.start_us // _US_PER_S for one in tracked.episodes().rows] == [100, 500]


def test_a_peak_is_found_where_many_closes_are_passed_over() -> None:
    # Above five from the sixth second on; then ever more, up to 49 in the window, and less again.
    counts = [1] * 10 + [2, 3, 4, 5, 6, 5, 4, 6, 5, 7, 4, 3, 2, 1] + [1] * 20 + [2] * 30
    data = b"".join((log_line(START_S + second) + b"\n") * count for second, count in enumerate(counts))
    said = summary(run_replay([data], replace(TEN, lateness_s=5, alert_error_rate=100.0)))
    most = max(sum(counts[max(0, end - 10) : end]) for end in range(1, len(counts) + 1))
    assert (said["episodes"][0]["peak"], most) == (4.9, 49)
