"""What servers, proxies and libraries write in JSON is read, each field under whatever key, and what is not is told."""

import json
import shlex
from typing import Any

import pyarrow as pa
import pytest

from http_monitor.parser.formats import get_format
from http_monitor.parser.jsonl.format import JsonFormat
from http_monitor.parser.presets import BY_NAME
from http_monitor.ports.log_format import Explaining
from tests.agreement import FILLER, check_alike
from tests.json_samples import AT_US, USUAL, WRITTEN


def rows_of(fmt: Any, data: bytes) -> list[dict[str, Any]]:
    batch = fmt.parse(data)
    columns = batch.rows.set_column(0, "time", batch.rows.column("time").cast(pa.int64()))
    return [*columns.to_pylist()]


def encoded(found: dict[str, Any]) -> bytes:
    return json.dumps(found).encode()


@pytest.mark.parametrize("name", WRITTEN)
def test_what_programs_write_is_read_line_by_line_and_by_columns(name: str) -> None:
    found, more = WRITTEN[name]
    line = encoded(found)

    (row,) = rows_of(BY_NAME["json"].make(10_000), line)
    many = rows_of(BY_NAME["json"].make(10_000), (line + b"\n") * 40 + FILLER)

    wanted = USUAL | more
    assert {key: row[key] for key in wanted} == wanted
    assert row["time"] // 1_000_000 == AT_US // 1_000_000
    assert many == [row] * 40
    check_alike(BY_NAME["json"], [line])


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"status": "ok", "status_code": 404}, {"status": 404}),
        ({"status": "up", "level": 30, "id": 7, "code": 200}, {"status": 0}),
        ({"statusCode": 404, "upstream_status": 502, "response": "200"}, {"status": 404}),
        ({"response": "404"}, {"status": 404}),
        ({"response": "done"}, {"status": 0}),
        ({"status": 0}, {"status": 0}),
        ({"status": "000"}, {"status": 0}),
        ({"status": -1}, {"status": 0}),
        ({"status": "-"}, {"status": 0}),
        ({"status": "HTTP/1.1 404 Not Found"}, {"status": 404}),
        ({"status": "HTTP/2 404"}, {"status": 404}),
        ({"status": "404  Not Found"}, {"status": 404}),
        ({"status": "404 "}, {"status": 404}),
        ({"status_line": "done", "code": 1}, {"status": 0}),
        ({"downstream_remote_address_without_port": "192.0.2.8"}, {"host": b"192.0.2.8"}),
        ({"DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT": "192.0.2.8"}, {"host": b"192.0.2.8"}),
        ({"client_port": "54321", "ip": "192.0.2.8"}, {"host": b"192.0.2.8"}),
        ({"client_port": 54321}, {"host": b"-"}),
        ({"client_port": "192.0.2.8:4711"}, {"host": b"192.0.2.8"}),
        ({"client_port": "192.0.2.8:4711", "client_ip": "192.0.2.9"}, {"host": b"192.0.2.9"}),
        (
            {"metadata": {"name": "web-1", "namespace": "shop", "uid": "7", "host": "node1"}, "ip": "::1"},
            {"host": b"::1"},
        ),
        ({"status": 404, "metadata": {"status": 200, "url": "/b"}, "url": "/a"}, {"status": 404, "path": b"/a"}),
        ({"status": 200.0, "size": 5.0}, {"status": 200, "size_bytes": 5}),
        ({"status": 200, "size": -1}, {"size_bytes": None}),
        ({"remote_addr": "192.0.2.9", "client_ip": "192.0.2.8"}, {"host": b"192.0.2.9"}),
        ({"client": "192.0.2.8", "remote": "web1"}, {"host": b"192.0.2.8"}),
        ({"client": "shop", "ip": "2001:db8::7"}, {"host": b"2001:db8::7"}),
        ({"client": "[2001:db8::7]:4711"}, {"host": b"2001:db8::7"}),
        ({"remote_addr": "192.0.2.7:4711"}, {"host": b"192.0.2.7"}),
        ({"remote_addr": "shop:4711"}, {"host": b"shop:4711"}),
        ({"remote_addr": "-", "ip": "192.0.2.8"}, {"host": b"192.0.2.8"}),
        ({"@version": "1", "host": "web1", "path": "/var/log/access.log", "url": "/x"}, {"vhost": None, "path": b"/x"}),
        ({"url": "shop", "path": "/x"}, {"path": b"/x"}),
        ({"request": "/x?y", "method": "handle", "verb": "PUT"}, {"path": b"/x", "method": b"PUT"}),
        ({"request": "PUT /x HTTP/1.1", "method": "handle"}, {"path": b"/x", "method": b"PUT"}),
        ({"headers": {"User-Agent": ["a/1"]}, "res": {"headers": {"user-agent": "b/2"}}}, {"agent": b"a/1"}),
        ({"http": {"headers": {"Referer": "http://a/"}}}, {"referer": b"http://a/"}),
        ({"duration_ms": 5, "duration": 7}, {"duration_us": 5_000}),
        ({"latency_ns": 5_000_000}, {"duration_us": 5_000}),
        ({"elapsedMicros": "5"}, {"duration_us": 5}),
        ({"tookSeconds": 0.5}, {"duration_us": 500_000}),
        ({"latency": {"ms": 5}}, {"duration_us": 5_000}),
        ({"latencys": 5}, {"duration_us": None}),
        ({"duration": 7}, {"duration_us": None}),
        ({"latency": "1m2.5s"}, {"duration_us": 62_500_000}),
        ({"latency": "250\N{MICRO SIGN}s"}, {"duration_us": 250}),
        ({"latency": "13 ms"}, {"duration_us": 13_000}),
        ({"took": "0:00:01.5"}, {"duration_us": 1_500_000}),
        ({"request_time": 0.5}, {"duration_us": None}),
        ({"request_time": "0.500", "body_bytes_sent": 5}, {"duration_us": 500_000}),
        ({"duration": "0.500", "remote_addr": "192.0.2.7", "body_bytes_sent": 5}, {"duration_us": 500_000}),
        ({"duration": "0.5", "remote_addr": "192.0.2.7", "body_bytes_sent": 5}, {"duration_us": None}),
        ({"request_time": 500, "response_flags": "-"}, {"duration_us": 500_000}),
        ({"time_taken": 12, "resourceId": "/a", "operationName": "b"}, {"duration_us": None}),
        ({"time_taken": 12}, {"duration_us": None}),
        ({"time_total": 12, "bytes_read": 5}, {"duration_us": 12_000, "size_bytes": 5}),
        ({"time_total": 12}, {"duration_us": None}),
        ({"bytes_read": 5}, {"size_bytes": None}),
        ({"Duration": 12, "DownstreamStatus": 404}, {"duration_us": None, "status": 404}),
        ({"st": 404, "b": 5, "ci": "192.0.2.9"}, {"status": 0, "size_bytes": None, "host": b"-"}),
        ({"date": "2025-10-11", "time": "11:55:36", "status": 404}, {"time": AT_US + 86_400 * 10**6}),
        ({"date": "2025-10-11", "time": "13:55:36.5+02:00", "status": 404}, {"time": AT_US + 86_400_500_000}),
        ({"date": "2025-10-11", "time": 1760097336}, {"time": AT_US}),
        ({"date": "10 Oct", "ts": 1760097337, "time": 1760097336}, {"time": AT_US}),
        ({"reqPath": "a/b"}, {"path": None}),
        ({"reqPath": "a/b", "cliIP": "::1", "edgeIP": "::2"}, {"path": b"/a/b"}),
        ({"reqPath": "-", "cliIP": "::1", "edgeIP": "::2"}, {"path": None}),
        ({"latency": {"secs": 1, "nanos": 13_000_000}}, {"duration_us": 1_013_000}),
        ({"duration": {"seconds": 0, "nanos": 999}}, {"duration_us": 0}),
        ({"data": {"elapsed.seconds": 2, "elapsed.nanos": 5_000}}, {"duration_us": 2_000_005}),
        ({"latency": {"nanos": "13000000", "secs": "1"}}, {"duration_us": 1_013_000}),
        ({"latency": {"secs": 1, "nanos": 1_000_000_000}}, {"duration_us": None}),
        ({"latency": {"nanos": 5_000_000, "secs": None}}, {"duration_us": None}),
        ({"duration(ms)": 13}, {"duration_us": 13_000}),
        ({"latency[us]": 14}, {"duration_us": 14}),
        ({"duration(pages)": 13}, {"duration_us": None}),
        ({"req_duration_ms": 13}, {"duration_us": 13_000}),
        ({"exec_time": "13ms"}, {"duration_us": 13_000}),
        ({"respTime": {"us": 13}}, {"duration_us": 13}),
        ({"duration_s": "1.3e-2"}, {"duration_us": 13_000}),
        ({"duration_ms": "1.5E+1"}, {"duration_us": 15_000}),
        ({"request_time": 0.5, "body_bytes_sent": 5}, {"duration_us": 500_000}),
        ({"request_time": 13, "body_bytes_sent": 5}, {"duration_us": None}),
        ({"remote": {"address": "192.0.2.9", "port": 7}}, {"host": b"192.0.2.9"}),
        ({"remote": {"address": "db"}, "ip": "192.0.2.9"}, {"host": b"192.0.2.9"}),
        ({"ip": "10.0.0.1, 192.0.2.9"}, {"host": b"192.0.2.9"}),
        ({"ip": "shop, 192.0.2.9"}, {"host": b"-"}),
        ({"request": {"verb": "PUT", "url": {"path": "/x", "raw": "/y?z"}}}, {"path": b"/y"}),
        ({"request": {"url": {"path": "/x"}}}, {"path": b"/x"}),
        ({"status": {"code": 404, "text": "Not Found"}}, {"status": 404}),
        ({"status": {"status_code": "503"}}, {"status": 503}),
        ({"resp_body_size": 7}, {"size_bytes": 7}),
        ({"reqPath": "/a", "cliIP": "::1", "edgeIP": "::2"}, {"path": b"/a"}),
    ],
)
def test_of_several_keys_the_one_counts_whose_value_can_be_what_it_says(
    keys: dict[str, Any], said: dict[str, Any]
) -> None:
    line = encoded({"time": 1760097336, "method": "GET", "user": "anna"} | keys)

    (row,) = rows_of(BY_NAME["json"].make(10_000), line)

    assert {key: row[key] for key in said} == said
    check_alike(BY_NAME["json"], [line])


@pytest.mark.parametrize(
    ("time", "part_us"),
    [
        ("1760097336", 0),
        ("1760097336.25", 250_000),
        ("1760097336250", 250_000),
        ('"1760097336250000"', 250_000),
        ("1760097336250000000", 250_000),
        ("1.76009733625e9", 250_000),
        ('"10/Oct/2025:13:55:36 +0200"', 0),
        ('"[10/Oct/2025:13:55:36.250 +0200]"', 250_000),
        ('"Fri, 10 Oct 2025 11:55:36 GMT"', 0),
        ('"2025-10-10 11:55:36.25 +0000 UTC m=+0.1"', 250_000),
        ('"2025-10-10T13:55:36,25+0200"', 250_000),
    ],
)
def test_a_time_is_read_in_the_unit_that_it_shows(time: str, part_us: int) -> None:
    line = b'{"ts":%s,"status":200,"method":"GET","path":"/"}' % time.encode()
    for data in (line, (line + b"\n") * 40 + FILLER):
        rows = rows_of(BY_NAME["json"].make(10_000), data)
        assert {row["time"] for row in rows} == {AT_US + part_us}


@pytest.mark.parametrize("key", ["end_time", "received_at", "when", "unixtime", "@time", "ts_ms"])
def test_a_time_is_found_under_many_a_name_where_its_value_is_one(key: str) -> None:
    line = encoded({key: 1760097336, "status": 200, "method": "GET", "path": "/"})
    assert [row["time"] for row in rows_of(BY_NAME["json"].make(10_000), line)] == [AT_US]
    assert reading_of("json", line.replace(b"1760097336", b'"noon"')).expected == "a key with the time"


def test_a_number_that_is_no_time_of_these_years_is_malformed() -> None:
    reading = reading_of("json", b'{"ts":12,"status":200}')
    assert (reading.values, reading.expected) == (
        None,
        "a number that is seconds, milliseconds, microseconds or nanoseconds since 1970",
    )


def test_an_object_without_a_time_is_told_to_lack_it() -> None:
    line = b'{"level":"info","method":"GET","url":"/","status":200}'
    assert reading_of("json", line).expected == "a key with the time"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            b'{"At":1760097336,"ip":"::1","method":"GET","url":"/a","status":503}',
            "a key with the time (these keys are not read: At, which looks like the time; "
            "--format json:host=ip,method=method,target=url,status=status,time=At reads them)",
        ),
        (
            b'{"ts":1760097336,"ip":"::1","m":"GET","u":"/a","st":503}',
            "a key with the request or the status (these keys are not read: st, which looks like the status and u, "
            "which looks like the target of the request and m, which looks like the method; "
            "--format json:time=ts,host=ip,status=st,target=u,method=m reads them)",
        ),
        (b'{"At":"noon","method":"GET","url":"/a","status":503}', "a key with the time"),
        (b'{"expires_at":1760097336,"method":"GET","url":"/a","status":503}', "a key with the time"),
    ],
)
def test_a_line_that_lacks_what_a_hit_needs_is_told_with_the_format_that_reads_it(line: bytes, told: str) -> None:
    reading = reading_of("json", line)

    assert (reading.values, reading.expected) == (None, told)
    if "--format " in told:
        (word, *_) = shlex.split(told.partition("--format ")[2])
        (row,) = rows_of(get_format(word), line)
        assert (row["status"], row["method"], row["path"], row["time"]) == (503, b"GET", b"/a", AT_US)


def reading_of(name: str, line: bytes) -> Any:
    made = BY_NAME[name].make(10_000)
    assert isinstance(made, Explaining)
    return made.read_line(line)


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        (rb"say \x22x\x22", rb"say \x22x\x22"),
        (rb"a\vb\'c", rb"a\vb\'c"),
        (rb"a\\xb", rb"a\xb"),
        (rb"a\u12", rb"a\u12"),
        (b"caf\xe9 x", b"caf\xe9 x"),
        (b"a\tb\x1b", b"a\tb\x1b"),
    ],
)
def test_a_string_that_is_not_quite_json_is_what_the_server_wrote(text: bytes, agent: bytes) -> None:
    line = b'{"time":1760097336,"status":200,"path":"/","method":"GET","user_agent":"%s","score":NaN}' % text
    (row,) = rows_of(BY_NAME["json"].make(10_000), line)
    assert row["agent"] == agent
    check_alike(BY_NAME["json"], [line])


@pytest.mark.parametrize(
    ("line", "likely"),
    [
        (
            b'{"time":1760097336,"ip":"192.0.2.7","method":"GET","url":"/a","size":1,"code":503,"latency":12.5}',
            {"status": 503, "duration_us": 12_500},
        ),
        (b'{"t":1760097336,"who":"192.0.2.7","method":"GET","page":"/a","st":404,"n_bytes":7}', {"host": b"192.0.2.7"}),
        (b'{"t":1760097336,"ip":"192.0.2.7","page":"/a/b","status":404,"verb":"GET"}', {"path": b"/a/b"}),
        (b'{"time":1760097336,"host":"192.0.2.7","method":"GET","uri":"/a","status":"200"}', {"host": b"192.0.2.7"}),
        (b'{"time":1760097336,"ip":"192.0.2.7","request":"GET / HTTP/1.1","status":"200","what":"curl/8.5.0"}', {}),
        (
            b'{"time":1760097336,"a":{"b":{"len":"77"}},"ip":"::1","method":"GET","uri":"/","status":200}',
            {"size_bytes": 77},
        ),
    ],
)
def test_a_key_that_looks_like_a_field_is_told_with_the_format_that_reads_it(
    line: bytes, likely: dict[str, Any]
) -> None:
    made = BY_NAME["json"].make(10_000)
    assert isinstance(made, JsonFormat)
    before = made.read_line(line).values or {}

    (remark,) = made.remarks(line)

    assert remark.name == "json-keys"
    words = shlex.split(remark.text.partition("--format ")[2])
    pasted = get_format(words[0])
    assert isinstance(pasted, Explaining)
    values = pasted.read_line(line).values or {}
    assert {key: values[key] for key in likely} == likely
    kept = ("time", "method", "path", "status", "size_bytes", "host")
    assert {key: values.get(key) for key in kept if before.get(key) is not None} == {
        key: before[key] for key in kept if before.get(key) is not None
    }


@pytest.mark.parametrize(
    "keys",
    [
        {"level": "info", "caller": "a/b.go:7", "latency": 0.000123},
        {"level": "info", "caller": "a/b.go:7", "latency": 1.23e-05},
        {"level": "info", "message": "x", "duration": 0.123},
        {"level": "INFO", "msg": "x", "duration": 12_500_000_000},
        {"level": "info", "latency": 13},
        {"response_state": "MISS", "time_elapsed": 12_500},
        {"response_time": 12},
        {"time-taken": "12", "time-to-first-byte": "0.001"},
        {"time_taken": 12, "resourceId": "/a", "operationName": "b"},
        {"Duration": 12_500_000},
        {"request_time": 13, "bytes_sent": 1},
        {"spent_time": "13ms"},
        {"handler_millis": 13},
    ],
)
def test_a_duration_is_told_whose_unit_nothing_shows(keys: dict[str, Any]) -> None:
    made = BY_NAME["json"].make(10_000)
    assert isinstance(made, JsonFormat)
    line = encoded(
        {"time": 1760097336, "ip": "192.0.2.7", "method": "GET", "url": "/a", "status": 200, "size": 1} | keys
    )

    (row,) = rows_of(made, line)
    (remark,) = made.remarks(line)

    assert row["duration_us"] is None
    told = ["latency", "duration", "time_elapsed", "response_time", "time-taken", "time_taken", "Duration"]
    told += ["request_time", "spent_time", "handler_millis"]
    key = next(name for name in told if name in keys)
    assert f"not read: {key}, which looks like the duration" in remark.text
    words = shlex.split(remark.text.partition("--format ")[2])
    (pasted,) = rows_of(get_format(words[0]), line)
    assert pasted["duration_us"] is not None


def test_a_duration_of_nothing_is_not_told_where_one_with_decimals_is_read() -> None:
    made = BY_NAME["json"].make(10_000)
    assert isinstance(made, JsonFormat)
    keys = {"time": 1760097336, "remote_addr": "::1", "request": "GET / HTTP/1.1", "status": 200, "bytes_sent": 1}
    assert [*made.remarks(encoded(keys | {"request_time": 0}))] == []
    assert [remark.name for remark in made.remarks(encoded(keys | {"request_time": 1}))] == ["json-keys"]
    assert [remark.name for remark in made.remarks(encoded(keys | {"duration": 0}))] == ["json-keys"]


@pytest.mark.parametrize("name", WRITTEN)
def test_nothing_is_told_where_all_is_read(name: str) -> None:
    made = BY_NAME["json"].make(10_000)
    assert isinstance(made, JsonFormat)
    assert [*made.remarks(encoded(WRITTEN[name][0]))] == []


@pytest.mark.parametrize("key", ["level", "id", "port", "error_code", "upstream_status", "zip", "server_ip"])
def test_no_key_is_told_that_is_something_else(key: str) -> None:
    made = BY_NAME["json"].make(10_000)
    assert isinstance(made, JsonFormat)
    value = "192.0.2.1" if key == "server_ip" else 200
    assert [*made.remarks(encoded({"time": 1760097336, "method": "GET", "uri": "/", key: value}))] == []
