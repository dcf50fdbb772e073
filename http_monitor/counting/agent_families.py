"""Browser and system families of the user agents in a table, classified once per distinct agent."""

import heapq

from http_monitor.counting.tables.ranking import Ranking
from http_monitor.counting.tables.table import Counts, KeyTable
from http_monitor.ports.agent import ClassifyAgent
from http_monitor.report_tables import AgentKinds, KeyCount, Table


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
    for agent, counts in agents.items():
        family = classify(agent)
        kinds[family.kind] += counts[0]
        for key, table in ((family.browser, browsers), (family.system, systems)):
            if key is not None:
                mine = table.setdefault(key, [0, 0, 0])
                for at, more in enumerate(counts):
                    mine[at] += more
    known = kinds["person"] + kinds["bot"] + kinds["library"]
    split = AgentKinds(kinds["person"], kinds["bot"], kinds["library"], hits - known)
    return _rank(browsers, agents), _rank(systems, agents), split


def _rank(families: dict[bytes, Counts], agents: KeyTable) -> Table:
    def first(count: int) -> tuple[KeyCount, ...]:
        largest = heapq.nsmallest(count, families.items(), key=lambda item: (-item[1][0], item[0]))
        return tuple(KeyCount(key, *counts) for key, counts in largest)

    return Table(Ranking(len(families), first), len(families), agents.remainder)
