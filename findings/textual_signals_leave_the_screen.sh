#!/bin/sh
# Textual 8.2.8, App.run on Linux: SIGTERM and SIGHUP while the app is on the screen.
#
# Expected: what a full-screen program does that a service manager or a closed terminal ends: the alternate screen is
# left, the cursor is shown, bracketed paste and focus reports are off.
# Seen: the process ends by the signal and nothing of that is written, so the shell behind it has no cursor, its prompt
# stands on the alternate screen, and pasted text comes with escape sequences around it.
# It matters to every program that runs unattended in a terminal: it has to handle these signals in its loop.
# Fails when that is no longer what is seen.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -qq --disable-pip-version-check 'textual==8.2.8'

cat > "$work/app.py" <<'PY'
from textual.app import App


class Empty(App):
    pass


Empty().run(mouse=False)
PY

cat > "$work/drive.py" <<'PY'
import os
import pty
import re
import select
import signal
import sys
import time

pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    os.execv(sys.executable, [sys.executable, sys.argv[1]])
number = getattr(signal, sys.argv[2])
written, sent, end = b"", False, time.monotonic() + 30
while time.monotonic() < end:
    if select.select([terminal], [], [], 0.2)[0]:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        written += data
    if not sent and b"\x1b[?2004h" in written and b"\x1b[?25l" in written:
        os.kill(pid, number)
        sent = True
_, status = os.waitpid(pid, 0)
left = [mode for mode, usual in ((b"1049", b"l"), (b"25", b"h"), (b"2004", b"l"), (b"1004", b"l"))
        if re.findall(rb"\x1b\[\?" + mode + rb"([hl])", written)[-1:] != [usual]]
print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else "exit", ",".join(mode.decode() for mode in left))
PY

failed=
check() {
    seen=$("$work/venv/bin/python" "$work/drive.py" "$work/app.py" "$1")
    printf '%s: expected no mode left set, seen %s\n' "$1" "$seen"
    [ "$seen" = "$2" ] || { printf 'this is not what it was: %s\n' "$2"; failed=yes; }
}
check SIGTERM '15 1049,25,2004,1004'
check SIGHUP '1 1049,25,2004,1004'
test -z "$failed"
