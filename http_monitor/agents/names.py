"""The agents that say what they are by their first word, and that the families of browsers do not know as programs."""

import re

# What fetches because somebody's own program says so. Each calls itself by this word unless it was told not to (the
# default of the library, by its documentation); a program that has its own name gives that instead. ua-parser knows
# half of them as browsers and some as spiders.
_LIBRARIES = (
    "aiohttp",
    "ansible-httpget",
    "apache-httpclient",
    "axios",
    "curl",
    "dart",
    "deno",
    "faraday",
    "go",
    "go-http-client",
    "got",
    "guzzlehttp",
    "http-client",
    "httpie",
    "insomnia",
    "java",
    "java-http-client",
    "jakarta commons-httpclient",
    "libcurl",
    "libwww-perl",
    "lwp",
    "lua-resty-http",
    "node",
    "node-fetch",
    "okhttp",
    "postmanruntime",
    "powershell",
    "python",
    "python-httpx",
    "python-requests",
    "python-urllib",
    "python-urllib2",
    "python-urllib3",
    "reqwest",
    "rest-client",
    "ruby",
    "typhoeus",
    "undici",
    "urlgrabber",
    "wget",
    "wget2",
    "winhttp",
)
# What fetches by itself, again and again, and is no crawler: probes of load balancers and of monitoring, tools that
# measure, scanners, browsers without a screen.
_BOTS = (
    "amazon-route53-health-check-service",
    "apachebench",
    "blackbox-exporter",
    "check_http",
    "consul health check",
    "datadog",
    "elb-healthchecker",
    "fasthttp",
    "googlehc",
    "grafana",
    "haproxy",
    "k6",
    "kube-probe",
    "locust",
    "nikto",
    "nmap",
    "prometheus",
    "siege",
    "traefik",
    "varnish",
    "vegeta",
    "wrk",
    "zgrab",
)
# Who crawls says where its owner is to be found, as the Guidelines for Robot Writers of 1993 ask; a browser does not.
_OWNER = re.compile(r"https?://|[\w.-]@\w+\.", re.ASCII | re.IGNORECASE)
# Asked of what has been made lower case, which is more than to ignore the case of ASCII.
_HIDDEN_PROGRAM = re.compile("headlesschrome/|phantomjs/|zgrab/|nmap scripting engine|check_http/|l9explore/")


def _first_word(names: tuple[str, ...]) -> re.Pattern[str]:
    # The word alone, or its version or a remark behind it: `javafx` is not `java`.
    return re.compile(rf"(?:{'|'.join(map(re.escape, names))})(?![\w-])", re.ASCII | re.IGNORECASE)


_LIBRARY = _first_word(_LIBRARIES)
_BOT = _first_word(_BOTS)


def names_library(agent: str) -> bool:
    """Return whether an agent begins with the name of a library for HTTP, or of a tool such as curl."""
    return _LIBRARY.match(agent) is not None


def names_bot(agent: str) -> bool:
    """Return whether an agent is called like a probe or scanner, has a hidden program in it, or names its owner."""
    named = _BOT.match(agent) is not None or _HIDDEN_PROGRAM.search(agent.lower()) is not None
    return named or _OWNER.search(agent) is not None
