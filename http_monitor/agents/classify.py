"""The families of a user agent by the rules of ua-parser, cached."""

from functools import cache, lru_cache
from itertools import dropwhile, takewhile
from typing import Any

from ua_parser import load_lazy_builtins
from ua_parser.regex import Resolver

from http_monitor.agents.names import names_bot, names_library
from http_monitor.records import AgentFamily, AgentKind

READ_BYTES = 512
"""Length of the prefix that is examined: browsers' agents are shorter, and a longer prefix only costs time."""
KEPT_AGENTS = 4_096
"""Size of the cache of answers."""
# The device family of crawlers in ua-parser (regexes.yaml of uap-core, device_parsers).
_SPIDER = "Spider"

UNKNOWN_AGENT = AgentFamily(None, None, "unknown")
"""The answer for an unknown agent."""


def classify(agent: bytes) -> AgentFamily:
    """Return the families of an agent; never raises, whatever the bytes.

    Libraries are recognised by name first, since ua-parser takes some for spiders; then bots, by ua-parser or by name.
    A person has both a known browser and a known system; anything else is unknown rather than guessed. None of this
    proves an identity: an agent is a claim of the client.
    """
    return _classify(agent[:READ_BYTES])


def is_bot(agent: bytes) -> bool:
    """Return whether an agent claims to be a bot: a crawler, probe or scanner. A library such as curl is no bot."""
    return classify(agent).kind == "bot"


@lru_cache(maxsize=KEPT_AGENTS)
def _classify(agent: bytes) -> AgentFamily:
    text = agent.decode("utf-8", "replace")
    if not text or text.isspace() or text == "-":
        return UNKNOWN_AGENT
    rules = _rules()
    browser, system = _family(rules.ua, text), _family(rules.os, text)
    kind: AgentKind = "unknown"
    if names_library(text):
        kind = "library"
    elif names_bot(text) or _is_spider(text):
        kind = "bot"
    elif browser and system:
        kind = "person"
    return AgentFamily(_key(browser), _key(system), kind)


def _family(rules: Any, text: str) -> str | None:
    found = rules.extract(text)
    return found.family if found else None


def _is_spider(text: str) -> bool:
    """Return whether the first device rule that matches an agent calls it a spider."""
    if _family(_rules().de, text):
        return True
    # An agent that matches none of these cannot be a spider, so few agents need the hundreds of rules in between.
    return bool(_family(_later_spiders().de, text)) and _family(_devices().de, text) == _SPIDER


def _key(family: str | None) -> bytes | None:
    """Return a family as a key; it may contain hostile text of the log."""
    return family.encode() if family else None


@cache
def _rules() -> Resolver:
    # Loading the rules takes a tenth of a second, so it is deferred to the first agent. This resolver takes time
    # linear in the agent; ours is the only cache. Its three rule sets are queried directly: a parser's wrapper around
    # each answer costs more than most answers. It has only those device rules that precede all others and call an
    # agent a spider; the device rules are half of the memory.
    browsers, systems, devices = load_lazy_builtins()
    return Resolver((browsers, systems, list(takewhile(_calls_spider, devices))))


@cache
def _later_spiders() -> Resolver:
    _, _, devices = load_lazy_builtins()
    return Resolver(([], [], list(filter(_calls_spider, dropwhile(_calls_spider, devices)))))


@cache
def _devices() -> Resolver:
    _, _, devices = load_lazy_builtins()
    return Resolver(([], [], devices))


def _calls_spider(rule: Any) -> bool:
    return bool(rule.family == _SPIDER)
