"""The stage that finds a text in a line that is a JSON object."""

import re
from collections.abc import Sequence

from http_monitor.unwrap.json_spans import Path, find_strings
from http_monitor.unwrap.json_text import ends_line
from http_monitor.unwrap.stage import Stage, Taken, mask_digits

LF_BYTES = len(r"\n")


def path_of(dotted: str) -> Path:
    """Return the keys of a path such as ``kubernetes.pod.name``; a ``~`` in a key stands for a dot."""
    return tuple(key.replace("~", ".").encode("ascii") for key in dotted.split("."))


def json_stage(
    texts: Sequence[str],
    *,
    sources: Sequence[str] = (),
    origins: Sequence[str] = (),
    needs: Sequence[str] = (),
    part: str | None = None,
    before: str = "",
    times: Sequence[str] = (),
) -> Stage:
    """Return a stage for JSON objects with a text.

    Args:
        texts: Keys; the first one that an object has holds the text.
        sources: Likewise, for the name of its container, pod or host.
        origins: Likewise, for the program that wrote it.
        needs: Keys that it must have; ``a|b`` means one of two.
        part: A text without an LF at its end is a part of a line; parts have the same value under this key,
            digits aside.
        before: An expression that matches the text before the object; its groups may be ``source`` and ``time``.
        times: Likewise, for its time, which may be a number.
    """
    text_paths, source_paths, origin_paths, time_paths = (
        tuple(map(path_of, keys)) for keys in (texts, sources, origins, times)
    )
    need_paths = [tuple(map(path_of, need.split("|"))) for need in needs]
    part_path = None if part is None else path_of(part)
    wanted = {*text_paths, *source_paths, *origin_paths, *time_paths, *(path for one in need_paths for path in one)}
    if part_path is not None:
        wanted.add(part_path)
    numbers = {path for path in time_paths if not any(path in paths for paths in need_paths)}
    front = re.compile(before.encode("ascii") + rb"[ \t]*+(?=\{)")
    # A line that lacks one of these keys needs no further check: most JSON lines are not wrapped.
    shown = [tuple(b'"%s"' % path[-1] for path in paths) for paths in (*need_paths, text_paths)]

    def take(line: bytes) -> Taken | None:
        head = front.match(line)
        if not all(any(key in line for key in keys) for keys in shown):
            return None
        found = None if head is None else find_strings(line, wanted, head.end(), numbers)
        if head is None or not found or any(not found.keys() & set(paths) for paths in need_paths):
            return None
        span = next((found[path] for path in text_paths if path in found), None)
        if span is None:
            return None
        start, stop = span
        whole = ends_line(line[start:stop])
        source = next((found[path] for path in source_paths if path in found), (0, 0))
        if source[0] >= source[1] and "source" in front.groupindex and head["source"]:
            source = head.span("source")
        time = next((found[path] for path in time_paths if path in found), (0, 0))
        if time == (0, 0) and "time" in front.groupindex and head["time"]:
            time = head.span("time")
        origin = b"\0".join(mask_digits(line[slice(*found[path])]) for path in origin_paths if path in found)
        taken = Taken(start, stop - LF_BYTES * whole, source, origin, time=time)
        if part_path is None or part_path not in found:
            return taken
        return taken._replace(part=mask_digits(line[slice(*found[part_path])]), more=not whole)

    return Stage(take, quoted=True)
