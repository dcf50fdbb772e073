import os
from pathlib import Path

import pytest

from http_monitor.errors import InputError
from http_monitor.sources.path_selection import LiveSelection, check_replay_inputs, expand


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    for name in ("b.log", "a.log", "c.txt"):
        (tmp_path / name).write_bytes(b"line\n")
    (tmp_path / "dir.log").mkdir()
    return tmp_path


def test_a_glob_is_the_files_it_matches_in_order(logs: Path) -> None:
    assert expand([f"{logs}/*.log"]) == [f"{logs}/a.log", f"{logs}/b.log"]


def test_the_order_of_the_command_line_stays_and_each_path_counts_once(logs: Path) -> None:
    patterns = [f"{logs}/c.txt", "-", f"{logs}/*.log", f"{logs}/a.log", f"{logs}/c.txt"]
    assert expand(patterns) == [f"{logs}/c.txt", "-", f"{logs}/a.log", f"{logs}/b.log"]


def test_a_name_with_the_characters_of_a_glob_is_itself_where_it_exists(logs: Path) -> None:
    (logs / "[ab].log").touch()
    assert expand([f"{logs}/[ab].log"]) == [f"{logs}/[ab].log"]


def test_a_plain_path_that_is_missing_stays(logs: Path) -> None:
    assert expand([f"{logs}/missing.log"]) == [f"{logs}/missing.log"]


def test_a_glob_without_a_match_is_an_error_in_a_replay(logs: Path) -> None:
    with pytest.raises(InputError) as caught:
        expand([f"{logs}/*.nothing\x1b"])
    assert str(caught.value) == f"{logs}/*.nothing\\x1b matches no file"
    assert caught.value.exit_code == 3


def test_live_a_glob_without_a_match_stands_for_itself_until_it_has_one(logs: Path) -> None:
    selection = LiveSelection([f"{logs}/*.new"])
    assert selection.has_patterns
    assert selection.first() == [f"{logs}/*.new"]
    assert selection.more() == ([], [])
    (logs / "a.new").touch()
    assert selection.more() == ([f"{logs}/a.new"], [f"{logs}/*.new"])
    assert selection.more() == ([], [])


def test_live_a_glob_leads_to_files_that_come_later_each_once(logs: Path) -> None:
    selection = LiveSelection([f"{logs}/*.log", f"{logs}/a.log", f"{logs}/missing"])
    assert selection.first() == [f"{logs}/a.log", f"{logs}/b.log", f"{logs}/missing"]
    (logs / "d.log").touch()
    (logs / "e.log").touch()
    selection.know([f"{logs}/e.log"])
    assert selection.more() == ([f"{logs}/d.log"], [])
    (logs / "d.log").unlink()
    selection.forget(f"{logs}/d.log")
    assert selection.more() == ([], [])
    (logs / "d.log").touch()
    assert selection.more() == ([f"{logs}/d.log"], [])


def test_live_a_glob_leads_to_nothing_that_rotation_has_made_of_another(logs: Path) -> None:
    for name in ("a.log.1", "a.log.2.gz", "c.log.1", "old.log.gz", "a.log-20261123"):
        (logs / name).touch()
    assert LiveSelection([f"{logs}/*log*"]).first() == [f"{logs}/a.log", f"{logs}/b.log", f"{logs}/c.log.1"]
    assert LiveSelection([f"{logs}/a.log.1"]).first() == [f"{logs}/a.log.1"]


def test_live_what_is_made_of_a_file_is_no_new_file_while_that_is_gone(logs: Path) -> None:
    selection = LiveSelection([f"{logs}/a.log*"])
    assert selection.first() == [f"{logs}/a.log"]
    # In the midst of a rotation there is nothing at the path, and the same where no new file is made.
    (logs / "a.log").rename(logs / "a.log.1")
    assert selection.more() == ([], [])
    selection.forget(f"{logs}/a.log")
    (logs / "a.log.1").rename(logs / "a.log.2")
    assert selection.more() == ([], [])
    (logs / "a.log").touch()
    assert selection.more() == ([f"{logs}/a.log"], [])


def test_live_what_is_made_of_a_named_file_is_no_match_of_a_pattern(logs: Path) -> None:
    (logs / "a.log.1").touch()
    (logs / "a.log.2").touch()
    patterns = [f"{logs}/a.log.*", f"{logs}/a.log.2", f"{logs}/a.log"]
    assert LiveSelection(patterns).first() == [f"{logs}/a.log.2", f"{logs}/a.log"]


def test_live_a_directory_is_no_match_and_nothing_is_made_of_it(logs: Path) -> None:
    (logs / "dir.log.1").touch()
    assert LiveSelection([f"{logs}/dir*"]).first() == [f"{logs}/dir.log.1"]


def test_live_dated_names_are_followed_each_though_they_look_like_rotated_ones(logs: Path) -> None:
    selection = LiveSelection([f"{logs}/access-*.log"])
    (logs / "access-2026-11-23.log").touch()
    assert selection.first() == [f"{logs}/access-2026-11-23.log"]
    (logs / "access-2026-11-24.log").touch()
    assert selection.more() == ([f"{logs}/access-2026-11-24.log"], [])


def test_a_pattern_that_an_earlier_run_waited_for_is_done_when_it_matches(logs: Path) -> None:
    pattern = f"{logs}/*.log"
    selection = LiveSelection([pattern])
    assert selection.first() == [f"{logs}/a.log", f"{logs}/b.log"]
    selection.know([f"{logs}/a.log", f"{logs}/b.log", pattern])
    assert selection.more() == ([], [pattern])
    assert selection.more() == ([], [])


def test_what_a_pattern_matches_elsewhere_is_not_looked_for_here(logs: Path) -> None:
    selection = LiveSelection([f"{logs}/*.log", "-"], remote={f"{logs}/*.log"})
    assert not selection.has_patterns
    assert selection.first() == [f"{logs}/*.log", "-"]
    assert selection.more() == ([], [])


def test_paths_without_patterns_lead_to_nothing_more(logs: Path) -> None:
    selection = LiveSelection([f"{logs}/a.log", "-"])
    assert not selection.has_patterns
    assert selection.first() == [f"{logs}/a.log", "-"]


def test_two_stars_reach_into_directories(logs: Path) -> None:
    (logs / "dir.log" / "d.log").touch()
    assert expand([f"{logs}/**/d.log"]) == [f"{logs}/dir.log/d.log"]


def test_inputs_that_can_be_opened_pass(logs: Path) -> None:
    check_replay_inputs(["-", f"{logs}/a.log", f"{logs}/b.log"])


def test_every_input_that_cannot_be_opened_has_its_line(logs: Path) -> None:
    os.mkfifo(logs / "fifo")
    (logs / "loop").symlink_to("loop")
    paths = [f"{logs}/{name}" for name in ("missing", "a.log", "dir.log", "fifo", "loop", "a.log/x")]
    with pytest.raises(InputError) as caught:
        check_replay_inputs(paths)
    assert str(caught.value).splitlines() == [
        f"{logs}/missing is missing",
        f"{logs}/dir.log is a directory",
        f"{logs}/fifo is not a regular file",
        f"{logs}/loop is a loop of symbolic links",
        f"{logs}/a.log/x is missing",
    ]
    assert caught.value.exit_code == 3


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(logs: Path) -> None:
    (logs / "a.log").chmod(0)
    with pytest.raises(InputError, match=r"a\.log cannot be read \(permission denied\)"):
        check_replay_inputs([f"{logs}/a.log"])


def test_a_file_that_came_and_went_before_a_search_is_missed(logs: Path) -> None:
    selection = LiveSelection([f"{logs}/*.log", f"{logs}/c.txt", f"{logs}/*/*.log"])
    selection.first()
    came = [(str(logs), name) for name in ("a.log", "new.log", "a.log.1", "x.log.gz", ".hidden.log", "other.txt")]
    came += [(str(logs / "dir.log"), "inner.log")]
    assert [selection.wants(*one) for one in came] == [True, True, False, False, False, False, False]
    (logs / "late.log").touch()
    assert selection.take_missed([*came, (str(logs), "late.log")]) == [f"{logs}/new.log"]
    # It is there, and goes before the next search as well.
    (logs / "late.log").unlink()
    assert selection.take_missed([]) == [f"{logs}/late.log"]
    assert selection.take_missed([]) == []


def test_a_file_that_a_search_has_found_is_not_missed_when_it_goes(logs: Path) -> None:
    selection = LiveSelection([f"{logs}/*.log*"])
    selection.first()
    (logs / "new.log").touch()
    (logs / "a.log.1").touch()
    assert selection.take_missed([(str(logs), name) for name in ("new.log", "a.log.1", "a.log.2.gz")]) == []
    assert selection.more() == ([f"{logs}/new.log"], [])
    for name in ("new.log", "a.log.1"):
        (logs / name).unlink()
    assert selection.take_missed([]) == []


def test_a_relative_pattern_has_the_paths_that_it_leads_to(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(logs)
    selection = LiveSelection(["*.log", "./x*"])
    selection.first()
    assert selection.take_missed([(str(logs), "new.log"), (str(logs), "x1")]) == ["./x1", "new.log"]
