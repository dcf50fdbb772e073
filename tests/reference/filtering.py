"""The slow, obvious meaning of an expression of ``--filter``, row by row on Python values."""

import ipaddress
import re
from collections.abc import Mapping

Value = bytes | int | None
Tree = tuple[object, ...]
"""(``and``|``or``, a, b), (``not``, a), or (field, operator, literals)."""


def holds(tree: Tree, row: Mapping[str, Value]) -> bool:
    """Return whether a tree is true of a row."""
    match tree:
        case ("and", tuple(left), tuple(right)):
            return holds(left, row) and holds(right, row)
        case ("or", tuple(left), tuple(right)):
            return holds(left, row) or holds(right, row)
        case ("not", tuple(inner)):
            return not holds(inner, row)
        case (str(field), str(operator), list(literals)):
            value = _value(field, row)
            if literals == [None]:
                return _is_absent(field, value) == (operator == "==")
            if value is None or (field == "status" and value == 0):
                return False
            return _compare(value, operator, literals)
    raise ValueError(tree)


def _compare(value: bytes | int, operator: str, literals: list[object]) -> bool:
    if operator in ("==", "in"):
        return any(_same(value, literal) for literal in literals)
    if operator in ("!=", "not in"):
        return not any(_same(value, literal) for literal in literals)
    (literal,) = literals
    if isinstance(value, bytes):
        assert isinstance(literal, bytes)
        return (re.search(literal, value) is not None) == (operator == "~")
    assert isinstance(literal, int)
    return {"<": value < literal, "<=": value <= literal, ">": value > literal, ">=": value >= literal}[operator]


def _same(value: bytes | int, literal: object) -> bool:
    if isinstance(literal, str):  # a network
        assert isinstance(value, bytes)
        try:
            return ipaddress.ip_address(value.decode("ascii")) in ipaddress.ip_network(literal)
        except ValueError:
            return False
    return value == literal


def _value(field: str, row: Mapping[str, Value]) -> Value:
    if field == "referer_host":
        referer = row["referer"]
        assert not isinstance(referer, int)
        return None if referer is None else host_of_url(referer)
    if field == "network":
        host = row["host"]
        assert isinstance(host, bytes)
        try:
            ipaddress.ip_address(host.decode("ascii"))
        except ValueError:
            return None
        return host
    return row[field]


def _is_absent(field: str, value: Value) -> bool:
    return value is None or (field, value) in (("status", 0), ("host", b"-"), ("section", b"(none)"))


def host_of_url(referer: bytes) -> bytes | None:
    found = re.match(rb"https?://(?:[^/?#]*@)?(\[[^/?#\]]*\]|[^/?#:\[]*)", referer, re.IGNORECASE)
    return (found[1].lower() or None) if found else None
