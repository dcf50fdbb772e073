"""The families of a user agent by the rules of ua-parser, cached."""

from functools import cache, lru_cache
from itertools import dropwhile, takewhile
from typing import Any

from ua_parser import load_lazy_builtins
from ua_parser.regex import Resolver

from http_monitor.agents.names import names_bot, names_library
from http_monitor.records import AgentFamily, AgentKind

READ_BYTES = 512
"""So much of an agent is looked at: those of browsers are shorter, and what follows only costs time."""
KEPT_AGENTS = 4_096
"""So many answers are remembered."""
# How ua-parser calls the device of whatever crawls (regexes.yaml of uap-core, device_parsers).
_SPIDER = "Spider"

NO_HOST = AgentFamily(None, None, "unknown")
"""What is known of an agent that says nothing."""


def classify(agent: bytes) -> AgentFamily:
    """Return the families of an agent; never raises for what the bytes are.

    A library is told by its name before anything else, since ua-parser takes some for spiders; then a bot by
    ua-parser or by its name. A person is whoever has both a browser and a system that are known: what neither says
    is unknown rather than guessed. Nothing here proves who somebody is: an agent is what a client claims.
    """
    return _classify(agent[:READ_BYTES])


def is_bot(agent: bytes) -> bool:
    """Return whether an agent says that it is a bot: a crawler, probe or scanner. A library such as curl is none."""
    return classify(agent).kind == "bot"


@lru_cache(maxsize=KEPT_AGENTS)
def _classify(agent: bytes) -> AgentFamily:
    text = agent.decode("utf-8", "replace")
    if not text or text.isspace() or text == "-":
        return NO_HOST
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
    """Return whether the first rule for devices that an agent fits is one that calls it a spider."""
    if _family(_rules().de, text):
        return True
    # Whoever fits none of those cannot be one, so hardly anybody needs the hundreds of rules in between.
    return bool(_family(_later_spiders().de, text)) and _family(_devices().de, text) == _SPIDER


def _key(family: str | None) -> bytes | None:
    """Return a family as a key; it may be text of the log, so it is as hostile."""
    return family.encode() if family else None


@cache
def _rules() -> Resolver:
    # Loading the rules takes a tenth of a second, so the first agent pays for it. This resolver takes time linear in
    # the agent; ours is the only cache. Its three sets of rules are asked as it asks them: what a parser wraps around
    # each answer takes longer than most answers. Of the rules for devices, which are half of the memory, it has those
    # that come before all others and call an agent a spider.
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
