import json
from dataclasses import replace
from typing import Any

import pytest

from http_monitor.health import Health
from http_monitor.sources.known.position import FilePosition, TailPosition, head_of, print_of

_POSITION = TailPosition(
    files=(
        FilePosition(
            path="/var/log/access.log",
            device=1,
            inode=2,
            offset=300,
            pending=20,
            size=400,
            mtime_ns=5,
            head=head_of(b"head"),
            marker=print_of(b"marker"),
            skipping=False,
            let_go=True,
        ),
    ),
    counted=Health(lost_bytes=1, maybe_lost=True, nul_bytes=2, rotations=3, truncations=4),
)


def test_a_position_comes_back_as_it_was() -> None:
    assert TailPosition.from_json(json.loads(json.dumps(_POSITION.to_json()))) == _POSITION
    assert _POSITION.files[0].unread == 120


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("offset", -1),
        ("offset", "300"),
        ("pending", 301),
        ("size", -1),
        ("size", None),
        ("path", 5),
        ("inode", "x"),
        ("skipping", 1),
        ("mtime_ns", 1.5),
        ("head", 5),
        ("marker", {"length": "x"}),
    ],
)
def test_a_file_that_cannot_be_is_refused(name: str, value: Any) -> None:
    given = _POSITION.to_json()
    given["files"][0][name] = value
    with pytest.raises((KeyError, TypeError, ValueError)):
        TailPosition.from_json(given)


@pytest.mark.parametrize(
    ("name", "value"), [("lost_bytes", "x"), ("lost_bytes", -1), ("maybe_lost", 0), ("files", 3), ("files", None)]
)
def test_counters_that_cannot_be_are_refused(name: str, value: Any) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        TailPosition.from_json(_POSITION.to_json() | {name: value})


def test_a_counter_that_is_missing_is_none_yet() -> None:
    given = _POSITION.to_json()
    del given["rotations"]
    assert TailPosition.from_json(given).counted == replace(_POSITION.counted, rotations=0)


def test_what_is_missing_or_unknown_is_refused() -> None:
    for name in ("files", "done"):
        given = _POSITION.to_json()
        del given[name]
        with pytest.raises((KeyError, TypeError, ValueError)):
            TailPosition.from_json(given)
    with pytest.raises(TypeError):
        TailPosition.from_json(_POSITION.to_json() | {"other": 1})
