"""The header of the dashboard: state, figures beside their limits, the newest alert, what is asked, filters."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.dashboard.drawing.cells import Cell, Role, width_of
from http_monitor.dashboard.drawing.gauge import paint_gauge
from http_monitor.dashboard.drawing.header import header_height, paint_header
from http_monitor.dashboard.drawing.picture import Picture
from http_monitor.dashboard.state.facts import Facts, Phase
from http_monitor.dashboard.state.scene import Scene
from http_monitor.ports.views import ViewSpan
from http_monitor.report import WindowTotals
from http_monitor.units import visible_text
from tests.dashboard_samples import NOW_US, PICTURES, S, answers, episodes, facts, pulse, report, screen
from tests.display_samples import time_zone
from tests.examples import examples

DAY_US = 86_400 * S


@pytest.fixture(autouse=True)
def _in_utc() -> Iterator[None]:
    with time_zone("UTC"):
        yield


def header(known: Facts, width: int, scene: Scene | None = None) -> list[str]:
    return screen(paint_header(Picture(scene or Scene(), known, answers()), width))


def role_of(picture: Picture, text: str, width: int = 120) -> tuple[Role, Role | None]:
    """Return role and ground of the only cell that contains a text."""
    (found,) = (cell for row in paint_header(picture, width) for cell in row if text in cell.text)
    return found.role, found.ground


def test_two_rows_say_what_is_read_and_how_near_it_is_to_an_alert() -> None:
    assert header(facts(), 120) == [
        "/var/log/nginx/access.log · combined · live" + 69 * " " + "12:05:00",
        "now 412 /s   avg 2 min 394 /s ▕████▋       ▏ of 1,000   5xx 3.2 % ▕█████   ▏ of 5 %"
        + 22 * " "
        + "now: last 2 min",
    ]
    assert header(facts(), 80) == [
        "/var/log/nginx/access.log · combined · live                             12:05:00",
        "now 412 /s  avg 2 min 394 /s ▕█▌  ▏ of 1,000  5xx 3.2 % of 5 %   now: last 2 min",
    ]
    assert header(facts(), 60) == [
        "/var/log/nginx/access.log · combined · live         12:05:00",
        "412 /s  avg 394 /s of 1,000  5xx 3.2 % of 5 %     last 2 min",
    ]
    assert len(header(facts(), 200)) == 2


def test_times_are_local() -> None:
    with time_zone("IST-5:30"):
        assert header(facts(), 60)[0].endswith("17:35:00")


def test_the_clock_has_its_date_where_the_log_has_another() -> None:
    assert (
        header(facts(clock_us=NOW_US + DAY_US), 60)[0] == "…/nginx/access.log · combined · live     2026-10-03 12:05:00"
    )


def test_a_replay_shows_its_speed_and_the_date_of_the_log() -> None:
    def first(width: int, phase: Phase, pace: str = "×10", *, is_paused: bool = False) -> str:
        return header(facts(is_replay=True, phase=phase, pace=pace), width, Scene(is_paused=is_paused))[0]

    assert first(80, "playing") == "/var/log/nginx/access.log · combined · replay ×10            2026-10-02 12:05:00"
    assert first(60, "playing") == "…/access.log · combined · replay ×10     2026-10-02 12:05:00"
    assert first(60, "paused") == "…/nginx/access.log · replay ×10 paused   2026-10-02 12:05:00"
    assert first(60, "finished") == "…/access.log · combined · finished       2026-10-02 12:05:00"
    assert first(60, "paused", "×100", is_paused=True) == "…/access.log · replay ×100 paused · screen paused   12:05:00"


def test_a_run_that_catches_up_says_how_far_it_is_behind() -> None:
    behind = facts(
        phase="catching up", pulse=pulse(lag_s=245, lag_bytes=81_200_000), reading_back_to_us=NOW_US - 600 * S
    )

    assert header(behind, 120)[0] == (
        "/var/log/nginx/access.log · combined · catching up 4 min 5 s, 77.4 MiB · reading back to 11:55"
        + 18 * " "
        + "12:05:00"
    )
    assert header(behind, 60)[0] == "…/access.log · behind 4 min 5 s · back to 11:55     12:05:00"


def test_a_run_that_waits_says_for_what_in_a_row_of_its_own_if_there_is_no_room() -> None:
    assert screen(paint_header(PICTURES["waiting"](), 80))[0] == (
        "/tmp/access.log · waiting: /tmp/access.log is missing, for 12 s         12:05:00"
    )
    assert screen(paint_header(PICTURES["waiting"](), 60)) == [
        "/tmp/access.log · waiting                           12:05:00",
        "0 /s  avg 2 min 0 /s ▕    ▏ of 1,000  5xx –  now: last 2 min",
        "/tmp/access.log is missing, for 12 s",
    ]
    one_of_two = facts(pulse=pulse(waiting_for="b.log is missing", waiting_since_us=NOW_US - 3_700 * S))
    assert "· live, waiting: b.log is missing, for 1 h 1 min  " in header(one_of_two, 120)[0]


def test_a_run_that_failed_says_why() -> None:
    failed = facts(phase="failed", failure="access.log: permission denied\x1b[1m")

    assert r"· failed: access.log: permission denied\x1b[1m  " in header(failed, 120)[0]
    assert header(failed, 60)[2:] == [r"access.log: permission denied\x1b[1m"]
    assert role_of(Picture(Scene(), failed), "permission") == ("bad", None)


def test_a_long_path_is_cut_at_its_left_and_keeps_its_name() -> None:
    def title(text: str, width: int = 60) -> str:
        return header(facts(title=text), width)[0].partition(" · ")[0]

    assert title("/srv/sites/shop.example.com/logs/production-access.log") == "…/logs/production-access.log"
    assert title("/srv/" + "x" * 80 + "/production.log") == "…/production.log"
    assert title("/srv/" + "x" * 80) == "x" * 31 + "…"
    assert title("web1, web2, web3/" + "y" * 80) == "web1, web2, web3/yyyyyyyyyyyyyy…"
    assert title("/ログ/" + "日本語" * 30 + ".log") == "日本語日本語日本語日本語日本語…"


def test_a_value_near_its_limit_has_another_colour_and_beyond_it_a_mark() -> None:
    def average(per_s: float) -> tuple[Role, Role | None]:
        return role_of(Picture(Scene(), facts(pulse=pulse(window_hits_per_s=per_s))), f"{per_s:.0f} /s")

    assert [average(per_s) for per_s in (799.0, 800.0)] == [("bold", None), ("warn", None)]
    above = Picture(
        Scene(),
        facts(pulse=pulse(window_hits_per_s=1_001.0), report=report(window=WindowTotals(120, 1_000, 0, 60))),
    )
    assert role_of(above, "1,001 /s") == ("bad", None)
    assert screen(paint_header(above, 120))[1].startswith(
        "now 412 /s   avg 2 min 1,001 /s ! ▕████████████▏ of 1,000   5xx 6.0 % ! ▕████████▏ of 5 %"
    )
    # At its limit there is no alert.
    assert " ! " not in header(facts(pulse=pulse(window_hits_per_s=1_000.0)), 120)[1]


def test_a_gauge_is_full_at_its_limit_and_not_before() -> None:
    def gauge(value: float) -> str:
        return "".join(cell.text for cell in paint_gauge(value, 10.0, 4))

    assert [gauge(value) for value in (0.0, 0.32, 5.0, 9.999, 10.0, 99.0)] == [
        *("▕    ▏", "▕▏   ▏", "▕██  ▏", "▕███▉▏", "▕████▏", "▕████▏")
    ]


def test_what_is_not_known_is_not_zero() -> None:
    assert screen(paint_header(PICTURES["no_status"](), 60))[1] == (
        "412 /s  avg 2 min 394 /s of 1,000  5xx –     now: last 2 min"
    )
    assert screen(paint_header(PICTURES["nothing_held"](), 60))[1] == (
        "now –   avg 2 min –   5xx –                  now: last 2 min"
    )


def test_without_a_pulse_the_figures_are_those_of_the_report() -> None:
    assert header(facts(pulse=None), 60)[1] == "123 /s  avg 394 /s of 1,000  5xx 3.2 % of 5 %     last 2 min"


def test_the_newest_active_alert_has_a_row_across_the_screen() -> None:
    alerting = PICTURES["alerting"]()

    rows = screen(paint_header(alerting, 120))
    assert rows[1].endswith("now: last 2 min   2 alerts")
    assert rows[2] == " ! Flood from 203.0.113.7  hits = 100.00 /s  since 12:03:50 (1 min 10 s)  +1 more alert"
    text = " ! Flood from 203.0.113.7  since 12:03:50  +1 more"
    assert paint_header(alerting, 60)[2] == [Cell(f"{text:60}", "raised", "raised")]
    assert screen(paint_header(alerting, 60))[1] == "2,090 /s  avg 1,410 /s ! of 1,000  5xx 3.2 %      last 2 min"


def test_the_age_of_an_alert_is_that_by_the_log_while_a_backlog_is_read() -> None:
    late = facts(episodes=episodes()[1:], phase="catching up", clock_us=NOW_US + 3_600 * S)
    assert header(late, 80)[2] == " ! High error rate  errors = 10.00 %  since 12:03:20 (1 min 40 s)"


def test_the_header_says_the_instant_of_the_past() -> None:
    past = PICTURES["past"]()

    assert screen(paint_header(past, 60))[1] == "412 /s  avg 394 /s of 1,000  5xx 3.2 %       as of 11:59:00"
    for width in (60, 80, 120, 200):
        assert sum("as of 11:59:00" in row for row in screen(paint_header(past, width))) == 1
        assert not any("last 2 min" in row for row in screen(paint_header(past, width)))
    assert role_of(past, "as of") == ("cursor", "cursor")


def test_an_instant_of_another_day_has_its_date() -> None:
    yesterday = Scene(cursor_us=NOW_US - DAY_US, column_us=60 * S)

    assert header(facts(), 120, yesterday)[1].endswith("   as of 12:05:00 on 2026-10-01 (1 min)")
    assert header(facts(), 60, yesterday)[2] == " as of 12:05:00 on 2026-10-01 (1 min)"


def test_the_header_says_the_span_that_is_selected_or_being_selected() -> None:
    chosen = Scene(span=ViewSpan(NOW_US - 300 * S, NOW_US - 200 * S))
    assert header(facts(), 120, chosen)[1].endswith("   12:00:00–12:01:40 (1 min 40 s)")
    assert header(facts(), 60, chosen)[2] == " 12:00:00–12:01:40 (1 min 40 s)"

    making = Scene(anchor_us=NOW_US - 200 * S, cursor_us=NOW_US - 300 * S, column_us=10 * S)
    assert header(facts(), 120, making)[1].endswith("  as of 12:00:00  selecting 12:00:00–12:01:50 (1 min 50 s)")
    assert header(facts(), 80, making)[1].endswith("  as of 12:00:00, selecting")


def test_filters_stand_there_as_typed() -> None:
    assert screen(paint_header(PICTURES["filtered"](), 60))[2] == (
        '[endpoint == "/api/v1/orders"] [host != 203.0.113.7]'
    )
    assert role_of(PICTURES["filtered"](), "host") == ("chip", "chip")
    assert screen(paint_header(PICTURES["hostile"](), 60))[2] == r'[endpoint == "/\x1b[2J"]'


def test_only_the_longest_filters_are_cut() -> None:
    long = 'not host == 192.0.2.1 and endpoint == "/a/very/long/path/that/does/not/fit"'
    assert header(facts(), 60, Scene(chips=("status >= 500", long)))[2] == f"[status >= 500] [{long[:41]}…]"
    assert header(facts(), 60, Scene(chips=(long,)))[2] == f"[{long[:57]}…]"


def test_of_many_filters_the_last_ones_are_shown() -> None:
    chips = tuple(f"status == {code}" for code in range(500, 520))
    assert header(facts(), 60, Scene(chips=chips))[2] == "+17 [status == 517] [status == 518] [status == 519]"


def test_a_filter_that_cannot_be_answered_says_why() -> None:
    fault = "--filter: column 5: got the end, expected a value"
    rows = paint_header(Picture(Scene(chips=("x ==",)), facts(), answers(filter_fault=fault)), 60)
    assert screen(rows)[2:] == ["[x ==]", fault]


def test_a_screen_that_stands_still_says_so() -> None:
    assert header(facts(), 60, Scene(is_paused=True))[0] == (
        "…/access.log · combined · live · screen paused      12:05:00"
    )


@pytest.mark.parametrize("width", [60, 80, 120, 200, 300])
@pytest.mark.parametrize("name", PICTURES)
def test_the_height_is_that_of_the_rows_and_every_picture_fits(name: str, width: int) -> None:
    picture = PICTURES[name]()
    rows = paint_header(picture, width)

    assert header_height(picture, width) == len(rows) <= 5
    assert all(width_of(row) <= width for row in rows)


@given(
    title=st.text(max_size=60),
    form=st.text(max_size=12),
    chips=st.lists(st.text(max_size=80), max_size=12),
    reason=st.text(max_size=60),
    width=st.integers(1, 130),
    per_s=st.floats(0, 1e12),
    phase=st.sampled_from(("starting", "waiting", "catching up", "live", "playing", "paused", "finished", "failed")),
)
@settings(max_examples=examples(150), deadline=None)
def test_no_row_is_wider_than_asked_whatever_is_read(
    title: str, form: str, chips: list[str], reason: str, width: int, per_s: float, phase: Phase
) -> None:
    known = facts(
        title=title,
        format=form,
        phase=phase,
        failure=reason,
        pulse=pulse(hits_per_s=per_s, window_hits_per_s=per_s, waiting_for=reason, waiting_since_us=NOW_US),
        episodes=episodes(),
    )
    rows = paint_header(Picture(Scene(chips=tuple(chips)), known, answers(filter_fault=reason)), width)

    assert all(width_of(row) <= width for row in rows)
    assert all(visible_text(cell.text) == cell.text for row in rows for cell in row)
