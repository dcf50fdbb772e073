"""What the texts of fields mean, in every way that servers write them."""

import pytest

from http_monitor.parser.fields.durations import read_duration
from http_monitor.parser.fields.field import Field, Writing
from http_monitor.parser.fields.row_builder import Meaning, Wrong
from http_monitor.parser.fields.scalars import read_count, read_time
from http_monitor.parser.fields.zones import UNZONED_US

CLF = b"10/Oct/2000:13:55:36 -0700"
CLF_US = 971_211_336_000_000


@pytest.mark.parametrize(
    ("text", "writing", "time_us"),
    [
        (CLF, "clf", CLF_US),
        (b"[" + CLF + b"]", "clf", CLF_US),
        (b"2000-10-10T20:55:36Z", "iso", CLF_US),
        (b"2000-10-10 20:55:36", "iso", CLF_US + UNZONED_US),
        (b"2000-10-10T13:55:36.25-07:00", "iso", CLF_US + 250_000),
        (b"2000-10-10T13:55:36,123456789-0700", "iso", CLF_US + 123_456),
        (b"10/Oct/2000:20:55:36.655", "haproxy", CLF_US + 655_000 + UNZONED_US),
        (b"971211336", "epoch", CLF_US),
        (b"971211336.427", "epoch", CLF_US + 427_000),
        (b"971211336427", "epoch_ms", CLF_US + 427_000),
        (b"2000-02-30T20:55:36Z", "iso", "a date that does not exist"),
        (b"2000-13-01T20:55:36Z", "iso", "a date that does not exist"),
        (b"9999-01-01T00:00:00Z", "iso", "a year outside 1970–9998"),
        (b"253370764800", "epoch", "a year outside 1970–9998"),
        (b"-1", "epoch", "a time that is not a number since 1970"),
        (b"noon", "iso", "a time that is not like 2000-10-10T13:55:36+02:00"),
        (b"noon", "haproxy", "a time that is not like 06/Feb/2009:12:14:14.655"),
        (b"noon", "clf", "a time that is not like [10/Oct/2000:13:55:36 -0700]"),
    ],
)
def test_times_are_read_as_servers_write_them(text: bytes, writing: Writing, time_us: int | str) -> None:
    assert read_time(text, writing) == time_us


@pytest.mark.parametrize(
    ("text", "writing", "duration_us"),
    [
        (b"1500", "us", 1_500),
        (b"1500", "ms", 1_500_000),
        (b"3", "s", 3_000_000),
        (b"0.543", "s", 543_000),
        (b"0.0000019", "s", 1),
        (b"1999", "ns", 1),
        (b"123000ms", "s", 123_000_000),
        (b"0.001, 0.002 : 0.003", "s", 6_000),
        (b"0.001, -", "s", 1_000),
        (b"-", "s", None),
        (b"-, -", "s", None),
        (b"-1", "s", None),
        (b"9" * 18, "s", None),
        (b"9" * 40, "us", None),
    ],
)
def test_durations_are_whole_microseconds_and_lists_are_sums(
    text: bytes, writing: Writing, duration_us: int | None
) -> None:
    assert read_duration(text, writing) == duration_us


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (b"0", 0),
        (b"0" * 5000 + b"7", 7),
        (b"9223372036854775807", (1 << 63) - 1),
        (b"9223372036854775808", None),
        (b"-", None),
        (b"", None),
        (b"1.5", None),
        ("٣".encode(), None),
    ],
)
def test_a_count_is_digits_within_63_bits(text: bytes, number: int | None) -> None:
    assert read_count(text) == number


FIELDS = (
    Field("vhost", "vhost"),
    Field("remote_addr", "host"),
    Field("time_iso8601", "time", "iso"),
    Field("request", "request"),
    Field("status", "status"),
    Field("bytes_sent", "size"),
    Field("request_time", "duration", "s"),
    Field("upstream_status"),
    Field("ssl_protocol", "tls"),
)
TEXTS = (
    b"shop.example:443",
    b"192.0.2.1",
    b"2000-10-10T20:55:36Z",
    b"GET /a/b?c HTTP/1.1",
    b"200",
    b"-",
    b"0.25",
    b"-",
    b"TLSv1.3",
)


def test_a_row_is_made_of_the_roles_of_fields() -> None:
    entry = Meaning(FIELDS, "some").entry(TEXTS)

    assert not isinstance(entry, Wrong)
    assert (entry.time_us, entry.host, entry.vhost) == (CLF_US, b"192.0.2.1", b"shop.example")
    assert (entry.method, entry.path, entry.section) == (b"GET", b"/a/b", b"/a")
    assert (entry.status, entry.size_bytes, entry.duration_us, entry.tls) == (200, None, 250_000, b"TLSv1.3")
    assert (entry.user, entry.kind) == (None, "some")


def test_values_have_the_names_of_the_contract_and_others_their_own() -> None:
    assert Meaning(FIELDS, "some").name_values(TEXTS) == {
        "vhost": b"shop.example",
        "port": 443,
        "host": b"192.0.2.1",
        "time": CLF_US,
        "method": b"GET",
        "target": b"/a/b?c",
        "path": b"/a/b",
        "section": b"/a",
        "protocol": b"HTTP/1.1",
        "status": 200,
        "size_bytes": None,
        "duration_us": 250_000,
        "upstream_status": None,
        "ssl_protocol": b"TLSv1.3",
    }


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        (2, b"noon", "a time that is not like 2000-10-10T13:55:36+02:00"),
        (4, b"099", "no status of three digits (100–999)"),
        (5, b"many", "a size that is neither - nor digits within 63 bits"),
    ],
)
def test_a_field_that_cannot_be_makes_the_line_malformed(field: int, text: bytes, reason: str) -> None:
    texts = [*TEXTS[:field], text, *TEXTS[field + 1 :]]

    assert Meaning(FIELDS, "some").entry(texts) == Wrong(field, reason)


def test_what_is_no_request_is_kept_whole_under_its_own_name() -> None:
    values = Meaning(FIELDS, "some").name_values([*TEXTS[:3], b"\x16\x03\x01", *TEXTS[4:]])

    names = ("method", "target", "path", "section", "protocol", "request")
    assert [values[name] for name in names] == [None, None, None, b"(none)", None, b"\x16\x03\x01"]


def test_date_and_clock_path_and_query_may_be_fields_of_their_own() -> None:
    fields = (
        Field("date", "date"),
        Field("time", "clock"),
        Field("cs-method", "method"),
        Field("cs-uri-stem", "path"),
        Field("cs-uri-query", "query"),
        Field("sc-status", "status"),
    )
    meaning = Meaning(fields, "w3c")
    texts = (b"2000-10-10", b"20:55:36", b"GET", b"/a/b", b"c=1", b"304")
    entry = meaning.entry(texts)

    assert not isinstance(entry, Wrong)
    assert (entry.time_us, entry.section, entry.path, entry.host) == (CLF_US + UNZONED_US, b"/a", b"/a/b", b"-")
    assert meaning.name_values(texts) == {
        "time": CLF_US + UNZONED_US,
        "method": b"GET",
        "target": b"/a/b?c=1",
        "path": b"/a/b",
        "section": b"/a",
        "protocol": None,
        "status": 304,
    }
