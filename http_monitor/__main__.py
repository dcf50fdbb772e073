"""Starts http_monitor as a module or as the installed command."""

# Built in: `signal` is imported from files, and Ctrl-C during that would show a traceback.
import _signal  # type: ignore[import-not-found]
import sys

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    # Until the program handles signals itself, Ctrl-C ends it without a traceback of the imports.
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)

from http_monitor.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
