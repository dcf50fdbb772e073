"""Stores the positions of inputs incrementally: of a thousand inputs few change between two writes."""

from http_monitor.codec import check_list, fields_of
from http_monitor.records import Json


def since(written: Json, inputs: Json) -> Json:
    """Return the part of the positions that has changed, to be stored with an increment.

    Args:
        written: The positions as last written.
        inputs: The present positions.
    """
    before, files = written["files"], inputs["files"]
    changed = {name: state for name, state in files.items() if _differs(before.get(name), state)}
    gone = [name for name in before if name not in files]
    return {**inputs, "files": changed, "gone": gone}


def merge(before: Json, increment: Json) -> Json:
    """Return the positions after an increment made by `since`.

    Raises:
        KeyError, TypeError, ValueError: the increment is invalid.
    """
    if "gone" not in increment:
        return increment  # written by a version that stored all positions
    files = {**fields_of(before["files"]), **fields_of(increment["files"])}
    for name in check_list(increment["gone"]):
        del files[name]
    return {**increment, "files": files}


def _differs(before: Json | None, state: Json) -> bool:
    # An unchanged input returns the same object again.
    return before is not state and before != state
