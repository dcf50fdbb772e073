"""The pictures of the dashboard in docs/pictures: the real app over the log of a night, at three moments.

The log is read to its moment as a replay, and the run then shown as a live one that has read so far, since that is what
people have before them.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from http_monitor.dashboard import screen_app
from http_monitor.dashboard.palettes import DARK
from http_monitor.dashboard.state.facts import Facts
from http_monitor.report import Pulse
from tests.dashboard_app import RecordedRun, app_of, press, settle
from tests.dashboard_svg import draw
from tests.display_samples import time_zone
from tests.night_log import FLOOD_FROM_S, LASTS_S, START_S, make_log
from tests.program import ROOT, stamp

FOLDER = ROOT / "docs" / "pictures"
WIDTH, HEIGHT = 120, 36
MAX_BYTES = 150_000
MOMENTS: dict[str, tuple[int, Sequence[str]]] = {
    "quiet": (600, ()),
    "attack": (FLOOD_FROM_S + 100, ()),
    "past": (LASTS_S, ("left_parenthesis", "3")),
}
"""Seconds of the log, and the keys pressed then."""
_RECENT_S = 15 * 60
_FORMAT = "nginx_timed"


def make_picture(name: str) -> bytes:
    """Return a picture as SVG that loads nothing."""
    with time_zone("UTC0"), TemporaryDirectory() as folder:
        path = Path(folder) / "access.log"
        length_s, keys = MOMENTS[name]
        path.write_bytes(_until(make_log(), length_s))
        run = RecordedRun(path, _FORMAT, _RECENT_S)
        run.told = _live(run.told)
        return asyncio.run(_picture(run, keys)).encode()


async def _picture(run: RecordedRun, keys: Sequence[str]) -> str:
    app = app_of(run)
    # Whatever the terminal is in which this runs.
    with patch.object(screen_app, "choose_palette", lambda *_: (DARK, False)):
        async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
            app.frame()
            await settle(pilot)
            await press(pilot, *keys)
            app.frame()
            await settle(pilot)
            return draw(app.screen._compositor.render_strips())


def _until(log: bytes, length_s: int) -> bytes:
    """Return the lines of the first seconds."""
    end = log.find(stamp((START_S + length_s) * 1_000_000))
    return log if end < 0 else log[: log.rindex(b"\n", 0, end) + 1]


def _live(told: Facts) -> Facts:
    report, now_us = told.report, told.now_us
    assert report is not None
    assert now_us is not None
    threshold = report.threshold_of("traffic") or 0.0
    per_s = report.hits_per_s
    pulse = Pulse(now_us, per_s, report.window.hits_per_s, threshold, now_us, len(told.active), 0)
    title = "/var/log/nginx/access.log"
    return replace(told, title=title, is_replay=False, phase="live", clock_us=now_us, pulse=pulse, summary=None)
