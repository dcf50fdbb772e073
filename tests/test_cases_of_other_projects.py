"""Lines from the test suites of other log readers mean here what they mean there, but for a list with reasons."""

import base64
import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from http_monitor.parser.fields.entry import NO_STATUS
from tests.parsers import PARSERS, Parse
from tests.reference.clf import Row, section_and_endpoint, split_request

DATA = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"
FORMAT_OF = {
    "common": "common",
    "common_extra": "common",
    "combined": "combined",
    "combined_extra": "combined",
    "nginx": "combined",
    "nginx_main": "combined",
    "traefik_clf": "combined",
    "vhost_common": "vhost_common",
    "vhost_combined": "vhost_combined",
    "vhost_combined_extra": "vhost_combined",
}
"""Which named format reads a case; the others are LogFormats of their own."""
DIFFERENCES: dict[tuple[str, str], str] = {}
"""(case, field): why this program reads the field otherwise."""

Case = dict[str, Any]


def _records(name: str) -> list[Case]:
    path = DATA / name
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


CASES = [case for case in _records("cases.ndjson") if case["format"] in FORMAT_OF]
TIMES = _records("timestamps.ndjson")
needs_data = pytest.mark.skipif(not CASES, reason="../shared/data, the cases of other projects, is not here")
every_parser = pytest.mark.parametrize("parse", PARSERS.values(), ids=PARSERS.keys())


def _line(case: Case) -> bytes:
    if "line_b64" in case:
        return base64.b64decode(case["line_b64"])
    line: str = case["line"]
    return line.encode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("utf-8", "surrogateescape")


def _expected(case: Case) -> dict[str, object]:
    """Return the fields on which good readers agree, as this program names them."""
    stated: Case = case["expected"]
    method, target = split_request(_bytes(stated["request"]) or b"")
    section, path = section_and_endpoint(method, target)
    moment = datetime.datetime.fromisoformat(stated["time"])
    fields = {
        "host": ("host", _bytes(stated["host"])),
        "user": ("user", _bytes(stated["user"])),
        "time": ("time_us", int(moment.timestamp()) * 1_000_000),
        "method": ("method", _bytes(stated["method"])),
        "path": ("section", section),
        "request": ("path", path),
        "status": ("status", stated["status"] or NO_STATUS),
        "size": ("size_bytes", stated["size"]),
        "referer": ("referer", _bytes(stated.get("referer"))),
        "user_agent": ("agent", _bytes(stated.get("user_agent"))),
    }
    ambiguous = case.get("ambiguous", ())
    return {ours: value for theirs, (ours, value) in fields.items() if theirs not in ambiguous}


def _differing(case: Case, row: Row | None) -> set[str]:
    """Return the fields read otherwise than stated; ``valid`` where one takes the line, the other does not."""
    if (row is not None) != case["valid"]:
        return set() if "valid" in case.get("ambiguous", ()) else {"valid"}
    if row is None:
        return set()
    return {name for name, value in _expected(case).items() if getattr(row, name) != value}


def _read(parse: Parse, line: bytes, format_name: str) -> Row | None:
    parsed = parse(line, format_name)
    return parsed.rows[0] if parsed.rows else None


@needs_data
@every_parser
@pytest.mark.parametrize("named", [True, False], ids=["named", "auto"])
def test_the_cases_differ_only_where_the_list_says_why(parse: Parse, named: bool) -> None:
    differing = {
        (case["id"], name)
        for case in CASES
        for name in _differing(case, _read(parse, _line(case), FORMAT_OF[case["format"]] if named else "auto"))
    }
    assert differing == set(DIFFERENCES)


@needs_data
def test_a_request_splits_into_the_method_and_the_target_stated() -> None:
    split = {}
    stated = {}
    for case in CASES:
        if case["valid"] and not {"method", "path"} & set(case.get("ambiguous", ())):
            expected: Case = case["expected"]
            split[case["id"]] = split_request(_bytes(expected["request"]) or b"")
            stated[case["id"]] = (_bytes(expected["method"]), _bytes(expected["path"]))
    assert len(split) > 200
    assert split == stated


@needs_data
@every_parser
def test_the_times_are_the_instants_stated(parse: Parse) -> None:
    read = {}
    stated = {}
    for case in TIMES:
        time: str = case["timestamp"]
        row = _read(parse, b"h - - " + time.encode() + b' "GET / HTTP/1.1" 200 1', "auto")
        read[time] = row and row.time_us
        # Years before 1970 are outside what a log can be of; and brackets stand once.
        outside = case["valid"] and (int(case["expected"][:4]) < 1970 or time.startswith("[[") or time.endswith("]]"))
        stated[time] = None if outside or not case["valid"] else case["epoch"] * 1_000_000
    assert len(read) > 90
    assert read == stated
