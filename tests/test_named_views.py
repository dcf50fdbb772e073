"""Views are kept in a file of the user: exactly, all of it or nothing, and none of another process is lost."""

import os
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from http_monitor.dashboard.named_views import NamedViews, views_path
from http_monitor.errors import RefusedError, UsageError
from http_monitor.units import visible_text
from tests.examples import examples
from tests.program import DEADLINE_S, ROOT, environment

_SAVE_MANY = """
import sys
from http_monitor.dashboard.named_views import NamedViews
views = NamedViews(sys.argv[1])
for number in range(25):
    views.save(f"{sys.argv[2]}-{number}", f"status == {number}")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "http_monitor" / "views.toml"


def names() -> st.SearchStrategy[str]:
    return st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True) | st.sampled_from(
        ("a", "a.b", "views", "-", ".", "1")
    )


def expressions() -> st.SearchStrategy[str]:
    characters = st.characters(codec="utf-8") | st.sampled_from("\"\\'\n\r\t\x00\x7f\u2028#=[]")
    return st.text(characters, min_size=1, max_size=12).filter(lambda text: bool(text.strip()))


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.tuples(names(), st.none() | expressions()), max_size=6))
def test_what_was_saved_is_read_as_it_was_whatever_it_says(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str | None]]
) -> None:
    path = tmp_path_factory.mktemp("views") / "views.toml"
    views, wanted = NamedViews(str(path)), dict[str, str]()
    for name, expression in steps:
        if expression is None:
            views.remove(name)
            wanted.pop(name, None)
        else:
            views.save(name, expression)
            wanted[name] = expression
        assert views.read() == wanted
        assert tomllib.loads(path.read_text()) == {"views": wanted}
        assert [visible_text(line) for line in path.read_text().split("\n")] == path.read_text().split("\n")


def test_the_file_and_its_folder_are_for_the_user_alone(path: Path) -> None:
    NamedViews(str(path)).save("errors", "status >= 500")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.read_bytes() == b'[views]\nerrors = "status >= 500"\n'
    assert os.listdir(path.parent) == ["views.toml"]


def test_comments_and_order_stay_where_one_line_changes(path: Path) -> None:
    path.parent.mkdir(parents=True)
    text = '# mine\n[views]\n"web.1" = \'host == "a"\' # the first\n\nerrors = "status >= 500"\nlast = "status < 0"'
    path.write_text(text)
    views = NamedViews(str(path))
    views.save("errors", 'path == "/é"')
    assert path.read_text() == text.replace('"status >= 500"', '"path == \\"/é\\""')
    views.save("more", "status == 1")
    views.remove("web.1")
    assert path.read_text() == (
        '# mine\n[views]\n\nerrors = "path == \\"/é\\""\nlast = "status < 0"\nmore = "status == 1"\n'
    )


def test_a_text_of_several_lines_is_replaced_as_a_whole(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text('[views]\na = """\nstatus\n == 1"""\nb = "status == 2"\n')
    NamedViews(str(path)).save("a", "status == 3")
    assert path.read_text() == '[views]\na = "status == 3"\nb = "status == 2"\n'


def test_what_another_process_saved_meanwhile_is_kept(path: Path) -> None:
    first, second = NamedViews(str(path)), NamedViews(str(path))
    assert first.read() == second.read() == {}
    first.save("a", "status == 1")
    second.save("b", "status == 2")
    assert first.read() == {"a": "status == 1", "b": "status == 2"}


def test_processes_that_save_at_once_lose_nothing(path: Path) -> None:
    savers = [
        subprocess.Popen([sys.executable, "-c", _SAVE_MANY, str(path), name], cwd=ROOT, env=environment())
        for name in "abc"
    ]
    assert [saver.wait(DEADLINE_S) for saver in savers] == [0, 0, 0]
    assert len(NamedViews(str(path)).read()) == 75
    assert os.listdir(path.parent) == ["views.toml"]


def test_a_link_to_the_file_remains_one(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir(parents=True)
    (tmp_path / "dotfiles").mkdir()
    path.symlink_to(tmp_path / "dotfiles" / "views")
    NamedViews(str(path)).save("a", "status == 1")
    assert path.is_symlink()
    assert (tmp_path / "dotfiles" / "views").read_text() == '[views]\na = "status == 1"\n'


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b'[views]\na = "x"\nb = status\n', "line 3, column 5: Invalid value"),
        (b'[views]\na = "x', "line 2: Unterminated string"),
        (b'[views]\na = "x"\n"a" = "y"\n', "line 3, column 10: Cannot overwrite a value"),
        (b'[views]\na = "\xff"\n', "line 2: not UTF-8"),
        (b'[views]\na = "x"\nb = 5\n', "line 3: b has no expression in quotes"),
        (b'[views]\nb = " "\n', "line 2: b has no expression in quotes"),
        (b'[views]\na.b = "x"\n', "line 2: a is a table, takes an expression; a name with . needs quotes"),
        (b'[views]\n"a b" = "x"\n', "line 2: got 'a b', takes a name of 1 to 64 letters, digits and . _ -"),
        (b'[views]\n\n[view]\n"a" = "x"\n', "line 3: got 'view', takes [views]"),
        (b'a = "x"\n', "line 1: got 'a', takes [views]"),
        (b"views = 3\n", "line 1: got 'views', takes [views]"),
        (b"#" * (1 << 20) + b"#", "over 1 MB"),
    ],
)
def test_a_broken_file_is_told_where_and_is_left_alone(path: Path, text: bytes, error: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(text)
    views = NamedViews(str(path))
    for ask in (views.read, lambda: views.save("c", "status == 1"), lambda: views.remove("a")):
        with pytest.raises(UsageError) as raised:
            ask()
        assert str(raised.value) == f"{path}: {error}"
    assert path.read_bytes() == text
    assert os.listdir(path.parent) == ["views.toml"]


def test_what_cannot_be_kept_is_refused_in_words(path: Path) -> None:
    views = NamedViews(str(path))
    for name, expression, error in (
        ("a b", "status == 1", "got 'a b', takes a name of 1 to 64 letters, digits and . _ -"),
        ("", "status == 1", "got '', takes a name of 1 to 64 letters, digits and . _ -"),
        ("a" * 65, "status == 1", f"got '{'a' * 65}', takes a name of 1 to 64 letters, digits and . _ -"),
        ("a", " ", "a: got an empty text, takes an expression such as 'status >= 500'"),
        ("a", 'path == "\udcff"', "a: got bytes that are not UTF-8, takes \\xhh for a byte"),
    ):
        with pytest.raises(UsageError) as raised:
            views.save(name, expression)
        assert str(raised.value) == error
    assert not path.exists()


def test_a_place_that_is_no_file_is_refused_in_words(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(RefusedError, match=r"not a regular file$"):
        NamedViews(str(path)).read()
    with pytest.raises(RefusedError, match=r"not a regular file$"):
        NamedViews(str(path)).save("a", "status == 1")
    with pytest.raises(RefusedError, match=r"File exists$"):
        NamedViews("/dev/null/views.toml").save("a", "status == 1")
    assert NamedViews(None).read() == {}
    with pytest.raises(RefusedError, match=r"^views cannot be kept: neither XDG_CONFIG_HOME nor HOME"):
        NamedViews(None).save("a", "status == 1")


def test_the_file_is_where_the_specification_has_it() -> None:
    assert views_path({"XDG_CONFIG_HOME": "/c", "HOME": "/h"}) == "/c/http_monitor/views.toml"
    assert views_path({"XDG_CONFIG_HOME": "c", "HOME": "/h"}) == "/h/.config/http_monitor/views.toml"
    assert views_path({"HOME": "/h"}) == "/h/.config/http_monitor/views.toml"
    assert views_path({"HOME": "h"}) is None
    assert views_path({}) is None
