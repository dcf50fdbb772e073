"""Parses an expression of ``--filter`` by recursive descent."""

import re

from http_monitor.filtering.networks import Network, network_of, what_is_meant
from http_monitor.filtering.syntax import (
    ALIASES,
    DERIVED,
    NONE,
    NUMBERS,
    ORDERS,
    TEXTS,
    UNITLESS,
    AbsenceTest,
    All,
    Expression,
    Not,
    NumberTest,
    PatternTest,
    Some,
    TextTest,
    number_of,
)
from http_monitor.filtering.tokens import Token, failure, tokens_of
from http_monitor.short_keys import as_shown

_MAX_NESTED = 50
_NO_TEXTS = (NONE, "and", "or", "not", "in", "-")
"""Words with a meaning, and the mark that logs write for no value."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
"""The name of a host."""
_STATUS_CLASS = re.compile("[1-5][xX]{2}")
_MEANT = {
    **dict.fromkeys(("url", "uri", "request", "target"), "path"),
    **dict.fromkeys(("ip", "addr", "address", "client", "remote_addr"), "host"),
    **dict.fromkeys(("time", "latency", "rt", "request_time", "response_time"), "duration"),
    **dict.fromkeys(("site", "domain"), "vhost"),
    **{"code": "status", "verb": "method", "bytes": "size", "ua": "agent"},
}
"""Names of fields in other programs."""
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL)


def read_expression(text: str) -> Expression:
    """Return the parsed expression.

    ``or`` binds less than ``and``, which binds less than ``not``.

    Raises:
        UsageError: it is malformed; the text gives the column and what was expected.
    """
    return _Reader(tokens_of(text)).whole()


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0
        self._nested = 0

    def whole(self) -> Expression:
        expression = self._some()
        if self._next.kind != "end":
            raise self._unexpected("and, or, or the end")
        return expression

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _next_token(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _accept(self, *values: str) -> str | None:
        if self._next.kind in ("word", "sign") and self._next.value in values:
            return self._next_token().value
        return None

    def _unexpected(self, expected: str) -> Exception:
        return failure(self._next.column, f"got {self._next.description}, expected {expected}")

    def _some(self) -> Expression:
        operands = [self._all()]
        while self._accept("or"):
            operands.append(self._all())
        return operands[0] if len(operands) == 1 else Some(tuple(operands))

    def _all(self) -> Expression:
        operands = [self._one()]
        while self._accept("and"):
            operands.append(self._one())
        return operands[0] if len(operands) == 1 else All(tuple(operands))

    def _one(self) -> Expression:
        if self._next.kind == "word" and self._next.value not in ("not", "and", "or", "in"):
            return self._comparison()
        column = self._next.column
        sign = self._accept("not", "(")
        if sign is None:
            raise self._unexpected("a field, not or (")
        self._nested += 1
        if self._nested > _MAX_NESTED:
            raise failure(column, f"got more than {_MAX_NESTED} nested not and (")
        inner = Not(self._one()) if sign == "not" else self._some()
        if sign == "(" and not self._accept(")"):
            raise self._unexpected("and, or, or )")
        self._nested -= 1
        return inner

    def _comparison(self) -> Expression:
        field = self._next_token()
        column = ALIASES.get(field.value, field.value)
        if column in NUMBERS:
            return self._absence(column) or self._number(column, takes_bare=field.value not in UNITLESS)
        if column in TEXTS or column in DERIVED:
            return self._absence(column) or self._text(column)
        names = (*TEXTS, *DERIVED, *NUMBERS, *ALIASES)
        import difflib  # noqa: PLC0415 - most expressions have no mistake

        name, colon, _ = field.value[:40].lower().partition(":")
        if colon and name in names:
            raise failure(field.column, f"got {field.description}, expected {name} ==")
        near = [_MEANT[name]] if name in _MEANT else difflib.get_close_matches(name, names, n=1)
        expected = near[0] if near else "one of " + ", ".join(names)
        raise failure(field.column, f"got {field.description}, expected {expected}")

    def _absence(self, column: str) -> Expression | None:
        """Return a comparison with none; for any other return None and consume nothing."""
        sign, value = self._next, self._tokens[min(self._place + 1, len(self._tokens) - 1)]
        if sign.kind != "sign" or sign.value not in ("==", "!=") or (value.kind, value.value) != ("word", NONE):
            return None
        self._place += 2
        return AbsenceTest(column, negated=sign.value == "!=")

    def _number(self, column: str, *, takes_bare: bool) -> Expression:
        """Return a comparison of a number.

        Args:
            column: Its name in `records.SCHEMA`.
            takes_bare: A number other than zero may be without a unit.
        """
        operator = self._operator("==", "!=", *ORDERS)
        if operator is None:
            raise self._unexpected("==, !=, <, <=, >, >=, in or not in")
        several = operator.endswith("in")
        values = []
        for token in self._values(several):
            value = number_of(token.value, NUMBERS[column]) if token.kind == "word" else None
            if value is not None and value and not takes_bare and token.value[-1].isdecimal():
                expected = f"a number with a unit ({', '.join(NUMBERS[column])}), such as 250ms"
                raise failure(token.column, f"got {token.description}, expected {expected}")
            if value is None:
                units = ", ".join(NUMBERS[column])
                expected = "a whole number" + (f", or one with a unit ({units})" if units else "")
                if column == "status" and _STATUS_CLASS.fullmatch(token.value):
                    expected += f", such as in status >= {token.value[0]}00"
                raise failure(token.column, f"got {token.description}, expected {expected}")
            values.append(value)
        return NumberTest(column, operator, tuple(values))

    def _text(self, column: str) -> Expression:
        signs = ("==", "!=") if column == "network" else ("==", "!=", "~", "!~")
        operator = self._operator(*signs)
        if operator is None:
            raise self._unexpected(f"{', '.join(signs)}, in or not in")
        negated = operator in ("!=", "!~", "not in")
        several = operator.endswith("in")
        takes_networks = column == "network" or (column == "host" and operator in ("==", "!=", "in", "not in"))
        texts: list[bytes] = []
        networks: list[Network] = []
        for token in self._values(several):
            is_address = takes_networks and (token.kind == "word" or column == "network")
            network = network_of(token.value) if is_address else None
            if network is not None:
                networks.append(network)
            elif column == "network":
                expected = what_is_meant(token.value) or "a network such as 192.0.2.0/24"
                raise failure(token.column, f"got {token.description}, expected {expected}")
            elif token.kind != "text" and not _is_plain(token.value, column, operator):
                expected = "none, or a text in quotes" if token.value == "-" else "a text in quotes"
                if takes_networks:
                    expected = what_is_meant(token.value) or f"{expected}, or a network such as 10.0.0.0/8"
                raise failure(token.column, f"got {token.description}, expected {expected}")
            elif operator in ("~", "!~"):
                # In a regular expression backslashes are kept.
                return PatternTest(column, negated, _bytes(token.value), token.column)
            else:
                texts.append(as_shown(_unescape(token)))
        return TextTest(column, negated, tuple(texts), tuple(networks))

    def _operator(self, *signs: str) -> str | None:
        if self._next.value == "not" and self._tokens[self._place + 1].value == "in":
            self._place += 2
            return "not in"
        return self._accept("in", *signs)

    def _values(self, several: bool) -> list[Token]:
        if not several or not self._accept("("):
            value = self._value()
            if several and self._next.value == ",":
                raise self._unexpected("several values to stand in parentheses")
            return [value]
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        if not self._accept(")"):
            raise self._unexpected(", or )")
        return values

    def _value(self) -> Token:
        if self._next.kind not in ("word", "text"):
            raise self._unexpected("a value")
        return self._next_token()


def _is_plain(word: str, column: str, operator: str) -> bool:
    """Return whether a word is a text without quotes: it can be nothing else.

    A regular expression needs quotes always, since most of them have characters that no word has.
    """
    if operator in ("~", "!~") or word in _NO_TEXTS:
        return False
    # A word that looks like an address is one, or a mistyped one.
    return column != "host" or _NAME.fullmatch(word) is not None


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _unescape(token: Token) -> bytes:
    parts: list[bytes] = []
    place = 0
    for match in _ESCAPE.finditer(token.value):
        parts.append(_bytes(token.value[place : match.start()]))
        code = match[1]
        if code in ("\\", '"', "'"):
            parts.append(code.encode())
        elif len(code) > 1:
            parts.append(bytes.fromhex(code[1:]))
        else:
            # The preceding quote is a column too.
            column = token.column + 1 + match.start()
            raise failure(column, 'expected \\\\, \\" or \\xhh after a backslash')
        place = match.end()
    return b"".join([*parts, _bytes(token.value[place:])])
