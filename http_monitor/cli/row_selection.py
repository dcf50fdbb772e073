"""Makes the selection of lines that are counted."""

from typing import TYPE_CHECKING

from http_monitor.settings import Settings

if TYPE_CHECKING:
    from http_monitor.filtering import RowSelection
    from http_monitor.inputs.look import Select


def row_selection(settings: Settings) -> "RowSelection | None":
    """Return the selection of lines that are counted; None if all are."""
    chosen = (settings.filters, settings.exclude_hosts, settings.ignore_bots, settings.trusted_proxies)
    if not any(chosen):
        return None
    from http_monitor.filtering import selection_for

    return selection_for(settings, _is_bot, browser_of)


def selection_of(settings: Settings, path: str, select: "Select | None") -> "Select | None":
    """Return the selection of lines of one file, which names its server where the user has given it a name."""
    server = settings.server_of(path)
    if server is None:
        return select
    from http_monitor.inputs.server_name import select_server

    return select_server(server, select)


def _is_bot(agent: bytes) -> bool:
    # Loading the rules takes long, and few runs need them.
    from http_monitor.agents import is_bot

    return is_bot(agent)


def browser_of(agent: bytes) -> bytes | None:
    """Return the family of an agent as filters compare it."""
    from http_monitor.agents import classify

    return classify(agent).browser
