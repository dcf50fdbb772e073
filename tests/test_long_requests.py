"""A day of a real Apache, whose lines are stamped when a request begins and written when it ends, counts wholly."""

from pathlib import Path

import pytest

from http_monitor.settings import Settings
from tests.harness import replay

LOG = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "skeletons" / "apache_long_requests.log"


@pytest.mark.skipif(not LOG.is_file(), reason="../shared/data/skeletons is not here")
@pytest.mark.parametrize("lateness_s", [None, 0, 1])
def test_every_line_of_a_log_of_long_requests_counts(lateness_s: int | None) -> None:
    data = LOG.read_bytes()
    settings = Settings(replay=True, lateness_s=lateness_s, interval_s=60)
    recorder = replay([[data]], settings)
    summary = recorder.summary
    health = summary.health
    assert (health.lines, health.accepted, summary.hits) == (4_138, 4_138, 4_138)
    assert (health.malformed, health.ahead, health.held) == (0, 0, 0)
    sizes = [line.rsplit(b" ", 1)[1] for line in data.splitlines()]
    assert summary.size_bytes == sum(int(size) for size in sizes if size.isdigit())
    assert sum(report.hits + report.late_hits for report in recorder.reports) == 4_138


@pytest.mark.skipif(not LOG.is_file(), reason="../shared/data/skeletons is not here")
def test_a_log_of_long_requests_is_the_same_wherever_it_is_cut() -> None:
    settings = Settings(replay=True, interval_s=60)
    data = LOG.read_bytes()
    lines = data.splitlines(keepends=True)
    cut = replay([[b"".join(lines[:1_000]), *lines[1_000:1_050], b"".join(lines[1_050:])]], settings)
    assert cut.reports == replay([[data]], settings).reports
