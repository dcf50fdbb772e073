"""By how much a search for a time allows lines to be out of order."""

import datetime
from pathlib import Path

import pytest

from http_monitor.cli.margins import Margins, window_before
from http_monitor.inputs.seeking.search import Bound
from http_monitor.settings import Settings
from http_monitor.units import US_PER_S
from tests.program import run

BERLIN = "Europe/Berlin"
# Clocks in Berlin go back from 03:00 to 02:00 then.
CHANGE_US = int(datetime.datetime(2026, 10, 25, 1, tzinfo=datetime.UTC).timestamp()) * US_PER_S
HOUR_US = 3_600 * US_PER_S


@pytest.mark.parametrize(
    ("settings", "at_us", "margin_s"),
    [
        (Settings(log_timezone=BERLIN), CHANGE_US - 12 * HOUR_US, 60),
        (Settings(log_timezone=BERLIN), CHANGE_US + HOUR_US, 60 + 2 * 3_600),
        (Settings(log_timezone=BERLIN), CHANGE_US - HOUR_US, 60 + 2 * 3_600),
        (Settings(log_timezone="UTC"), CHANGE_US, 60),
        (Settings(log_timezone="UTC", lateness_s=300), CHANGE_US, 300),
        (Settings(log_timezone="UTC", lateness_s=3), CHANGE_US, 60),
    ],
)
def test_a_margin_is_a_minute_or_the_lateness_and_more_where_clocks_change(
    settings: Settings, at_us: int, margin_s: int
) -> None:
    assert Margins(settings).bound(at_us) == Bound(at_us, margin_s * US_PER_S)


def test_without_a_bound_there_is_none() -> None:
    assert Margins(Settings()).bound(None) is None


def test_a_window_is_sought_from_a_bucket_before_it() -> None:
    began = window_before(Settings(window_s=30, bucket_size_s=5, log_timezone="UTC"), CHANGE_US)
    assert began == Bound(CHANGE_US - 35 * US_PER_S, 60 * US_PER_S)


@pytest.mark.parametrize("minutes", [-70, -10, 20, 50, 75])
def test_an_hour_that_comes_twice_is_sought_as_it_is_read(tmp_path: Path, minutes: int) -> None:
    """HAProxy's times name no zone, so one that comes twice can be told by the line before only."""
    line = (
        "haproxy[14389]: 192.0.2.7:33317 [{}] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "
        '"GET /a/b HTTP/1.1"\n'
    )
    since_us = CHANGE_US + minutes * 60 * US_PER_S
    # Two hours and a half on each side, a line every four seconds: 650 KB.
    hours = datetime.timedelta(hours=2)
    lines, wanted = [], 0
    for at_us in range(CHANGE_US - 9 * HOUR_US // 4, CHANGE_US + 9 * HOUR_US // 4, 4 * US_PER_S):
        moment = datetime.datetime.fromtimestamp(at_us / US_PER_S, datetime.UTC)
        local = moment + (hours if at_us < CHANGE_US else hours / 2)
        lines.append(line.format(f"{local:%d/%b/%Y:%H:%M:%S}.000"))
        wanted += at_us >= since_us
    path = tmp_path / "haproxy.log"
    path.write_text("".join(lines))
    since = datetime.datetime.fromtimestamp(since_us / US_PER_S, datetime.UTC)
    outcome = run(
        *("--replay", "--file", path, "--output", "ndjson", "--interval", "1h", "--log-timezone", BERLIN),
        *("--since", f"{since:%Y-%m-%dT%H:%M:%SZ}"),
    )
    assert outcome.objects[-1]["hits"] == wanted
