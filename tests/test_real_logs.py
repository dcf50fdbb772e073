"""Real access logs have the figures that an independent strict reader found in them."""

import collections
import datetime
import functools
import gzip
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.parsers import PARSERS
from tests.reference.clf import Parsed, parse_line

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
UNCLOSED_AGENT = {"logs/elastic_apache_combined.log": 8_899}
"""A line whose agent lacks its closing quote: malformed for a strict reader, here a hit without an agent."""
OTHER_METHODS = {"logs/nginx_daily/access.log-20251222": {"(none)": -1, "REQMOD": 1}}
"""A request that ends in ``ICAP/1.0``: none for a strict reader, here a method with a target like any other."""


def _all_facts() -> list[dict[str, Any]]:
    path = DATA / "facts.ndjson"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


FACTS = _all_facts()
needs_data = pytest.mark.skipif(not FACTS, reason="../shared/data, the real logs, is not here")


def _log(name: str) -> bytes:
    data = (DATA / name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


@functools.cache
def _parsed(parser: str, name: str) -> Parsed:
    return PARSERS[parser](_log(name), "auto")


def _iso(time_us: int) -> str:
    moment = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=time_us)
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _figures(parsed: Parsed, without_line: int | None) -> dict[str, object]:
    """Return the figures of a log under the names the facts have, without one of its lines."""
    rows = [row for row in parsed.rows if row.line_no != without_line]
    methods = collections.Counter((row.method or b"(none)").decode() for row in rows)
    hosts = collections.Counter(row.host.decode() for row in rows)
    times = [row.time_us for row in rows]
    steps_back_s = [(before - after) // 1_000_000 for before, after in pairwise(times) if after < before]
    return {
        "lines": parsed.lines,
        "well_formed": len(rows),
        "malformed_lines": sorted(parsed.malformed + ([without_line] if without_line else [])),
        "statuses": dict(collections.Counter(str(row.status) for row in rows)),
        "methods": dict(methods),
        "distinct_hosts": len(hosts),
        "top_host_hits": [hits for _, hits in hosts.most_common(3)],
        "top_host": hosts.most_common(1)[0],
        "size_total": sum(row.size_bytes or 0 for row in rows),
        "size_dash": sum(row.size_bytes is None for row in rows),
        "ipv6_hosts": sum(b":" in row.host for row in rows),
        "first_utc": _iso(min(times)),
        "last_utc": _iso(max(times)),
        "out_of_order": len(steps_back_s),
        "max_step_back_s": max(steps_back_s, default=0),
        "busiest_second": max(collections.Counter(times).values()),
    }


@needs_data
@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize("facts", FACTS, ids=[facts["file"] for facts in FACTS])
def test_the_figures_are_those_of_a_strict_reader(parser: str, facts: dict[str, Any]) -> None:
    name: str = facts["file"]
    stated: dict[str, object] = {key: facts[key] for key in facts if key != "top_hosts"}
    stated["top_host_hits"] = [hits for _, hits in facts["top_hosts"]]
    stated["top_host"] = tuple(facts["top_hosts"][0])
    methods = collections.Counter(facts["methods"])
    methods.update(OTHER_METHODS.get(name, {}))
    stated["methods"] = dict(methods)
    figures = _figures(_parsed(parser, name), UNCLOSED_AGENT.get(name))
    assert figures == {key: stated[key] for key in figures}


@needs_data
@pytest.mark.parametrize("facts", FACTS, ids=[facts["file"] for facts in FACTS])
def test_both_parsers_read_every_line_alike(facts: dict[str, Any]) -> None:
    assert _parsed("fast", facts["file"]) == _parsed("reference", facts["file"])


@needs_data
def test_a_line_whose_agent_is_not_closed_is_a_hit_without_an_agent() -> None:
    for name, line_no in UNCLOSED_AGENT.items():
        row = parse_line(_log(name).split(b"\n")[line_no - 1])
        assert row is not None
        assert (row.referer, row.agent, row.status, row.size_bytes) == (None, None, 200, 235)
