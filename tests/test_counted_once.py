"""A file has one position, under whatever spelling of its path and in whatever set of files it is followed."""

import gzip
import json
import os
from pathlib import Path

import pytest

from http_monitor.alerts import default_alerts
from http_monitor.checkpoint.location import key_of
from http_monitor.checkpoint.open import open_state
from http_monitor.cli.run import engine_maker
from http_monitor.settings import Settings
from http_monitor.sources.path_selection import LiveSelection
from tests.checkpointed import here
from tests.program import run

_LINE = '192.0.2.{} - - [30/Nov/2026:20:00:00 +0000] "GET /a HTTP/1.1" 200 612\n'


def _counted(directory: Path, *arguments: str) -> int:
    """Run for a moment; return how many lines the summary of this run and those before it has."""
    options = ("--state-dir", str(directory / "state"), "--output", "ndjson", "--duration", "1", "--from-start")
    done = run(*options, *arguments, cwd=directory)
    return int(json.loads(done.out.splitlines()[-1])["health"]["lines"])


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    (tmp_path / "logs").mkdir()
    (tmp_path / "linked").symlink_to("logs")
    (tmp_path / "logs" / "a.log").write_text("".join(_LINE.format(number) for number in range(1, 4)))
    return tmp_path


def test_every_spelling_of_a_path_is_the_same_set_of_files(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(logs)
    whole = key_of(here(str(logs / "logs" / "a.log")))
    spellings = ["logs/a.log", "./logs/a.log", "logs//a.log", "linked/a.log", "logs/../linked/./a.log"]
    assert {key_of(here(path)) for path in spellings} == {whole}
    assert key_of(here("logs/a.log", "./logs/a.log")) == whole
    patterns = ["logs/*.log", "./logs/*.log", "linked/*.log", f"{logs}//logs/*.log"]
    assert len({key_of(here(path)) for path in patterns}) == 1
    assert key_of(here("logs/*.log")) != whole
    assert key_of(here("l*/a.log")) == key_of(here(f"{logs}/l*/a.log"))


def test_a_file_is_gone_on_with_under_every_spelling_and_in_every_set(logs: Path) -> None:
    assert _counted(logs, "--file", "logs/a.log") == 3
    assert _counted(logs, "--file", "./linked//a.log") == 3
    # Another set has no counters, and takes the position: what is there was counted.
    assert _counted(logs, "--file", "logs/*.log") == 0
    with (logs / "logs" / "a.log").open("a") as log:
        log.write(_LINE.format(4))
    (logs / "logs" / "b.log").write_text(_LINE.format(5))
    assert _counted(logs, "--file", "logs/*.log") == 2
    assert _counted(logs, "--file", "logs/a.log", "--file", "logs/b.log") == 0
    assert _counted(logs, "--file", str(logs / "logs" / "a.log")) == 4


def test_what_is_taken_from_another_run_is_said_and_only_of_the_very_file(logs: Path) -> None:
    assert _counted(logs, "--file", "logs/a.log") == 3
    os.link(logs / "logs" / "a.log", logs / "logs" / "same.log")
    (logs / "logs" / "copy.log").write_bytes((logs / "logs" / "a.log").read_bytes())
    paths = [str(logs / "logs" / name) for name in ("same.log", "copy.log")]
    settings = Settings(files=tuple(paths), state_dir=str(logs / "state"))
    kept = open_state(settings, {}, LiveSelection(paths).first(), engine_maker(default_alerts))
    assert kept.store is not None
    kept.store.close()
    assert kept.resumed is not None
    assert [*kept.resumed.inputs] == paths[:1]
    assert (kept.resumed.lines, kept.resumed.position_of(paths[1])) == (0, None)
    (notice,) = kept.notices
    assert notice.text == (
        f"no checkpoint of this set of files: {paths[0]} is resumed where another run stopped,"
        " without its window and alerts (all of it with --no-state)"
    )


def test_a_file_that_was_rewritten_since_is_read_anew(logs: Path) -> None:
    assert _counted(logs, "--file", "logs/a.log") == 3
    (logs / "logs" / "a.log").write_text("".join(_LINE.format(number) for number in range(11, 16)))
    assert _counted(logs, "--file", "logs/*.log") == 5


def test_in_a_replay_an_archive_of_what_a_plain_file_has_is_not_read(logs: Path) -> None:
    plain = logs / "logs" / "a.log"
    archive = logs / "logs" / "a.log.gz"
    archive.write_bytes(gzip.compress(plain.read_bytes()))
    done = run("--replay", "--output", "ndjson", "--file", "logs/a*", cwd=logs)
    assert done.objects[-1]["hits"] == 3
    assert done.err == b"http_monitor: logs/a.log.gz has the content of logs/a.log, and is not read\n"
    # More was written to the log since; another archive by such a name holds other lines.
    plain.write_text(plain.read_text() + _LINE.format(4))
    assert run("--replay", "--output", "ndjson", "--file", "logs/a*", cwd=logs).objects[-1]["hits"] == 4
    archive.write_bytes(gzip.compress(_LINE.format(9).encode()))
    assert run("--replay", "--output", "ndjson", "--file", "logs/a*", cwd=logs).objects[-1]["hits"] == 5
