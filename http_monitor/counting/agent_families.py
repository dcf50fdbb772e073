"""Browser and system families of the user agents in a table, each classified once for all tables that share it."""

import heapq
from collections.abc import Iterator

import numpy as np

from http_monitor.counting.groups import Piece
from http_monitor.counting.numbers_by_code import NumbersByCode
from http_monitor.counting.tables.ranking import Ranking
from http_monitor.counting.tables.table import Counts, KeyTable
from http_monitor.ports.agent import ClassifyAgent
from http_monitor.records import AgentFamily
from http_monitor.report_tables import AgentKinds, KeyCount, Table
from http_monitor.sizes import widen

_MAX_FAMILIES = 4_096
"""Maximum number of families that are remembered from one table to the next."""


def families_of(agents: KeyTable, hits: int, classify: ClassifyAgent | None) -> tuple[Table, Table, AgentKinds]:
    """Return (browsers, systems, kinds) of agents.

    Args:
        agents: counts by user agent; what the table had to cut is in no family.
        hits: all hits, also those without an agent.
        classify: returns the families of an agent; None: agents are not classified.
    """
    if classify is None or not len(agents):
        return Table(), Table(), AgentKinds(unknown=hits)
    browsers: dict[bytes, Counts] = {}
    systems: dict[bytes, Counts] = {}
    kinds = dict.fromkeys(("person", "bot", "library", "unknown"), 0)
    for family, counts in _sum_by_family(agents.piece(), classify):
        kinds[family.kind] += counts[0]
        for key, table in ((family.browser, browsers), (family.system, systems)):
            if key is not None:
                mine = table.setdefault(key, [0, 0, 0])
                for at, more in enumerate(counts):
                    mine[at] += more
    known = kinds["person"] + kinds["bot"] + kinds["library"]
    split = AgentKinds(kinds["person"], kinds["bot"], kinds["library"], hits - known)
    return _rank(browsers, agents), _rank(systems, agents), split


class _Families:
    """Numbers the families of agents, and remembers them. Owned by the monitor's thread."""

    def __init__(self, classify: ClassifyAgent) -> None:
        self.classify = classify
        self.families: list[AgentFamily] = []
        """The families by number."""
        self._number_of: dict[AgentFamily, int] = {}
        self.numbers = NumbersByCode(self._find)

    def _find(self, agent: bytes) -> int:
        family = self.classify(agent)
        number = self._number_of.setdefault(family, len(self.families))
        if number == len(self.families):
            self.families.append(family)
        return number


_last: _Families | None = None
"""Those of the last table, if there was one."""


def _sum_by_family(agents: Piece, classify: ClassifyAgent) -> Iterator[tuple[AgentFamily, Counts]]:
    global _last
    if _last is None or _last.classify is not classify or len(_last.families) > _MAX_FAMILIES:
        _last = _Families(classify)
    families, numbers = _last.families, _last.numbers.of(agents)
    sums = []
    for each in (agents.hits, widen(agents.sizes), agents.errors):
        total = np.zeros(len(families), each.dtype)
        np.add.at(total, numbers, each)
        sums.append(total)
    for number in np.flatnonzero(sums[0]).tolist():
        yield families[number], [int(total[number]) for total in sums]


def _rank(families: dict[bytes, Counts], agents: KeyTable) -> Table:
    def first(count: int) -> tuple[KeyCount, ...]:
        largest = heapq.nsmallest(count, families.items(), key=lambda item: (-item[1][0], item[0]))
        return tuple(KeyCount(key, *counts) for key, counts in largest)

    return Table(Ranking(len(families), first), len(families), agents.remainder)
