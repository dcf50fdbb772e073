"""Start http_monitor as a module."""

import sys

from http_monitor.cli import main

if __name__ == "__main__":
    sys.exit(main())
