"""Start http_monitor from a checkout."""

import sys

if __name__ == "__main__":
    from http_monitor.__main__ import main

    sys.exit(main())
