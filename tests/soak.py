"""Follows a real server for long, and tells whether lines, memory and descriptors are as they should be."""

import json
import os
import random
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.program import DEADLINE_S, ROOT, Json, command, environment
from tests.servers import MODES, WITH_VHOST_AND_TIMES, Logrotate, Mode, Nginx, lines_of

_TICK_S = 1.0
_SAY_S = 60.0
_WARM_S = 10.0
"""A program that is younger has not taken yet what it needs."""
_SAMPLES = 60
"""With fewer, nothing is said about memory and descriptors."""
_MORE_BYTES = 16 << 20
_MORE_RATIO = 1.15
_MORE_DESCRIPTORS = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to happen."""

    mode: str
    duration_s: float
    requests_per_s: int
    rotate_every_s: float
    """On average."""
    kill_every_s: float
    """On average; 0: never."""
    seed: int
    reader: str


@dataclass(slots=True)
class Follower:
    """The program on a log, over kills; what it says is kept in files."""

    log: Path
    folder: Path
    reader: str
    kills: int = 0
    samples: list[tuple[int, int]] = field(default_factory=list)
    """Resident bytes and descriptors, one a tick."""
    _process: subprocess.Popen[bytes] | None = None
    _started_s: float = 0.0

    def start(self) -> None:
        """Start it; what is in the log without a checkpoint counts too."""
        state = ("--from-start", "--state-dir", self.folder / "state")
        options = (*state, "--output", "ndjson", "--interval", "1", "--reader", self.reader)
        with (self.folder / "out").open("wb") as out, (self.folder / "err").open("ab") as err:
            self._process = subprocess.Popen(
                command("--file", self.log, *options), stdout=out, stderr=err, env=environment(), cwd=ROOT
            )
        self._started_s = time.perf_counter()

    def until_begun(self) -> None:
        """Wait for its first checkpoint: before that the files are not recorded."""
        assert self._process is not None
        while self._process.poll() is None and not any((self.folder / "state").glob("*/snapshot")):
            wait(_TICK_S / 10)

    def kill(self) -> None:
        """End it without a warning."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(DEADLINE_S)
        self.kills += 1

    def sample(self) -> None:
        """Take note of what it holds, once it is warm."""
        assert self._process is not None
        if time.perf_counter() - self._started_s >= _WARM_S:
            process = Path(f"/proc/{self._process.pid}")
            lines = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
            self.samples.append((int(lines["VmRSS"].split()[0]) * 1024, len(os.listdir(process / "fd"))))

    def counted(self) -> int:
        """Return the lines counted so far, as the last report has it."""
        objects = self._objects()
        return int(objects[-1]["health"]["lines"]) if objects else 0

    def until_counted(self, lines: int) -> None:
        """Let it count this many, for a while: commands leave lines of the second before a stop to the next run."""
        assert self._process is not None
        deadline_s = time.perf_counter() + DEADLINE_S
        while self.counted() < lines and self._process.poll() is None and time.perf_counter() < deadline_s:
            wait(_TICK_S)

    def stop(self) -> tuple[Json, list[str]]:
        """Let it read to the end; returns its summary, and what is wrong with how it ended."""
        assert self._process is not None
        # A signal before its first report may find no handler yet.
        while not self._objects() and self._process.poll() is None:
            wait(_TICK_S / 10)
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(DEADLINE_S)
        wrong = [f"the program ended with {code}"] if code else []
        if b"Traceback" in (self.folder / "err").read_bytes():
            wrong.append("the program had an error of its own")
        *_, last = self._objects() or [{}]
        return last, wrong if last.get("type") == "summary" else [*wrong, "there is no summary"]

    def close(self) -> None:
        """End it, unless it has ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(DEADLINE_S)

    def _objects(self) -> list[Json]:
        """Return the reports and the summary so far; a line that is being written is left out."""
        lines = (self.folder / "out").read_bytes().split(b"\n")[:-1]
        return [thing for thing in map(json.loads, lines) if thing["type"] in ("report", "summary")]


def soak(plan: Plan, folder: Path, say: Callable[[str], None]) -> list[str]:
    """Carry out a plan.

    Args:
        plan: It.
        folder: An empty one, for all that is written.
        say: Takes a line a minute, and the end.

    Returns:
        A sentence for everything that is not as it should be.
    """
    chance = random.Random(plan.seed)
    mode = MODES[plan.mode]
    with Nginx(folder, WITH_VHOST_AND_TIMES) as server:
        follower = Follower(server.log, folder, plan.reader)
        try:
            return _soak(plan, chance, mode, server, follower, say)
        finally:
            follower.close()


def _soak(
    plan: Plan, chance: random.Random, mode: Mode, server: Nginx, follower: Follower, say: Callable[[str], None]
) -> list[str]:
    logrotate = Logrotate(follower.folder, server, mode)
    sent = rotations = 0
    said_s = rotated_s = 0.0
    follower.start()
    follower.until_begun()
    started_s = time.perf_counter()
    while (now_s := time.perf_counter() - started_s) < plan.duration_s:
        load = server.load(plan.requests_per_s)
        load.until_begun()
        killed = plan.kill_every_s > 0 and chance.random() < _TICK_S / plan.kill_every_s
        if killed:
            follower.kill()
        # Where names have the second in them, two in one second would be one.
        if chance.random() < _TICK_S / plan.rotate_every_s and now_s - rotated_s > 1.1:
            logrotate.rotate()
            rotations += 1
            rotated_s = time.perf_counter() - started_s
        sent += load.completed()
        if killed:
            follower.start()
        else:
            follower.sample()
        if now_s - said_s >= _SAY_S:
            said_s = now_s
            say(_progress(now_s, sent, rotations, follower))
        wait(max(0.0, now_s + _TICK_S - (time.perf_counter() - started_s)))
    follower.until_counted(lines_of(server.log))
    summary, wrong = follower.stop()
    say(_progress(time.perf_counter() - started_s, sent, rotations, follower))
    if server.served() != sent:
        wrong.append(f"{sent} requests were sent, {server.served()} served")
    if not wrong:
        wrong = _wrong_counts(plan, mode, sent, lines_of(server.log), summary["health"])
    return wrong + _grown(follower.samples)


def _wrong_counts(plan: Plan, mode: Mode, sent: int, lines: int, health: Json) -> list[str]:
    """Compare requests, lines in files and lines counted; logrotate itself loses lines in some modes."""
    counted = health["lines"]
    loses = mode.truncates or plan.mode == "compress"
    wrong = []
    if not (lines <= counted <= sent if loses else lines == counted == sent):
        wrong.append(f"{sent} requests, {lines} lines in files, {counted} lines counted: {health}")
    if counted != sent and not health["maybe_lost"] and not health["lost_bytes"]:
        wrong.append(f"{sent - counted} lines are missing, and nothing says so: {health}")
    # To a program that was not there, an archive beside a file with the inode of what it was made of looks like
    # copytruncate, and a log that was only known to be empty cannot be found in an archive.
    may_doubt = "compress" in plan.mode and plan.kill_every_s > 0
    spoken = health["lost_bytes"] or (health["maybe_lost"] and not may_doubt)
    if counted == sent and not loses and spoken:
        wrong.append(f"nothing is missing, and something says so: {health}")
    if health["malformed"] or health["accepted"] + health["too_late"] != counted:
        wrong.append(f"not every line is accepted: {health}")
    return wrong


def _grown(samples: list[tuple[int, int]]) -> list[str]:
    """Compare what the program held in the first third of the time with the last."""
    if len(samples) < _SAMPLES:
        return []
    third = len(samples) // 3
    memory, descriptors = zip(*samples, strict=True)
    first, last = statistics.median(memory[:third]), statistics.median(memory[-third:])
    wrong = []
    if last > first * _MORE_RATIO + _MORE_BYTES:
        wrong.append(f"memory grew from {first / (1 << 20):.1f} to {last / (1 << 20):.1f} MiB")
    first, last = statistics.median(descriptors[:third]), statistics.median(descriptors[-third:])
    if last > first + _MORE_DESCRIPTORS:
        wrong.append(f"descriptors grew from {first:.0f} to {last:.0f}")
    return wrong


def _progress(now_s: float, sent: int, rotations: int, follower: Follower) -> str:
    text = f"{now_s:7.0f} s: {sent} requests, {follower.counted()} lines counted, {rotations} rotations"
    text += f", {follower.kills} kills"
    if follower.samples:
        memory, descriptors = follower.samples[-1]
        text += f", {memory / (1 << 20):.1f} MiB, {descriptors} descriptors"
    return text


def wait(seconds: float) -> None:
    """Let time pass."""
    threading.Event().wait(seconds)
