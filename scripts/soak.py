"""Follow a real nginx under load, its log rotated by logrotate, the monitor killed now and then: minutes to hours.

Usage: python scripts/soak.py [--duration SECONDS] [--rate N] [--mode MODE] [--rotate-every SECONDS]
       [--kill-every SECONDS] [--seed N] [--reader READER]

Needs nginx, ab and logrotate. Prints a line a minute. Exits with 1 when requests, lines in the files and lines counted
differ, or when memory or descriptors grow; with 2 when a program is missing.
"""

import argparse
import random
import sys
import tempfile
from importlib import import_module
from pathlib import Path


def main() -> int:
    """Soak; return the exit code."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    servers, soak = import_module("tests.servers"), import_module("tests.soak")
    parser = argparse.ArgumentParser(description="Follow a real server for a long time and compare all counts.")
    parser.add_argument("--duration", type=float, default=600, help="seconds (default: 600)")
    parser.add_argument("--rate", type=int, default=500, help="requests a second, at least 150 (default: 500)")
    parser.add_argument("--mode", choices=servers.MODES, help="how the log is rotated (default: one by chance)")
    parser.add_argument("--rotate-every", type=float, default=5, help="seconds, on average (default: 5)")
    parser.add_argument("--kill-every", type=float, default=60, help="seconds, on average; 0: never (default: 60)")
    parser.add_argument("--seed", type=int, help="of what is left to chance (default: another one each time)")
    parser.add_argument("--reader", choices=("direct", "wc-tail"), default="direct", help="(default: direct)")
    chosen = parser.parse_args()
    if chosen.rate < 150 or chosen.duration <= 0 or chosen.rotate_every <= 0 or chosen.kill_every < 0:
        parser.error("--rate takes 150 or more, --duration and --rotate-every more than 0, --kill-every 0 or more")
    if missing := servers.missing():
        print(f"{parser.prog}: {missing}", file=sys.stderr)
        return 2
    seed = random.randrange(1 << 32) if chosen.seed is None else chosen.seed
    mode = chosen.mode or random.Random(seed).choice(list(servers.MODES))
    print(f"mode {mode}, seed {seed}", flush=True)
    plan = soak.Plan(mode, chosen.duration, chosen.rate, chosen.rotate_every, chosen.kill_every, seed, chosen.reader)
    with tempfile.TemporaryDirectory() as folder:
        wrong = soak.soak(plan, Path(folder), lambda line: print(line, flush=True))
    for sentence in wrong:
        print(f"WRONG: {sentence}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
