"""Where the inputs stand, written down by what has changed: of a thousand logs one may have lines."""

from http_monitor.codec import checked_list, fields_of
from http_monitor.records import Json


def since(written: Json, inputs: Json) -> Json:
    """Return what goes along with an increment.

    Args:
        written: Where the inputs stood when that was last written down.
        inputs: Where they stand.
    """
    before, files = written["files"], inputs["files"]
    changed = {name: state for name, state in files.items() if _differs(before.get(name), state)}
    gone = [name for name in before if name not in files]
    return {**inputs, "files": changed, "gone": gone}


def merged(before: Json, increment: Json) -> Json:
    """Return where the inputs stand after an increment, which has what `since` gave.

    Raises:
        KeyError, TypeError, ValueError: it is no such increment.
    """
    if "gone" not in increment:
        return increment  # of a version that wrote all of them
    files = {**fields_of(before["files"]), **fields_of(increment["files"])}
    for name in checked_list(increment["gone"]):
        del files[name]
    return {**increment, "files": files}


def _differs(before: Json | None, state: Json) -> bool:
    # An input at which nothing has happened gives the same object again.
    return before is not state and before != state
