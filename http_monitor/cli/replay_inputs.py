"""Makes the sources of a replay, and its read-ahead."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from http_monitor.choices import MAX_THREADS, READ_BYTES
from http_monitor.settings import Settings
from http_monitor.waker import Waker

if TYPE_CHECKING:
    from http_monitor.cli.replay_span import ReplaySpan
    from http_monitor.inputs.input import Input
    from http_monitor.inputs.readahead.protocol import ReadAhead
    from http_monitor.ports.source import Source


def replay_sources(
    settings: Settings,
    paths: list[str],
    waker: Waker,
    span: "ReplaySpan | None" = None,
    *,
    is_watched: bool = False,
    is_paced: bool = False,
) -> "list[Source]":
    """Return a source for each path, or with a span for each path that has lines of it.

    Args:
        settings: The settings of the run.
        paths: The files.
        waker: Ends a wait for standard input.
        span: The part that counts; None: all of it does.
        is_watched: The progress is shown, so each read must take less than a moment.
        is_paced: People play it, so the same is true, and nothing is read ahead.
    """
    from http_monitor.sources.path_selection import STDIN
    from http_monitor.sources.replay import ReplayFile

    limit = settings.max_line_bytes
    # Reading ahead does not delay the progress line.
    read_bytes = READ_BYTES // 4 if is_paced or (is_watched and not _reads_ahead(settings)) else READ_BYTES
    sources: list[Source] = []
    for path in paths if span is None else span.paths:
        if path == STDIN:
            from http_monitor.sources.stdin import StdinSource

            sources.append(StdinSource(waker.wake, block=True, limit=limit))
        else:
            sources.append(
                ReplayFile(path, read_bytes=read_bytes, limit=limit, part=None if span is None else span.part_of(path))
            )
    return sources


def read_ahead(settings: Settings, inputs: "Sequence[Input]") -> "ReadAhead | None":
    """Return the reader that parses while a replay counts: a process, or a thread if this process cannot fork."""
    if not _reads_ahead(settings):
        return None
    from http_monitor.inputs.readahead.child_process import can_fork

    if can_fork():
        from http_monitor.inputs.readahead.process import ProcessAhead

        return ProcessAhead(inputs)
    from http_monitor.inputs.readahead.thread import ThreadAhead

    return ThreadAhead()


def _reads_ahead(settings: Settings) -> bool:
    # Reading ahead may happen in a process of its own, but lines must be written by this one.
    return settings.replay and settings.output != "lines" and _threads(settings) > 1


def _threads(settings: Settings) -> int:
    """Return the number of threads of a replay; on one core a second one would only slow it down."""
    if settings.threads is not None:
        return settings.threads
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MAX_THREADS)
