"""The real ssh, with a server of its own that no port leads to."""

import getpass
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from http_monitor.sources.files.access import FileStatus
from http_monitor.sources.files.regular_file import MISSING, Obstacle
from http_monitor.sources.remote.command_files import CommandFiles

Ssh = Callable[..., list[str]]
_SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@pytest.fixture(scope="module")
def ssh(tmp_path_factory: pytest.TempPathFactory) -> Ssh:
    """Return what makes a prefix, with more words for ssh."""
    if _SSHD is None or shutil.which("ssh") is None:
        pytest.skip("ssh and sshd are not installed")
    place = tmp_path_factory.mktemp("ssh")
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(place / key)], check=True)
    server = place / "sshd.conf"
    server.write_text(
        f"HostKey {place}/host\nAuthorizedKeysFile {place}/user.pub\nStrictModes no\nUsePAM no\n"
        "PermitRootLogin yes\nPasswordAuthentication no\n"
    )
    (place / "known").write_text(f"web1 {(place / 'host.pub').read_text()}")
    client = place / "ssh.conf"
    client.write_text(
        f"Host *\nProxyCommand {_SSHD} -i -f {server}\nUser {getpass.getuser()}\nIdentityFile {place}/user\n"
        f"IdentitiesOnly yes\nUserKnownHostsFile {place}/known\nBatchMode yes\nGlobalKnownHostsFile none\n"
    )
    prefix = ["ssh", "-F", str(client)]
    probe = subprocess.run([*prefix, "web1", "true"], capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if probe.returncode:
        # A server for one connection lacks its directory, say, or may not change to this user.
        pytest.skip(f"no ssh to this machine: {probe.stderr.decode(errors='replace').strip()[-200:]}")
    return lambda *words: [*prefix, *words]


def test_a_log_is_read_over_ssh_whatever_its_name(ssh: Ssh, tmp_path: Path) -> None:
    directory = tmp_path / 'it\'s the $HOME of "logs"'
    directory.mkdir()
    log = directory / "-access *;log"
    log.write_bytes(bytes(range(256)) * 4_000)
    files = CommandFiles(ssh("web1"))
    found = files.open(str(log))
    assert not isinstance(found, Obstacle)
    status = log.stat()
    assert found[1] == FileStatus((0, status.st_ino), 1_024_000, found[1].mtime_ns)
    assert found[1].mtime_ns in (status.st_mtime_ns, None)
    assert found[0].read(1_000, 1_000) == log.read_bytes()[1_000:2_000]
    assert files.listing(str(directory)) == {log.name: (0, status.st_ino)}
    assert files.look(f"{log}.1") == MISSING
    assert files.take_failure() is None


def test_a_host_that_is_not_let_in_is_out_of_reach_and_asks_nothing(ssh: Ssh) -> None:
    files = CommandFiles(ssh("web2"))  # with an unknown key
    found = files.look("/etc/passwd")
    assert found == Obstacle(
        "cannot be reached (Host key verification failed.)",
        "cannot be reached (Host key verification failed.), trying again",
    )
