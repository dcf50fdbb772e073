"""What Python and Node servers wrote is read correctly without naming the formats.

`../shared/data/zoo2` has logs of 17 servers; those that are not here are JSON, or of the Common Log Format family, and
tested with these. Each row is what a line says: its number, the time in UTC (of a server that writes no zone its local
time), the client, the method, the path, the status (0: none), the size, the duration in microseconds and the agent.
"""

from pathlib import Path

import pyarrow as pa
import pytest

from http_monitor.choices import DEFAULT_LINE_BYTES
from http_monitor.parser.detect.auto import auto_format
from http_monitor.parser.fields.zones import UTC_ZONE, in_zone
from http_monitor.parser.presets import BY_NAME
from http_monitor.ports.log_format import LogFormat
from http_monitor.records import UNTIMED_US

ZOO = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "zoo2"
pytestmark = pytest.mark.skipif(not ZOO.is_dir(), reason="../shared/data/zoo2 is not here")

SAID: dict[str, tuple[str, list[int], str]] = {
    "aiohttp": (
        "aiohttp",
        [],
        r"""
        1 20:08:03 127.0.0.1 GET /a/b 200 176 - curl/7.88.1
        2 20:08:03 127.0.0.1 GET /a/b 200 176 - q"b\\s
        3 20:08:04 127.0.0.1 GET /a/b 200 176 - \xc3\xa9
        4 20:08:04 127.0.0.1 HEAD /a/b 200 171 - curl/7.88.1
        5 20:08:04 127.0.0.1 GET /n304 304 121 - curl/7.88.1
        6 20:08:04 127.0.0.1 GET /a/b 200 176 - curl/7.88.1
        7 20:08:05 127.0.0.1 GET /a/b 200 176 - curl/7.88.1
        8 20:08:05 127.0.0.1 UNKNOWN / 400 200 - -
        9 20:08:05 127.0.0.1 UNKNOWN / 400 210 - -
        10 20:08:05 127.0.0.1 GET /slow 200 0 - curl/7.88.1
        11 20:08:08 127.0.0.1 GET /slow 200 176 - curl/7.88.1
        12 20:08:10 127.0.0.1 OPTIONS * 404 193 - curl/7.88.1
        """,
    ),
    "cherrypy": (
        "cherrypy",
        [],
        r"""
        1 01:36:27 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        2 01:36:27 127.0.0.1 GET /a/b 200 5 - q\\"b\\s
        3 01:36:27 127.0.0.1 GET /a/b 200 5 - \\xc3\\x83\\xc2\\xa9
        4 01:36:27 127.0.0.1 HEAD /a/b 200 5 - curl/7.88.1
        5 01:36:28 127.0.0.1 GET /n304 304 - - curl/7.88.1
        6 01:36:28 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        7 01:36:28 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        8 01:36:33 127.0.0.1 GET /slow 200 5 - curl/7.88.1
        9 01:36:36 127.0.0.1 GET /slow 200 5 - curl/7.88.1
        10 01:36:36 127.0.0.1 OPTIONS /* 200 5 - curl/7.88.1
        11 01:36:36 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        """,
    ),
    "daphne": (
        "daphne",
        [],
        r"""
        1 01:37:35 127.0.0.1 GET /a/b 200 5 - -
        2 01:37:35 127.0.0.1 GET /a/b 200 5 - -
        3 01:37:35 127.0.0.1 GET /a/b 200 5 - -
        4 01:37:36 127.0.0.1 HEAD /a/b 200 - - -
        5 01:37:36 127.0.0.1 GET /n304 304 - - -
        6 01:37:36 127.0.0.1 GET /a/b 200 5 - -
        7 01:37:36 127.0.0.1 GET /a/b 200 5 - -
        8 01:37:44 127.0.0.1 GET /slow 200 5 - -
        9 01:37:44 127.0.0.1 OPTIONS * 200 5 - -
        10 01:37:44 127.0.0.1 GET /a/b 200 5 - -
        """,
    ),
    "granian": (
        "granian",
        [1, 2, 3, 4, 19, 20, 21],
        r"""
        5 20:07:08 127.0.0.1 GET /a/b 200 - 194 -
        6 20:07:08 127.0.0.1 GET /a/b 200 - 42 -
        7 20:07:08 127.0.0.1 GET /a/b 200 - 41 -
        8 20:07:08 127.0.0.1 HEAD /a/b 200 - 42 -
        9 20:07:09 127.0.0.1 GET /n304 304 - 42 -
        10 20:07:09 127.0.0.1 GET /a/b 200 - 59 -
        11 20:07:09 127.0.0.1 GET /a/b 200 - 42 -
        12 20:07:10 127.0.0.1 GET /slow 200 - 2002377 -
        13 20:07:12 127.0.0.1 GET /slow 200 - 2001337 -
        14 20:07:15 127.0.0.1 OPTIONS * 200 - 36 -
        15 20:07:15 127.0.0.1 GET /a/b 200 - 38 -
        16 20:07:15 127.0.0.1 GET /x\x1b\xc3\xa9y 200 - 37 -
        17 20:07:16 127.0.0.1 GET /a/b 200 - 64 -
        18 20:07:16 127.0.0.1 GET /x"y 200 - 42 -
        """,
    ),
    "gunicorn": (
        "combined",
        [],
        r"""
        1 20:06:26 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        2 20:06:27 127.0.0.1 GET /a/b 200 5 - q\\"b\\s
        3 20:06:27 127.0.0.1 GET /a/b 200 5 - \xc3\x83\xc2\xa9
        4 20:06:27 127.0.0.1 HEAD /a/b 200 0 - curl/7.88.1
        5 20:06:27 127.0.0.1 GET /n304 304 0 - curl/7.88.1
        6 20:06:28 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        7 20:06:28 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        8 20:06:33 127.0.0.1 GET /slow 200 5 - curl/7.88.1
        9 20:06:35 127.0.0.1 GET /slow 200 5 - curl/7.88.1
        10 20:06:36 127.0.0.1 OPTIONS * 200 5 - curl/7.88.1
        """,
    ),
    "http-server": (
        "http_server_node",
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 19, 25, 28],
        r"""
        14 20:07:50 - GET /a/b 0 - - curl/7.88.1
        15 20:07:51 - GET /a/b 0 - - q"b\\s
        16 20:07:51 - GET /a/b 0 - - \xc3\x83\xc2\xa9
        17 20:07:51 - HEAD /a/b 0 - - curl/7.88.1
        18 20:07:51 - GET /n304 0 - - curl/7.88.1
        20 20:07:52 - GET /a/b 0 - - curl/7.88.1
        21 20:07:52 - GET /a/b 0 - - curl/7.88.1
        22 20:07:53 - GET /slow 0 - - curl/7.88.1
        23 20:07:55 - GET /slow 0 - - curl/7.88.1
        24 20:07:56 - OPTIONS * 0 - - curl/7.88.1
        26 20:07:56 - GET /a/b 0 - - curl/7.88.1
        27 20:07:56 - GET /x%1b%c3%a9y 0 - - curl/7.88.1
        29 20:07:57 - GET /a/b 0 - - undefined
        30 20:07:57 - GET /x"y 0 - - curl/7.88.1
        """,
    ),
    "httpserver": (
        "httpserver",
        [1, 6, 10, 12, 16, 18],
        r"""
        2 01:37:12 127.0.0.1 GET /a/b 200 - - -
        3 01:37:13 127.0.0.1 GET /a/b 200 - - -
        4 01:37:13 127.0.0.1 GET /a/b 200 - - -
        5 01:37:13 127.0.0.1 HEAD /a/b 200 - - -
        7 01:37:14 127.0.0.1 GET /n304 404 - - -
        8 01:37:14 127.0.0.1 GET /a/b 200 - - -
        9 01:37:14 127.0.0.1 GET /a/b 200 - - -
        11 01:37:17 127.0.0.1 - - 400 - - -
        13 01:37:17 127.0.0.1 - - 400 - - -
        14 01:37:17 127.0.0.1 GET /slow 200 - - -
        15 01:37:20 127.0.0.1 GET /slow 200 - - -
        17 01:37:20 127.0.0.1 OPTIONS * 501 - - -
        19 01:37:21 127.0.0.1 GET /a/b 404 - - -
        """,
    ),
    "hypercorn": (
        "hypercorn",
        [1],
        r"""
        2 20:06:54 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        3 20:06:54 127.0.0.1 GET /a/b 200 5 - q"b\\s
        4 20:06:55 127.0.0.1 GET /a/b 200 5 - \xc3\x83\xc2\xa9
        5 20:06:55 127.0.0.1 HEAD /a/b 200 5 - curl/7.88.1
        6 20:06:55 127.0.0.1 GET /n304 304 - - curl/7.88.1
        7 20:06:55 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        8 20:06:56 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        9 20:06:57 127.0.0.1 GET /slow 0 - - curl/7.88.1
        10 20:06:58 127.0.0.1 GET /slow 200 5 - curl/7.88.1
        11 20:07:01 127.0.0.1 GET /slow 200 5 - curl/7.88.1
        12 20:07:01 127.0.0.1 OPTIONS * 200 5 - curl/7.88.1
        """,
    ),
    "morgan": (
        "combined",
        [],
        r"""
        1 20:07:39 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        2 20:07:39 127.0.0.1 GET /a/b 200 5 - q\\"b\\\\s
        3 20:07:39 127.0.0.1 GET /a/b 200 5 - \xc3\x83\xc2\xa9
        4 20:07:40 127.0.0.1 HEAD /a/b 200 5 - curl/7.88.1
        5 20:07:40 127.0.0.1 GET /n304 304 - - curl/7.88.1
        6 20:07:40 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        7 20:07:40 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        8 20:07:42 127.0.0.1 GET /slow 0 - - curl/7.88.1
        9 20:07:46 127.0.0.1 GET /slow 200 5 - curl/7.88.1
        10 20:07:46 127.0.0.1 OPTIONS * 200 5 - curl/7.88.1
        """,
    ),
    "sanic": (
        "sanic",
        [1, 2, 11, 14, 19],
        r"""
        3 20:07:25 127.0.0.1 GET /a/b 200 5 100 -
        4 20:07:25 127.0.0.1 GET /a/b 200 5 100 -
        5 20:07:25 127.0.0.1 GET /a/b 200 5 100 -
        6 20:07:26 127.0.0.1 HEAD /a/b 200 5 200 -
        7 20:07:26 127.0.0.1 GET /n304 304 0 100 -
        8 20:07:26 127.0.0.1 GET /a/b 200 5 100 -
        9 20:07:27 127.0.0.1 GET /a/b 200 5 100 -
        10 20:07:29 - NONE /* 500 141 - -
        12 20:07:29 - NONE /* 400 61 - -
        13 20:07:30 127.0.0.1 GET /slow 500 141 460500 -
        15 20:07:34 127.0.0.1 GET /slow 200 5 2005400 -
        16 20:07:34 127.0.0.1 OPTIONS /* 404 71 300 -
        17 20:07:35 127.0.0.1 GET /a/b 200 5 100 -
        18 20:07:35 127.0.0.1 GET /x%1b%c3%a9y 200 5 100 -
        20 20:07:35 127.0.0.1 GET /a/b 200 5 200 -
        """,
    ),
    "tornado": (
        "tornado",
        [8],
        r"""
        1 01:38:15 127.0.0.1 GET /a/b 200 - 500 -
        2 01:38:15 127.0.0.1 GET /a/b 200 - 390 -
        3 01:38:15 127.0.0.1 GET /a/b 200 - 390 -
        4 01:38:15 127.0.0.1 HEAD /a/b 200 - 420 -
        5 01:38:16 127.0.0.1 GET /n304 304 - 370 -
        6 01:38:16 127.0.0.1 GET /a/b 200 - 410 -
        7 01:38:16 127.0.0.1 GET /a/b 200 - 590 -
        9 01:38:21 127.0.0.1 GET /slow 200 - 2005980 -
        10 01:38:24 127.0.0.1 GET /slow 200 - 2001300 -
        11 01:38:24 127.0.0.1 OPTIONS * 200 - 340 -
        """,
    ),
    "twisted": (
        "twisted",
        [],
        r"""
        1 20:06:55 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        2 20:06:55 127.0.0.1 GET /a/b 200 5 - q\\"b\\\\s
        3 20:06:56 127.0.0.1 GET /a/b 200 5 - \\xc3\\xa9
        4 20:06:56 127.0.0.1 HEAD /a/b 200 - - curl/7.88.1
        5 20:06:56 127.0.0.1 GET /n304 304 - - curl/7.88.1
        6 20:06:56 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        7 20:06:58 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        8 20:07:05 127.0.0.1 GET /slow 200 5 - curl/7.88.1
        9 20:07:05 127.0.0.1 OPTIONS * 200 - - curl/7.88.1
        10 20:07:05 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        """,
    ),
    "uvicorn": (
        "uvicorn",
        [1, 2, 3, 4, 12, 13, 18, 21, 22],
        r"""
        5 - 127.0.0.1 GET /a/b 200 - - -
        6 - 127.0.0.1 GET /a/b 200 - - -
        7 - 127.0.0.1 GET /a/b 200 - - -
        8 - 127.0.0.1 HEAD /a/b 200 - - -
        9 - 127.0.0.1 GET /n304 304 - - -
        10 - 127.0.0.1 GET /a/b 200 - - -
        11 - 127.0.0.1 GET /a/b 200 - - -
        14 - 127.0.0.1 GET /slow 200 - - -
        15 - 127.0.0.1 OPTIONS - 200 - - -
        16 - 127.0.0.1 GET /a/b 200 - - -
        17 - 127.0.0.1 GET /x%1B%C3%A9y 200 - - -
        19 - 127.0.0.1 GET /a/b 200 - - -
        20 - 127.0.0.1 GET /x%22y 200 - - -
        """,
    ),
    "waitress": (
        "combined",
        [],
        r"""
        1 19:47:20 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        2 19:47:21 127.0.0.1 GET /a/b 200 5 - q"b\\s
        3 19:47:21 127.0.0.1 GET /a/b 200 5 - \xc3\x83\xc2\xa9
        4 19:47:22 127.0.0.1 HEAD /a/b 200 5 - curl/7.88.1
        5 19:47:22 127.0.0.1 GET /n304 304 - - curl/7.88.1
        6 19:47:22 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        7 19:47:22 127.0.0.1 GET /a/b 200 5 - curl/7.88.1
        8 19:47:25 127.0.0.1 GET /slow 200 5 - curl/7.88.1
        9 19:47:28 127.0.0.1 GET /slow 200 5 - curl/7.88.1
        10 19:47:30 127.0.0.1 OPTIONS - 200 5 - curl/7.88.1
        """,
    ),
    "werkzeug": (
        "httpserver",
        [1, 2, 3, 11, 13],
        r"""
        4 01:37:49 127.0.0.1 GET /a/b 200 - - -
        5 01:37:50 127.0.0.1 GET /a/b 200 - - -
        6 01:37:50 127.0.0.1 GET /a/b 200 - - -
        7 01:37:50 127.0.0.1 HEAD /a/b 200 - - -
        8 01:37:50 127.0.0.1 GET /n304 304 - - -
        9 01:37:51 127.0.0.1 GET /a/b 200 - - -
        10 01:37:51 127.0.0.1 GET /a/b 200 - - -
        12 01:37:53 127.0.0.1 - - 400 - - -
        14 01:37:53 127.0.0.1 - - 400 - - -
        15 01:37:56 127.0.0.1 GET /slow 200 - - -
        16 01:37:58 127.0.0.1 GET /slow 200 - - -
        17 01:37:58 127.0.0.1 OPTIONS * 200 - - -
        18 01:37:59 127.0.0.1 GET /a/b 200 - - -
        19 01:37:59 127.0.0.1 GET /x%1b\xc3\xa9y 200 - - -
        """,
    ),
}
"""Of each log its format, the numbers of the lines that record no finished request, and what the others say."""
UNDETECTED = ("uvicorn",)
"""What has to be named: its lines have no time."""


def text(value: object) -> str:
    """Return a value as the table has it."""
    if isinstance(value, bytes):
        return value.decode("latin-1").encode("unicode_escape").decode()
    return "-" if value is None else str(value)


def clock(time_us: int | None) -> str:
    assert time_us is not None
    if time_us == UNTIMED_US:
        return "-"
    seconds = time_us // 1_000_000 % 86_400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@pytest.mark.parametrize("name", SAID)
def test_each_line_of_a_server_says_what_it_says(name: str) -> None:
    called, others, said = SAID[name]
    data = (ZOO / f"{name}.log").read_bytes()
    found: LogFormat = in_zone(BY_NAME[called].make(DEFAULT_LINE_BYTES), UTC_ZONE)
    if name not in UNDETECTED:
        chosen = auto_format(DEFAULT_LINE_BYTES)
        choice = chosen.choose(data)
        assert choice is not None
        assert choice.name == called
        assert chosen.parse(data).line_nos.tolist() == found.parse(data).line_nos.tolist()
    batch = found.parse(data)
    columns = ("host", "method", "path", "status", "size_bytes", "duration_us", "agent")
    times = batch.rows.column("time").cast(pa.int64()).to_pylist()
    rows = [
        " ".join([str(number), clock(time), *(text(row[column]) for column in columns)])
        for number, time, row in zip(batch.line_nos.tolist(), times, batch.rows.to_pylist(), strict=True)
    ]
    assert rows == [line.strip() for line in said.strip().splitlines()]
    assert batch.other_nos.tolist() == others
    assert batch.malformed_lines == 0
