"""How servers write times, durations and texts."""

import datetime
import json

from tests.written.hit import Hit, Row

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def moment(at_us: int) -> datetime.datetime:
    return datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=at_us)


def clf_time(at_us: int) -> bytes:
    at = moment(at_us)
    return f"{at:%d}/{MONTHS[at.month - 1]}/{at:%Y:%H:%M:%S} +0000".encode()


def iso_time(at_us: int, digits: int = 0) -> bytes:
    at = moment(at_us)
    return f"{at:%Y-%m-%dT%H:%M:%S}{f'.{at:%f}'[: digits + 1] if digits else ''}".encode()


def cut(value: int, unit_us: int) -> int:
    return value - value % unit_us


def dash(text: bytes | None) -> bytes:
    return b"-" if text is None else text


def escape(text: bytes | None) -> bytes:
    return dash(text).replace(b"\\", rb"\\").replace(b'"', rb"\"")


def decimal_seconds(us: int, digits: int = 3) -> bytes:
    return b"%d.%06d" % divmod(us, 10**6) if digits == 6 else b"%d.%03d" % divmod(us // 1000, 1000)


def request_line(hit: Hit) -> bytes:
    return hit.method + b" " + hit.target + b" HTTP/1.1"


def json_object(**keys: object) -> bytes:
    """Return a JSON object; bytes that are no UTF-8 stay as they are."""
    shown = {
        key: value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
        for key, value in keys.items()
        if value is not None
    }
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogateescape")


def local_time(at_us: int, between: str = ":") -> bytes:
    at = moment(at_us)
    return f"{at:%d}/{MONTHS[at.month - 1]}/{at:%Y}{between}{at:%H:%M:%S}".encode()


def spaced_iso_time(at_us: int) -> bytes:
    return f"{moment(at_us):%Y-%m-%d %H:%M:%S} +0000".encode()


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def asctime(at_us: int) -> bytes:
    at = moment(at_us)
    return f"{DAYS[at.weekday()]} {MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S %Y}".encode()


def to_second(hit: Hit) -> Row:
    return {"time": cut(hit.at_us, 10**6), "size_bytes": hit.size}
