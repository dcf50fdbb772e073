"""Which file a log was written to next, by the names that rotation gives."""

from pathlib import Path

import pytest

from http_monitor.sources.rotation_order import successors


@pytest.mark.parametrize(
    ("names", "there", "wanted"),
    [
        (
            ["access.log", "access.log.1", "access.log.10.gz", "access.log.2.gz"],
            [],
            {"access.log.10.gz": "access.log.2.gz", "access.log.2.gz": "access.log.1", "access.log.1": "access.log"},
        ),
        (["a.log.3.gz", "a.log.2.gz"], ["a.log"], {"a.log.3.gz": "a.log.2.gz"}),
        # They may be of two servers.
        (["web.2.gz", "web.1.gz"], [], {}),
        (
            ["a.log-20261130.gz", "a.log-20261128.gz", "a.log-20261129.gz"],
            [],
            {"a.log-20261128.gz": "a.log-20261129.gz", "a.log-20261129.gz": "a.log-20261130.gz"},
        ),
        (["a-20261130.log", "a.log"], [], {"a-20261130.log": "a.log"}),
        (["a.log.old.gz", "a.log"], [], {"a.log.old.gz": "a.log"}),
        # A number and a date say nothing of each other, nor do a file and its archive.
        (["a.log.1", "a.log-20261130.gz", "a.log"], [], {}),
        (["a.log.1", "a.log.1.gz", "a.log"], [], {}),
        (["a.log", "b.log"], [], {}),
    ],
)
def test_names_tell_the_next_file_of_a_log(
    tmp_path: Path, names: list[str], there: list[str], wanted: dict[str, str]
) -> None:
    paths = [str(tmp_path / name) for name in names]
    for name in (*names, *there):
        if name in ("a.log", "access.log"):
            (tmp_path / name).touch()
    assert successors(paths) == {str(tmp_path / name): str(tmp_path / after) for name, after in wanted.items()}


def test_logs_of_two_directories_are_two(tmp_path: Path) -> None:
    assert successors([str(tmp_path / "a" / "x.log-20261129.gz"), str(tmp_path / "b" / "x.log-20261130.gz")]) == {}
