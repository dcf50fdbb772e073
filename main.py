"""Start http_monitor from a checkout."""

# Built in: `signal` is imported from files, and Ctrl-C during that would show a traceback.
import _signal  # type: ignore[import-not-found]
import sys

if __name__ == "__main__":
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        # Until the program answers signals itself, Ctrl-C ends it without a traceback of what is being imported.
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    from http_monitor.cli import main

    sys.exit(main())
