"""How the terminal is written to."""

import sys
from typing import Any

from textual.driver import Driver


def stdout_driver() -> type[Driver] | None:
    """Return Textual's driver, but for the output: standard output, so that standard error may go elsewhere.

    None: that of the platform, which knows no other.
    """
    if sys.platform == "win32":
        return None
    from textual.drivers.linux_driver import LinuxDriver  # noqa: PLC0415 - there is none on Windows

    class StdoutDriver(LinuxDriver):
        """Writes to standard output."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            assert sys.__stdout__ is not None
            self._file = sys.__stdout__

        def start_application_mode(self) -> None:
            super().start_application_mode()  # type: ignore[no-untyped-call]
            self.write("\x1b[22;2t")  # Keep the title of the window.

        def stop_application_mode(self) -> None:
            self.write("\x1b[23;2t")
            super().stop_application_mode()

    return StdoutDriver


def set_mouse(driver: Driver | None, *, is_on: bool) -> None:
    """Let the terminal report the mouse, or not."""
    enable = getattr(driver, "_enable_mouse_support", None)
    disable = getattr(driver, "_disable_mouse_support", None)
    if driver is None or enable is None or disable is None:
        return
    if is_on:
        driver._mouse = True
        enable()
    else:
        disable()
        driver._mouse = False


def set_title(driver: Driver | None, title: str, active: int) -> None:
    """Name the window; the number of active alerts comes first. The title is sanitised text."""
    if driver is not None and not driver.is_headless:
        alerts = f"! {active} {'alert' if active == 1 else 'alerts'} - " if active else ""
        driver.write(f"\x1b]2;{alerts}{title} - http_monitor\x1b\\")
