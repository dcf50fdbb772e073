"""What a panel shows, as files: exact texts, nothing that a spreadsheet would run, no file overwritten."""

import csv
import io
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from http_monitor.addresses import address_of
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.export import block_list, csv_file, exporting, json_file
from http_monitor.dashboard.export.writing import default_path, write_new
from http_monitor.dashboard.state.answers import LinesAnswer, ShownLine
from http_monitor.dashboard.state.fold import fold
from http_monitor.errors import HttpMonitorError, RefusedError
from http_monitor.ports.views import ViewSpan
from http_monitor.report import ActiveAlert
from tests.dashboard_samples import (
    ENDPOINTS,
    HOSTILE_KEYS,
    NOW_US,
    PICTURES,
    Entry,
    S,
    episodes,
    facts,
    found_lines,
    table_answer,
)
from tests.display_samples import CENTRAL_EUROPE, quiet_report, time_zone

SPAN = ViewSpan(NOW_US - 120 * S, NOW_US)


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    with time_zone("UTC"):
        yield


def keys(*names: bytes) -> list[Entry]:
    """Return entries with one hit each."""
    return [(name, 1, 0, 1) for name in names]


def test_a_table_is_csv_with_its_change_and_durations_in_seconds() -> None:
    assert csv_file.text_of(table_answer(ENDPOINTS[:3], SPAN)) == (
        '"key","hits","hits_before","bytes","errors","p50_s","p95_s"\r\n'
        '"/api/v1/orders",18204,22755,32767200,1411,0.12,0.84\r\n'
        '"/api/v1/users/me",9870,4935,17766000,12,0.008714,0.061\r\n'
        '"/",7401,0,13321800,0,0.002,0.014\r\n'
    )


def test_what_is_not_known_is_empty_in_csv() -> None:
    answer = table_answer([(b"/", 5, 0, 1)], has_duration=False, has_status=False, has_before=False)
    unknown = replace(answer, view=replace(answer.view, total=replace(answer.view.total, with_size=0)))
    assert csv_file.text_of(unknown).splitlines()[1] == '"/",5,"","","","",""'


def test_no_key_is_a_formula_in_a_spreadsheet() -> None:
    entries = keys(b"=1+1", b"+1", b"-1", b"@x", b"\tx", "＝1".encode(), b"/=1", b"", b'a"b;=1,c\r\n')
    rows = list(csv.reader(io.StringIO(csv_file.text_of(table_answer(entries)), newline="")))[1:]
    assert [row[0] for row in rows] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@x",
        r"\x09x",
        "'＝1",
        "/=1",
        "",
        r'a"b;=1,c\x0d\x0a',
    ]
    # A sheet that separates by semicolons finds the text quoted.
    assert csv_file.text_of(table_answer(entries)).splitlines()[-1].startswith(r'"a""b;=1,c\x0d\x0a",1,')


@given(st.lists(st.binary(max_size=30), min_size=1, max_size=5, unique=True))
def test_any_keys_are_read_again_from_csv_one_row_each(names: list[bytes]) -> None:
    text = csv_file.text_of(table_answer(keys(*names)))
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [len(row) for row in rows] == [7] * (1 + len(names))
    assert not any(row[0].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows[1:])
    assert text.replace("\r\n", "").isprintable()


def test_lines_are_csv_with_their_places() -> None:
    lines = found_lines(5).lines
    unplaced = ShownLine(replace(lines[0].row, file=None, offset=-1), b"=cmd")
    shown = LinesAnswer((lines[0], lines[4], unplaced), 0, SPAN, True)
    assert csv_file.text_of_lines(shown) == (
        '"time","file","offset","line"\r\n'
        '"2026-10-02T12:04:59Z","/var/log/nginx/access.log",10000000,'
        '"198.51.100.0 - - [02/Oct/2026:12:04:59 +0000] ""GET /api/v1/orders HTTP/1.1"" 200 1800 ""-"" ""curl/8.4.0"""'
        "\r\n"
        '"2026-10-02T12:04:55Z","/var/log/nginx/access.log",9999400,""\r\n'
        '"2026-10-02T12:04:59Z","","","\'=cmd"\r\n'
    )


def test_alerts_are_csv() -> None:
    assert csv_file.text_of_alerts(episodes()) == (
        '"name","subject","began","raised","recovered","value","threshold","unit","hits"\r\n'
        '"ddos","203.0.113.7","2026-10-02T12:03:50Z","2026-10-02T12:04:20Z","",100.0,50.0,"/s",47328\r\n'
        '"error-rate","","2026-10-02T12:03:20Z","2026-10-02T12:03:50Z","",10.0,5.0,"%",47328\r\n'
        '"traffic","","2026-10-02T11:54:30Z","2026-10-02T11:55:00Z","2026-10-02T11:56:50Z",2000.0,1000.0,"/s",47328\r\n'
    )


def test_a_table_is_json_in_the_shape_of_the_api() -> None:
    answer = table_answer(ENDPOINTS[:2], SPAN, keys=7, is_whole=False)
    assert json_file.text_of(answer, "endpoint", "status == 503") == (
        '{"dimension":"endpoint","span":{"start":"2026-10-02T12:03:00Z","end":"2026-10-02T12:05:00Z"},'
        '"complete":false,"filter":"status == 503","total":{"hits":28074,"bytes":50533200,"errors":1423},"rows":['
        '{"key":"/api/v1/orders","hits":18204,"bytes":32767200,"errors":1411,"p50_s":0.12,"p95_s":0.84},'
        '{"key":"/api/v1/users/me","hits":9870,"bytes":17766000,"errors":12,"p50_s":0.008714,"p95_s":0.061}],'
        '"more":5}\n'
    )


def test_what_is_not_known_is_null_in_json() -> None:
    answer = table_answer([(b"/", 5, 0, 1)], has_duration=False, has_status=False)
    unknown = replace(answer, view=replace(answer.view, total=replace(answer.view.total, with_size=0)))
    read = json.loads(json_file.text_of(unknown, "endpoint", None))
    assert (read["filter"], read["complete"]) == (None, True)
    assert read["total"] == {"hits": 5, "bytes": None, "errors": None}
    assert read["rows"] == [{"key": "/", "hits": 5, "bytes": None, "errors": None, "p50_s": None, "p95_s": None}]


def test_keys_in_json_are_as_on_the_screen() -> None:
    text = json_file.text_of(table_answer(keys(*HOSTILE_KEYS)), "endpoint", "path == '\x1b[2J'")
    read = json.loads(text)
    assert [row["key"] for row in read["rows"]][:2] == [r"/\x1b[2J\x1b]0;owned\x07", r"/\u202egnp.exe\u202c"]
    assert read["filter"] == r"path == '\x1b[2J'"
    assert text.removesuffix("\n").isprintable()


def test_lines_and_alerts_are_json() -> None:
    lines = found_lines(5).lines
    shown = LinesAnswer((lines[4],), 1_234, SPAN, True)
    assert json_file.text_of_lines(shown) == (
        '{"lines":[{"time":"2026-10-02T12:04:55Z","file":"/var/log/nginx/access.log","offset":9999400,"line":null}],'
        '"skipped":1234}\n'
    )
    assert json.loads(json_file.text_of_lines(found_lines(1)))["lines"][0]["line"].startswith("198.51.100.0 - - [")
    assert json_file.text_of_alerts(episodes()[2:]) == (
        '{"alerts":[{"name":"traffic","subject":null,"began":"2026-10-02T11:54:30Z","raised":"2026-10-02T11:55:00Z",'
        '"recovered":"2026-10-02T11:56:50Z","value":2000.0,"threshold":1000.0,"unit":"/s","hits":47328}]}\n'
    )


def test_figures_of_an_alert_that_an_earlier_run_raised_are_null_and_empty() -> None:
    earlier = fold(facts(), [replace(quiet_report(), active=(ActiveAlert("ddos", b"a", NOW_US),))]).active
    (read,) = json.loads(json_file.text_of_alerts(earlier))["alerts"]
    assert [read[name] for name in ("name", "value", "threshold", "hits")] == ["ddos", None, None, None]
    assert csv_file.text_of_alerts(earlier).splitlines()[1] == '"ddos","a","","2026-10-02T12:05:00Z","","","","",""'


def test_a_block_list_has_each_address_once_and_counts_what_is_none() -> None:
    entries = keys(
        *(b"203.0.113.7", b"2001:DB8::1", b"2001:db8:0::1", b"::ffff:192.0.2.1", b"host.example.net"),
        *(b"-", b"203.0.113.7; reboot", b"203.0.113.7\n0.0.0.0", b"fe80::1%eth0", b"203.0.113.0/24", b""),
    )
    made = block_list.list_of(table_answer(entries), "host")
    assert made.text == "203.0.113.7\n2001:db8::1\n192.0.2.1\n"
    assert (made.entries, made.left_out) == (3, 7)


def test_a_block_list_of_networks() -> None:
    entries = keys(b"203.0.113.0/24", b"2001:db8:85a3::/48", b"name", b"203.0.113.7/24")
    made = block_list.list_of(table_answer(entries), "network")
    assert (made.text, made.entries, made.left_out) == ("203.0.113.0/24\n2001:db8:85a3::/48\n", 2, 2)


@pytest.mark.parametrize(
    ("dimension", "names", "words"),
    [
        (
            "endpoint",
            [b"203.0.113.7"],
            "a block list is made of hosts or networks: show one of these tables (3, 4)",
        ),
        ("host", [b"host.example.net"], "no row is an address, so the block list would be empty"),
        ("network", [], "no row is an address, so the block list would be empty"),
    ],
)
def test_a_block_list_of_anything_else_is_refused(dimension: str, names: list[bytes], words: str) -> None:
    with pytest.raises(RefusedError) as error:
        block_list.list_of(table_answer(keys(*names)), dimension)
    assert str(error.value) == words


@given(st.lists(st.binary(max_size=20) | st.ip_addresses().map(lambda each: str(each).encode()), max_size=5))
def test_every_line_of_a_block_list_is_an_address(names: list[bytes]) -> None:
    try:
        made = block_list.list_of(table_answer(keys(*names)), "host")
    except RefusedError:
        return
    for line in made.text.splitlines():
        assert address_of(line.encode()) is not None


def test_the_name_has_the_local_time_and_is_free(tmp_path: Path) -> None:
    with time_zone(CENTRAL_EUROPE):
        assert default_path("", "csv", NOW_US) == "http-monitor-140500.csv"
    path = default_path(str(tmp_path), "json", NOW_US)
    assert path == str(tmp_path / "http-monitor-120500.json")
    write_new(path, "{}")
    # A link to nowhere is there too.
    os.symlink("nowhere", tmp_path / "http-monitor-120500-2.json")
    assert default_path(str(tmp_path), "json", NOW_US) == str(tmp_path / "http-monitor-120500-3.json")
    assert default_path(str(tmp_path), "txt", NOW_US) == str(tmp_path / "http-monitor-120500.txt")


def export(picture: Picture, folder: Path, name: str) -> str:
    """Export the panel of a picture, all rows of a table being there; return the sentence without the folder."""
    whole = picture.answers.tables.get(picture.scene.panel, table_answer(()))
    return exporting.export(picture, lambda: whole, str(folder), name).replace(str(folder), "")


def with_panel(name: str, panel: str) -> Picture:
    """Return a sample with a panel."""
    picture = PICTURES[name]()
    return replace(picture, scene=replace(picture.scene, panel=panel))


def test_the_form_is_that_of_the_name(tmp_path: Path) -> None:
    picture = PICTURES["filtered"]()
    answer = picture.answers.tables["endpoint"]
    assert export(picture, tmp_path, "a.csv") == "written to /a.csv"
    assert (tmp_path / "a.csv").read_bytes().decode() == csv_file.text_of(answer)
    assert export(picture, tmp_path, "a.json") == "written to /a.json"
    assert (tmp_path / "a.json").read_text() == json_file.text_of(answer, "endpoint", picture.scene.filter)


def test_what_is_written_is_what_the_panel_shows(tmp_path: Path) -> None:
    assert export(with_panel("alerting", "alerts"), tmp_path, "a.csv") == "written to /a.csv"
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 4
    assert export(with_panel("busy", "lines"), tmp_path, "l.json") == "written to /l.json"
    assert len(json.loads((tmp_path / "l.json").read_text())["lines"]) == 40
    assert export(with_panel("busy", "host"), tmp_path, "h.txt") == "written to /h.txt (3 entries, 1 name left out)"
    assert export(with_panel("busy", "network"), tmp_path, "n.txt") == "written to /n.txt (2 entries)"
    assert (tmp_path / "n.txt").read_text() == "203.0.113.0/24\n198.51.100.0/24\n"


@pytest.mark.parametrize(
    ("name", "panel", "file", "words"),
    [
        ("busy", "endpoint", "a.xls", "got 'a.xls', takes a name that ends with .csv, .json or .txt"),
        ("busy", "endpoint", "", "got '', takes a name that ends with .csv, .json or .txt"),
        ("busy", "health", "a.csv", "the health cannot be exported; NDJSON has it"),
        ("waiting", "host", "a.txt", "no row is an address, so the block list would be empty"),
        (
            *("busy", "lines", "a.txt"),
            "a block list is made of hosts or networks: show one of these tables (3, 4)",
        ),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path: Path, name: str, panel: str, file: str, words: str) -> None:
    with pytest.raises(HttpMonitorError) as error:
        export(with_panel(name, panel), tmp_path, file)
    assert str(error.value) == words
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_written_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    before = os.umask(0o027)
    try:
        assert write_new(str(path), '"ü"\r\n') == str(path)
    finally:
        os.umask(before)
    assert path.read_bytes() == b'"\xc3\xbc"\r\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_the_path_may_begin_at_home_or_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    for folder in ("home", "here"):
        (tmp_path / folder).mkdir()
    picture = PICTURES["busy"]()
    absolute = str(tmp_path / "d.csv")
    assert export(picture, Path("here"), "~/a.csv") == f"written to {tmp_path}/home/a.csv"
    assert export(picture, Path("here"), absolute) == f"written to {absolute}"
    export(picture, Path("here"), "b.csv")
    assert (tmp_path / "here" / "b.csv").exists()


def test_no_file_is_overwritten_and_no_link_followed(tmp_path: Path) -> None:
    path, target = tmp_path / "x.csv", tmp_path / "target"
    path.write_text("mine")
    os.symlink(target, tmp_path / "link.csv")
    for name in ("x.csv", "link.csv"):
        with pytest.raises(RefusedError) as error:
            write_new(str(tmp_path / name), "theirs")
        assert str(error.value) == f"{tmp_path / name} exists, and is not overwritten"
    assert path.read_text() == "mine"
    assert not target.exists()


def test_a_file_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as error:
        write_new(str(tmp_path / "no\x1bwhere" / "x.csv"), "")
    assert str(error.value) == rf"{tmp_path}/no\x1bwhere/x.csv cannot be written: No such file or directory"
    with pytest.raises(RefusedError) as error:
        write_new(str(tmp_path / "a\0b"), "")
    assert str(error.value) == rf"{tmp_path}/a\x00b cannot be written: embedded null byte"


def test_a_full_disk_leaves_no_part_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full here")
    real = os.open

    def full(path: str, flags: int, mode: int) -> int:
        os.close(real(path, flags, mode))
        return real("/dev/full", os.O_WRONLY)

    monkeypatch.setattr(os, "open", full)
    path = tmp_path / "x.csv"
    with pytest.raises(RefusedError) as error:
        write_new(str(path), "text")
    assert str(error.value) == f"{path} cannot be written: No space left on device"
    assert not path.exists()
