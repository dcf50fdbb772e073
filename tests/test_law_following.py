"""Whatever happens to the files of a path, each line is given once and in order, or accounted for, on every reader.

These are the same examples every time; `scripts/fuzz_following.py` tries others for as long as one likes.
"""

from hypothesis import HealthCheck, Phase, settings

from tests.examples import examples
from tests.following import WAYS
from tests.tail_model import machine

_ALIKE = settings(derandomize=True, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))

TestDirect = machine("FollowingDirectly", WAYS["direct"], holds_files=True).TestCase
TestDirect.settings = settings(_ALIKE, max_examples=examples(25), stateful_step_count=12)

TestCommands = machine("FollowingByCommands", WAYS["wc-tail"], holds_files=False).TestCase
TestCommands.settings = settings(_ALIKE, max_examples=examples(8), stateful_step_count=12)
