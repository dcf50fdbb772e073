"""The instants of local times, slowly: by what the standard library makes of each of them."""

import datetime
import zoneinfo
from collections.abc import Iterable

_EPOCH = datetime.datetime(1970, 1, 1)


def instants(local_us: Iterable[int], zone: str, before_us: int | None = None) -> list[int]:
    """Return the instants of the times of lines that follow each other.

    Args:
        local_us: Microseconds since the epoch, had the zone been UTC.
        zone: An IANA name.
        before_us: The instant of the line before the first.
    """
    found: list[int] = []
    for time_us in local_us:
        local = _EPOCH + datetime.timedelta(microseconds=time_us)
        once, again = (_instant_us(local, zone, fold) for fold in (0, 1))
        # Only a time that there is twice is the same local time by both readings.
        twice = once != again and _local(once, zone) == _local(again, zone) == local
        if twice and before_us is not None and abs(again - before_us) < abs(once - before_us):
            once = again
        found.append(once)
        before_us = once
    return found


def _instant_us(local: datetime.datetime, zone: str, fold: int) -> int:
    placed = local.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=fold)
    return (placed - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)) // datetime.timedelta(microseconds=1)


def _local(instant_us: int, zone: str) -> datetime.datetime:
    moment = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=instant_us)
    return moment.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)
