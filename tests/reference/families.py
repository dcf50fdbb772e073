"""The families of the agents of a table, told by a rule that any agent fits."""

from collections.abc import Callable

from http_monitor.ports.agent import ClassifyAgent
from http_monitor.records import AgentFamily
from http_monitor.units import visible
from tests.reference.table import BoundedTable, Tally

Json = dict[str, object]


def family_of(agent: bytes) -> AgentFamily:
    """Return families that have nothing to do with the world, and are spread over few names."""
    browser = agent[:1] or None
    system = agent[1:2] or None
    if len(agent) % 4 == 0:
        return AgentFamily(browser, system, "bot")
    if len(agent) % 4 == 1:
        return AgentFamily(browser, None, "library")
    return AgentFamily(None, system, "unknown") if len(agent) % 4 == 2 else AgentFamily(browser, system, "person")


Known = Callable[[Tally], Json]
"""Says bytes and errors as far as any line tells them."""


def families_of(agents: BoundedTable, hits: int, top: int, family_of: ClassifyAgent, known: Known) -> Json:
    """Return the figures on the agents of a table with this many hits."""
    browsers: dict[bytes, Tally] = {}
    systems: dict[bytes, Tally] = {}
    kinds = {"person": 0, "bot": 0, "library": 0, "unknown": hits}
    for agent, tally in agents.rows.items():
        family = family_of(agent)
        kinds["unknown"] -= tally.hits
        kinds[family.kind] += tally.hits
        for key, table in ((family.browser, browsers), (family.system, systems)):
            if key is not None:
                mine = table.setdefault(key, Tally())
                mine.hits += tally.hits
                mine.size_bytes += tally.size_bytes
                mine.errors += tally.errors
    return {"browsers": _told(browsers, top, known), "systems": _told(systems, top, known), "agent_kinds": kinds}


def _told(table: dict[bytes, Tally], top: int, known: Known) -> list[Json]:
    ordered = sorted(table.items(), key=lambda item: (-item[1].hits, item[0]))
    return [{"key": visible(key), "hits": tally.hits, **known(tally)} for key, tally in ordered[:top]]
