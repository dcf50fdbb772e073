"""Makes what reads back the last minutes of the logs of a live run."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from http_monitor.cli.beginning import Beginning, is_read_here
from http_monitor.cli.formats import Formats
from http_monitor.cli.margins import Margins
from http_monitor.cli.row_selection import selection_of
from http_monitor.clock import WallClock
from http_monitor.codec import fields_of
from http_monitor.eventtime.ahead_filter import AheadFilter
from http_monitor.eventtime.rows import NEVER_US
from http_monitor.inputs.line_places import decode_places
from http_monitor.inputs.look import Select
from http_monitor.inputs.seeking.log_file import Limits
from http_monitor.inputs.seeking.past_lines import Reading
from http_monitor.monitor.past.past_files import Followed, PastFiles
from http_monitor.monitor.past.past_log import PastLog
from http_monitor.monitor.past.read_back import ReadBack
from http_monitor.records import Json, LogFile
from http_monitor.settings import Settings
from http_monitor.sources.files.access import FileStatus, Identity, LocalFiles
from http_monitor.sources.known.position import FilePosition, TailPosition
from http_monitor.sources.path_selection import STDIN
from http_monitor.units import US_PER_S

if TYPE_CHECKING:
    from http_monitor.checkpoint.session import Session
    from http_monitor.recent.recent_rows import RecentRows


def make_read_back(
    settings: Settings,
    beginning: Beginning,
    paths: Sequence[str],
    formats: Formats,
    select: Select | None,
    session: "Session",
    rows: "RecentRows",
    recent_us: int,
) -> ReadBack | None:
    """Return what reads back the rows of before a live run, to be started with it; None: nothing is read back.

    The rows are told from which time on they have everything: call it before the first frame, but once the formats of
    the inputs are made, so that those found there are known.

    Args:
        settings: The settings of the run.
        beginning: Knows the ends of its logs at the start.
        paths: The paths that exist at the start.
        formats: The formats of its files.
        select: Removes rows that the filter options exclude; None: keeps all.
        session: The state that the run resumes from.
        rows: Receive the rows.
        recent_us: How far to read back from the start of the run.
    """
    resumed = session.resumed
    reads_all = resumed is None and (settings.from_start or beginning.span.since_us is not None)
    every = dict.fromkeys([*paths, *(() if resumed is None else resumed.inputs)])
    paths = [path for path in every if path != STDIN]
    if reads_all or not paths or settings.give_me_traffic:
        return None
    begun_us = beginning.started_us
    if resumed is not None and resumed.engine.now_us != NEVER_US:
        begun_us = min(begun_us, resumed.engine.now_us)
    rows.begin_behind(begun_us)
    is_readable = all(is_read_here(settings, path) for path in paths)
    if not is_readable or settings.time == "arrival" or settings.no_backfill:
        return None
    begun = [_followed(path, settings, beginning, session) for path in paths]
    followed = [each for each in begun if each is not None]
    besides = frozenset(position.identity for each in followed for position in each.files)
    since = Margins(settings).bound(beginning.started_us - recent_us)
    assert since is not None
    limits = Limits(settings.max_line_bytes, settings.max_ahead_s * US_PER_S)
    reading = Reading(limits, beginning.started_us, since.at_us)
    # A clock of its own: that of the run belongs to another thread.
    files = LocalFiles(WallClock())
    logs = [
        PastLog(
            PastFiles(each, files, since, besides),
            since,
            begun_us,
            reading,
            formats.of_end,
            selection_of(settings, each.path, select),
        )
        for each in followed
    ]
    return ReadBack(rows, logs, beginning.clock) if logs else None


def _followed(path: str, settings: Settings, beginning: Beginning, session: "Session") -> Followed | None:
    """Return where the following of a path begins; None: at the beginning of its file."""
    resumed = session.resumed
    state = None if resumed is None else resumed.inputs.get(path)
    if state is not None and state["position"] is not None:
        return Followed(path, TailPosition.from_json(state["position"]).files, _apart(state))
    if settings.from_start or (resumed is not None and state is None):
        return None
    seen = beginning.seen.get(path)
    return Followed(path, (FilePosition.of_unread(path, seen, seen.size),) if isinstance(seen, FileStatus) else ())


def _apart(state: Json) -> dict[Identity, set[int]]:
    """Return the offsets of lines that an input read before and has not counted yet."""
    ahead_filter = AheadFilter(0)
    ahead_filter.load(fields_of(state["gate"]))
    found: dict[Identity, set[int]] = {}
    places: list[tuple[LogFile, int]] = list(decode_places(state["places"]).values())
    for rows in ahead_filter.held_rows():
        if rows.offsets is not None:
            at = rows.offsets.resolve()
            pairs = zip(at.file.tolist(), at.offset.tolist(), strict=True)
            places += [(at.files[file], offset) for file, offset in pairs if file >= 0]
    for file, offset in places:
        if file.identity is not None:
            found.setdefault(file.identity, set()).add(offset)
    return found
