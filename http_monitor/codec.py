"""Converts state to JSON, and checks JSON on the way back."""

from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from http_monitor.health import INPUT_COUNTERS, Health
from http_monitor.records import Int64s, Json, LogFile
from http_monitor.sizes import MAX_INT64, Sizes, narrow

_MAX = 1 << 62
MAX_HITS = 1 << 48
"""Greater than the number of lines of any log; sums of such counts are far below 64 bits."""
MAX_BYTES = 1 << 200
"""Limit of sums of sizes, which have any length (`groups.Sizes`)."""
_MAX_IDENTITY = (1 << 64) - 1
_KINDS = ("u1", "u2", "u4", "u8")
_KIND_CHARS = 2
_DAY_US = 86_400 * 1_000_000
# Log lines are of the years 1970 to 9998; buckets and windows reach up to ten years back from there.
_MIN_US, _MAX_US = -12_000 * _DAY_US, 2_932_890 * _DAY_US


def text_of(key: bytes) -> str:
    """Return bytes as text that JSON preserves."""
    return key.decode("latin-1")


def key_of(given: Any) -> bytes:
    """Return the bytes encoded by `text_of`. Raises TypeError or ValueError for anything else."""
    if not isinstance(given, str):
        raise TypeError("a key is no text")
    return given.encode("latin-1")


def integer(given: Any, least: int = -_MAX, most: int = _MAX) -> int:
    """Return a whole number between bounds. Raises TypeError or ValueError for anything else."""
    if not isinstance(given, int) or isinstance(given, bool):
        raise TypeError("not a whole number")
    if not least <= given <= most:
        raise ValueError(f"{given} is not between {least} and {most}")
    return given


def moment_of(given: Any, never: int | None = None) -> int:
    """Return a displayable time in microseconds since the epoch, or the value for no time.

    Raises:
        TypeError, ValueError: it is no such time.
    """
    time_us = integer(given)
    return time_us if time_us == never else integer(time_us, _MIN_US, _MAX_US)


def start_of(given: Any, every_us: int, never: int | None = None) -> int:
    """Return the start of a bucket or interval of that length. Raises TypeError or ValueError for anything else."""
    start_us = moment_of(given, never)
    if start_us != never and start_us % every_us:
        raise ValueError(f"{start_us} is not a multiple of {every_us}")
    return start_us


def flag(given: Any) -> bool:
    """Return a bool. Raises TypeError for anything else."""
    if not isinstance(given, bool):
        raise TypeError("neither true nor false")
    return given


def totals(given: Any) -> tuple[int, int, int]:
    """Return (hits, bytes, errors). Raises TypeError or ValueError for anything else."""
    hits, size_bytes, errors = check_list(given)
    hits = integer(hits, 0, MAX_HITS)
    return hits, integer(size_bytes, 0, MAX_BYTES), integer(errors, 0, hits)


def check_list(given: Any) -> list[Any]:
    """Return a list unchanged. Raises TypeError for anything else."""
    if not isinstance(given, list):
        raise TypeError("not a list")
    return given


def fields_of(given: Any) -> dict[str, Any]:
    """Return a JSON object unchanged. Raises TypeError for anything else."""
    if not isinstance(given, dict):
        raise TypeError("not an object")
    return given


def encode_keys(keys: list[bytes]) -> Json:
    """Return keys as JSON."""
    return {
        "text": text_of(b"".join(keys)),
        "lengths": encode_integers(np.fromiter(map(len, keys), np.int64, len(keys))),
    }


def keys_of(given: Any) -> list[bytes]:
    """Return the keys encoded by `encode_keys`. Raises KeyError, TypeError or ValueError for anything else."""
    text, lengths = key_of(fields_of(given)["text"]), _decode_integers(given["lengths"])
    stops = np.cumsum(lengths).tolist()
    if int(lengths.max(initial=0)) > len(text) or (stops[-1] if stops else 0) != len(text):
        raise ValueError("keys of other lengths")
    return [text[start:stop] for start, stop in zip([0, *stops], stops, strict=False)]


def encode_integers(values: npt.NDArray[Any]) -> str | list[int]:
    """Return non-negative integers as JSON: the name of their numpy type, and their bytes.

    A state has hundreds of thousands of them, and writing them as numbers takes ten times as long. Integers beyond 64
    bits are written as numbers.
    """
    if values.dtype == np.object_:
        return [int(value) for value in values]
    small = narrow(values)
    little = small.astype(small.dtype.newbyteorder("<"))
    return small.dtype.str[1:] + b2a_base64(little.tobytes(), newline=False).decode()


def counts(given: Any, length: int) -> Int64s:
    """Return `length` counts. Raises TypeError or ValueError for anything else."""
    values = _decode_integers(given)
    if len(values) != length or int(values.max(initial=0)) > MAX_HITS:
        raise ValueError("counts are missing, surplus or too great")
    return values


def sizes(given: Any, length: int) -> Sizes:
    """Return `length` sums of sizes, which may exceed 64 bits. Raises TypeError or ValueError for anything else."""
    if isinstance(given, str):
        values: Sizes = _decode_integers(given)
        if sum(values.tolist()) > MAX_INT64:
            values = values.astype(np.object_)
    else:
        values = np.array([integer(value, 0, MAX_BYTES) for value in check_list(given)], np.object_)
    if len(values) != length:
        raise ValueError("sums are missing or surplus")
    return values


def _decode_integers(given: Any) -> Int64s:
    """Return the integers encoded by `encode_integers`, up to 64 bits. Raises TypeError or ValueError for others."""
    if not isinstance(given, str):
        raise TypeError("not encoded integers")
    kind = given[:_KIND_CHARS]
    if kind not in _KINDS:
        raise ValueError("numbers of a type that is not kept")
    values = np.frombuffer(a2b_base64(given[_KIND_CHARS:], strict_mode=True), np.dtype(f"<{kind}"))
    if int(values.max(initial=0)) > _MAX:
        raise ValueError("a number that is too great")
    return values.astype(np.int64)


def distinct(values: Iterable[Any]) -> list[Any]:
    """Return distinct values. Raises ValueError if a value occurs twice."""
    found = list(values)
    if len(set(found)) != len(found):
        raise ValueError("something is there twice")
    return found


def encode_counters(health: Health) -> Json:
    """Return the counters of inputs as a JSON object."""
    return {name: getattr(health, name) for name in INPUT_COUNTERS}


def decode_counters(given: Json) -> Health:
    """Return a health with the counters of a JSON object; missing counters are 0.

    Raises:
        TypeError, ValueError: a value is no counter.
    """
    there = [name for name in INPUT_COUNTERS if name in given]
    values: Json = {name: flag(given[name]) if name == "maybe_lost" else integer(given[name], 0) for name in there}
    return Health(**values)


def encode_file(file: LogFile) -> Json:
    """Return a file as a JSON object."""
    return {"source": file.source, "path": file.path, "identity": file.identity}


def decode_file(given: Any) -> LogFile:
    """Return the file encoded by `encode_file`. Raises KeyError, TypeError or ValueError for anything else."""
    fields = fields_of(given)
    source, path, identity = fields["source"], fields["path"], fields["identity"]
    if not isinstance(source, str) or not isinstance(path, str):
        raise TypeError("not the name of a file")
    if identity is not None:
        device, inode = check_list(identity)
        identity = integer(device, 0, _MAX_IDENTITY), integer(inode, 0, _MAX_IDENTITY)
    return LogFile(source, path, identity)
