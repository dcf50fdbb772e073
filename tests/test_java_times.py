"""Strings of other programs than Apache that its LogFormat looks like: read, or called what they are."""

import datetime

import pytest

from http_monitor.errors import UsageError
from http_monitor.parser.formats import get_format
from http_monitor.parser.lines.remarks import Remarking

CLIENT, REST = "192.0.2.7 - - ", ' "GET /a HTTP/1.1" 200 5'
STRING = '%h %l %u {} "%r" %>s %b'


@pytest.mark.parametrize(
    ("pattern", "written", "time_us"),
    [
        ("%{dd/MMM/yyyy:HH:mm:ss ZZZ|GMT}t", "[10/Oct/2025:13:55:36 +0000]", 1_760_104_536_000_000),
        ("%{dd/MMM/yyyy:HH:mm:ss ZZZ|Europe/Berlin|de}t", "[10/Oct/2025:15:55:36 +0200]", 1_760_104_536_000_000),
        ("%{dd/MMM/yyyy:HH:mm:ss Z}t", "10/Oct/2025:13:55:36 +0000", 1_760_104_536_000_000),
        ("[%{yyyy-MM-dd'T'HH:mm:ss.SSSXXX}t]", "[2025-10-10T13:55:36.250Z]", 1_760_104_536_250_000),
        ("%{EEE, dd MMM yyyy hh:mm:ss a z}t", "Fri, 10 Oct 2025 01:55:36 PM UTC", 1_760_104_536_000_000),
        ("%{sec}t.%{usec_frac}t", "1760104536.000250", 1_760_104_536_000_250),
        ("%{sec}t %{msec_frac}t", "1760104536 250", 1_760_104_536_250_000),
        ("%{usec_frac}t %{begin:sec}t", "000250 1760104536", 1_760_104_536_000_250),
    ],
)
def test_times_in_patterns_of_java_and_in_pieces_are_read(pattern: str, written: str, time_us: int) -> None:
    rows = get_format(STRING.format(pattern)).parse(f"{CLIENT}{written}{REST}\n".encode()).rows
    (time,) = rows.column("time").to_pylist()
    assert time is not None
    since = time - datetime.datetime.fromtimestamp(0, datetime.UTC)
    assert since // datetime.timedelta(microseconds=1) == time_us


@pytest.mark.parametrize("pattern", ["%{dd/MMM/yyyy:HH:mm:ss VV|GMT}t", "%{HH:mm:ss}t", "%{yyyy-ww}t"])
def test_a_pattern_of_java_that_is_no_whole_time_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="takes one with the time as %t"):
        get_format(STRING.format(pattern))


@pytest.mark.parametrize("text", ['%s - %s [%s] "%s %s%s %s" %d %s %0.4f', "%0.4f", "%h %t %>s %-8.3s"])
def test_a_string_of_printf_is_called_that(text: str) -> None:
    with pytest.raises(UsageError, match="which is for printf; takes rack for lines of Rack's"):
        get_format(text)


@pytest.mark.parametrize("directive", ["%^FB", "%>{Varnish:time_firstbyte}x", "%{Varnish:time_firstbyte}x"])
def test_a_time_to_the_first_byte_is_no_duration_and_that_is_told(directive: str) -> None:
    made = get_format(STRING.format("%t") + " " + directive)
    line = f"{CLIENT}[10/Oct/2025:13:55:36 +0000]{REST} 0.002".encode()
    assert made.parse(line + b"\n").rows.column("duration_us").to_pylist() == [None]
    assert isinstance(made, Remarking)
    told = [(remark.name, remark.text) for remark in made.remarks(line)]
    assert told == [("unread", f"{directive} is the time to the first byte, no duration, and is not read")]
