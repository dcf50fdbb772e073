"""Matches the input states of an earlier run with files, whatever their paths are now."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from http_monitor.paths import real_path
from http_monitor.records import Json
from http_monitor.sources.files.access import LocalFiles
from http_monitor.sources.files.regular_file import Obstacle
from http_monitor.sources.known.fingerprint import fits
from http_monitor.sources.known.position import FilePosition, TailPosition


def as_spelled(inputs: Mapping[str, Json], paths: Sequence[str]) -> dict[str, Json]:
    """Return the states of inputs, keyed by the present spelling of their paths.

    Args:
        inputs: The states by the earlier spelling.
        paths: The paths as the user gave them now.
    """
    named = dict(inputs)
    strange = [name for name in inputs if name not in paths]
    by_target = {last.path: name for name in strange if (last := _last(inputs[name])) is not None}
    for path in paths:
        name = None if path in named else by_target.get(real_path(path))
        if name is not None and name in named:
            named[path] = named.pop(name)
    return named


def positions_of_these(inputs: Mapping[str, Json], paths: Sequence[str]) -> dict[str, Json]:
    """Return the states of another run's inputs whose files are at these paths now.

    The losses and counters of that run are left out.
    """
    lasts = {name: last for name, state in inputs.items() if (last := _last(state)) is not None}
    by_identity = {last.identity: (name, last) for name, last in lasts.items()}
    files = LocalFiles()
    taken: dict[str, Json] = {}
    for path in paths:
        opened = files.open(path)
        if isinstance(opened, Obstacle):
            continue
        handle, status = opened
        name, last = by_identity.get(status.identity, ("", None))
        try:
            with suppress(OSError):
                if last is not None and last.offset <= status.size and last.head.length and fits(handle, last):
                    taken[path] = _without_counts(inputs[name])
        finally:
            handle.close()
    return taken


def _last(state: Json) -> FilePosition | None:
    """Return the position in the file that was at the path."""
    position = state.get("position")
    if position is None or "files" not in position:
        return None
    files = TailPosition.from_json(position).files
    return files[-1] if files else None


def _without_counts(state: Json) -> Json:
    counts = {"lost_bytes": 0, "maybe_lost": False, "nul_bytes": 0, "rotations": 0, "truncations": 0}
    return {**state, "incomplete": 0, "position": {**state["position"], **counts}}
