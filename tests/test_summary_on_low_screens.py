"""On a terminal that is lower than the summary, what is urgent stands last, above the prompt, and nothing is lost."""

from dataclasses import replace

import pytest

from http_monitor.display.style import style_for
from http_monitor.display.summary import render_summary
from http_monitor.report import Summary
from http_monitor.report_tables import SlowRequests, SlowRow
from tests.display_samples import empty_summary, summary, table
from tests.incident_screens import SIZES, summary_path, summary_screen

_STYLE = style_for("utf-8", None)
_WIDTHS = (40, 60, 76, 80, 100, 119, 120, 140, 190, 200, 250)
_SLOW = tuple(SlowRow(b"/slow/%d" % number, 9, 900_000, 100_000) for number in range(9))


def slow_summary() -> Summary:
    return replace(summary(), slow=SlowRequests(_SLOW[:5], _SLOW[4:]))


def rendered(width: int, most: int | None) -> list[str]:
    return render_summary(slow_summary(), width, _STYLE, None, most)


def last_block(lines: list[str]) -> list[str]:
    titles = [at for at, line in enumerate(lines) if line.startswith("── ")]
    return lines[titles[-1] :]


@pytest.mark.parametrize("width", _WIDTHS)
def test_what_fits_is_in_the_usual_order(width: int) -> None:
    whole = rendered(width, None)
    assert rendered(width, len(whole)) == whole == last_block(whole)
    assert rendered(width, len(whole) - 1)[0].startswith("── Summary in detail ─")


@pytest.mark.parametrize("width", _WIDTHS)
def test_nothing_is_lost_on_a_low_screen(width: int) -> None:
    whole = rendered(width, None)
    for most in range(1, len(whole)):
        shown = rendered(width, most)
        assert [line for line in whole if line not in shown] == []


@pytest.mark.parametrize("width", _WIDTHS)
def test_the_last_block_stays_on_the_screen_if_that_has_room_for_what_it_always_has(width: int) -> None:
    whole = rendered(width, None)
    least = len(last_block(rendered(width, 1)))
    for most in range(least, len(whole)):
        block = last_block(rendered(width, most))
        assert len(block) <= most
        assert (block[0], block[-1]) == (whole[0], whole[-1])


def test_tables_get_shorter_before_the_least_urgent_go() -> None:
    starts = ("Errors", "503 POST", "500 - ", "Slow ", "/slow/", "Networks", "192.0.2.0/24 ")

    def shown(most: int) -> list[str]:
        block = last_block(rendered(80, most))
        return [line.split()[0] for line in block if line.strip().startswith(starts)]

    networks, least = ["Networks", "192.0.2.0/24"], len(last_block(rendered(80, 1)))
    assert shown(least) == []
    assert shown(least + 2) == ["Errors", "503"]
    assert shown(least + 6) == ["Errors", "503", "Slow", "/slow/0", "/slow/4"]
    assert shown(least + 7) == [*shown(least + 6), *networks]
    slow = [f"/slow/{number}" for number in (0, 1, 4, 5)]
    assert shown(least + 10) == ["Errors", "503", "500", "Slow", *slow, *networks]


def test_the_servers_stay_too() -> None:
    two = replace(summary().details, servers=table((b"web1", 9_000, 0), (b"web2", 1_000, 29)))
    whole = render_summary(replace(summary(), details=two), 80, _STYLE)
    shown = last_block(render_summary(replace(summary(), details=two), 80, _STYLE, None, len(whole) - 1))
    rows = [" ".join(line.split()) for line in shown]
    servers = [row for row in rows if row.startswith(("Servers", "web"))]
    assert servers == ["Servers hits share 5xx", "web1 9,000 90.0 % 0", "web2 1,000 10.0 % 29"]
    assert len(rows) < len(whole)


def test_a_summary_without_hits_is_one_block() -> None:
    assert last_block(lines := render_summary(empty_summary(), 80, _STYLE, None, 1)) == lines


@pytest.mark.parametrize(("columns", "lines"), SIZES)
def test_the_summary_of_an_incident_looks_as_it_did_on_a_terminal_of_this_size(columns: int, lines: int) -> None:
    shown = summary_screen(columns, lines)
    assert shown == summary_path(columns, lines).read_text(encoding="utf-8")
    words = " ".join(" ".join(line.split()) for line in shown.splitlines()[1 - lines :])
    for answer in (
        "HEAD ×1,080",
        "Durations p50 ",
        "502 POST /api/invoices/pdf 216 22:02:01 192.0.2.1",
        "/reports/monthly 108 4 min 5.7 s",
        "3 alerts raised, 3 still active.",
        "ddos 198.51.100.77 2026-11-30 22:04:41 – still active peak 6.00 /s",
    ):
        assert answer in words
