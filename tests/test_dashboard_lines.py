import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.dashboard.drawing.cells import Cell, Row, width_of
from http_monitor.dashboard.drawing.lists.line import line_rows, paint_line
from http_monitor.dashboard.drawing.lists.line_fields import Values, line_cells
from http_monitor.dashboard.drawing.lists.lines import line_at, next_match, paint_lines, row_count
from http_monitor.dashboard.drawing.lists.wrapping import wrap, wrap_words
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.answers import LinesAnswer, ShownLine
from http_monitor.dashboard.state.place import Place
from http_monitor.dashboard.state.scene import Scene
from http_monitor.ports.views import FoundLine, ViewSpan
from http_monitor.records import LogFile
from http_monitor.units import visible, visible_text
from tests import dashboard_samples as samples
from tests.dashboard_samples import NOW_US, WINDOW, S, screen
from tests.display_samples import CENTRAL_EUROPE, time_zone
from tests.examples import examples

LINES = Scene(panel="lines")
COMBINED = (
    b'shop.example:443 210.0.0.1 10.0.0.1 - bob [02/Oct/2026:12:04:56 +0000] "GET /a?b=/a HTTP/1.1" 200 2200 "-" "GET"'
)
VALUES: Values = {
    **{"host": b"10.0.0.1", "vhost": b"shop.example", "user": b"bob", "method": b"GET", "path": b"/a"},
    **{"status": 200, "size_bytes": 2200, "agent": b"GET", "duration_us": 340_000, "referer": None},
}
WIDE = [
    "1,234 lines skipped to keep up · 40 lines",
    '  198.51.100.0 - - [02/Oct/2026:12:04:59 +0000] "GET /api/v1/orders HTTP/1.1" 200 1800 "-" "curl/8.4.0"',
    '  198.51.100.1 - - [02/Oct/2026:12:04:58 +0000] "GET /api/v1/users/me HTTP/1.1" 200 1800 "-" "curl/8.4.0"',
    '· 198.51.100.2 - - [02/Oct/2026:12:04:57 +0000] "GET / HTTP/1.1" 404 1800 "-" "curl/8.4.0"',
    '! 198.51.100.3 - - [02/Oct/2026:12:04:56 +0000] "GET /static/app.4f2c.js HTTP/1.1" 503 1800 "-" "curl/8.4.0"',
    "  14:04:55 198.51.100.4 GET /search 301  (no longer in the log)",
]


@pytest.fixture(autouse=True)
def local() -> Iterator[None]:
    with time_zone(CENTRAL_EUROPE):
        yield


def picture(answer: LinesAnswer | None, scene: Scene = LINES, place: Place | None = None) -> Picture:
    return Picture(scene, samples.facts(), samples.answers(lines=answer), place or Place())


def line(text: bytes | None, file: str = samples.LOG, note: str = "", values: Values | None = None) -> ShownLine:
    row = FoundLine(NOW_US - S, LogFile(file, file, (1, 2)), 12_345, None, values or {})
    return ShownLine(row, text, note)


def roles(row: Row) -> list[tuple[str, str]]:
    return [(cell.text, cell.role) for cell in row]


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (
            60,
            [
                "8 Lines · 14:03:00–14:05:00 · newest first · following  1/40",
                "1,234 lines skipped to keep up · 40 lines",
                '  198.51.100.0 - - [02/Oct/2026:12:04:59 +0000] "GET /api/v…',
                '  198.51.100.1 - - [02/Oct/2026:12:04:58 +0000] "GET /api/v…',
                '· 198.51.100.2 - - [02/Oct/2026:12:04:57 +0000] "GET / HTTP…',
                '! 198.51.100.3 - - [02/Oct/2026:12:04:56 +0000] "GET /stati…',
                "  14:04:55 198.51.100.4 GET /search 301  (no longer in the…",
            ],
        ),
        (
            80,
            [
                "8 Lines · 14:03:00–14:05:00 · newest first · following                      1/40",
                "1,234 lines skipped to keep up · 40 lines",
                '  198.51.100.0 - - [02/Oct/2026:12:04:59 +0000] "GET /api/v1/orders HTTP/1.1" 2…',
                '  198.51.100.1 - - [02/Oct/2026:12:04:58 +0000] "GET /api/v1/users/me HTTP/1.1"…',
                '· 198.51.100.2 - - [02/Oct/2026:12:04:57 +0000] "GET / HTTP/1.1" 404 1800 "-" "…',
                '! 198.51.100.3 - - [02/Oct/2026:12:04:56 +0000] "GET /static/app.4f2c.js HTTP/1…',
                "  14:04:55 198.51.100.4 GET /search 301  (no longer in the log)",
            ],
        ),
        (120, ["8 Lines · 14:03:00–14:05:00 · newest first · following" + " " * 62 + "1/40", *WIDE]),
        (200, ["8 Lines · 14:03:00–14:05:00 · newest first · following" + " " * 142 + "1/40", *WIDE]),
    ],
)
def test_lines_stand_newest_first_with_a_mark_before_those_that_failed(width: int, expected: list[str]) -> None:
    assert screen(paint_lines(picture(samples.found_lines()), width, 7)) == expected


def test_the_fields_of_a_line_have_roles_also_where_a_value_occurs_elsewhere() -> None:
    assert roles(line_cells(COMBINED, VALUES)) == [
        ("shop.example", "field_host"),
        (":443 210.0.0.1 ", "plain"),
        ("10.0.0.1", "field_host"),
        (" - ", "plain"),
        ("bob", "accent"),
        (" ", "plain"),
        ("[02/Oct/2026:12:04:56 +0000]", "field_time"),
        (' "', "plain"),
        ("GET", "field_method"),
        (" ", "plain"),
        ("/a", "field_path"),
        ("?b=/a HTTP/1.1" + '" ', "plain"),
        ("200", "ok"),
        (' 2200 "-" "', "plain"),
        ("GET", "field_agent"),
        ('"', "plain"),
    ]


def test_the_fields_of_a_json_line_have_roles_in_whatever_order_they_come() -> None:
    raw = b'{"time":"2026-10-02T12:00:01.123+00:00","status":503,"size":503,"uri":"/a","method":"GET","ip":"10.0.0.1"}'
    found = [cell for cell in roles(line_cells(raw, {**VALUES, "status": 503})) if cell[1] != "plain"]
    assert found == [
        ("2026-10-02T12:00:01.123+00:00", "field_time"),
        ("503", "server_error"),
        ("/a", "field_path"),
        ("GET", "field_method"),
        ("10.0.0.1", "field_host"),
    ]


def test_a_status_has_the_role_of_its_class() -> None:
    found = [
        next(
            role
            for text, role in roles(line_cells(b"GET /a %d 9" % status, {**VALUES, "status": status}))
            if text == str(status)
        )
        for status in (101, 200, 304, 404, 500)
    ]
    assert found == ["other_status", "ok", "ok", "client_error", "server_error"]


def test_a_line_that_is_gone_shows_what_the_row_knows() -> None:
    gone = line(None, note="no longer in the log", values={**VALUES, "path": b"/a\x1b[2J", "status": 0})
    shown = paint_lines(picture(LinesAnswer((gone,), 0, WINDOW, True)), 80, 3)[2]
    assert roles(shown)[1:-1] == [
        (r"14:04:59 10.0.0.1 GET /a\x1b[2J –", "dim"),
        ("  (no longer in the log)", "warn"),
    ]


def test_lines_of_several_files_name_theirs_by_as_much_of_the_path_as_tells_them_apart() -> None:
    answer = LinesAnswer(
        (line(b"one", "/log/a/x.log"), line(b"two", "/log/b/x.log"), line(b"three", "/log/b/y")), 0, WINDOW, True
    )
    assert screen(paint_lines(picture(answer), 80, 5))[2:] == ["  a/x.log one", "  b/x.log two", "  b/y     three"]
    assert screen(paint_lines(picture(answer), 79, 5))[2:] == ["  one", "  two", "  three"]


def test_the_row_of_the_cursor_is_filled_and_scrolled_into_view() -> None:
    shown = paint_lines(picture(samples.found_lines(), place=Place(12, 0)), 80, 7)
    assert [row[0].ground for row in shown] == [None, None, None, None, None, None, "cursor"]
    assert width_of(shown[-1]) == 80
    assert {cell.ground for cell in shown[-1]} == {"cursor"}
    assert screen(shown)[-1].startswith("· 198.51.100.12 ")


def test_a_panel_without_the_keyboard_has_no_cursor() -> None:
    shown = paint_lines(replace(picture(samples.found_lines()), is_dimmed=True), 80, 7)
    assert {cell.ground for row in shown for cell in row} == {None}


def test_what_is_not_shown_is_said_the_most_important_first() -> None:
    answer = replace(samples.found_lines(), is_whole=False, span=ViewSpan(NOW_US - 1_000 * S, NOW_US))
    behind = replace(picture(answer), facts=samples.facts(pulse=samples.pulse(lag_s=12)))
    assert screen(paint_lines(behind, 120, 2)) == [
        "8 Lines · 13:48:20–14:05:00 · newest first · following" + " " * 62 + "1/40",
        "behind 12 s · nothing before 13:50:00 is held · 1,234 lines skipped to keep up · 40 lines",
    ]


def test_in_the_past_lines_are_not_skipped_but_more() -> None:
    past = picture(samples.found_lines(), Scene(panel="lines", span=WINDOW))
    assert screen(paint_lines(past, 80, 2)) == [
        "8 Lines · 14:03:00–14:05:00 · newest first                                  1/40",
        "40 lines · 1,234 more",
    ]


def test_lines_that_stand_still_say_since_when() -> None:
    still = picture(samples.found_lines(), Scene(panel="lines", is_following=False, pinned_us=NOW_US - 60 * S))
    assert screen(paint_lines(still, 80, 2)) == [
        "8 Lines · 14:03:00–14:05:00 · newest first · standing still at 14:04:00     1/40",
        "40 lines · 1,234 more",
    ]


@pytest.mark.parametrize(
    ("answer", "scene", "fault", "words"),
    [
        (None, LINES, "", "no lines are read yet"),
        (LinesAnswer((), 0, WINDOW, True), LINES, "", "no line in this span"),
        (
            LinesAnswer((), 0, WINDOW, True),
            Scene(panel="lines", chips=("x",)),
            "",
            "no line of this span passes the filter",
        ),
        (None, LINES, "column 3\x1b", r"the filter cannot be answered: column 3\x1b"),
    ],
)
def test_no_lines_are_explained(answer: LinesAnswer | None, scene: Scene, fault: str, words: str) -> None:
    shown = replace(picture(answer, scene), answers=samples.answers(lines=answer, filter_fault=fault))
    assert screen(paint_lines(shown, 80, 9))[2:] == [words]


def test_a_search_goes_round_and_its_matches_have_a_ground() -> None:
    searched = picture(samples.found_lines(20), Scene(panel="lines", search="API/V1/ORDERS"))
    assert [next_match(replace(searched, place=Place(at)), step) for at, step in ((0, 1), (8, 1), (16, 1))] == [
        8,
        16,
        0,
    ]
    assert [next_match(replace(searched, place=Place(at)), step) for at, step in ((0, -1), (8, -1))] == [16, 0]
    assert [next_match(replace(searched, place=Place(at)), 0) for at in (0, 1)] == [0, 8]
    marked = [cell.text for cell in paint_lines(searched, 120, 3)[2] if cell.ground == "selected"]
    assert marked == ["api/v1/orders"]


def test_a_search_without_a_match_or_a_text_finds_nothing() -> None:
    assert next_match(picture(samples.found_lines(), Scene(panel="lines", search="x.x")), 1) is None
    assert next_match(picture(samples.found_lines()), 1) is None
    assert next_match(picture(None, Scene(panel="lines", search="a")), 1) is None


def test_rows_are_counted_and_found() -> None:
    shown = picture(samples.found_lines(3))
    assert row_count(shown) == 3
    found = [line_at(shown, at) for at in (-1, 2, 3)]
    assert found[0] is None
    assert found[1] is not None
    assert found[1].row.values["status"] == 404
    assert found[2] is None
    assert row_count(picture(None)) == 0


def test_an_open_line_is_whole_with_its_fields_and_place() -> None:
    opened = picture(LinesAnswer((line(COMBINED, values=VALUES),), 0, WINDOW, True), Scene(panel="lines", open_line=0))
    assert screen(paint_line(opened, 60, 20)) == [
        "8 Lines · 1 of 1 · 14:04:59 · Esc closes",
        "shop.example:443 210.0.0.1 10.0.0.1 - bob [02/Oct/2026:12:04",
        ':56 +0000] "GET /a?b=/a HTTP/1.1" 200 2200 "-" "GET"',
        "",
        "time      2026-10-02 14:04:59 +0200",
        "host      10.0.0.1",
        "user      bob",
        "method    GET",
        "endpoint  /a",
        "status    200",
        "size      2,200 B",
        "duration  340 ms",
        "agent     GET",
        "vhost     shop.example",
        "stands at /var/log/nginx/access.log: 12345",
    ]
    assert line_rows(opened, 60) == 14


def test_an_open_line_scrolls_and_says_how_much_is_left() -> None:
    opened = picture(LinesAnswer((line(COMBINED, values=VALUES),), 0, WINDOW, True), Scene(panel="lines", open_line=0))
    assert screen(paint_line(replace(opened, scene=replace(opened.scene, open_top=9)), 60, 5))[1:] == [
        "size      2,200 B",
        "duration  340 ms",
        "agent     GET",
        "… 2 more rows",
    ]
    assert screen(paint_line(replace(opened, scene=replace(opened.scene, open_top=99)), 60, 5))[1:] == [
        "duration  340 ms",
        "agent     GET",
        "vhost     shop.example",
        "stands at /var/log/nginx/access.log: 12345",
    ]


def test_an_open_line_that_is_gone_says_so_and_shows_the_row() -> None:
    gone = line(None, note="no longer in the log", values={"host": b"10.0.0.1", "status": 0})
    opened = picture(LinesAnswer((gone,), 0, WINDOW, True), Scene(panel="lines", open_line=0))
    assert screen(paint_line(opened, 60, 9)) == [
        "8 Lines · 1 of 1 · 14:04:59 · Esc closes",
        "no longer in the log",
        "",
        "time      2026-10-02 14:04:59 +0200",
        "host      10.0.0.1",
        "status    –",
        "stands at /var/log/nginx/access.log: 12345",
    ]
    lost = picture(LinesAnswer((gone,), 0, WINDOW, True), Scene(panel="lines", open_line=1))
    assert screen(paint_line(lost, 60, 9)) == ["8 Lines · this line is no longer shown"]


def test_a_very_long_line_is_not_read_to_its_end() -> None:
    opened = picture(
        LinesAnswer((line(b"a" * 70_000, values={"status": 200}),), 0, WINDOW, True), Scene(panel="lines", open_line=0)
    )
    assert line_rows(opened, 100) == 656 + 1 + 1 + 3
    assert "… 4,464 more bytes" in screen(paint_line(opened, 100, 900))


hostile = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(samples.HOSTILE_KEYS),
    st.text(alphabet="é日👩\u0301\u200d/ [", max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
values = st.fixed_dictionaries(
    {name: hostile for name in ("host", "method", "path", "agent", "user", "vhost")}
    | {"status": st.integers(0, 999), "size_bytes": st.integers(0, 1 << 62)}
)


@settings(max_examples=examples(60))
@given(hostile, values, st.sampled_from((1, 2, 7, 60, 80, 121, 300)), st.integers(0, 12), st.booleans())
def test_no_row_is_wider_than_asked_whatever_the_log_says(
    raw: bytes, found: Values, width: int, height: int, is_gone: bool
) -> None:
    shown = line(None if is_gone else raw, note="gone", values=found)
    other = line(raw, "/\x1b[31m/日本" * 5, values=found)
    drawn = picture(LinesAnswer((shown, other), sys.maxsize, WINDOW, False), Scene("lines", search="日", open_line=0))
    for rows in (paint_lines(drawn, width, height), paint_line(drawn, width, height)):
        assert len(rows) <= height
        assert all(width_of(row) <= width for row in rows)
        assert all(visible_text(cell.text) == cell.text for row in rows for cell in row)


@given(values)
def test_the_cells_of_a_line_are_its_sanitised_text(found: Values) -> None:
    raw = b' - "'.join(value if isinstance(value, bytes) else b"%d" % (value or 0) for value in found.values())
    shown = "".join(cell.text for cell in line_cells(raw, found))
    # A value that is a part of a character splits it, and its bytes are written one by one then.
    assert visible_text(shown) == shown
    if raw.isascii():
        assert shown == visible(raw)


@given(st.lists(hostile, max_size=4), st.integers(2, 40))
def test_wrapping_loses_nothing(parts: list[bytes], width: int) -> None:
    cells = [Cell(visible(part)) for part in parts]
    rows = wrap(cells, width)
    assert "".join(cell.text for row in rows for cell in row) == "".join(cell.text for cell in cells)
    assert all(width_of(row) <= width for row in rows)


def test_words_are_wrapped_at_spaces_and_long_ones_anywhere() -> None:
    assert wrap_words("one two three", 7) == ["one two", "three"]
    assert wrap_words("one abcdefghij two", 6, 2) == ["one", "  abcd", "  efgh", "  ij", "  two"]
    assert wrap_words("日本語", 5) == ["日本", "語"]


def test_a_character_that_fits_no_row_has_one_of_its_own() -> None:
    assert screen(wrap([Cell("日a本")], 1)) == ["日", "a", "本"]
