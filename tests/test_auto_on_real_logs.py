"""Real logs of several servers, each recognised by its lines and read to nearly its last one."""

import gzip
from pathlib import Path

import pytest

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.detect.auto import auto_format
from tests.reference.clf import parse_log

LOGS = Path(__file__).resolve().parents[2] / "shared" / "data" / "logs"
KINDS = {
    "elastic_apache_combined.log": "combined",
    "hackers_combined_ipv6.log": "combined",
    "nginx_combined_extra.log": "combined",
    "shop2_nginx_extra_0330.log": "nginx_main",
    "shop_nginx_extra_0330.log": "nginx_main",
    "small_business_combined.log": "combined",
    "small_business_common.log": "common",
    "small_business_vhost_combined.log": "vhost_combined",
    "nginx_daily/access.log-20251219.gz": "combined",
    "nginx_daily/access.log-20251220.gz": "combined",
    "nginx_daily/access.log-20251221": "combined",
    "nginx_daily/access.log-20251222": "combined",
    "nginx_daily/access.log-20251223": "combined",
    "nginx_daily/access.log-20251224": "combined",
    "nginx_daily/access.log-20251225": "combined",
}
"""The format of each; the one with commas has an unusual LogFormat that cannot be guessed."""

pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="../shared/data/logs is not here")


def _content(name: str) -> bytes:
    data = (LOGS / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


def test_every_log_is_among_them_but_the_one_with_a_format_of_its_own() -> None:
    names = {str(path.relative_to(LOGS)) for path in LOGS.rglob("*") if path.is_file()}
    assert names - {"facts.ndjson"} == KINDS.keys() | {"small_business_custom_csv.log"}


@pytest.mark.parametrize("name", KINDS)
def test_a_log_is_recognised_and_each_line_is_read_that_the_slow_reader_reads(name: str) -> None:
    data = _content(name)
    found = auto_format(DEFAULT_LINE_BYTES)
    choice = found.choose(b"".join(data.splitlines(keepends=True)[:100]), b"")
    assert choice is not None
    assert choice.name == KINDS[name]
    batch = found.parse(data)
    slow = parse_log(data)
    assert (batch.lines, batch.malformed_lines) == (slow.lines, len(slow.malformed))
    assert batch.malformed_lines <= batch.lines / 1000
