"""Runs commands one after another, here or through another command, and never waits long for one."""

import os
import selectors
import shlex
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.units import visible, visible_text

_SLICE_S = 0.1
_PIECE_BYTES = 64 << 10
_MAX_ERROR_BYTES = 64 << 10
_MAX_OUTPUT_BYTES = 64 << 20
_SHOWN_CHARS = 120
# Exit codes for failures of the caller: ssh (255), docker (125), and programs that start others (126, 127).
_NOT_RUN = (125, 126, 127, 255)
# A comma has no meaning in any shell.
_PROBE = ("printf", "%s,", "a b")


class Unreachable(OSError):
    """Commands cannot be run where the files are."""

    def __init__(self, reason: str) -> None:
        super().__init__(None, reason)
        self.obstacle = Obstacle(f"cannot be reached ({reason})", f"cannot be reached ({reason}), trying again")


@dataclass(frozen=True, slots=True)
class Said:
    """The result of a command."""

    output: bytes
    errors: bytes
    """Its stderr, at most 64 KiB."""
    code: int | None
    """Its exit code; None if it was stopped when there was enough output."""


class Commands:
    """Runs commands with a prefix. Owned by one thread; only `stop` may be called from others.

    The prefix may pass its arguments on unchanged (sudo, docker exec) or to a shell that splits them (ssh). This is
    tested before the first command, and again after a failure; for a shell, every argument is quoted.

    Args:
        via: The words of the prefix; empty: commands are run on this machine.
        timeout_s: A command without output for this time is stopped.
    """

    def __init__(self, via: Sequence[str], timeout_s: float) -> None:
        self._via = tuple(via)
        self._slices = max(1, round(timeout_s / _SLICE_S))
        self._timeout_s = timeout_s
        self._shell: bool | None = None if via else False
        self._stopped = threading.Event()
        self._left: list[subprocess.Popen[bytes]] = []
        self._environment = {**os.environ, "LC_ALL": "C"}

    def run(self, words: Sequence[str], most: int | None = None) -> Said:
        """Run a command and return its result; `most`: stop it after this many bytes of output.

        Raises:
            Unreachable: it could not be run, or did not answer.
        """
        if self._shell is None:
            self._shell = self._splits()
        if self._shell:
            # The output is parsed, so it must be in English; the prefix may drop the environment.
            words = [shlex.quote(word) for word in ("env", "LC_ALL=C", *words)]
        try:
            said = self._run([*self._via, *words], most)
            if said.code in _NOT_RUN or (said.code is not None and said.code < 0):
                raise Unreachable(self._reason(said))
        except Unreachable:
            self.forget()
            raise
        return said

    def forget(self) -> None:
        """Test the prefix again before the next command."""
        self._shell = None if self._via else False

    def unreachable(self, said: Said) -> Unreachable:
        """Return the error for the prefix's output, if it replaced that of the command."""
        self.forget()
        return Unreachable(self._reason(said))

    def stop(self) -> None:
        """Stop the running command, if any, and refuse all further ones."""
        self._stopped.set()

    def _splits(self) -> bool:
        said = self._run([*self._via, *_PROBE], None)
        if said.output not in (b"a b,", b"a,b,"):
            reason = self._reason(said) if said.code else f"printf says '{_visible(said.output)}' there"
            raise Unreachable(reason)
        return said.output == b"a,b,"

    def _run(self, words: Sequence[str], most: int | None) -> Said:
        self._left = [process for process in self._left if process.poll() is None]
        if self._stopped.is_set():
            raise Unreachable("stopped")
        try:
            # A session of its own has no terminal, so nothing can ask for a password, and Ctrl-C does not reach it.
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env=self._environment,
                bufsize=0,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise Unreachable(f"cannot run '{visible_text(words[0])}': {reason}") from error
        try:
            return self._listen(process, most)
        finally:
            self._end(process)

    def _listen(self, process: "subprocess.Popen[bytes]", most: int | None) -> Said:
        """Collect the output until the command ends or there is enough."""
        assert process.stdout is not None and process.stderr is not None
        output, errors = bytearray(), bytearray()
        limit = _MAX_OUTPUT_BYTES if most is None else most
        silent = 0
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ, output)
            selector.register(process.stderr, selectors.EVENT_READ, errors)
            while selector.get_map():
                ready = selector.select(_SLICE_S)
                if self._stopped.is_set():
                    raise Unreachable("stopped")
                # A process started by the command may keep its stderr open for ever, such as a shared connection of
                # ssh.
                if not ready and process.poll() is not None:
                    break
                silent = 0 if ready else silent + 1
                if silent >= self._slices:
                    raise Unreachable(f"no answer for {self._timeout_s:g} s")
                for key, _ in ready:
                    data = os.read(key.fd, _PIECE_BYTES)
                    key.data.extend(data)
                    if not data:
                        selector.unregister(key.fileobj)
                if len(output) >= limit:
                    return Said(bytes(output[:limit]), bytes(errors), None)
                del errors[:-_MAX_ERROR_BYTES]
        for _ in range(self._slices):
            with suppress(subprocess.TimeoutExpired):
                return Said(bytes(output), bytes(errors), process.wait(_SLICE_S))
            if self._stopped.is_set():
                break
        raise Unreachable(f"no answer for {self._timeout_s:g} s")

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        """End a command, without waiting for one that cannot be killed."""
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        process.stderr.close()
        if process.poll() is None:
            # A process of another user (sudo) cannot be killed; it ends when it writes to the closed pipe.
            with suppress(PermissionError, ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_SLICE_S)
                return
            self._left.append(process)

    def _reason(self, said: Said) -> str:
        lines = [line for line in said.errors.splitlines() if line.strip()]
        if lines:
            return _visible(lines[-1].strip())
        return f"'{visible_text((self._via or ('the command',))[0])}' ended with {said.code}"


def _visible(raw: bytes) -> str:
    """Return text from another machine in displayable form."""
    text = visible(raw)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
