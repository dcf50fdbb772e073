"""Classifies user agents, loading the rules only when the first agent appears."""

from http_monitor.records import AgentFamily


def family_of(agent: bytes) -> AgentFamily:
    """Return the family of an agent."""
    # Loading the rules takes a tenth of a second.
    from http_monitor.agents import classify

    return classify(agent)
