"""Makes what only a replay has: the sources that are read to their ends, and what looks ahead in them."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from http_monitor.choices import MAX_THREADS
from http_monitor.settings import Settings
from http_monitor.waker import Waker

if TYPE_CHECKING:
    from http_monitor.inputs.input import Input
    from http_monitor.inputs.readahead.protocol import ReadAhead
    from http_monitor.ports.source import Source


def replay_sources(settings: Settings, paths: list[str], waker: Waker) -> "list[Source]":
    """Return a source for each path."""
    from http_monitor.sources.path_selection import STDIN
    from http_monitor.sources.replay import ReplayFile

    limit = settings.max_line_bytes
    if STDIN not in paths:
        return [ReplayFile(path, limit=limit) for path in paths]
    from http_monitor.sources.stdin import StdinSource

    return [
        StdinSource(waker.wake, block=True, limit=limit) if path == STDIN else ReplayFile(path, limit=limit)
        for path in paths
    ]


def read_ahead(settings: Settings, inputs: "Sequence[Input]") -> "ReadAhead | None":
    """Return what reads and parses beside the counting of a replay: a process, or a thread where that cannot be."""
    # What reads ahead may be a process of its own, and lines are written where they are read.
    if not settings.replay or settings.output == "lines" or _threads(settings) == 1:
        return None
    from http_monitor.inputs.readahead.child_process import can_fork

    if can_fork():
        from http_monitor.inputs.readahead.process import ProcessAhead

        return ProcessAhead(inputs)
    from http_monitor.inputs.readahead.thread import ThreadAhead

    return ThreadAhead()


def _threads(settings: Settings) -> int:
    """Return how much of a replay is done at a time; on one core a second would only get in the way."""
    if settings.threads is not None:
        return settings.threads
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MAX_THREADS)
