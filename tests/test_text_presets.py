"""The text formats of proxies, clouds and Python servers, by what their lines say."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.parser.fields.scalars import read_time
from http_monitor.parser.presets import BY_NAME
from tests.agreement import check_alike
from tests.examples import examples

CASES = Path(__file__).parents[2] / "shared" / "data" / "cases.ndjson"
AT_US = 1_760_097_336_000_000
STEPPED = ["aws_alb", "aws_elb", "aws_s3", "gcs", "squid", "haproxy_http", "envoy", "traefik_clf", "uvicorn"]


def example(name: str) -> bytes:
    return BY_NAME[name].examples[-1]


def row(name: str, line: bytes) -> dict[str, Any]:
    fmt: Any = BY_NAME[name].make(10_000)
    batch = fmt.parse(line + b"\n")
    assert batch.rows.num_rows == 1, fmt.read_line(line)
    time_us = batch.rows.column("time").cast(pa.int64()).to_pylist()[0]
    values: dict[str, Any] = batch.rows.to_pylist()[0]
    return values | {"time": time_us}


@pytest.mark.parametrize("name", STEPPED)
def test_every_server_tells_the_same_hit(name: str) -> None:
    found = row(name, example(name))

    assert (found["status"], found["method"], found["path"]) == (200, b"GET", b"/basket/add")
    assert found["section"] == b"/basket"
    if name != "uvicorn":
        assert found["time"] // 1_000_000 == AT_US // 1_000_000
        assert found["duration_us"] == 12_000
        assert found["size_bytes"] == 2326
    assert found["host"] == (b"-" if name == "envoy" else b"192.0.2.7")


@pytest.mark.parametrize("name", STEPPED)
def test_a_line_cut_anywhere_stops_to_fit_where_it_was_cut_or_before(name: str) -> None:
    line = example(name)
    fmt: Any = BY_NAME[name].make(10_000)
    for stop in range(1, len(line)):
        reading = fmt.read_line(line[:stop])
        if reading.values is None:
            assert 1 <= reading.column <= stop + 1
            assert reading.expected


@pytest.mark.parametrize(
    ("name", "old", "new", "column", "value"),
    [
        ("aws_alb", b"0.001 0.010 0.001", b"0.001 -1 -1", "duration_us", None),
        ("aws_alb", b"0.001 0.010 0.001", b"0.001 -1 -1", "upstream_us", None),
        ("aws_alb", b"192.0.2.7:50123", b"2001:db8::1:50123", "host", b"2001:db8::1"),
        ("aws_alb", b" TLSv1.2", b" -", "tls", None),
        ("aws_alb", b"198.51.100.1:80 0.001", b"- 0.001", "upstream_us", 10_000),
        ("aws_s3", b'"curl/8.5.0"', b'"a "b" c"', "agent", b'a "b'),
        ("aws_s3", b'"GET /basket/add?item=7 HTTP/1.1"', b"-", "section", b"(none)"),
        ("envoy", b'"curl/8.5.0"', b'"a"b"', "agent", b'a"b'),
        ("gcs", b'"curl/8.5.0"', b'"say ""hi"", please"', "agent", b'say ""hi"", please'),
        ("haproxy_http", b" 200 2326", b" -1 0", "status", 0),
        ("haproxy_http", b"{shop.example} {} ", b"", "path", b"/basket/add"),
        ("haproxy_http", b"Oct 10 11:55:36 lb haproxy[14389]: ", b"", "host", b"192.0.2.7"),
        ("haproxy_http", b'"GET /basket/add?item=7 HTTP/1.1"', b'"<BADREQ>"', "section", b"(none)"),
        ("haproxy_http", b'HTTP/1.1"', b'HTTP/1.1" 0/0/0/0/0 shop.example/TLSv1.3/AES', "tls", b"TLSv1.3"),
        ("squid", b"TCP_MISS/200", b"NONE/000", "status", 0),
        ("squid", b"GET http://shop.example/basket/add?item=7", b"CONNECT shop.example:443", "section", b"(connect)"),
        ("traefik_clf", b"200 2326", b"- -", "status", 0),
        ("traefik_clf", b'"http://198.51.100.1:80"', b"-", "duration_us", 12_000),
        ("uvicorn", b"INFO:     ", b"INFO: ", "host", b"192.0.2.7"),
        ("uvicorn", b"INFO:     ", b"", "host", b"192.0.2.7"),
        ("gunicorn", b"", b"", "agent", b"curl/8.5.0"),
    ],
)
def test_what_servers_write_in_rarer_cases(name: str, old: bytes, new: bytes, column: str, value: object) -> None:
    assert old in example(name)
    line = example(name).replace(old, new, 1) if old else example(name)
    if (name, column) == ("aws_s3", "agent"):
        # An unescaped agent may end early; its line still counts.
        assert row(name, line)["status"] == 200
    assert row(name, line)[column] == value


def test_an_alb_line_gives_all_that_it_has() -> None:
    values = BY_NAME["aws_alb"].make(10_000).read_line(example("aws_alb")).values  # type: ignore[attr-defined]

    assert values["vhost"] == b"shop.example"
    assert values["request_id"] == b"Root=1-58337262-36d228ad5d99923122bbe354"
    assert (values["bytes_in"], values["size_bytes"]) == (421, 2326)
    assert (values["duration_us"], values["upstream_us"]) == (12_000, 10_000)
    # Whom the balancer asked, and what was asked for, are both called target.
    assert values["target:port"] == b"198.51.100.1:80"
    assert values["target"] == b"https://shop.example:443/basket/add?item=7"


def test_the_names_of_columns_record_no_request() -> None:
    batch = BY_NAME["gcs"].make(10_000).parse(b"\n".join(BY_NAME["gcs"].examples))
    assert (batch.lines, batch.line_nos.tolist(), batch.other_nos.tolist()) == (2, [2], [1])


_WORD = st.text("abcXYZ019.-_", min_size=1, max_size=8).filter(lambda text: text != "-")


@settings(max_examples=examples(60), deadline=None)
@given(
    st.integers(0, 4_000_000_000_000),
    _WORD,
    st.sampled_from(["TCP_HIT", "TCP_MISS", "NONE"]),
    st.integers(100, 999),
    st.integers(0, 1 << 62),
    st.integers(0, 10**9),
    _WORD,
    st.sampled_from(["", " ", "     "]),
)
def test_what_squid_is_made_to_write_is_read_back(
    at_ms: int, host: str, result: str, status: int, size: int, took_ms: int, path: str, pad: str
) -> None:
    seconds = f"{max(at_ms, 10**11) // 1000:09d}.{at_ms % 1000:03d}"
    line = f"{seconds} {pad}{took_ms} {host} {result}/{status} {size} GET http://a.example/{path} - NONE/- -".encode()

    found = row("squid", line)

    assert found["time"] == read_time(seconds.encode(), "epoch")
    assert (found["host"], found["cache"], found["status"]) == (host.encode(), result.encode(), status)
    assert (found["size_bytes"], found["duration_us"]) == (size, took_ms * 1_000)
    assert found["path"] == b"/" + path.encode()


def _traefik_cases() -> list[Any]:
    if not CASES.exists():
        return []
    cases = [json.loads(line) for line in CASES.read_text().splitlines()]
    return [pytest.param(case, id=case["id"]) for case in cases if case["format"] == "traefik_clf"]


@pytest.mark.skipif(not CASES.exists(), reason="the shared data is not there")
@pytest.mark.parametrize("case", _traefik_cases())
def test_the_cases_of_other_projects(case: dict[str, Any]) -> None:
    reading = BY_NAME["traefik_clf"].make(10_000).read_line(case["line"].encode())  # type: ignore[attr-defined]
    ambiguous = case.get("ambiguous", [])
    if "valid" not in ambiguous:
        assert (reading.values is not None) == case["valid"]
    expected = case["expected"]
    if expected is None or reading.values is None:
        return
    values = reading.values
    names = {"size": "size_bytes", "path": "target", "user_agent": "agent"}
    for name in ("user", "method", "path", "protocol", "status", "size", "referer", "user_agent"):
        if name in ambiguous:
            continue
        found = values[names.get(name, name)]
        assert (found.decode() if isinstance(found, bytes) else found) == expected[name]
    assert read_time(expected["time"].encode(), "iso") == values["time"]


@pytest.mark.parametrize("status", [b"000", b"0", b"-", b"-1", b"099", b"100", b"999"])
def test_what_is_no_status_is_the_same_to_all_readers(status: bytes) -> None:
    line = (
        b'192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET /a HTTP/1.1" %s 17 "-" "curl/8.5.0" 196 0.618 [shop-80] []'
        b" 10.244.1.4:8080 17 0.050 200 0a1b2c"
    )
    check_alike(BY_NAME["ingress_nginx"], [line % status])
