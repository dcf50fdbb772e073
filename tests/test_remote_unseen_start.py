"""A run that ends before it could look at a file that it reads through commands does not know where to begin."""

from pathlib import Path

import pytest

from tests.program import Json, lines_now, run

_LINK = 'test -e "$(dirname "$0")/up" && exec "$@"; echo "no route to host" >&2; exit 255\n'


@pytest.fixture
def web(tmp_path: Path) -> Path:
    (tmp_path / "link.sh").write_text(_LINK)
    (tmp_path / "access.log").write_bytes(lines_now(2))
    return tmp_path


def _run(web: Path, *more: str) -> tuple[Json, list[str]]:
    """Run for a moment; return the summary and what was said to be lost."""
    via = ("--via", "sh link.sh", "--file", "access.log")
    said = run(*via, "--state-dir", "state", "--output", "ndjson", "--duration", "1", *more, cwd=web).objects
    lost = [message["message"] for message in said if message["type"] == "notice" and message["name"] == "lost"]
    return said[-1], lost


def test_a_file_that_the_last_run_could_not_look_at_may_have_lost_lines(web: Path) -> None:
    assert _run(web)[1] == []
    (web / "up").touch()
    with (web / "access.log").open("ab") as log:
        log.write(lines_now(3))
    summary, lost = _run(web)
    words = "the last run ended before its first check of the file, lines written until now may be lost"
    assert [text.rpartition(": ")[2] for text in lost] == [words]
    assert (summary["hits"], summary["health"]["maybe_lost"]) == (0, True)


def test_read_from_its_start_it_has_lost_nothing(web: Path) -> None:
    assert _run(web)[1] == []
    (web / "up").touch()
    summary, lost = _run(web, "--from-start")
    assert (summary["health"]["maybe_lost"], lost) == (False, [])
