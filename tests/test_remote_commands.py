import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from http_monitor.sources.files.access import FileStatus, Handle
from http_monitor.sources.files.regular_file import DENIED, DIRECTORY, LOOP, MISSING, SPECIAL, Obstacle
from http_monitor.sources.remote.command_files import CommandFiles, Moved
from http_monitor.sources.remote.command_output import Row, row
from http_monitor.sources.remote.command_runner import Unreachable

Via = Callable[..., list[str]]
"""Makes a prefix of a shell script, which finds the command in its arguments."""

# What ssh does with the words of a command.
_LIKE_SSH = 'exec sh -c "$*"'
# BusyBox knows no time in nanoseconds, and no --version.
_LIKE_BUSYBOX = """
case "$1 $2" in
"ls --version") echo "ls: unrecognized option '--version'" >&2; echo "BusyBox v1.35.0 multi-call binary." >&2; exit 1;;
"ls -ldinL") case "$3" in --?*) echo "ls: unrecognized option '$3'" >&2; exit 1;; esac; exec "$@";;
"wc "*) echo "it reads all of a file" >&2; exit 1;;
*) exec "$@";;
esac
"""
WAYS = {"local": None, "list": 'exec "$@"', "ssh": _LIKE_SSH, "busybox": _LIKE_BUSYBOX}


@pytest.fixture
def via(tmp_path: Path) -> Via:
    def write(script: str, name: str = "via") -> list[str]:
        path = tmp_path / f"{name}.sh"
        path.write_text(script)
        return ["sh", str(path)]

    return write


@pytest.fixture(params=WAYS)
def files(request: pytest.FixtureRequest, via: Via) -> CommandFiles:
    script = WAYS[request.param]
    return CommandFiles(via(script, "a way") if script else ())


@pytest.fixture
def log(tmp_path: Path) -> Path:
    directory = tmp_path / "logs"
    directory.mkdir()
    path = directory / "access.log"
    path.write_bytes(b"0123456789")
    return path


def opened(files: CommandFiles, path: Path) -> Handle:
    found = files.open(str(path))
    assert not isinstance(found, Obstacle)
    return found[0]


def the_failure(files: CommandFiles, path: str = "/") -> str:
    found = files.look(path)
    assert isinstance(found, Obstacle)
    assert files.take_failure() == found
    return found.state


def test_a_file_is_known_by_its_inode_and_size_and_where_ls_can_tell_its_time(files: CommandFiles, log: Path) -> None:
    status = log.stat()
    found = files.look(str(log))
    assert isinstance(found, FileStatus)
    assert (found.identity, found.size) == ((0, status.st_ino), 10)
    assert found.mtime_ns in (status.st_mtime_ns, None)
    assert files.take_failure() is None


def test_the_time_of_a_file_is_exact_by_the_ls_of_gnu(via: Via, log: Path) -> None:
    for way in ((), via(_LIKE_SSH)):
        assert CommandFiles(way).look(str(log)) == FileStatus((0, log.stat().st_ino), 10, log.stat().st_mtime_ns)
    assert CommandFiles(via(_LIKE_BUSYBOX, "busybox")).look(str(log)) == FileStatus((0, log.stat().st_ino), 10, None)


@pytest.mark.parametrize(
    ("time", "mtime_ns"),
    [
        ("1795529667713247247", 1_795_529_667_713_247_247),
        ("2026-11-24 14:14:27 +0000", 1_795_529_667_000_000_000),
        ("2026-11-24 15:14:27.5 +0100", 1_795_529_667_500_000_000),
        ("2026-11-24 14:14:27.713247247 +0000", 1_795_529_667_713_247_247),
        ("2026-13-24 14:14:27 +0000", None),
        ("2026-11-24 14:14", None),
        ("Nov 24 14:14", None),
        ("24 Nov 14:14", None),
    ],
)
def test_a_time_is_believed_if_it_says_the_second_and_the_zone(time: str, mtime_ns: int | None) -> None:
    line = f"    7 -rw-r--r--+   1 33       33        12345 {time} a 1795529667713247247 b\n"
    assert row(line.encode()) == Row("-", FileStatus((0, 7), 12_345, mtime_ns))


def test_an_ls_that_knows_full_times_is_asked_for_them(via: Via, log: Path) -> None:
    script = 'case "$2" in --version) echo "ls: unrecognized option" >&2; exit 1;; esac; exec "$@"'
    assert CommandFiles(via(script)).look(str(log)) == FileStatus((0, log.stat().st_ino), 10, log.stat().st_mtime_ns)


def test_it_is_read_from_any_offset_as_far_as_it_goes(files: CommandFiles, log: Path) -> None:
    handle = opened(files, log)
    assert [handle.read(*part) for part in ((0, 4), (0, 100), (3, 4), (3, 100), (9, 1), (10, 5), (99, 5), (2, 0))] == [
        b"0123",
        b"0123456789",
        b"3456",
        b"3456789",
        b"9",
        b"",
        b"",
        b"",
    ]
    assert handle.status() == files.look(str(log))
    handle.close()


def test_any_bytes_come_as_they_are(files: CommandFiles, log: Path) -> None:
    data = bytes(range(256)) * 2_000
    log.write_bytes(data)
    handle = opened(files, log)
    assert handle.read(0, 1 << 20) == data
    assert handle.read(1, 1 << 20) == data[1:]
    assert handle.read(100_001, 70_000) == data[100_001:170_001]


def test_the_end_of_a_file_of_four_gigabytes_is_sought_not_read(files: CommandFiles, log: Path) -> None:
    size = 4 << 30
    os.truncate(log, size)
    with log.open("r+b") as file:
        file.seek(size)
        file.write(b"the end\n")
    found = files.open(str(log))
    assert not isinstance(found, Obstacle)
    assert found[1].size == size + 8
    assert found[0].read(size, 100) == b"the end\n"
    assert found[0].read(size - 2, 4) == b"\0\0th"


@pytest.mark.parametrize(
    "name",
    [
        "access log",
        "-n",
        "--help",
        "it's",
        'say "what"',
        "$HOME",
        "`id`",
        "$(id)",
        "a;b&c|d>e",
        "*",
        "[a-z]?",
        "~",
        "#1",
        "a\\b",
        " both ",
        "two\nlines",
        "ls: x: Permission denied",
        "Zugriffe-ü-日本",
        os.fsdecode(b"\xff\xfe.log"),
    ],
)
def test_any_name_survives(files: CommandFiles, log: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log.rename(log.with_name(name))
    monkeypatch.chdir(log.parent)
    for path in (str(log.with_name(name)), name):
        assert files.look(f"{path}.gone") == MISSING
        found = files.open(path)
        assert not isinstance(found, Obstacle)
        assert found[0].read(5, 10) == b"56789"
        assert found[0].read(0, 2) == b"01"
        assert files.target(path) == os.path.realpath(path)
        assert found[1] == files.look(path)
    entries = {name: (0, os.stat(name).st_ino)} if "\n" not in name else {}
    assert files.listing(str(log.parent)) == files.listing("") == entries


def test_what_cannot_be_read_is_told_apart(files: CommandFiles, log: Path) -> None:
    directory = log.parent
    (directory / "loop").symlink_to("loop")
    (directory / "nowhere").symlink_to("gone")
    (directory / "link").symlink_to("access.log")
    os.mkfifo(directory / "fifo")
    cases = {
        "gone": MISSING,
        "access.log/inside": MISSING,
        "nowhere": MISSING,
        ".": DIRECTORY,
        "loop": LOOP,
        "fifo": SPECIAL,
    }
    for name, expected in cases.items():
        path = os.path.join(directory, name)
        assert (name, files.look(path), files.open(path)) == (name, expected, expected)
    assert files.look("/dev/null") == files.open("/dev/null") == SPECIAL
    assert files.look(str(directory / "link")) == files.look(str(log))
    assert files.take_failure() is None


def test_a_file_that_must_not_be_read_is_denied(via: Via, log: Path) -> None:
    # Root may read everything.
    script = 'case "$1" in wc|head|tail) echo "$1: cannot open it: Permission denied" >&2; exit 1;; *) exec "$@";; esac'
    files = CommandFiles(via(script))
    assert files.look(str(log)) == DENIED
    assert files.open(str(log)) == DENIED
    assert files.take_failure() is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_this_user_must_not_read_is_denied(files: CommandFiles, log: Path) -> None:
    log.chmod(0)
    assert files.open(str(log)) == DENIED
    log.chmod(0o600)
    assert opened(files, log).read(0, 2) == b"01"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("tail: {}: Stale file handle", errno.ESTALE),
        ("tail: error reading '{}': Input/output error", errno.EIO),
        ("/usr/bin/tail: read error: I/O error", errno.EIO),
        ("tail: can't open '{}': No such file or directory\ntail: no files", errno.ENOENT),
        ("tail: {}: Operation not permitted", errno.EPERM),
        ("tail: {}: Symbolic link loop\ncommand terminated with exit code 1", errno.ELOOP),
    ],
)
def test_the_reason_of_a_command_is_understood_in_the_words_of_other_systems(
    via: Via, log: Path, said: str, code: int
) -> None:
    text = said.format(log)
    files = CommandFiles(via(f'case "$1" in tail) cat >&2 <<"END"; exit 1;; esac\n{text}\nEND\nexec "$@"'))
    handle = opened(files, log)
    with pytest.raises(OSError) as caught:
        handle.read(3, 3)
    assert caught.value.errno == code
    assert files.take_failure() is None


def test_an_unknown_reason_is_shown(via: Via, log: Path) -> None:
    files = CommandFiles(via('case "$1" in ls) echo "ls: \033[2Jout of order" >&2; exit 2;; esac; exec "$@"'))
    expected = "cannot be read (ls: \\x1b[2Jout of order)"
    assert files.look(str(log)) == Obstacle(expected, f"{expected}, trying again")


@pytest.mark.parametrize("answer", ["nonsense", "12 -rw-r--r-- 1 0 0", "x -rw-r--r-- 1 0 0 5 now name", ""])
def test_an_answer_that_makes_no_sense_is_an_error(via: Via, log: Path, answer: str) -> None:
    files = CommandFiles(via(f'case "$1" in ls) echo "{answer}";; *) exec "$@";; esac'))
    expected = f"cannot be read (ls says '{answer}')"
    assert files.look(str(log)) == Obstacle(expected, f"{expected}, trying again")


def test_a_renamed_file_is_not_read_by_the_name_of_another(files: CommandFiles, log: Path) -> None:
    handle = opened(files, log)
    inode = log.stat().st_ino
    log.rename(log.with_name("access.log.1"))
    with pytest.raises(FileNotFoundError):
        handle.read(3, 3)
    log.write_bytes(b"abcdefghij")
    for attempt in (handle.status, lambda: handle.read(3, 3), lambda: handle.read(0, 3)):
        with pytest.raises(Moved):
            attempt()
    assert files.listing(str(log.parent))["access.log.1"] == (0, inode)
    assert opened(files, log.with_name("access.log.1")).read(3, 3) == b"345"


def test_a_file_that_is_renamed_between_the_bytes_and_the_name_is_not_read(via: Via, log: Path) -> None:
    script = 'case "$1" in tail) mv "$5" "$5.1"; echo abcdefghij >"$5";; esac; exec "$@"'
    files = CommandFiles(via(script))
    with pytest.raises(Moved):
        opened(files, log).read(3, 3)


def test_a_file_that_grows_while_it_is_looked_at_is_as_large_as_ls_says_then(via: Via, log: Path) -> None:
    files = CommandFiles(via('case "$1" in wc) printf more >>"$4";; esac; exec "$@"'))
    found = files.look(str(log))
    assert isinstance(found, FileStatus)
    assert found.size == 14


def test_wc_counts_once_what_does_not_change(via: Via, log: Path, tmp_path: Path) -> None:
    files = CommandFiles(via(f'echo "$1 $2" >>"{tmp_path}/commands"; exec "$@"'))
    for _ in range(3):
        files.look(str(log))
    said = (tmp_path / "commands").read_text().splitlines()
    assert said == ["printf %s,", "ls --version", "ls -ldinL", "wc -c", "ls -ldinL", "ls -ldinL"]


def test_a_listing_tells_names_and_inodes_and_does_not_follow_links(files: CommandFiles, log: Path) -> None:
    directory = log.parent
    (directory / "access.log.1").write_bytes(b"")
    (directory / ".hidden").write_bytes(b"")
    (directory / "link").symlink_to("access.log")
    link = directory.with_name("logs by link")
    link.symlink_to(directory)
    expected = {path.name: (0, path.lstat().st_ino) for path in directory.iterdir()}
    assert len(expected) == 4
    assert files.listing(str(directory)) == files.listing(str(link)) == files.listing(f"{link}/") == expected
    assert files.listing(str(directory / "gone")) == files.listing(str(log)) == {}


def test_what_goes_while_a_directory_is_listed_is_left_out_and_the_rest_is_told(via: Via, log: Path) -> None:
    gone = 'echo "      ? gone"; echo "ls: cannot access gone: No such file or directory" >&2; exit 1'
    files = CommandFiles(via(f'case "$2" in -1Ai) "$@"; {gone};; esac; exec "$@"'))
    assert files.listing(str(log.parent)) == {"access.log": (0, log.stat().st_ino)}
    assert files.take_failure() is None


def test_a_directory_that_cannot_be_listed_without_an_answer_is_no_empty_one(via: Via, log: Path) -> None:
    files = CommandFiles(via('case "$2" in -1Ai) exit 255;; esac; exec "$@"'))
    with pytest.raises(Unreachable):
        files.listing(str(log.parent))
    failed = files.take_failure()
    assert failed is not None
    assert failed.state == "cannot be reached ('sh' ended with 255)"


def test_a_link_is_resolved_and_what_cannot_be_stays_as_it_is(files: CommandFiles, log: Path) -> None:
    link = log.with_name("link")
    link.symlink_to(log)
    assert files.target(str(link)) == os.path.realpath(log)
    loop = log.with_name("loop")
    loop.symlink_to(loop)
    assert files.target(str(loop)) == str(loop)


def test_an_archive_is_read_ahead(via: Via, log: Path, tmp_path: Path) -> None:
    archive = log.with_name("access.log.1.gz")
    data = bytes(range(256)) * 1_000
    archive.write_bytes(data)
    files = CommandFiles(via(f'echo "$1" >>"{tmp_path}/commands"; exec "$@"'))
    handle = opened(files, archive)
    pieces = [handle.read(start, 16_384) for start in range(0, len(data), 16_384)]
    assert b"".join(pieces) == data
    said = (tmp_path / "commands").read_text().split()
    # Only the last piece, shorter than what was asked for, was not among what had been read ahead.
    assert (said.count("head"), said.count("tail")) == (1, 1)


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ("exit 1", "'sh' ended with 1"),
        ("echo 'ssh: connect to host a: No route to host' >&2; exit 255", "ssh: connect to host a: No route to host"),
        ("echo 'anna@web1: Permission denied (publickey).' >&2; exit 255", "anna@web1: Permission denied (publickey)."),
        ("echo 'Error: No such container: nginx' >&2; exit 1", "Error: No such container: nginx"),
        ("echo first >&2; echo 'sudo: a password is required' >&2; echo >&2; exit 1", "sudo: a password is required"),
        ("printf 'bad \\033[31mred\\n' >&2; exit 255", "bad \\x1b[31mred"),
        ("printf '%0200d' 0 >&2; exit 255", "0" * 120 + "…"),
        ("kill -9 $$", "'sh' ended with -9"),
        ("echo Welcome to web1; exec \"$@\"", "printf says 'Welcome to web1\\x0aa b,' there"),
        ('case "$1" in printf) exec "$@";; esac; echo "sh: ls: not found" >&2; exit 127', "sh: ls: not found"),
    ],
)  # fmt: skip
def test_a_dead_prefix_is_a_state_in_its_own_words(via: Via, script: str, state: str) -> None:
    assert the_failure(CommandFiles(via(script))) == f"cannot be reached ({state})"


def test_a_prefix_that_is_no_program_is_a_state() -> None:
    assert the_failure(CommandFiles(["/no/such program"])) == (
        "cannot be reached (cannot run '/no/such program': No such file or directory)"
    )


def test_a_terminal_in_between_is_found_out(via: Via) -> None:
    files = CommandFiles(via('"$@" | sed "s/$/\\r/"; exit 0'))
    assert "a b," in the_failure(files)  # printf's own answer is changed too
    files = CommandFiles(via('case "$1" in printf) exec "$@";; esac; "$@" | sed "s/$/\\r/"'))
    assert the_failure(files) == "cannot be reached (a terminal in between changes line ends: omit -t)"


def test_a_prefix_that_does_not_answer_is_given_up(via: Via, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never")
    files = CommandFiles(via(f'cat "{tmp_path}/never"'), timeout_s=0.2)
    assert the_failure(files) == "cannot be reached (no answer for 0.2 s)"


def test_a_prefix_that_is_silent_after_its_output_is_given_up(via: Via, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never")
    files = CommandFiles(via(f'"$@"; exec >&- 2>&-; read answer <"{tmp_path}/never"'), timeout_s=0.2)
    assert the_failure(files) == "cannot be reached (no answer for 0.2 s)"


def test_a_process_that_outlives_its_command_and_holds_its_stderr_is_not_waited_for(
    via: Via, log: Path, tmp_path: Path
) -> None:
    # As the shared connection of an older ssh does.
    os.mkfifo(tmp_path / "never")
    files = CommandFiles(via(f'cat "{tmp_path}/never" & exec "$@"'))
    assert isinstance(files.look(str(log)), FileStatus)
    with (tmp_path / "never").open("wb"):
        pass


def test_a_command_has_no_terminal_and_no_input_and_speaks_english(via: Via, log: Path, tmp_path: Path) -> None:
    script = f'{{ wc -c; echo "$LC_ALL"; cat /dev/tty; }} >"{tmp_path}/seen" 2>&1; exec "$@"'
    assert isinstance(CommandFiles(via(script)).look(str(log)), FileStatus)
    assert (tmp_path / "seen").read_text().splitlines() == [
        "0",
        "C",
        "cat: /dev/tty: No such device or address",
    ]


def test_after_a_failure_nothing_is_answered_until_it_was_taken_and_then_the_prefix_is_tried_anew(
    via: Via, log: Path, tmp_path: Path
) -> None:
    dead = tmp_path / "dead"
    files = CommandFiles(via(f'[ -e "{dead}" ] && {{ echo gone >&2; exit 255; }}; exec "$@"'))
    handle = opened(files, log)
    before = files.look(str(log))
    dead.touch()
    with pytest.raises(Unreachable, match="gone"):
        handle.read(3, 3)
    dead.unlink()
    failed = Obstacle("cannot be reached (gone)", "cannot be reached (gone), trying again")
    assert files.look(str(log)) == failed
    calls: list[Callable[[], object]] = [
        handle.status,
        lambda: handle.read(0, 1),
        lambda: files.open(str(log)),
        lambda: files.listing(str(log.parent)),
        lambda: files.target(str(log)),
    ]
    for call in calls:
        with pytest.raises(Unreachable):
            call()
    assert files.take_failure() == failed
    assert files.take_failure() is None
    assert files.look(str(log)) == before
    via(_LIKE_SSH)  # the same path leads to a shell from now on
    files.look("/")
    dead.touch()
    assert handle.read(3, 3) == b"345"


def test_bytes_that_came_before_the_connection_broke_do_not_count(via: Via, log: Path) -> None:
    script = 'case "$1" in tail) printf 34; echo "Connection to web1 closed" >&2; exit 255;; esac; exec "$@"'
    handle = opened(CommandFiles(via(script)), log)
    with pytest.raises(Unreachable, match="Connection to web1 closed"):
        handle.read(3, 3)


def test_stopping_ends_the_command_that_runs_and_refuses_others(via: Via, log: Path, tmp_path: Path) -> None:
    started, never = tmp_path / "started", tmp_path / "never"
    os.mkfifo(started)
    os.mkfifo(never)
    files = CommandFiles(via(f'echo >"{started}"; cat "{never}"'))
    found: list[FileStatus | Obstacle] = []
    thread = threading.Thread(target=lambda: found.append(files.look(str(log))))
    thread.start()
    started.read_bytes()
    files.stop()
    thread.join()
    stopped = Obstacle("cannot be reached (stopped)", "cannot be reached (stopped), trying again")
    assert found == [stopped]
    files.take_failure()
    assert files.look(str(log)) == stopped


def test_what_is_left_of_a_stopped_command_holds_no_descriptor(via: Via, log: Path) -> None:
    log.write_bytes(bytes(3_000_000))
    handle = opened(CommandFiles(via(_LIKE_SSH)), log)
    handle.read(1, 10)
    before = os.listdir("/proc/self/fd") if os.path.isdir("/proc/self/fd") else []
    for _ in range(5):
        assert handle.read(1, 10) == bytes(10)
    after = os.listdir("/proc/self/fd") if before else []
    assert len(after) == len(before)
