"""Starts http_monitor as a module or as the installed command."""

import signal
import sys

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # Until the program handles signals itself, Ctrl-C ends it without a traceback of the imports.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from http_monitor.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
