"""Follows a model of files through thousands of random histories, and ends at the first that breaks a law.

Usage: python scripts/fuzz_following.py [--examples N] [--steps N] [--reader direct|wc-tail] [--seed N] [--shrink]

Prints the history that breaks one and the seed that leads to it again, and exits with 1 then. To shrink a history takes
minutes, in which nothing is printed, so it has to be asked for.
"""

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.following import WAYS
from tests.tail_model import machine


def main() -> int:
    """Run as many histories as were asked for; return the exit code."""
    parser = argparse.ArgumentParser(description="follow random histories of files", allow_abbrev=False)
    parser.add_argument("--examples", type=int, default=2_000, help="histories (default %(default)s)")
    parser.add_argument("--steps", type=int, default=30, help="events in each, at the most (default %(default)s)")
    parser.add_argument("--reader", choices=sorted(WAYS), default="direct")
    parser.add_argument("--seed", type=int, default=None, help="the same histories again")
    parser.add_argument("--shrink", action="store_true", help="look for the shortest history like it")
    given = parser.parse_args()
    given.seed = random.randrange(1 << 32) if given.seed is None else given.seed
    print(f"seed {given.seed}", flush=True)
    follower = machine("Following", WAYS[given.reader], holds_files=given.reader == "direct")
    follower = seed(given.seed)(follower)
    chosen = settings(
        max_examples=given.examples,
        stateful_step_count=given.steps,
        deadline=None,
        database=None,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink] if given.shrink else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(follower, settings=chosen)
    except AssertionError as broken:
        print(f"\nbroken: {broken}", *getattr(broken, "__notes__", ()), sep="\n")
        return 1
    print(f"{given.examples} histories, no law broken")
    return 0


if __name__ == "__main__":
    sys.exit(main())
