"""Lines that fit and record no finished request are lines, in a counter of their own."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from http_monitor.clock import ManualClock
from http_monitor.errors import FormatError
from http_monitor.parser.detect.auto import AutoFormat, auto_format
from http_monitor.parser.presets import BY_NAME
from http_monitor.ports.log_format import LogFormat
from tests.engine_strategies import START_S, log_line
from tests.harness import Recorder, make_monitor, replay, settings_of
from tests.live_scripts import Glance, TurnSource
from tests.others import WithOthers
from tests.reference.engine import Options

FIELDS = b"#Fields: date time c-ip cs-method cs-uri-stem sc-status time-taken\n"
LINE = b"2025-10-10 11:55:%02d 192.0.2.7 GET /a/b 200 31\n"
IIS = b"#Software: x\n" + FIELDS + LINE % 36 + LINE % 37 + b"#Date: y\n" + b"junk\n" + LINE % 38


def replayed(*chunks: bytes, make: Callable[[], LogFormat] = auto_format) -> Recorder:
    return replay([chunks], settings_of(Options(), replay=True), make_format=lambda name: make())


def one_of_few() -> LogFormat:
    """Return a format that tries out thousands of lines as few others."""
    return AutoFormat([BY_NAME[name] for name in ("combined", "iis", "squid")])


def counters(recorder: Recorder) -> tuple[int, int, int, int]:
    health = recorder.summary.health
    return health.lines, health.accepted, health.malformed, health.other


def test_the_directives_of_a_w3c_log_are_other_lines_wherever_they_were_cut() -> None:
    assert counters(replayed(IIS)) == (7, 3, 1, 3)
    assert counters(replayed(*IIS.splitlines(keepends=True))) == (7, 3, 1, 3)
    assert counters(replayed(FIELDS * 3)) == (3, 0, 0, 3)


def test_directives_before_lines_of_another_format_are_other_lines_since_it_cannot_be_known() -> None:
    log = b"#!/bin/sh\n" + log_line(START_S) + b"\n# x\n"
    assert counters(replayed(log)) == counters(replayed(*log.splitlines(keepends=True))) == (3, 1, 1, 1)


def test_a_report_says_how_many_stood_before_the_line_that_closed_it() -> None:
    first, *_ = replay(
        [[FIELDS + LINE % 1 + b"#a\n#b\n" + LINE % 59 + b"#c\n" + LINE % 59]],
        settings_of(Options(lateness_s=1), replay=True),
        make_format=lambda name: auto_format(),
    ).reports
    # The first line was held until the one that closed its interval agreed with it.
    assert (first.health.lines, first.health.accepted, first.health.held, first.health.other) == (4, 0, 1, 3)


def test_other_lines_alone_do_not_make_a_log_of_what_fits_nothing() -> None:
    with pytest.raises(FormatError, match="none of its first 2 lines fits"):
        replayed(b"#a\njunk\n#b\njunk\n")
    with pytest.raises(FormatError, match="none of its first 1,000 lines fits"):
        replayed(b"#a\njunk\n" * 1_000 + LINE % 1, make=one_of_few)
    assert counters(replayed(b"#a\njunk\n" * 999 + FIELDS + LINE % 1, make=one_of_few)) == (2_000, 1, 999, 1_000)


def test_live_an_input_with_other_lines_alone_is_idle_and_no_line_is_lost() -> None:
    source = TurnSource()
    settings = settings_of(Options(), from_start=True)
    monitor, recorder = make_monitor(settings, [source], _clock(), make_format=WithOthers)
    for data in (b"#a\n", b"#b\n\n#c\n" + log_line(START_S) + b"\n#d\njunk\n"):
        source.following = Glance(data)
        monitor.step()
    health = monitor.health()
    assert (health.lines, health.accepted, health.malformed, health.other) == (6, 1, 1, 4)
    monitor.close(finished=False)
    assert recorder.summary.health == health


def _clock() -> ManualClock:
    return ManualClock(START_S * 1_000_000)


def test_a_log_of_which_no_line_records_a_request_is_told_of_at_its_end_wherever_it_was_cut() -> None:
    for chunks in ([FIELDS * 3], [FIELDS] * 3):
        (notice,) = (each for each in replayed(*chunks).notices if each.level == "warning")
        assert (notice.name, notice.text) == (
            "nothing-fits",
            "0.log: none of its 3 lines records a finished request (is this an access log?)",
        )
    (notice,) = replayed(FIELDS).notices
    assert notice.text == "0.log: its only line records no finished request (is this an access log?)"
    assert [notice.name for notice in replayed(FIELDS + LINE % 1).notices] == ["format"]


def test_live_20_lines_that_record_no_request_are_told_of_once() -> None:
    source, clock = TurnSource(), _clock()
    monitor, recorder = make_monitor(settings_of(Options()), [source], clock, make_format=lambda name: auto_format())
    for lines in (19, 1, 5):
        source.following = replace(source.following, data=b'{"level":"info","ts":1760097336,"msg":"x"}\n' * lines)
        monitor.step()
        clock.advance(1)
        told = [notice.text for notice in recorder.notices]
        words = "turns.log: none of its 20 lines records a finished request (is this an access log?)"
        assert told == ([] if lines == 19 else [words])
