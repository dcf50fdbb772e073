"""Runs of two checkouts are compared by the types and keys that both write."""

import json

from tests.compared import Outcome
from tests.compared_objects import ChangeCounts, describe_changes


def written(*objects: object, code: int = 0) -> Outcome:
    return Outcome(code, b"".join(json.dumps(value).encode() + b"\n" for value in objects), b"words")


REPORT = {"type": "report", "hits": 3, "top": [{"key": "/a", "hits": 2}]}
ALERT = {"type": "alert", "at": 7}


def test_types_and_keys_that_only_the_second_writes_are_no_changes() -> None:
    more = {"type": "report", "hits": 3, "top": [{"key": "/a", "hits": 2, "bytes": 9}], "p99_s": None}

    assert describe_changes(written(REPORT, ALERT), written({"type": "hint"}, more, ALERT)) == {}


def test_types_and_keys_that_only_the_first_writes_are_changes() -> None:
    assert describe_changes(written(REPORT, ALERT), written({"type": "report", "hits": 3})) == {
        "report.top": '[{"key": "/a", "hits": 2}] is gone',
        "alert: objects": "1 became 0",
    }


def test_a_value_that_differs_is_told_by_its_path_with_the_first_pair() -> None:
    other = {"type": "report", "hits": 4, "top": [{"key": "/b", "hits": 2}, {"key": "/a", "hits": 1}]}
    third = {"type": "report", "hits": 5, "top": [{"key": "/a", "hits": 2}]}

    assert describe_changes(written(REPORT, REPORT), written(other, third)) == {
        "report.hits": "3 became 4",
        "report.top: items": "1 became 2",
        "report.top[].key": '"/a" became "/b"',
    }


def test_true_is_not_one_and_null_is_not_zero() -> None:
    assert describe_changes(written({"a": True, "b": None, "c": 1}), written({"a": 1, "b": 0, "c": 1.0})) == {
        "object.a": "true became 1",
        "object.b": "null became 0",
    }


def test_exit_codes_and_lines_that_are_no_objects_are_compared_too() -> None:
    base, new = Outcome(0, b"one\n[1]\n", b""), Outcome(2, b"two\n[2]\n", b"")

    assert describe_changes(base, new) == {
        "exit code": "0 became 2",
        "text": '"one" became "two"',
        "text[]": "1 became 2",
    }


def test_what_is_to_be_ignored_is() -> None:
    other = {"type": "report", "hits": 4, "top": [{"key": "/b", "hits": 2}]}

    assert describe_changes(written(REPORT, ALERT), written(other), frozenset({"alert", "key"})) == {
        "report.hits": "3 became 4"
    }


def test_the_paths_of_most_runs_are_told_first_with_their_first_example() -> None:
    counts = ChangeCounts(frozenset())
    assert counts.describe(written(REPORT), written(REPORT)) is None
    said = counts.describe(written(REPORT, ALERT), written(REPORT | {"hits": 4}, {"type": "alert", "at": 8}))
    assert said == "report.hits | 3 became 4\nalert.at | 7 became 8"
    counts.add("report.hits | 9 became 8\n  base: cd x")
    counts.add(said)

    assert list(counts.lines()) == ["     2 × report.hits | 9 became 8", "     1 × alert.at | 7 became 8"]
