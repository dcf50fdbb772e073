"""Start http_monitor from a checkout."""

import sys

from http_monitor.cli import main

if __name__ == "__main__":
    sys.exit(main())
