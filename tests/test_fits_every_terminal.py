"""On every terminal from 60 to 250 columns and 10 to 70 lines a block fits, and nothing that counts is lost."""

import io
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from http_monitor import figures
from http_monitor.display.alerts.lines import MARK, render_alert
from http_monitor.display.alerts.telling import shorten_telling
from http_monitor.display.columns import columns
from http_monitor.display.notices import Notices
from http_monitor.display.style import style_for
from http_monitor.display.text import Display
from http_monitor.report import ActiveAlert, AlertEvent, Report
from http_monitor.report_tables import (
    Breakdown,
    FailingEndpoint,
    KeyCount,
    NetworkCount,
    Share,
    SlowRequests,
    SlowRow,
    Table,
)
from tests.display_samples import (
    CENTRAL_EUROPE,
    START_US,
    alert,
    alerting_report,
    details,
    hostile_report,
    quiet_report,
    table,
    time_zone,
)
from tests.examples import examples
from tests.test_display_properties import reports

WIDTHS = range(60, 251)
HEIGHTS = range(10, 71)
_KEY = re.compile("{[^{}…]*(?:…[^{}…]*)?}|{[^{}…]*…")
"""A key as this test makes them, whole or with the sign that something is left out."""
_WORDS = ("a", "checkout", "2026", "very-long-name-of-an-endpoint-that-nobody-asks-for", "x" * 90)
_CELLS = st.integers(1, 10**6)
_LONG = 39


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    with time_zone(CENTRAL_EUROPE):
        yield


def lines_of(report: Report, width: int, height: int | None) -> list[str]:
    out = io.StringIO()
    limit = None if height is None else lambda: height
    Display(out, Notices(io.StringIO()), width=lambda: width, height=limit, top=5).publish(report)
    return out.getvalue().splitlines()


def squeezed(text: str) -> str:
    """Return a text without the spaces and line ends that differ with the width."""
    return re.sub(r"\s", "", text)


def keys(count: int, word: str) -> list[bytes]:
    return [f"{{{word}{number}}}".encode() for number in range(count)]


def counted(count: int, word: str) -> Table:
    return table(*((key, 90 - at, at % 2) for at, key in enumerate(keys(count, word))), distinct=3 * count)


@st.composite
def incidents(draw: st.DrawFn) -> Report:
    """An interval with something in every table; the keys are in braces, and of any length."""
    words = st.sampled_from(_WORDS)
    report = alerting_report() if draw(st.booleans()) else replace(alerting_report(), partial=False)
    failing, slow, networks = (keys(draw(st.integers(0, 9)), draw(words)) for _ in range(3))
    subjects = draw(st.lists(st.none() | words.map(lambda word: f"{{{word}}}".encode()), max_size=9))
    rows = tuple(SlowRow(key, 9, draw(_CELLS) * 10**4, draw(_CELLS) * 1_000) for key in slow)
    more = replace(
        details(),
        networks=[NetworkCount(key, 900, 1, 0, 9, 100) for key in networks],
        servers=counted(draw(st.integers(0, 3)), "web"),
        vhosts=counted(draw(st.integers(0, 3)), draw(words)),
        without_agent=draw(st.none() | st.just(KeyCount(b"{-}", 50, 1, 0))),
        slowest=(),
        sources=Table(),
        browsers=Table(),
        systems=Table(),
    )
    tables = {name: counted(draw(st.integers(0, 9)), draw(words)) for name in ("sections", "endpoints", "hosts")}
    tables |= {name: counted(draw(st.integers(0, 9)), draw(words)) for name in ("users", "agents")}
    methods = draw(st.sampled_from((1, 2, 7, 30)))
    return replace(
        report,
        **tables,  # type: ignore[arg-type]
        methods=tuple((b"METHOD-%d" % number, 9) for number in range(methods)),
        referers=Table(),
        failing=tuple(FailingEndpoint(key, b"POST", 502, 9, START_US, key) for key in failing),
        slow=SlowRequests(rows, tuple(reversed(rows))),
        active=tuple(ActiveAlert("ddos" if name else "traffic", name, START_US) for name in subjects),
        details=more,
        catch_up=draw(st.booleans()),
        filter=draw(st.sampled_from(("", 'section == "/api"'))),
    )


def check(report: Report, width: int, height: int) -> None:
    lines = lines_of(report, width, height)
    assert [line for line in lines if columns(line) > width] == []
    # What stays even so is what is there on a screen of one line.
    assert len(lines) <= height or lines == lines_of(report, width, 1)
    whole = squeezed("".join(lines))
    for said in must_stay(report):
        assert squeezed(said) in whole


def must_stay(report: Report) -> Iterator[str]:
    """Yield what no block may lose: when, how much, and which alerts are active since when."""
    yield f"{figures.moment(report.start_us, report.end_us)} – {figures.moment(report.end_us, report.end_us)}"
    yield "stopped" if report.partial else ""
    yield "catching up" if report.catch_up else ""
    if not report.hits:
        yield "no hits"
        return
    yield figures.pluralize(report.hits, "hit")
    yield figures.rate(report.hits_per_s)
    yield figures.size(report.size_bytes)
    yield f"{report.distinct_hosts:,}"
    yield f"{100 * report.errors / report.hits:,.2f} % 5xx"
    if report.active:
        yield f"{figures.pluralize(len(report.active), 'alert')} active"
    for active in report.active[:6]:
        subject = (active.subject or b"").decode()
        if len(subject) <= _LONG:
            yield f"{active.name} {subject} since {figures.moment(active.since_us, report.end_us)}"


@settings(max_examples=examples(120), deadline=None)
@given(incidents(), st.sampled_from(WIDTHS), st.sampled_from(HEIGHTS))
@example(alerting_report(), 60, 10)
def test_a_block_fits_and_its_headline_and_its_alerts_are_whole(report: Report, width: int, height: int) -> None:
    check(report, width, height)


@settings(max_examples=examples(60), deadline=None)
@given(reports(), st.sampled_from(WIDTHS), st.sampled_from(HEIGHTS))
def test_any_report_fits_too(report: Report, width: int, height: int) -> None:
    lines = lines_of(report, width, height)
    assert [line for line in lines if columns(line) > width] == []
    assert len(lines) <= height or lines == lines_of(report, width, 1)


@pytest.mark.parametrize("report", [alerting_report(), quiet_report()], ids=["alerting", "quiet"])
def test_no_width_is_an_exception(report: Report) -> None:
    for width in WIDTHS:
        check(report, width, HEIGHTS[width % len(HEIGHTS)])


@pytest.mark.parametrize("width", [60, 80, 119, 120, 190, 250])
def test_no_height_is_an_exception(width: int) -> None:
    for height in HEIGHTS:
        check(alerting_report(), width, height)
        hostile = lines_of(hostile_report(), width, height)
        assert len(hostile) <= height or hostile == lines_of(hostile_report(), width, 1)


@settings(max_examples=examples(120), deadline=None)
@given(incidents(), st.sampled_from(WIDTHS), st.none() | st.sampled_from(HEIGHTS))
def test_every_key_that_is_shown_is_whole_or_shows_that_it_is_not(
    report: Report, width: int, height: int | None
) -> None:
    for line in lines_of(report, width, height):
        rest = _KEY.sub("", line)
        assert ("{" in rest, "}" in rest) == (False, False), line
        # Besides keys only the filter in a title is shortened.
        assert "…" not in rest or line.startswith("── "), line


@settings(max_examples=examples(12), deadline=None)
@given(incidents(), st.sampled_from(WIDTHS))
def test_a_higher_screen_never_shows_less(report: Report, width: int) -> None:
    shown = [len(lines_of(report, width, height)) for height in (*HEIGHTS[::3], 1_000)]
    assert shown == sorted(shown)
    assert lines_of(report, width, 1_000) == lines_of(report, width, None)


@st.composite
def raises(draw: st.DrawFn) -> AlertEvent:
    """A raised alert whose subject and requests have keys of any length."""
    words = st.sampled_from(_WORDS).map(lambda word: f"{{{word}}}".encode())
    subject = draw(st.none() | words)
    dimensions = draw(st.lists(st.sampled_from(("method", "endpoint", "host", "agent", "status")), unique=True))
    shares = tuple(Share(name, draw(st.none() | words), draw(st.integers(1, 100))) for name in dimensions)
    return replace(
        alert(),
        name="ddos" if subject else "traffic",
        subject=subject,
        title=f"Flood from {subject.decode()}" if subject else "High traffic",
        began_us=draw(st.none() | st.just(START_US)),
        breakdown=draw(st.none() | st.just(Breakdown(100, shares, is_whole=draw(st.booleans())))),
    )


@settings(max_examples=examples(300), deadline=None)
@given(raises(), st.sampled_from(WIDTHS))
def test_what_is_said_of_an_alert_takes_three_lines_and_is_as_complete_as_they_allow(
    event: AlertEvent, width: int
) -> None:
    command = "http-monitor --replay --file access.log"
    lines = render_alert(event, width, style_for("utf-8"), command, breaks=True)
    if event.breakdown is not None:
        # A command is not broken, so that it can be copied; the terminal breaks it.
        words = shlex.split(lines.pop())
        assert " ".join(words).startswith(f"{command} --since 20")
        assert words[-2:] == ["--output", "lines"]
    assert [line for line in lines if columns(line) > width] == []
    (mark,) = [at for at, line in enumerate(lines) if line.startswith(f"  {MARK}")]
    message, about = lines[:mark], [line.removeprefix(f"  {MARK}").strip() for line in lines[mark:]]
    check_broken(message, event.message, width)
    assert len(about) <= 2
    said = squeezed("".join(about))
    if event.began_us is not None:
        assert said.startswith(squeezed(f"began about {figures.moment(event.began_us, event.at_us)}"))
    elif event.breakdown is not None:
        window_start = figures.moment(event.at_us - 120 * 1_000_000, event.at_us)
        assert said.startswith(squeezed(f"began by {window_start}"))
    if event.breakdown is not None:
        told, shares = said.count("%"), event.breakdown.shares
        # On narrow screens the least make way, and of the others what few have in common.
        assert told >= len(shares) - 2 * (width < 80) - sum(10 * share.hits < event.breakdown.hits for share in shares)
        last = "" if event.breakdown.is_whole else "the last "
        assert squeezed(f"of {last}{event.breakdown.hits} requests") in said
        keys_said = len(_KEY.findall(said))
        with_keys = len([share for share in shares if share.key is not None])
        assert with_keys - (len(shares) - told) <= keys_said <= with_keys
        assert _KEY.sub("", said).count("{") == 0


CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"
KEYS = (
    Share("method", b"PROPPATCH", 97),
    Share("endpoint", b"/api/v1/customers/123456/invoices/2026-11/pdf", 60),
    Share("host", b"198.51.100.177", 3),
    Share(
        "agent",
        b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        50,
    ),
    Share("status", b"502", 100),
)


def about_of(width: int, shares: tuple[Share, ...] = KEYS, *, hits: int = 16_384, is_whole: bool = True) -> list[str]:
    """Return what is said of an alert of so many requests, all but the command."""
    shares = tuple(replace(share, hits=share.hits * hits // 100) for share in shares)
    event = replace(alert(), began_us=START_US, breakdown=Breakdown(hits, shares, is_whole=is_whole))
    lines = render_alert(event, width, style_for("utf-8"), "http-monitor", breaks=True)
    return [line for line in lines if line.startswith(("  ALERT", "      "))]


@pytest.mark.parametrize("width", WIDTHS)
def test_long_keys_of_many_requests_take_two_lines_at_every_width(width: int) -> None:
    lines = about_of(width, is_whole=False)
    assert len(lines) <= 2
    said = " ".join(" ".join(lines).split())
    assert "97 % PROPPATCH, 60 % /api" in said
    assert "100 % status 502" in said
    assert ("50 % agent …Chrome" in said) == (width >= 72)
    assert ("3 % from 198.51.100.177" in said) == (width >= 106)


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (
            60,
            [
                "  ALERT  began about 10:30:00, of 16,384 requests: 97 %",
                "         PROPPATCH, 60 % /api/v1/…6-11/pdf, 100 % status 502",
            ],
        ),
        (
            80,
            [
                "  ALERT  began about 10:30:00, of 16,384 requests: 97 % PROPPATCH,",
                "         60 % /api/v1/…6-11/pdf, 50 % agent …Chrome/131.0.0.…, 100 % status 502",
            ],
        ),
        (
            140,
            [
                "  ALERT  began about 10:30:00, of 16,384 requests: 97 % PROPPATCH, "
                "60 % /api/v1/customers/12…nvoices/2026-11/pdf, 3 % from 198.51.100.177,",
                "         50 % agent …Chrome/131.0.0.0…, 100 % status 502",
            ],
        ),
    ],
)
def test_what_tells_of_a_key_stays(width: int, lines: list[str]) -> None:
    assert about_of(width) == lines


@pytest.mark.parametrize(
    ("agent", "limit", "shown"),
    [
        (CHROME, 24, "…Chrome/131.0.0.0…"),
        (CHROME, 8, "…Chrome…"),
        (f"{CHROME} Edg/131.0.2903.86", 24, "…Edg/131.0.2903.86"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", 16, "…Firefox/128.0"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) AppleWebKit/605.1.15 Version/18.1 Safari/604.1",
            16,
            "…Safari/604.1",
        ),
        ("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", 16, "…GPTBot/1.2…"),
        ("python-requests/2.32.3", 16, "python-requests…"),
        ("python-requests/2.32.3", 22, "python-requests/2.32.3"),
        ("Mozilla/5.0 (((((((((((((((((", 16, "…(((((((((((((((("[:15] + "…"),
        ("x" * 600, 8, "xxxxxxx…"),
        ("Mozilla/5.0 (X11; Linux x86_64) " + "e\u0301" * 90, 8, "…" + "e\u0301" * 4 + "…"),
    ],
)
def test_of_an_agent_the_program_is_what_tells(agent: str, limit: int, shown: str) -> None:
    assert shorten_telling("agent", agent, limit, "…") == shown
    assert columns(shown) <= limit


def test_of_a_path_begin_and_end_tell() -> None:
    assert shorten_telling("endpoint", "/api/v1/customers/17/invoices/pdf", 16, "…") == "/api/v1/…ces/pdf"


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_command_works_whatever_the_name_of_the_file(encoding: str) -> None:
    name = "a 'b'\n\x1b[2J\u202e\u00e9\\1 $HOME.log"
    command = shlex.join(["printf", "%s\\n", name])
    event = replace(alert(), began_us=START_US, breakdown=Breakdown(9, (), is_whole=True))
    line = render_alert(event, 60, style_for(encoding), command)[-1]
    assert line.isprintable()
    assert line.isascii() or encoding == "utf-8"
    said = subprocess.run(["bash", "-c", line], capture_output=True, check=True).stdout.decode()
    assert said.startswith(f"{name}\n--since\n")


def check_broken(lines: Sequence[str], text: str, width: int) -> None:
    """Check that lines are a text that is broken at words, and within those only that need more than a line."""
    assert squeezed("".join(lines)) == squeezed(text)
    if all(columns(word) <= width for word in text.split(" ")):
        assert " ".join(lines) == text
        for line, following in pairwise(lines):
            assert columns(f"{line} {following.split(' ')[0]}") > width
