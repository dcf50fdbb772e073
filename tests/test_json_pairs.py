"""Two lines of JSON for one request are one hit, and lines that record no request are none, wherever a log is cut."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.jsonl.format import JsonFormat
from http_monitor.parser.jsonl.pairs import MAX_OPEN
from http_monitor.parser.lines.remarks import Remarks
from http_monitor.parser.presets import BY_NAME
from http_monitor.records import Batch
from tests.agreement import FILLER
from tests.examples import examples
from tests.program import run
from tests.reference.presets import read_log

ZOO = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "zoo2"


def made() -> JsonFormat:
    found = BY_NAME["json"].make(10_000)
    assert isinstance(found, JsonFormat)
    return found


def begun(number: object, at: int = 0, **more: Any) -> bytes:
    request = {"method": "GET", "url": f"/a/{number}?q", "host": "shop.example", "remoteAddress": "192.0.2.7"}
    return encoded(level=30, time=1760097336000 + at, pid=7, reqId=number, req=request, msg="incoming request", **more)


def ended(number: object, at: int = 5, status: int = 200, **more: Any) -> bytes:
    return encoded(
        level=30,
        time=1760097336000 + at,
        pid=7,
        reqId=number,
        res={"statusCode": status},
        responseTime=4.5,
        msg="request completed",
        **more,
    )


def encoded(**keys: Any) -> bytes:
    return json.dumps({key: value for key, value in keys.items() if value is not None}).encode() + b"\n"


def said(fmt: JsonFormat, *chunks: bytes) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the rows of chunks, and what became of each line: ``row``, ``other`` or ``malformed``."""
    rows: list[dict[str, Any]] = []
    kinds: list[str] = []
    for chunk in chunks:
        batch: Batch = fmt.parse(chunk)
        columns = batch.rows.set_column(0, "time", batch.rows.column("time").cast(pa.int64()))
        rows += columns.to_pylist()
        others = set(batch.other_nos.tolist())
        fit = set(batch.line_nos.tolist())
        kinds += [
            "row" if number in fit else "other" if number in others else "malformed"
            for number in range(1, batch.lines + 1)
        ]
    return rows, kinds


def test_the_first_line_of_a_request_is_none_and_its_fields_are_the_hits() -> None:
    rows, kinds = said(made(), begun("r1") + begun("r2") + ended("r2", status=404) + ended("r1"))

    assert kinds == ["other", "other", "row", "row"]
    assert [(row["host"], row["path"], row["method"], row["status"], row["vhost"]) for row in rows] == [
        (b"192.0.2.7", b"/a/r2", b"GET", 404, b"shop.example"),
        (b"192.0.2.7", b"/a/r1", b"GET", 200, b"shop.example"),
    ]
    assert [row["duration_us"] for row in rows] == [4_500, 4_500]


def test_many_of_them_are_read_by_columns_as_well() -> None:
    lines = b"".join(begun(number) + ended(number) for number in range(50))
    assert len(lines) > 4_096
    rows, kinds = said(made(), lines)
    assert kinds == ["other", "row"] * 50
    assert [row["path"] for row in rows] == [b"/a/%d" % number for number in range(50)]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (encoded(time=1760097336, level="info", msg="Server listening at http://127.0.0.1:80"), "other"),
        (encoded(severity="INFO", message="job done", duration_s=1.5), "other"),
        (encoded(time=1760097336, level=30, event="cache_cleared", path="/var/cache"), "other"),
        (encoded(time=1760097336, level="info", msg="request received", method="GET", url="/x"), "other"),
        (encoded(time=1760097336, event="request_started", request="GET /x", ip="192.0.2.7"), "other"),
        (
            encoded(
                timestamp="2025-10-10T11:55:36Z",
                fields={"message": "started processing request"},
                span={"method": "GET", "uri": "/"},
            ),
            "other",
        ),
        (encoded(time=1760097336, name="Rack", message="Started", payload={"method": "GET", "path": "/"}), "other"),
        (encoded(time=1760097336, message="Started up", payload={"method": "GET", "path": "/"}), "row"),
        (
            encoded(
                time=1760097336,
                Message="Request starting HTTP/1.1 GET http://shop/a - - -",
                State={"Method": "GET", "Path": "/a", "ContentLength": None},
            ),
            "other",
        ),
        (encoded(time=1760097336, Method="GET", Path="/a", **{"@mt": "{HostingRequestStartingLog:l}"}), "other"),
        (
            encoded(time=1760097336, level=30, pid=1, hostname="h", req={"id": 1, "method": "GET"}, msg="cart saved"),
            "other",
        ),
        (encoded(time=1760097336, level=30, pid=1, hostname="h", req={"method": "GET"}, msg="cart saved"), "row"),
        (encoded(time=1760097336, origin="remote", type="request", correlation="c", method="GET"), "other"),
        (encoded(time=1760097336, origin="local", type="response", correlation="c", status=200), "row"),
        (encoded(time=1760097336, reqId="r", res={"statusCode": 500}, err={"type": "Error"}, msg="no"), "other"),
        (encoded(time=1760097336, reqId="r", res={"statusCode": 500}, err={"type": "E"}, responseTime=1), "row"),
        (encoded(time=1760097336, msg="done", method="GET", url="/x"), "row"),
        (encoded(time=1760097336, user="anna"), "malformed"),
        (encoded(msg="no time and no level"), "malformed"),
        (encoded(time=1760097336, path="/var/log/x"), "malformed"),
    ],
)
def test_a_line_that_records_no_request_is_no_hit_and_only_a_message_is_well_formed(line: bytes, kind: str) -> None:
    assert said(made(), line)[1] == [kind]
    assert said(made(), line * 40 + FILLER + b"\n")[1] == [kind] * 40 + ["malformed"]
    assert len([row for row in read_log("json", [line[:-1]]) if row]) == (kind == "row")


def test_django_writes_two_lines_and_the_second_has_a_code() -> None:
    first = encoded(
        timestamp="2025-10-10T11:55:36Z", event="request_started", request="GET /x", request_id="7", ip="::1"
    )
    last = encoded(
        timestamp="2025-10-10T11:55:37Z", event="request_finished", request="GET /x", request_id="7", ip="::1", code=503
    )
    rows, kinds = said(made(), first + last)
    assert kinds == ["other", "row"]
    assert (rows[0]["status"], rows[0]["path"], rows[0]["host"]) == (503, b"/x", b"::1")


def test_logbook_writes_two_lines_of_which_the_first_says_who_asked_for_what() -> None:
    both = {"time": 1760097336, "correlation": "c7", "protocol": "HTTP/1.1"}
    asked = {"remote": "192.0.2.7", "method": "PUT", "uri": "http://shop/a/b?c", "path": "/a/b"}
    first = encoded(**both, origin="remote", type="request", **asked)
    last = encoded(**both, origin="local", type="response", duration=13, status=503)
    rows, kinds = said(made(), first + last)
    assert kinds == ["other", "row"]
    wanted = {"host": b"192.0.2.7", "method": b"PUT", "path": b"/a/b", "status": 503, "duration_us": 13_000}
    assert {key: rows[0][key] for key in wanted} == wanted
    assert [row for row in read_log("json", [first[:-1], last[:-1]]) if row] == rows


def test_lines_of_a_request_that_tell_of_no_status_beside_ones_that_do_are_told() -> None:
    context = encoded(time=1760097336, level="info", msg="cart saved", method="GET", url="/x", ip="::1")
    done = encoded(time=1760097336, level="info", msg="done", method="GET", url="/x", ip="::1", status=200, size=7)
    fmt = made()

    assert said(fmt, context)[1] == ["row"]
    assert [*fmt.remarks(context[:-1])] == []
    assert said(fmt, done)[1] == ["row"]
    (told,) = fmt.remarks(done[:-1])
    assert (told.name, told.settled_by) == ("several-lines", "--filter")
    assert told.text == (
        "lines with a request and no status count, beside lines that have a status: if several are of one request, it "
        "counts more than once (--filter 'status != none' counts only lines with a status)"
    )


@pytest.mark.parametrize("count", [1, 2, 3, 7])
@pytest.mark.parametrize("is_open_first", [True, False])
def test_that_lines_with_a_status_stand_beside_is_told_at_one_line_wherever_the_log_is_cut(
    count: int, *, is_open_first: bool
) -> None:
    context = encoded(time=1760097336, level="info", msg="cart saved", method="GET", url="/x", ip="::1")
    done = encoded(time=1760097336, level="info", msg="done", method="GET", url="/x", ip="::1", status=200, size=7)
    first, second = (context, done) if is_open_first else (done, context)
    lines = [first, first, first, second, first, second]
    fmt, remarks, told = made(), Remarks().of_file(), []
    for at in range(0, len(lines), count):
        data = b"".join(lines[at : at + count])
        found = remarks.check(data, fmt.parse(data), fmt)
        told += [at + (number or 0) for number, remark in found if remark.name == "several-lines"]
    assert told == [4]


@pytest.mark.parametrize(
    ("options", "is_told"),
    [
        ((), True),
        (("--filter", "path == '/x'"), True),
        (("--filter", "status != none"), False),
        (("--filter", "path == '/x'", "--filter", "status >= 100"), False),
    ],
)
def test_a_filter_on_the_status_settles_which_of_several_lines_count(options: tuple[str, ...], is_told: bool) -> None:
    context = encoded(time=1760097336, level="info", msg="cart saved", method="GET", url="/x", ip="::1")
    done = encoded(time=1760097336, level="info", msg="done", method="GET", url="/x", ip="::1", status=200, size=7)
    outcome = run("--replay", "--file", "-", "--output", "ndjson", *options, stdin=(context + done) * 5)
    names = [thing["name"] for thing in outcome.objects if thing["type"] == "notice"]
    assert names.count("several-lines") == is_told
    assert outcome.objects[-1]["hits"] == (10 if is_told else 5)


def test_what_no_first_line_was_seen_of_is_a_hit_without_a_path() -> None:
    rows, kinds = said(made(), ended("r9"))
    assert kinds == ["row"]
    assert (rows[0]["host"], rows[0]["path"], rows[0]["status"]) == (b"-", None, 200)


def test_requests_of_two_processes_may_have_one_number() -> None:
    other = begun("r1").replace(b'"pid": 7', b'"pid": 8').replace(b"192.0.2.7", b"192.0.2.8")
    rows, _ = said(made(), begun("r1") + other + ended("r1"))
    assert rows[0]["host"] == b"192.0.2.7"


def test_the_number_of_remembered_requests_is_limited() -> None:
    fmt = made()
    said(fmt, b"".join(begun(number) for number in range(MAX_OPEN + 10)))
    assert len(fmt._pairs) == MAX_OPEN
    rows, _ = said(fmt, ended(9) + ended(10))
    assert [row["path"] for row in rows] == [None, b"/a/10"]
    long = made()
    said(long, b"".join(begun(number, user="u" * 4_000) for number in range(1_000)))
    assert long._pairs._bytes <= 1 << 20


KINDS = st.sampled_from(["begun", "ended", "message", "again", "odd", "noise"])


@settings(max_examples=examples(40), deadline=None)
@given(
    what=st.lists(st.tuples(KINDS, st.integers(0, 3)), max_size=12),
    cuts=st.sets(st.integers(0, 12)),
    times=st.sampled_from([1, 40]),
)
def test_no_cut_and_no_restart_changes_a_row(what: list[tuple[str, int]], cuts: set[int], times: int) -> None:
    lines: list[bytes] = []
    for at, (kind, number) in enumerate(what):
        lines += {
            "begun": [begun(number, at)],
            "ended": [ended(number, at)] * times,
            "message": [encoded(time=1760097336, level=30, reqId=number, msg="hello")],
            "again": [encoded(time=1760097336, reqId=number, res={"statusCode": 500}, err={"a": 1})],
            "odd": [begun(number, at).replace(b"GET", b"G\xe9T").replace(b"shop.example", b"caf\xe9")],
            "noise": [b'{"reqId":%d,"req":' % number + b"\n"],
        }[kind]
    edges = [0, *sorted(cut for cut in cuts if cut < len(lines)), len(lines)]
    chunks = [b"".join(lines[left:right]) for left, right in pairwise(edges)]

    whole = said(made(), b"".join(lines))
    parts: tuple[list[dict[str, Any]], list[str]] = ([], [])
    fmt = made()
    for chunk in chunks:
        rows, kinds = said(fmt, chunk)
        parts[0].extend(rows)
        parts[1].extend(kinds)
        again = made()
        again.load(json.loads(json.dumps(fmt.save())))
        fmt = again

    assert parts == whole
    assert whole[0] == [row for row in read_log("json", [line[:-1] for line in lines]) if row is not None]


@pytest.mark.parametrize("given", [{}, {"open": 3}, {"open": [1]}, {"open": [["a", [["path", "b"]]]]}])
def test_what_was_not_saved_by_it_is_refused(given: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        made().load(given | {key: value for key, value in made().save().items() if key != "open"})


@pytest.mark.skipif(not ZOO.is_dir(), reason="../shared/data/zoo2 is not here")
def test_the_log_of_a_real_fastify_has_ten_hits() -> None:
    data = (ZOO / "fastify.log").read_bytes()
    fmt = auto_format()
    choice = fmt.choose(data)
    assert choice is not None
    assert (choice.name, choice.fits, choice.lines) == ("json", 10, 10)
    batch = fmt.parse(data)
    columns = dict(zip(batch.rows.schema.names, batch.rows.columns, strict=True))
    assert (batch.lines, len(batch.other_nos), batch.malformed_lines) == (22, 12, 0)
    assert columns["status"].to_pylist() == [200] * 4 + [304] + [200] * 5
    assert set(columns["host"].to_pylist()) == {b"127.0.0.1"}
    assert columns["path"].to_pylist()[:5] == [b"/a/b"] * 4 + [b"/n304"]
    assert columns["method"].to_pylist()[3] == b"HEAD"
    assert columns["duration_us"].to_pylist()[0] == 8_413


@pytest.mark.skipif(not ZOO.is_dir(), reason="../shared/data/zoo2 is not here")
def test_the_log_of_express_winston_is_told_to_have_no_time() -> None:
    line = (ZOO / "express-winston.log").read_bytes().split(b"\n")[0]
    fmt = auto_format()
    assert fmt.choose(line + b"\n") is None
    reading = fmt.readings(line)[0]
    assert (reading.format, reading.expected) == ("json", "a key with the time")
