"""The program must say of any live run exactly what the slow reference says of it."""

from hypothesis import given, settings

from tests import live_scripts
from tests.examples import examples
from tests.live_scripts import Script, expected, follow


@settings(max_examples=examples(150), deadline=None)
@given(live_scripts.scripts(most_inputs=1))
def test_any_live_run_says_what_the_reference_says(script: Script) -> None:
    assert follow(script) == expected(script)


@settings(max_examples=examples(120), deadline=None)
@given(live_scripts.scripts(most_lines=15))
def test_any_live_run_of_several_files_says_what_the_reference_says(script: Script) -> None:
    assert follow(script) == expected(script)
