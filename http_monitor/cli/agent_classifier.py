"""The families of user agents, whose rules a log without agents never loads."""

from http_monitor.records import AgentFamily


def family_of(agent: bytes) -> AgentFamily:
    """Return what an agent is."""
    # The rules take a tenth of a second, when the first agent comes.
    from http_monitor.agents import classify

    return classify(agent)
