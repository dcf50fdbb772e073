"""The real program on a log that is mounted from elsewhere, as containers have it, in a mount namespace of its own."""

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.program import DEADLINE_S, Program, append, lines_now

_ROOT = not hasattr(os, "geteuid") or os.geteuid() == 0
_UNSHARE = ("unshare", "--mount") if _ROOT else ("unshare", "--map-root-user", "--mount")
_ENTER = ("--mount",) if _ROOT else ("--user", "--preserve-credentials", "--mount")
_MOUNTED = ("sh", "-c", 'mount --bind "$1" "$2" && shift 2 && exec "$@"', "sh")
_READERS = ("direct", "wc-tail")


class Host:
    """What is outside: a file that grows, and the place where the program finds it mounted."""

    def __init__(self, folder: Path) -> None:
        self.outside = folder / "outside" / "access.log"
        self.inside = folder / "inside" / "access.log"
        for path in (self.outside, self.inside):
            path.parent.mkdir()
            path.touch()

    def behind(self, source: Path | None = None) -> list[str]:
        """Return the words of a command that becomes another, for which the file is mounted."""
        return [*_UNSHARE, *_MOUNTED, str(source or self.outside), str(self.inside)]

    def mount(self, program: Program, source: Path) -> None:
        """Mount another file over the one that the program sees."""
        _inside(program, "mount", "--bind", source, self.inside)

    def unmount(self, program: Program) -> None:
        """Take away what was mounted last."""
        _inside(program, "umount", "--lazy", self.inside)


def _inside(program: Program, *words: str | Path) -> None:
    enter = ["nsenter", "--target", str(program.pid), *_ENTER]
    subprocess.run([*enter, *map(str, words)], check=True, capture_output=True, timeout=DEADLINE_S)


@pytest.fixture
def host(tmp_path: Path) -> Host:
    host = Host(tmp_path)
    try:
        subprocess.run([*host.behind(), "true"], check=True, capture_output=True, timeout=DEADLINE_S)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", b"").decode(errors="replace").strip() or str(error)
        pytest.skip(f"this machine allows no mounts: {said}")
    return host


Start = Callable[[], Program]


@pytest.fixture(params=_READERS, ids=_READERS)
def reader(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def start(reader: str, host: Host, tmp_path: Path) -> Iterator[Start]:
    started: list[Program] = []

    def begin() -> Program:
        options = ("--from-start", "--output", "ndjson", "--interval", "1s", "--reader", reader)
        where = ("--file", host.inside, "--state-dir", tmp_path / "state")
        started.append(Program(*where, *options, behind=host.behind()))
        return started[-1]

    yield begin
    for program in started:
        program.__exit__()


def until_lines(program: Program, lines: int) -> None:
    program.object(lambda message: message["type"] == "report" and message["health"]["lines"] >= lines)


def account(program: Program) -> tuple[int, ...]:
    """Return (lines, lost bytes, maybe lost, truncations) at its end."""
    health = program.stop().objects[-1]["health"]
    return tuple(health[name] for name in ("lines", "lost_bytes", "maybe_lost", "truncations"))


def test_a_single_file_that_is_mounted_is_followed_though_nothing_happens_in_its_directory(
    host: Host, start: Start
) -> None:
    append(host.outside, lines_now(3))
    program = start()
    until_lines(program, 3)
    assert host.inside.read_bytes() == b""
    append(host.outside, lines_now(2))
    until_lines(program, 5)
    assert account(program) == (5, 0, False, 0)


def test_a_mounted_file_that_is_rotated_outside_is_read_on_until_the_new_one_is_mounted(
    host: Host, start: Start, reader: str
) -> None:
    append(host.outside, lines_now(3))
    program = start()
    until_lines(program, 3)
    renamed = host.outside.rename(host.outside.with_name("access.log.1"))
    append(host.outside, lines_now(5))
    append(renamed, lines_now(2))  # what is mounted is the file, not its name
    until_lines(program, 5)
    host.mount(program, host.outside)
    until_lines(program, 10)
    host.unmount(program)
    append(renamed, lines_now(4))
    until_lines(program, 14)
    # To commands a file under a mount is one that was deleted.
    assert account(program) == (14, 0, reader == "wc-tail", 0)


def test_a_mount_that_is_taken_away_and_comes_back_is_read_on_where_it_was(
    host: Host, start: Start, reader: str
) -> None:
    append(host.outside, lines_now(3))
    program = start()
    until_lines(program, 3)
    host.unmount(program)
    program.err.having(f"{host.inside}: rotated, following the new file")  # the empty one below
    append(host.outside, lines_now(2))
    host.mount(program, host.outside)
    until_lines(program, 5)
    assert account(program) == (5, 0, reader == "wc-tail", 0)


def test_a_device_that_fails_is_a_state_until_it_is_taken_away(host: Host, start: Start) -> None:
    memory = Path(f"/proc/{os.getpid()}/mem")  # no page of memory is at its beginning: an error of input
    append(host.outside, lines_now(3))
    program = start()
    until_lines(program, 3)
    host.mount(program, memory)
    program.err.having(f"{host.inside}: cannot be read ({os.strerror(errno.EIO)}), trying again")
    append(host.outside, lines_now(2))
    host.unmount(program)
    program.err.having(f"{host.inside}: readable again")
    until_lines(program, 5)
    assert account(program) == (5, 0, False, 0)
