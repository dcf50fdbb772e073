"""Start http_monitor from a checkout."""

import signal
import sys

if __name__ == "__main__":
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        # Until the program answers signals itself, Ctrl-C ends it without a traceback of what is being imported.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from http_monitor.cli import main

    sys.exit(main())
