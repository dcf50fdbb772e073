"""Runs the program, from its arguments to its exit code."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from http_monitor.arguments import parse_arguments
from http_monitor.arguments.named_view import with_view
from http_monitor.cli.beginning import Beginning, Paths, is_read_here
from http_monitor.cli.formats import Formats
from http_monitor.cli.row_selection import row_selection, selection_of
from http_monitor.cli.signals import Stop
from http_monitor.cli.startup_tuning import (
    begin_exit,
    begin_imports,
    can_load_libraries,
    end_imports,
    keep_arrow_single_threaded,
    keep_numpy_single_threaded,
)
from http_monitor.cli.streams import buffer_writes, complain, discard_unwritable_output, output_error, show_all
from http_monitor.cli.traffic import simulate_traffic
from http_monitor.errors import HttpMonitorError, RefusedError, lacks_memory
from http_monitor.settings import Settings

if TYPE_CHECKING:
    from http_monitor.cli.fronts.front import Front
    from http_monitor.inputs.look import Select

EXIT_DONE = 0
EXIT_NO_MEMORY = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with these arguments (default: those of the process) and return its exit code."""
    try:
        _check_streams()
        keep_numpy_single_threaded()
        if arguments is None:  # otherwise the process belongs to the caller, and so does its garbage collection
            begin_imports()
        stop = Stop()
        with stop.handle_signals(), stop.handle_lack_of_memory():
            settings = _settings(sys.argv[1:] if arguments is None else arguments)
            if arguments is None and not can_load_libraries():
                raise MemoryError
            code = _run(with_view(settings, os.environ), stop)
        if stop.lacks_memory:
            raise MemoryError
        return code
    except HttpMonitorError as error:
        complain(str(error))
        return error.exit_code
    except BrokenPipeError:
        return EXIT_DONE
    except Exception as error:
        if not lacks_memory(error):
            raise
        complain("there is too little memory, or the limit of it is too low")
        if arguments is None:
            # Libraries that were loaded only in part may crash when they are unloaded.
            discard_unwritable_output()
            os._exit(EXIT_NO_MEMORY)
        return EXIT_NO_MEMORY
    finally:
        if arguments is None:
            discard_unwritable_output()
            begin_exit()


def _settings(arguments: Sequence[str]) -> Settings:
    """Return the settings for the arguments; ``-h`` and ``--version`` are answered on stdout and end the program."""
    try:
        return parse_arguments(arguments)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise output_error(error) from error


def _check_streams() -> None:
    """Replace a stderr that the parent process closed; refuse to run if stdout is closed."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it is for the whole run
    if sys.stdout is None:
        raise RefusedError("standard output: closed")
    sys.stdout = show_all(buffer_writes(sys.stdout))


def _run(settings: Settings, stop: Stop) -> int:
    if settings.list_formats:
        from http_monitor.cli.explain import list_formats

        return list_formats(settings)
    if settings.dashboard:
        from http_monitor.cli.dashboard.program import run_dashboard

        return run_dashboard(settings, stop, lambda front: monitor(settings, stop, front))
    return monitor(settings, stop)


def monitor(settings: Settings, stop: Stop, front: "Front | None" = None) -> int:
    """Monitor, or explain lines, and return the exit code.

    Args:
        settings: The settings of the run.
        stop: Ends it.
        front: Shows it; None: it is printed.
    """
    select = row_selection(settings)
    if settings.replay:
        keep_arrow_single_threaded()
    formats = Formats(settings, is_local=lambda path: is_read_here(settings, path))
    paths = Paths(settings)
    formats.check(paths.first, stop.is_requested)
    if stop.is_requested() and settings.format_from is not None:
        return EXIT_DONE
    if settings.explain is not None:
        from http_monitor.cli.explain import explain

        end_imports()
        for notice in paths.notices:
            complain(notice.text)

        def select_of(path: str) -> "Select | None":
            return selection_of(settings, path, select) if settings.filters else None

        return explain(settings, formats, paths.first, stop.is_requested, select_of)
    beginning = Beginning(settings, paths)
    if front is None:
        from http_monitor.cli.fronts.printed import PrintedFront

        front = PrintedFront(settings, None if settings.replay else beginning.clock.now_us)
    with simulate_traffic(settings) as traffic:
        # Told before pyarrow is imported, so that the program answers at once.
        front.begin(paths.first)
        from http_monitor.cli.monitoring import Monitoring

        Monitoring(settings, formats, paths, beginning, front, select, stop).run(traffic)
    return EXIT_DONE
