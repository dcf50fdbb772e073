"""The run beneath the dashboard: what its screen may ask of it, from the first picture to the end."""

import gzip
import io
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from http_monitor.choices import GivenFile
from http_monitor.cli.dashboard.late_views import LateViews
from http_monitor.cli.dashboard.program import place_of
from http_monitor.cli.dashboard.run import DashboardRun, title_of
from http_monitor.cli.fronts.front import Front
from http_monitor.cli.program import monitor
from http_monitor.cli.signals import Stop
from http_monitor.display.notices import Notices
from http_monitor.display.text import Display
from http_monitor.errors import InputError, UsageError
from http_monitor.ports.views import LinesQuery, SeriesQuery, TableQuery, ViewSpan
from http_monitor.report import Notice
from http_monitor.settings import Settings

EVER = ViewSpan(-(1 << 60), 1 << 60)
LINES = [
    f'10.0.0.{number % 3} - - [10/Oct/2025:13:55:{number:02} +0000] "GET /a/{number % 5} HTTP/1.1" {status} 7'.encode()
    for number, status in enumerate([200, 503, 404] * 10)
]


def run_of(settings: Settings, monitors: Callable[[Front], int] | None = None) -> DashboardRun:
    stop = Stop()
    display = Display(io.StringIO(), Notices(io.StringIO()), width=lambda: 80)
    return DashboardRun(settings, stop, monitors or (lambda front: monitor(settings, stop, front)), display)


def ended(settings: Settings, monitors: Callable[[Front], int] | None = None) -> DashboardRun:
    """Return a run after its end."""
    run = run_of(settings, monitors)
    if run.player is not None:
        run.player.play("max")
    run.begin()
    run.join()
    return run


def shown(run: DashboardRun, filter: str | None = None) -> list[bytes | str]:
    """Return each line of the run, newest first, or why it is not there."""
    lines = run.read_lines(run.views.lines(LinesQuery(EVER, filter, 1_000)).lines)
    return [line.note if line.text is None else line.text for line in lines]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(b"".join(line + b"\n" for line in LINES))
    return path


def test_views_answer_that_nothing_is_held_until_there_are_rows(log: Path) -> None:
    views = LateViews()
    assert views.held().rows == 0
    assert views.dimensions() == frozenset()
    assert (views.table(TableQuery("host", EVER)).keys, views.table(TableQuery("host", EVER)).total.hits) == (0, 0)
    assert views.series(SeriesQuery(EVER, 1)).points == ()
    assert views.lines(LinesQuery(EVER)).lines == ()
    views.become(ended(Settings(replay=True, files=(str(log),))).views)
    assert views.held().rows == len(LINES)
    assert views.table(TableQuery("host", EVER)).keys == 3
    assert len(views.series(SeriesQuery(EVER, 1_000_000)).points) == len(LINES)
    assert len(views.lines(LinesQuery(EVER, None, 7)).lines) == 7


def test_before_the_first_picture_nothing_is_begun_and_the_file_is_named() -> None:
    facts = run_of(Settings(files=("/var/log/shop.log",))).facts()
    assert (facts.title, facts.phase, facts.now_us, facts.report) == ("shop.log", "starting", None, None)
    assert facts.clock_us > 0


def test_a_replay_is_folded_to_its_end(log: Path) -> None:
    run = ended(Settings(replay=True, files=(str(log),)))
    facts = run.facts()
    assert (run.code, run.error, run.is_ended) == (0, None, True)
    assert (facts.phase, facts.format, facts.is_replay) == ("finished", "common", True)
    assert facts.now_us == facts.clock_us == 1_760_104_529_000_000
    assert facts.summary is not None
    assert facts.summary.hits == len(LINES)
    assert run.facts() == facts


def test_every_line_is_read_again_as_the_run_read_it(log: Path) -> None:
    assert shown(ended(Settings(replay=True, files=(str(log),)))) == LINES[::-1]
    run = ended(Settings(replay=True, files=(str(log),), filters=("status >= 500",)))
    assert shown(run) == [line for line in LINES[::-1] if b" 503 " in line]
    named = ended(Settings(replay=True, files=("web1",), given=(GivenFile("web1", str(log), "web1"),)))
    assert named.facts().title == "web1"


@pytest.mark.parametrize("name", ["auto", "iis"])
def test_lines_are_read_again_with_the_columns_that_the_head_of_their_file_names(tmp_path: Path, name: str) -> None:
    log = tmp_path / "u_ex.log"
    lines = [
        b"2025-10-10 13:55:%02d 10.0.0.1 GET /a - 80 - 203.0.113.%d Mozilla/5.0 200 0 0 15" % (number, number)
        for number in range(5)
    ]
    head = [
        b"#Software: Microsoft Internet Information Services 10.0",
        b"#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status"
        b" sc-substatus sc-win32-status time-taken",
    ]
    log.write_bytes(b"".join(line + b"\r\n" for line in [*head, *lines]))
    assert shown(ended(Settings(replay=True, files=(str(log),), format=name))) == lines[::-1]


def test_a_client_from_behind_a_proxy_is_the_same_when_its_line_is_read_again(tmp_path: Path) -> None:
    log = tmp_path / "proxied.log"
    form = '%h %l %u %t "%r" %>s %b "%{X-Forwarded-For}i"'
    lines = [LINES[0] + b' "198.51.100.7"', LINES[1] + b' "198.51.100.8"']
    log.write_bytes(b"\n".join(lines) + b"\n")
    run = ended(Settings(replay=True, files=(str(log),), format=form, trusted_proxies=("10.0.0.0/8",)))
    assert {row.key for row in run.views.table(TableQuery("host", EVER)).rows} == {b"198.51.100.7", b"198.51.100.8"}
    assert shown(run) == lines[::-1]


def test_lines_of_an_archive_are_kept_as_they_cannot_be_read_again_at_their_place(tmp_path: Path) -> None:
    log = tmp_path / "access.log.1.gz"
    log.write_bytes(gzip.compress(b"".join(line + b"\n" for line in LINES)))
    run = ended(Settings(replay=True, files=(str(log),)))
    log.unlink()
    assert shown(run, "status == 404") == [line for line in LINES[::-1] if b" 404 " in line]


def test_a_filter_is_checked_as_views_would_refuse_it(log: Path) -> None:
    run = run_of(Settings())
    run.check_filter('status >= 500 and path ~ "^/a"')
    for wrong in ("status >", 'path ~ "("'):
        with pytest.raises(UsageError, match="column"):
            run.check_filter(wrong)


def test_an_error_that_ends_the_run_is_said_as_it_is_for_the_user() -> None:
    def fails(front: Front) -> int:
        raise InputError("a\x1b.log is a directory")

    told = threading.Event()
    run = run_of(Settings(replay=True), fails)
    run.when_ended = told.set
    run.begin()
    run.join()
    assert told.is_set()
    assert (run.facts().phase, run.facts().failure) == ("failed", "a\\x1b.log is a directory")
    assert isinstance(run.error, InputError)


def test_the_words_about_a_bug_hold_no_text_of_a_log() -> None:
    def fails(front: Front) -> int:
        raise ValueError("GET /secret")

    run = ended(Settings(), fails)
    assert run.facts().failure == "ValueError, a bug"
    assert run.error is not None
    assert place_of(run.error) == "ValueError in cli/dashboard/run.py:" + place_of(run.error).rpartition(":")[2]


def test_a_run_that_was_stopped_before_it_began_never_does() -> None:
    begun: list[Front] = []

    def begins(front: Front) -> int:
        begun.append(front)
        return 7

    run = run_of(Settings(), begins)
    run.stop()
    run.begin()
    run.join()
    assert (begun, run.is_ended, run.code) == ([], True, 0)


def test_notices_reach_the_screen_and_warnings_of_the_end_are_kept_for_the_terminal(log: Path) -> None:
    settings = Settings(replay=True, files=(str(log),))
    run = ended(settings)
    assert run.front.ending.summary is not None
    run.front.ending.publish(Notice("the checkpoint cannot be written", "warning"))
    run.front.ending.publish(Notice("saved"))
    assert [notice.text for notice in run.front.ending.warnings] == ["the checkpoint cannot be written"]
    run.front.mailbox.publish(Notice("hello"))
    assert run.facts().notices[0].text == "hello"


@pytest.mark.parametrize(
    ("settings", "title"),
    [
        (Settings(files=("-",)), "standard input"),
        (Settings(files=("/a/b\x1b.log",)), "b\\x1b.log"),
        (Settings(files=("/var/log/*.log",)), "*.log"),
        (Settings(files=("a.log", "b.log")), "2 files"),
        (Settings(files=tuple("abcd")), "4 files"),
        (
            Settings(files=("w1", "w2"), given=(GivenFile("w1", "/a.log", "w1"), GivenFile("w2", "/a.log", "w2"))),
            "w1, w2",
        ),
        (Settings(files=("ssh:a",), given=(GivenFile("ssh:a", "/log/a.log", None, "ssh web"),)), "a.log"),
    ],
)
def test_the_title_names_the_file_or_the_servers(settings: Settings, title: str) -> None:
    assert title_of(settings) == title
