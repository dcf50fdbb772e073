"""The program on a terminal of some size, whose keys are pressed and whose output is read at once."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path
from typing import Self

from bench.program import cpu_s_of, memory_of

_MAIN = str(Path(__file__).resolve().parents[1] / "main.py")
_CODES = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\^_])")
_STOP_S = 30
_READ_BYTES = 1 << 16
_KEPT_BYTES = 1 << 20
"""Of what was written; a screen that is renewed ten times a second writes more than this in a minute."""


class Terminal:
    """A program on a pseudo-terminal; a thread of its own reads what is written.

    Args:
        columns: The width.
        lines: The height.
        options: Those of the program.
    """

    def __init__(self, columns: int, lines: int, *options: str) -> None:
        self._screen, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HTTP_MONITOR_")}
        self._process = subprocess.Popen(
            [sys.executable, _MAIN, *options],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            start_new_session=True,
        )
        os.close(inner)
        self.longest_pause_s = 0.0
        """The longest time without output since `forget_pauses`."""
        self._read_s = time.perf_counter()
        self._lock = threading.Lock()
        self._raw = bytearray()
        self._after = 0
        """Where what is looked for may begin."""
        self._pressed_s = 0.0
        self._wanted: re.Pattern[str] | None = None
        self._found_s = 0.0
        self._found = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        os.close(self._screen)

    @property
    def cpu_s(self) -> float:
        """Processor time so far."""
        return cpu_s_of(self._process.pid)

    @property
    def screen_cpu_s(self) -> float:
        """Processor time of its main thread so far."""
        return cpu_s_of(self._process.pid, "task", str(self._process.pid))

    @property
    def screen_delay_s(self) -> float:
        """Time for which its main thread could have run, but no processor was free; 0.0 where it is not known."""
        try:
            return int(Path(f"/proc/{self._process.pid}/schedstat").read_text().split()[1]) / 1e9
        except OSError:
            return 0.0

    @property
    def resident_bytes(self) -> int:
        """Memory now; 0 where the system does not tell it."""
        return memory_of(self._process.pid)[0] or 0

    def wait_for(self, pattern: str, patience_s: float) -> float | None:
        """Return the time of `time.perf_counter` at which a text had been read since the start; None: it never was."""
        return self._await(pattern, 0, patience_s)

    def press(self, key: bytes, pattern: str, patience_s: float) -> float | None:
        """Press a key; return the seconds until what it causes had been read; None: it never was."""
        with self._lock:
            self._after = len(self._raw)
        self._pressed_s = time.perf_counter()
        os.write(self._screen, key)
        return self.see(pattern, patience_s)

    def see(self, pattern: str, patience_s: float) -> float | None:
        """Return the seconds from the last key until something else had been read; None: it never was."""
        found_s = self._await(pattern, self._after, patience_s)
        return None if found_s is None else found_s - self._pressed_s

    def forget_pauses(self) -> None:
        """Let `longest_pause_s` begin anew."""
        self._read_s, self.longest_pause_s = time.perf_counter(), 0.0

    def end(self) -> str:
        """Ask it to end; return all that it wrote, without the codes."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(_STOP_S)
        self._reader.join(_STOP_S)
        return _text(bytes(self._raw))

    def _await(self, pattern: str, after: int, patience_s: float) -> float | None:
        with self._lock:
            self._found.clear()
            self._after = after
            self._wanted = re.compile(pattern)
            # It may have been read already, with the piece that came last.
            self._look(self._read_s)
        if self._found.wait(patience_s):
            return self._found_s
        with self._lock:
            self._wanted = None
        return None

    def _look(self, now_s: float) -> None:
        if self._wanted is not None and self._wanted.search(_text(bytes(self._raw[self._after :]))):
            self._wanted, self._found_s = None, now_s
            self._found.set()

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._screen, _READ_BYTES)
            except OSError:  # the program has ended
                return
            now_s = time.perf_counter()
            with self._lock:
                self.longest_pause_s = max(self.longest_pause_s, now_s - self._read_s)
                self._read_s = now_s
                self._raw += piece
                self._look(now_s)
                if self._wanted is None and len(self._raw) > _KEPT_BYTES:
                    del self._raw[: _KEPT_BYTES // 2]
                    self._after = max(0, self._after - _KEPT_BYTES // 2)


def _text(raw: bytes) -> str:
    return _CODES.sub(b"", raw).decode(errors="replace")
