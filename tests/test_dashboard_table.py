"""The table of a dimension: what stands in its rows at each width, and which row is where."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from http_monitor.dashboard.drawing import table
from http_monitor.dashboard.drawing.cells import Cell, Row, width_of
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.drawing.table import next_match, next_order, paint_table, row_at, row_count, visible_rows
from http_monitor.dashboard.state.answers import Answers, TableAnswer
from http_monitor.dashboard.state.place import Place
from http_monitor.dashboard.state.scene import Scene
from http_monitor.ports.views import Held, Order, TableView, Totals, ViewRow, ViewSpan
from http_monitor.report import Rule
from tests.dashboard_samples import (
    BY_DIMENSION,
    HELD,
    LOG,
    NOW_US,
    PICTURES,
    WINDOW,
    S,
    answers,
    facts,
    many_endpoints,
    report,
    screen,
    table_answer,
)
from tests.display_samples import time_zone

SIZES = ((60, 15), (80, 24), (120, 40), (200, 60))


@pytest.fixture(autouse=True)
def utc() -> Iterator[None]:
    with time_zone("UTC"):
        yield


def picture(answer: TableAnswer, dimension: str = "endpoint", **scene: object) -> Picture:
    """Return a picture of one table."""
    chosen = replace(Scene(panel=dimension), **scene)  # type: ignore[arg-type]
    return Picture(chosen, facts(), answers(tables={dimension: answer}))


def rows_of(shown: Picture, width: int, height: int = 40) -> list[str]:
    """Return the rows below the headings."""
    return screen(paint_table(shown, width, height))[2:]


def cells_of(shown: Picture, row: int, width: int = 120) -> list[Cell]:
    """Return the cells of a row, the first being 0."""
    return list(paint_table(shown, width, 40)[row + 2])


def test_a_screen_of_60_columns_has_keys_hits_and_shares() -> None:
    assert screen(paint_table(PICTURES["busy"](), 60, 15)) == [
        "1 Endpoints · 8 keys · by hits ↓ · window 2 min",
        "endpoint                            hits ↓    share",
        "/api/v1/orders                      18,204   38.5 % ███▏",
        "/api/v1/users/me                     9,870   20.9 % █▊",
        "/                                    7,401   15.6 % █▍",
        "/static/app.4f2c.js                  5,512   11.6 % █",
        "/search                              3,020    6.4 % ▋",
        "/blog/2026/a-very-long-title-of-a…   1,877    4.0 % ▍",
        "/wp-login.php                        1,204    2.5 % ▎",
        "/health                                240    0.5 % ▏",
    ]


def test_a_screen_of_80_columns_has_change_and_errors_too() -> None:
    assert screen(paint_table(PICTURES["busy"](), 80, 6)) == [
        "1 Endpoints · by hits ↓ · window 2 min · 47,328 hits · 1,511 errors 3.2 %    1/8",
        "endpoint                             hits ↓    share            change    errors",
        "/api/v1/orders                       18,204   38.5 % ███▏        −20 %     1,411",
        "/api/v1/users/me                      9,870   20.9 % █▊         +100 %        12",
        "/                                     7,401   15.6 % █▍            new         0",
        "/static/app.4f2c.js                   5,512   11.6 % █           −20 %         0",
    ]


def test_a_screen_of_120_columns_has_all() -> None:
    # Each row in two parts, since it is wider than this file.
    assert halves(paint_table(PICTURES["busy"](), 120, 4)) == [
        (
            "1 Endpoints · by hits ↓ · window 2 min · 47,328 hits · 1,511 ",
            "errors 3.2 % · 81.2 MiB · p50 12 ms · p95 640 ms        1/8",
        ),
        (
            "endpoint                               hits ↓    share       ",
            "     change    errors   err %     bytes       p50       p95",
        ),
        (
            "/api/v1/orders                         18,204   38.5 % ███▏  ",
            "      −20 %     1,411   7.8 %  31.2 MiB    120 ms    840 ms",
        ),
        (
            "/api/v1/users/me                        9,870   20.9 % █▊    ",
            "     +100 %        12   0.1 %  16.9 MiB    8.7 ms     61 ms",
        ),
    ]


def halves(rows: list[Row]) -> list[tuple[str, str]]:
    """Return the text of each row before and after the 61st column."""
    return [(row[:61], row[61:]) for row in screen(rows)]


def test_on_a_wide_screen_numbers_stand_near_short_keys_and_bars_grow() -> None:
    shown = picture(table_answer(BY_DIMENSION["status"]), "status")
    assert screen(paint_table(shown, 200, 5))[1:] == [
        "status            hits ↓    share                                                    change    errors   err %"
        "     bytes       p50       p95",
        "200               41,015   86.7 % █████████████████████████████████████████▋          −20 %         0     0 %"
        "  70.4 MiB    6.3 ms     44 ms",
        "404                3,190    6.7 % ███▎                                               +100 %         0     0 %"
        "   5.5 MiB    1.3 ms    9.0 ms",
        "503                1,511    3.2 % █▋                                                    new     1,511   100 %"
        "   2.6 MiB    286 ms     2.0 s",
    ]


def test_keys_of_escaped_bytes_have_room_where_there_is_any() -> None:
    shown = picture(table_answer([(b"\xff" * 12, 1, 0, 1)]))
    assert cells_of(shown, 0, 200)[0].text == r"\xff" * 12


def test_the_column_of_the_order_is_shown_and_marked_on_any_screen() -> None:
    by_errors = picture(table_answer(), sortings={"endpoint": ("errors", True)})
    assert screen(paint_table(by_errors, 60, 3)) == [
        "1 Endpoints · by errors ↑ · window 2 min · 47,328 hits   1/8",
        "endpoint                    hits    share           errors ↑",
        "/api/v1/orders            18,204   38.5 % ███▏         1,411",
    ]
    by_key = picture(table_answer(), sortings={"endpoint": ("key", False)})
    assert screen(paint_table(by_key, 60, 3))[1] == "endpoint ↑                            hits    share"


def test_columns_that_no_row_has_are_left_out_and_what_is_not_known_is_a_dash() -> None:
    no_durations = PICTURES["no_durations"]()
    assert screen(paint_table(no_durations, 120, 40))[1].endswith(
        "hits ↓    share            change    errors   err %     bytes"
    )
    no_status = PICTURES["no_status"]()
    assert screen(paint_table(no_status, 120, 40))[0].startswith(
        "1 Endpoints · 8 keys · by hits ↓ · window 2 min · 47,328 hits · errors – · 81.2 MiB · p50 12 ms"
    )
    assert rows_of(no_status, 120)[0].endswith("−20 %         –       –  31.2 MiB    120 ms    840 ms")


def test_bytes_are_a_dash_where_no_line_says_a_size() -> None:
    answer = table_answer()
    unknown = replace(answer, view=replace(answer.view, total=replace(answer.view.total, with_size=0)))
    assert rows_of(picture(unknown), 120)[0].endswith("1,411   7.8 %         –    120 ms    840 ms")
    assert " · bytes – · " in screen(paint_table(picture(unknown), 120, 40))[0]


def test_the_change_is_a_dash_while_the_span_before_is_not_held() -> None:
    assert [row.split()[-2] for row in rows_of(picture(table_answer(has_before=False)), 80)] == ["–"] * 8


def test_a_key_that_the_span_before_did_not_have_is_new() -> None:
    assert cells_of(picture(table_answer()), 2)[4] == Cell("      new", "accent", None)


def test_errors_are_red_beyond_the_threshold_of_the_run() -> None:
    answer = table_answer([(b"/calm", 100, 0, 1), (b"/some", 100, 20, 1), (b"/many", 100, 21, 1)])
    shown = picture(answer)
    rules = (Rule("error-rate", 20.0, "%"),)
    shown = replace(shown, facts=facts(report=report(rules=rules)))
    assert [cells_of(shown, row)[5].role for row in range(3)] == ["dim", "warn", "bad"]
    # Without that rule it is 5 percent.
    shown = replace(shown, facts=facts(report=None))
    assert [cells_of(shown, row)[5].role for row in range(3)] == ["dim", "bad", "bad"]


def test_every_key_that_has_hits_has_a_bar() -> None:
    answer = table_answer([(b"/much", 1_000_000, 0, 1), (b"/little", 1, 0, 1), (b"/none", 0, 0, 1)])
    assert [cells_of(picture(answer), row)[3].text.strip() for row in range(3)] == ["█" * 29, "▏", ""]


def test_statuses_are_coloured_by_class_and_keep_their_number() -> None:
    entries = [(key, 1, 0, 1) for key in (b"200", b"301", b"404", b"503", b"101", b"999")]
    shown = picture(table_answer(entries), "status")
    assert [(cells_of(shown, row)[0].text.strip(), cells_of(shown, row)[0].role) for row in range(6)] == [
        ("200", "ok"),
        ("301", "ok"),
        ("404", "client_error"),
        ("503", "server_error"),
        ("101", "other_status"),
        ("999", "other_status"),
    ]


@pytest.mark.parametrize(
    ("dimension", "key", "shown"),
    [
        ("host", b"-", ("(none)", "dim")),
        ("section", b"(none)", ("(none)", "dim")),
        ("referer", b"", ("(none)", "dim")),
        ("user", b"-", ("-", "plain")),
        ("user", b"(none)", ("(none)", "plain")),
        ("user", b"  ", ("'  '", "plain")),
    ],
)
def test_absent_keys_are_dim_words_and_no_key_looks_like_nothing(
    dimension: str, key: bytes, shown: tuple[str, str]
) -> None:
    cell = cells_of(picture(table_answer([(key, 1, 0, 1)]), dimension), 0)[0]
    assert (cell.text.strip(), cell.role) == shown


def test_hits_without_a_key_are_in_the_title() -> None:
    answer = table_answer(BY_DIMENSION["user"])
    more = replace(answer, view=replace(answer.view, total=replace(answer.view.total, hits=1_000)))
    assert "· 836 without a key" in screen(paint_table(picture(more, "user"), 200, 40))[0]
    # Nothing is known of them while there are more keys than rows.
    cut = replace(more, view=replace(more.view, keys=3))
    assert "without a key" not in screen(paint_table(picture(cut, "user"), 200, 40))[0]


def test_a_key_is_cut_at_its_end_only() -> None:
    shown = replace(PICTURES["hostile"](), scene=Scene())
    assert [cells_of(shown, row, 60)[0].text.rstrip() for row in range(11)] == [
        r"/\x1b[2J\x1b]0;owned\x07",
        r"/\u202egnp.exe\u202c",
        "/日本語/ページ/とても長い/道/です…",
        "/e\u0301\u0301\u0301\u0301\u0301\\u200b\\ufe0f",
        r"/\xff\xfe\x80\x00null",
        "[@click=app.quit]quit[/]",
        '=HYPERLINK("http://evil.example";…',
        "/👩\\u200d👩\\u200d👧\\u200d👧/🏳\\ufe…",
        "/" + "a" * 32 + "…",
        "(none)",
        "' '",
    ]


def test_a_key_that_is_cut_before_it_is_measured_still_says_so() -> None:
    # Its first bytes are marks that take no column.
    shown = picture(table_answer([(b"/e" + "\u0301".encode() * 2_000, 1, 0, 1)]))
    assert cells_of(shown, 0, 60)[0].text.strip().endswith("…")


def test_the_cursor_row_has_its_ground_over_the_whole_width() -> None:
    shown = replace(picture(table_answer(BY_DIMENSION["status"]), "status"), place=Place(2, 0))
    for width in (60, 80, 120, 200, 300):
        painted = paint_table(shown, width, 20)
        assert [{cell.ground for cell in row} for row in painted[2:]] == [{None}, {None}, {"cursor"}, {None}]
        assert width_of(painted[4]) == width


def test_a_panel_without_the_keyboard_shows_no_cursor() -> None:
    painted = paint_table(replace(PICTURES["busy"](), is_dimmed=True), 80, 20)
    assert {cell.ground for row in painted for cell in row} == {None}
    assert list(painted[0][:2]) == [Cell("1 ", "dim"), Cell("Endpoints", "bold")]


def test_a_table_beside_the_panel_has_no_column_of_changes_if_none_is_known() -> None:
    beside = replace(picture(table_answer(has_before=False)), is_dimmed=True)
    assert screen(paint_table(beside, 80, 3))[1].split() == ["endpoint", "hits", "↓", "share", "errors"]
    assert "change" in screen(paint_table(replace(PICTURES["busy"](), is_dimmed=True), 80, 3))[1]


def test_the_panel_of_a_screen_of_200_columns_has_all_beside_two_tables() -> None:
    headings = screen(paint_table(PICTURES["busy"](), 119, 3))[1]
    assert headings.split()[-7:] == ["change", "errors", "err", "%", "bytes", "p50", "p95"]


def test_rows_scroll_with_the_cursor_and_the_title_says_where_it_is() -> None:
    shown = replace(PICTURES["scrolled"](), place=Place(99, 0))
    painted = screen(paint_table(shown, 60, 5))
    assert painted[0] == "1 Endpoints · by hits ↓ · window 2 min             100/1,234"
    assert [row.split()[0] for row in painted[2:]] == ["/api/v1/items/97", "/api/v1/items/98", "/api/v1/items/99"]


def test_a_place_beyond_the_rows_is_the_last_row() -> None:
    shown = replace(picture(table_answer()), place=Place(1_000, 900))
    assert screen(paint_table(shown, 60, 4))[2:] == [
        "/wp-login.php                        1,204    2.5 % ▎",
        "/health                                240    0.5 % ▏",
    ]


def test_what_is_searched_for_is_marked_where_it_stands() -> None:
    shown = picture(table_answer([(b"/Shop/shOP/x", 1, 0, 1), (b"/other", 1, 0, 1)]), search="shop")
    assert cells_of(shown, 0)[:5] == [
        Cell("/", "plain", "cursor"),
        Cell("Shop", "accent", "selected"),
        Cell("/", "plain", "cursor"),
        Cell("shOP", "accent", "selected"),
        Cell("/x", "plain", "cursor"),
    ]
    assert cells_of(shown, 1)[0] == Cell("/other          ", "plain", None)


def test_a_match_that_is_cut_off_marks_the_sign_of_the_cut() -> None:
    shown = replace(picture(table_answer(), search="index.html"), is_dimmed=True)
    assert cells_of(shown, 5, 60)[:2] == [
        Cell("/blog/2026/a-very-long-title-of-a", "plain"),
        Cell("…", "accent", "selected"),
    ]


def test_a_search_is_text_and_no_pattern() -> None:
    shown = picture(table_answer([(b"/a.b", 1, 0, 1), (b"/axb", 1, 0, 1)]), search="a.b")
    assert [cells_of(shown, row)[1].role for row in range(2)] == ["accent", "plain"]


def test_the_next_match_goes_round() -> None:
    shown = replace(picture(table_answer(), search="/A"), place=Place(1, 0))
    # Rows 0, 1, 3 and 5 match.
    assert (next_match(shown, 1), next_match(shown, -1)) == (3, 0)
    assert next_match(replace(shown, place=Place(5, 0)), 1) == 0
    assert next_match(replace(shown, place=Place(0, 0)), -1) == 5
    assert next_match(picture(table_answer(), search="nowhere"), 1) is None
    assert next_match(picture(table_answer(), search=""), 1) is None
    assert next_match(picture(table_answer(()), search="a"), 1) is None


def test_rows_are_found_by_their_place() -> None:
    shown = picture(table_answer())
    assert (row_count(shown), visible_rows(15), visible_rows(1)) == (8, 13, 0)
    last = row_at(shown, 7)
    assert last is not None
    assert last.key == b"/health"
    assert (row_at(shown, 8), row_at(shown, -1), row_at(PICTURES["waiting"](), 0)) == (None, None, None)


def orders(shown: Answers) -> list[Order]:
    """Return the orders that follow one another, from hits on."""
    found: list[Order] = ["hits"]
    while (following := next_order(found[-1], shown)) != "hits":
        found.append(following)
    return found


def test_orders_follow_one_another_as_far_as_there_are_such_figures() -> None:
    assert orders(PICTURES["busy"]().answers) == ["hits", "errors", "bytes", "p50", "p95", "key"]
    assert orders(PICTURES["no_durations"]().answers) == ["hits", "errors", "bytes", "key"]
    assert orders(PICTURES["no_status"]().answers) == ["hits", "bytes", "p50", "p95", "key"]
    assert orders(Answers()) == ["hits", "errors", "bytes", "key"]
    # An order that the log no longer has is followed by one that it has.
    assert next_order("p50", Answers()) == "key"


def test_the_title_says_which_times_the_figures_are_of() -> None:
    assert screen(paint_table(PICTURES["past"](), 80, 20))[0] == (
        "1 Endpoints · 8 keys · by hits ↓ · 11:59:00–11:59:05 · 47,328 hits"
    )
    # An answer for the past that is still there at now is not called the window.
    late = replace(PICTURES["past"](), scene=Scene())
    assert "11:59:00–11:59:05" in screen(paint_table(late, 80, 20))[0]
    assert screen(paint_table(PICTURES["busy"](), 80, 20))[0].startswith(
        "1 Endpoints · 8 keys · by hits ↓ · window 2 min"
    )


@pytest.mark.parametrize(
    ("width", "title"),
    [
        (60, "1 Endpoints · 11:49:12–11:51:12 · only 1 min 12 s held"),
        (80, "1 Endpoints · 11:49:12–11:51:12 · of the last 1 min 12 s: nothing before is held"),
        (
            120,
            "1 Endpoints · 8 keys · by hits ↓ · 11:49:12–11:51:12 · of the last 1 min 12 s: nothing before is held"
            " · 47,328 hits",
        ),
    ],
)
def test_the_title_says_first_that_a_part_of_the_span_is_not_held(width: int, title: str) -> None:
    assert screen(paint_table(PICTURES["selected"](), width, 20))[0] == title


def test_at_now_a_part_of_the_window_takes_its_place() -> None:
    held = replace(HELD, since_us=NOW_US - 30 * S)
    answer = table_answer(is_whole=False)
    shown = picture(replace(answer, view=replace(answer.view, held=held)))
    assert screen(paint_table(shown, 60, 20))[0] == "1 Endpoints · of the last 30 s: nothing before is held"


@pytest.mark.parametrize(
    ("shown", "sentences"),
    [
        (PICTURES["waiting"](), ["Waiting: /tmp/access.log is missing.", "Rows appear with the first line."]),
        (PICTURES["nothing_held"](), ["Nothing is held yet.", "Rows appear with the first line."]),
        (PICTURES["quiet"](), ["There are no lines in this span.", "The last line is of 12:00:00."]),
        (Picture(Scene(), facts(), answers(tables={})), ["Counting …"]),
        (
            picture(table_answer(()), chips=("status == 503",)),
            ["No line of this span matches the filter.", "Backspace takes off the last filter."],
        ),
        (
            Picture(Scene(), facts(), answers(filter_fault="unknown field 'x', column 1\x1b[2J")),
            [
                r"The filter cannot be answered: unknown field 'x', column 1\x1b[2J",
                "Backspace takes off the last filter.",
            ],
        ),
        (
            picture(table_answer((), ViewSpan(NOW_US - 2_000 * S, NOW_US - 1_000 * S))),
            ["Nothing of this span is held: it ends before 11:50:00.", "Esc returns to now."],
        ),
        (
            picture(
                TableAnswer(TableView(HELD, True, Totals(1_200, with_status=1), (), 0), WINDOW),
                "user",
            ),
            ["None of the 1,200 hits has a key in this table."],
        ),
    ],
    ids=["waiting", "not held yet", "no lines", "asked", "filtered", "fault", "not held any more", "no keys"],
)
def test_a_table_without_rows_says_why(shown: Picture, sentences: list[str]) -> None:
    painted = screen(paint_table(shown, 80, 20))
    assert painted[1] == ""
    assert painted[2:] == sentences


def test_panels_without_a_digit_have_a_title_only() -> None:
    shown = picture(table_answer(BY_DIMENSION["user"]), "user")
    assert screen(paint_table(shown, 60, 20))[0] == "Users · 2 keys · by hits ↓ · window 2 min · 164 hits"


ANY_KEYS = st.binary(max_size=80) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass"))
COUNTS = st.integers(0, 10**6) | st.integers(0, 2**63)
TIMES = st.none() | st.integers(0, 2**62)


@given(
    rows=st.lists(st.builds(ViewRow, ANY_KEYS, COUNTS, COUNTS, COUNTS, TIMES, TIMES), max_size=8),
    total=st.builds(Totals, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, TIMES, TIMES),
    keys=COUNTS,
    order=st.sampled_from(["hits", "errors", "bytes", "p50", "p95", "key"]),
    dimension=st.sampled_from(["endpoint", "status", "host"]),
    search=st.text(max_size=2),
    size=st.sampled_from(SIZES) | st.tuples(st.integers(0, 70), st.integers(0, 12)),
    cursor=st.integers(0, 9),
)
def test_no_row_is_wider_than_the_screen_whatever_the_log_has(
    rows: list[ViewRow],
    total: Totals,
    keys: int,
    order: Order,
    dimension: str,
    search: str,
    size: tuple[int, int],
    cursor: int,
) -> None:
    width, height = size
    view = TableView(Held(NOW_US, NOW_US, 1, 0, 1), False, total, tuple(rows), keys)
    shown = picture(TableAnswer(view, WINDOW, {}), dimension, sortings={dimension: (order, False)}, search=search)
    painted = paint_table(replace(shown, place=Place(cursor, 0)), width, height)
    assert len(painted) <= height
    assert [row for row in painted if width_of(row) > width] == []
    assert all(cell.text.isprintable() for row in painted for cell in row)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_sample_fits_its_screen(name: str, size: tuple[int, int]) -> None:
    painted = paint_table(PICTURES[name](), *size)
    assert 3 <= len(painted) <= size[1]
    assert [row for row in painted if width_of(row) > size[0]] == []
    assert LOG not in "".join(screen(painted))


def test_only_rows_that_are_seen_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def shown_key(dimension: str, raw: bytes) -> str:
        seen.append(raw)
        return raw.decode()

    monkeypatch.setattr(table, "_shown_key", shown_key)
    scrolled = replace(picture(table_answer(many_endpoints(5_000), keys=5_000)), place=Place(2_000, 1_990))
    # A width that no other test has, whose keys would be known.
    paint_table(scrolled, 133, 22)
    assert seen == [b"/api/v1/items/%d" % number for number in range(1_990, 2_010)]
