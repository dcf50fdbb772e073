"""The program must say of any log exactly what the slow reference says of it."""

from typing import Any

from hypothesis import given, settings

from tests import engine_strategies
from tests.examples import examples
from tests.harness import run_replay
from tests.others import WithOthers, parse_with_others
from tests.reference.clf import parse_log
from tests.reference.engine import Options, replay


def expected(files: list[bytes], options: Options) -> list[dict[str, Any]]:
    return replay([parse_log(data) for data in files], options)


@settings(max_examples=examples(60), deadline=None)
@given(engine_strategies.cases())
def test_a_replay_of_any_small_log_says_what_the_reference_says(case: tuple[list[bytes], Options]) -> None:
    files, options = case
    assert run_replay(files, options) == expected(files, options)


@settings(max_examples=examples(50), deadline=None)
@given(engine_strategies.held_cases())
def test_a_replay_of_lines_that_are_held_says_what_the_reference_says(case: tuple[list[bytes], Options]) -> None:
    files, options = case
    found = run_replay(files, options, WithOthers)
    assert found == replay([parse_with_others(data) for data in files], options)


@settings(max_examples=examples(20), deadline=None)
@given(engine_strategies.many_key_cases())
def test_a_replay_with_small_tables_says_what_the_reference_says(case: tuple[list[bytes], Options]) -> None:
    files, options = case
    assert run_replay(files, options) == expected(files, options)
