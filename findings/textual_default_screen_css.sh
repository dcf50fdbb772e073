#!/bin/sh
# Textual 8.2.8, App.get_default_screen: the CSS of the screen that it returns.
#
# Expected: the class variable CSS of a screen applies while that screen is shown, however it came there.
# Seen: it applies to a screen that is pushed, and not to the same one returned by get_default_screen. Nothing says that
# the rules were without effect; DEFAULT_CSS applies in both cases.
# It matters to whoever makes the first screen an own class: heights and scroll bars are not those that were written.
# Fails when that is no longer what is seen.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -qq --disable-pip-version-check 'textual==8.2.8'

cat > "$work/app.py" <<'PY'
import asyncio
import sys

from textual.app import App
from textual.screen import Screen
from textual.widget import Widget


class Main(Screen):
    CSS = "#tall { height: 50; }"

    def compose(self):
        yield Widget(id="tall")


class Default(App):
    def get_default_screen(self):
        return Main()


class Pushed(App):
    async def on_mount(self):
        await self.push_screen(Main())


async def main(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        print(app.screen.query_one("#tall").size.height)


asyncio.run(main({"default": Default, "pushed": Pushed}[sys.argv[1]]()))
PY

failed=
check() {
    seen=$("$work/venv/bin/python" "$work/app.py" "$1")
    printf '%s: expected a height of 50, seen %s\n' "$1" "$seen"
    [ "$seen" = "$2" ] || { printf 'this is not what it was: %s\n' "$2"; failed=yes; }
}
check pushed 50
check default 24
test -z "$failed"
