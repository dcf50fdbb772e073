"""Configurations as they are found: line ends of another system, files in files, parts that hold only sometimes."""

import errno
import os
import socket
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest

from http_monitor.errors import UsageError
from http_monitor.parser.formats import get_format
from http_monitor.serverconf import Stopped, find_formats
from http_monitor.serverconf import found as found_module
from http_monitor.serverconf.found import MAX_BYTES

TIMED = '%h %l %u %t "%r" %>s %b %D'
SITE = f"CustomLog logs/site.log {TIMED.replace(chr(34), chr(92) + chr(34)).join((chr(34), chr(34)))}\n"
NGINX_SITE = "server {\n access_log /var/log/site.log timed;\n}\n"
NGINX = """http {
    log_format timed '$remote_addr [$time_local] '
                     '"$request" $status $request_time';
    include sites/*.conf;
}
"""


def found(config: Path, path: str | Path = "/x/site.log") -> str:
    return find_formats(str(config), [str(path)])[str(path)].format


def refusal(config: Path) -> str:
    with pytest.raises(UsageError) as error:
        find_formats(str(config), ["/x/site.log"])
    return str(error.value)


def written(root: Path, **files: str) -> Path:
    """Write files by names with ``__`` for ``/`` and ``_conf`` for the ending, and return the first."""
    paths = []
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_conf", ".conf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        paths.append(path)
    return paths[0]


def test_lines_that_end_as_on_windows_are_read_alike(tmp_path: Path) -> None:
    site, format_line = SITE, f"LogFormat {SITE.split(' ', 2)[2]}"
    apache = written(tmp_path / "a", httpd_conf=f"# c\n{format_line}Include \\\n site.conf\n".replace("\n", "\r\n"))
    written(tmp_path / "a", site_conf=site.replace("\n", "\r\n"))
    assert found(apache) == TIMED
    nginx = written(
        tmp_path / "n", nginx_conf=NGINX.replace("\n", "\r\n"), sites__a_conf=NGINX_SITE.replace("\n", "\r\n")
    )
    assert found(nginx) == '$remote_addr [$time_local] "$request" $status $request_time'


@pytest.mark.parametrize(
    "section", ["IfModule mod_x.c", "IfModule !mod_x.c", "IfDefine SSL", "IfVersion >= 2.4", "If true"]
)
def test_what_holds_only_sometimes_is_taken_as_if_it_held(tmp_path: Path, section: str) -> None:
    name = section.split()[0]
    config = written(tmp_path, httpd_conf=f"<{section}>\n<IfModule y>\n{SITE}</IfModule>\n</{name}>\n")
    assert found(config) == TIMED


def test_a_root_that_is_relative_is_meant_from_where_the_configuration_is(tmp_path: Path) -> None:
    config = written(
        tmp_path, conf__httpd_conf="ServerRoot ..\nInclude extra/*.conf\n", extra__b_conf=SITE, extra__a_conf="#\n"
    )
    assert found(config, tmp_path / "logs" / "site.log") == TIMED


def test_files_in_files_are_read_from_the_root_and_optional_ones_may_be_missing(tmp_path: Path) -> None:
    config = written(
        tmp_path,
        httpd_conf="IncludeOptional none/*.conf\nIncludeOptional none.conf\nInclude one/a.conf\n",
        one__a_conf="Include two/b.conf\n",
        two__b_conf=SITE,
    )
    assert found(config) == TIMED
    (tmp_path / "two" / "b.conf").unlink()
    assert f"{tmp_path}/one/a.conf line 1: includes two/b.conf, which does not exist" in refusal(config)


def test_files_that_include_each_other_without_end_are_refused_with_the_place(tmp_path: Path) -> None:
    config = written(tmp_path, a_conf=f"{SITE}Include b.conf\n", b_conf="Include a.conf\n")
    assert "includes " in (said := refusal(config))
    assert said.endswith(", which never ends")
    wide = written(
        tmp_path / "w", a_conf=f"{SITE}" + "Include c/*.conf\n" * 50, **{f"c__{n}_conf": "#\n" for n in range(50)}
    )
    assert refusal(wide).endswith(", perhaps in a loop")


def test_nginx_takes_files_in_files_from_its_directory_and_patterns_may_match_none(tmp_path: Path) -> None:
    config = written(
        tmp_path,
        nginx_conf=NGINX.replace("sites/*.conf", "sites/a.conf; include none/*.conf"),
        sites__a_conf="include sites/deep/*.conf;\ninclude nginx.conf;\n",
        sites__deep__x_conf=NGINX_SITE,
    )
    assert found(config).endswith("$request_time")
    (tmp_path / "sites" / "a.conf").unlink()
    assert "No such file or directory" in refusal(config)


def test_json_with_keys_of_its_own_is_read_as_the_configuration_says(tmp_path: Path) -> None:
    template = '{"t":"$time_iso8601","from":{"ip":"$remote_addr"},"st":$status,"took":$request_time}'
    config = written(
        tmp_path, nginx_conf=f"http {{\n log_format x escape=json '{template}';\n access_log /l/site.log x;\n}}\n"
    )
    line = b'{"t":"2025-10-10T13:55:36+02:00","from":{"ip":"192.0.2.7"},"st":503,"took":0.012}\n'
    rows = get_format(found(config)).parse(line).rows.to_pylist()
    assert [(row["host"], row["status"], row["duration_us"]) for row in rows] == [(b"192.0.2.7", 503, 12_000)]


@pytest.mark.parametrize(
    ("text", "log_format"),
    [
        ('escape=json \'{"t":"$time_iso8601",\' \'"s":$status}\'', '{"t":"$time_iso8601","s":$status}'),
        ("escape=json '$remote_addr $status'", "$remote_addr $status"),
        ("escape=none '$remote_addr' ' $status'", "$remote_addr $status"),
        ("'\\'$remote_addr\\' \\t$status'", "'$remote_addr' \\t$status"),
    ],
)
def test_pieces_of_a_log_format_are_joined_and_its_escape_is_no_piece(
    tmp_path: Path, text: str, log_format: str
) -> None:
    config = written(tmp_path, nginx_conf=f"http {{\n log_format x {text};\n access_log /l/site.log x;\n}}\n")
    assert found(config) == log_format


ISUCON = """http {
 log_format json escape=json '{"time":"$time_iso8601",'
                            '"host":"$remote_addr",'
                            '"status":"$status"}';
 access_log /var/log/nginx/access.log json;
}
"""


@pytest.mark.parametrize(
    ("text", "log_format"),
    [
        (ISUCON, '{"time":"$time_iso8601","host":"$remote_addr","status":"$status"}'),
        # Directives with unknown names, and some that Apache has too.
        ("events {}\nhttp {\n LogLevel { x; }\n access_log /l combined;\n}", "combined"),
        (
            "log_format x '$remote_addr $status'\n '}';\nmap $a $b { default 1; }\naccess_log /l x if=$b;",
            "$remote_addr $status}",
        ),
        ("http { content_by_lua_block { if a then say('}') end -- don't\n } access_log /l; }", "combined"),
        ("http { content_by_lua_block { --[[ }\n } ]] say('x') --[[ } ]] } access_log /l; }", "combined"),
        ("http { content_by_lua_block { say('x') --[[ }\n } access_log /l; }", "combined"),
        ("stream { log_format a '$remote_addr'; access_log /l a; }\nhttp { access_log /m; }", "combined"),
        ('# <a>\nhttp { server { location ~ "^/a{1,2}$" { } access_log /x/${host}_a.log; } }', "combined"),
        ("CustomLog /l '%h;'\nServerName x\n", "%h;"),
        ("<Location /a>\nheader x {};\n</Location>\nCustomLog /l %h\n", "%h"),
        ("CustomLog /l %h", "%h"),
    ],
)
def test_whose_configuration_it_is_shows_in_its_grammar(tmp_path: Path, text: str, log_format: str) -> None:
    config = written(tmp_path, some_conf=text)
    assert found(config) == log_format


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "directory", "huge"])
@pytest.mark.parametrize("included", [None, "Include {}", "http {{ include {}; }}"])
def test_only_regular_files_of_a_bounded_size_are_opened(tmp_path: Path, kind: str, included: str | None) -> None:
    planted = tmp_path / "planted"
    if kind == "pipe":
        os.mkfifo(planted)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(os.path.relpath(planted))
    elif kind == "device":
        planted.symlink_to("/dev/zero")
    elif kind == "directory":
        planted.mkdir()
    else:
        with planted.open("wb") as handle:
            handle.truncate(MAX_BYTES + 1)
    config = planted if included is None else written(tmp_path, some_conf=included.format(planted) + "\n")
    if kind == "directory" and included == "Include {}":
        return  # of a directory Apache includes what is in it
    said = refusal(config)
    assert said.isprintable()
    assert ("more than 8 MiB" if kind == "huge" else "(no regular file)") in said


def test_what_is_included_is_bounded_in_all(tmp_path: Path) -> None:
    files = {f"c__{n}_conf": "#" * (7 << 20) + "\n" for n in range(10)}
    for text in ("Include c/*.conf\n", "http { include c/*.conf; }\n"):
        assert "more than 64 MiB" in refusal(written(tmp_path, some_conf=text, **files))


def test_a_pattern_for_which_all_of_a_machine_would_be_searched_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(found_module, "_MAX_NAMES", 50)
    for number in range(51):
        (tmp_path / f"{number}.conf").touch()
    for text in (f"Include {tmp_path}/*.x\n", f"http {{ include {tmp_path}/*.x; }}\n"):
        assert "which needs more than 50 names to be examined" in refusal(written(tmp_path / "a", some_conf=text))


@pytest.mark.parametrize("text", ["Include c/*.conf\n", "http { include c/*.conf; }\n"])
def test_a_signal_ends_the_reading_between_two_files(tmp_path: Path, text: str) -> None:
    config = written(tmp_path, some_conf=text, **{f"c__{n}_conf": "#\n" for n in range(9)})
    asked: list[bool] = []

    def stopping() -> bool:
        asked.append(True)
        return len(asked) > 3

    with pytest.raises(Stopped):
        find_formats(str(config), ["/x"], stopping)


def test_durations_of_a_configuration_of_httpd_are_microseconds_and_lines_may_end_in_a_line_end(tmp_path: Path) -> None:
    config = written(tmp_path, some_conf='CustomLog /x/site.log "%h %t \\"%r\\" %s %D"\n')
    origin = find_formats(str(config), ["/x/site.log"])["/x/site.log"]
    line = b'192.0.2.7 [10/Oct/2025:13:55:36 +0200] "GET / HTTP/1.1" 200 1500\n'
    rows = get_format(origin.format, of_httpd=origin.of_httpd).parse(line).rows
    assert rows.column("duration_us").to_pylist() == [1_500]
    text = "[START] --- [$remote_addr] --- [$time_local] --- $status --- $request_time --- [END]\\n"
    nginx = written(tmp_path, nginx_conf=f"http {{\n log_format x '{text}';\n access_log /x/site.log x;\n}}\n")
    shop = b"[START] --- [192.0.2.7] --- [20/Mar/2026:10:06:18 +0530] --- 200 --- 0.123 --- [END]\n\n"
    batch = get_format(found(nginx)).parse(shop * 2)
    assert (batch.lines, batch.malformed_lines) == (2, 0)
    assert batch.rows.column("duration_us").to_pylist() == [123_000] * 2


def test_variables_that_double_each_other_come_to_an_end(tmp_path: Path) -> None:
    doubled = "".join(f"Define v{n} ${{v{n - 1}}}${{v{n - 1}}}x\n" for n in range(1, 60))
    said = refusal(written(tmp_path, some_conf=f"Define v0 aaaa\n{doubled}{SITE}"))
    # v0 … v20 have 5 * 2 ** n - 1 characters each, together 10,485,734, which is the first sum over 8 MiB.
    assert said.endswith("some.conf line 21: has more than 8 MiB in the place of variables, which is no configuration")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"http {{ access_log /x/site.log {'a' * 1_000_000}; }}", "line 1: access_log names the format aaa"),
        (f"CustomLog /x/site.log {'a' * 1_000_000}\n", "line 1: the format aaa"),
        (f"<IfModule x>\n</{'a' * 1_000_000}>\n", "line 2: </aaa"),
    ],
)
def test_a_word_of_a_million_characters_is_not_said_whole(tmp_path: Path, text: str, words: str) -> None:
    said = refusal(written(tmp_path, some_conf=text))
    assert words in said
    assert said.endswith("a…")
    assert len(said) - len(str(tmp_path)) < 500


@pytest.mark.parametrize(
    "text",
    [
        "http { log_format x '" + "\\\\" * 200_000,
        'LogFormat "' + "\\\\" * 200_000 + "\n",
        "#\n" * 200_000,
    ],
    ids=["nginx", "Apache", "comments"],
)
def test_a_part_that_is_megabytes_long_takes_little_more_memory_than_it_is_long(tmp_path: Path, text: str) -> None:
    config = written(tmp_path, some_conf=text)
    tracemalloc.start()
    try:
        with suppress(UsageError):
            found(config)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40 * len(text)


def test_a_link_that_may_not_be_read_is_no_reason_to_end_in_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "a.conf").symlink_to(written(tmp_path, b_conf=NGINX_SITE))
    config = written(tmp_path, some_conf=NGINX)
    read = os.readlink

    def refuse(path: str) -> str:
        if str(path).endswith("a.conf"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return read(path)

    monkeypatch.setattr(os, "readlink", refuse)
    # As in /proc: what may be opened may not be asked where it leads.
    assert found(config) == '$remote_addr [$time_local] "$request" $status $request_time'


@pytest.mark.parametrize("text", ["a;" * 1000, "a b\n" * 1000], ids=["nginx", "Apache"])
def test_a_signal_ends_the_reading_within_a_file_too(tmp_path: Path, text: str) -> None:
    asked: list[bool] = []

    def stopping() -> bool:
        asked.append(True)
        return len(asked) > 500

    with pytest.raises(Stopped):
        find_formats(str(written(tmp_path, some_conf=text)), ["/x"], stopping)
    assert len(asked) == 501
