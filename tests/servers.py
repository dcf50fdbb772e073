"""A real nginx under the load of a real ab, its log rotated by the real logrotate."""

import gzip
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.program import DEADLINE_S, Stream

PROGRAMS = {"nginx": "nginx-light", "ab": "apache2-utils", "logrotate": "logrotate"}
"""What is run, with the Debian package that has it."""
CI = "HTTP_MONITOR_CI"
"""Where this variable of the environment is set, a program that is missing is an error."""

COMBINED = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
)
"""What nginx writes where it is not told otherwise."""
WITH_VHOST_AND_TIMES = f"$host:$server_port {COMBINED} rt=$request_time connection=$connection"
"""A format of a site's own: the virtual host in front, and more behind."""

_WORKERS = 2
# Debian keeps servers where the path of an ordinary user does not lead.
_SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


def program(name: str) -> str | None:
    """Return where a program is."""
    return shutil.which(name, path=_SEARCH_PATH)


def missing() -> str:
    """Return what of `PROGRAMS` is missing, and where it can be had; "" if nothing is."""
    packages = [package for name, package in PROGRAMS.items() if program(name) is None]
    return f"needs the Debian packages {', '.join(packages)}" if packages else ""


def _command(name: str, *arguments: str | Path) -> list[str]:
    found = program(name)
    assert found is not None, missing()
    return [found, *map(str, arguments)]


class Nginx:
    """The server, with a folder of its own; it answers everything with a few bytes, and logs without a buffer.

    Args:
        folder: For its configuration and what it writes; must exist.
        log_format: Of its access log.
    """

    def __init__(self, folder: Path, log_format: str = COMBINED) -> None:
        self.log = folder / "logs" / "access.log"
        self.log.parent.mkdir(exist_ok=True)
        # logrotate does not touch a directory that others may write to.
        self.log.parent.chmod(0o755)
        # The server inherits its socket, as at an upgrade: the port is free for sure, and takes connections already.
        with socket.create_server(("127.0.0.1", 0), backlog=511) as listener:
            # A worker that is late to accept would wait for the next connection, and do nothing else.
            listener.setblocking(False)
            self.port: int = listener.getsockname()[1]
            config = folder / "nginx.conf"
            config.write_text(_nginx_config(folder, self.log, self.port, log_format), encoding="utf-8")
            self._process = subprocess.Popen(
                _command("nginx", "-p", folder, "-c", config, "-e", "stderr"),
                pass_fds=[listener.fileno()],
                env={**os.environ, "NGINX": f"{listener.fileno()};"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        self.pid = self._process.pid
        self._said = Stream(self._process.stderr)
        self._asked = 0
        self._loads: list[Load] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        for load in self._loads:
            load.close()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(DEADLINE_S)
        self._said.close()

    def load(self, requests: int) -> "Load":
        """Begin to send that many requests."""
        load = Load(self.port, requests)
        self._loads.append(load)
        return load

    def served(self) -> int:
        """Return how many requests it has had, those of this method left out."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)
        try:
            connection.request("GET", "/status")
            text = connection.getresponse().read().decode()
        finally:
            connection.close()
        self._asked += 1
        return int(text.splitlines()[2].split()[2]) - self._asked

    def until_reopened(self) -> None:
        """Wait until each worker has taken note that it is to reopen its log: it writes no line before it does."""
        workers: set[bytes] = set()
        while len(workers) < _WORKERS:
            line = self._said.line(lambda line: line.endswith(b": reopening logs\n"))
            worker = re.search(rb"\] (\d+)#", line)
            assert worker is not None, line
            workers |= {worker[1]} - {b"%d" % self.pid}


def _nginx_config(folder: Path, log: Path, port: int, log_format: str) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"  {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    # Without it the workers of root's server run as the user nobody, who may not write here.
    user = "user root root;\n" if os.geteuid() == 0 else ""
    return f"""{user}daemon off;
master_process on;
worker_processes {_WORKERS};
pid {folder}/nginx.pid;
error_log stderr notice;
events {{ worker_connections 512; }}
http {{
{temporary}  log_format ours '{log_format}';
  access_log {log} ours;
  server {{
    listen 127.0.0.1:{port};
    location / {{ return 200 "ok\\n"; }}
    location = /status {{ stub_status; access_log off; }}
  }}
}}
"""


class Load:
    """ab, which sends a given number of requests, each over a connection of its own."""

    def __init__(self, port: int, requests: int) -> None:
        self._requests = requests
        self._process = subprocess.Popen(
            _command("ab", "-n", str(requests), "-c", "4", f"http://127.0.0.1:{port}/pages/create"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._said = Stream(self._process.stdout)
        self._progress = Stream(self._process.stderr)

    def until_begun(self) -> None:
        """Wait until a tenth of the requests has been answered."""
        self._progress.having("Completed")

    def completed(self) -> int:
        """Wait until all have been answered; returns how many there were."""
        text = self._said.rest().decode()
        self._process.wait(DEADLINE_S)
        self.close()
        figures = dict(re.findall(r"^(Complete requests|Failed requests):\s+(\d+)$", text, re.MULTILINE))
        assert figures == {"Complete requests": str(self._requests), "Failed requests": "0"}, text
        return self._requests

    def close(self) -> None:
        """End it, unless it has ended."""
        self._process.kill()
        self._process.wait(DEADLINE_S)
        for stream in (self._said, self._progress):
            stream.close()


@dataclass(frozen=True, slots=True)
class Mode:
    """A way in which logrotate is told to rotate."""

    directives: tuple[str, ...]
    truncates: bool = False
    """The server is not told: what it writes between the copy and the truncation is lost."""
    at_most_one_a_second: bool = False
    """The names would be the same otherwise, and it does not rotate."""
    harmless: tuple[bytes, ...] = ()
    """What it may complain of."""


_BY_SECOND = ("dateext", "dateformat -%Y%m%d-%s")
MODES = {
    "create": Mode(("create",)),
    "dateext": Mode(("create", *_BY_SECOND), at_most_one_a_second=True),
    "delaycompress": Mode(("create", "compress", "delaycompress")),
    # The server writes on for a moment to what is being compressed already, and gzip may notice.
    "compress": Mode(("create", "compress"), harmless=(b"Compressing program wrote", b"changed while zipping")),
    "dateext-delaycompress": Mode(("create", *_BY_SECOND, "compress", "delaycompress"), at_most_one_a_second=True),
    "copytruncate": Mode(("copytruncate",), truncates=True),
    "copytruncate-compress": Mode(("copytruncate", "compress"), truncates=True),
}


class Logrotate:
    """logrotate with one log."""

    def __init__(self, folder: Path, server: Nginx, mode: Mode) -> None:
        self._server = server
        self._mode = mode
        self._state = folder / "logrotate.state"
        self._config = folder / "logrotate.conf"
        directives = [*mode.directives, "rotate 10000"]
        if not mode.truncates:
            directives += ["postrotate", f"kill -USR1 {server.pid}", "endscript"]
        self._config.write_text("\n".join([f'"{server.log}" {{', *directives, "}", ""]), encoding="utf-8")
        self._config.chmod(0o644)

    def rotate(self) -> None:
        """Rotate now; a server that was told to reopen its log has been heard to."""
        done = subprocess.run(
            _command("logrotate", "--force", "--state", self._state, self._config),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=DEADLINE_S,
        )
        complaints = [line for line in done.stderr.splitlines() if not any(it in line for it in self._mode.harmless)]
        assert complaints == [], done.stderr.decode()
        if not self._mode.truncates:
            self._server.until_reopened()


def lines_of(log: Path) -> int:
    """Return how many lines a log and all that was rotated away from it have."""
    return sum(_content(path).count(b"\n") for path in log.parent.glob(f"{log.name}*"))


def _content(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
