"""Runs the dashboard from its first picture to its exit code."""

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from http_monitor.arguments.named_view import expression_of_view
from http_monitor.cli.dashboard.terminal import ScreenTerminal, check_terminal
from http_monitor.cli.displays import make_display
from http_monitor.cli.signals import Stop, take_thread_failures
from http_monitor.cli.startup_tuning import share_freed_memory
from http_monitor.cli.streams import Output, complain
from http_monitor.clock import WallClock, thread_us
from http_monitor.display.notices import Notices
from http_monitor.display.text import Display
from http_monitor.errors import lacks_memory
from http_monitor.settings import Settings

if TYPE_CHECKING:
    from http_monitor.cli.dashboard.run import DashboardRun
    from http_monitor.cli.fronts.front import Front
    from http_monitor.dashboard.app import DashboardApp

_EXIT_CRASHED = 1
_SWITCH_S = 0.001
"""How long a thread keeps the interpreter while others wait: a key passes through three threads, beside a busy one."""
_PACKAGE = Path(__file__).parents[2]


def run_dashboard(settings: Settings, stop: Stop, monitor: "Callable[[Front], int]") -> int:
    """Show a run until it ends or the user leaves it, print its summary, and return the exit code.

    Args:
        settings: The settings of the run.
        stop: Ends it.
        monitor: Monitors to the end, showing the run to a front; called in a thread of its own.

    Raises:
        UsageError: There is no terminal for it, or Textual is not installed.
        HttpMonitorError: The run failed.
    """
    check_terminal(settings)
    notices = Notices(sys.stderr)
    display = make_display(settings, notices)
    assert isinstance(display, Display)
    from http_monitor.cli.dashboard.run import DashboardRun

    share_freed_memory()
    run = DashboardRun(settings, stop, monitor, display)
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    crash = _show(settings, stop, run)
    sys.setswitchinterval(interval_s)
    stop.request()
    run.join()
    ending = run.front.ending
    if ending.summary is not None:
        Output(display).publish(ending.summary)
    for warning in ending.warnings:
        notices.write_notice(warning)
    notices.settle()
    if run.error is not None:
        raise run.error
    if crash is not None:
        complain(f"the dashboard failed ({place_of(crash)}), and the run was stopped")
        return _EXIT_CRASHED
    return run.code


def _show(settings: Settings, stop: Stop, run: "DashboardRun") -> BaseException | None:
    """Show a run until its screen is left; return what ended the screen instead."""
    from http_monitor.dashboard.app import DashboardApp
    from http_monitor.dashboard.named_views import views_path
    from http_monitor.dashboard.options import AppOptions

    view = expression_of_view(settings, os.environ)
    options = AppOptions(
        running_us=WallClock().running_us,
        cpu_us=thread_us,
        refresh_per_s=settings.refresh_per_s,
        views_path=views_path(os.environ),
        window_s=settings.window_s,
        bucket_s=settings.bucket_size_s,
        chips=() if view is None else (view,),
        on_first_paint=run.begin,
    )
    app = DashboardApp(run, run.views, options)

    def leave() -> None:
        # The screen may have been left already.
        with suppress(RuntimeError):
            app.leave()

    def when_ended() -> None:
        # A replay stays open at its end, and so does what failed in the course of a run.
        if stop.is_requested() or not (run.front.is_begun and (settings.replay or run.error is not None)):
            leave()

    run.when_ended = when_ended
    with ScreenTerminal(settings, leave) as terminal, _told_crashes(app):
        stop.on_request, stop.before_death = leave, terminal.restore
        try:
            app.run(mouse=False)
        except Exception as error:  # noqa: BLE001 - it is said when the terminal is as before
            terminal.restore()
            return error
        finally:
            stop.on_request = stop.before_death = _nothing
    return app.crash


def _told_crashes(app: "DashboardApp") -> AbstractContextManager[None]:
    """Take exceptions of threads to the end of the app, as a traceback would be written over the screen."""

    def take(error: BaseException) -> bool:
        if lacks_memory(error):
            return False
        app.crash = app.crash or error
        with suppress(RuntimeError):
            app.leave()
        return True

    return take_thread_failures(take)


def place_of(error: BaseException) -> str:
    """Return the kind of an error and where in our code it was raised; its message may contain text of a log."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    where = f" in {Path(ours[-1].filename).relative_to(_PACKAGE).as_posix()}:{ours[-1].lineno}" if ours else ""
    return f"{type(error).__name__}{where}"


def _nothing() -> None:
    return
