"""The program must say of any live run exactly what the slow reference says of it."""

from hypothesis import given, settings

from tests import engine_strategies, live_scripts
from tests.examples import examples
from tests.live_scripts import Script, expected, follow
from tests.others import WithOthers, parse_with_others


@settings(max_examples=examples(60), deadline=None)
@given(live_scripts.scripts(most_inputs=1))
def test_any_live_run_says_what_the_reference_says(script: Script) -> None:
    assert follow(script) == expected(script)


@settings(max_examples=examples(50), deadline=None)
@given(live_scripts.scripts(logs=engine_strategies.held_logs()))
def test_any_live_run_with_lines_that_are_held_says_what_the_reference_says(script: Script) -> None:
    assert follow(script, make_format=WithOthers) == expected(script, parse_with_others)


@settings(max_examples=examples(50), deadline=None)
@given(live_scripts.scripts(most_lines=15))
def test_any_live_run_of_several_files_says_what_the_reference_says(script: Script) -> None:
    assert follow(script) == expected(script)
