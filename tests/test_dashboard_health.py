from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.dashboard.drawing.cells import width_of
from http_monitor.dashboard.drawing.lists.health import paint_health, row_count
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.facts import Facts
from http_monitor.dashboard.state.place import Place
from http_monitor.dashboard.state.scene import Scene
from http_monitor.health import Health
from http_monitor.ports.views import Held
from http_monitor.report import Notice
from http_monitor.report_tables import Coverage
from http_monitor.units import visible_text
from tests import dashboard_samples as samples
from tests.dashboard_samples import NOW_US, S, screen
from tests.display_samples import CENTRAL_EUROPE, time_zone
from tests.examples import examples

HEALTH = Scene(panel="health")
DRIFT = Notice(
    "7 of the 120 lines of the last minute (5.8 %) do not fit the format combined, has it changed? "
    "line 12, from byte 17: 'GET /'",
    "warning",
    "malformed",
    None,
    NOW_US,
)
CAUGHT_UP = Notice("Caught up: 12,000 lines of 30 s", at_us=NOW_US - 500 * S)


@pytest.fixture(autouse=True)
def local() -> Iterator[None]:
    with time_zone(CENTRAL_EUROPE):
        yield


def picture(place: Place | None = None, **facts: object) -> Picture:
    return Picture(HEALTH, samples.facts(**facts), samples.answers(), place or Place())


def of(health: Health, **facts: object) -> Picture:
    return picture(None, **{"report": samples.report(health=health), **facts})


def test_all_figures_stand_below_one_another_on_a_narrow_screen() -> None:
    assert screen(paint_health(picture(notices=(CAUGHT_UP,)), 60, 60)) == [
        "0 Health · at 14:05:00",
        "9 malformed",
        "Lines",
        "lines          380,210",
        "accepted       380,198  counted as hits",
        "malformed            9  fit no format",
        "  oversized          0  too long",
        "filtered out         0  by --filter",
        "other                0  no finished request",
        "late                 3  after the close",
        "  too late           0  seen by no alert",
        "ahead                0  in the future",
        "held                 0  wait for their time",
        "incomplete           0  parts given up",
        "backfilled           0  before the start",
        "",
        "Reading",
        "behind             0 s",
        "not read yet       0 B",
        "lost               0 B  vanished unread",
        "maybe lost          no  between two reads",
        "rotations            1",
        "truncations          0",
        "NUL skipped        0 B  at line starts",
        "restarts             0  of the file observer",
        "clock steps          0  of this machine",
        "listeners            0  failed, and released",
        "",
        "Coverage of the last 4,733 lines",
        "status           100 %",
        "host             100 %",
        "endpoint         100 %",
        "size             100 %",
        "duration         100 %",
        "agent            100 %",
        "",
        "Recent rows",
        "since         13:50:00  nothing before",
        "rows           380,000",
        "memory        13.4 MiB",
        "left out             0  no memory for them",
        "",
        "Last notices",
        "No malformed line is quoted yet: a notice does that when",
        "there are many. --explain shows where one stops fitting.",
        "  13:56:40 Caught up: 12,000 lines of 30 s",
    ]


def test_blocks_stand_beside_each_other_where_there_is_room() -> None:
    assert screen(paint_health(picture(), 100, 9)) == [
        "0 Health · at 14:05:00" + " " * 74 + "1/25",
        "9 malformed",
        "Lines                                              Reading",
        "lines          380,210                             behind             0 s",
        "accepted       380,198  counted as hits            not read yet       0 B",
        "malformed            9  fit no format              lost               0 B  vanished unread",
        "  oversized          0  too long                   maybe lost          no  between two reads",
        "filtered out         0  by --filter                rotations            1",
        "other                0  no finished request        truncations          0",
    ]
    assert screen(paint_health(picture(), 200, 4))[2:] == [
        "Lines" + " " * 62 + "Reading" + " " * 60 + "Coverage of the last 4,733 lines",
        "lines          380,210" + " " * 45 + "behind             0 s" + " " * 45 + "status           100 %",
    ]


def test_words_beside_the_figures_go_together_where_they_do_not_fit() -> None:
    narrow = screen(paint_health(picture(), 84, 5))
    assert narrow[2:] == [
        "Lines                                      Reading",
        "lines          380,210                     behind             0 s",
        "accepted       380,198                     not read yet       0 B",
    ]


def test_what_is_not_known_is_no_zero() -> None:
    unknown = Picture(HEALTH, Facts(title="a.log", clock_us=NOW_US))
    assert screen(paint_health(unknown, 84, 30)) == [
        "0 Health · no report yet",
        "nothing is known yet",
        "Lines                                      Reading",
        "lines                –                     behind               –",
        "accepted             –                     not read yet         –",
        "malformed            –                     lost                 –",
        "  oversized          –                     maybe lost           –",
        "filtered out         –                     rotations            –",
        "other                –                     truncations          –",
        "late                 –                     NUL skipped          –",
        "  too late           –                     restarts             –",
        "ahead                –                     clock steps          –",
        "held                 –                     listeners            –",
        "incomplete           –",
        "backfilled           –                     Recent rows",
        "                                           since                –",
        "Coverage                                   rows                 0",
        "status               –                     memory             0 B",
        "host                 –                     left out             0",
        "endpoint             –",
        "size                 –",
        "duration             –",
        "agent                –",
        "",
        "Last notices",
        "none",
    ]


def test_coverage_is_the_share_of_the_lines_that_have_the_field() -> None:
    known = Coverage(1_000, 0, 1_000, 999, 500, 1, 1_000)
    shown = screen(paint_health(picture(report=samples.report(coverage=known)), 60, 60))
    assert shown[28:35] == [
        "Coverage of the last 1,000 lines",
        "status             0 %  no line has it",
        "host             100 %",
        "endpoint        99.9 %",
        "size            50.0 %",
        "duration         0.1 %",
        "agent            100 %",
    ]
    none = screen(paint_health(picture(report=samples.report(coverage=Coverage())), 60, 60))
    assert none[28:30] == ["Coverage", "status               –"]


@pytest.mark.parametrize(
    ("health", "facts", "words"),
    [
        (Health(lines=9, accepted=9), {}, [("all is read, nothing is lost, every line fits", "good")]),
        (Health(malformed=2, too_late=1), {}, [("2 malformed", "warn"), ("1 too late", "warn")]),
        (
            Health(lost_bytes=2_048, maybe_lost=True, listener_failures=2),
            {},
            [("2.0 KiB lost", "bad"), ("perhaps lines lost", "bad"), ("2 failed listeners", "bad")],
        ),
        (
            Health(),
            {"failure": "no room\x1b", "pulse": samples.pulse(lag_s=72, lag_bytes=9, waiting_for="a.log is missing")},
            [
                (r"the run ended early: no room\x1b", "bad"),
                ("waiting: a.log is missing", "warn"),
                ("behind 1 min 12 s", "warn"),
            ],
        ),
        (Health(), {"pulse": samples.pulse(lag_bytes=4_096)}, [("behind 4.0 KiB", "warn")]),
    ],
)
def test_what_is_wrong_is_said_first_the_worst_before_the_rest(
    health: Health, facts: dict[str, object], words: list[tuple[str, str]]
) -> None:
    row = paint_health(of(health, **facts), 120, 2)[1]
    assert [(cell.text, cell.role) for cell in row if cell.text != " · "] == words


def test_every_counter_that_is_a_fault_is_coloured_only_if_there_is_any() -> None:
    names = ("malformed", "oversized", "late", "too_late", "ahead", "incomplete")
    more = ("lost_bytes", "truncations", "observer_restarts", "clock_steps", "listener_failures")
    faulty = Health(maybe_lost=True)
    for name in (*names, *more):
        faulty = replace(faulty, **{name: 7})  # type: ignore[arg-type]

    def coloured(health: Health) -> int:
        rows = paint_health(of(health), 60, 27)[2:]
        return sum(cell.role in ("warn", "bad") for row in rows for cell in row)

    assert coloured(faulty) == len(names) + len(more) + 1
    assert coloured(Health()) == 0


def test_a_long_number_is_whole() -> None:
    shown = screen(paint_health(of(Health(lines=123_456_789_012)), 60, 5))
    assert shown[3:] == ["lines        123,456,789,012", "accepted                   0  counted as hits"]


def test_the_first_malformed_line_is_quoted_before_other_notices() -> None:
    shown = screen(paint_health(picture(notices=(CAUGHT_UP, DRIFT)), 60, 60))
    assert shown[-5:] == [
        "Last notices",
        "! 14:05:00 7 of the 120 lines of the last minute (5.8 %) do",
        "    not fit the format combined, has it changed? line 12,",
        "    from byte 17: 'GET /'",
        "  13:56:40 Caught up: 12,000 lines of 30 s",
    ]


def test_only_the_last_notices_are_shown() -> None:
    notices = tuple(Notice(f"notice {number}") for number in range(23))
    shown = screen(paint_health(of(Health(), notices=notices), 60, 90))
    assert shown[-22:-19] == ["Last notices", "  notice 0", "  notice 1"]
    assert shown[-2:] == ["  notice 19", "3 older ones"]


def test_unreadable_inputs_are_named_with_the_time_since_when() -> None:
    pulse = samples.pulse(waiting_for="/tmp/\x1b.log is missing", waiting_since_us=NOW_US - 12 * S)
    shown = screen(paint_health(picture(pulse=pulse), 84, 40))
    assert r"waiting: /tmp/\x1b.log is missing, since 14:04:48" in shown


def test_rows_that_are_read_back_or_given_up_are_said() -> None:
    held = Held(NOW_US - 60 * S, NOW_US, 5, 1_234, 2_000_000)
    reading = replace(picture(reading_back_to_us=NOW_US - 90 * S), answers=samples.answers(held=held))
    shown = screen(paint_health(reading, 60, 60))
    assert shown[36:42] == [
        "Recent rows",
        "since         14:04:00  nothing before",
        "reading back  14:03:30  still to come",
        "rows                 5",
        "memory         1.9 MiB",
        "left out         1,234  no memory for them",
    ]


def test_it_scrolls_with_its_cursor() -> None:
    shown = paint_health(picture(Place(30, 0)), 60, 6)
    assert screen(shown) == [
        "0 Health · at 14:05:00                                 31/43",
        "9 malformed",
        "status           100 %",
        "host             100 %",
        "endpoint         100 %",
        "size             100 %",
    ]
    assert [row[0].ground for row in shown] == [None, None, None, None, None, "cursor"]
    assert row_count(picture(), 60) == 43
    # A count for a narrower screen does not lead the cursor out of sight.
    beyond = paint_health(picture(Place(42, 38)), 200, 6)
    assert [row[0].ground if row else None for row in beyond] == [None, None, None, None, None, "cursor"]


hostile = st.one_of(st.text(max_size=90), st.sampled_from(samples.HOSTILE_KEYS).map(lambda raw: raw.decode("latin1")))
number = st.integers(0, 1 << 62)


@settings(max_examples=examples(50))
@given(hostile, number, st.sampled_from((1, 2, 20, 60, 84, 120, 140, 300)), st.integers(0, 70))
def test_no_row_is_wider_than_asked_whatever_happened(text: str, many: int, width: int, height: int) -> None:
    health = replace(Health(lines=many, malformed=many, lost_bytes=many, lag_s=many, since_us=many % (1 << 50)))
    drawn = of(
        health,
        notices=(Notice(text, "warning", "malformed", text, NOW_US), Notice(text)),
        failure=text,
        pulse=samples.pulse(waiting_for=text, lag_bytes=many),
    )
    rows = paint_health(drawn, width, height)
    assert len(rows) <= height
    assert all(width_of(row) <= width for row in rows)
    assert all(visible_text(cell.text) == cell.text for row in rows for cell in row)
