"""Alerts that are raised again and again are said once, with the option that helps (RULES 45)."""

import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.alerts import default_alerts
from http_monitor.display.notices import Notices
from http_monitor.display.text import Display
from http_monitor.engine import flapping
from http_monitor.engine.aggregator import MetricsAggregator
from http_monitor.engine.alert_tracker import AlertTracker
from http_monitor.eventtime.rows import NEVER_US, Rows, times_of
from http_monitor.parser.formats import get_format
from http_monitor.report import AlertEvent, Message, Notice
from http_monitor.settings import Settings
from tests.engine_strategies import START_S, log_line
from tests.examples import examples
from tests.harness import ndjson, replay

_US_PER_S = 1_000_000
RUN = Settings(
    replay=True,
    window_s=10,
    lateness_s=0,
    interval_s=60,
    alert_threshold=1.0,
    ddos_threshold=1e6,
    alert_error_rate=100.0,
)
STEADY = [1] * 10
"""Ten hits in the window: at the threshold."""
BLINKING = [2, 1, 1, 0, 1, 1]
"""Above it for three seconds, below it for three: raised and recovered every six seconds."""
PEAKS = [12] + [0] * 14
"""Above it for ten seconds, then nothing for five."""
SHALLOW = "--alert-recover-at 65 would have kept it raised."
SHORT = "--alert-for 10s would have raised none of the first 5."


def _log(counts: list[int], host: bytes = b"a", status: int = 200) -> bytes:
    return b"".join((log_line(START_S + at, host, status=status) + b"\n") * count for at, count in enumerate(counts))


def _flaps(messages: list[Message]) -> list[tuple[int, str]]:
    """Return (second, text) of each notice."""
    return [
        ((message.at_us or 0) // _US_PER_S - START_S, message.text)
        for message in messages
        if isinstance(message, Notice) and message.name == "flapping"
    ]


def _raised(data: bytes, run: Settings = RUN) -> list[int]:
    events = replay([[data]], run).events
    return [event.at_us // _US_PER_S - START_S for event in events if event.state == "raised"]


def test_the_sixth_raise_is_said_with_the_level_at_which_the_alert_would_not_have_recovered() -> None:
    data = _log(STEADY + BLINKING * 8)
    assert _raised(data) == [11, 24, 30, 36, 42, 48, 54]
    assert _flaps(replay([[data]], RUN).messages) == [(48, f"traffic flaps: it was raised 6 times in 37 s. {SHALLOW}")]
    assert _raised(data, replace(RUN, alert_recover_at=65.0)) == [11]


def test_where_it_fell_far_between_the_raises_the_wait_is_said_that_would_have_raised_none() -> None:
    data = _log(STEADY + PEAKS * 6)
    assert _flaps(replay([[data]], RUN).messages) == [
        (86, f"traffic flaps: it was raised 6 times in 1 min 15 s. {SHORT}")
    ]
    assert _raised(data, replace(RUN, alert_for_s=10)) == []
    assert _raised(data, replace(RUN, alert_for_s=9)) != []
    # The wait of the option is added to one that there is.
    ((_, said),) = _flaps(replay([[_log(STEADY + PEAKS * 8)]], replace(RUN, alert_for_s=3)).messages)
    assert said.endswith(SHORT)


def test_five_raises_are_not_said_nor_six_in_more_than_ten_windows() -> None:
    assert len(_raised(_log(STEADY + BLINKING * 6))) == 5
    assert _flaps(replay([[_log(STEADY + BLINKING * 6)]], RUN).messages) == []
    # A raise every 20 s: the sixth is ten windows after the first. Every 21 s, it is more.
    for pause, said in ((19, 1), (20, 0)):
        data = _log(([12] + [0] * pause) * 6)
        raised = _raised(data)
        assert (len(raised), raised[5] - raised[0]) == (6, 5 * (pause + 1))
        assert len(_flaps(replay([[data]], RUN).messages)) == said


def test_it_is_said_again_only_after_ten_windows_without_a_raise() -> None:
    for pause, times in ((95, 1), (101, 2)):
        data = _log(STEADY + BLINKING * 9 + [1] * pause + BLINKING * 9)
        assert len(_flaps(replay([[data]], RUN).messages)) == times


def test_each_host_flaps_for_itself_and_is_named_without_its_control_characters() -> None:
    run = replace(RUN, alert_threshold=1e6, ddos_threshold=1.0)
    lines = sorted(_log(STEADY + BLINKING * 8, b"a\x1b").splitlines() + _log([1] * 60, b"b").splitlines(), key=_time)
    assert _flaps(replay([[b"\n".join(lines)]], run).messages) == [
        (48, f"ddos a\\x1b flaps: it was raised 6 times in 37 s. {SHALLOW}")
    ]


def _time(line: bytes) -> bytes:
    return line.partition(b"[")[2]


def test_a_rate_of_errors_flaps_too() -> None:
    run = replace(RUN, alert_threshold=1e6, alert_error_rate=10.0, alert_min_hits=1)
    failing = [1 if second % 6 == 0 else 0 for second in range(60)]
    lines = sorted(_log([9] * 60).splitlines() + _log(failing, status=500).splitlines(), key=_time)
    data = b"\n".join(lines)
    run = replace(run, alert_error_rate=1.5)
    (said,) = _flaps(replay([[data]], run).messages)
    assert said[1].startswith("error-rate flaps: it was raised 6 times in ")
    level = float(said[1].partition("--alert-recover-at ")[2].split()[0])
    assert len(_raised(data, run)) > len(_raised(data, replace(run, alert_recover_at=level))) == 1


def test_ndjson_has_it_behind_the_alerts_of_its_moment_and_standard_error_says_it() -> None:
    messages = replay([[_log(STEADY + BLINKING * 8)]], RUN).messages
    things = [json.loads(line) for line in ndjson(messages).splitlines()]
    index = next(at for at, thing in enumerate(things) if thing.get("name") == "flapping")
    assert (things[index - 1]["state"], things[index - 1]["at"]) == ("raised", things[index]["at"])
    errors = io.StringIO()
    display = Display(io.StringIO(), Notices(errors), width=lambda: 80)
    for message in messages:
        display.publish(message)
    display.close()
    assert errors.getvalue().count(f"traffic flaps: it was raised 6 times in 37 s. {SHALLOW}") == 1


def test_hosts_that_flap_together_do_not_break_their_alerts_into_lines() -> None:
    run = replace(RUN, alert_threshold=1e6, ddos_threshold=1.0)
    logs = [_log(STEADY + BLINKING * 8, b"h%d" % number).splitlines() for number in range(12)]
    lines: list[bytes] = [line for log in logs for line in log]
    lines.sort(key=_time)
    messages = replay([[b"\n".join(lines)]], run).messages
    assert len(_flaps(messages)) == 12
    out = io.StringIO()
    display = Display(out, Notices(io.StringIO()), width=lambda: 200)
    for message in messages:
        display.publish(message)
    raised = [line for line in out.getvalue().splitlines() if ", triggered at" in line]
    assert [line[:15] for line in raised] == ["12 alerts ddos "] * 7


def _engine(told: list[Message], run: Settings = RUN) -> MetricsAggregator:
    engine = MetricsAggregator(run, "replay", told.append)
    for alert in default_alerts(run):
        engine.register(alert)
    return engine


def _rows(data: bytes) -> Rows:
    batch = get_format("auto").parse(data)
    return Rows(batch.rows, times_of(batch))


@pytest.mark.parametrize("cut_s", [12, 30, 44, 47, 48, 49, 55])
def test_a_restart_neither_forgets_the_raises_nor_says_it_again(cut_s: int) -> None:
    told: list[Message] = []
    engine = _engine(told)
    lines = _log(STEADY + BLINKING * 8).splitlines(keepends=True)
    cut = sum(1 for line in lines if _time(line) < _time(log_line(START_S + cut_s)))
    greatest_us = NEVER_US
    for part in (lines[:cut], lines[cut:]):
        rows = _rows(b"".join(part))
        engine.add(rows, greatest_us=greatest_us, cap_us=-NEVER_US)
        greatest_us = int(rows.time_us.max())
        state = json.loads(json.dumps(list(engine.save())))
        engine = _engine(told)
        engine.load(state)
        assert list(engine.save()) == state
    engine.finish()
    assert [at_s for at_s, _ in _flaps(told)] == [48]


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.sampled_from((0, 0, 1, 1, 1, 2, 2, 3, 5)), min_size=12, max_size=40), st.sampled_from((0, 0, 2)))
def test_the_option_that_is_said_helps(pattern: list[int], for_s: int) -> None:
    run = replace(RUN, alert_for_s=for_s)
    data = _log(pattern * 8)
    recorder = replay([[data]], run)
    for at_s, text in _flaps(recorder.messages)[:1]:
        sixth = [event for event in recorder.events if event.state == "raised"][5:]
        raised = [second for second in _raised(data, run) if second <= at_s]
        assert at_s == raised[-1]
        assert sixth
        if "--alert-recover-at" in text:
            level = float(text.partition("--alert-recover-at ")[2].split()[0])
            helped = _raised(data, replace(run, alert_recover_at=level))
            assert not [second for second in helped if raised[-6] < second <= at_s]
        else:
            wait_s = int(text.partition("--alert-for ")[2].split("s ")[0])
            helped = _raised(data, replace(run, alert_for_s=wait_s))
            assert not [second for second in helped if raised[-6] <= second < at_s]


def test_a_host_that_floods_in_turn_with_thousands_of_others_is_forgotten_before_the_memory_grows() -> None:
    tracker = AlertTracker(window_us=10 * _US_PER_S)
    (ddos,) = [alert for alert in default_alerts(RUN) if alert.name == "ddos"]
    window = _engine([]).window
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flapping, "_MAX_SUBJECTS", 50)
        for number in range(200):
            event = AlertEvent("raised", "ddos", b"h%d" % number, _US_PER_S, 2.0, 1.0, 20, 10, "", "")
            tracker.flapping.note(event, ddos, window)
    assert [one["subject"] for one in tracker.flapping.save()] == [f"h{number}" for number in range(150, 200)]
