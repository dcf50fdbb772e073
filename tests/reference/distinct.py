"""Estimates distinct keys, one key and one bit at a time; counting/tables/distinct.py says whose method it is."""

import hashlib
import math
from collections.abc import Iterable

_BITS = 64
_MASK = (1 << _BITS) - 1
_INDEX_BITS = 14


def _mixed(number: int, factor: int) -> int:
    number = (number ^ (number >> 32)) * factor & _MASK
    return number ^ (number >> 29)


def hash_of(key: bytes) -> int:
    """Return the hash of a key."""
    if len(key) > 40:
        return int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "little")
    number = len(key) * 0x9E3779B97F4A7C15 & _MASK
    for at in range(0, len(key), 8):
        word = int.from_bytes(key[at : at + 8], "little")
        if word:
            number = _mixed(number ^ word, 0xBF58476D1CE4E5B9)
    return _mixed(_mixed(number, 0xBF58476D1CE4E5B9), 0x94D049BB133111EB)


def registers_of(keys: Iterable[bytes]) -> dict[int, int]:
    """Return by register the greatest place of a first one bit, from 1; those that no key has are 0."""
    registers: dict[int, int] = {}
    for key in keys:
        bits = f"{hash_of(key):064b}"
        index, rest = int(bits[:_INDEX_BITS], 2), bits[_INDEX_BITS:]
        registers[index] = max(registers.get(index, 0), (rest + "1").index("1") + 1)
    return registers


def estimate(keys: Iterable[bytes]) -> int:
    """Return the estimate, after the closed form of Ertl (2017), section 4: sums instead of recursions."""
    m, registers = 1 << _INDEX_BITS, registers_of(keys)
    counts = [0] * (_BITS - _INDEX_BITS + 2)
    counts[0] = m - len(registers)
    for rank in registers.values():
        counts[rank] += 1
    zeros, full = counts[0] / m, counts[-1] / m
    if zeros == 1:
        return 0
    z: float = zeros + sum(zeros ** (2**k) * 2.0 ** (k - 1) for k in range(1, 40) if zeros)
    z += sum(count / m * 2.0**-rank for rank, count in enumerate(counts[1:-1], start=1))
    unfull = 1 - full
    tau = (1 - unfull - sum((1 - unfull ** (2.0**-k)) ** 2 * 2.0**-k for k in range(1, 60))) / 3
    z += tau * 2.0 ** -(_BITS - _INDEX_BITS)
    return round(m / (2 * math.log(2) * z))


def error_of(distinct: int) -> int:
    """Return two standard errors of an estimate."""
    return math.ceil(2 * 1.04 / 128 * distinct)
