"""How state becomes JSON, and what is checked before JSON becomes state."""

from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from http_monitor.records import Int64s, Json
from http_monitor.sizes import MOST_INT64, Sizes, narrow

_MOST = 1 << 62
MOST_HITS = 1 << 48
"""No log has so many lines; sums of such counts are far from 64 bits."""
MOST_BYTES = 1 << 200
"""Sums of sizes are of any length (`groups.Sizes`)."""
_KINDS = ("u1", "u2", "u4", "u8")
_KIND_CHARS = 2
_DAY_US = 86_400 * 1_000_000
# A log line is of the years 1970 to 9998; lengths of buckets and windows reach ten years back from there.
_LEAST_US, _MOST_US = -12_000 * _DAY_US, 2_932_890 * _DAY_US


def text_of(key: bytes) -> str:
    """Return any bytes as text that JSON carries unchanged."""
    return key.decode("latin-1")


def key_of(given: Any) -> bytes:
    """Return the bytes that `text_of` was given. Raises TypeError or ValueError for anything else."""
    if not isinstance(given, str):
        raise TypeError("a key is no text")
    return given.encode("latin-1")


def integer(given: Any, least: int = -_MOST, most: int = _MOST) -> int:
    """Return a whole number between bounds. Raises TypeError or ValueError for anything else."""
    if not isinstance(given, int) or isinstance(given, bool):
        raise TypeError("not a whole number")
    if not least <= given <= most:
        raise ValueError(f"{given} is not between {least} and {most}")
    return given


def moment_of(given: Any, never: int | None = None) -> int:
    """Return a time that can be shown, in microseconds since the epoch, or what stands for none.

    Raises:
        TypeError, ValueError: it is no such time.
    """
    time_us = integer(given)
    return time_us if time_us == never else integer(time_us, _LEAST_US, _MOST_US)


def start_of(given: Any, every_us: int, never: int | None = None) -> int:
    """Return the start of a bucket or interval of that length. Raises TypeError or ValueError for anything else."""
    start_us = moment_of(given, never)
    if start_us != never and start_us % every_us:
        raise ValueError(f"{start_us} is not a multiple of {every_us}")
    return start_us


def flag(given: Any) -> bool:
    """Return true or false. Raises TypeError for anything else."""
    if not isinstance(given, bool):
        raise TypeError("neither true nor false")
    return given


def totals(given: Any) -> tuple[int, int, int]:
    """Return (hits, bytes, errors). Raises TypeError or ValueError for anything else."""
    hits, size_bytes, errors = listed(given)
    hits = integer(hits, 0, MOST_HITS)
    return hits, integer(size_bytes, 0, MOST_BYTES), integer(errors, 0, hits)


def listed(given: Any) -> list[Any]:
    """Return a list as it is. Raises TypeError for anything else."""
    if not isinstance(given, list):
        raise TypeError("not a list")
    return given


def fields_of(given: Any) -> dict[str, Any]:
    """Return a JSON object as it is. Raises TypeError for anything else."""
    if not isinstance(given, dict):
        raise TypeError("not an object")
    return given


def packed_keys(keys: list[bytes]) -> Json:
    """Return keys as JSON."""
    return {"text": text_of(b"".join(keys)), "lengths": packed(np.fromiter(map(len, keys), np.int64, len(keys)))}


def keys_of(given: Any) -> list[bytes]:
    """Return the keys that `packed_keys` was given. Raises KeyError, TypeError or ValueError for anything else."""
    text, lengths = key_of(fields_of(given)["text"]), _unpacked(given["lengths"])
    stops = np.cumsum(lengths).tolist()
    if int(lengths.max(initial=0)) > len(text) or (stops[-1] if stops else 0) != len(text):
        raise ValueError("keys of other lengths")
    return [text[start:stop] for start, stop in zip([0, *stops], stops, strict=False)]


def packed(values: npt.NDArray[Any]) -> str | list[int]:
    """Return integers, none of them negative, as JSON: the name of their type in numpy, and their bytes.

    A state has hundreds of thousands of them, and as numbers they would take ten times as long. Beyond 64 bits they
    are numbers.
    """
    if values.dtype == np.object_:
        return [int(value) for value in values]
    small = narrow(values)
    little = small.astype(small.dtype.newbyteorder("<"))
    return small.dtype.str[1:] + b2a_base64(little.tobytes(), newline=False).decode()


def counts(given: Any, length: int) -> Int64s:
    """Return so many counts. Raises TypeError or ValueError for anything else."""
    values = _unpacked(given)
    if len(values) != length or int(values.max(initial=0)) > MOST_HITS:
        raise ValueError("not so many counts")
    return values


def sizes(given: Any, length: int) -> Sizes:
    """Return so many sums of sizes, which may be beyond 64 bits. Raises TypeError or ValueError for anything else."""
    if isinstance(given, str):
        values: Sizes = _unpacked(given)
        if sum(values.tolist()) > MOST_INT64:
            values = values.astype(np.object_)
    else:
        values = np.array([integer(value, 0, MOST_BYTES) for value in listed(given)], np.object_)
    if len(values) != length:
        raise ValueError("not so many sums")
    return values


def _unpacked(given: Any) -> Int64s:
    """Return the integers that `packed` was given, up to 64 bits. Raises TypeError or ValueError for anything else."""
    if not isinstance(given, str):
        raise TypeError("no packed numbers")
    kind = given[:_KIND_CHARS]
    if kind not in _KINDS:
        raise ValueError("numbers of a type that is not kept")
    values = np.frombuffer(a2b_base64(given[_KIND_CHARS:], strict_mode=True), np.dtype(f"<{kind}"))
    if int(values.max(initial=0)) > _MOST:
        raise ValueError("a number that is too great")
    return values.astype(np.int64)


def distinct(values: Iterable[Any]) -> list[Any]:
    """Return values of which none is there twice. Raises ValueError if one is."""
    found = list(values)
    if len(set(found)) != len(found):
        raise ValueError("something is there twice")
    return found
