"""Makes the selection of lines that are counted."""

from typing import TYPE_CHECKING

from http_monitor.settings import Settings

if TYPE_CHECKING:
    from http_monitor.filtering import RowSelection


def row_selection(settings: Settings) -> "RowSelection | None":
    """Return the selection of lines that are counted; None if all are."""
    chosen = (settings.filter, settings.exclude_hosts, settings.ignore_bots, settings.trusted_proxies)
    if not any(chosen):
        return None
    from http_monitor.filtering import selection_for

    return selection_for(settings, _is_bot)


def _is_bot(agent: bytes) -> bool:
    # Loading the rules takes long, and few runs need them.
    from http_monitor.agents import is_bot

    return is_bot(agent)
