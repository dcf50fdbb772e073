"""Makes what takes out lines that are not to be counted."""

from typing import TYPE_CHECKING

from http_monitor.settings import Settings

if TYPE_CHECKING:
    from http_monitor.filtering import RowSelection
    from http_monitor.inputs.look import Select


def row_selection(settings: Settings) -> "RowSelection | None":
    """Return what takes out lines that are not to be counted; None where all are."""
    chosen = (settings.filters, settings.exclude_hosts, settings.ignore_bots, settings.trusted_proxies)
    if not any(chosen):
        return None
    from http_monitor.filtering import selection_for

    return selection_for(settings, _is_bot, _family_of)


def selection_of(settings: Settings, path: str, select: "RowSelection | None") -> "Select | None":
    """Return what takes out lines of one file that are not to be counted, and names its server where it has a name."""
    server = settings.server_of(path)
    if server is None:
        return select
    from http_monitor.inputs.server_name import naming

    return naming(server, select)


def _is_bot(agent: bytes) -> bool:
    # Its rules take long to load, and only some runs need them.
    from http_monitor.agents import is_bot

    return is_bot(agent)


def _family_of(agent: bytes) -> bytes | None:
    from http_monitor.agents import classify

    return classify(agent).browser
