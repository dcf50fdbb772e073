"""Files of a command line: without an option, with the name of a server, behind commands."""

from pathlib import Path

import pytest

from http_monitor.arguments import parse_arguments
from http_monitor.choices import GivenFile


@pytest.mark.parametrize(
    ("argv", "files"),
    [
        (["a.log"], ("a.log",)),
        (["-"], ("-",)),
        (["--replay", "a.log", "b.log.gz"], ("a.log", "b.log.gz")),
        (["--file", "a.log", "b.log", "--top", "3", "c.log"], ("a.log", "b.log", "c.log")),
        (["--top", "3", "--", "-odd.log", "--file"], ("-odd.log", "--file")),
        (["a\udcff.log"], ("a\udcff.log",)),
        (["report"], ("report",)),
        ([], ("/tmp/access.log",)),
    ],
)
def test_a_word_without_an_option_is_a_file(argv: list[str], files: tuple[str, ...]) -> None:
    settings = parse_arguments(argv)
    assert (settings.files, settings.given) == (files, ())


def test_a_word_behind_explain_is_a_line_unless_a_file_has_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    line = parse_arguments(["--explain", "access.log"])
    assert (line.explain, line.files) == ("access.log", ("/tmp/access.log",))
    (tmp_path / "access.log").touch()
    lines = parse_arguments(["--explain", "access.log"])
    assert (lines.explain, lines.files) == ("", ("access.log",))


@pytest.mark.parametrize(
    ("text", "path", "server"),
    [
        ("web1=/var/log/a.log", "/var/log/a.log", "web1"),
        ("web-1.example_x=a=b.log", "a=b.log", "web-1.example_x"),
        ("web1=-", "-", "web1"),
        ("/a=b", "/a=b", None),
        ("./a=b", "./a=b", None),
        ("~a=b", "~a=b", None),
        ("a b=c", "a b=c", None),
        ("a=", "a=", None),
        ("=a", "=a", None),
        ("x" * 65 + "=a", "x" * 65 + "=a", None),
        ("there=is", "there=is", None),
    ],
)
def test_a_name_may_stand_in_front_of_a_path(
    text: str, path: str, server: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there=is").touch()
    settings = parse_arguments([text])
    assert (settings.files, settings.server_of(path)) == ((path,), server)


def test_what_a_named_glob_leads_to_has_its_name() -> None:
    settings = parse_arguments(["web1=/var/log/one/*.log", "web2=/var/log/*/*.log"])
    paths = ("/var/log/one/a.log", "/var/log/two/a.log", "/var/log/a.log")
    assert [settings.server_of(path) for path in paths] == ["web1", "web2", None]


def test_a_command_is_for_the_files_behind_it() -> None:
    argv = ["here.log", "--via", "ssh web1", "w1=a.log", "b.log", "--via", "ssh web2", "c.log", "-"]
    settings = parse_arguments(argv)
    assert settings.files == ("here.log", "a.log", "b.log", "c.log", "-")
    assert settings.given == (
        GivenFile("a.log", "a.log", "w1", "ssh web1"),
        GivenFile("b.log", "b.log", None, "ssh web1"),
        GivenFile("c.log", "c.log", None, "ssh web2"),
    )
    assert [settings.is_remote(path) for path in settings.files] == [False, True, True, True, False]


@pytest.mark.parametrize("argv", [["a.log", "--via", "sudo"], ["--via", "sudo", "a.log"]])
def test_a_command_behind_all_files_is_for_them(argv: list[str]) -> None:
    assert parse_arguments(argv).given == (GivenFile("a.log", "a.log", None, "sudo"),)


def test_a_command_without_a_file_is_for_the_usual_one() -> None:
    settings = parse_arguments(["--via", "sudo"])
    assert (settings.files, settings.is_remote("/tmp/access.log")) == (("/tmp/access.log",), True)


def test_one_path_on_several_machines_is_several_files() -> None:
    argv = ["--via", "ssh web1", "w1=/a.log", "--via", "ssh web2", "w2=/a.log", "--via", "ssh web3", "/a.log"]
    settings = parse_arguments(argv)
    assert settings.files == ("w1:/a.log", "w2:/a.log", "ssh web3:/a.log")
    assert [settings.server_of(key) for key in settings.files] == ["w1", "w2", None]
    assert [file.path for file in settings.given] == ["/a.log"] * 3


def test_one_path_here_and_on_machines_of_one_name_is_several_files() -> None:
    argv = ["w=/a.log", "--via", "ssh web1", "w=/a.log", "/b.log", "--via", "ssh web2", "w=/a.log"]
    settings = parse_arguments(argv)
    assert settings.files == ("/a.log", "ssh web1:/a.log", "/b.log", "ssh web2:/a.log")
    assert [settings.is_remote(key) for key in settings.files] == [False, True, True, True]
    assert [settings.server_of(key) for key in settings.files] == ["w", "w", None, "w"]
