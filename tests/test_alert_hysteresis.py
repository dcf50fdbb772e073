"""--alert-recover-at and --alert-for of each alert, worked out by hand: when each is raised, and when it recovers."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from http_monitor.settings import Settings
from tests.engine_rows import Bad, alerts, at, log, row
from tests.engine_strategies import START_S, log_line
from tests.harness import run_replay
from tests.reference.clf import Row
from tests.reference.engine import Options
from tests.reference.engine import replay as slow_replay

_OFF = Options(window_s=10, alert_threshold=1e6, alert_error_rate=100.0, ddos_threshold=1e6, alert_min_hits=1)
OPTIONS = {
    "traffic": replace(_OFF, alert_threshold=1.0),
    "error-rate": replace(_OFF, alert_error_rate=50.0),
    "ddos": replace(_OFF, ddos_threshold=1.0),
    "malformed": replace(_OFF, alert_malformed=50.0),
}
"""One alert each."""
LEVELS: dict[str, list[Sequence[Row | Bad]]] = {
    # Beyond its threshold from 100 on; at 90 % of it from 111 on, at 80 % from 120, at none from 130.
    "traffic": [[row(100)] * 20, [row(109)] * 9, [row(119)] * 8, [row(135)]],
    "ddos": [[row(100)] * 20, [row(109)] * 9, [row(119)] * 8, [row(135)]],
    "error-rate": [
        [row(100, status=500)] * 20,
        [*[row(109, status=500)] * 45, *[row(109)] * 55],
        [*[row(119, status=500)] * 40, *[row(119)] * 60],
        [row(135)],
    ],
    "malformed": [
        # The first line waits for the second to confirm its time.
        [row(100), row(100), *[Bad()] * 20],
        [*[row(109)] * 55, *[Bad()] * 45],
        [*[row(119)] * 60, *[Bad()] * 40],
        [row(135)],
    ],
}


def _events(name: str, options: Options) -> list[tuple[str, str]]:
    lines: list[Row | Bad | float] = [line for lines in LEVELS[name] for line in lines]
    events = alerts(slow_replay([log(*lines)], options))
    assert {event[0] for event in events} <= {name}
    return [(state, when) for _, state, _, when in events]


def _real_events(name: str, options: Options) -> list[tuple[str, str]]:
    """Return what the engine says of the same lines, at the times of the examples."""
    data = b""
    for lines in LEVELS[name]:
        for line in lines:
            if isinstance(line, Bad):
                data += b"junk\n"
            else:
                second = line.time_us // 1_000_000
                data += log_line(START_S + second, line.host, status=line.status) + b"\n"
    found = alerts(run_replay([data], options))
    earlier = {at(START_S + second): at(second) for second in range(90, 200)}
    return [(state, earlier[when]) for _, state, _, when in found]


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize(
    ("percent", "recovered_s"),
    [
        # Below its threshold, as ever.
        (100.0, 111),
        (95.0, 111),
        # Exactly at the level is enough.
        (90.0, 111),
        (89.0, 120),
        (80.0, 120),
        (79.0, 130),
        (0.0, 130),
    ],
)
def test_an_alert_recovers_at_that_share_of_its_threshold(name: str, percent: float, recovered_s: int) -> None:
    options = replace(OPTIONS[name], alert_recover_at=percent)
    expected = [("raised", at(101)), ("recovered", at(recovered_s))]
    assert _events(name, options) == expected
    assert _real_events(name, options) == expected


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize(("for_s", "raised_s"), [(0, 101), (1, 102), (4, 105), (9, 110), (10, None)])
def test_an_alert_is_raised_when_it_was_beyond_its_threshold_for_that_long(
    name: str, for_s: int, raised_s: int | None
) -> None:
    options = replace(OPTIONS[name], alert_for_s=for_s)
    expected = [] if raised_s is None else [("raised", at(raised_s)), ("recovered", at(111))]
    assert _events(name, options) == expected
    assert _real_events(name, options) == expected


def test_the_defaults_are_as_ever() -> None:
    assert (Settings().alert_recover_at, Settings().alert_for_s) == (100.0, 0)
