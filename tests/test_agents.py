"""What user agents belong to, and that nothing in one can do harm."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ua_parser import Parser, load_lazy_builtins
from ua_parser.regex import Resolver

from http_monitor.agents import classify, is_bot
from http_monitor.agents.classify import KEPT_AGENTS, READ_BYTES, _classify
from http_monitor.records import AgentFamily
from tests.examples import examples

CHROME = (
    b"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)
IPHONE = (
    b"Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    b" Version/16.0 Mobile/15E148 Safari/604.1"
)
CUBOT = (
    b"Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko)"
    b" Chrome/89.0.4389.90 Mobile Safari/537.36"
)
GOOGLEBOT = b"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
HEADLESS = CHROME.replace(b"Chrome/", b"HeadlessChrome/").replace(b"Windows NT 10.0; Win64; x64", b"X11; Linux x86_64")


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        (CHROME, AgentFamily(b"Chrome", b"Windows", "person")),
        (IPHONE, AgentFamily(b"Mobile Safari", b"iOS", "person")),
        (CUBOT, AgentFamily(b"Chrome Mobile", b"Android", "person")),
        (GOOGLEBOT, AgentFamily(b"Googlebot", None, "bot")),
        (HEADLESS, AgentFamily(b"HeadlessChrome", b"Linux", "bot")),
        (b"kube-probe/1.27", AgentFamily(None, None, "bot")),
        (b"ELB-HealthChecker/2.0", AgentFamily(None, None, "bot")),
        (b"Mozilla/5.0 zgrab/0.x", AgentFamily(None, None, "bot")),
        (b"UniversalFeedParser/4.2 +http://feedparser.org/", AgentFamily(None, None, "bot")),
        (b"Mozilla/5.0 (compatible; Ezooms/1.0; help@moz.com)", AgentFamily(None, None, "bot")),
        (b"curl/8.1.2", AgentFamily(b"curl", None, "library")),
        (b"Go 1.1 package http", AgentFamily(None, None, "library")),
        (b"Wget/1.21", AgentFamily(b"Wget", None, "library")),
        (b"Go-http-client/1.1", AgentFamily(b"Go-http-client", None, "library")),
        (b"python-requests/2.31", AgentFamily(b"Python Requests", None, "library")),
        (b"python-urllib3/2.0", AgentFamily(None, None, "library")),
        (b"Java/17.0.1", AgentFamily(b"Java", None, "library")),
        (b"Mozilla/5.0", AgentFamily(None, None, "unknown")),
        (b"javafx/1", AgentFamily(None, None, "unknown")),
        (b"-", AgentFamily(None, None, "unknown")),
        (b"", AgentFamily(None, None, "unknown")),
        (b"\xff\xfe\x00", AgentFamily(None, None, "unknown")),
    ],
)
def test_an_agent_has_its_families(agent: bytes, family: AgentFamily) -> None:
    assert classify(agent) == family


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        (b"Mozilla/5.0 (Linux; Android 10) Mobile PetalBot", "bot"),
        (b"some crawler of ours", "bot"),
        (b"Mozilla/5.0 (Linux; Android 9; Crawler Build/P) Chrome/80.0 Mobile", "person"),
    ],
)
def test_who_is_a_spider_to_any_rule_for_devices_before_the_others_is_a_bot(agent: bytes, kind: str) -> None:
    devices = Parser(Resolver(load_lazy_builtins()))
    found = devices.parse_device(agent.decode())

    assert (found is not None and found.family == "Spider") == (kind == "bot")
    assert classify(agent).kind == kind


def test_bots_are_bots_and_libraries_and_people_are_none() -> None:
    agents = (GOOGLEBOT, b"kube-probe/1.27", HEADLESS, b"curl/8", CHROME, b"-")

    assert [is_bot(agent) for agent in agents] == [True, True, True, False, False, False]


@settings(max_examples=examples(30), deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text(max_size=40).map(lambda s: s.encode("utf-8", "surrogatepass"))))
def test_any_bytes_have_families_and_always_the_same(agent: bytes) -> None:
    first = classify(agent)
    _classify.cache_clear()

    assert classify(agent) == first
    assert first.browser != b""
    assert first.system != b""


def test_only_the_beginning_of_an_agent_is_looked_at() -> None:
    beginning = CHROME.ljust(READ_BYTES)

    assert classify(beginning + b"Googlebot/2.1 " * 100_000) == classify(CHROME)


def test_no_more_answers_are_kept_than_there_is_room_for() -> None:
    for number in range(KEPT_AGENTS + 10):
        classify(b"-%d" % number)

    assert _classify.cache_info().currsize == KEPT_AGENTS
