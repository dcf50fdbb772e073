#!/bin/sh
# Textual 8.2.8, App.run on Linux: which stream the screen is written to.
#
# Expected: standard output, as nearly every full-screen program does, so that `program 2>errors.log` keeps the screen on
# the terminal and puts complaints aside.
# Seen: standard error. With it redirected, the terminal stays empty and the file gets the screen; with standard output
# redirected, the screen is on the terminal all the same.
# It matters to whoever separates errors from the screen, or asks whether standard output is a terminal.
# Fails when that is no longer what is seen.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -qq --disable-pip-version-check 'textual==8.2.8'

cat > "$work/app.py" <<'PY'
from textual.app import App


class Short(App):
    def on_ready(self):
        self.exit()


Short().run(mouse=False)
PY

cat > "$work/drive.py" <<'PY'
import os
import pty
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    os.dup2(os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT), int(sys.argv[2]))
    os.execv(sys.executable, [sys.executable, sys.argv[1]])
shown = b""
try:
    while data := os.read(terminal, 65536):
        shown += data
except OSError:
    pass
os.waitpid(pid, 0)
kept = open(sys.argv[3], "rb").read()
print("terminal" if b"\x1b[?1049h" in shown else "-", "file" if b"\x1b[?1049h" in kept else "-")
PY

failed=
check() {
    seen=$("$work/venv/bin/python" "$work/drive.py" "$work/app.py" "$1" "$work/kept$1")
    printf 'descriptor %s in a file: expected the screen at %s, seen at %s\n' "$1" "$2" "$seen"
    [ "$seen" = "$3" ] || { printf 'this is not what it was: %s\n' "$3"; failed=yes; }
}
check 2 terminal '- file'
check 1 file 'terminal -'
test -z "$failed"
