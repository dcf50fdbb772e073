"""Finds what a run goes on with, and where it leaves what the next one does."""

from collections.abc import Mapping

from http_monitor.alerts import default_alerts
from http_monitor.cli.kept import Kept
from http_monitor.monitor.resumed import Resumed, resume
from http_monitor.report import Notice
from http_monitor.settings import Settings
from http_monitor.sources.position import TailPosition
from http_monitor.sources.selecting import STDIN
from http_monitor.state import default_directory, key_of, open_store


def open_state(settings: Settings, environment: Mapping[str, str]) -> Kept:
    """Return the checkpoint of a live run; what is wrong with it is said, and never an error."""
    files = [path for path in settings.files if path != STDIN]
    if settings.give_me_traffic or not files:
        return Kept()
    directory = settings.state_dir or default_directory(environment)
    if directory is None:
        words = "no state is kept: there is no home directory, --state-dir names another place"
        return Kept(notices=(Notice(words, "warning", "checkpoint"),))
    opened = open_store(directory, key_of(files, settings.via))
    if opened.store is None or opened.saved is None:
        return Kept(opened.store, notices=opened.notices, unreadable=opened.store is not None and bool(opened.notices))
    try:
        resumed = resume(opened.saved, settings, default_alerts)
        _check_positions(resumed)
    except ValueError as error:
        notices = (*opened.notices, opened.store.set_aside(str(error)))
        return Kept(opened.store, notices=notices, unreadable=True)
    return Kept(opened.store, resumed, (*opened.notices, Notice(_words(resumed, settings), name="checkpoint")))


def _check_positions(resumed: Resumed) -> None:
    """See that files can be followed from there. Raises ValueError if one cannot."""
    for name in resumed.inputs:
        position = resumed.position_of(name)
        try:
            if position is not None:
                TailPosition.from_json(position)
        except (KeyError, TypeError) as error:
            raise ValueError(f"a position in it makes no sense ({type(error).__name__}: {error})") from error


def _words(resumed: Resumed, settings: Settings) -> str:
    counted = f"goes on from its checkpoint, {resumed.lines:,} lines so far"
    said = [counted]
    if resumed.changed:
        said.append(f"with another {' and '.join(resumed.changed)} the window and the alerts start empty")
    if settings.from_start:
        said.append("--from-start reads what it does not know of (all of it with --no-state)")
    return "; ".join(said)
