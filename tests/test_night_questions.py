"""The questions of a night, asked of a recorded incident by pressing keys: at most six for each.

`tests/night_log.py` has the log, and the answers by counting its lines one by one.
"""

import asyncio
import re
from collections.abc import Iterator

import pytest

from http_monitor.units import US_PER_S, local
from tests.dashboard_app import RecordedRun, app_of, press, rows_of, settle
from tests.display_samples import time_zone
from tests.night_log import START_S, Night, Truth, make_log, truth_of

MAX_KEYS = 6
_CHARS = {"[": "left_square_bracket", "]": "right_square_bracket", "{": "left_curly_bracket", "(": "left_parenthesis"}


@pytest.fixture(scope="module")
def data() -> bytes:
    return make_log()


@pytest.fixture(scope="module")
def truth(data: bytes) -> Truth:
    return truth_of(data)


@pytest.fixture(scope="module")
def run(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> RecordedRun:
    path = tmp_path_factory.mktemp("night") / "access.log"
    path.write_bytes(data)
    return RecordedRun(path, "nginx_timed")


@pytest.fixture(autouse=True)
def _utc() -> Iterator[None]:
    with time_zone("UTC"):
        yield


class Screen:
    """What the regions show after some keys."""

    def __init__(self, run: RecordedRun, keys: str, size: tuple[int, int] = (120, 40)) -> None:
        pressed = keys.split()
        assert len(pressed) <= MAX_KEYS
        self.header: list[str] = []
        self.panel: list[str] = []
        self.chart: list[str] = []
        asyncio.run(self._look(run, [_CHARS.get(key, key) for key in pressed], size))

    async def _look(self, run: RecordedRun, keys: list[str], size: tuple[int, int]) -> None:
        app = app_of(run)
        async with app.run_test(size=size) as pilot:
            await settle(pilot)
            await press(pilot, *keys)
            self.header, self.chart, self.panel = (rows_of(app, name) for name in ("header", "chart", "panel"))

    def rows(self) -> list[tuple[str, int]]:
        """Return key and hits of the rows of a table."""
        found = (re.match(r"(.+?)\s{2,}([0-9,]+)\s", row) for row in self.panel[2:])
        return [(row[1], int(row[2].replace(",", ""))) for row in found if row is not None]

    def value(self, column: str, row: int = 0) -> str:
        """Return what stands below a heading of the table, right-aligned with it."""
        heading = self.panel[1]
        end = heading.index(column) + len(column)
        text = self.panel[2 + row][: end + 2].rstrip()
        return re.split(r"\s{2,}", text)[-1]


def test_which_endpoint_makes_the_5xx(run: RecordedRun, truth: Truth) -> None:
    screen = Screen(run, "s")
    path, errors = truth.failing
    assert screen.rows()[0][0] == path.decode()
    assert f" {errors} " in screen.panel[2]


def test_who_floods(run: RecordedRun, truth: Truth) -> None:
    screen = Screen(run, "( 3")
    assert screen.rows()[0][0] == truth.flooder[0].decode()


def test_what_does_he_ask_for(run: RecordedRun, truth: Truth) -> None:
    screen = Screen(run, "( 3 enter 1")
    assert [key.encode() for key, _ in screen.rows()] == [path for path, _ in truth.flood_paths]


def test_with_which_agent(run: RecordedRun, truth: Truth) -> None:
    # The flooder stays selected: his agents, as they are, are two panels before health.
    screen = Screen(run, "( 3 enter 9 tab")
    assert screen.panel[0].startswith("User agents")
    assert [key.encode() for key, _ in screen.rows()] == [agent for agent, _ in truth.flood_agents]


def test_since_when(run: RecordedRun, truth: Truth) -> None:
    screen = Screen(run, "a")
    rates = [row for row in screen.panel if "High error rate" in row]
    # The flood hid it for a while, so there are two alerts; the older one is below.
    assert f"began about {local(truth.first_error_us):%H:%M:%S}" in rates[-1]


def test_is_it_still_going_on(run: RecordedRun, truth: Truth) -> None:
    screen = Screen(run, "a")
    assert truth.last_error_us > START_S * US_PER_S + 24 * 60 * US_PER_S
    assert "since" in screen.panel[2]
    assert "error rate" in screen.panel[2]


def test_which_statuses_on_api(run: RecordedRun, truth: Truth) -> None:
    screen = Screen(run, "2 enter 5")
    assert "/api" in screen.header[-1]
    assert screen.rows() == [(str(status), hits) for status, hits in truth.api_statuses]


def test_how_slow_now_and_where(run: RecordedRun, truth: Truth) -> None:
    path, p95_us = truth.slowest
    screen = Screen(run, "s s s s")
    assert "by p95" in screen.panel[0]
    assert screen.rows()[0][0] == path.decode()
    shown = float(screen.value("p95 ↓").removesuffix(" s"))
    assert shown == pytest.approx(p95_us / US_PER_S, rel=0.02)


def test_what_did_the_lines_look_like(run: RecordedRun, truth: Truth) -> None:
    screen = Screen(run, "s enter 8", (300, 40))
    shown = [row[2:].partition("│")[0].rstrip() for row in screen.panel[2:] if " 503 " in row]
    assert len(shown) >= 10
    # A line longer than the panel is cut.
    assert all(
        line.startswith(text.removesuffix("…").encode()) and len(text) > 100
        for text, line in zip(shown[:10], truth.newest_errors, strict=False)
    )


def test_who_was_it_at_that_spike_twelve_minutes_ago(run: RecordedRun, data: bytes) -> None:
    screen = Screen(run, "( 3")
    found = re.search(r"as of ([0-9:]+) \(([0-9]+) s\)", "\n".join(screen.header))
    assert found is not None
    at_us = next(
        hit.time_us // US_PER_S * US_PER_S for hit in Night(data).hits if f"{local(hit.time_us):%H:%M:%S}" == found[1]
    )
    column = Night(data).between(at_us, at_us + int(found[2]) * US_PER_S)
    hosts = [hit.host for hit in column]
    assert screen.rows()[0] == (max(hosts, key=hosts.count).decode(), max(map(hosts.count, set(hosts))))
