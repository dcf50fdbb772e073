"""Decides which rows count: by client address, then by exclusions, then by the expression."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa

from http_monitor.arrow import keep
from http_monitor.errors import UsageError
from http_monitor.filtering.client import with_clients
from http_monitor.filtering.derived import DERIVATIONS, Derive
from http_monitor.filtering.masks import by_value, check_patterns, mask_of, mask_where
from http_monitor.filtering.networks import Network, contains, network_of, what_is_meant
from http_monitor.filtering.reading import read_expression
from http_monitor.filtering.syntax import All, Expression, columns_of
from http_monitor.ports.log_format import Need
from http_monitor.records import Batch, Bools
from http_monitor.settings import Settings
from http_monitor.units import visible_text

_SERVER = "server"
"""The one column that no line has, since the user gives the name."""
IsBot = Callable[[bytes], bool]
_FORWARDED = Need("forwarded", "X-Forwarded-For", "--trust-proxy changes no host")
_AGENT = Need("agent", "a user agent", "--ignore-bots excludes no line")


class RowSelection:
    """Removes excluded rows from a batch. Stateless: the result for a row does not depend on the batch."""

    def __init__(
        self,
        trusted: tuple[Network, ...],
        excluded: tuple[Network, ...],
        excluded_names: frozenset[bytes],
        is_bot: IsBot | None,
        expression: Expression | None,
        derivations: Mapping[str, Derive] = DERIVATIONS,
    ) -> None:
        self._trusted = trusted
        self._excluded = excluded
        self._excluded_names = excluded_names
        self._is_bot = is_bot
        self._expression = expression
        self._derivations = derivations

    @property
    def needs(self) -> tuple[Need, ...]:
        """The columns that it needs."""
        columns = () if self._expression is None else columns_of(self._expression)
        return (
            *([_FORWARDED] if self._trusted else []),
            *([_AGENT] if self._is_bot is not None else []),
            *(
                Need(column, column, f"no comparison of --filter with {column} is true")
                for column in columns
                if column != _SERVER
            ),
        )

    def __call__(self, batch: Batch) -> Batch:
        """Return the batch with the rows that count; the others are added to its `filtered_nos`."""
        rows = with_clients(batch.rows, self._trusted) if self._trusted else batch.rows
        kept = np.ones(len(rows), np.bool_)
        if self._excluded or self._excluded_names:
            kept &= ~_where(rows, "host", self._is_excluded)
        if self._is_bot is not None:
            kept &= ~_where(rows, "agent", self._is_bot)
        if self._expression is not None:
            kept &= mask_of(self._expression, rows, self._derivations)
        if kept.all():
            return replace(batch, rows=rows)
        return replace(
            batch,
            rows=keep(rows, kept),
            line_nos=batch.line_nos[kept],
            filtered_nos=batch.line_nos[~kept],
        )

    def _is_excluded(self, host: bytes) -> bool:
        return host in self._excluded_names or contains(self._excluded, host)


def selection_for(settings: Settings, is_bot: IsBot, agent_family: Derive) -> RowSelection | None:
    """Return the selection in the settings; None if every row counts unchanged.

    Args:
        settings: The settings of the run.
        is_bot: Tells whether a user agent claims to be a bot.
        agent_family: Makes the family of a user agent.

    Raises:
        UsageError: an expression, a network or a host is invalid.
    """
    trusted, excluded, names = [], [], set()
    for text in settings.trusted_proxies:
        network = network_of(text)
        if network is None:
            takes = what_is_meant(text) or "a network such as 10.0.0.0/8"
            raise UsageError(f"--trust-proxy: got '{visible_text(text)}', takes {takes}")
        trusted.append(network)
    for text in settings.exclude_hosts:
        network = network_of(text)
        if network is not None:
            excluded.append(network)
        elif text and not any(c.isspace() or c == "/" for c in text) and any(c.isalpha() for c in text):
            names.add(text.encode("utf-8", "surrogateescape"))
        else:
            takes = what_is_meant(text) or "a network such as 10.0.0.0/8, an address or a name"
            raise UsageError(f"--exclude-host: got '{visible_text(text)}', takes {takes}")
    expression = _expression(settings.filters)
    if expression is not None and _SERVER in columns_of(expression) and not any(file.server for file in settings.given):
        raise UsageError("--filter: server is compared, but no file has the name of one, takes --file NAME=PATH")
    if not (trusted or excluded or names or settings.ignore_bots or expression):
        return None
    bots = is_bot if settings.ignore_bots else None
    derivations = {**DERIVATIONS, "agent_family": agent_family}
    return RowSelection(tuple(trusted), tuple(excluded), frozenset(names), bots, expression, derivations)


def _expression(texts: tuple[str, ...]) -> Expression | None:
    """Return the conjunction of all expressions; None if there is none."""
    read: list[Expression] = []
    for number, text in enumerate(texts, start=1):
        try:
            read.append(read_expression(text))
            check_patterns(read[-1])
        except UsageError as error:
            if len(texts) == 1:
                raise
            words = str(error).removeprefix("--filter: ")
            raise UsageError(f"--filter: expression {number}, {words}") from None
    return None if not read else read[0] if len(read) == 1 else All(tuple(read))


def _where(rows: pa.RecordBatch, name: str, holds: Callable[[bytes], bool]) -> Bools:
    """Return a mask of the rows whose value in a column of text satisfies the predicate."""
    column = rows.column(name)
    assert isinstance(column, pa.DictionaryArray)
    return by_value(column, mask_where(column.dictionary, holds))
