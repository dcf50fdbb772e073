"""Finds the checkpoint from which a run resumes, and the storage for its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from http_monitor.checkpoint.location import default_directory, key_of
from http_monitor.checkpoint.lock import open_store, others
from http_monitor.checkpoint.restore import MakeEngine, Resumed, places_only, resume
from http_monitor.checkpoint.session import Session
from http_monitor.choices import GivenFile
from http_monitor.health import Health
from http_monitor.paths import WITHOUT_DIRECTORY
from http_monitor.records import Json
from http_monitor.report import Notice
from http_monitor.settings import Settings
from http_monitor.sources.known.position import TailPosition
from http_monitor.sources.path_selection import STDIN
from http_monitor.sources.rotation.unknown_logs import find_rotated_unknown
from http_monitor.sources.tail.known_files import as_spelled, positions_of_these
from http_monitor.units import pluralize, visible_text


def open_state(
    settings: Settings, environment: Mapping[str, str], paths: Sequence[str], make_engine: MakeEngine
) -> Session:
    """Return the checkpoint of a live run; problems with it become notices, never errors.

    Args:
        settings: Settings of the run.
        environment: Environment of the process.
        paths: Files followed from the start.
        make_engine: Makes the engine to restore.
    """
    files = [path for path in settings.files if path != STDIN]
    if settings.give_me_traffic or not files:
        return Session()
    directory = settings.state_dir or default_directory(environment)
    if directory is None:
        return _without("there is no home directory, --state-dir names another place")
    try:
        key = key_of([settings.given_file(path) or GivenFile(path, path) for path in files])
    except OSError:
        return _without(WITHOUT_DIRECTORY)
    opened = open_store(directory, key)
    if settings.since is not None:
        words = "its checkpoint is not read: --since says where counting begins"
        told = [] if opened.saved is None else [Notice(words, name="checkpoint")]
        return Session(opened.store, notices=(*opened.notices, *told))
    here = settings.reader == "direct"
    local = [path for path in paths if path != STDIN and not settings.is_remote(path)] if here else []
    if opened.store is not None and opened.saved is None and not opened.notices and local:
        taken = _places_of_others(directory, key, local, settings, make_engine)
        if taken:
            words = f"no checkpoint of this set of files: {_name_files(taken)} resumed where another run stopped"
            notice = Notice(f"{words}, without its window and alerts (all of it with --no-state)", name="checkpoint")
            return Session(opened.store, places_only(taken, settings, make_engine), (notice,))
    if opened.store is None or opened.saved is None:
        return Session(
            opened.store, notices=opened.notices, unreadable=opened.store is not None and bool(opened.notices)
        )
    try:
        resumed = resume(opened.saved, settings, make_engine)
        _check_positions(resumed)
        resumed = replace(resumed, inputs=as_spelled(resumed.inputs, local))
    except ValueError as error:
        notices = (*opened.notices, opened.store.set_aside(str(error)))
        return Session(opened.store, notices=notices, unreadable=True)
    going_on = Notice(_words(resumed, settings), name="checkpoint")
    missed = _miss_rotated(opened.saved.written_ns, resumed, settings, paths)
    unseen = _miss_unseen(resumed, settings)
    return Session(opened.store, resumed, (*opened.notices, going_on, *missed, *unseen))


def _without(reason: str) -> Session:
    return Session(notices=(Notice(f"no state is kept: {reason}", "warning", "checkpoint"),))


def _miss_rotated(written_ns: int | None, resumed: Resumed, settings: Settings, paths: Sequence[str]) -> list[Notice]:
    """Record lines that may be lost in files that were rotated before any checkpoint knew them; return notices."""
    if written_ns is None:
        return []
    here = [path for path in settings.files if path != STDIN and not settings.is_remote(path)]
    known = {name for name in resumed.inputs if not _knows_no_file(resumed.position_of(name))}
    found = find_rotated_unknown(here, known, {*paths, *resumed.inputs}, written_ns)
    if not found:
        return []
    resumed.past.retire(Health(maybe_lost=True))
    more = f" and {len(found) - 1:,} more" if len(found) > 1 else ""
    words = f"{visible_text(found[0])}{more}: rotated before a checkpoint knew the log, its lines may be lost"
    return [Notice(words, "warning", "lost", found[0])]


def _miss_unseen(resumed: Resumed, settings: Settings) -> list[Notice]:
    """Record that lines may be lost in files that the last run followed from their ends but never reached."""
    if settings.from_start:
        return []
    unseen = [name for name in settings.files if name in resumed.inputs and resumed.position_of(name) is None]
    unseen = [name for name in unseen if name != STDIN]
    if unseen:
        resumed.past.retire(Health(maybe_lost=True))
    words = "the last run ended before its first check of the file, lines written until now may be lost"
    return [Notice(f"{visible_text(name)}: {words}", "warning", "lost", name) for name in unseen]


def _knows_no_file(position: Json | None) -> bool:
    return position is not None and not (position.get("files", True) or position.get("unopened"))


def _places_of_others(
    directory: str, key: str, paths: Sequence[str], settings: Settings, make_engine: MakeEngine
) -> dict[str, Json]:
    """Return the input states of other runs that followed the same files, by the paths of this run."""
    taken: dict[str, Json] = {}
    for saved in others(directory, key):
        try:
            resumed = resume(saved, settings, make_engine)
            _check_positions(resumed)
        except ValueError:
            continue
        taken |= positions_of_these(resumed.inputs, [path for path in paths if path not in taken])
        if len(taken) == len(paths):
            break
    return taken


def _name_files(taken: Mapping[str, Json]) -> str:
    name = visible_text(next(iter(taken)))
    return f"{name} is" if len(taken) == 1 else f"{name} and {len(taken) - 1:,} more are"


def _check_positions(resumed: Resumed) -> None:
    """Check that files can be followed from their saved positions. Raises ValueError if one cannot."""
    for name in resumed.inputs:
        position = resumed.position_of(name)
        try:
            if position is not None:
                TailPosition.from_json(position)
        except (KeyError, TypeError) as error:
            raise ValueError(f"a position in it makes no sense ({type(error).__name__}: {error})") from error


def _words(resumed: Resumed, settings: Settings) -> str:
    counted = f"resumes from its checkpoint, {pluralize(resumed.lines, 'line')} so far"
    words = [counted]
    if resumed.changed:
        words.append(f"with another {' and '.join(resumed.changed)} the window and the alerts start empty")
    if settings.from_start:
        words.append("--from-start reads only what it does not cover (all of it with --no-state)")
    return "; ".join(words)
