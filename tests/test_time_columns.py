"""Times of log lines: one by one, by columns, and as Python's own calendar has them."""

import datetime
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.parser.fields.clf_time import CLF_BYTES, decode_time, decode_times
from tests.examples import examples

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data" / "timestamps.ndjson"


def decode_both(text: bytes) -> int | None:
    """Return the microseconds of a time without brackets on which both decoders agree; None for no time."""
    one = decode_time(b"[" + text + b"]")
    scalar = None if isinstance(one, str) else one
    if len(text) == CLF_BYTES:
        # A neighbour on each side shows that rows do not mix.
        rows = np.frombuffer(b"10/Oct/2000:13:55:36 -0700" + text + b"29/Feb/2024:23:59:60 +0000", np.uint8)
        time_us, good = decode_times(rows.reshape(3, CLF_BYTES))
        assert good.tolist() == [True, scalar is not None, True]
        assert time_us[[0, 2]].tolist() == [971_211_336_000_000, 1_709_251_200_000_000]
        assert scalar is None or int(time_us[1]) == scalar
    return scalar


@given(
    st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(9998, 12, 31, 23, 59, 59)),
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
)
@settings(max_examples=examples(200), deadline=None)
def test_every_moment_in_every_zone_is_that_of_the_calendar(local: datetime.datetime, east_min: int) -> None:
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][local.month - 1]
    zone = f"{'-' if east_min < 0 else '+'}{abs(east_min) // 60:02}{abs(east_min) % 60:02}"
    text = f"{local.day:02}/{month}/{local.year}:{local:%H:%M:%S} {zone}"
    seconds = (local.replace(microsecond=0) - datetime.datetime(1970, 1, 1)) // datetime.timedelta(seconds=1)
    assert decode_both(text.encode()) == (seconds - east_min * 60) * 1_000_000


@given(st.integers(0, CLF_BYTES - 1), st.binary(min_size=1, max_size=1))
@settings(max_examples=examples(200), deadline=None)
def test_both_decoders_agree_on_any_byte_in_any_place(place: int, byte: bytes) -> None:
    text = b"28/Feb/2023:23:59:59 +2359"
    decode_both(text[:place] + byte + text[place + 1 :])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("31/Dec/2016:23:59:60 +0000", 1_483_228_800),
        ("10/Oct/2000:13:00:60 +0000", 971_182_860),
        ("29/Feb/2000:00:00:00 +0000", 951_782_400),
        ("29/Feb/2024:00:00:00 +0000", 1_709_164_800),
        ("01/Jan/1970:00:00:00 +0530", -19_800),
        ("01/Mar/2100:00:00:00 +0000", 4_107_542_400),
        ("31/Dec/9998:23:59:59 -2359", 253_370_851_139),
    ],
)
def test_a_time_at_the_edge_is_read(text: str, seconds: int) -> None:
    assert decode_both(text.encode()) == seconds * 1_000_000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("30/Feb/2018:16:00:39 +0000", "a date that does not exist"),
        ("29/Feb/2100:16:00:39 +0000", "a date that does not exist"),
        ("29/Feb/2023:16:00:39 +0000", "a date that does not exist"),
        ("31/Apr/2023:16:00:39 +0000", "a date that does not exist"),
        ("00/Apr/2023:16:00:39 +0000", "a date that does not exist"),
        ("10/oct/2000:16:00:39 +0000", "a month not written Jan … Dec"),
        ("10/OCT/2000:16:00:39 +0000", "a month not written Jan … Dec"),
        ("10/Okt/2000:16:00:39 +0000", "a month not written Jan … Dec"),
        ("31/Dec/1969:23:59:59 +0000", "a year outside 1970–9998"),
        ("01/Jan/9999:00:00:00 +0000", "a year outside 1970–9998"),
        ("10/Oct/2000:24:00:00 +0000", "a time of day that does not exist"),
        ("10/Oct/2000:23:60:00 +0000", "a time of day that does not exist"),
        ("10/Oct/2000:23:00:61 +0000", "a time of day that does not exist"),
        ("10/Oct/2000:23:00:00 +2400", "a zone beyond 23:59"),
        ("10/Oct/2000:23:00:00 +0060", "a zone with minutes beyond 59"),
        ("10/Oct/2000:23:00:00  0000", "a zone not written like -0700"),
        ("10-Oct-2000:23:00:00 +0000", "a time that is not like [10/Oct/2000:13:55:36 -0700]"),
        ("10/Oct/2000 23:00:00 +0000", "a time that is not like [10/Oct/2000:13:55:36 -0700]"),
        ("10/Oct/2000:23:00:00 +00:00", "a zone not written like -0700"),
        ("10/Oct/2000:23:00:00", "no zone behind the time, like -0700"),
    ],
)
def test_a_time_that_is_none_says_why(text: str, reason: str) -> None:
    assert decode_both(text.encode()) is None
    assert decode_time(f"[{text}]".encode()) == reason


def test_fields_of_one_digit_are_read() -> None:
    assert decode_time(b"[4/Dec/2001:2:9:5 -0500]") == 1_007_449_745_000_000


def test_no_times_are_decoded_to_none() -> None:
    time_us, good = decode_times(np.empty((0, CLF_BYTES), np.uint8))
    assert (time_us.tolist(), good.tolist()) == ([], [])


def _cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()] if DATA.is_file() else []


CASES = _cases()


@pytest.mark.skipif(not CASES, reason="../shared/data/timestamps.ndjson is not here")
def test_the_times_of_other_projects_mean_the_same_here() -> None:
    read = {}
    for case in CASES:
        decoded = decode_time(case["timestamp"].encode())
        read[case["timestamp"]] = None if isinstance(decoded, str) else decoded // 1_000_000
    expected = {case["timestamp"]: case["epoch"] if case["valid"] else None for case in CASES}
    # Brackets too many are read by that project only; a year before 1970 is malformed here.
    others = {text for text in expected if text.count("[") + text.count("]") != 2 or "/1969:" in text}
    assert {text: epoch for text, epoch in read.items() if text not in others} == {
        text: epoch for text, epoch in expected.items() if text not in others
    }
    assert {read[text] for text in others} == {None}
